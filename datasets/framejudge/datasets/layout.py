"""A labelled set in the layouts that other tools read: Hugging Face's imagefolder, and class folders.

Beware: tools that sort class folders by name make ``framed`` class 0 and ``plain`` class 1, while a score
here is higher the more surely a picture is framed.
"""

from __future__ import annotations

import csv
import os
import shutil
from pathlib import Path

from framejudge.datasets.errors import InputError
from framejudge.datasets.labels_table import BOX_COLUMNS, HUGGING_FACE_PATH_COLUMN
from framejudge.datasets.review.replacing import replaced
from framejudge.datasets.sample import Dataset

METADATA_FILE = "metadata.csv"


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
    if file.exists() and not any(table.is_file() for table in own_tables):
        raise InputError("is the set's own labels table", where=file, fix="it can be loaded as it is")
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


def write_class_folders(dataset: Dataset, out: Path) -> int:
    """Bring a set into ``out/framed`` and ``out/plain``, for ``keras.utils.image_dataset_from_directory``.

    Files are linked where the file system can, copied elsewhere. They lie directly in the class folder
    (``a/b.png`` becomes ``a__b.png``): Hugging Face takes the folder next to the file for the class. Groups
    and attributes have no place in this layout.

    Returns
    -------
    How many images have no label and were left out.

    Raises
    ------
    InputError
        When ``out`` exists and is not an empty folder, a file is missing, or two would have the same name.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError("the output folder is not empty", where=out, fix="name another")
    left_out = 0
    for sample in dataset:
        if sample.label is None:
            left_out += 1
            continue
        source, target = dataset.locate(sample), out / sample.label / sample.path.replace("/", "__")
        if not source.is_file():
            raise InputError(
                "no such file", where=source, fix="remove its row; `bench dataset audit` lists them"
            )
        if target.exists():
            raise InputError("two images would have this name", where=target, fix="rename one of them")
        target.parent.mkdir(parents=True, exist_ok=True)
        _link_or_copy(source, target)
    return left_out


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source.resolve(), target)
    except OSError:  # another file system, or one without links
        shutil.copyfile(source, target)
