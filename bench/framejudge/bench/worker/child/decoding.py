"""Images of a block, decoded: their pixels, sizes and digests.

That memory runs out says nothing about a picture: it is told apart from what makes a picture unreadable.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from time import perf_counter_ns
from typing import TYPE_CHECKING

import numpy as np

from .commands import Decode, DecodedBlock
from .installed import decoder, digester, image_pixels
from .marker import Marker, Stage
from .opened import one_line
from .slots import SlotWriter

if TYPE_CHECKING:
    import numpy.typing as npt

    from .installed import Image


OUT_OF_MEMORY = "out of memory while decoding"
"""Why an image has no score that could not be decoded even alone: the run failed here, not the picture."""


CHUNK_PIXELS = 2**26
"""What the images that are decoded together come to at most: 192 MiB; one larger image stands alone."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """One image that was read: its pixels, or why there are none; ``starved`` where memory ran out."""

    image: Image | None
    error: str | None
    nanoseconds: int
    starved: bool = False
    size: tuple[int, int] = (-1, -1)

    @property
    def unreadable(self) -> str | None:
        """Why nobody can decode it; None where that is not known."""
        return None if self.starved else self.error

    def without_pixels(self) -> Decoded:
        """Return what stays known of an image whose pixels go."""
        return replace(self, image=None)


def chunks(paths: Sequence[str], marker: Marker) -> list[range]:
    """Return the positions of files that are decoded together, by the sizes that their headers claim.

    A file without a size, an unreadable one, counts as small.
    """
    found, start, pixels = [], 0, 0
    for k, path in enumerate(paths):
        marker.begin(Stage.DECODE, k)
        size = image_pixels(path)
        if k > start and pixels + size > CHUNK_PIXELS:
            found.append(range(start, k))
            start, pixels = k, 0
        pixels += size
    return [*found, range(start, len(paths))] if len(paths) else []


def decode_all(
    paths: Sequence[str], threads: int, marker: Marker, chunk: range | None = None
) -> list[Decoded]:
    """Decode files, in their order; those at the positions of ``chunk`` where it is given."""
    decoder()  # imported here, once, and not by every thread
    items = [(k, paths[k]) for k in (range(len(paths)) if chunk is None else chunk)]
    if threads > 1:
        try:
            with ThreadPoolExecutor(threads) as pool:
                return list(pool.map(lambda item: _decode_one(item[0], item[1], marker), items))
        except RuntimeError:
            pass  # no further thread can be started: memory is short
    return [_decode_one(k, path, marker) for k, path in items]


def _decode_one(position: int, path: str, marker: Marker) -> Decoded:
    decode_image, unreadable = decoder()
    marker.begin(Stage.DECODE, position)
    start = perf_counter_ns()
    try:
        image = decode_image(path)
    except MemoryError:
        return Decoded(None, OUT_OF_MEMORY, perf_counter_ns() - start, starved=True)
    except unreadable as problem:
        nanoseconds = perf_counter_ns() - start
        if isinstance(problem.__cause__, MemoryError):  # as older versions tell it
            return Decoded(None, OUT_OF_MEMORY, nanoseconds, starved=True)
        return Decoded(None, one_line(getattr(problem, "what", str(problem))), nanoseconds)
    return in_memory(image, perf_counter_ns() - start)


def in_memory(image: Image, nanoseconds: int = 0) -> Decoded:
    """Return an image that is decoded."""
    height, width = image.shape[:2]
    return Decoded(image, None, nanoseconds, size=(width, height))


class BlockDecoder:
    """Decodes the images of a block into slots, one slot after the other."""

    def __init__(self, marker: Marker) -> None:
        self._marker = marker
        self._writer = SlotWriter()
        self._kept: tuple[str, Decoded] | None = None

    def decode(self, command: Decode) -> DecodedBlock:
        """Decode images, as many as have room; without a slot all of them, and their pixels go."""
        slot = command.slot
        if slot is not None:
            self._writer.begin(slot)
        decoded: list[Decoded] = []
        starts: list[int] = []
        found: list[str | None] = []
        for k, path in enumerate(command.paths):
            one = self._take(k, path)
            if one.starved and decoded:
                break
            start, image = -1, None if slot is None else one.image
            if image is not None and self._writer.fits(image, command.room_bytes):
                start = self._writer.add(image)
            elif image is not None and max(starts, default=-1) >= 0:
                self._kept = path, one
                break
            elif image is not None:
                one = Decoded(None, f"too large to decode: {image.nbytes:,} bytes", one.nanoseconds)
            starts.append(start)
            found += digests([one]) if command.digests else ()
            decoded.append(one.without_pixels())
            if one.starved:
                break
        files = [_file_facts(path) for path in command.paths[: len(decoded)]]
        return DecodedBlock(
            unreadable=[one.unreadable for one in decoded],
            digests=found if command.digests else None,
            sizes=sizes(decoded),
            starts=np.array(starts, dtype=np.int64),
            files=np.array(files, dtype=np.int64).reshape(len(files), 2),
            starved=starved(decoded),
        )

    def _take(self, position: int, path: str) -> Decoded:
        kept, self._kept = self._kept, None
        return kept[1] if kept is not None and kept[0] == path else _decode_one(position, path, self._marker)


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
    return np.array([one.size for one in decoded], dtype=np.int32).reshape(len(decoded), 2)


def starved(decoded: Sequence[Decoded]) -> list[int]:
    """Return the positions of the images that memory ran out on."""
    return [k for k, one in enumerate(decoded) if one.starved]
