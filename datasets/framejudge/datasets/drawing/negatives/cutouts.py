"""Scenes composed from cut-out devices, whose screens are filled, and cards. They need cut-outs."""

from __future__ import annotations

import cv2
import numpy as np

from framejudge.datasets.drawing.negatives.props import Props
from framejudge.datasets.drawing.negatives.registry import negative
from framejudge.datasets.drawing.negatives.staging import Pose, stage
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products.backgrounds import coloured_background
from framejudge.datasets.drawing.products.canvas import Sprite, over, parts, sprite_of
from framejudge.datasets.drawing.products.colours import chance

SCREEN_TOLERANCE = 3
"""Grey levels by which neighbours on an empty screen may differ."""


def empty_screen(sprite: Sprite) -> Image | None:
    """Return the coverage of the empty screen around the sprite's middle, None where there is none.

    An empty screen is a uniform or transparent patch, nearly a rectangle, of a good part of the device.
    """
    height, width = sprite.shape[:2]
    flat, opacity = parts(sprite)
    flat[opacity < 128] = (255, 0, 255)
    flood = np.zeros((height + 2, width + 2), np.uint8)
    tolerance = (SCREEN_TOLERANCE,) * 3
    flags = 4 | cv2.FLOODFILL_MASK_ONLY | (255 << 8)
    area, _, _, (left, top, wide, tall) = cv2.floodFill(
        flat, flood, (width // 2, height // 2), 0, tolerance, tolerance, flags
    )
    share = wide * tall / (width * height)
    if not 0.3 < share < 0.97 or area < 0.85 * wide * tall:
        return None
    mask = np.zeros((height, width), np.uint8)
    mask[top : top + tall, left : left + wide] = flood[1 + top : 1 + top + tall, 1 + left : 1 + left + wide]
    return mask


def filled(rng: np.random.Generator, props: Props, sprite: Sprite) -> Sprite:
    """Return the device with something on its screen."""
    mask = empty_screen(sprite)
    if mask is None:
        return sprite
    left, top, wide, tall = cv2.boundingRect(mask)
    shown = np.zeros((*sprite.shape[:2], 3), np.uint8)
    shown[top : top + tall, left : left + wide] = props.screen(rng, tall, wide)
    colour, opacity = parts(sprite)
    return sprite_of(over(colour, shown, mask), np.maximum(opacity, mask))


@negative("cutouts", needs="cutouts")
def device_cutout(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A device with a filled screen, as large as the picture."""
    return stage(
        rng,
        [filled(rng, props, props.cutout(rng, "devices"))],
        size,
        Pose(straight_share=0.75, cut_share=0.04),
    )


@negative("coloured_grounds", needs="cutouts")
def cutout_on_colour(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A device with a filled screen on a coloured ground, as promotions show it."""
    device = filled(rng, props, props.cutout(rng, "devices"))
    return stage(rng, [device], size, Pose(straight_share=0.75, cut_share=0.0), coloured_background)


@negative("cutouts", needs="cutouts")
def device_cutouts(rng: np.random.Generator, props: Props, size: int) -> Image:
    """Two or three devices."""
    count = 3 if chance(rng, 0.25) else 2
    return stage(rng, [filled(rng, props, props.cutout(rng, "devices")) for _ in range(count)], size)


@negative("cutouts", needs="cutouts")
def card_cutout(rng: np.random.Generator, props: Props, size: int) -> Image:
    """Playing cards, one or a few."""
    count = int(rng.choice((1, 1, 2, 3)))
    return stage(rng, [props.cutout(rng, "cards") for _ in range(count)], size, Pose(straight_share=0.55))
