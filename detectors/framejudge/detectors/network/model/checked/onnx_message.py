"""An ``.onnx`` file: a protobuf message, walked field by field without the onnx package.

References
----------
https://protobuf.dev/programming-guides/encoding/ (the wire format); onnx.proto (the fields).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from framejudge.detectors.network.model.checked.refusal import Refusal

MAX_TENSOR_ELEMENTS = 128 * 2**20
"""Of one stored tensor: as many float32 as a file of the largest allowed size holds."""

MAX_DEPTH = 16
"""Graphs within graphs (branches, loops) are nested; no network needs many."""

MAX_FIELDS = 2_000_000

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_OWN_DOMAINS = frozenset({b"", b"ai.onnx", b"ai.onnx.ml", b"com.microsoft", b"ai.onnx.training"})
"""Whose operations ONNX Runtime brings itself."""

_MODEL_GRAPH = 7
_GRAPH_NODE, _GRAPH_TENSOR = 1, 5
_NODE_OPERATION, _NODE_ATTRIBUTE, _NODE_DOMAIN = 4, 5, 7
_ATTRIBUTE_TENSOR, _ATTRIBUTE_GRAPH, _ATTRIBUTE_TENSORS, _ATTRIBUTE_GRAPHS = 5, 6, 10, 11
_TENSOR_DIMS, _TENSOR_EXTERNAL, _TENSOR_LOCATION = 1, 13, 14


class Field(NamedTuple):
    """A field of a message: its number, its kind on the wire, and its number or bytes."""

    number: int
    kind: int
    value: int
    content: memoryview


def check_onnx_message(file: Path) -> None:
    """Walk an ``.onnx`` file's graph.

    Raises
    ------
    Refusal
        For a file that is no whole protobuf message, has no graph, refers to other files, declares a tensor
        that no file of the allowed size can hold, or uses operations that ONNX Runtime does not bring.
    """
    walk, graphs = _Walk(), 0
    for field in walk.fields(memoryview(file.read_bytes())):
        if field.number == _MODEL_GRAPH and field.kind == _BYTES:
            graphs += 1
            walk.graph(field.content, depth=1)
    if graphs != 1:
        raise Refusal("it is no ONNX model: it holds no graph")


class _Walk:
    """One pass over a message; what it may cost in all is bounded."""

    def __init__(self) -> None:
        self._seen = 0

    def graph(self, message: memoryview, *, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise Refusal("its graphs are nested too deeply")
        for field in self.fields(message):
            if field.kind != _BYTES:
                continue
            if field.number == _GRAPH_NODE:
                self._node(field.content, depth)
            elif field.number == _GRAPH_TENSOR:
                self._tensor(field.content)

    def _node(self, message: memoryview, depth: int) -> None:
        domain, operation = b"", b""
        for field in self.fields(message):
            if field.kind != _BYTES:
                continue
            if field.number == _NODE_DOMAIN:
                domain = bytes(field.content[:100])
            elif field.number == _NODE_OPERATION:
                operation = bytes(field.content[:100])
            elif field.number == _NODE_ATTRIBUTE:
                self._attribute(field.content, depth)
        if domain not in _OWN_DOMAINS:
            name = f"{domain.decode('utf-8', 'replace')}:{operation.decode('utf-8', 'replace')}"
            raise Refusal(f"it asks for an operation that ONNX Runtime does not bring ({name})")

    def _attribute(self, message: memoryview, depth: int) -> None:
        for field in self.fields(message):
            if field.kind != _BYTES:
                continue
            if field.number in (_ATTRIBUTE_TENSOR, _ATTRIBUTE_TENSORS):
                self._tensor(field.content)
            elif field.number in (_ATTRIBUTE_GRAPH, _ATTRIBUTE_GRAPHS):
                self.graph(field.content, depth=depth + 1)

    def _tensor(self, message: memoryview) -> None:
        elements = 1
        for field in self.fields(message):
            if field.number == _TENSOR_EXTERNAL or (field.number == _TENSOR_LOCATION and field.value):
                raise Refusal("its weights lie in another file")
            if field.number == _TENSOR_DIMS:
                for side in [field.value] if field.kind == _VARINT else _varints(field.content):
                    elements *= side
                if elements > MAX_TENSOR_ELEMENTS:
                    raise Refusal(f"it declares a tensor of {elements:,} elements")

    def fields(self, message: memoryview) -> Iterator[Field]:
        """Yield the fields of a message; a length that leads out of it is damage."""
        at, end = 0, len(message)
        while at < end:
            self._seen += 1
            if self._seen > MAX_FIELDS:
                raise Refusal(f"it has more than {MAX_FIELDS:,} fields")
            key, at = _varint(message, at)
            number, kind = key >> 3, key & 7
            value, content = 0, message[:0]
            if kind == _VARINT:
                value, at = _varint(message, at)
            elif kind == _BYTES:
                length, at = _varint(message, at)
                content = message[at : at + length]
                at += length
            elif kind in (_FIXED64, _FIXED32):
                at += 8 if kind == _FIXED64 else 4
            else:
                raise Refusal(_DAMAGED)
            if at > end or not number:
                raise Refusal(_DAMAGED)
            yield Field(number, kind, value, content)


_DAMAGED = "it is no whole ONNX file: it was cut short or changed"


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(message) or shift > 63:
            raise Refusal(_DAMAGED)
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def _varints(message: memoryview) -> Iterator[int]:
    at = 0
    while at < len(message):
        value, at = _varint(message, at)
        yield value
