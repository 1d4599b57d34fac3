"""Pictures of devices, alone, in pairs or on a coloured ground."""

from __future__ import annotations

import numpy as np

from framejudge.datasets.drawing.negatives.devices.computers import keys_image, laptop_sprite, tablet_sprite
from framejudge.datasets.drawing.negatives.devices.phones import phone_sprite
from framejudge.datasets.drawing.negatives.devices.screens import shell_colour, television_sprite
from framejudge.datasets.drawing.negatives.props import Props, wall
from framejudge.datasets.drawing.negatives.registry import negative
from framejudge.datasets.drawing.negatives.staging import Pose, stage
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products.backgrounds import coloured_background
from framejudge.datasets.drawing.products.canvas import (
    Sprite,
    polygon_mask,
    quarter_turned,
    rounded_rectangle,
    sprite_of,
)
from framejudge.datasets.drawing.products.colours import chance, scaled
from framejudge.datasets.drawing.products.surfaces import panel


def _in_pairs(
    rng: np.random.Generator, one: Sprite, other: Sprite | None, size: int, pose: Pose | None = None
) -> Image:
    return stage(rng, [one] if other is None else [one, other], size, pose)


@negative("devices")
def television(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A television, from wall to wall of the picture."""
    stand = chance(rng, 0.8)
    sprite = television_sprite(rng, props, size, aspect=rng.uniform(1.5, 1.9), stand=stand)
    if stand:
        return stage(rng, [sprite], size, Pose(straight_share=0.75, cut_share=0.0))
    # Without its stand an even bezel around a picture is left: it hangs on a wall, turned, with a shadow.
    pose = Pose(straight_share=0.2, least_margin=0.05, cut_share=0.0, shadow=True)
    return stage(rng, [sprite], size, pose, wall)


@negative("devices")
def monitor(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A computer's monitor, curved or flat, alone or two of them."""
    aspect = rng.choice((1.25, 1.33, 1.6, 1.78, 2.3))
    first = television_sprite(rng, props, size, aspect=float(aspect), stand=True)
    second = (
        television_sprite(rng, props, size, aspect=float(aspect), stand=True) if chance(rng, 0.15) else None
    )
    return _in_pairs(rng, first, second, size, Pose(cut_share=0.0))


def turned_quarter(rng: np.random.Generator, sprite: Sprite, share: float) -> Sprite:
    """Return the sprite lying on its side in this share of cases."""
    return quarter_turned(sprite) if chance(rng, share) else sprite


@negative("devices")
def phone(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A phone that fills the picture, upright or lying."""
    return stage(
        rng, [turned_quarter(rng, phone_sprite(rng, props, size), 0.2)], size, Pose(straight_share=0.7)
    )


@negative("devices")
def two_phones(rng: np.random.Generator, props: Props, size: int) -> Image:
    """Two or three phones, or one seen from both sides."""
    sprites = [phone_sprite(rng, props, round(size * 0.9)) for _ in range(int(rng.integers(2, 4)))]
    return stage(rng, sprites, size, Pose(straight_share=0.7))


@negative("devices")
def tablet(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A tablet or two, upright or lying."""
    first = turned_quarter(rng, tablet_sprite(rng, props, size), 0.4)
    second = turned_quarter(rng, tablet_sprite(rng, props, size), 0.4) if chance(rng, 0.15) else None
    # The corners are little rounded: without a sliver of background a tablet is too close to a frame.
    return _in_pairs(rng, first, second, size, Pose(least_margin=0.012, straight_share=0.65, cut_share=0.05))


@negative("devices")
def laptop(rng: np.random.Generator, props: Props, size: int) -> Image:
    """An open laptop from the front."""
    return stage(rng, [laptop_sprite(rng, props, size)], size, Pose(straight_share=0.75, cut_share=0.0))


@negative("devices")
def keyboard(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A keyboard, calculator or remote control."""
    width, height = size, round(size * rng.uniform(0.28, 0.6))
    shell = shell_colour(rng)
    body = panel(rng, height, width, shell)
    rim = round(height * rng.uniform(0.02, 0.12))
    head = round(height * rng.choice((0.0, rng.uniform(0.05, 0.3)))) + rim
    body[head : height - rim, rim : width - rim] = keys_image(
        rng, height - rim - head, width - 2 * rim, scaled(shell, 0.92)
    )
    mask = polygon_mask(
        height, width, rounded_rectangle(0, 0, width, height, height * rng.uniform(0.02, 0.15))
    )
    return stage(rng, [turned_quarter(rng, sprite_of(body, mask), 0.2)], size)


@negative("coloured_grounds")
def device_on_colour(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A phone, tablet, laptop or television on a coloured ground, as promotions show it."""
    pick = rng.random()
    straight = 0.75
    if pick < 0.4:
        sprite = turned_quarter(rng, phone_sprite(rng, props, size), 0.2)
    elif pick < 0.55:
        # Straight on an even ground, a tablet cannot be told from a picture with two rims.
        sprite, straight = turned_quarter(rng, tablet_sprite(rng, props, size), 0.4), 0.0
    elif pick < 0.8:
        sprite = laptop_sprite(rng, props, size)
    else:
        sprite = television_sprite(rng, props, size, aspect=rng.uniform(1.3, 1.9), stand=True)
    pose = Pose(straight_share=straight, cut_share=0.0)
    return stage(rng, [sprite], size, pose, coloured_background)
