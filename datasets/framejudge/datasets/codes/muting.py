"""Which warnings somebody has seen and does not want to be shown again.

Muting hides; it judges nothing differently. An error cannot be muted, and what is muted stays in
results.json and is counted where the others are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from framejudge.datasets.codes.catalogue import find_code
from framejudge.datasets.codes.code import Notice, Severity
from framejudge.datasets.errors import InputError
from framejudge.datasets.text_files import read_toml

CONFIG_FILE = "framejudge.toml"
PROJECT_FILE = "pyproject.toml"
TABLE, PROJECT_TABLE = "[warnings]", "[tool.framejudge.warnings]"
OPTION = "--mute"


@dataclass(frozen=True, slots=True)
class MuteList:
    """Numbers of the codes that are muted."""

    numbers: frozenset[str] = frozenset()

    def mutes(self, notice: Notice) -> bool:
        """Return whether a notice is hidden; an error never is."""
        return notice.severity is not Severity.ERROR and (notice.muted or notice.code in self.numbers)

    def applied_to(self, notices: Iterable[Notice]) -> list[Notice]:
        """Return notices with their mark."""
        return [replace(one, muted=self.mutes(one)) for one in notices]


def shown(notices: Sequence[Notice]) -> list[Notice]:
    """Return the notices that nobody muted."""
    return [one for one in notices if not one.muted]


def muted_line(notices: Sequence[Notice]) -> str:
    """Say how many notices are muted, and which; empty where none is.

    >>> from framejudge.datasets.codes.timing import MACHINE_BUSY
    >>> muted_line(MuteList(frozenset({"FJ101"})).applied_to([MACHINE_BUSY.says("load 3.0")]))
    '1 warning is muted: FJ101 machine-busy'
    """
    hidden = [one for one in notices if one.muted]
    if not hidden:
        return ""
    kinds = ", ".join(dict.fromkeys(f"{one.code} {one.name}" for one in hidden))
    return f"{len(hidden):,} {'warning is' if len(hidden) == 1 else 'warnings are'} muted: {kinds}"


def read_mute_list(folder: Path, given: Sequence[str] = ()) -> MuteList:
    """Return what is muted: by ``--mute``, and by the project's configuration in a folder.

    The configuration is ``mute = ["FJ101"]`` in the table `TABLE` of `CONFIG_FILE`, else in `PROJECT_TABLE`
    of `PROJECT_FILE`.

    Parameters
    ----------
    given
        Values of ``--mute``, each one code or several with commas between.

    Raises
    ------
    InputError
        For a word that is no code, for an error's code, and for a table that holds anything else.
    """
    numbers = {_number(word, OPTION) for text in given for word in text.split(",") if word.strip()}
    return MuteList(frozenset(numbers | _configured(folder)))


def mute_table(table: Any, where: str) -> frozenset[str]:
    """Return the numbers that a parsed ``[warnings]`` table mutes.

    Raises
    ------
    InputError
        As `read_mute_list`.
    """
    fix = 'write mute = ["FJ101", ...]'
    if not isinstance(table, dict):
        raise InputError("not a table", where=where, fix=fix)
    for key in table:
        if key != "mute":
            raise InputError(f"unknown key {key!r}", where=where, fix=fix)
    words = table.get("mute", [])
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise InputError("mute is no list of codes", where=where, fix=fix)
    return frozenset(_number(word, where) for word in words)


def _configured(folder: Path) -> frozenset[str]:
    for name, keys, table in (
        (CONFIG_FILE, ("warnings",), TABLE),
        (PROJECT_FILE, ("tool", "framejudge", "warnings"), PROJECT_TABLE),
    ):
        file = folder / name
        found: Any = _read(file) if file.is_file() else None
        for key in keys:
            found = found.get(key) if isinstance(found, dict) else None
        if found is not None:
            return mute_table(found, f"{file} {table}")
    return frozenset()


def _read(file: Path) -> Any:
    try:
        return read_toml(file)
    except (OSError, ValueError) as problem:
        raise InputError(f"cannot be read as TOML: {problem}", where=file, fix="mend that line") from problem


def _number(word: str, where: str) -> str:
    code = find_code(word, where)
    if code.severity is Severity.ERROR:
        raise InputError(
            f"{code} is an error, and errors cannot be muted",
            where=where,
            fix="leave it out, and mend the cause",
        )
    return code.number
