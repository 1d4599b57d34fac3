"""A drawn border found by equal lines on four sides: what a public cropper does.

Described as: step inwards while the outermost row and column of all four sides are of one colour and equal to
each other; where that ends, the border ends. Re-implemented from that description; the tolerance is ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from framejudge.datasets.table.box import Box
from framejudge.detectors.protocol import Image

Floats: TypeAlias = npt.NDArray[np.float32]

TOLERANCE = 87.5
"""Levels by which pixels of the four lines may differ: the most accurate on validation data."""

STRAY = 0.02
"""Share of a line's pixels that may differ more: compression."""

PAGE = 240.0
"""A border that is at least so light is the page's own."""

DEEPEST = 0.45
LEAST_PX = 1
SOFTNESS = 6.0
"""Levels of tolerance that change the odds by a factor of e."""


@dataclass(frozen=True, slots=True)
class EqualLines:
    """How much the four lines at each depth differ from one colour.

    Attributes
    ----------
    needed
        The tolerance that a border of each depth needs; it never falls. Shape (depth,).
    lightest
        The darkest channel of the border's colour, in levels.
    height, width
        Of the picture.
    """

    needed: Floats
    lightest: float
    height: int
    width: int

    def depth(self, tolerance: float) -> int:
        """Return how many pixels deep the border is: 0 for none, or where all lines are equal."""
        depth = int(np.searchsorted(self.needed, tolerance, side="right"))
        return depth if LEAST_PX <= depth < len(self.needed) else 0


class EqualLinesDetector:
    """Calls a picture framed if its four sides begin with equal lines of one colour that is not a page's.

    Parameters
    ----------
    tolerance
        In levels, 0 to 255.
    """

    threshold = 0.5

    def __init__(self, tolerance: float = TOLERANCE) -> None:
        self.tolerance = tolerance

    def prepare(self, image: Image) -> EqualLines:
        """Measure the four sides of a (H, W, 3) uint8 RGB picture."""
        return measure_lines(image)

    def infer(self, prepared: EqualLines) -> float:
        """Return how clearly the tolerance finds a border, in [0, 1]; 0.5 where it just does."""
        if prepared.lightest >= PAGE or len(prepared.needed) <= LEAST_PX:
            return 0.0
        least, last = float(prepared.needed[LEAST_PX - 1]), float(prepared.needed[-1])
        spare = min(self.tolerance - least, last - self.tolerance)
        return 1 / (1 + exp(-spare / SOFTNESS))

    def predict(self, image: Image) -> float:
        """Return the score of a picture, in [0, 1]."""
        return self.infer(self.prepare(image))

    def locate(self, image: Image) -> Box | None:
        """Return what lies inside the equal lines, or None for a picture judged plain."""
        lines = self.prepare(image)
        depth = lines.depth(self.tolerance)
        if self.infer(lines) < self.threshold or not depth:
            return None
        return Box(depth, depth, lines.width - depth, lines.height - depth)


def measure_lines(image: Image) -> EqualLines:
    """Compare the lines of the four sides, from outside inwards, with the colour of the outermost ones."""
    height, width = image.shape[:2]
    deepest = max(1, int(DEEPEST * min(height, width)))
    outermost = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
    colour = np.median(outermost, axis=0)
    sides = (image[:deepest], image[::-1][:deepest], image.transpose(1, 0, 2)[:deepest],
             image.transpose(1, 0, 2)[::-1][:deepest])  # fmt: skip
    needed = np.max([_needed(side, colour) for side in sides], axis=0)
    return EqualLines(np.maximum.accumulate(needed), float(colour.min()), height, width)


def _needed(lines: Image, colour: npt.NDArray[np.floating]) -> Floats:
    """Return how much all but `STRAY` of each line's pixels differ from a colour."""
    different = np.abs(lines.astype(np.float32) - colour.astype(np.float32)).max(axis=2)
    most = max(0, int(np.ceil((1 - STRAY) * different.shape[1])) - 1)
    return np.asarray(np.partition(different, most, axis=1)[:, most], dtype=np.float32)
