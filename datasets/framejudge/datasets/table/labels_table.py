"""labels.csv and labels.parquet: one row an image, checked cell by cell, and written back the same.

A table edited by hand has typos. All of them are collected before any is reported, each with its line.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import NamedTuple

from framejudge.datasets.errors import InputError
from framejudge.datasets.table.box import Box
from framejudge.datasets.table.column_names import BOX_COLUMNS, PATH_COLUMN, guessed_option
from framejudge.datasets.table.csv_text import CsvText, Record, without_empty_ends
from framejudge.datasets.table.label_words import LabelWords, nearest_class
from framejudge.datasets.table.reading_options import AS_IT_IS, ReadingOptions
from framejudge.datasets.table.sample import Sample
from framejudge.datasets.text_files import parse_json

TOLD_PROBLEMS = 3
"""How many of a table's problems are spelt out; the rest are counted."""

MOST_CLASSES = 6
"""A column with more different words than this holds no labels: no meaning of them is guessed."""

SLIPS = 2
"""A word near to a class's is a slip of the pen in so many rows at most; in more it is the set's own."""

_WHOLE_NUMBER = re.compile(r"(-?[0-9]{1,9})(\.0*)?")


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


def read_samples(file: Path, options: ReadingOptions = AS_IT_IS) -> tuple[Sample, ...]:
    """Read a labels table, a sample a row, in the table's order; ``options.where`` is left to the caller.

    Columns: ``path`` (in Hugging Face's metadata files ``file_name``), ``label`` (``framed``, ``plain`` in
    any case, or empty), and where known ``group``, ``left``, ``top``, ``right``, ``bottom``; any further
    column is an attribute.

    Raises
    ------
    InputError
        For anything wrong, with the line; several problems are one message.
    """
    names = options.names(file)
    table = read_table(file, names)
    _check_columns(table, names, options.words)
    reading = _RowReading(names, options.words, file.parent)
    problems = list(table.problems)
    samples: list[Sample] = []
    first_places: dict[str, str] = {}
    for row in table.rows:
        sample, row_problems = reading.sample(row)
        problems += row_problems
        if sample is None:
            continue
        if sample.path in first_places:
            what = f"a second row for {sample.path!r}, first in {first_places[sample.path]}"
            problems.append(Problem(row.place, what, "keep one of them"))
        else:
            first_places[sample.path] = row.place
            samples.append(sample)
    raise_problems([*problems, *reading.unknown_labels(table.rows)], file)
    if not samples:
        raise InputError("the table has no rows", where=file, fix="add a row for each image")
    return tuple(samples)


def read_table(file: Path, names: Mapping[str, str]) -> Table:
    """Read a table's cells as text.

    Parameters
    ----------
    names
        Of the columns that are looked for, by our names.

    Raises
    ------
    InputError
        Where it cannot be read at all.
    """
    if file.suffix == ".parquet":
        return _read_parquet(file)
    if file.suffix == ".jsonl":
        return _read_jsonl(file)
    return _read_csv(file, (names[PATH_COLUMN], names["label"]))


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


def _read_csv(file: Path, wanted: Sequence[str]) -> Table:
    # The csv module rather than a data frame: a problem is reported with its line in the file.
    reader = CsvText.read(file.read_bytes(), file, wanted).records()
    try:
        header = next(reader, None)
    except csv.Error as error:
        raise InputError(f"malformed CSV: {error}", where=f"{file}, line 1") from None
    if header is None:
        raise InputError("the file is empty", where=file, fix="its first line names the columns: path,label")
    columns = [name.strip() for name in header]
    problems: list[Problem] = []
    records = list(without_empty_ends(_csv_records(reader, problems)))
    width = _width_in_use(columns, records)
    rows: list[Row] = []
    for line, cells in records:
        if len(cells) == len(columns):
            rows.append(Row(f"line {line}", dict(zip(columns[:width], cells[:width], strict=True))))
        else:
            what = f"{len(cells)} cells for {len(columns)} columns"
            problems.append(Problem(f"line {line}", what, "quote cells that hold a comma"))
    return Table(file, tuple(columns[:width]), tuple(rows), tuple(problems))


