"""Outlines and the bodies inside them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from framejudge.datasets.drawing.products.canvas import Sprite, lit, polygon_mask, sprite_of
from framejudge.datasets.drawing.products.colours import Colour, chance
from framejudge.datasets.drawing.products.shading import rounded_light, shone
from framejudge.datasets.drawing.products.surfaces import covered

Points = npt.NDArray[np.float64]


def smooth(points: npt.ArrayLike, steps: int = 8) -> Points:
    """Return a closed Catmull-Rom spline through the points, (N * steps, 2)."""
    knots = np.asarray(points, np.float64)
    before, after, beyond = np.roll(knots, 1, 0), np.roll(knots, -1, 0), np.roll(knots, -2, 0)
    t = np.linspace(0, 1, steps, endpoint=False)[None, :, None]
    curve = 0.5 * (
        2 * knots[:, None]
        + (after - before)[:, None] * t
        + (2 * before - 5 * knots + 4 * after - beyond)[:, None] * t**2
        + (3 * knots - before - 3 * after + beyond)[:, None] * t**3
    )
    return curve.reshape(-1, 2)


def mirrored(half: npt.ArrayLike, centre: float) -> Points:
    """Return the right half of an outline (top to bottom) with its mirror image on the left."""
    right = np.asarray(half, np.float64)
    left = right[::-1].copy()
    left[:, 0] = 2 * centre - left[:, 0]
    return np.concatenate((right, left))


def make_body(
    rng: np.random.Generator, side: int, points: npt.ArrayLike, colour: Colour | None = None
) -> Sprite:
    """Return a square sprite whose outline is covered, and mostly lit as something round."""
    mask = polygon_mask(side, side, points)
    image = covered(rng, side, side, colour)
    if chance(rng, 0.85):
        image = lit(image, rounded_light(rng, mask))
    if chance(rng, 0.35):
        image = shone(rng, image)
    return sprite_of(image, mask)


def radial_points(rng: np.random.Generator, side: int, count: int, least: float) -> Points:
    """Return corners around the middle of a square, each at ``least`` or more of the reach; (count, 2)."""
    turns = np.linspace(0, 2 * np.pi, count, endpoint=False) + rng.uniform(-0.25, 0.25, count)
    reach = side * 0.48 * rng.uniform(least, 1.0, count)
    return np.column_stack((side / 2 + reach * np.cos(turns), side / 2 + reach * np.sin(turns)))
