"""Outlines of small motifs, stars, hearts, flowers, leaves, and how they are filled."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.datasets.drawing.frames.colours import Colour
from framejudge.datasets.drawing.picture import Image

TURN = 2 * np.pi
SUBPIXEL_BITS = 4

Points = npt.NDArray[np.float64]
"""Shape (n, 2), x and y."""


def fill_polygon(canvas: Image, points: Points, colour: Colour | int) -> None:
    """Fill a polygon on the canvas, (H, W) or (H, W, 3), with smooth edges, in place."""
    scaled = np.round(points * (1 << SUBPIXEL_BITS)).astype(np.int32)
    value = (colour,) if isinstance(colour, int) else tuple(int(channel) for channel in colour)
    cv2.fillPoly(canvas, [scaled], value, cv2.LINE_AA, SUBPIXEL_BITS)


def leaf_outline(width: float) -> Points:
    """Return the outline of a leaf of length 2 along x."""
    position = np.linspace(0, 1, 7)
    upper = np.stack((2 * position - 1, width * np.sin(np.pi * position**0.8)), axis=1)
    return np.concatenate((upper, (upper * (1, -1))[-2:0:-1]))


def random_motif(rng: np.random.Generator) -> Points:
    """Return the outline of a motif in the unit circle."""
    kind = int(rng.integers(6))
    if kind == 0:
        return star(int(rng.integers(4, 9)), rng.uniform(0.3, 0.7))
    if kind == 1:
        return petals(int(rng.integers(3, 9)), rng.uniform(0.2, 0.45))
    if kind == 2:
        return heart()
    if kind == 3:
        return polygon(int(rng.integers(3, 7)))
    if kind == 4:
        return leaf_outline(rng.uniform(0.3, 0.9))
    bend = rng.uniform(0.3, 0.8)
    return np.array(((-1, -bend), (0, 0), (1, -bend), (1, bend - 0.5), (0, bend), (-1, bend - 0.5)), float)


def star(rays: int, inner: float) -> Points:
    """Return the outline of a star in the unit circle; its inner corners lie at the radius ``inner``."""
    angle = np.linspace(0, TURN, 2 * rays, endpoint=False) - np.pi / 2
    radius = np.where(np.arange(2 * rays) % 2, inner, 1.0)
    return np.stack((radius * np.cos(angle), radius * np.sin(angle)), axis=1)


def petals(count: int, depth: float) -> Points:
    """Return the outline of a flower in the unit circle."""
    angle = np.linspace(0, TURN, 8 * count, endpoint=False)
    radius = 1 - depth + depth * np.cos(count * angle)
    return np.stack((radius * np.cos(angle), radius * np.sin(angle)), axis=1)


def heart() -> Points:
    """Return the outline of a heart in the unit circle."""
    angle = np.linspace(0, TURN, 24, endpoint=False)
    wave = 13 * np.cos(angle) - 5 * np.cos(2 * angle) - 2 * np.cos(3 * angle) - np.cos(4 * angle)
    return np.stack((16 * np.sin(angle) ** 3, -wave), axis=1) / 17


def polygon(corners: int) -> Points:
    """Return a regular polygon in the unit circle, one corner on top."""
    angle = np.linspace(0, TURN, corners, endpoint=False) - np.pi / 2
    return np.stack((np.cos(angle), np.sin(angle)), axis=1)
