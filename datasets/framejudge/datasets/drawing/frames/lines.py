"""Thin bands: a line, a broken line, two lines."""

from __future__ import annotations

import numpy as np

from framejudge.datasets.drawing.frames.colours import flat, random_colour, random_palette
from framejudge.datasets.drawing.frames.layout import Limits
from framejudge.datasets.drawing.frames.registry import Band, Scene, style


@style("line", limits=Limits(thickest=0.025, inset=0.55, rounded=0.25))
def thin_line(scene: Scene, rng: np.random.Generator) -> Band:
    """A thin line of one colour."""
    return Band(flat(random_colour(rng), *scene.mask.shape), scene.mask)


@style("line", limits=Limits(thinnest=0.012, thickest=0.035, inset=0.7, rounded=0.0), continuous=False)
def broken_line(scene: Scene, rng: np.random.Generator) -> Band:
    """A dashed or dotted line."""
    height, width = scene.mask.shape
    thickness = max(2, scene.layout.thickness)
    period = thickness * rng.uniform(2.0, 7.0)
    drawn = rng.uniform(0.5, 0.75)
    side = scene.layout.nearest_side()
    along_columns = (np.arange(width, dtype=np.float32)[None, :] / np.float32(period)) % 1.0 < drawn
    along_rows = (np.arange(height, dtype=np.float32)[:, None] / np.float32(period)) % 1.0 < drawn
    shown = np.where(side % 2 == 1, along_columns, along_rows)
    return Band(flat(random_colour(rng), height, width), np.where(shown, scene.mask, 0).astype(np.uint8))


@style("double_line", held_out=True, limits=Limits(thinnest=0.022, thickest=0.1, inset=0.5, rounded=0.0))
def double_line(scene: Scene, rng: np.random.Generator) -> Band:
    """Two or three lines beside each other; between them the picture, or a colour."""
    lines = int(rng.choice((2, 2, 2, 3)))
    share = rng.uniform(0.2, 0.36) if lines == 2 else rng.uniform(0.12, 0.2)
    share = max(share, 1.3 / max(1, min(t for t in scene.layout.band if t)))
    colours = random_palette(rng, 2)
    depth = scene.layout.depth()
    starts = np.linspace(0, 1 - share, lines)
    on_line = np.zeros(scene.mask.shape, bool)
    for start in starts:
        on_line |= (depth >= start) & (depth <= start + share)
    fill = flat(colours[0], *scene.mask.shape)
    if rng.random() < 0.35:
        fill[~on_line] = colours[1]
        return Band(fill, scene.mask)
    return Band(fill, np.where(on_line, scene.mask, 0).astype(np.uint8))
