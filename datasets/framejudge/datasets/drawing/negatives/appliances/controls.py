"""What a machine's front is made of: its body, knobs, displays, buttons, handles, windows and feet."""

from __future__ import annotations

import cv2
import numpy as np

from framejudge.datasets.drawing.negatives.props import reflected
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products.canvas import Box, Mask, fill_rounded, lit, rounded_mask
from framejudge.datasets.drawing.products.colours import (
    Colour,
    any_colour,
    chance,
    contrasting,
    dark_colour,
    from_hsv,
    light_colour,
    metal_colour,
    scaled,
    shaded,
)
from framejudge.datasets.drawing.products.lettering import any_font, logo, word, write
from framejudge.datasets.drawing.products.surfaces import noise, panel


def shell_colour(rng: np.random.Generator) -> Colour:
    """Draw the colour of a machine: white, steel and black mostly; cream, pastel and bright ones."""
    pick = rng.random()
    if pick < 0.33:
        return scaled(light_colour(rng), 0.97)
    if pick < 0.55:
        return metal_colour(rng)
    return dark_colour(rng) if pick < 0.78 else any_colour(rng)


def make_body(
    rng: np.random.Generator, height: int, width: int, colour: Colour, radius: float
) -> tuple[Image, Mask]:
    """Return a plain, graded or brushed body and its coverage."""
    body = panel(rng, height, width, colour)
    if chance(rng, 0.2):
        body = lit(body, 1 + noise(rng, height, width, 60, rng.choice((0.02, 50.0))) * np.float32(0.03))
    return body, rounded_mask(height, width, (0, 0, width, height), radius)


