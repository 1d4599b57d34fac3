"""Clothes, shoes, bags, and people in clothes."""

from __future__ import annotations

import cv2
import numpy as np

from framejudge.datasets.drawing.products.canvas import (
    Sprite,
    fill_polygon,
    lit,
    over,
    parts,
    polygon_mask,
    solid,
    sprite_of,
)
from framejudge.datasets.drawing.products.colours import (
    any_colour,
    chance,
    colour_at,
    metal_colour,
    mixed,
    scaled,
)
from framejudge.datasets.drawing.products.lettering import logo
from framejudge.datasets.drawing.products.shading import rounded_light
from framejudge.datasets.drawing.products.silhouettes.outlines import Points, make_body, mirrored, smooth
from framejudge.datasets.drawing.products.surfaces import covered, noise


def shirt(rng: np.random.Generator, side: int) -> Sprite:
    """A shirt, jumper, coat or dress, laid flat."""
    shoulder, waist = rng.uniform(0.17, 0.24), rng.uniform(0.15, 0.26)
    hem, sleeve = rng.uniform(0.72, 0.95), rng.uniform(0.3, 0.75)
    flare = waist * rng.uniform(0.9, 1.8)
    collar = rng.uniform(0.05, 0.1)
    half = [
        (collar, 0.1),
        (shoulder, 0.14),
        (shoulder + 0.24 * sleeve + 0.03, 0.14 + sleeve * 0.6),
        (shoulder + 0.24 * sleeve - 0.06, 0.17 + sleeve * 0.62),
        (waist + 0.01, 0.32),
        (waist, 0.5),
        (flare, hem),
    ]
    points = np.array(half) * side
    points[:, 0] += side / 2
    outline = mirrored(points, side / 2)
    sprite = _garment(rng, side, outline if chance(rng, 0.4) else smooth(outline, 5))
    image, mask = parts(sprite)
    middle = side // 2
    trim = scaled(colour_at(image, side // 2, middle), rng.choice((0.6, 1.3)))
    cv2.ellipse(
        image,
        (middle, int(side * 0.1)),
        (int(collar * side), int(side * rng.uniform(0.03, 0.12))),
        0,
        0,
        180,
        trim,
        int(rng.choice((-1, 2, 4))),
        cv2.LINE_AA,
    )
    if chance(rng, 0.35):
        cv2.line(
            image,
            (middle, int(side * 0.12)),
            (middle, int(hem * side)),
            trim,
            max(1, side // 120),
            cv2.LINE_AA,
        )
    if chance(rng, 0.35):
        logo(
            rng,
            image,
            side * rng.uniform(0.42, 0.58),
            side * rng.uniform(0.3, 0.5),
            side * rng.uniform(0.03, 0.12),
            any_colour(rng),
        )
    return sprite_of(image, mask)


def _garment(rng: np.random.Generator, side: int, outline: Points) -> Sprite:
    mask = polygon_mask(side, side, outline)
    image = covered(rng, side, side) if chance(rng, 0.5) else solid(side, side, any_colour(rng))
    folds = noise(rng, side, side, rng.uniform(5, 16), rng.choice((0.15, 0.5, 1.0)))
    image = lit(image, rounded_light(rng, mask) * (1 + folds * np.float32(rng.uniform(0.02, 0.14))))
    return sprite_of(image, mask)


def trousers(rng: np.random.Generator, side: int) -> Sprite:
    """Trousers or shorts."""
    waist, length = rng.uniform(0.12, 0.2), rng.uniform(0.5, 0.95)
    ankle, gap = rng.uniform(0.06, 0.15), rng.uniform(0.01, 0.09)
    half = [
        (0.0, 0.06),
        (waist, 0.06),
        (waist + 0.04, 0.3),
        (gap + ankle + 0.02, length),
        (gap, length),
        (0.01, 0.34),
    ]
    points = np.array(half) * side
    points[:, 0] += side / 2
    return _garment(rng, side, mirrored(points, side / 2))


def shoe(rng: np.random.Generator, side: int) -> Sprite:
    """A shoe from its side: trainer, boot or pump."""
    shaft = rng.uniform(0.2, 0.5)
    heel = rng.choice((0.0, rng.uniform(0.0, 0.2)))
    upper = (
        np.array(
            [
                (0.08, 0.72 - heel),
                (0.1, shaft + 0.05),
                (0.2, shaft),
                (0.4, shaft + 0.04),
                (0.55, 0.5 + shaft * 0.1),
                (0.85, 0.58),
                (0.95, 0.68),
                (0.94, 0.76),
                (0.5, 0.76),
                (0.3, 0.76 - heel * 0.6),
            ]
        )
        * side
    )
    sprite = make_body(rng, side, smooth(upper, 5))
    image, mask = parts(sprite)
    sole = (
        np.array(
            [
                (0.07, 0.72 - heel),
                (0.3, 0.74 - heel * 0.6),
                (0.5, 0.745),
                (0.95, 0.74),
                (0.95, 0.8),
                (0.5, 0.8),
                (0.28, 0.8 - heel * 0.6),
                (0.14, 0.76 - heel),
                (0.13, 0.8),
                (0.07, 0.8),
            ]
        )
        * side
    )
    colour = any_colour(rng)
    fill_polygon(image, sole, colour)
    mask = np.maximum(mask, polygon_mask(side, side, sole))
    for index in range(int(rng.integers(0, 6))):
        at = np.array((0.42 + 0.05 * index, shaft + 0.06 + 0.04 * index)) * side
        cv2.line(
            image,
            (int(at[0]), int(at[1])),
            (int(at[0] + side * 0.06), int(at[1] - side * 0.04)),
            colour,
            2,
            cv2.LINE_AA,
        )
    return sprite_of(image, mask)


def bag(rng: np.random.Generator, side: int) -> Sprite:
    """A handbag, backpack or basket."""
    top, bottom = rng.uniform(0.3, 0.5), rng.uniform(0.8, 0.95)
    upper, lower = rng.uniform(0.22, 0.42), rng.uniform(0.28, 0.45)
    corners = (
        np.array([(0.5 - upper, top), (0.5 + upper, top), (0.5 + lower, bottom), (0.5 - lower, bottom)])
        * side
    )
    points = corners if chance(rng, 0.4) else smooth(corners, 12)
    sprite = make_body(rng, side, points)
    image, mask = parts(sprite)
    strap = np.zeros_like(mask)
    cv2.ellipse(
        strap,
        (side // 2, int(top * side)),
        (int(upper * side * rng.uniform(0.4, 0.9)), int(side * rng.uniform(0.1, top - 0.03))),
        0,
        180,
        360,
        255,
        max(2, int(side * rng.uniform(0.01, 0.05))),
        cv2.LINE_AA,
    )
    image = over(image, scaled(any_colour(rng), 0.8), strap)
    seam = any_colour(rng)
    cv2.line(
        image,
        (int(side * 0.1), int(side * (top + 0.15))),
        (int(side * 0.9), int(side * (top + 0.15))),
        seam,
        2,
        cv2.LINE_AA,
    )
    cv2.circle(
        image, (side // 2, int(side * (top + 0.15))), max(2, side // 40), metal_colour(rng), -1, cv2.LINE_AA
    )
    return sprite_of(image, np.maximum(mask, strap))


def person(rng: np.random.Generator, side: int) -> Sprite:
    """Somebody who wears the clothes that are for sale."""
    skin = mixed((245, 205, 175), (90, 55, 35), rng.random())
    upper = shirt(rng, side)
    image, mask = parts(upper)
    body = np.zeros((side * 3 // 2, side, 3), np.uint8)
    cover = np.zeros((side * 3 // 2, side), np.uint8)
    legs = trousers(rng, side)
    low = side // 2
    body[low:] = legs[..., :3]
    cover[low:] = legs[..., 3]
    high = int(side * 0.13)
    window = slice(high, high + side)
    body[window] = over(np.ascontiguousarray(body[window]), image, mask)
    cover[window] = np.maximum(cover[window], mask)
    neck, head = (side // 2, int(side * 0.2)), (side // 2, int(side * 0.11))
    for centre, axes, colour in (
        (neck, (int(side * 0.035), int(side * 0.08)), skin),
        (
            (head[0], head[1] - int(side * 0.015)),
            (int(side * 0.08), int(side * 0.095)),
            scaled(any_colour(rng), 0.4),
        ),
        (head, (int(side * 0.06), int(side * 0.085)), skin),
    ):
        cv2.ellipse(body, centre, axes, 0, 0, 360, colour, -1, cv2.LINE_AA)
        cv2.ellipse(cover, centre, axes, 0, 0, 360, 255, -1, cv2.LINE_AA)
    for hand in (0.16, 0.84):
        cv2.circle(body, (int(side * hand), int(side * 0.72)), max(1, side // 35), skin, -1, cv2.LINE_AA)
    return sprite_of(body, cover)
