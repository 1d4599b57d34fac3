"""Where a command's output goes: a console of at most 100 columns, and files that the user names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framejudge.datasets.atomic_file import draft_of
from framejudge.datasets.errors import InputError
from framejudge.datasets.printable import printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

MAX_WIDTH = 100


def plain_console() -> Console:
    """Return a console on standard output; in a pipe it is as wide as on a large terminal.

    Texts are shown without control characters, names in tables too.
    """
    from rich.console import Console

    class PlainConsole(Console):
        def render_str(self, text: str, **options: Any) -> Text:
            return super().render_str(printable(text), **options)

    # A detector may be called my:x:y, which is no emoji.
    console = PlainConsole(highlight=False, emoji=False)
    console.width = min(console.width, MAX_WIDTH) if console.is_terminal else MAX_WIDTH
    return console


def say(line: str | Path, *, err: bool = False) -> None:
    """Print one line that holds names of files: no name ends it, colours it or moves the cursor."""
    import typer

    typer.echo(printable(str(line)), err=err)


def say_problem(problem: Exception, path: str | Path) -> None:
    """Print on the error output what is wrong with one file, with its traceback under ``--debug``."""
    import sys
    import traceback

    if "--debug" in sys.argv:
        traceback.print_exception(problem)
    say(f"bench: {path}: {problem}", err=True)


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """Tell a failure to write a file or folder that the user named as bad input.

    Raises
    ------
    InputError
        For any `OSError` within.
    """
    from framejudge.datasets.errors import InputError

    try:
        yield
    except OSError as problem:
        raise InputError(
            f"cannot be written: {problem.strerror or problem}", where=place, fix="give another place"
        ) from problem


def write_text(path: Path, text: str) -> None:
    """Write a file that the user named.

    A file is replaced as a whole: what was there before stays where the disk is full. A pipe or a device,
    such as /dev/stdout, is written to as it is. A lone surrogate, half of a character in a file's name, is
    written as its code.

    Raises
    ------
    InputError
        Where it cannot be written.
    """
    with writing(path):
        if path.exists() and not path.is_file() and not path.is_dir():
            path.write_text(text, encoding="utf-8", errors="backslashreplace")
            return
        with draft_of(path) as draft:
            draft.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")


def check_new_file(out: Path, *, force: bool) -> None:
    """Refuse, before minutes of work, a file that could not be written afterwards.

    Raises
    ------
    InputError
        For a file that exists, unless ``force`` is given, and for a folder that is missing or not writable.
    """
    if out.exists() and not force:
        raise InputError(
            "the file exists already", where=out, fix="give another --out, or --force to replace it"
        )
    if not out.parent.is_dir():
        raise InputError("there is no such folder", where=out.parent, fix="make it, or give another --out")
    if not os.access(out.parent, os.W_OK):
        raise InputError("the folder may not be written to", where=out.parent, fix="give another --out")
