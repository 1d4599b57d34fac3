"""labels.csv and labels.parquet: one row an image, checked cell by cell, and written back the same.

A table edited by hand has typos. All of them are collected before any is reported, each with its line.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import NamedTuple

from framejudge.datasets.errors import InputError
from framejudge.datasets.table.box import Box
from framejudge.datasets.table.sample import LABELS, Label, Sample

PATH_COLUMN = "path"
HUGGING_FACE_PATH_COLUMN = "file_name"
BOX_COLUMNS = Box._fields
TOLD_PROBLEMS = 3
"""How many of a table's problems are spelt out; the rest are counted."""

_WHOLE_NUMBER = re.compile(r"(-?[0-9]{1,9})(\.0*)?")
_BYTE_ORDER_MARKS_OF_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class Problem(NamedTuple):
    """One thing to mend: where in the table, what is wrong there, and how to fix it."""

    place: str
    what: str
    fix: str = ""


class Row(NamedTuple):
    """One row's cells by column name, and its place in the table for messages."""

    place: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A labels table as text, before its cells mean anything."""

    file: Path
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...] = ()


def read_samples(file: Path) -> tuple[Sample, ...]:
    """Read a labels table, a sample a row, in the table's order.

    Columns: ``path`` (in metadata.csv ``file_name``), ``label`` (``framed``, ``plain`` or empty), and where
    known ``group``, ``left``, ``top``, ``right``, ``bottom``; any further column is an attribute.

    Raises
    ------
    InputError
        For anything wrong, with the line; several problems are one message.
    """
    table = _read_parquet(file) if file.suffix == ".parquet" else _read_csv(file)
    path_column = HUGGING_FACE_PATH_COLUMN if file.name == "metadata.csv" else PATH_COLUMN
    _check_columns(table, path_column)
    problems = list(table.problems)
    samples: list[Sample] = []
    first_places: dict[str, str] = {}
    for row in table.rows:
        sample, row_problems = _sample_from(row, path_column)
        problems += row_problems
        if sample is None:
            continue
        if sample.path in first_places:
            what = f"a second row for {sample.path!r}, first in {first_places[sample.path]}"
            problems.append(Problem(row.place, what, "keep one of them"))
        else:
            first_places[sample.path] = row.place
            samples.append(sample)
    raise_problems(problems, file)
    if not samples:
        raise InputError("the table has no rows", where=file, fix="add a row for each image")
    return tuple(samples)


def write_samples(file: Path, samples: Sequence[Sample]) -> None:
    """Write labels.csv so that ``read_samples`` returns the same samples."""
    attributes = sorted({name for sample in samples for name in sample.attributes})
    with_boxes = any(sample.content_box for sample in samples)
    box_columns = BOX_COLUMNS if with_boxes else ()
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(
            stream
        )  # RFC 4180: with its line ends, a lone carriage return in a name is quoted
        writer.writerow([PATH_COLUMN, "label", "group", *box_columns, *attributes])
        for sample in samples:
            box = (sample.content_box or [""] * len(BOX_COLUMNS)) if with_boxes else []
            texts = [sample.attributes.get(name, "") for name in attributes]
            writer.writerow([sample.path, sample.label or "", sample.group, *box, *texts])


def raise_problems(problems: Sequence[Problem], file: Path) -> None:
    """Raise one InputError for the problems of a file, spelling out the first few; none: do nothing."""
    if not problems:
        return
    if len(problems) == 1:
        place, what, fix = problems[0]
        raise InputError(what, where=f"{file}, {place}", fix=fix)
    given = "; ".join(
        f"{place}: {what}" + (f" ({fix})" if fix else "") for place, what, fix in problems[:TOLD_PROBLEMS]
    )
    left = len(problems) - TOLD_PROBLEMS
    more = f"; and {left:,} more" if left > 0 else ""
    raise InputError(f"{len(problems):,} problems: {given}{more}", where=file)


def _read_csv(file: Path) -> Table:
    # The csv module rather than a data frame: a problem is reported with its line in the file.
    stream = io.StringIO(_utf_8_text(file), newline="")
    reader = csv.reader(stream, strict=True)
    try:
        header = next(reader, None)
    except csv.Error as error:
        raise InputError(f"malformed CSV: {error}", where=f"{file}, line 1") from None
    if header is None:
        raise InputError("the file is empty", where=file, fix="its first line names the columns: path,label")
    columns = tuple(name.strip() for name in header)
    rows: list[Row] = []
    problems: list[Problem] = []
    for place, cells in _csv_records(reader, problems):
        if len(cells) == len(columns):
            rows.append(Row(place, dict(zip(columns, cells, strict=True))))
        else:
            what = f"{len(cells)} cells for {len(columns)} columns"
            problems.append(Problem(place, what, "quote cells that hold a comma"))
    return Table(file, columns, tuple(rows), tuple(problems))


def _csv_records(reader: Iterator[list[str]], problems: list[Problem]) -> Iterator[tuple[str, list[str]]]:
    """Yield each record with its first line; a quote that never closes ends the table as a problem."""
    while True:
        place = f"line {reader.line_num + 1}"  # type: ignore[attr-defined]
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.append(Problem(place, f"malformed CSV: {error}", "check the quotes from here on"))
            return
        if cells:
            yield place, cells


def _utf_8_text(file: Path) -> str:
    data = file.read_bytes()
    if data.startswith(_BYTE_ORDER_MARKS_OF_UTF_16):
        raise InputError("the text is UTF-16", where=file, fix="save it as UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            "the text is not UTF-8", where=f"{file}, line {line}", fix="save it as UTF-8"
        ) from None


def _read_parquet(file: Path) -> Table:
    import pyarrow
    import pyarrow.parquet

    try:
        table = pyarrow.parquet.ParquetFile(file).read()
    except (pyarrow.ArrowException, OSError) as error:
        raise InputError(f"not a readable parquet file: {error}", where=file) from error
    columns = tuple(table.column_names)
    texts = [[_text(value) for value in column.to_pylist()] for column in table.columns]
    rows = tuple(
        Row(f"row {number}", dict(zip(columns, cells, strict=True)))
        for number, cells in enumerate(zip(*texts, strict=True), start=1)
    )
    return Table(file, columns, rows)


def _text(value: object) -> str:
    missing = value is None or value != value  # NaN: how pandas stores an empty cell
    return "" if missing else str(value)


def _check_columns(table: Table, path_column: str) -> None:
    found = ", ".join(map(repr, table.columns))
    for name, count in Counter(table.columns).items():
        if not name:
            raise InputError(f"a column without a name (found {found})", where=table.file)
        if count > 1:
            raise InputError(f"the column {name!r} stands there {count} times", where=table.file)
    for name in (path_column, "label"):
        if name not in table.columns:
            fix = f"the first line must name {path_column} and label, with commas between"
            raise InputError(f"no column {name!r} (found {found})", where=table.file, fix=fix)
    missing = [name for name in BOX_COLUMNS if name not in table.columns]
    if 0 < len(missing) < len(BOX_COLUMNS):
        what = f"a content box needs left, top, right and bottom; missing: {', '.join(missing)}"
        raise InputError(what, where=table.file)


def _sample_from(row: Row, path_column: str) -> tuple[Sample | None, list[Problem]]:
    known = {path_column, "label", "group", *BOX_COLUMNS}
    problems: list[Problem] = []
    path = _parse_path(row, path_column, problems)
    label = _parse_label(row, problems)
    box = _parse_box(row, problems)
    if problems:
        return None, problems
    attributes = {name: text for name, text in row.cells.items() if text and name not in known}
    return Sample(path, label, row.cells.get("group") or path, attributes, box), []


def _parse_path(row: Row, path_column: str, problems: list[Problem]) -> str:
    text = row.cells[path_column]
    path = PurePosixPath(text)
    if not text or path == PurePosixPath():
        problems.append(Problem(row.place, "no path"))
    elif "\0" in text:
        problems.append(Problem(row.place, f"a NUL character in the path {text!r}"))
    elif "\\" in text:
        problems.append(Problem(row.place, f"a backslash in the path {text!r}", "write forward slashes"))
    elif path.is_absolute() or PureWindowsPath(text).drive:
        problems.append(Problem(row.place, f"absolute path {text!r}", "write it relative to the folder"))
    elif ".." in path.parts:
        problems.append(Problem(row.place, f"the path {text!r} leaves the folder", "name a file below it"))
    return str(path)


def _parse_label(row: Row, problems: list[Problem]) -> Label | None:
    text = row.cells["label"].strip()
    for label in LABELS:
        if text == label:
            return label
    if text:
        problems.append(Problem(row.place, f"unknown label {text!r}", _nearest_label(text)))
    return None


def _nearest_label(text: str) -> str:
    near = difflib.get_close_matches(text.lower(), LABELS, n=1)
    return f"did you mean {near[0]}?" if near else "use framed or plain, or leave it empty"


def _parse_box(row: Row, problems: list[Problem]) -> Box | None:
    texts = [row.cells.get(name, "").strip() for name in BOX_COLUMNS]
    if not any(texts):
        return None
    matches = [_WHOLE_NUMBER.fullmatch(text) for text in texts]
    given = ", ".join(f"{name} {text!r}" for name, text in zip(BOX_COLUMNS, texts, strict=True))
    numbers = [int(match[1]) for match in matches if match]
    if len(numbers) < len(BOX_COLUMNS):
        problems.append(Problem(row.place, f"a content box of whole pixels is wanted, not {given}"))
        return None
    box = Box(*numbers)
    if box.left < 0 or box.top < 0:
        problems.append(Problem(row.place, f"the content box begins outside the image: {given}"))
    elif not box.area:
        problems.append(Problem(row.place, f"the content box is empty or inverted: {given}"))
    return box
