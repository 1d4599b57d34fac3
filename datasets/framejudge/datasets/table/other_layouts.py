"""A labelled set in the layouts that other tools read: Hugging Face's imagefolder, and class folders.

Beware: tools that sort class folders by name make ``framed`` class 0 and ``plain`` class 1, while a score
here is higher the more surely a picture is framed.
"""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from framejudge.datasets.atomic_file import new_folder, replaced
from framejudge.datasets.errors import InputError
from framejudge.datasets.table.column_names import BOX_COLUMNS, HUGGING_FACE_PATH_COLUMN, HUGGING_FACE_TABLES
from framejudge.datasets.table.sample import Dataset, Sample

METADATA_FILE = "metadata.csv"


class ClassFolders(NamedTuple):
    """How many images went into ``framed`` and ``plain``, and how many without a label were left out."""

    framed: int
    plain: int
    left_out: int


def write_metadata(dataset: Dataset) -> Path:
    """Write metadata.csv into a set's folder, for ``load_dataset("imagefolder", data_dir=...)``.

    The labels table stays what `read_dataset` reads; run this again after changing it. An empty cell is a
    missing value.

    Returns
    -------
    The file: ``file_name``, ``label``, ``group``, the content box where any is known, and the attributes.

    Raises
    ------
    InputError
        When metadata.csv is the set's own labels table, or cannot be written.
    """
    file = dataset.root / METADATA_FILE
    own_tables = [dataset.root / name for name in ("labels.csv", "labels.parquet")]
    others = [dataset.root / name for name in HUGGING_FACE_TABLES if (dataset.root / name).exists()]
    if others and not any(table.is_file() for table in own_tables):
        raise InputError("is the set's own labels table", where=others[0], fix="it can be loaded as it is")
    attributes = sorted({name for sample in dataset for name in sample.attributes})
    boxes = BOX_COLUMNS if any(sample.content_box for sample in dataset) else ()
    with replaced(file) as draft, draft.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([HUGGING_FACE_PATH_COLUMN, "label", "group", *boxes, *attributes])
        for sample in dataset:
            box = (sample.content_box or ("",) * len(boxes)) if boxes else ()
            texts = [sample.attributes.get(name, "") for name in attributes]
            writer.writerow([sample.path, sample.label or "", sample.group, *box, *texts])
    return file


def write_class_folders(dataset: Dataset, out: Path) -> ClassFolders:
    """Bring a set into ``out/framed`` and ``out/plain``, for ``keras.utils.image_dataset_from_directory``.

    Files are linked where the file system can, copied elsewhere. They lie directly in the class folder
    (``a/b.png`` becomes ``a__b.png``): Hugging Face takes the folder next to the file for the class. Groups
    and attributes have no place in this layout. Whatever goes wrong, ``out`` is as it was.

    Raises
    ------
    InputError
        When ``out`` exists and is not an empty folder or cannot be written, no image has a label, a file is
        missing, or two would have the same name.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError("the output folder is not empty", where=out, fix="name another")
    labelled = [sample for sample in dataset if sample.label]
    if not labelled:
        raise InputError(
            "no image has a label yet", where=dataset.root, fix=f"first: bench dataset review {dataset.root}"
        )
    try:
        with new_folder(out) as draft:
            _fill(draft, dataset, labelled)
    except OSError as error:
        what = f"cannot be written: {error.strerror}; nothing is left behind"
        raise InputError(
            what, where=out, fix="make room or give the right to write, and run it again"
        ) from error
    framed = sum(sample.label == "framed" for sample in labelled)
    return ClassFolders(framed, len(labelled) - framed, len(dataset) - len(labelled))


def _fill(folder: Path, dataset: Dataset, labelled: Sequence[Sample]) -> None:
    for sample in labelled:
        source, target = dataset.locate(sample), folder / str(sample.label) / sample.path.replace("/", "__")
        if not source.is_file():
            raise InputError(
                "no such file", where=source, fix="remove its row; `bench dataset audit` lists them"
            )
        if target.exists():
            raise InputError(
                f"two images would be called {target.name}", where=dataset.root, fix="rename one of them"
            )
        target.parent.mkdir(exist_ok=True)
        _link_or_copy(source, target)


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source.resolve(), target)
    except OSError:  # another file system, or one without links
        shutil.copyfile(source, target)
