"""Colours that products, their backgrounds and their packaging have."""

from __future__ import annotations

import colorsys

import numpy as np
import numpy.typing as npt

Colour = tuple[int, int, int]
"""Red, green and blue, 0..255."""

WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)


def chance(rng: np.random.Generator, probability: float) -> bool:
    """Return True with this probability."""
    return bool(rng.random() < probability)


def from_hsv(hue: float, saturation: float, value: float) -> Colour:
    """Return the colour of hue, saturation and value, each in [0, 1]."""
    red, green, blue = colorsys.hsv_to_rgb(hue % 1.0, min(max(saturation, 0), 1), min(max(value, 0), 1))
    return round(red * 255), round(green * 255), round(blue * 255)


def any_colour(rng: np.random.Generator) -> Colour:
    """Draw a colour from the mix that shops show: greys, browns, pastels, saturated and dark ones."""
    pick = rng.random()
    if pick < 0.22:
        level = int(rng.integers(5, 256))
        tint = rng.integers(-6, 7, 3)
        return clipped(level + int(tint[0]), level + int(tint[1]), level + int(tint[2]))
    if pick < 0.36:
        return from_hsv(rng.uniform(0.04, 0.12), rng.uniform(0.2, 0.7), rng.uniform(0.2, 0.9))
    if pick < 0.52:
        return from_hsv(rng.random(), rng.uniform(0.08, 0.35), rng.uniform(0.8, 1.0))
    if pick < 0.64:
        return from_hsv(rng.random(), rng.uniform(0.2, 0.9), rng.uniform(0.08, 0.35))
    return from_hsv(rng.random(), rng.uniform(0.4, 1.0), rng.uniform(0.35, 1.0))


def light_colour(rng: np.random.Generator) -> Colour:
    """Draw a light, little saturated colour: a studio wall, paper, cream."""
    return from_hsv(rng.random(), rng.uniform(0.0, 0.16), rng.uniform(0.84, 1.0))


def dark_colour(rng: np.random.Generator) -> Colour:
    """Draw a near-black, little saturated colour: a bezel, a switched-off screen."""
    return from_hsv(rng.random(), rng.uniform(0.0, 0.35), rng.uniform(0.02, 0.24))


def wood_colour(rng: np.random.Generator) -> Colour:
    """Draw the colour of some wood, from birch to wenge."""
    return from_hsv(rng.uniform(0.05, 0.11), rng.uniform(0.25, 0.7), rng.uniform(0.2, 0.92))


def metal_colour(rng: np.random.Generator) -> Colour:
    """Draw silver, space grey, gold or rose."""
    if chance(rng, 0.7):
        level = int(rng.integers(70, 235))
        return clipped(level, level + 2, level + int(rng.integers(0, 8)))
    return from_hsv(rng.uniform(0.98, 1.13), rng.uniform(0.12, 0.5), rng.uniform(0.6, 0.95))


def clipped(red: float, green: float, blue: float) -> Colour:
    """Return the nearest colour whose channels are within 0..255."""
    return (
        min(max(round(red), 0), 255),
        min(max(round(green), 0), 255),
        min(max(round(blue), 0), 255),
    )


def colour_at(image: npt.NDArray[np.uint8], row: int, column: int) -> Colour:
    """Return the colour of one pixel."""
    red, green, blue = (int(channel) for channel in image[row, column, :3])
    return red, green, blue


def scaled(colour: Colour, factor: float) -> Colour:
    """Return the colour lighter (factor above 1) or darker (below 1)."""
    return clipped(*(channel * factor for channel in colour))


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """Return the mixture that holds ``share`` of the other colour."""
    return clipped(*(a + (b - a) * share for a, b in zip(one, other, strict=True)))


def luminance(colour: Colour) -> float:
    """Return the perceived brightness, 0..255 (Rec. 601)."""
    return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]


def contrasting(rng: np.random.Generator, colour: Colour) -> Colour:
    """Draw a colour that can be read on this one."""
    for _ in range(6):
        candidate = any_colour(rng)
        if abs(luminance(candidate) - luminance(colour)) > 70:
            return candidate
    return WHITE if luminance(colour) < 128 else BLACK


def shaded(colour: Colour) -> Colour:
    """Return a shade that can be told from the colour: darker, or lighter where it is dark."""
    return scaled(colour, 0.6) if luminance(colour) > 80 else mixed(colour, WHITE, 0.35)


def material_colour(rng: np.random.Generator) -> Colour:
    """Draw the colour of wood, metal, something light, something dark or anything."""
    return (wood_colour, metal_colour, light_colour, dark_colour, any_colour)[int(rng.integers(5))](rng)
