"""Even bands: one colour, pale or close to the picture's own, a gradient, a colour one can see through."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.datasets.drawing.frames.colours import flat, near_colour, random_colour, random_palette
from framejudge.datasets.drawing.frames.layout import Limits
from framejudge.datasets.drawing.frames.registry import Band, Scene, style
from framejudge.datasets.drawing.picture import Image


@style("solid")
def solid(scene: Scene, rng: np.random.Generator) -> Band:
    """One colour."""
    return Band(flat(random_colour(rng), *scene.mask.shape), scene.mask)


@style("solid", limits=Limits(sides=((1, 0.1), (2, 0.2), (3, 0.1), (4, 0.6))))
def own_colour(scene: Scene, rng: np.random.Generator) -> Band:
    """One colour, close to the product's or the background's."""
    return Band(flat(near_colour(scene.image, rng), *scene.mask.shape), scene.mask)


@style("low_contrast", placement="into", on_white=True, limits=Limits(thinnest=0.012, inset=0.25))
def low_contrast(scene: Scene, rng: np.random.Generator) -> Band:
    """Pale grey, or a pale tint, on white."""
    level = rng.uniform(198, 232)
    tint = rng.normal(0, 5, 3) if rng.random() < 0.5 else np.zeros(3)
    colour = np.clip(level + tint, 185, 234).astype(np.uint8)
    return Band(flat(colour, *scene.mask.shape), scene.mask)


@style("gradient", limits=Limits(thinnest=0.013))
def gradient(scene: Scene, rng: np.random.Generator) -> Band:
    """Two or three colours that run into each other: across the band, along it, aslant or from a point."""
    height, width = scene.mask.shape
    columns = np.linspace(0, 1, width, dtype=np.float32)[None, :]
    rows = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    kind = rng.random()
    if kind < 0.3:
        position = np.minimum(scene.layout.depth(), 1)
    elif kind < 0.45:
        y, x = rng.random(2)
        position = np.hypot(columns - x, rows - y)
    else:
        angle = rng.uniform(0, 2 * np.pi) if rng.random() < 0.5 else rng.integers(4) * np.pi / 2
        position = columns * np.float32(np.cos(angle)) + rows * np.float32(np.sin(angle))
    return Band(_blend(position, random_palette(rng, int(rng.integers(2, 4)))), scene.mask)


@style(
    "translucent", held_out=True, placement="over", see_through=True, limits=Limits(thinnest=0.02, inset=0.25)
)
def translucent(scene: Scene, rng: np.random.Generator) -> Band:
    """One colour that the picture shines through, evenly or fading towards the inside."""
    opacity = rng.uniform(0.35, 0.78)
    alpha = scene.mask.astype(np.float32) * np.float32(opacity)
    if rng.random() < 0.25:
        alpha *= 1 - np.float32(rng.uniform(0.1, 0.5)) * np.clip(scene.layout.depth(), 0, 1)
    return Band(flat(random_colour(rng), *scene.mask.shape), alpha.astype(np.uint8))


def _blend(position: npt.NDArray[np.float32], colours: npt.NDArray[np.uint8]) -> Image:
    """Return the picture that the colours, evenly spaced over the range of positions, make."""
    low, high = float(position.min()), float(position.max())
    scaled = ((position - low) * (255 / max(high - low, 1e-6))).astype(np.uint8)
    stops = np.linspace(0, 255, len(colours))
    table = np.stack([np.interp(np.arange(256), stops, colours[:, channel]) for channel in range(3)], axis=1)
    return np.asarray(cv2.LUT(cv2.merge([scaled] * 3), table.astype(np.uint8)[None]), dtype=np.uint8)
