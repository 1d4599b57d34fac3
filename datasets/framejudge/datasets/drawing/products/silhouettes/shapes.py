"""Soft, angular and round things without a name."""

from __future__ import annotations

import cv2
import numpy as np

from framejudge.datasets.drawing.products.canvas import Sprite, faded, lit, over, polygon_mask, sprite_of
from framejudge.datasets.drawing.products.colours import BLACK, WHITE, Colour, any_colour, chance
from framejudge.datasets.drawing.products.shading import rounded_light, shone
from framejudge.datasets.drawing.products.silhouettes.outlines import make_body, radial_points, smooth
from framejudge.datasets.drawing.products.surfaces import covered, textured


def blob(rng: np.random.Generator, side: int) -> Sprite:
    """Anything soft and round."""
    return make_body(
        rng, side, smooth(radial_points(rng, side, int(rng.integers(4, 10)), rng.uniform(0.3, 0.9)))
    )


def crystal(rng: np.random.Generator, side: int) -> Sprite:
    """Anything angular."""
    points = radial_points(rng, side, int(rng.integers(3, 9)), rng.uniform(0.4, 0.95))
    sprite = make_body(rng, side, points)
    if chance(rng, 0.5):
        apex = (side * rng.uniform(0.35, 0.65), side * rng.uniform(0.35, 0.65))
        for one, other in zip(points, np.roll(points, -1, 0), strict=True):
            facet = polygon_mask(side, side, (apex, one, other))
            sprite[..., :3] = over(
                np.ascontiguousarray(sprite[..., :3]),
                any_grey(rng),
                faded(facet, rng.uniform(0, 0.4)),
            )
    return sprite


def any_grey(rng: np.random.Generator) -> Colour:
    """Draw black or white, to shade or to light a facet."""
    return WHITE if chance(rng, 0.5) else BLACK


def ball(rng: np.random.Generator, side: int) -> Sprite:
    """A ball, a plate, a pill, a fruit."""
    mask = np.zeros((side, side), np.uint8)
    axes = (int(side * rng.uniform(0.3, 0.48)), int(side * rng.uniform(0.2, 0.48)))
    cv2.ellipse(mask, (side // 2, side // 2), axes, rng.uniform(-20, 20), 0, 360, 255, -1, cv2.LINE_AA)
    image = lit(covered(rng, side, side), rounded_light(rng, mask))
    for _ in range(int(rng.integers(0, 4))):
        ring = (max(1, int(axes[0] * rng.uniform(0.2, 0.95))), max(1, int(axes[1] * rng.uniform(0.2, 0.95))))
        cv2.ellipse(
            image,
            (side // 2, side // 2),
            ring,
            0,
            0,
            360,
            any_colour(rng),
            int(rng.integers(1, 4)),
            cv2.LINE_AA,
        )
    return sprite_of(shone(rng, image) if chance(rng, 0.6) else image, mask)


def scrap(rng: np.random.Generator, side: int) -> Sprite:
    """A random outline cut from a texture or a picture: no product at all, but every kind of detail."""
    outline = radial_points(rng, side, int(rng.integers(5, 14)), rng.uniform(0.3, 0.8))
    mask = polygon_mask(side, side, smooth(outline) if chance(rng, 0.7) else outline)
    return sprite_of(textured(rng, side, side), mask)
