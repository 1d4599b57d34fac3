"""The bytes of a part: what is read is what was written, or nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framejudge.bench.parts import part_file
from framejudge.bench.parts.contents import BlockAnswers, BlockNotes, ImageFacts

TEXTS = st.text(st.characters(blacklist_categories=["Cs"]), max_size=30)
OPTIONAL = st.none() | TEXTS
DIGESTS = st.none() | st.binary(min_size=32, max_size=32).map(bytes.hex)


@st.composite
def facts(draw: st.DrawFn) -> ImageFacts:
    images = draw(st.integers(0, 70))
    numbers = np.random.default_rng(images).integers(0, 2**31 - 1, (images, 2))
    return ImageFacts(
        digests=draw(st.lists(DIGESTS, min_size=images, max_size=images)),
        unreadable=draw(st.lists(OPTIONAL, min_size=images, max_size=images)),
        sizes=numbers.astype(np.int32),
        files=numbers.astype(np.int64) * 2**31,
    )


@st.composite
def answers(draw: st.DrawFn) -> BlockAnswers:
    images, locates = draw(st.integers(0, 70)), draw(st.booleans())
    scores = draw(st.lists(st.just(np.nan) | st.floats(0, 1), min_size=images, max_size=images))
    boxes = np.full((images, 4), -1, dtype=np.int32)
    if locates:
        boxes[::2] = 7
    notes = BlockNotes(
        threshold=draw(st.none() | st.floats(0, 1)),
        locates=locates,
        explains=draw(st.booleans()),
        scored=images,
        nanoseconds=draw(st.integers(0, 2**62)),
        first=draw(st.booleans()),
        batch_failure=draw(OPTIONAL),
        locate_failure=draw(OPTIONAL),
        crashes=draw(st.integers(0, 9)),
        traces=[["path", draw(TEXTS)]],  # type: ignore[list-item]  # as JSON gives pairs back
    )
    errors = draw(st.lists(OPTIONAL, min_size=images, max_size=images))
    return BlockAnswers(scores=np.array(scores, dtype=np.float64), errors=errors, boxes=boxes, notes=notes)


@given(facts())
def test_facts_come_back_as_they_were(sent: ImageFacts) -> None:
    part = part_file.decode(part_file.encode(sent.part()))
    assert part is not None
    read = ImageFacts.of(part)
    assert (read.digests, read.unreadable) == (sent.digests, sent.unreadable)
    assert np.array_equal(read.sizes, sent.sizes) and np.array_equal(read.files, sent.files)


@given(answers())
def test_answers_come_back_bit_for_bit(sent: BlockAnswers) -> None:
    part = part_file.decode(part_file.encode(sent.part()))
    assert part is not None
    read = BlockAnswers.of(part)
    assert np.array_equal(read.scores, sent.scores, equal_nan=True)
    assert np.array_equal(read.boxes, sent.boxes)
    assert (read.errors, read.notes) == (sent.errors, sent.notes)


def test_a_part_with_any_byte_missing_or_changed_is_none() -> None:
    table = pa.table({"score": [0.25, None, 1.0], "error": [None, "no", None]})
    data = part_file.encode(part_file.Part(table, {"kind": "answers"}))
    for size in range(len(data)):
        assert part_file.decode(data[:size]) is None
    for place in range(0, len(data), 7):
        changed = bytearray(data)
        changed[place] ^= 1
        assert part_file.decode(bytes(changed)) is None
    assert part_file.decode(data + b"x") is None and part_file.decode(data) is not None


def test_another_program_reads_a_part_as_an_arrow_stream(tmp_path: Path) -> None:
    table = pa.table({"score": [0.25, 0.5]})
    file = tmp_path / "part.arrow"
    file.write_bytes(part_file.encode(part_file.Part(table, {})))
    with pa.OSFile(str(file)) as source:
        assert pa.ipc.open_stream(source).read_all().equals(table)
    assert part_file.read(file) is not None and part_file.read(tmp_path / "none.arrow") is None


@pytest.mark.parametrize("images", [64])
def test_a_prediction_takes_less_than_200_bytes(images: int) -> None:
    notes = BlockNotes(
        threshold=0.5, locates=True, explains=True, scored=images, nanoseconds=10**9, first=False
    )
    said = BlockAnswers(
        scores=np.linspace(0, 1, images),
        errors=[None] * images,
        boxes=np.zeros((images, 4), np.int32),
        notes=notes,
    )
    seen = ImageFacts(
        digests=["ab" * 32] * images,
        unreadable=[None] * images,
        sizes=np.zeros((images, 2), np.int32),
        files=np.zeros((images, 2), np.int64),
    )
    written = sum(len(part_file.encode(one.part())) for one in (said, seen))
    assert written / images < 200
