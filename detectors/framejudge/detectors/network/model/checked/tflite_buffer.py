"""A ``.tflite`` file: a FlatBuffer, whose tables are followed as far as the shapes and operations reach.

References
----------
https://flatbuffers.dev/internals/ (tables and vectors) and LiteRT's schema.fbs (the numbers of the fields).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from framejudge.detectors.network.model.checked.refusal import Refusal

MAX_ELEMENTS = 128 * 2**20
"""Of one tensor, whether its values are stored or computed."""

MAX_TENSORS = 100_000

_IDENTIFIER = b"TFL3"
_MODEL_OPERATIONS, _MODEL_SUBGRAPHS = 1, 2
_OPERATION_CUSTOM = 1
_SUBGRAPH_TENSORS, _TENSOR_SHAPE, _MODEL_BUFFERS = 0, 0, 4
_BUFFER_OFFSET = 1


def check_tflite_buffer(file: Path) -> None:
    """Look at a ``.tflite`` file's tables.

    Raises
    ------
    Refusal
        For a file that is no whole FlatBuffer of LiteRT, declares a tensor that nobody needs, keeps values
        outside of it, or uses operations that LiteRT does not bring.
    """
    data = file.read_bytes()
    if data[4:8] != _IDENTIFIER:
        raise Refusal("it does not begin as a LiteRT file does")
    try:
        _check_tables(_Tables(data))
    except (struct.error, IndexError):
        raise Refusal("it is no whole LiteRT file: it was cut short or changed") from None


def _check_tables(tables: _Tables) -> None:
    model = tables.root()
    for operation in tables.vector(model, _MODEL_OPERATIONS):
        custom = tables.field(operation, _OPERATION_CUSTOM)
        if custom is not None:
            name = tables.text(custom)
            raise Refusal(f"it asks for an operation that LiteRT does not bring ({name})")
    for buffer in tables.vector(model, _MODEL_BUFFERS):
        if tables.field(buffer, _BUFFER_OFFSET) is not None:
            raise Refusal("its weights lie outside of its tables")
    for subgraph in tables.vector(model, _MODEL_SUBGRAPHS):
        for tensor in tables.vector(subgraph, _SUBGRAPH_TENSORS):
            elements = 1
            for side in tables.integers(tensor, _TENSOR_SHAPE):
                elements *= max(1, side)
            if elements > MAX_ELEMENTS:
                raise Refusal(f"it declares a tensor of {elements:,} elements")


class _Tables:
    """A FlatBuffer's tables, by their places; a place outside of the file raises `struct.error`."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._left = MAX_TENSORS

    def root(self) -> int:
        return self._unsigned(0)

    def field(self, table: int, number: int) -> int | None:
        """Return the place of a table's field, None where the table has none."""
        layout = table - self._unpack("<i", table)
        if layout < 0 or 4 + 2 * number >= self._unpack("<H", layout):
            return None
        offset = self._unpack("<H", layout + 4 + 2 * number)
        return table + offset if offset else None

    def vector(self, table: int, number: int) -> Iterator[int]:
        """Yield the places of the tables in a vector."""
        for at in self._elements(table, number):
            yield at + self._unsigned(at)

    def integers(self, table: int, number: int) -> Iterator[int]:
        """Yield the signed numbers in a vector."""
        for at in self._elements(table, number):
            yield self._unpack("<i", at)

    def text(self, place: int) -> str:
        start = place + self._unsigned(place)
        length = min(100, self._unsigned(start))
        return self._data[start + 4 : start + 4 + length].decode("utf-8", "replace")

    def _elements(self, table: int, number: int) -> Iterator[int]:
        place = self.field(table, number)
        if place is None:
            return
        start = place + self._unsigned(place)
        count = self._unsigned(start)
        self._left -= count
        if self._left < 0:
            raise Refusal(f"it has more than {MAX_TENSORS:,} tables and sides")
        for k in range(count):
            yield start + 4 + 4 * k

    def _unsigned(self, place: int) -> int:
        return self._unpack("<I", place)

    def _unpack(self, form: str, place: int) -> int:
        if place < 0:
            raise IndexError(place)
        (value,) = struct.unpack_from(form, self._data, place)
        return int(value)
