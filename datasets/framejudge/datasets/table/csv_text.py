"""CSV as spreadsheets save it: commas, semicolons or tabs, UTF-8 or UTF-16, empty cells left at the end."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from framejudge.datasets.errors import InputError

DELIMITERS = (",", ";", "\t")
_UTF_8_MARK = b"\xef\xbb\xbf"
_UTF_16_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


@dataclass(frozen=True, slots=True)
class CsvText:
    """A table's text and how it was stored.

    Attributes
    ----------
    encoding
        Of the bytes after ``mark``, the byte order mark.
    delimiter
        What stands between two cells.
    """

    text: str
    encoding: str
    mark: bytes
    delimiter: str

    @classmethod
    def read(cls, data: bytes, file: Path, wanted: Collection[str] = ()) -> CsvText:
        """Decode a table and find its delimiter.

        The delimiter is the first of comma, semicolon and tab that finds all wanted columns in the header;
        where none does, the one that finds the most columns.

        Parameters
        ----------
        file
            Where the bytes are from, for messages.

        Raises
        ------
        InputError
            For bytes that are neither UTF-8 nor UTF-16 with a byte order mark.
        """
        text, encoding, mark = _decoded(data, file)
        return cls(text, encoding, mark, _delimiter(text, wanted))

    def records(self) -> Iterator[list[str]]:
        """Return a reader of the records; it raises ``csv.Error`` for a malformed one."""
        return _reader(self.text, self.delimiter)

    def written(self, records: Collection[list[str]]) -> bytes:
        """Return other records in the same form, with the line ends of the text."""
        stream = io.StringIO(newline="")
        # With RFC 4180's line ends the writer quotes a lone carriage return in a cell; without, it is lost.
        ends = "\r\n" if "\r" in self.text else "\n"
        csv.writer(stream, delimiter=self.delimiter, lineterminator=ends).writerows(records)
        return self.mark + stream.getvalue().encode(self.encoding)


class Record(NamedTuple):
    """One record's cells and the line that it begins in."""

    line: int
    cells: list[str]


def without_empty_ends(records: Iterator[Record]) -> Iterator[Record]:
    """Yield records without the empty ones at the end of a table, which spreadsheets leave there."""
    held: list[Record] = []
    for record in records:
        if any(cell.strip() for cell in record.cells):
            yield from held
            yield record
            held = []
        elif record.cells:  # a line without any cell is never a record
            held.append(record)


def _decoded(data: bytes, file: Path) -> tuple[str, str, bytes]:
    mark = next((mark for mark in (_UTF_8_MARK, *_UTF_16_MARKS) if data.startswith(mark)), b"")
    encoding = _UTF_16_MARKS.get(mark, "utf-8")
    try:
        return data[len(mark) :].decode(encoding), encoding, mark
    except UnicodeDecodeError as error:
        before = data[len(mark) : len(mark) + error.start].decode(encoding, "replace")
        name = "UTF-16" if mark in _UTF_16_MARKS else "UTF-8"
        raise InputError(
            f"the text is not {name}",
            where=f"{file}, line {before.count(chr(10)) + 1}",
            fix="save it as UTF-8",
        ) from None


def _delimiter(text: str, wanted: Collection[str]) -> str:
    most, best = 0, DELIMITERS[0]
    for delimiter in DELIMITERS:
        try:
            header = [name.strip() for name in next(_reader(text, delimiter), [])]
        except csv.Error:
            continue
        if wanted and set(wanted) <= set(header):
            return delimiter
        if len(header) > most:
            most, best = len(header), delimiter
    return best


def _reader(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
