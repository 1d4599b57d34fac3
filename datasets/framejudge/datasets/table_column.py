"""Set one column of a labels table and leave every other cell, and the order, as they are."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from framejudge.datasets.errors import InputError
from framejudge.datasets.labels_table import (
    BOX_COLUMNS,
    HUGGING_FACE_PATH_COLUMN,
    PATH_COLUMN,
    write_samples,
)
from framejudge.datasets.reading import TABLES
from framejudge.datasets.replacing import replaced
from framejudge.datasets.sample import Dataset

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

    ``contents`` are the table's bytes from before the set was read. Raises as `set_column`.
    """
    if table is not None:
        set_column(table, contents, name, value_by_path, out)
        return
    check_column_name(name)
    samples = [
        replace(sample, attributes={**sample.attributes, name: value_by_path[sample.path]})
        for sample in dataset
    ]
    with replaced(out) as draft:
        write_samples(draft, samples)


def set_column(table: Path, contents: bytes, name: str, value_by_path: Mapping[str, str], out: Path) -> None:
    """Write a labels table to ``out`` with one column set.

    Parameters
    ----------
    table
        The file that ``contents`` were read from; its name says what they are. It must have been accepted by
        ``read_samples`` before.
    contents
        Its bytes. Where ``out`` is the table itself, it must still hold them.
    value_by_path
        The value for each image.
    out
        Replaced at once: a reader sees the old table or the new one.

    Raises
    ------
    InputError
        When the table was changed since it was read, the name is taken by a column with a meaning, or the
        table cannot be written.
    """
    check_column_name(name)
    write = _with_parquet_column if table.suffix == ".parquet" else _with_csv_column
    changed = write(contents, name, value_by_path, _path_column(table))
    if out.resolve() == table.resolve() and table.read_bytes() != contents:
        what = "changed while its images were compared; nothing was written"
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


def _values(paths: Sequence[str], value_by_path: Mapping[str, str]) -> list[str]:
    return [value_by_path[str(PurePosixPath(path))] for path in paths]


def _with_csv_column(contents: bytes, name: str, value_by_path: Mapping[str, str], path_column: str) -> bytes:
    mark = b"\xef\xbb\xbf" if contents.startswith(b"\xef\xbb\xbf") else b""
    text = contents.decode("utf-8-sig")
    header, *rows = (row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row)
    columns = [column.strip() for column in header]
    paths = [row[columns.index(path_column)] for row in rows]
    place = columns.index(name) if name in columns else len(columns)
    for row, value in zip([header, *rows], [name, *_values(paths, value_by_path)], strict=True):
        row[place : place + 1] = [value]
    stream = io.StringIO(newline="")
    # With RFC 4180's line ends the writer quotes a lone carriage return inside a cell; without, it is lost.
    ends = "\r\n" if "\r" in text else "\n"
    csv.writer(stream, lineterminator=ends).writerows([header, *rows])
    return mark + stream.getvalue().encode("utf-8")


def _with_parquet_column(
    contents: bytes, name: str, value_by_path: Mapping[str, str], path_column: str
) -> bytes:
    import pyarrow
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(pyarrow.BufferReader(contents))
    values = pyarrow.array(_values(table.column(path_column).to_pylist(), value_by_path), pyarrow.string())
    place = table.column_names.index(name) if name in table.column_names else None
    changed = table.append_column(name, values) if place is None else table.set_column(place, name, values)
    sink = pyarrow.BufferOutputStream()
    pyarrow.parquet.write_table(changed, sink)
    result: bytes = sink.getvalue().to_pybytes()
    return result
