"""Colours that people give to frames."""

from __future__ import annotations

import colorsys

import numpy as np
import numpy.typing as npt

from framejudge.datasets.drawing.picture import Image

Colour = npt.NDArray[np.uint8]
"""Shape (3,), uint8, RGB."""

_METALS = ((212, 175, 55), (192, 192, 192), (205, 127, 50), (230, 190, 138), (184, 134, 11), (70, 74, 82))


def random_colour(rng: np.random.Generator) -> Colour:
    """Return a colour: mostly vivid; also pastel, dark, grey, black, white and metallic ones."""
    kind = rng.random()
    hue = rng.random()
    if kind < 0.48:
        return _from_hsv(hue, rng.uniform(0.45, 1.0), rng.uniform(0.45, 1.0))
    if kind < 0.62:
        return _from_hsv(hue, rng.uniform(0.08, 0.4), rng.uniform(0.75, 1.0))
    if kind < 0.75:
        return _from_hsv(hue, rng.uniform(0.2, 1.0), rng.uniform(0.08, 0.45))
    if kind < 0.84:
        return np.full(3, int(rng.integers(40, 225)), np.uint8)
    if kind < 0.90:
        return np.full(3, int(rng.integers(0, 30)), np.uint8)
    if kind < 0.93:
        return np.full(3, int(rng.integers(244, 256)), np.uint8)
    metal = np.array(_METALS[int(rng.integers(len(_METALS)))])
    return clipped(metal + rng.normal(0, 10, 3))


def random_palette(rng: np.random.Generator, count: int) -> npt.NDArray[np.uint8]:
    """Return (count, 3) colours that can be told apart: neighbours differ by at least 40 in one channel."""
    colours = [random_colour(rng)]
    while len(colours) < count:
        colour = shade(colours[0], rng) if rng.random() < 0.35 else random_colour(rng)
        if np.abs(colour.astype(int) - colours[-1]).max() >= 40:
            colours.append(colour)
    return np.stack(colours)


def shade(colour: Colour, rng: np.random.Generator, spread: float = 70) -> Colour:
    """Return the colour made lighter or darker."""
    return clipped(colour + rng.uniform(-spread, spread) + rng.normal(0, spread / 10, 3))


def near_colour(image: Image, rng: np.random.Generator) -> Colour:
    """Return a colour close to one of the picture's own: of its border or of its middle."""
    height, width = image.shape[:2]
    if rng.random() < 0.5:
        y, x = rng.uniform(0.25, 0.75, 2)
    else:
        y, x = rng.permutation(
            [rng.uniform(0, 0.08) if rng.random() < 0.5 else rng.uniform(0.92, 1), rng.random()]
        )
    row, column = int(y * (height - 1)), int(x * (width - 1))
    patch = image[max(0, row - 2) : row + 3, max(0, column - 2) : column + 3]
    own = np.median(patch.reshape(-1, 3), axis=0)
    shift = rng.uniform(12, 40) * (1 if rng.random() < 0.5 else -1)
    return clipped(own + shift + rng.normal(0, 6, 3))


def clipped(values: npt.ArrayLike) -> npt.NDArray[np.uint8]:
    """Return the values as uint8, what lies outside 0 to 255 brought to the nearest end."""
    return np.asarray(np.clip(values, 0, 255), dtype=np.uint8)


def flat(colour: Colour, height: int, width: int) -> Image:
    """Return a canvas of one colour."""
    canvas = np.empty((height, width, 3), np.uint8)
    canvas[:] = colour
    return canvas


def _from_hsv(hue: float, saturation: float, value: float) -> Colour:
    return clipped(np.asarray(colorsys.hsv_to_rgb(hue, saturation, value)) * 255)
