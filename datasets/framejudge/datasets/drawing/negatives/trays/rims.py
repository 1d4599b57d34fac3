"""A body with a rim, and things lying in it."""

from __future__ import annotations

import numpy as np

from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products.canvas import Box, Mask, lit, rounded_mask, solid
from framejudge.datasets.drawing.products.colours import Colour, chance
from framejudge.datasets.drawing.products.scenes import placed
from framejudge.datasets.drawing.products.shading import embossed_light
from framejudge.datasets.drawing.products.silhouettes import draw_sprite
from framejudge.datasets.drawing.products.surfaces import covered


def blank_body(
    rng: np.random.Generator, height: int, width: int, colour: Colour, box: Box, radius: float
) -> tuple[Image, Mask]:
    """Return a body with a rounded outer edge in the light, and its coverage."""
    body = covered(rng, height, width, colour) if chance(rng, 0.2) else solid(height, width, colour)
    mask = rounded_mask(height, width, box, radius)
    edge = min(height, width) * rng.uniform(0.008, 0.02)
    return lit(body, embossed_light(mask, edge, rng.uniform(0, 2 * np.pi), rng.uniform(0.3, 0.7))), mask


def with_things(rng: np.random.Generator, body: Image, box: Box, most: int) -> Image:
    """Return the body with things lying in it."""
    left, top, right, bottom = (round(edge) for edge in box)
    if right - left < 24 or bottom - top < 24:
        return body
    inner = np.ascontiguousarray(body[top:bottom, left:right])
    rows, columns = inner.shape[:2]
    count = int(rng.integers(1, most + 1))
    side = max(24, round(min(rows, columns) * rng.uniform(0.35, 0.7)))
    sprite = draw_sprite(rng, side)
    for index in range(count):
        if index and chance(rng, 0.4):
            sprite = draw_sprite(rng, side)
        # In a row along the longer side, so that they hardly cover one another.
        along, across = (index + 0.5) / count, rng.uniform(0.42, 0.58)
        x, y = (along, across) if columns > rows else (across, along)
        scale = rng.uniform(0.5, 0.85) / (1 + 0.5 * (count - 1))
        inner = placed(rng, inner, sprite, (columns * x, rows * y), scale)
    body[top:bottom, left:right] = inner
    return body
