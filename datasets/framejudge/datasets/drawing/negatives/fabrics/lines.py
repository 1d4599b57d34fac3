"""Lines that cross the cloth aslant, and stitches along them."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products.canvas import blurred, faded, over
from framejudge.datasets.drawing.products.colours import BLACK, Colour, any_colour, chance, colour_at, scaled

Points = npt.NDArray[np.float64]
"""A line along the cloth: (N, 2) x, y."""


LEAST_SLANT = np.radians(7)
"""A seam nearer to the direction of the picture's side could be taken for the edge of a band."""


def crossing_line(rng: np.random.Generator, height: int, width: int, *, upright: bool = False) -> Points:
    """Return a line that crosses the picture, wavy and never along a side; ``upright`` ones nearly do."""
    slant = rng.uniform(LEAST_SLANT, np.pi / 2 - LEAST_SLANT) * rng.choice((-1, 1))
    centre = np.array((width * rng.uniform(0.25, 0.75), height * rng.uniform(0.25, 0.75)))
    if upright:
        slant = np.pi / 2 + rng.uniform(LEAST_SLANT / 2, 0.35) * rng.choice((-1, 1))
        centre = np.array((width * rng.uniform(0.35, 0.65), height * rng.uniform(0.4, 0.6)))
    reach = float(np.hypot(height, width)) * 0.8
    t = np.linspace(-reach, reach, 40)
    wave = max(height, width) * rng.uniform(0.003, 0.015)
    sway = np.sin(t / reach * rng.uniform(3, 12) + rng.uniform(0, 6)) * wave
    along, normal = np.array((np.cos(slant), np.sin(slant))), np.array((-np.sin(slant), np.cos(slant)))
    return cast("Points", centre + t[:, None] * along + sway[:, None] * normal)


def line_beside(line: Points, away: float) -> Points:
    """Return the line moved sideways."""
    along = np.gradient(line, axis=0)
    along /= np.maximum(np.hypot(along[:, :1], along[:, 1:]), 1e-6)
    return line + np.column_stack((-along[:, 1], along[:, 0])) * away


def points_along(line: Points, step: float) -> Points:
    """Return points at even distances on the line."""
    lengths = np.concatenate(((0.0,), np.cumsum(np.hypot(*np.diff(line, axis=0).T))))
    at = np.arange(0, lengths[-1], max(step, 1.0))
    return np.column_stack((np.interp(at, lengths, line[:, 0]), np.interp(at, lengths, line[:, 1])))


def _stroke(image: npt.NDArray[np.uint8], line: Points, colour: int | Colour, thick: int) -> None:
    ink = (colour,) if isinstance(colour, int) else colour
    cv2.polylines(image, [line.round().astype(np.int32)], False, ink, thick, cv2.LINE_AA)


def stitch(image: Image, line: Points, step: float, colour: Colour, thick: int) -> None:
    """Sew along the line, in place."""
    height, width = image.shape[:2]
    spots = points_along(line, step)
    inside = ((spots > -step) & (spots < (width + step, height + step))).all(axis=1)
    ends = spots + np.gradient(spots, axis=0) * 0.6 if len(spots) > 1 else spots
    for start, end in zip(spots[inside].astype(int), ends[inside].astype(int), strict=True):
        cv2.line(
            image, (int(start[0]), int(start[1])), (int(end[0]), int(end[1])), colour, thick, cv2.LINE_AA
        )


def dented(rng: np.random.Generator, image: Image, line: Points, wide: float) -> Image:
    """Return the cloth with the soft shadow of a dent along the line."""
    dent = np.zeros(image.shape[:2], np.uint8)
    _stroke(dent, line, 255, max(1, round(wide)))
    return over(image, BLACK, faded(blurred(dent, wide * 0.6), rng.uniform(0.2, 0.55)))


def thread_colour(rng: np.random.Generator, image: Image) -> Colour:
    """Draw a sewing thread's colour: the cloth's own, lighter or darker, or another."""
    own = colour_at(image, image.shape[0] // 2, image.shape[1] // 2)
    return any_colour(rng) if chance(rng, 0.3) else scaled(own, rng.choice((0.6, 0.75, 1.3, 1.5)))
