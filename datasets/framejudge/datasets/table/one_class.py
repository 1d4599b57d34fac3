"""A folder of images that nobody sorted, read as a set of one class."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from framejudge.datasets.errors import InputError
from framejudge.datasets.images.image_files import names_below
from framejudge.datasets.table.reading import read_dataset
from framejudge.datasets.table.reading_options import AS_IT_IS, ReadingOptions
from framejudge.datasets.table.sample import LABELS, Dataset, Label, Sample
from framejudge.datasets.table.selection import select


def read_labelled(
    path: str | PathLike[str], label: str | None, options: ReadingOptions = AS_IT_IS
) -> Dataset:
    """Read a labelled set; with a label, any folder of images as a set of this one class.

    Raises
    ------
    InputError
        As `read_dataset` and `read_one_class`, and for a label that is none.
    """
    if label is None:
        return read_dataset(path, options)
    for known in LABELS:
        if label == known:
            return select(read_one_class(path, known), options.where)
    raise InputError(f"unknown label {label!r}", where="--label", fix=f"use {' or '.join(LABELS)}")


def read_one_class(path: str | PathLike[str], label: Label) -> Dataset:
    """Return every image below a folder, sorted by path, each with the given label.

    The first folder of an image's path becomes its attribute ``source``. Hidden files and folders are
    left out, and links to folders are not followed.

    Raises
    ------
    InputError
        For a missing folder, or one without an image.
    """
    root = Path(path)
    if not root.is_dir():
        raise InputError("no such folder", where=root, fix="give a folder with images")
    names = sorted(names_below(root))
    if not names:
        raise InputError("no image below this folder", where=root, fix="give a folder with images")
    for name in names:
        if name.encode("utf-8", "replace").decode("utf-8") != name:
            raise InputError("the file's name is not UTF-8", where=ascii(name), fix="rename it")
    samples = tuple(
        Sample(name, label, group=name, attributes={"source": name.split("/")[0]} if "/" in name else {})
        for name in names
    )
    return Dataset(root.resolve().name, root, samples)
