"""The bytes of a part: a table as an Arrow IPC stream, and a checksum behind it.

Readers of Arrow streams stop at the stream's end, so that other tools read a part as it is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

MAGIC = b"FJP1"
_DIGEST_BYTES = 16
_TRAILER_BYTES = len(MAGIC) + _DIGEST_BYTES
_FACTS = b"framejudge"


class Part(NamedTuple):
    """What a part holds: a row an image, and facts about the whole."""

    table: pa.Table
    facts: Mapping[str, Any]


def encode(part: Part, *, compression: str | None = None) -> bytes:
    """Return the bytes of a part; facts must be JSON."""
    schema = part.table.schema.with_metadata({_FACTS: json.dumps(part.facts, sort_keys=True).encode("ascii")})
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.ipc.new_stream(sink, schema, options=options) as writer:
        for batch in part.table.combine_chunks().to_batches():
            writer.write_batch(batch)
    stream = sink.getvalue().to_pybytes()
    return b"".join([stream, MAGIC, _checksum(stream)])


def decode(data: bytes) -> Part | None:
    """Return what a part's bytes hold; None where they are not all there, or not those that were written."""
    stream, trailer = data[:-_TRAILER_BYTES], data[-_TRAILER_BYTES:]
    if trailer != MAGIC + _checksum(stream):
        return None
    try:
        table = pa.ipc.open_stream(pa.py_buffer(stream)).read_all()
        return Part(table, json.loads(table.schema.metadata[_FACTS]))
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError):  # sound bytes of something else
        return None


def read(file: Path) -> Part | None:
    """Return what a part's file holds; None where there is none, or its bytes are damaged."""
    try:
        return decode(file.read_bytes())
    except FileNotFoundError:
        return None


def _checksum(stream: bytes) -> bytes:
    return hashlib.blake2b(stream, digest_size=_DIGEST_BYTES).digest()
