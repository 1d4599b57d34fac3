"""Which files are meant, and where each goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from framejudge.datasets.errors import InputError
from framejudge.datasets.images.image_files import images_below


@dataclass(frozen=True, slots=True)
class Source:
    """A picture file, and its path below the output folder."""

    file: Path
    path: str


def find_sources(given: Sequence[Path], out: Path) -> list[Source]:
    """Return the picture files that are given, or lie below given folders, in the order of their paths.

    Hidden files and folders are left alone, and so is what has no picture's extension.

    Raises
    ------
    InputError
        For a path that does not exist, an output folder among the pictures, no picture at all, or two
        pictures that would go to one place.
    """
    found: list[Source] = []
    for place in given:
        if place.is_dir():
            _check_apart(place, out)
            found += [
                Source(file, file.relative_to(place).as_posix()) for file in sorted(images_below(place))
            ]
        elif place.is_file():
            found.append(Source(place, place.name))
        else:
            raise InputError(
                "there is no such file or folder", where=place, fix="give picture files or folders"
            )
    if not found:
        raise InputError(
            "no picture files", where=str(given[0]), fix="give files, or a folder that holds some"
        )
    _check_distinct(found)
    return found


def _check_apart(folder: Path, out: Path) -> None:
    if out.resolve().is_relative_to(folder.resolve()):
        raise InputError(
            f"the output folder lies among the pictures of {folder}",
            where=out,
            fix="give an --out outside of it: the next run would take its pictures for new ones",
        )


def _check_distinct(sources: Sequence[Source]) -> None:
    taken: dict[str, Source] = {}
    for source in sources:
        other = taken.setdefault(source.path, source)
        if other is not source:
            raise InputError(
                f"{other.file} and {source.file} would go to one place, {source.path}",
                fix="give a folder that holds both, or run twice with two --out",
            )
