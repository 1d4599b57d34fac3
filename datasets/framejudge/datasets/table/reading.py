"""Read a labelled set: a folder with a labels table, or with framed/ and plain/ below it."""

from __future__ import annotations

import difflib
import os
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import NamedTuple

from framejudge.datasets.errors import InputError
from framejudge.datasets.table.class_folders import read_class_folders
from framejudge.datasets.table.column_names import HUGGING_FACE_TABLES
from framejudge.datasets.table.labels_table import Problem, raise_problems, read_samples
from framejudge.datasets.table.reading_options import AS_IT_IS, ReadingOptions
from framejudge.datasets.table.sample import Dataset, Sample
from framejudge.datasets.table.selection import select
from framejudge.datasets.text_files import read_json

TABLES = ("labels.csv", "labels.parquet", *HUGGING_FACE_TABLES)
"""The labels tables, in order of preference; the last ones are Hugging Face's imagefolder layout."""


class _Description(NamedTuple):
    """What dataset.json says about the set beside it."""

    name: str
    generated: bool
    drawn: bool


def read_dataset(path: str | PathLike[str], options: ReadingOptions = AS_IT_IS) -> Dataset:
    """Read the labelled set in a folder; no image is opened.

    A labels table (``labels.csv``, ``labels.parquet``, or ``metadata.csv`` or ``metadata.jsonl`` with
    ``file_name``) goes before class folders (``framed/`` and ``plain/``, searched to any depth). Samples come
    in the table's order, or sorted by path. An optional ``dataset.json`` gives the set's ``name`` and whether
    it was ``generated``; with a ``recipe`` in it, the set was drawn.

    Parameters
    ----------
    options
        Which images are wanted, and other names of columns and labels.

    Raises
    ------
    InputError
        For a missing or empty folder, a malformed table or description, a path that leaves the folder, and
        options that are malformed or do not fit the set.
    """
    root = Path(path)
    options.check()
    _check_folder(root)
    description = _describe(root)
    table = _find_table(root)
    if table is None:
        samples = read_class_folders(root, options.words)
    else:
        samples = _read_table(table, options)
        _check_some_exist(root, samples, table)
    _check_inside(root, samples, table)
    return select(
        Dataset(description.name, root, samples, description.generated, description.drawn), options.where
    )


def _check_folder(root: Path) -> None:
    if root.is_file():
        raise InputError("a file, not a folder", where=root, fix=f"give the folder: {root.parent}")
    if not root.is_dir():
        siblings = [entry.name for entry in root.parent.iterdir()] if root.parent.is_dir() else []
        near = difflib.get_close_matches(root.name, siblings, n=1)
        fix = f"did you mean {root.parent / near[0]}?" if near else "give a folder with labelled images"
        raise InputError("no such folder", where=root, fix=fix)
    if not any(root.iterdir()):
        raise InputError(
            "the folder is empty", where=root, fix="put labels.csv, or framed/ and plain/, into it"
        )


def _describe(root: Path) -> _Description:
    name = root.resolve().name
    file = root / "dataset.json"
    if not file.exists():
        return _Description(name, generated=False, drawn=False)
    try:
        description = read_json(file)
    except ValueError as error:
        raise InputError(f"malformed JSON: {error}", where=file) from None
    if not isinstance(description, dict):
        raise InputError("not a JSON object", where=file, fix='write {"name": ..., "generated": true}')
    name, generated = description.get("name", name), description.get("generated", False)
    if not isinstance(name, str) or not isinstance(generated, bool):
        raise InputError('"name" must be a text and "generated" true or false', where=file)
    return _Description(name, generated, drawn=generated or "recipe" in description)


def _find_table(root: Path) -> Path | None:
    found = [root / name for name in TABLES if (root / name).is_file()]
    if found[:2] == [root / "labels.csv", root / "labels.parquet"]:
        raise InputError(
            "both labels.csv and labels.parquet", where=root, fix="keep the one that holds the truth"
        )
    return found[0] if found else None


def _read_table(table: Path, options: ReadingOptions) -> tuple[Sample, ...]:
    try:
        return read_samples(table, options)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=table) from error


def _check_some_exist(root: Path, samples: Sequence[Sample], table: Path) -> None:
    # Single missing files are listed as unreadable and the run goes on; all of them is a wrong folder.
    if not any((root / sample.path).exists() for sample in samples):
        what = f"none of its {len(samples):,} images exists (the first: {samples[0].path!r})"
        raise InputError(what, where=table, fix="paths are relative to the table's folder")


def _check_inside(root: Path, samples: Sequence[Sample], table: Path | None) -> None:
    """Refuse symbolic links that lead out of the folder, and names that no table of ours can hold."""
    home = os.path.realpath(root)
    inside: dict[Path, bool] = {}
    problems = []
    for sample in samples:
        if not _is_unicode(sample.path):
            problems.append(Problem(ascii(sample.path), "the file's name is not UTF-8", "rename it"))
            continue
        file = root / sample.path
        folder = file.parent
        if folder not in inside:  # 100,000 images lie in a few folders
            inside[folder] = _is_below(os.path.realpath(folder), home)
        if not inside[folder] or (file.is_symlink() and not _is_below(os.path.realpath(file), home)):
            problems.append(
                Problem(repr(sample.path), "a symbolic link leads out of the folder", "copy the file")
            )
    raise_problems(problems, table or root)


def _is_below(real_path: str, home: str) -> bool:
    return real_path == home or real_path.startswith(home.rstrip(os.sep) + os.sep)


def _is_unicode(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
