"""A screen with something on it, and a television or a monitor around it."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.datasets.drawing.negatives.props import Props, reflected
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products.canvas import (
    Box,
    Sprite,
    fill_polygon,
    fill_rounded,
    over,
    polygon_mask,
    rounded_rectangle,
    sprite_of,
)
from framejudge.datasets.drawing.products.colours import (
    Colour,
    any_colour,
    chance,
    contrasting,
    dark_colour,
    light_colour,
    metal_colour,
    scaled,
)
from framejudge.datasets.drawing.products.lettering import any_font, word, write
from framejudge.datasets.drawing.products.surfaces import panel


def shell_colour(rng: np.random.Generator) -> Colour:
    """Draw the colour of a bezel: black for the most part, else white, silver or bright."""
    pick = rng.random()
    if pick < 0.55:
        return dark_colour(rng)
    if pick < 0.72:
        return light_colour(rng)
    return metal_colour(rng) if pick < 0.88 else any_colour(rng)


def insert_screen(
    rng: np.random.Generator, props: Props, body: npt.NDArray[np.uint8], box: Box, radius: float = 0.0
) -> None:
    """Show something on the screen at ``box`` of the body, in place."""
    left, top, right, bottom = (round(edge) for edge in box)
    if right - left < 4 or bottom - top < 4:
        return
    shown = props.screen(rng, bottom - top, right - left)
    if chance(rng, 0.15):
        shown = reflected(rng, shown)
    if radius > 1:
        mask = polygon_mask(
            bottom - top, right - left, rounded_rectangle(0, 0, right - left, bottom - top, radius)
        )
        shown = over(np.ascontiguousarray(body[top:bottom, left:right]), shown, mask)
    body[top:bottom, left:right] = shown
    if radius <= 1 and chance(rng, 0.3):
        cv2.rectangle(body, (left, top), (right - 1, bottom - 1), scaled(dark_colour(rng), 0.6), 1)


def television_sprite(
    rng: np.random.Generator, props: Props, side: int, *, aspect: float, stand: bool
) -> Sprite:
    """Return a flat screen with its bezel, and with its stand or feet."""
    width, height = side, round(side / aspect)
    foot = round(height * rng.uniform(0.06, 0.3)) if stand else 0
    rows = height + foot
    mask = np.zeros((rows, width), np.uint8)
    shell = shell_colour(rng)
    body = panel(rng, rows, width, shell)
    radius = width * rng.choice((0.0, rng.uniform(0.004, 0.02)))
    fill_rounded(mask, (0, 0, width, height), radius, 255)
    bezel = width * rng.uniform(0.004, 0.035)
    chin = height * rng.uniform(0.0, 0.12) if chance(rng, 0.65) else bezel
    insert_screen(rng, props, body, (bezel, bezel, width - bezel, height - max(chin, bezel)))
    if chin > 6:
        ink = contrasting(rng, shell)
        if chance(rng, 0.7):
            write(
                body,
                word(rng),
                (width * 0.44, height - chin * 0.8, width * 0.56, height - chin * 0.2),
                ink,
                any_font(rng),
            )
        if chance(rng, 0.4):
            cv2.circle(
                body,
                (int(width * rng.uniform(0.8, 0.97)), int(height - chin / 2)),
                max(1, width // 150),
                any_colour(rng),
                -1,
                cv2.LINE_AA,
            )
    if foot:
        _stand(rng, mask, body, height, shell)
    return sprite_of(body, mask)


def _stand(
    rng: np.random.Generator, mask: npt.NDArray[np.uint8], body: Image, top: int, shell: Colour
) -> None:
    """Draw a foot below the screen, in place."""
    rows, width = mask.shape
    colour = shell if chance(rng, 0.5) else metal_colour(rng)
    parts: list[npt.NDArray[np.float64]] = []
    if chance(rng, 0.35):
        splay = width * rng.uniform(0.02, 0.06)
        thick = max(2.0, width * rng.uniform(0.006, 0.02))
        inset = width * rng.uniform(0.05, 0.25)
        for x, lean in ((inset, -splay), (inset, splay), (width - inset, -splay), (width - inset, splay)):
            parts.append(
                np.array([(x, top - 1), (x + thick, top - 1), (x + lean + thick, rows), (x + lean, rows)])
            )
    else:
        neck, base = width * rng.uniform(0.03, 0.1), width * rng.uniform(0.12, 0.3)
        plate = max(2.0, (rows - top) * rng.uniform(0.1, 0.4))
        middle = width / 2
        parts.append(
            np.array(
                [
                    (middle - neck, top - 1),
                    (middle + neck, top - 1),
                    (middle + neck * 1.2, rows),
                    (middle - neck * 1.2, rows),
                ]
            )
        )
        parts.append(
            np.array(
                [
                    (middle - base * 0.9, rows - plate),
                    (middle + base * 0.9, rows - plate),
                    (middle + base, rows),
                    (middle - base, rows),
                ]
            )
        )
    body[top:] = colour
    for index, part in enumerate(parts):
        fill_polygon(mask, part, 255)
        fill_polygon(body, np.clip(part, (0, top), (width, rows)), scaled(colour, 1.0 - 0.12 * (index % 2)))
