"""Bands of many single pieces: strewn over the margin, or strung on a line."""

from __future__ import annotations

import cv2
import numpy as np

from framejudge.datasets.drawing.frames.colours import clipped, flat, random_palette, shade
from framejudge.datasets.drawing.frames.layout import Limits
from framejudge.datasets.drawing.frames.outlines import (
    TURN,
    Points,
    fill_polygon,
    heart,
    polygon,
    star,
)
from framejudge.datasets.drawing.frames.registry import Band, Scene, style
from framejudge.datasets.drawing.products.canvas import turned

_MOSTLY_AROUND = ((1, 0.25), (2, 0.2), (3, 0.05), (4, 0.5))
_ROUND = 14
"""Corners of a polygon that passes for a disc."""


@style(
    "scatter", limits=Limits(thinnest=0.05, rounded=0.0, inset=0.1, sides=_MOSTLY_AROUND), continuous=False
)
def scatter(scene: Scene, rng: np.random.Generator) -> Band:
    """Confetti, hearts, stars, snow or bubbles strewn over the margin, denser outside."""
    layout = scene.layout
    colours = random_palette(rng, int(rng.integers(1, 5)))
    alpha = np.zeros_like(scene.mask)
    fill = flat(colours[0], *scene.mask.shape)
    outlines = [_piece(rng) for _ in range(int(rng.choice((1, 1, 2, 3))))]
    density, pull = rng.uniform(0.5, 1.5), rng.uniform(0.7, 1.8)
    smallest = rng.uniform(0.12, 0.3)
    for strip in layout.strips():
        _, thickness, start, end, inwards = strip
        radii = np.maximum(thickness * rng.uniform(smallest, smallest * 2, 140) / 2, 1.3)
        count = int(np.clip(density * strip.length * thickness / (4 * float(radii.mean()) ** 2), 6, 140))
        depths = -0.5 + np.clip(rng.random(count) ** pull, 0, 1) * (1 - radii[:count] / thickness)
        for way, depth, radius in zip(rng.random(count), depths, radii[:count], strict=True):
            centre = start + (end - start) * way + inwards * depth * thickness
            points = (
                turned(outlines[int(rng.integers(len(outlines)))], rng.uniform(0, TURN)) * radius + centre
            )
            fill_polygon(fill, points, shade(colours[int(rng.integers(len(colours)))], rng, 20))
            fill_polygon(alpha, points, 255)
    return Band(fill, np.minimum(alpha, scene.mask))


@style("strand", limits=Limits(thinnest=0.02, thickest=0.07, rounded=0.0, inset=0.45), continuous=False)
def strand(scene: Scene, rng: np.random.Generator) -> Band:
    """Beads on a string, a twisted rope or a chain of links."""
    layout = scene.layout
    base, other = random_palette(rng, 2)
    alternating = rng.random() < 0.25
    slender, lean = rng.choice((1.0, rng.uniform(0.4, 0.8))), rng.choice((0.0, rng.uniform(0.5, 1.0)))
    spacing = rng.uniform(0.75, 1.5) * (slender if lean else 1.0)
    disc = polygon(_ROUND)
    alpha = np.zeros_like(scene.mask)
    fill = flat(clipped(base.astype(float) * 0.6), *scene.mask.shape)
    for strip in layout.strips():
        start, end = strip.start, strip.end
        along = float(np.arctan2(*(end - start)[::-1]))
        radius = max(1.2, strip.thickness * 0.48)
        count = int(np.clip(strip.length / (2 * radius * spacing), 3, 200))
        link = turned(disc * (1.0, slender), -(along + lean)) * radius
        if spacing > 1:
            cv2.line(
                alpha,
                tuple(start.astype(int).tolist()), tuple(end.astype(int).tolist()),
                255, max(1, round(radius / 3)),
            )  # fmt: skip
        for number, centre in enumerate(np.linspace(start, end, count)):
            colour = other if alternating and number % 2 else base
            fill_polygon(alpha, link + centre, 255)
            fill_polygon(fill, link + centre, clipped(colour.astype(float) * 0.75))
            fill_polygon(fill, link * 0.75 + centre - radius * 0.1, colour)
            if radius > 2.5:
                fill_polygon(fill, link * 0.3 + centre - radius * 0.3, clipped(colour.astype(float) + 70))
    return Band(fill, np.minimum(alpha, scene.mask))


def _piece(rng: np.random.Generator) -> Points:
    """Return the outline of one strewn piece, in the unit circle; leaves and petals are held out."""
    pick = int(rng.integers(5))
    if pick == 0:
        return star(int(rng.integers(4, 9)), rng.uniform(0.3, 0.7))
    if pick == 1:
        return heart()
    if pick == 2:
        return polygon(4) * (rng.uniform(0.25, 0.7), 1.0)
    return polygon(_ROUND) if pick == 3 else polygon(3)
