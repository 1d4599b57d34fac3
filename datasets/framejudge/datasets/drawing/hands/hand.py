"""What a hand is: a way to draw that is not this project's own taste, with frames and with plain pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np

from framejudge.datasets.drawing.frames.layout import Edges, Layout
from framejudge.datasets.drawing.frames.visible import (
    change_of_pixels,
    contrast_along_edges,
    looks_like_padding,
)
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.table.box import Box

DRAWN = "drawn"
"""Material of a band that is no artwork and no texture."""


@dataclass(frozen=True, slots=True)
class Composed:
    """What a hand made of a picture.

    Attributes
    ----------
    image
        Shape (H, W, 3), uint8, RGB.
    kind
        What was done, in a word or two: a slice of the report.
    material
        The source of the artwork or texture that the band is made of; `DRAWN` for none.
    box
        The content box inside the frame where it is known exactly; None otherwise and for plain pictures.
    thinnest_px
        Of the band's sides, so that scaling down leaves it at least a pixel; 0 where no band has one.
    square
        Whether nothing of the band is left in what the box holds.
    """

    image: Image
    kind: str
    material: str = DRAWN
    box: Box | None = None
    thinnest_px: int = 0
    square: bool = True


class Hand(Protocol):
    """Draws frames, and plain pictures with the same tool, so that the tool's traces teach nothing."""

    def frame(self, ground: Image, rng: np.random.Generator) -> Composed | None:
        """Return a picture with a frame around it; None where no frame that can be seen was found."""
        ...

    def leave_plain(self, ground: Image, rng: np.random.Generator) -> Composed:
        """Return a picture without a frame that went through the same tool."""
        ...


Operation = Callable[[Image, np.random.Generator], Composed]
"""One thing that a tool can do to a picture."""


@dataclass(frozen=True, slots=True)
class Weighted:
    """Operations of a tool, each with how often it is chosen."""

    operations: tuple[tuple[Operation, float], ...]

    def choose(self, rng: np.random.Generator) -> Operation:
        """Return one by chance."""
        weights = np.array([weight for _, weight in self.operations])
        return self.operations[int(rng.choice(len(weights), p=weights / weights.sum()))][0]


@dataclass(frozen=True, slots=True)
class ToolHand:
    """A hand that is two lists of operations: those that frame, and those that do not."""

    framing: Weighted
    plain: Weighted

    def frame(self, ground: Image, rng: np.random.Generator) -> Composed | None:
        """Return a picture with a frame that shows; None where this operation's does not."""
        composed = self.framing.choose(rng)(ground, rng)
        return composed if can_be_seen(composed) else None

    def leave_plain(self, ground: Image, rng: np.random.Generator) -> Composed:
        """Return a picture that the tool left without a frame."""
        return self.plain.choose(rng)(ground, rng)


def can_be_seen(composed: Composed) -> bool:
    """Return whether the band of a picture with a known box stands out, and is no page's white.

    Where no box is known, the hand has to see to it itself.
    """
    box = composed.box
    if box is None:
        return True
    height, width = composed.image.shape[:2]
    if not (0 <= box.left < box.right <= width and 0 <= box.top < box.bottom <= height):
        raise RuntimeError(f"{composed.kind}: the box {box} leaves the picture of {width}x{height}")
    band = Edges(box.left, box.top, width - box.right, height - box.bottom)
    if not any(band) or box.width < 24 or box.height < 24:
        return False
    layout = Layout(height, width, band)
    return contrast_along_edges(composed.image, layout) and not looks_like_padding(composed.image, layout)


def changed(before: Image, after: Image, alpha: Image) -> bool:
    """Return whether artwork shows on what it was laid over; ``alpha`` is (H, W), uint8."""
    return change_of_pixels(before, after, alpha)


def covering(image: Image, width: int, height: int) -> Image:
    """Return the image's middle, scaled to cover exactly this size; four channels stay four."""
    rows, columns = image.shape[:2]
    scale = max(width / columns, height / rows)
    wide, tall = min(columns, round(width / scale)), min(rows, round(height / scale))
    left, top = (columns - wide) // 2, (rows - tall) // 2
    return resized(image[top : top + max(1, tall), left : left + max(1, wide)], width, height)


def resized(image: Image, width: int, height: int) -> Image:
    """Return the image at exactly this size."""
    shrinks = width < image.shape[1]
    interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(
        cv2.resize(image, (max(1, width), max(1, height)), interpolation=interpolation), dtype=np.uint8
    )


def pick(rng: np.random.Generator, low: float, high: float, *, logarithmic: bool = True) -> float:
    """Return a number between two bounds; small ones are as likely as large ones if ``logarithmic``."""
    if logarithmic:
        return float(np.exp(rng.uniform(np.log(low), np.log(high))))
    return float(rng.uniform(low, high))


def depth_px(rng: np.random.Generator, length: int, low: float = 0.012, high: float = 0.2) -> int:
    """Return a band's depth in pixels: a share of a length, at least 1."""
    return max(1, round(length * pick(rng, low, high)))
