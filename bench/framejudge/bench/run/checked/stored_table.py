"""A parquet file of a run, read and believed only as far as it is what a run writes.

Whoever opens a run that somebody sent gets one line about a file that is damaged, belongs to another run, or
was written by another program, and never a figure from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from framejudge.bench.run.checked.unfinished import cut_short
from framejudge.datasets.errors import InputError

MAX_CELLS = 4_000_000_000
"""Rows times columns: a few kB of parquet may stand for any number of equal rows."""

JPEG_BEGINS_WITH = b"\xff\xd8\xff"

_AGAIN = "run it again"


def read_table(path: Path, schema: pa.Schema, *, required: Iterable[str] | None = None) -> pa.Table:
    """Read a table and check its columns.

    Parameters
    ----------
    schema
        The columns that are known. Others are kept as they are; what is known has the type that is written.
    required
        Columns that must be there; by default all of the schema.

    Raises
    ------
    InputError
        For a file that is missing, damaged, too large, lacks a column, or has one of another type.
    """
    try:
        file = pq.ParquetFile(path)
        _check_size(file.metadata, path)
        table = file.read()
        table.validate(full=True)  # texts are UTF-8 only by their declaration
    except FileNotFoundError:
        raise cut_short(path) from None
    except (pa.ArrowException, OSError, UnicodeDecodeError) as problem:
        raise InputError(f"not a whole parquet file: {problem}", where=path, fix=_AGAIN) from problem
    names = table.column_names
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"the column {twice[0]!r} stands there twice", where=path, fix=_AGAIN)
    for name in schema.names if required is None else required:
        if name not in names:
            raise InputError(f"it has no column {name!r}", where=path, fix=_AGAIN)
    for at, name in enumerate(names):
        known = schema.get_field_index(name)
        if known >= 0:
            field = schema.field(known)
            table = table.set_column(at, field, _as_written(table[name], field, path))
    return table


def check_predictions(table: pa.Table, path: Path) -> None:
    """Refuse answers that no run writes: a doubled row, a score that is none, a word that means nothing.

    Raises
    ------
    InputError
        It names the first of them.
    """
    score = pc.drop_null(table["score"])
    if not pc.all(pc.and_(pc.greater_equal(score, 0), pc.less_equal(score, 1)), min_count=0).as_py():
        raise InputError("it has a score that is not in [0, 1]", where=path, fix=_AGAIN)
    for name in ("predicted", "label"):
        if name in table.column_names:
            strange = set(pc.unique(table[name]).to_pylist()) - {"framed", "plain", None}
            if strange:
                what = f"{min(map(str, strange))!r} is no {name}; framed and plain are"
                raise InputError(what, where=path, fix=_AGAIN)
    keys = table.select(["path", "detector"])
    if keys.num_rows and keys.group_by(["path", "detector"]).aggregate([]).num_rows < keys.num_rows:
        counted = keys.append_column("n", pa.nulls(keys.num_rows, pa.int8())).group_by(["path", "detector"])
        doubled = counted.aggregate([("n", "count", pc.CountOptions(mode="all"))])
        first = doubled.filter(pc.greater(doubled["n_count"], 1)).slice(0, 1).to_pylist()[0]
        what = f"two rows of {first['detector']} for {first['path']}"
        raise InputError(what, where=path, fix=_AGAIN)


def check_jpegs(table: pa.Table, path: Path) -> None:
    """Refuse thumbnails that are no JPEG pictures: a report would show them to a browser.

    Raises
    ------
    InputError
        It names the first of them.
    """
    begins = pc.equal(pc.binary_slice(table["jpeg"], 0, len(JPEG_BEGINS_WITH)), JPEG_BEGINS_WITH)
    if not pc.all(begins, min_count=0).as_py():
        row = begins.to_pylist().index(False) + 1
        raise InputError(f"row {row} holds no JPEG picture", where=path, fix=_AGAIN)


def _check_size(facts: pq.FileMetaData, path: Path) -> None:
    cells = facts.num_rows * max(1, facts.num_columns)
    if cells > MAX_CELLS:
        what = f"it claims {facts.num_rows:,} rows of {facts.num_columns:,} columns"
        raise InputError(what, where=path, fix=f"{MAX_CELLS:,} cells are read at most")


def _as_written(column: pa.ChunkedArray, field: pa.Field, path: Path) -> pa.ChunkedArray:
    if column.null_count and not field.nullable:
        raise InputError(f"a cell of the column {field.name!r} is empty", where=path, fix=_AGAIN)
    if column.type == field.type:
        return column
    try:
        return column.cast(field.type)
    except pa.ArrowException:
        what = f"the column {field.name!r} holds {column.type}, and {field.type} is wanted"
        raise InputError(what, where=path, fix=_AGAIN) from None
