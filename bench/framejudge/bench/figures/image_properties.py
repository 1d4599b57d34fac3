"""What a picture is like in a few numbers: light, colours, and a descriptor that alike pictures share."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)
"""Weights of red, green and blue (ITU-R BT.601)."""

GRID = 64
"""Side of the copy that a descriptor is computed from, in pixels."""

TILES = 12
"""The copy's colours are averaged over so many tiles a side."""

BAND = 16
"""Rows (or columns) of the copy along each side whose edges count: a quarter of it."""


class LightAndColour(NamedTuple):
    """How a picture looks as a whole; each number is in [0, 1].

    Attributes
    ----------
    brightness
        Mean luma: 0 is black, 1 is white.
    contrast
        Standard deviation of luma, at most 0.5 (RMS contrast [1]_).
    colourfulness
        Mean difference between the largest and the smallest of red, green and blue; 0 is grey.

    References
    ----------
    .. [1] Peli, "Contrast in complex images", Journal of the Optical Society of America A 7, 1990.
    """

    brightness: float
    contrast: float
    colourfulness: float


def light_and_colour(image: Pixels) -> LightAndColour:
    """Measure a picture, shape (H, W, 3), RGB."""
    pixels = image.astype(np.float32) / 255
    luma = pixels @ LUMA
    spread = pixels.max(axis=2) - pixels.min(axis=2)
    return LightAndColour(float(luma.mean()), float(luma.std()), float(spread.mean()))


def descriptor(image: Pixels) -> Floats:
    """Describe a copy of `GRID` x `GRID` pixels, shape (GRID, GRID, 3), so that alike pictures lie close.

    Two halves of equal weight: the colours of tiles, and how strong the edges along each side are, line by
    line from the outside in. A frame is such a line, whatever lies inside it.

    Returns
    -------
    Shape (3 * TILES ** 2 + 4 * BAND,), float32.
    """
    pixels = image.astype(np.float32) / 255
    edges = np.linspace(0, GRID, TILES + 1).astype(int)[:-1]
    tiles = np.add.reduceat(np.add.reduceat(pixels, edges, axis=0), edges, axis=1)
    areas = np.add.reduceat(
        np.add.reduceat(np.ones((GRID, GRID, 1), np.float32), edges, axis=0), edges, axis=1
    )
    luma = pixels @ LUMA
    across = np.abs(np.diff(luma, axis=0)).mean(axis=1)  # between one row and the next
    along = np.abs(np.diff(luma, axis=1)).mean(axis=0)
    sides = np.concatenate([across[:BAND], across[: -BAND - 1 : -1], along[:BAND], along[: -BAND - 1 : -1]])
    colours = (tiles / areas).ravel()
    return np.concatenate([colours / np.sqrt(len(colours)), 4 * sides / np.sqrt(len(sides))])
