"""Bands cut from textures: tiles repeated and photographs of surfaces, as mats, bars and strips."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from framejudge.datasets.drawing.assets import Assets
from framejudge.datasets.drawing.frames.colours import random_colour
from framejudge.datasets.drawing.frames.layout import Layout, Limits, random_layout
from framejudge.datasets.drawing.hands.hand import Composed, can_be_seen, covering
from framejudge.datasets.drawing.hands.layering import lay_over, pasted_again, worn
from framejudge.datasets.drawing.picture import Image

_LIMITS = Limits(thinnest=0.02, thickest=0.24, inset=0.1)


@dataclass(frozen=True, slots=True)
class TextureHand:
    """Bands made of the textures of a library."""

    assets: Assets

    def frame(self, ground: Image, rng: np.random.Generator) -> Composed | None:
        """Return the picture with a textured band; None where it does not stand out."""
        height, width = ground.shape[:2]
        layout = random_layout(rng, height, width, _LIMITS)
        piece = self.assets.random("textures", rng)
        fill = textured(self.assets.pixels(piece)[..., :3], height, width, rng)
        opacity = layout.mask()
        made = lay_over(placed(ground, layout, rng), fill, opacity, rng)
        if rng.random() < 0.3:
            made = _lined(made, layout, rng)
        composed = Composed(
            made,
            "textured band",
            piece.source,
            layout.content,
            min(t for t in layout.band if t),
            square=not layout.radius,
        )
        return composed if can_be_seen(composed) else None

    def leave_plain(self, ground: Image, rng: np.random.Generator) -> Composed:
        """Return the picture with a seam and no frame, or as it is."""
        if rng.random() < 0.4:
            return Composed(pasted_again(ground, rng), "seam without a frame")
        return Composed(worn(ground, rng), "as it is")


def textured(texture: Image, height: int, width: int, rng: np.random.Generator) -> Image:
    """Return a canvas full of a texture: tiled where it is small, else one piece of it."""
    scale = rng.uniform(0.5, 1.4)
    tall, wide = (max(8, round(each * scale)) for each in texture.shape[:2])
    tile = np.asarray(cv2.resize(texture, (wide, tall), interpolation=cv2.INTER_AREA), dtype=np.uint8)
    if min(tall, wide) > 0.7 * max(height, width) and rng.random() < 0.7:
        return covering(tile, width, height)
    repeats = (-(-height // tall), -(-width // wide), 1)
    return np.ascontiguousarray(np.tile(tile, repeats)[:height, :width])


def placed(ground: Image, layout: Layout, rng: np.random.Generator) -> Image:
    """Return the picture as it is, or shrunk into the layout's content."""
    if rng.random() < 0.4:
        return ground
    canvas = ground.copy()
    box = layout.content
    canvas[box.top : box.bottom, box.left : box.right] = covering(ground, box.width, box.height)
    return canvas


def _lined(image: Image, layout: Layout, rng: np.random.Generator) -> Image:
    """Return the picture with a line or a shadow along the band's inner edge, on the band."""
    image = image.copy()
    box, colour = layout.content, tuple(int(each) for each in random_colour(rng))
    line = max(1, min(each for each in layout.band if each) // 4)
    far = max(layout.height, layout.width)
    left, top = (box.left - line if layout.band.left else -far), (box.top - line if layout.band.top else -far)
    right = box.right - 1 + line if layout.band.right else layout.width + far
    bottom = box.bottom - 1 + line if layout.band.bottom else layout.height + far
    for turn in range(line):
        cv2.rectangle(image, (left + turn, top + turn), (right - turn, bottom - turn), colour, 1)
    return image
