"""Messages as frames of bytes, which neither stray writes nor lost bytes can pass for.

A frame is a mark, a checksum, a sequence number and a length; then the length of a header, the header as
JSON, and the arrays that it declares. A command and its answer have one number.
"""

from __future__ import annotations

import json
import math
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

M = TypeVar("M")

MARK = b"fj-1"
MAX_BYTES = 2**28
"""Of a frame: blocks of images pass through shared files, never through the pipe."""

DTYPES = ("<f8", "<i8", "<i4")
"""Of the arrays that messages have."""

_FRAME = struct.Struct("<4sIQQ")  # the mark, the CRC-32 of what follows, the sequence number, the length
_CHECKED = struct.Struct("<QQ")
_LENGTH = struct.Struct("<I")


class BadFrameError(Exception):
    """What came through the pipe is not the message that has to come next."""


def encode(message: DataclassInstance, number: int = 0) -> bytes:
    """Return a message's frame: its fields as JSON, but for arrays, which follow as they lie in memory."""
    values = {field.name: getattr(message, field.name) for field in fields(message)}
    arrays = {
        name: np.ascontiguousarray(value) for name, value in values.items() if isinstance(value, np.ndarray)
    }
    header = {
        "kind": type(message).__name__,
        "fields": {name: value for name, value in values.items() if name not in arrays},
        "arrays": {name: (array.dtype.str, array.shape) for name, array in arrays.items()},
    }
    text = json.dumps(header).encode("ascii")
    payload = b"".join([_LENGTH.pack(len(text)), text, *(array.tobytes() for array in arrays.values())])
    return _FRAME.pack(MARK, _checksum(number, payload), number, len(payload)) + payload


def decode(read: Callable[[int], bytes], kinds: Mapping[str, type[M]], number: int = 0) -> M:
    """Read one message through ``read(n)``, which returns exactly n bytes or raises EOFError.

    Parameters
    ----------
    kinds
        The dataclasses of the messages that may come, by name.
    number
        Which message has to come.

    Raises
    ------
    BadFrameError
        For bytes that are no frame, a frame that was changed on the way, or one of another number.
    """
    mark, checksum, found, length = _FRAME.unpack(read(_FRAME.size))
    if mark != MARK or length > MAX_BYTES:
        raise BadFrameError("bytes that are no message")
    payload = read(length)
    if checksum != _checksum(found, payload):
        raise BadFrameError("a message that other bytes were mixed into")
    if found != number:
        raise BadFrameError(f"message {found} in place of message {number}")
    try:
        return _message(payload, kinds)
    except (
        *(ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError),
        struct.error,
    ) as problem:
        raise BadFrameError("a message of another make") from problem


def _message(payload: bytes, kinds: Mapping[str, type[M]]) -> M:
    (size,) = _LENGTH.unpack_from(payload)
    header = json.loads(payload[_LENGTH.size : _LENGTH.size + size])
    values: dict[str, Any] = header["fields"]
    at = _LENGTH.size + size
    for name, (dtype, shape) in header["arrays"].items():
        if dtype not in DTYPES:
            raise ValueError(dtype)
        count = math.prod(shape)
        values[name] = (
            np.frombuffer(payload, dtype, count, at).reshape(shape) if count else np.empty(shape, dtype)
        )
        at += count * np.dtype(dtype).itemsize
    if at != len(payload):
        raise ValueError(at)
    return kinds[header["kind"]](**values)


def _checksum(number: int, payload: bytes) -> int:
    return zlib.crc32(payload, zlib.crc32(_CHECKED.pack(number, len(payload))))
