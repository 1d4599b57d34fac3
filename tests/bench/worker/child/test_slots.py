"""Pictures in memory that workers share: whole, private to who reads them, and kept by who keeps them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from framejudge.bench.worker.child.commands import Decode, Load, Score
from framejudge.bench.worker.child.decoding import BlockDecoder
from framejudge.bench.worker.child.marker import SIZE, Marker
from framejudge.bench.worker.child.slots import SlotReader, SlotWriter
from framejudge.bench.worker.process import WorkerProcess
from framejudge.datasets.images.decode import decode_image
from framejudge.datasets.images.fingerprint import image_digest
from framejudge.detectors.registry import DetectorSpec

CAPACITY = 2**20


def marker() -> Marker:
    with tempfile.TemporaryFile() as page:
        page.truncate(SIZE)
        return Marker(page.fileno())


@pytest.fixture
def slot() -> Iterator[int]:
    with tempfile.TemporaryFile() as file:
        file.truncate(CAPACITY)
        yield file.fileno()


@pytest.fixture
def paths(tmp_path: Path) -> list[str]:
    """Pictures of several sizes; the third one is none."""
    random = np.random.default_rng(1)
    for number, size in enumerate([(30, 40), (7, 5), (1, 1), (64, 64)]):
        Image.fromarray(random.integers(256, size=(*size, 3), dtype=np.uint8)).save(
            tmp_path / f"{number}.png"
        )
    (tmp_path / "2.png").write_bytes(b"no picture")
    return [str(tmp_path / f"{number}.png") for number in range(4)]


def test_what_is_decoded_into_a_slot_is_read_from_it(slot: int, paths: list[str]) -> None:
    found = BlockDecoder(marker()).decode(Decode(paths, slot, CAPACITY))
    assert [why is None for why in found.unreadable] == [True, True, False, True]
    assert (found.starts[2], found.sizes[2].tolist()) == (-1, [-1, -1])
    assert found.files[:, 0].tolist() == [Path(path).stat().st_size for path in paths]
    assert found.files[:, 1].tolist() == [Path(path).stat().st_mtime_ns for path in paths]
    places = [
        (start, height, width)
        for start, (width, height) in zip(found.starts.tolist(), found.sizes.tolist(), strict=True)
        if start >= 0
    ]
    images = SlotReader(slot, places).images()
    readable = [path for k, path in enumerate(paths) if k != 2]
    assert found.digests is not None
    assert [digest for digest in found.digests if digest] == [image_digest(image) for image in images]
    for image, path in zip(images, readable, strict=True):
        assert np.array_equal(image, decode_image(path))
        assert image.flags.writeable and image.flags.c_contiguous


def test_a_block_goes_through_as_many_slots_as_it_needs(slot: int, paths: list[str]) -> None:
    decoder, done = BlockDecoder(marker()), 0
    pieces = []
    while done < len(paths):
        found = decoder.decode(Decode(paths[done:], slot, 4000))
        pieces.append(len(found.starts))
        done += len(found.starts)
    assert pieces == [3, 1]  # 3600 bytes, 105 more, one without pixels; the last needs 12,288 and lies alone


def test_an_image_that_no_slot_can_hold_is_unreadable(paths: list[str]) -> None:
    with tempfile.TemporaryFile() as file:
        file.truncate(4096)
        found = BlockDecoder(marker()).decode(Decode(paths[:1] + paths[3:], file.fileno(), 4096))
        assert found.unreadable == [None]
        found = BlockDecoder(marker()).decode(Decode(paths[3:], file.fileno(), 4096))
        assert found.unreadable == ["too large to decode: 12,288 bytes"]


def test_a_picture_that_somebody_keeps_stays_as_it_was(slot: int) -> None:
    writer = SlotWriter()
    first, second = (np.full((50, 70, 3), value, np.uint8) for value in (11, 99))
    writer.begin(slot)
    place = (writer.add(first), 50, 70)
    reader = SlotReader(slot, [place])
    (kept,) = reader.images()
    reader.close()
    writer.begin(slot)
    writer.add(second)
    assert np.array_equal(kept, first)


def test_what_a_reader_writes_nobody_else_sees(slot: int) -> None:
    writer = SlotWriter()
    writer.begin(slot)
    place = (writer.add(np.full((8, 8, 3), 5, np.uint8)), 8, 8)
    one, other = SlotReader(slot, [place]), SlotReader(slot, [place])
    one.images()[0][:] = 0
    assert (other.images()[0] == 5).all()


def test_one_worker_decodes_and_another_scores(tmp_path: Path, paths: list[str]) -> None:
    slot = (
        os.memfd_create("slot")
        if hasattr(os, "memfd_create")
        else os.open(tmp_path / "slot", os.O_RDWR | os.O_CREAT)
    )
    os.truncate(slot, CAPACITY)
    spec = DetectorSpec("none", "framejudge.bench.timing.overhead:DoNothing")
    with (
        WorkerProcess(spec, threads=1, slots=[slot]) as decoding,
        WorkerProcess(spec, threads=1, slots=[slot]) as scoring,
    ):
        found = decoding.ask(Decode(paths[:2], slot, CAPACITY))
        places = [
            [int(start), h, w] for start, (w, h) in zip(found.starts, found.sizes.tolist(), strict=True)
        ]
        scoring.ask(Load(spec.name, spec.target, None, None, None))
        scored = scoring.ask(Score(paths[:2], 1, digests=True, slot=slot, places=places))
    os.close(slot)
    assert scored.digests == found.digests
    assert np.array_equal(scored.sizes, found.sizes) and np.isfinite(scored.scores).all()
