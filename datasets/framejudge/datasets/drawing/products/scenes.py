"""A product in its surroundings, as a shop's thumbnail shows it."""

from __future__ import annotations

import cv2
import numpy as np

from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products.backgrounds import background, clutter, table
from framejudge.datasets.drawing.products.canvas import (
    Mask,
    Sprite,
    blurred,
    faded,
    laid,
    lit,
    over,
    project,
    quadrangle,
    shifted,
    turned,
)
from framejudge.datasets.drawing.products.colours import BLACK, chance
from framejudge.datasets.drawing.products.lettering import pill
from framejudge.datasets.drawing.products.silhouettes import draw_sprite
from framejudge.datasets.drawing.products.surfaces import clouds, grain

LOGO_SHARE = 0.08
SEVERAL_SHARE = 0.22
NO_PRODUCT_SHARE = 0.06


def thumbnail_size(rng: np.random.Generator, size: int) -> tuple[int, int]:
    """Draw height and width of a thumbnail whose longest side is ``size``: most are square."""
    pick = rng.random()
    if pick < 0.55:
        return size, size
    short = max(16, round(size * rng.uniform(0.6, 0.98)))
    return (size, short) if pick < 0.82 else (short, size)


def draw_product(rng: np.random.Generator, size: int) -> Image:
    """Return a plain picture of one or several products, drawn without any photo.

    Parameters
    ----------
    rng
        Everything is drawn from it: the same state gives the same picture.
    size
        Length of the longest side, pixels.

    Returns
    -------
    Image
        (H, W, 3) uint8 RGB.
    """
    height, width = thumbnail_size(rng, size)
    if chance(rng, NO_PRODUCT_SHARE):
        return clutter(rng, height, width) if chance(rng, 0.6) else table(rng, height, width)
    scene = background(rng, height, width)
    scene = _several(rng, scene) if chance(rng, SEVERAL_SHARE) else _one(rng, scene)
    if chance(rng, LOGO_SHARE):
        pill(rng, scene, height, width)
    return photographed(rng, scene)


def photographed(rng: np.random.Generator, image: Image) -> Image:
    """Return the image as a camera may give it: uneven light, blur, grain, or nothing of it."""
    height, width = image.shape[:2]
    if chance(rng, 0.3):
        image = lit(image, 1 + clouds(rng, height, width, 2.5, 2) * np.float32(rng.uniform(0.01, 0.09)))
    if chance(rng, 0.15):
        image = blurred(image, rng.uniform(0.6, 1.4))
    if chance(rng, 0.3):
        image = grain(rng, image, rng.uniform(1, 7))
    return image


def _one(rng: np.random.Generator, scene: Image) -> Image:
    height, width = scene.shape[:2]
    pick = rng.random()
    if pick < 0.62:
        scale = rng.uniform(0.55, 0.97)
    elif pick < 0.8:
        scale = rng.uniform(0.2, 0.55)
    else:
        scale = rng.uniform(0.97, 1.7)
    loose = 0.04 if scale > 0.55 else 0.25
    centre = (width * (0.5 + rng.uniform(-loose, loose)), height * (0.5 + rng.uniform(-loose, loose)))
    if scale >= 0.97:
        centre = (width * rng.uniform(0.3, 0.7), height * rng.uniform(0.3, 0.7))
    sprite = draw_sprite(rng, round(min(max(height, width) * scale, max(height, width) * 1.1)))
    return placed(rng, scene, sprite, centre, scale)


def _several(rng: np.random.Generator, scene: Image) -> Image:
    height, width = scene.shape[:2]
    count = int(rng.integers(2, 7))
    columns = count if chance(rng, 0.4) else -(-count // 2)
    rows = -(-count // columns)
    side = round(1.2 * max(height, width) / max(columns, rows))
    same = draw_sprite(rng, side) if chance(rng, 0.5) else None
    for index in range(count):
        sprite = same if same is not None else draw_sprite(rng, side)
        centre = (width * (index % columns + 0.5) / columns, height * (index // columns + 0.5) / rows)
        wander = rng.uniform(-0.06, 0.06, 2)
        spot = (centre[0] + wander[0] * width, centre[1] + wander[1] * height)
        scene = placed(rng, scene, sprite, spot, rng.uniform(0.6, 1.15) / max(columns, rows))
    return scene


def placed(
    rng: np.random.Generator, scene: Image, sprite: Sprite, centre: tuple[float, float], scale: float
) -> Image:
    """Return the scene with the sprite at the centre, ``scale`` of what fits, with some shadow."""
    height, width = scene.shape[:2]
    factor = min(width / sprite.shape[1], height / sprite.shape[0]) * scale
    half = np.array((sprite.shape[1] * factor / 2, sprite.shape[0] * factor / 2))
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], np.float64) * half
    if chance(rng, 0.35):
        turn = np.radians(rng.uniform(-25, 25) if chance(rng, 0.8) else rng.uniform(-180, 180))
        corners = turned(corners, turn)
    if chance(rng, 0.5):
        corners[:, 0] *= -1
    pixels, mask = project(sprite, quadrangle(sprite, corners + centre), height, width)
    return laid(shadowed(rng, scene, mask), pixels, mask)


def stood(
    rng: np.random.Generator, scene: Image, sprite: Sprite, foot: tuple[float, float], tall: float
) -> Image:
    """Return the scene with the sprite upright, its foot at ``foot``, at most ``tall`` pixels high."""
    height, width = scene.shape[:2]
    factor = min(tall / sprite.shape[0], 0.95 * width / sprite.shape[1])
    half = sprite.shape[1] * factor / 2
    left, right = (half, -half) if chance(rng, 0.5) else (-half, half)
    top = -sprite.shape[0] * factor
    corners = np.array([(left, top), (right, top), (right, 0), (left, 0)]) + foot
    pixels, mask = project(sprite, quadrangle(sprite, corners), height, width)
    return laid(shadowed(rng, scene, mask), pixels, mask)


def shadowed(rng: np.random.Generator, scene: Image, mask: Mask) -> Image:
    """Return the scene with the shadow that a thing with this outline throws on it, or without."""
    extent = max(mask.shape)
    pick = rng.random()
    if pick < 0.35:
        return scene
    strength = rng.uniform(0.1, 0.6)
    if pick < 0.7:
        shadow = shifted(mask, extent * rng.uniform(-0.03, 0.03), extent * rng.uniform(0, 0.04))
        return over(scene, BLACK, faded(blurred(shadow, extent * rng.uniform(0.004, 0.04)), strength))
    left, top, wide, tall = cv2.boundingRect(mask)
    shadow = np.zeros_like(mask)
    axes = (max(1, int(wide * rng.uniform(0.35, 0.55))), max(1, int(tall * rng.uniform(0.02, 0.08))))
    cv2.ellipse(shadow, (left + wide // 2, top + tall - axes[1] // 2), axes, 0, 0, 360, 255, -1)
    return over(scene, BLACK, faded(blurred(shadow, extent * rng.uniform(0.004, 0.03)), strength))
