"""Images of a block, decoded: their pixels, sizes and digests."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import perf_counter_ns
from typing import TYPE_CHECKING

import numpy as np

from .commands import DecodedBlock
from .installed import decoder, digester
from .slots import SlotWriter

if TYPE_CHECKING:
    import numpy.typing as npt

    from .installed import Image


@dataclass(frozen=True, slots=True)
class Decoded:
    """One image that was read: its pixels, or why there are none."""

    image: Image | None
    error: str | None
    nanoseconds: int


def decode_all(paths: Sequence[str], threads: int) -> list[Decoded]:
    """Decode files, in their order."""
    decoder()  # imported here, once, and not by every thread
    if threads == 1:
        return [_decode_one(path) for path in paths]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(_decode_one, paths))


def _decode_one(path: str) -> Decoded:
    decode_image, unreadable = decoder()
    start = perf_counter_ns()
    try:
        image = decode_image(path)
    except unreadable as problem:
        return Decoded(None, getattr(problem, "what", str(problem)), perf_counter_ns() - start)
    return Decoded(image, None, perf_counter_ns() - start)


class BlockDecoder:
    """Decodes the images of a block into slots, one slot after the other."""

    def __init__(self) -> None:
        self._writer = SlotWriter()
        self._kept: tuple[str, Decoded] | None = None

    def decode(self, paths: Sequence[str], slot: int, room_bytes: int) -> DecodedBlock:
        """Decode images, as many as have room."""
        self._writer.begin(slot)
        decoded: list[Decoded] = []
        starts: list[int] = []
        files: list[tuple[int, int]] = []
        for path in paths:
            one = self._take(path)
            if one.image is not None and not self._writer.fits(one.image, room_bytes):
                if starts and max(starts) >= 0:
                    self._kept = path, one
                    break
                one = Decoded(None, f"too large to decode: {one.image.nbytes:,} bytes", one.nanoseconds)
            decoded.append(one)
            files.append(_file_facts(path))
            starts.append(-1 if one.image is None else self._writer.add(one.image))
        found = digests(decoded)
        return DecodedBlock(
            unreadable=[one.error for one in decoded],
            digests=found,
            sizes=sizes(decoded),
            starts=np.array(starts, dtype=np.int64),
            files=np.array(files, dtype=np.int64).reshape(len(files), 2),
        )

    def _take(self, path: str) -> Decoded:
        kept, self._kept = self._kept, None
        return kept[1] if kept is not None and kept[0] == path else _decode_one(path)


def _file_facts(path: str) -> tuple[int, int]:
    try:
        facts = os.stat(path)  # noqa: PTH116 - a text, as it came
    except OSError:
        return -1, -1
    return facts.st_size, facts.st_mtime_ns


def pixels(decoded: Sequence[Decoded]) -> list[Image]:
    """Return the images that could be read."""
    return [one.image for one in decoded if one.image is not None]


def digests(decoded: Sequence[Decoded]) -> list[str | None]:
    """Return the digest of each image's pixels, None where there are none."""
    return [None if one.image is None else digester()(one.image) for one in decoded]


def sizes(decoded: Sequence[Decoded]) -> npt.NDArray[np.int32]:
    """Return (width, height) per image, shape (n, 2), -1 where there is none."""
    shapes = [(-1, -1) if one.image is None else one.image.shape[1::-1] for one in decoded]
    return np.array(shapes, dtype=np.int32).reshape(len(decoded), 2)
