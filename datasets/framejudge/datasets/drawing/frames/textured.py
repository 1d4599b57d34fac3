"""Bands cut from a photograph, or grown like wood, marble and cloth."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.datasets.drawing.frames.colours import clipped, random_colour, shade
from framejudge.datasets.drawing.frames.layout import Limits
from framejudge.datasets.drawing.frames.registry import Band, Scene, style
from framejudge.datasets.drawing.picture import Image

_TEXTURED = Limits(thinnest=0.02)
_PIECES_TRIED = 5
_LEAST_LIVELINESS = 22.0
"""Standard deviation of a texture's pixels, in levels of 255."""


@style("texture", limits=_TEXTURED)
def photo_texture(scene: Scene, rng: np.random.Generator) -> Band:
    """A piece of another photograph, enlarged or repeated, sometimes tinted."""
    height, width = scene.mask.shape
    piece = _lively_piece(scene.texture, rng)
    if rng.random() < 0.4:
        fill = _tiled(piece, height, width, rng)
    else:
        fill = np.asarray(cv2.resize(piece, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
    if rng.random() < 0.5:
        fill = _graded(fill, rng)
    return Band(fill, scene.mask)


@style("texture", limits=_TEXTURED)
def grown_texture(scene: Scene, rng: np.random.Generator) -> Band:
    """Wood, marble, brushed metal or cloth: noise drawn out, folded or woven."""
    height, width = scene.mask.shape
    coarseness = float(np.exp(rng.uniform(np.log(0.03), np.log(0.4))))
    stretch = float(np.exp(rng.uniform(np.log(1), np.log(12))))
    field = np.zeros((height, width), np.float32)
    for octave in range(3):
        down = coarseness * 2**octave
        shape = (max(2, int(height * down)), max(2, int(width * down / stretch)))
        if rng.random() < 0.5 and octave == 0 and height == width:
            shape = shape[::-1]
        coarse = rng.standard_normal(shape, dtype=np.float32)
        field += cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR) / np.float32(1.6**octave)
    if rng.random() < 0.5:
        field = np.sin(field * np.float32(rng.uniform(2, 7)))
    if rng.random() < 0.25:
        weave = float(rng.uniform(2.5, 7))
        columns = np.sin(np.arange(width, dtype=np.float32) * np.float32(2 * np.pi / weave))
        rows = np.sin(np.arange(height, dtype=np.float32) * np.float32(2 * np.pi / weave))
        field = field * 0.4 + columns[None, :] * rows[:, None]
    base = random_colour(rng).astype(np.float32)
    grain = shade(random_colour(rng), rng).astype(np.float32) if rng.random() < 0.4 else base * 0.45
    weight = np.clip(0.5 + field * np.float32(rng.uniform(0.25, 0.5)), 0, 1)
    return Band(_mix(base, grain, weight), scene.mask)


def _lively_piece(texture: Callable[[], Image], rng: np.random.Generator) -> Image:
    """Return a piece of a picture in which something is to be seen; after some tries, any piece."""
    for _ in range(_PIECES_TRIED):
        source = texture()
        rows, columns = source.shape[:2]
        share = rng.uniform(0.15, 1.0)
        tall, wide = max(8, int(rows * share)), max(8, int(columns * share))
        top, left = int(rng.integers(rows - tall + 1)), int(rng.integers(columns - wide + 1))
        piece = source[top : top + tall, left : left + wide]
        sparse = piece[:: max(1, tall // 24), :: max(1, wide // 24)]
        if sparse.std() >= _LEAST_LIVELINESS and (sparse.min(axis=2) > 240).mean() < 0.4:
            break
    return piece


def _mix(
    first: npt.NDArray[np.float32], second: npt.NDArray[np.float32], weight: npt.NDArray[np.float32]
) -> Image:
    """Return two colours mixed: the first where the weight is 0, the second where it is 1."""
    table = first + np.linspace(0, 1, 256)[:, None] * (second - first)
    index = (weight * 255).astype(np.uint8)
    return np.asarray(cv2.LUT(cv2.merge([index] * 3), clipped(table)[None]), dtype=np.uint8)


def _tiled(piece: Image, height: int, width: int, rng: np.random.Generator) -> Image:
    """Return the canvas filled with the piece again and again, mirrored at the joints."""
    side = int(rng.integers(16, max(17, min(height, width) // 2)))
    tile = cv2.resize(piece, (side, side), interpolation=cv2.INTER_AREA)
    return np.asarray(
        cv2.copyMakeBorder(tile, 0, max(0, height - side), 0, max(0, width - side), cv2.BORDER_REFLECT)[
            :height, :width
        ],
        dtype=np.uint8,
    )


def _graded(fill: Image, rng: np.random.Generator) -> Image:
    """Return the fill with another contrast, brightness or tint."""
    gain = rng.uniform(0.5, 1.4)
    offset = rng.uniform(-50, 50) + rng.normal(0, 15, 3)
    levels = np.arange(256)[:, None]
    return np.asarray(cv2.LUT(fill, clipped((levels - 128) * gain + 128 + offset)[None]), dtype=np.uint8)