def _width_in_use(columns: Sequence[str], records: Sequence[Record]) -> int:
    """Return the number of columns without those at the end that have neither a name nor a cell."""
    width = len(columns)
    while width > 1 and not columns[width - 1]:
        if any(cell.strip() for record in records for cell in record.cells[width - 1 : width]):
            break
        width -= 1
    return width


def _csv_records(reader: Iterator[list[str]], problems: list[Problem]) -> Iterator[Record]:
    """Yield each record with its first line; a quote that never closes ends the table as a problem."""
    while True:
        line = reader.line_num + 1  # type: ignore[attr-defined]
        try:
            yield Record(line, next(reader))
        except StopIteration:
            return
        except csv.Error as error:
            problems.append(
                Problem(f"line {line}", f"malformed CSV: {error}", "check the quotes from here on")
            )
            return


def _read_jsonl(file: Path) -> Table:
    """Read JSON Lines, an object an image; what is no text, number or truth value is left out."""
    found: list[tuple[str, dict[str, str]]] = []
    problems: list[Problem] = []
    for number, line in enumerate(file.read_bytes().split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            record = parse_json(line.decode("utf-8-sig"))
        except ValueError as error:
            problems.append(Problem(f"line {number}", f"malformed JSON: {error}"))
            continue
        if isinstance(record, dict):
            cells = {
                name: _text(value) for name, value in record.items() if not isinstance(value, list | dict)
            }
            found.append((f"line {number}", cells))
        else:
            problems.append(Problem(f"line {number}", "not a JSON object"))
    columns = tuple(dict.fromkeys(name for _, cells in found for name in cells))
    empty = dict.fromkeys(columns, "")
    return Table(file, columns, tuple(Row(place, empty | cells) for place, cells in found), tuple(problems))


def _read_parquet(file: Path) -> Table:
    import pyarrow
    import pyarrow.parquet

    try:
        table = pyarrow.parquet.ParquetFile(file).read()
        table.validate(full=True)  # texts are UTF-8 only by their declaration
        columns = tuple(table.column_names)
        texts = [[_text(value) for value in column.to_pylist()] for column in table.columns]
    except (pyarrow.ArrowException, OSError, ValueError, OverflowError) as error:
        raise InputError(f"not a readable parquet file: {error}", where=file) from error
    rows = tuple(
        Row(f"row {number}", dict(zip(columns, cells, strict=True)))
        for number, cells in enumerate(zip(*texts, strict=True), start=1)
    )
    return Table(file, columns, rows)


def _text(value: object) -> str:
    missing = value is None or value != value  # NaN: how pandas stores an empty cell
    return "" if missing else str(value)


def _check_columns(table: Table, names: Mapping[str, str], words: LabelWords) -> None:
    found = ", ".join(map(repr, table.columns))
    for name, count in Counter(table.columns).items():
        if not name:
            raise InputError(f"a column without a name (found {found})", where=table.file)
        if count > 1:
            raise InputError(f"the column {name!r} stands there {count} times", where=table.file)
    if not table.columns and table.problems:
        raise_problems(table.problems, table.file)
    for ours in (PATH_COLUMN, "label"):
        if names[ours] not in table.columns:
            option = f"{guessed_option(table.columns, names)}{_labels_too(table, names, words)}"
            what = f"no column {names[ours]!r} (found {found})"
            raise InputError(what, where=table.file, fix=f"say what it is called: {option}")
    for ours, theirs in names.items():
        if ours != theirs and ours not in (PATH_COLUMN, "label") and theirs not in table.columns:
            raise InputError(f"no column {theirs!r} (found {found})", where=table.file, fix="see --columns")
    missing = [names[one] for one in BOX_COLUMNS if names[one] not in table.columns]
    if 0 < len(missing) < len(BOX_COLUMNS):
        what = f"a content box needs left, top, right and bottom; missing: {', '.join(missing)}"
        raise InputError(what, where=table.file)


def _labels_too(table: Table, names: Mapping[str, str], words: LabelWords) -> str:
    """Return the option that explains the labels, where their column can be guessed and they need it."""
    guess = re.search(r"\blabel=([^,]+)", guessed_option(table.columns, names))
    column = guess[1] if guess else names["label"]
    texts = sorted({row.cells.get(column, "").strip() for row in table.rows} - {""})
    unknown = [text for text in texts if not words.knows(text)]
    return f" {words.option_for(unknown, texts)}" if unknown and len(texts) <= MOST_CLASSES else ""


@dataclass(frozen=True, slots=True)
class _RowReading:
    """What a row's cells mean, by the names of columns and the words for labels."""

    names: Mapping[str, str]
    words: LabelWords
    root: Path

    def sample(self, row: Row) -> tuple[Sample | None, list[Problem]]:
        """Return a row's sample; None where it has a problem, or a label of unknown meaning."""
        problems: list[Problem] = []
        path = _parse_path(row.cells[self.names[PATH_COLUMN]], row.place, self.root, problems)
        box = _parse_box(row, [self.names[name] for name in BOX_COLUMNS], problems)
        text = row.cells[self.names["label"]].strip()
        if problems or (text and not self.words.knows(text)):
            return None, problems
        label = self.words.label_of(text) if text else None
        known = set(self.names.values())
        attributes = {name: text for name, text in row.cells.items() if text and name not in known}
        return Sample(path, label, row.cells.get(self.names["group"]) or path, attributes, box), []

    def unknown_labels(self, rows: Sequence[Row]) -> list[Problem]:
        """Return a problem for each slip of the pen, and one for all words that are the set's own."""
        places: dict[str, list[str]] = defaultdict(list)
        texts: set[str] = set()
        for row in rows:
            text = row.cells[self.names["label"]].strip()
            texts |= {text} - {""}
            if text and not self.words.knows(text):
                places[text].append(row.place)
        slips = {
            text: near for text, at in places.items() if len(at) <= SLIPS and (near := nearest_class(text))
        }
        problems = [
            Problem(place, f"unknown label {text!r}", f"did you mean {near}?")
            for text, near in slips.items()
            for place in places[text]
        ]
        own = {text: at for text, at in places.items() if text not in slips}
        if own:
            problems.append(self._own_words(own, texts))
        return problems

    def _own_words(self, own: Mapping[str, Sequence[str]], texts: set[str]) -> Problem:
        shown = [f"{text!r} ({_rows(len(at))})" for text, at in list(own.items())[:MOST_CLASSES]]
        more = f" and {len(own) - len(shown):,} more" if len(own) > len(shown) else ""
        what = f"unknown label{'s' if len(own) > 1 else ''} {', '.join(shown)}{more}"
        fix = "use framed or plain, or leave it empty"
        if len(own) <= MOST_CLASSES:
            fix = f"say what is meant: {self.words.option_for(own, sorted(texts))}"
        return Problem(next(iter(own.values()))[0], what, fix)


def _rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}"


