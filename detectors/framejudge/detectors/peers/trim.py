"""Borders of one colour, as image tools trim them: what a user would try first."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, exp
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.datasets.table.box import Box
from framejudge.detectors.canny.edges import page_margins
from framejudge.detectors.protocol import Image

Floats: TypeAlias = npt.NDArray[np.float32]

TOLERANCE = 90.5
"""Levels that a border's pixels may differ from its colour: the most accurate on validation data."""

STRAY = 0.02
"""Share of a row or column that may differ more than that: the corners of other sides, and compression."""

DEEPEST = 0.45
"""A border is at most this share of the width or height; what goes on to here is a backdrop."""

END_SHARE, END_LINES = 0.5, 2
"""A border ends along at least this share of the side, within so many lines; where an object on a backdrop
begins, only a few pixels differ."""

LEAST_PX, LEAST_FRACTION = 2, 0.01
"""Fewer rows or columns of one colour are no border: the larger of the two."""

SOFTNESS = 6.0
"""Levels of tolerance that change the odds by a factor of e."""


@dataclass(frozen=True, slots=True)
class Side:
    """How far one side is of one colour, row by row or column by column from the outside.

    Attributes
    ----------
    needed
        The tolerance that a border of each depth needs; it never falls. Shape (depth,).
    differing
        How much `END_SHARE` of each line differ from the side's colour; (depth,).
    least
        The least depth of a border.
    """

    needed: Floats
    differing: Floats
    least: int

    def depth(self, tolerance: float) -> int:
        """Return how many lines a trim cuts off: 0 for none, or for a side that is one backdrop."""
        depth = int(np.searchsorted(self.needed, tolerance, side="right"))
        return depth if self.least <= depth < len(self.needed) and self._end(depth) > tolerance else 0

    def spare(self, tolerance: float) -> float:
        """Return by how many levels the tolerance finds a border and its end; below 0 where it does not."""
        if self.least >= len(self.needed):
            return -255.0
        depth = int(np.searchsorted(self.needed, tolerance, side="right"))
        end = self._end(depth) if depth < len(self.needed) else float(self.needed[-1])
        return min(tolerance - float(self.needed[self.least - 1]), end - tolerance)

    def _end(self, depth: int) -> float:
        return float(self.differing[depth : depth + END_LINES].max())


@dataclass(frozen=True, slots=True)
class Borders:
    """The left, top, right and bottom side of a picture.

    Attributes
    ----------
    area
        The picture without page-coloured margins: padding is no frame.
    """

    area: Box
    sides: tuple[Side, Side, Side, Side]


class TrimDetector:
    """Calls a picture framed if a trim with a tolerance would cut a coloured border off it.

    Parameters
    ----------
    tolerance
        In levels, 0 to 255.
    """

    threshold = 0.5

    def __init__(self, tolerance: float = TOLERANCE) -> None:
        self.tolerance = tolerance

    def prepare(self, image: Image) -> Borders:
        """Measure the borders of a (H, W, 3) uint8 RGB picture."""
        return measure_borders(image)

    def infer(self, prepared: Borders) -> float:
        """Return how clearly the tolerance finds a border, on a scale from 0 to 1; 0.5 where it just does."""
        spare = max(side.spare(self.tolerance) for side in prepared.sides)
        return 1 / (1 + exp(-spare / SOFTNESS))

    def predict(self, image: Image) -> float:
        """Return how surely a trim cuts a border off, in [0, 1]."""
        return self.infer(self.prepare(image))

    def locate(self, image: Image) -> Box | None:
        """Return what the trim leaves, or None for a picture judged plain."""
        borders = self.prepare(image)
        if self.infer(borders) < self.threshold:
            return None
        left, top, right, bottom = (side.depth(self.tolerance) for side in borders.sides)
        area = borders.area
        return Box(area.left + left, area.top + top, area.right - right, area.bottom - bottom)


def measure_borders(image: Image) -> Borders:
    """Leave out page-coloured margins and measure each side.

    A side's colour is the median of its outermost row or column.
    """
    margins = page_margins(image, cv2.cvtColor(image, cv2.COLOR_RGB2GRAY))  # type: ignore[arg-type]
    height, width = image.shape[:2]
    area = Box(margins.left, margins.top, width - margins.right, height - margins.bottom)
    inside = image[area.top : area.bottom, area.left : area.right]
    upright = inside.transpose(1, 0, 2)
    left, top, right, bottom = (_measure(lines) for lines in (upright, inside, upright[::-1], inside[::-1]))
    return Borders(area, (left, top, right, bottom))


def _measure(lines: Image) -> Side:
    """Measure one side; ``lines`` from outside to inside, (depth, along, 3)."""
    outer = lines[: max(1, int(DEEPEST * len(lines)))].astype(np.int16)
    difference = np.abs(outer - np.median(outer[0], axis=0).astype(np.int16)).max(axis=2)
    count = difference.shape[1]
    most, many = ceil((1 - STRAY) * count) - 1, ceil((1 - END_SHARE) * count) - 1
    ranked = np.partition(difference, (many, most), axis=1).astype(np.float32)
    least = max(LEAST_PX, ceil(LEAST_FRACTION * len(lines)))
    return Side(np.maximum.accumulate(ranked[:, most]), ranked[:, many], least)
