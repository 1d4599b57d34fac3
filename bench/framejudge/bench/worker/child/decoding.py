"""Images of a block, decoded: their pixels, sizes and digests."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import perf_counter_ns
from typing import TYPE_CHECKING

import numpy as np

from .installed import decoder, digester

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