def clean_path(text: str, root: Path) -> str:
    """Return a path as a sample has it: without ``./``, and backslashes turned where that finds a file."""
    turned = text.replace("\\", "/")
    if turned != text and "\0" not in text and not (root / text).exists() and (root / turned).is_file():
        text = turned
    return str(PurePosixPath(text))


def _parse_path(text: str, place: str, root: Path, problems: list[Problem]) -> str:
    path = PurePosixPath(clean_path(text, root))
    if not text or path == PurePosixPath():
        problems.append(Problem(place, "no path"))
    elif "\0" in text:
        problems.append(Problem(place, f"a NUL character in the path {text!r}"))
    elif path.is_absolute() or PureWindowsPath(text).drive:
        problems.append(Problem(place, f"absolute path {text!r}", "write it relative to the folder"))
    elif ".." in path.parts:
        problems.append(Problem(place, f"the path {text!r} leaves the folder", "name a file below it"))
    elif "\\" in str(path):
        problems.append(Problem(place, f"a backslash in the path {text!r}", "write forward slashes"))
    return str(path)


def _parse_box(row: Row, names: Sequence[str], problems: list[Problem]) -> Box | None:
    texts = [row.cells.get(name, "").strip() for name in names]
    if not any(texts):
        return None
    matches = [_WHOLE_NUMBER.fullmatch(text) for text in texts]
    given = ", ".join(f"{name} {text!r}" for name, text in zip(names, texts, strict=True))
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
