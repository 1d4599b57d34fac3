"""Bottles, cans and cups."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.datasets.drawing.products.canvas import Sprite, fill_polygon, lit, polygon_mask, sprite_of
from framejudge.datasets.drawing.products.colours import (
    WHITE,
    any_colour,
    chance,
    contrasting,
    metal_colour,
    scaled,
)
from framejudge.datasets.drawing.products.lettering import any_font, logo, word, write, write_lines
from framejudge.datasets.drawing.products.shading import turned_light
from framejudge.datasets.drawing.products.silhouettes.outlines import mirrored
from framejudge.datasets.drawing.products.surfaces import covered


def bottle(rng: np.random.Generator, side: int) -> Sprite:
    """A bottle, jar, tube or vase with cap and label."""
    centre, widest = side / 2, side * rng.uniform(0.12, 0.4)
    neck, shoulder = widest * rng.uniform(0.2, 1.0), rng.uniform(0.15, 0.5)
    foot = widest * rng.uniform(0.6, 1.0)
    profile = np.array(
        [
            (neck, 0.05),
            (neck, shoulder * 0.6),
            (widest, shoulder),
            (widest * rng.uniform(0.8, 1), 0.8),
            (foot, 0.95),
        ]
    )
    half = np.column_stack((centre + profile[:, 0], profile[:, 1] * side))
    if chance(rng, 0.6):
        rows = np.linspace(half[0, 1], half[-1, 1], 40)
        half = np.column_stack((np.interp(rows, half[:, 1], half[:, 0]), rows))
        half[:, 0] = cv2.GaussianBlur(half[:, :1], (1, 9), 0)[:, 0] if chance(rng, 0.7) else half[:, 0]
    mask = polygon_mask(side, side, mirrored(half, centre))
    image = covered(rng, side, side)
    left, right = int(centre - widest), int(centre + widest) + 1
    cap = any_colour(rng)
    cap_bottom = side * (0.05 + shoulder * rng.uniform(0.15, 0.7))
    cv2.rectangle(image, (0, 0), (side, int(cap_bottom)), cap, -1)
    if chance(rng, 0.75):
        print_label(
            rng, image, (left, side * rng.uniform(shoulder, 0.6), right, side * rng.uniform(0.65, 0.92))
        )
    image[:, left:right] = lit(
        np.ascontiguousarray(image[:, left:right]), turned_light(rng, side, right - left)
    )
    return sprite_of(image, mask)


def print_label(
    rng: np.random.Generator, image: npt.NDArray[np.uint8], box: tuple[float, float, float, float]
) -> None:
    """Print a label into the box, in place."""
    left, top, right, bottom = box
    if bottom - top < 6:
        return
    paper = any_colour(rng) if chance(rng, 0.6) else WHITE
    inset = (right - left) * rng.choice((0.0, rng.uniform(0, 0.25)))
    cv2.rectangle(image, (int(left + inset), int(top)), (int(right - inset), int(bottom)), paper, -1)
    ink = contrasting(rng, paper)
    middle = top + (bottom - top) * rng.uniform(0.3, 0.6)
    write(image, word(rng), (left + inset + 3, top + 2, right - inset - 3, middle), ink, any_font(rng))
    if chance(rng, 0.7):
        write_lines(
            rng,
            image,
            (left + inset + 4, middle + 2, right - inset - 4, bottom - 2),
            ink,
            int(rng.integers(1, 5)),
        )


def can(rng: np.random.Generator, side: int) -> Sprite:
    """A tin, a candle, a roll, a jar: an upright cylinder seen from above a little."""
    half, top = int(side * rng.uniform(0.15, 0.42)), int(side * rng.uniform(0.1, 0.35))
    bottom = int(side * rng.uniform(0.75, 0.92))
    lid = max(2, int(half * rng.uniform(0.1, 0.45)))
    mask = np.zeros((side, side), np.uint8)
    cv2.rectangle(mask, (side // 2 - half, top), (side // 2 + half, bottom), 255, -1)
    cv2.ellipse(mask, (side // 2, bottom), (half, lid), 0, 0, 360, 255, -1, cv2.LINE_AA)
    cv2.ellipse(mask, (side // 2, top), (half, lid), 0, 0, 360, 255, -1, cv2.LINE_AA)
    image = covered(rng, side, side)
    if chance(rng, 0.6):
        print_label(rng, image, (side // 2 - half, top + lid * 2, side // 2 + half, bottom - lid))
    band = slice(side // 2 - half, side // 2 + half + 1)
    image[:, band] = lit(np.ascontiguousarray(image[:, band]), turned_light(rng, side, 2 * half + 1))
    cv2.ellipse(image, (side // 2, top), (half, lid), 0, 0, 360, metal_colour(rng), -1, cv2.LINE_AA)
    cv2.ellipse(
        image, (side // 2, top), (half, lid), 0, 0, 360, scaled(metal_colour(rng), 0.6), 1, cv2.LINE_AA
    )
    return sprite_of(image, mask)


def cup(rng: np.random.Generator, side: int) -> Sprite:
    """A mug, pot, jug or kettle: a body with a handle."""
    top, bottom = side * rng.uniform(0.15, 0.35), side * rng.uniform(0.7, 0.9)
    upper, lower = side * rng.uniform(0.2, 0.32), side * rng.uniform(0.14, 0.3)
    centre = side * 0.43
    outline = [
        (centre - upper, top),
        (centre + upper, top),
        (centre + lower, bottom),
        (centre - lower, bottom),
    ]
    mask = np.zeros((side, side), np.uint8)
    cv2.ellipse(
        mask,
        (int(centre + (upper + lower) / 2), int((top + bottom) / 2)),
        (int(side * rng.uniform(0.1, 0.2)), int((bottom - top) * rng.uniform(0.2, 0.35))),
        0,
        0,
        360,
        255,
        max(2, int(side * rng.uniform(0.02, 0.06))),
        cv2.LINE_AA,
    )
    fill_polygon(mask, outline, 255)
    cv2.ellipse(
        mask, (int(centre), int(bottom)), (int(lower), int(lower * 0.2)), 0, 0, 360, 255, -1, cv2.LINE_AA
    )
    image = lit(covered(rng, side, side), turned_light(rng, side, side))
    cv2.ellipse(
        image,
        (int(centre), int(top)),
        (int(upper), int(upper * 0.22)),
        0,
        0,
        360,
        scaled(any_colour(rng), 0.6),
        -1,
        cv2.LINE_AA,
    )
    cv2.ellipse(
        mask, (int(centre), int(top)), (int(upper), int(upper * 0.22)), 0, 0, 360, 255, -1, cv2.LINE_AA
    )
    if chance(rng, 0.4):
        logo(rng, image, centre, (top + bottom) / 2, side * rng.uniform(0.05, 0.12), any_colour(rng))
    return sprite_of(image, mask)
