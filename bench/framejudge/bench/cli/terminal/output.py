"""Where a command's output goes: a console of at most 100 columns, and files that the user names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

MAX_WIDTH = 100


def plain_console() -> Console:
    """Return a console on standard output; in a pipe it is as wide as on a large terminal."""
    from rich.console import Console

    console = Console(highlight=False, emoji=False)  # a detector may be called my:x:y
    console.width = min(console.width, MAX_WIDTH) if console.is_terminal else MAX_WIDTH
    return console


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

    Raises
    ------
    InputError
        Where it cannot be written.
    """
    with writing(path):
        path.write_text(text, encoding="utf-8")
