"""The columns of a labels table that have a meaning, and the names that other people give them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from framejudge.datasets.errors import InputError
from framejudge.datasets.table.box import Box

PATH_COLUMN = "path"
HUGGING_FACE_PATH_COLUMN = "file_name"
HUGGING_FACE_TABLES = ("metadata.csv", "metadata.jsonl")
BOX_COLUMNS = Box._fields
MEANT = (PATH_COLUMN, "label", "group", *BOX_COLUMNS)
"""What a column can mean, by our names; any further column is an attribute."""

_OPTION = "--columns"
_USUAL: Mapping[str, tuple[str, ...]] = {
    PATH_COLUMN: (
        *("filename", "file", "filepath", "image", "imagepath", "imagefile", "imagename", "img", "imgpath"),
        *("picture", "photo", "relativepath", "name", "key", "uri", "url", "id"),
    ),
    "label": (
        *("labels", "class", "classname", "category", "target", "y", "groundtruth", "truth", "annotation"),
        *("tag", "isframed", "hasframe", "framed", "frame", "hasborder", "border", "verdict", "answer"),
    ),
}
"""Names that people give these two columns, the surest first, without case and punctuation."""


def names_of_columns(option: str | None, table: Path) -> dict[str, str]:
    """Return what each column with a meaning is called in a table, by our name for it.

    Parameters
    ----------
    option
        ``path=image,label=class``; None where no column has another name.
    table
        The file; in Hugging Face's metadata files the path is called ``file_name``.

    Raises
    ------
    InputError
        For an option that is no list of such pairs.
    """
    names = {name: name for name in MEANT}
    if table.name in HUGGING_FACE_TABLES:
        names[PATH_COLUMN] = HUGGING_FACE_PATH_COLUMN
    for pair in [] if option is None else option.split(","):
        ours, _, theirs = (part.strip() for part in pair.partition("="))
        if not ours or not theirs:
            fix = "write our name, = and yours, like path=image,label=class"
            raise InputError(f"{pair.strip()!r} names no column", where=_OPTION, fix=fix)
        if ours not in MEANT:
            swapped = f"; did you mean {theirs}={ours}?" if theirs in MEANT else ""
            fix = f"before = stands one of {', '.join(MEANT)}{swapped}"
            raise InputError(f"no column is called {ours!r} by us", where=_OPTION, fix=fix)
        names[ours] = theirs
    return names


def guessed_option(found: Iterable[str], names: Mapping[str, str]) -> str:
    """Return ``--columns`` for a table whose path or label has another name, as far as that can be guessed.

    A name that cannot be guessed is written as three dots.

    Parameters
    ----------
    found
        The table's columns.
    names
        As they were looked for, by our names.
    """
    there = list(found)
    pairs = [(ours, theirs) for ours, theirs in names.items() if ours != theirs and theirs in there]
    taken = {theirs for _, theirs in pairs}
    for ours in (PATH_COLUMN, "label"):
        if names[ours] not in there:
            guess = _usual_name(ours, [name for name in there if name not in taken and name not in MEANT])
            taken.add(guess or "")
            pairs.append((ours, guess or "..."))
    return f"{_OPTION} {','.join(f'{ours}={theirs}' for ours, theirs in pairs)}"


def _usual_name(ours: str, there: list[str]) -> str | None:
    bare = {re.sub(r"[\W_]", "", name.casefold()): name for name in reversed(there)}
    usual = next((name for name in _USUAL[ours] if name in bare), None)
    if usual is not None:
        return bare[usual]
    near = difflib.get_close_matches(ours, bare, n=1)
    return bare[near[0]] if near else None
