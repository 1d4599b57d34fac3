"""A phone's front or back."""

from __future__ import annotations

import cv2
import numpy as np

from framejudge.datasets.drawing.negatives.devices.screens import insert_screen, shell_colour
from framejudge.datasets.drawing.negatives.props import Props
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products.canvas import (
    Box,
    Sprite,
    fill_rounded,
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
    metal_colour,
    scaled,
)
from framejudge.datasets.drawing.products.lettering import any_font, logo, word, write
from framejudge.datasets.drawing.products.surfaces import panel


def phone_sprite(rng: np.random.Generator, props: Props, side: int) -> Sprite:
    """Return a phone's front, or its back; upright."""
    aspect = rng.uniform(0.44, 0.62)
    ear = max(1, round(side * 0.012))
    height, width = side, round(side * aspect)
    full = width + 2 * ear
    shell = shell_colour(rng)
    rim = metal_colour(rng) if chance(rng, 0.5) else scaled(shell, rng.uniform(0.6, 1.4))
    body = panel(rng, height, full, rim)
    radius = width * rng.uniform(0.06, 0.2)
    mask = polygon_mask(height, full, rounded_rectangle(ear, 0, ear + width, height, radius))
    for _ in range(int(rng.integers(0, 4))):
        y = height * rng.uniform(0.12, 0.4)
        x = 0.0 if chance(rng, 0.5) else float(full - ear - 1)
        fill_rounded(mask, (x, y, x + ear + 1, y + height * rng.uniform(0.03, 0.12)), 1, 255)
    edge = max(1.0, width * rng.uniform(0.008, 0.03))
    face = (ear + edge, edge, ear + width - edge, height - edge)
    fill_rounded(body, face, radius - edge, shell)
    if chance(rng, 0.16):
        _phone_back(rng, body, face, any_colour(rng) if chance(rng, 0.7) else shell)
    else:
        _phone_front(rng, props, body, face, radius - edge, shell)
    return sprite_of(body, mask)


def _phone_back(rng: np.random.Generator, body: Image, face: Box, colour: Colour) -> None:
    left, top, right, bottom = face
    width = right - left
    fill_rounded(body, face, width * 0.12, colour)
    island = (
        left + width * 0.06,
        top + width * 0.06,
        left + width * rng.uniform(0.3, 0.55),
        top + width * rng.uniform(0.3, 0.6),
    )
    fill_rounded(body, island, width * 0.08, scaled(colour, rng.uniform(0.7, 1.2)))
    for index in range(int(rng.integers(1, 4))):
        spot = (int(island[0] + width * 0.12), int(island[1] + width * (0.1 + 0.17 * index)))
        cv2.circle(body, spot, max(1, int(width * 0.07)), dark_colour(rng), -1, cv2.LINE_AA)
    logo(
        rng,
        body,
        (left + right) / 2,
        (top + bottom) / 2,
        width * rng.uniform(0.06, 0.12),
        contrasting(rng, colour),
    )


def _phone_front(
    rng: np.random.Generator, props: Props, body: Image, face: Box, radius: float, shell: Colour
) -> None:
    ink = contrasting(rng, shell)
    if chance(rng, 0.5):
        _draw_edge_to_edge(rng, props, body, face, radius, shell, ink)
    else:
        _draw_with_bezels(rng, props, body, face, ink)


def _draw_edge_to_edge(
    rng: np.random.Generator,
    props: Props,
    body: Image,
    face: Box,
    radius: float,
    shell: Colour,
    ink: Colour,
) -> None:
    """Draw a front of 2017 or later, in place: nearly all screen, with a notch or a hole for the camera."""
    left, top, right, bottom = face
    width = right - left
    bezel = width * rng.uniform(0.0, 0.05)
    screen = (left + bezel, top + bezel, right - bezel, bottom - bezel * rng.uniform(1, 2.5))
    insert_screen(rng, props, body, screen, max(2.0, radius - bezel))
    middle = (left + right) / 2
    pick = rng.random()
    if pick < 0.35:
        wide = width * rng.uniform(0.15, 0.28)
        fill_rounded(
            body, (middle - wide, top, middle + wide, top + bezel + width * 0.07), width * 0.05, shell
        )
    elif pick < 0.7:
        wide = width * rng.choice((0.02, 0.12))
        y = top + bezel + width * 0.05
        fill_rounded(
            body,
            (middle - wide - width * 0.02, y, middle + wide + width * 0.02, y + width * 0.06),
            width * 0.03,
            (8, 8, 8),
        )
    if chance(rng, 0.5):
        fill_rounded(
            body,
            (
                middle - width * 0.17,
                screen[3] - width * 0.045,
                middle + width * 0.17,
                screen[3] - width * 0.03,
            ),
            1,
            ink,
        )


def _draw_with_bezels(rng: np.random.Generator, props: Props, body: Image, face: Box, ink: Colour) -> None:
    """Draw an older front, in place: a slot above the screen, a button or a name below."""
    left, top, right, bottom = face
    width = right - left
    forehead, chin, bezel = (
        width * rng.uniform(0.12, 0.32),
        width * rng.uniform(0.1, 0.34),
        width * rng.uniform(0.02, 0.08),
    )
    insert_screen(rng, props, body, (left + bezel, top + forehead, right - bezel, bottom - chin))
    middle = (left + right) / 2
    fill_rounded(
        body,
        (
            middle - width * 0.09,
            top + forehead * 0.45,
            middle + width * 0.09,
            top + forehead * 0.45 + max(2, width * 0.02),
        ),
        2,
        ink,
    )
    if chance(rng, 0.7):
        cv2.circle(
            body,
            (int(middle - width * 0.18), int(top + forehead * 0.5)),
            max(1, int(width * 0.018)),
            scaled(ink, 0.5),
            -1,
            cv2.LINE_AA,
        )
    button = rng.random()
    centre = (int(middle), int(bottom - chin / 2))
    if button < 0.45:
        cv2.circle(
            body, centre, max(2, int(chin * 0.32)), scaled(ink, 0.7), max(1, int(width * 0.012)), cv2.LINE_AA
        )
    elif button < 0.75:
        half = chin * 0.2
        fill_rounded(
            body,
            (middle - half * 2.2, centre[1] - half, middle + half * 2.2, centre[1] + half),
            half * 0.8,
            scaled(ink, 0.6),
        )
    else:
        write(
            body,
            word(rng),
            (middle - width * 0.2, bottom - chin * 0.7, middle + width * 0.2, bottom - chin * 0.3),
            ink,
            any_font(rng),
        )
