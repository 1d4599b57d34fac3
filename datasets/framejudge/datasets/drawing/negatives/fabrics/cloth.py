"""Cloth in folds: its pattern laid over them, and the light on its threads."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np

from framejudge.datasets.drawing.negatives.fabrics.tiles import TILE_WEIGHTS, TILES
from framejudge.datasets.drawing.negatives.props import Props
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products.canvas import Field
from framejudge.datasets.drawing.products.colours import chance
from framejudge.datasets.drawing.products.surfaces import clouds, noise, ramp

Maps = tuple[Field, Field]
"""Where on the flat cloth each pixel of the picture lies: x and y."""


def make_folds(rng: np.random.Generator, height: int, width: int) -> Field:
    """Return how the cloth rises and falls, deviation about 1: waves, long folds, creases, or nearly flat."""
    pick = rng.random()
    if pick < 0.3:
        phase = ramp(height, width, rng.uniform(0, np.pi)) * np.float32(rng.uniform(6, 28))
        phase += noise(rng, height, width, rng.uniform(2, 4)) * np.float32(rng.uniform(0.5, 1.6))
        wave = np.sin(phase)
        return cast("Field", (wave + np.float32(0.5) * np.sin(phase * np.float32(0.37))).astype(np.float32))
    if pick < 0.55:
        return noise(rng, height, width, rng.uniform(4, 10), rng.choice((0.15, 0.4, 3, 7)))
    if pick < 0.8:
        # Crumpled: creases are where the noise changes its sign.
        rough = np.abs(clouds(rng, height, width, rng.uniform(2, 5), 2))
        return cast("Field", (1.2 - 1.6 * np.minimum(rough, 1.6)).astype(np.float32))
    return noise(rng, height, width, rng.uniform(2, 4)) * np.float32(0.45)


def drape(rng: np.random.Generator, folds: Field, size: int) -> Maps:
    """Return the maps of a cloth that lies turned and is shifted by its folds."""
    height, width = folds.shape
    turn = rng.uniform(-0.05, 0.05) if chance(rng, 0.45) else rng.uniform(-np.pi, np.pi)
    along, across = np.float32(np.cos(turn)), np.float32(np.sin(turn))
    x = np.arange(width, dtype=np.float32) - np.float32(width * rng.uniform(-1, 1))
    y = np.arange(height, dtype=np.float32) - np.float32(height * rng.uniform(-1, 1))
    sway = noise(rng, height, width, rng.uniform(1.5, 4)) * np.float32(size * rng.uniform(0.006, 0.03))
    rise = folds * np.float32(size * rng.uniform(0.003, 0.014))
    return x[None, :] * along + y[:, None] * across + sway + rise, (
        y[:, None] * along - x[None, :] * across + rise * np.float32(rng.uniform(-1, 1)) - sway
    )


def make_cloth(rng: np.random.Generator, props: Props, maps: Maps, size: int) -> Image:
    """Return the cloth's colours: a tile repeated over it, or a picture printed on it."""
    if chance(rng, 0.1):
        height, width = maps[0].shape
        printed = props.picture(rng, height, width)
        scale = np.float32(rng.uniform(0.4, 0.8))
        return cast(
            "Image",
            cv2.remap(printed, maps[0] * scale, maps[1] * scale, cv2.INTER_LINEAR, None, cv2.BORDER_REFLECT),
        )
    tile = TILES[int(rng.choice(len(TILES), p=TILE_WEIGHTS))](rng, size)
    return cast("Image", cv2.remap(tile, maps[0], maps[1], cv2.INTER_LINEAR, None, cv2.BORDER_WRAP))


def weave_light(rng: np.random.Generator, maps: Maps, size: int) -> Field:
    """Return the light on the threads: knitted, ribbed, twilled, woven, brushed, or too fine to be seen."""
    pick = rng.random()
    strength = np.float32(rng.uniform(0.03, 0.16))
    if pick < 0.25:
        return np.ones(maps[0].shape, np.float32)
    if pick < 0.4:
        height, width = maps[0].shape
        return 1 + noise(rng, height, width, 400) * strength * np.float32(0.5)
    step = max(3.0, size / rng.uniform(18, 70))
    rows, columns = max(3, round(step * rng.uniform(0.5, 0.9))), max(3, round(step))
    x = np.arange(columns, dtype=np.float32)[None, :] / columns
    y = np.arange(rows, dtype=np.float32)[:, None] / rows
    turn = np.float32(2 * np.pi)
    if pick < 0.65:
        # Each stitch of a knit is a V.
        tile = np.sin((y + np.abs(x - np.float32(0.5)) * 2) * turn) * np.float32(0.7)
        tile = tile - np.cos(x * turn) * np.float32(0.6)
    elif pick < 0.78:
        tile = np.sin(x * turn) + np.sin(y * turn) * np.float32(0.15)
    elif pick < 0.9:
        tile = np.sin((x + y) * turn)
    else:
        tile = np.sin(x * turn) * np.sin(y * turn)
    tile = np.ascontiguousarray(np.broadcast_to(tile, (rows, columns)), np.float32)
    threads = cv2.remap(tile, maps[0], maps[1], cv2.INTER_LINEAR, None, cv2.BORDER_WRAP)
    return cast("Field", 1 + threads * strength)
