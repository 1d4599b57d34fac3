"""Where a frame lies: which sides, how thick, how far from the edge, how round inside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.datasets.drawing.frames.colours import clipped
from framejudge.datasets.table.box import Box

Mask = npt.NDArray[np.uint8]
"""Shape (H, W), uint8: 0 outside the band, 255 on it."""

SIDES = ("left", "top", "right", "bottom")
_INWARDS = ((1, 0), (0, 1), (-1, 0), (0, -1))
THINNEST = 0.01
THICKEST = 0.15
"""Of the image's side."""


class Strip(NamedTuple):
    """One side of a band.

    ``side`` is its index in `SIDES`; its middle line goes from ``start`` to ``end``, x and y,
    short of its neighbours; ``inwards`` points from it to the content.
    """

    side: int
    thickness: int
    start: npt.NDArray[np.float64]
    end: npt.NDArray[np.float64]
    inwards: npt.NDArray[np.float64]

    @property
    def length(self) -> float:
        """Of the middle line, in pixels."""
        return float(np.hypot(*(self.end - self.start)))


class Edges(NamedTuple):
    """A length in pixels for each side."""

    left: int = 0
    top: int = 0
    right: int = 0
    bottom: int = 0


NO_EDGES = Edges()


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a band lies on a canvas.

    Attributes
    ----------
    height, width
        Of the canvas, in pixels.
    band
        The band's thickness on each side, in pixels; 0 where there is none.
    gap
        Between the canvas' edge and the band, in pixels; on a side without a band, how much shorter the
        neighbouring strips are at that end.
    radius
        Of the inner corners, in pixels; 0 for square ones.
    outer_radius
        Of the outer corners, in pixels.
    """

    height: int
    width: int
    band: Edges
    gap: Edges = NO_EDGES
    radius: int = 0
    outer_radius: int = 0

    @property
    def sides(self) -> tuple[str, ...]:
        """The sides that carry a band, of `SIDES`."""
        return tuple(side for side, thickness in zip(SIDES, self.band, strict=True) if thickness)

    @property
    def outer(self) -> Box:
        """The rectangle that the band fills, but for the content."""
        return Box(self.gap.left, self.gap.top, self.width - self.gap.right, self.height - self.gap.bottom)

    @property
    def content(self) -> Box:
        """The rectangle inside the band; a side without a band keeps the canvas' edge."""
        reach = [thickness and thickness + gap for thickness, gap in zip(self.band, self.gap, strict=True)]
        return Box(reach[0], reach[1], self.width - reach[2], self.height - reach[3])

    @property
    def thickness(self) -> int:
        """The thickest side, in pixels."""
        return max(self.band)

    @property
    def thickness_fraction(self) -> float:
        """The thickest side as a share of the canvas' length in its direction."""
        lengths = (self.width, self.height, self.width, self.height)
        return max(thickness / length for thickness, length in zip(self.band, lengths, strict=True))

    @property
    def thinnest_fraction(self) -> float:
        """The thinnest banded side as a share of the canvas' longer side."""
        return min(thickness for thickness in self.band if thickness) / max(self.height, self.width)

    @property
    def inset(self) -> bool:
        """Whether there is space outside the band."""
        return any(gap for gap, thickness in zip(self.gap, self.band, strict=True) if thickness)

    def mask(self) -> Mask:
        """Return where the band is; round corners are smooth, values between are partly covered."""
        mask = np.zeros((self.height, self.width), np.uint8)
        _fill_rectangle(mask, self.outer, self.outer_radius, 255)
        if self.radius:
            _fill_rectangle(mask, self.content, self.radius, 0)
        else:
            left, top, right, bottom = self.content
            mask[top:bottom, left:right] = 0
        return mask

    def _distances(self) -> tuple[npt.NDArray[np.float32], ...]:
        """Return how far pixels lie within the band's outer edge, a row or column for each of `SIDES`."""
        columns = np.arange(self.width, dtype=np.float32)[None, :] + 0.5
        rows = np.arange(self.height, dtype=np.float32)[:, None] + 0.5
        return (
            columns - self.gap.left,
            rows - self.gap.top,
            self.width - self.gap.right - columns,
            self.height - self.gap.bottom - rows,
        )

    def depth(self) -> npt.NDArray[np.float32]:
        """Return how deep each pixel lies across the band: 0 at its outer edge, 1 at its inner edge.

        Beyond 1 it is inside the content. Corners are mitred.
        """
        depth = np.full((self.height, self.width), np.inf, np.float32)
        for distance, thickness in zip(self._distances(), self.band, strict=True):
            if thickness:
                np.minimum(depth, distance / thickness, out=depth)
        return depth

    def nearest_side(self) -> npt.NDArray[np.uint8]:
        """Return for each pixel the index in `SIDES` of the banded side it belongs to; corners are mitred."""
        best = np.full((self.height, self.width), np.inf, np.float32)
        side = np.zeros((self.height, self.width), np.uint8)
        for index, (distance, thickness) in enumerate(zip(self._distances(), self.band, strict=True)):
            if thickness:
                relative = np.broadcast_to(distance / thickness, best.shape)
                nearer = relative < best
                side[nearer] = index
                np.minimum(best, relative, out=best)
        return side

    def strips(self) -> Iterator[Strip]:
        """Yield the sides that carry a band."""
        for side, thickness in enumerate(self.band):
            if thickness:
                yield Strip(side, thickness, *self._middle_line(side), np.array(_INWARDS[side], float))

    def _middle_line(self, side: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        left, top, right, bottom = self.outer
        half = self.band[side] / 2
        if side % 2:
            y = top + half if side == 1 else bottom - half
            first, last = left + self.band.left / 2 + 1, right - self.band.right / 2 - 1
            return np.array((first, y)), np.array((last, y))
        x = left + half if side == 0 else right - half
        return np.array((x, top + self.band.top / 2 + 1)), np.array((x, bottom - self.band.bottom / 2 - 1))

    def within(self, reach: npt.NDArray[np.float32], softness: float = 1.5) -> Mask:
        """Return where the band is when it is only so deep: ``reach`` (H, W), as a share of its thickness.

        Its inner edge fades over ``softness`` pixels.
        """
        inside = (reach - self.depth()) * np.float32(255 * self.thickness / softness) + 128
        return np.minimum(self.mask(), clipped(inside))


@dataclass(frozen=True, slots=True)
class Limits:
    """What layouts a style can be drawn on.

    Attributes
    ----------
    thinnest, thickest
        Of the band, as shares of the image's side.
    sides
        How many sides, each count with its weight.
    inset
        The probability of space outside the band.
    rounded
        The probability of round inner corners, where all four sides are banded.
    """

    thinnest: float = THINNEST
    thickest: float = THICKEST
    sides: tuple[tuple[int, float], ...] = ((1, 0.33), (2, 0.17), (3, 0.06), (4, 0.44))
    inset: float = 0.2
    rounded: float = 0.22


ALL_AROUND: tuple[tuple[int, float], ...] = ((4, 1.0),)

_HAIR_LINE = 0.02
_MORE_HAIR_LINES = 0.28

_OPPOSITE = ((0, 2), (1, 3))
_ADJACENT = ((0, 1), (1, 2), (2, 3), (0, 3))


def random_layout(rng: np.random.Generator, height: int, width: int, limits: Limits) -> Layout:
    """Return a layout within the limits for a canvas of the given size."""
    chosen = _random_sides(rng, limits)
    lengths = (width, height, width, height)
    low, high = np.log(limits.thinnest), np.log(limits.thickest)
    if limits.thinnest < _HAIR_LINE and rng.random() < _MORE_HAIR_LINES:
        high = np.log(_HAIR_LINE)
    first = float(np.exp(rng.uniform(low, high)))
    if rng.random() < 0.25:
        shares = [float(np.exp(rng.uniform(low, high))) for _ in SIDES]
    elif rng.random() < 0.5:
        shares = [first * min(lengths) / length for length in lengths]
    else:
        shares = [first] * 4
    shares = [max(share, limits.thinnest) for share in shares]
    band = Edges(
        *(
            max(1, round(share * length)) if side in chosen else 0
            for side, (share, length) in enumerate(zip(shares, lengths, strict=True))
        )
    )
    gap = _random_gap(rng, chosen, min(height, width)) if rng.random() < limits.inset else NO_EDGES
    radius = outer_radius = 0
    if len(chosen) == 4 and rng.random() < limits.rounded:
        radius = round(min(height, width) * rng.uniform(0.03, 0.2))
        if any(gap) and rng.random() < 0.7:
            outer_radius = radius + max(band)
    return Layout(height, width, band, gap, radius, outer_radius)


def _random_sides(rng: np.random.Generator, limits: Limits) -> tuple[int, ...]:
    counts, weights = zip(*limits.sides, strict=True)
    count = int(rng.choice(counts, p=np.array(weights) / sum(weights)))
    if count == 1:
        return (int(rng.choice(4, p=(0.2, 0.24, 0.2, 0.36))),)
    if count == 2:
        pairs = _OPPOSITE if rng.random() < 0.6 else _ADJACENT
        return pairs[int(rng.integers(len(pairs)))]
    missing = int(rng.integers(4)) if count == 3 else -1
    return tuple(side for side in range(4) if side != missing)


def _random_gap(rng: np.random.Generator, chosen: tuple[int, ...], length: int) -> Edges:
    gap = max(1, round(length * float(np.exp(rng.uniform(np.log(0.008), np.log(0.07))))))
    at_ends = gap if rng.random() < 0.3 else 0
    return Edges(*(gap if side in chosen else at_ends for side in range(4)))


def _fill_rectangle(mask: Mask, box: Box, radius: int, value: int) -> None:
    """Fill a rectangle, its corners round, on the mask."""
    view = mask[box.top : box.bottom, box.left : box.right]  # what is drawn cannot leave the rectangle
    radius = min(radius, box.width // 2 - 1, box.height // 2 - 1)
    if radius <= 0:
        view[:] = value
        return
    view[radius : box.height - radius] = value
    view[:, radius : box.width - radius] = value
    for x in (radius, box.width - 1 - radius):
        for y in (radius, box.height - 1 - radius):
            cv2.circle(view, (x, y), radius, value, cv2.FILLED, cv2.LINE_AA)
