"""Set cells of one column of a labels table; every other cell, and the order of rows, stay as they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from framejudge.datasets.atomic_file import replaced
from framejudge.datasets.errors import InputError
from framejudge.datasets.table.column_names import HUGGING_FACE_PATH_COLUMN, MEANT, PATH_COLUMN
from framejudge.datasets.table.csv_text import CsvText
from framejudge.datasets.table.labels_table import clean_path, write_samples
from framejudge.datasets.table.reading import TABLES
from framejudge.datasets.table.reading_options import AS_IT_IS, ReadingOptions
from framejudge.datasets.table.sample import Dataset
from framejudge.datasets.text_files import parse_json

OWN_COLUMNS = frozenset({*MEANT, HUGGING_FACE_PATH_COLUMN})
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
    options: ReadingOptions = AS_IT_IS,
) -> None:
    """Write a set's labels table to ``out`` with one attribute set; without a table, from its samples.

    ``contents`` are the table's bytes from before the set was read with ``options``. Images that
    ``value_by_path`` does not name keep what they have.

    Raises
    ------
    InputError
        As `set_cells` and `check_column_name`.
    """
    check_column_name(name)
    if table is not None:
        set_cells(table, contents, name, value_by_path, out, options)
        return
    samples = [
        replace(sample, attributes={**sample.attributes, name: value_by_path[sample.path]})
        if sample.path in value_by_path
        else sample
        for sample in dataset
    ]
    with replaced(out) as draft:
        write_samples(draft, samples)


def set_cells(
    table: Path,
    contents: bytes,
    name: str,
    value_by_path: Mapping[str, str | None],
    out: Path,
    options: ReadingOptions = AS_IT_IS,
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
        The column; appended where the table has none of this name. One that means something is written under
        the name that ``options`` gives it.
    value_by_path
        The new values; None empties a cell. Images that it does not name keep theirs.
    out
        Replaced at once: a reader sees the old table or the new one.

    Raises
    ------
    InputError
        When the table was changed since it was read, or cannot be written.
    """
    names = options.names(table)
    write = _WRITERS.get(table.suffix, _with_csv_cells)
    changed = write(contents, names.get(name, name), value_by_path, names[PATH_COLUMN], table)
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


def _with_csv_cells(
    contents: bytes, name: str, value_by_path: Mapping[str, str | None], path_column: str, table: Path
) -> bytes:
    stored = CsvText.read(contents, table, [path_column])
    header, *rows = stored.records()
    columns = [column.strip() for column in header]
    path_place = columns.index(path_column)
    if name not in columns:
        header.append(name)
        columns.append(name)
    place = columns.index(name)
    for row in filter(None, rows):  # an empty line is no row, and stays
        row += [""] * (len(columns) - len(row))
        row[place] = value_by_path.get(clean_path(row[path_place], table.parent), row[place]) or ""
    return stored.written([header, *rows])


def _with_jsonl_cells(
    contents: bytes, name: str, value_by_path: Mapping[str, str | None], path_column: str, table: Path
) -> bytes:
    lines = contents.split(b"\n")
    for number, line in enumerate(lines):
        record = parse_json(line.decode("utf-8-sig")) if line.strip() else {}
        path = clean_path(record.get(path_column, ""), table.parent)
        if path in value_by_path:  # the other lines stay as they are, to the byte
            changed = record | {name: value_by_path[path]}
            lines[number] = json.dumps(changed, ensure_ascii=False).encode() + b"\r" * line.endswith(b"\r")
    return b"\n".join(lines)


def _with_parquet_cells(
    contents: bytes, name: str, value_by_path: Mapping[str, str | None], path_column: str, file: Path
) -> bytes:
    import pyarrow
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(pyarrow.BufferReader(contents))
    paths = [clean_path(path, file.parent) for path in table.column(path_column).to_pylist()]
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


_WRITERS = {".parquet": _with_parquet_cells, ".jsonl": _with_jsonl_cells}
"""By the table's suffix; any other is CSV."""
