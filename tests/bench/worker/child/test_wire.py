"""Messages through the pipe: what goes in comes out."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framejudge.bench.worker.child.commands import ANSWERS, COMMANDS, CallTimes, Close, Score, Scored
from framejudge.bench.worker.child.wire import BadFrameError, decode, encode

TEXTS = st.lists(st.none() | st.text(), max_size=4)


@given(paths=st.lists(st.text(), max_size=4), threads=st.integers(), digests=st.booleans())
def test_commands_survive_the_pipe(paths: list[str], threads: int, digests: bool) -> None:
    command = Score(paths, threads, digests, locate=[1, 2], slot=5, places=[[0, 3, 4]])
    stream = io.BytesIO(encode(command) + encode(Close()))
    assert decode(stream.read, COMMANDS) == command
    assert decode(stream.read, COMMANDS) == Close()
    assert stream.read() == b""


@given(errors=TEXTS, digests=st.none() | TEXTS, images=st.integers(0, 5), failure=st.none() | st.text())
def test_answers_survive_the_pipe(
    errors: list[str | None], digests: list[str | None] | None, images: int, failure: str | None
) -> None:
    boxes = np.arange(4 * images, dtype=np.int32).reshape(images, 4)
    answer = Scored(
        unreadable=[],
        errors=errors,
        digests=digests,
        nanoseconds=7,
        batch_failure=failure,
        locate_failure=None,
        scores=np.full(images, np.nan),
        sizes=boxes[:, :2],  # lies in memory with gaps
        boxes=boxes,
    )
    stream = io.BytesIO(encode(answer))
    read = decode(stream.read, ANSWERS)
    assert isinstance(read, Scored)
    assert (read.errors, read.digests, read.batch_failure) == (errors, digests, failure)
    for name in ("scores", "sizes", "boxes"):
        sent, came = getattr(answer, name), getattr(read, name)
        assert came.dtype == sent.dtype
        np.testing.assert_array_equal(came, sent)
    assert stream.read() == b""


def test_an_array_that_is_not_there_stays_away() -> None:
    sent = CallTimes(3, predict=np.array([1]), decode=np.array([2]))
    read = decode(io.BytesIO(encode(sent)).read, ANSWERS)
    assert isinstance(read, CallTimes) and list(read.stages()) == ["predict", "decode"]


def test_a_pipe_that_ends_within_a_message_is_an_error() -> None:
    stream = io.BytesIO(encode(Close())[:-1])

    def read(size: int) -> bytes:
        data = stream.read(size)
        if len(data) < size:
            raise EOFError
        return data

    with pytest.raises(EOFError):
        decode(read, COMMANDS)


@given(st.binary(max_size=200))
def test_stray_bytes_are_no_message(data: bytes) -> None:
    stream = io.BytesIO(data + encode(Close(), 1))

    def read(size: int) -> bytes:
        found = stream.read(size)
        if len(found) < size:
            raise EOFError
        return found

    if data:
        with pytest.raises((BadFrameError, EOFError)):
            decode(read, COMMANDS, 1)
    else:
        assert decode(read, COMMANDS, 1) == Close()


@given(at=st.integers(0, 10**6), bit=st.integers(0, 7))
def test_a_message_that_was_changed_on_the_way_is_none(at: int, bit: int) -> None:
    data = bytearray(encode(CallTimes(3, predict=np.arange(5), decode=np.arange(5)), 4))
    data[at % len(data)] ^= 1 << bit
    with pytest.raises((BadFrameError, EOFError)):
        decode(exactly(bytes(data)), ANSWERS, 4)


def test_a_message_of_another_number_is_none() -> None:
    with pytest.raises(BadFrameError, match="message 3 in place of message 4"):
        decode(exactly(encode(Close(), 3)), COMMANDS, 4)


def exactly(data: bytes) -> Callable[[int], bytes]:
    stream = io.BytesIO(data)

    def read(size: int) -> bytes:
        found = stream.read(size)
        if len(found) < size:
            raise EOFError
        return found

    return read
