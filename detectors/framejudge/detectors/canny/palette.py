"""Palettes: which colours the strips hold at which depth, and how alike the sides are in them.

A frame repeats its colours on its sides, ornament that has no straight line included; the picture inside has
others.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.detectors.canny.edges import CHROMA_ROWS, STRIP_ROWS, Floats, Strips, floats

PALETTE_BOUNDS = (0.0, 0.08, 0.2, 0.45, 1.0)
"""Shares of the strips' depth; each palette's ring lies between two of them."""

LEAST_RING_PX = 2

COLOURS = 256
"""Four levels of grey, times eight of Cr, times eight of Cb."""

CORNER_COLOUR = 0.12
"""Corners are squares of this share of the strips' depth."""


@dataclass(frozen=True, slots=True)
class Palettes:
    """The colours near the sides.

    Attributes
    ----------
    shares
        Share of each of the `COLOURS` in each ring of each side; (rings, 4, colours).
    corners, sides
        Mean grey, Cr and Cb of the corners and of each side's outermost ring; (4, 3).
    """

    shares: Floats
    corners: Floats
    sides: Floats


def measure_palettes(strips: Strips) -> Palettes:
    """Count the strips' colours by ring."""
    planes = np.stack(
        [strips.grey[:, :, :: STRIP_ROWS // CHROMA_ROWS], *strips.chroma]
    )  # (3, 4, depth, rows)
    grey, red, blue = planes.reshape(3, -1, CHROMA_ROWS)
    chroma = cv2.bitwise_or(cv2.LUT(red, _RED_BITS), cv2.LUT(blue, _BLUE_BITS))
    colour = cv2.bitwise_or(grey & _GREY_BITS, chroma)
    place, size = _rings(strips.depth)
    count = np.bincount((place + colour).reshape(-1), minlength=size.size * 4 * COLOURS)
    shares = floats(count.reshape(-1, 4, COLOURS) / size[:, None, None])
    outermost = round(size[0] / CHROMA_ROWS)
    return Palettes(shares, _corner_means(strips), floats(planes[:, :, :outermost].mean((2, 3)).T))


def likeness(some: Floats, others: Floats) -> Floats:
    """Return how much two palettes have in common, in 0..1: the sum of the lesser shares."""
    return floats(np.minimum(some, others).sum(axis=-1))


def _corner_means(strips: Strips) -> Floats:
    columns = max(2, int(CORNER_COLOUR * strips.depth))
    share = columns / len(strips.row_edges)
    parts = []
    for plane in (strips.grey[None], strips.chroma):
        upright = plane[:, ::2, :columns]  # the left and the right side hold all four corners
        rows = max(1, round(share * plane.shape[3]))
        parts.append(
            np.concatenate([upright[..., :rows].mean((2, 3)), upright[..., -rows:].mean((2, 3))], axis=1)
        )
    return floats(np.concatenate(parts).T)


@lru_cache(maxsize=128)
def _rings(depth: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return where each column's counts begin, (4 * depth, 1), and the pixels in each ring of a side."""
    bounds = [
        max(LEAST_RING_PX * place, int(bound * depth)) for place, bound in enumerate(PALETTE_BOUNDS[:-1])
    ]
    sizes = np.diff([*bounds, depth])
    ring = np.repeat(np.arange(len(sizes)), sizes)
    place = (4 * ring + np.arange(4)[:, None]) * COLOURS
    return place.reshape(-1, 1), sizes * CHROMA_ROWS


_GREY_BITS = np.uint8(0b11000000)
_LEVEL = np.clip(
    (np.arange(256) - 64) // 16, 0, 7
)  # strong colours are rare: they share the outermost levels
_RED_BITS = (_LEVEL << 3).astype(np.uint8)
_BLUE_BITS = _LEVEL.astype(np.uint8)
