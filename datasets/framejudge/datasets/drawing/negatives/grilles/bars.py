"""Bars: their colour, the light across them, one or many."""

from __future__ import annotations

from typing import cast

import numpy as np
import numpy.typing as npt

from framejudge.datasets.drawing.products.canvas import Sprite, lit, sprite_of
from framejudge.datasets.drawing.products.colours import (
    Colour,
    any_colour,
    chance,
    dark_colour,
    light_colour,
    metal_colour,
    wood_colour,
)
from framejudge.datasets.drawing.products.surfaces import noise

Span = tuple[float, float]
"""From where to where."""


def bar_colour(rng: np.random.Generator) -> Colour:
    """Draw the colour of painted, wooden, metal or plastic bars."""
    pick = rng.random()
    if pick < 0.3:
        return wood_colour(rng)
    if pick < 0.5:
        return light_colour(rng)
    if pick < 0.68:
        return metal_colour(rng)
    return dark_colour(rng) if pick < 0.8 else any_colour(rng)


def bar_profile(rng: np.random.Generator, pixels: int) -> npt.NDArray[np.float32]:
    """Return the light across one bar: round, flat with bevelled edges, tilted like a louvre, hollow."""
    x = np.linspace(-1, 1, max(1, pixels), dtype=np.float32)
    pick = rng.random()
    if pick < 0.35:
        at = rng.uniform(-0.6, 0.6)
        light = 1.12 - rng.uniform(0.2, 0.6) * (x - at) ** 2
        if chance(rng, 0.5):
            light = light + rng.uniform(0.1, 0.5) * np.exp(-(((x - at) / 0.15) ** 2))
    elif pick < 0.6:
        light = np.ones_like(x)
        edge = 1 - rng.uniform(0.1, 0.5)
        light = light + np.where(x < -edge, 0.2, 0.0) - np.where(x > edge, rng.uniform(0.1, 0.4), 0.0)
    elif pick < 0.9:
        light = 1 + x * rng.uniform(-0.35, 0.35)
    else:
        light = 0.8 + rng.uniform(0.1, 0.3) * np.abs(x)
    return cast("npt.NDArray[np.float32]", np.clip(light, 0.2, 1.6).astype(np.float32))


def barred(
    rng: np.random.Generator, height: int, width: int, colour: Colour, bars: float, share: float
) -> Sprite:
    """Return upright bars over the whole rectangle, ``share`` of it covered; between them it is empty."""
    pitch = max(3.0, width / bars)
    thick = max(2, round(pitch * share))
    profile = bar_profile(rng, thick)
    line = np.zeros((width, 3), np.float32)
    cover = np.zeros(width, np.uint8)
    shades = rng.uniform(0.75, 1.2) if chance(rng, 0.3) else 0.0
    for start in np.arange(-pitch * rng.random(), width, pitch):
        left = round(float(start))
        shade = rng.uniform(0.85, 1.15) if shades else 1.0
        low, high = max(0, left), min(width, left + thick)
        if high > low:
            lit_by = profile[low - left : high - left, None] * np.float32(shade)
            line[low:high] = np.asarray(colour, np.float32) * lit_by
            cover[low:high] = 255
    image = np.repeat(np.clip(line, 0, 255).astype(np.uint8)[None], height, axis=0)
    if chance(rng, 0.45):
        # Along the bars: wood's grain, or dust and wear.
        streaks = noise(rng, height, width, rng.uniform(30, 90), rng.uniform(0.02, 0.2))
        image = lit(image, 1 + streaks * np.float32(rng.uniform(0.02, 0.12)))
    return sprite_of(image, np.repeat(cover[None], height, axis=0))


def draw_rod(
    rng: np.random.Generator, sprite: Sprite, across: Span, down: Span, colour: Colour, *, upright: bool
) -> None:
    """Draw one bar, round or flat, on the sprite, in place; columns ``across``, rows ``down``."""
    left, right = max(0, round(across[0])), min(sprite.shape[1], max(round(across[0]) + 2, round(across[1])))
    top, bottom = max(0, round(down[0])), min(sprite.shape[0], max(round(down[0]) + 2, round(down[1])))
    if right <= left or bottom <= top:
        return
    profile = bar_profile(rng, right - left if upright else bottom - top)
    shades = np.clip(profile[:, None] * np.asarray(colour, np.float32), 0, 255).astype(np.uint8)
    sprite[top:bottom, left:right, :3] = shades[None] if upright else shades[:, None]
    sprite[top:bottom, left:right, 3] = 255


def blank_sprite(height: int, width: int) -> Sprite:
    """Return a sprite that covers nothing."""
    return np.zeros((height, width, 4), np.uint8)
