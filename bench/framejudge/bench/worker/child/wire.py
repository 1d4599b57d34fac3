"""Messages as bytes: the length of a header, the header as JSON, and the arrays that it declares."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

M = TypeVar("M")

_LENGTH = struct.Struct("<Q")


def encode(message: DataclassInstance) -> bytes:
    """Return a message's bytes: its fields as JSON, but for arrays, which follow as they lie in memory."""
    values = {field.name: getattr(message, field.name) for field in fields(message)}
    arrays = {
        name: np.ascontiguousarray(value) for name, value in values.items() if isinstance(value, np.ndarray)
    }
    header = {
        "kind": type(message).__name__,
        "fields": {name: value for name, value in values.items() if name not in arrays},
        "arrays": {name: (array.dtype.str, array.shape) for name, array in arrays.items()},
    }
    data = json.dumps(header).encode("ascii")
    return b"".join([_LENGTH.pack(len(data)), data, *(array.tobytes() for array in arrays.values())])


def decode(read: Callable[[int], bytes], kinds: Mapping[str, type[M]]) -> M:
    """Read one message through ``read(n)``, which returns exactly n bytes or raises EOFError.

    Parameters
    ----------
    kinds
        The dataclasses of the messages that may come, by name.
    """
    (length,) = _LENGTH.unpack(read(_LENGTH.size))
    header = json.loads(read(length))
    values: dict[str, Any] = header["fields"]
    for name, (dtype, shape) in header["arrays"].items():
        kind = np.dtype(dtype)
        values[name] = np.frombuffer(read(kind.itemsize * math.prod(shape)), kind).reshape(shape)
    return kinds[header["kind"]](**values)
