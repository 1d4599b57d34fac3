"""Set cells of one column of a labels table; every other cell, and the order of rows, stay as they are."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from framejudge.datasets.atomic_file import replaced
from framejudge.datasets.errors import InputError
from framejudge.datasets.table.labels_table import (
    BOX_COLUMNS,
    HUGGING_FACE_PATH_COLUMN,
    PATH_COLUMN,
    write_samples,
)
from framejudge.datasets.table.reading import TABLES
from framejudge.datasets.table.sample import Dataset

OWN_COLUMNS = frozenset({PATH_COLUMN, HUGGING_FACE_PATH_COLUMN, "label", "group", *BOX_COLUMNS})
"""Columns with a meaning of their own, which no attribute may take."""


def labels_table_of(root: Path) -> Path | None:
    """Return the labels table that `read_dataset` reads in a folder, None where there is none."""
    return next((root / name for name in TABLES if (root / name).is_file()), None)


def write_attribute(
    dataset: Dataset,
    table: Path | None,
    contents: bytes,
    name: str,
    value_by_path: Mapping[str, str],
    out: Path,
) -> None:
    """Write a set's labels table to ``out`` with one attribute set; without a table, from its samples.

    ``contents`` are the table's bytes from before the set was read.

    Raises
    ------
    InputError
        As `set_cells` and `check_column_name`.
    """
    check_column_name(name)
    if table is not None:
        set_cells(table, contents, name, value_by_path, out)
        return
    samples = [
        replace(sample, attributes={**sample.attributes, name: value_by_path[sample.path]})
        for sample in dataset
    ]
    with replaced(out) as draft:
        write_samples(draft, samples)


def set_cells(
    table: Path, contents: bytes, name: str, value_by_path: Mapping[str, str | None], out: Path
) -> None:
    """Write a labels table to ``out`` with the cells of some images in one column set.

    Parameters
    ----------
    table
        The file that ``contents`` were read from; its name says what they are. It must have been accepted by
        ``read_samples`` before.
    contents
        Its bytes. Where ``out`` is the table itself, it must still hold them.
    name
        The column; appended where the table has none of this name.
    value_by_path
        The new values; None empties a cell. Images that it does not name keep theirs.
    out
        Replaced at once: a reader sees the old table or the new one.

    Raises
    ------
    InputError
        When the table was changed since it was read, or cannot be written.
    """
    write = _with_parquet_cells if table.suffix == ".parquet" else _with_csv_cells
    changed = write(contents, name, value_by_path, _path_column(table))
    if out.resolve() == table.resolve() and table.read_bytes() != contents:
        what = "changed since it was read; nothing was written"
        raise InputError(what, where=table, fix="run the command again")
    with replaced(out) as draft:
        draft.write_bytes(changed)


def check_column_name(name: str) -> None:
    """Refuse an empty name and those of the columns that mean something.

    Raises
    ------
    InputError
        For such a name.
    """
    if not name.strip() or name.strip() in OWN_COLUMNS:
        fix = "give another name, like split"
        raise InputError(f"{name!r} cannot be the name of the new column", where="--column", fix=fix)


def _path_column(table: Path) -> str:
    return HUGGING_FACE_PATH_COLUMN if table.name == "metadata.csv" else PATH_COLUMN


def _with_csv_cells(
    contents: bytes, name: str, value_by_path: Mapping[str, str | None], path_column: str
) -> bytes:
    mark = b"\xef\xbb\xbf" if contents.startswith(b"\xef\xbb\xbf") else b""
    text = contents.decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    columns = [column.strip() for column in header]
    path_place = columns.index(path_column)
    if name not in columns:
        header.append(name)
        columns.append(name)
    place = columns.index(name)
    for row in filter(None, rows):  # an empty line is no row, and stays
        row += [""] * (len(columns) - len(row))
        row[place] = value_by_path.get(str(PurePosixPath(row[path_place])), row[place]) or ""
    stream = io.StringIO(newline="")
    # With RFC 4180's line ends the writer quotes a lone carriage return inside a cell; without, it is lost.
    ends = "\r\n" if "\r" in text else "\n"
    csv.writer(stream, lineterminator=ends).writerows([header, *rows])
    return mark + stream.getvalue().encode("utf-8")


def _with_parquet_cells(
    contents: bytes, name: str, value_by_path: Mapping[str, str | None], path_column: str
) -> bytes:
    import pyarrow
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(pyarrow.BufferReader(contents))
    paths = [str(PurePosixPath(path)) for path in table.column(path_column).to_pylist()]
    is_new = name not in table.column_names
    before = [None] * len(paths) if is_new else table.column(name).to_pylist()
    after = [value_by_path.get(path, value) for path, value in zip(paths, before, strict=True)]
    values = pyarrow.array(after, pyarrow.string())
    changed = (
        table.append_column(name, values)
        if is_new
        else table.set_column(table.column_names.index(name), name, values)
    )
    sink = pyarrow.BufferOutputStream()
    pyarrow.parquet.write_table(changed, sink)
    result: bytes = sink.getvalue().to_pybytes()
    return result