def draw_knob(
    rng: np.random.Generator, body: Image, x: float, y: float, radius: float, colour: Colour
) -> None:
    """Draw a round knob with its mark and its scale, in place."""
    centre, reach = (round(x), round(y)), max(2, round(radius))
    turn = rng.uniform(0, 2 * np.pi)
    tip = (round(x + np.cos(turn) * radius * 0.85), round(y + np.sin(turn) * radius * 0.85))
    if reach > 4 and chance(rng, 0.6):
        for angle in np.linspace(0.75, 2.25, 9) * np.pi:
            spot = (round(x + np.cos(angle) * radius * 1.35), round(y + np.sin(angle) * radius * 1.35))
            cv2.circle(body, spot, max(1, reach // 12), shaded(colour), -1, cv2.LINE_AA)
    cv2.circle(body, (centre[0] + 1, centre[1] + max(1, reach // 6)), reach, (30, 30, 30), -1, cv2.LINE_AA)
    cv2.circle(body, centre, reach, scaled(colour, 0.75), -1, cv2.LINE_AA)
    cv2.circle(body, centre, max(1, round(radius * 0.8)), scaled(colour, 1.08), -1, cv2.LINE_AA)
    cv2.line(body, centre, tip, shaded(scaled(colour, 0.8)), max(1, reach // 5), cv2.LINE_AA)


def draw_display(rng: np.random.Generator, body: Image, box: Box) -> None:
    """Draw a dark display with a time or a number that glows, in place."""
    left, top, right, bottom = box
    fill_rounded(body, box, (bottom - top) * 0.12, scaled(dark_colour(rng), 0.7))
    glow = from_hsv(rng.choice((0.0, 0.09, 0.33, 0.5, 0.6)), rng.uniform(0.2, 1), 1.0)
    text = f"{rng.integers(0, 24)}:{rng.integers(0, 60):02d}" if chance(rng, 0.7) else word(rng)[:5]
    pad = (bottom - top) * 0.18
    write(body, text, (left + pad, top + pad, right - pad, bottom - pad), glow, any_font(rng))


def draw_buttons(
    rng: np.random.Generator, body: Image, box: Box, rows: int, columns: int, colour: Colour
) -> None:
    """Draw small buttons in rows, some with a lamp, in place."""
    left, top, right, bottom = box
    wide, tall = (right - left) / columns, (bottom - top) / rows
    round_ones = chance(rng, 0.4)
    lamp = any_colour(rng)
    for row in range(rows):
        for column in range(columns):
            x, y = left + (column + 0.5) * wide, top + (row + 0.5) * tall
            if round_ones:
                radius = max(1, round(min(wide, tall) * 0.33))
                cv2.circle(body, (round(x), round(y)), radius, colour, -1, cv2.LINE_AA)
            else:
                half = (wide * 0.36, tall * 0.32)
                fill_rounded(body, (x - half[0], y - half[1], x + half[0], y + half[1]), tall * 0.15, colour)
            if chance(rng, 0.2):
                cv2.circle(body, (round(x), round(y)), max(1, round(min(wide, tall) * 0.1)), lamp, -1)


def draw_handle(body: Image, box: Box, colour: Colour) -> None:
    """Draw a bar to pull at, with its shadow and a shine, in place."""
    left, top, right, bottom = box
    thick = min(right - left, bottom - top)
    away = max(1.0, thick * 0.5)
    own = body[min(max(round(bottom), 0), body.shape[0] - 1), min(max(round(right), 0), body.shape[1] - 1)]
    shade = scaled((int(own[0]), int(own[1]), int(own[2])), 0.6)
    fill_rounded(body, (left + away * 0.3, top + away, right + away * 0.5, bottom + away), thick / 2, shade)
    fill_rounded(body, box, thick / 2, colour)
    if right - left > bottom - top:
        shine = (left + thick * 0.4, top + thick * 0.2, right - thick * 0.4, top + thick * 0.45)
    else:
        shine = (left + thick * 0.2, top + thick * 0.4, left + thick * 0.45, bottom - thick * 0.4)
    fill_rounded(body, shine, thick * 0.12, scaled(colour, 1.4))


def draw_glass(rng: np.random.Generator, body: Image, box: Box, radius: float) -> None:
    """Draw a dark window through which shelves or a dish may be seen, in place."""
    left, top, right, bottom = (max(0, round(edge)) for edge in box)
    right, bottom = min(right, body.shape[1]), min(bottom, body.shape[0])
    if right - left < 6 or bottom - top < 6:
        return
    fill_rounded(body, box, radius, scaled(dark_colour(rng), 0.5))
    rim = min(right - left, bottom - top) * rng.uniform(0.03, 0.14)
    inner = (left + rim, top + rim, right - rim, bottom - rim)
    glow = from_hsv(rng.uniform(0.07, 0.13), rng.uniform(0.3, 0.8), rng.uniform(0.12, 0.7))
    tone = glow if chance(rng, 0.45) else scaled(dark_colour(rng), rng.uniform(0.9, 1.8))
    fill_rounded(body, inner, radius * 0.7, tone)
    for y in np.linspace(inner[1], inner[3], int(rng.integers(2, 6)))[1:-1]:
        cv2.line(body, (round(inner[0]), round(y)), (round(inner[2]), round(y)), scaled(tone, 1.6), 1)
    if chance(rng, 0.35):
        centre = (round((left + right) / 2), round(inner[3] - rim))
        axes = (max(2, round((inner[2] - inner[0]) * 0.3)), max(1, round((inner[3] - inner[1]) * 0.12)))
        cv2.ellipse(body, centre, axes, 0, 0, 360, scaled(tone, 2.2), -1, cv2.LINE_AA)
    if chance(rng, 0.7):
        body[top:bottom, left:right] = reflected(rng, np.ascontiguousarray(body[top:bottom, left:right]))


def draw_badge(
    rng: np.random.Generator, body: Image, x: float, y: float, wide: float, ground: Colour
) -> None:
    """Print the maker's name or emblem, in place."""
    ink = contrasting(rng, ground) if chance(rng, 0.4) else shaded(ground)
    if chance(rng, 0.75):
        write(
            body,
            word(rng),
            (x - wide / 2, y - wide * 0.14, x + wide / 2, y + wide * 0.14),
            ink,
            any_font(rng),
        )
    else:
        logo(rng, body, x, y, wide * 0.2, ink)


def draw_vents(body: Image, box: Box, count: int, colour: Colour, *, upright: bool = False) -> None:
    """Draw slots for air or sound, in place."""
    left, top, right, bottom = box
    for index in range(count):
        at = (index + 0.25) / count
        if upright:
            x = left + at * (right - left)
            slot = (x, top, x + (right - left) / count * 0.5, bottom)
        else:
            y = top + at * (bottom - top)
            slot = (left, y, right, y + (bottom - top) / count * 0.5)
        fill_rounded(body, slot, min(slot[2] - slot[0], slot[3] - slot[1]) / 2, colour)


def stand_on_feet(body: Image, mask: Mask, floor: float, inset: float, wide: float) -> None:
    """Stand the body on two dark feet, in place."""
    height, width = mask.shape
    for x in (inset, width - inset - wide):
        fill_rounded(body, (x, floor - 2, x + wide, height), 1, (35, 35, 38))
        fill_rounded(mask, (x, floor - 2, x + wide, height), 1, 255)


def clear_below(mask: Mask, floor: float) -> None:
    """Clear the coverage below the body, in place."""
    mask[round(floor) :] = 0
