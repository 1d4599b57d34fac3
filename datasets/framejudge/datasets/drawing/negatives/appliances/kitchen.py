"""Fronts of the machines of kitchen and laundry."""

from __future__ import annotations

import cv2
import numpy as np

from framejudge.datasets.drawing.negatives.appliances.controls import (
    clear_below,
    draw_badge,
    draw_buttons,
    draw_display,
    draw_glass,
    draw_handle,
    draw_knob,
    draw_vents,
    make_body,
    shell_colour,
    stand_on_feet,
)
from framejudge.datasets.drawing.products.canvas import Sprite, fill_rounded, sprite_of
from framejudge.datasets.drawing.products.colours import (
    any_colour,
    chance,
    dark_colour,
    light_colour,
    metal_colour,
    scaled,
    shaded,
)
from framejudge.datasets.drawing.products.lettering import logo


def oven(rng: np.random.Generator, size: int) -> Sprite:
    """Return an oven or a cooker: knobs above, a handle, a window; a hob's edge, a drawer below."""
    width = size
    height = round(size * rng.uniform(0.8, 1.2))
    colour = shell_colour(rng)
    body, mask = make_body(rng, height, width, colour, width * rng.uniform(0, 0.02))
    strip = height * rng.uniform(0.13, 0.22)
    band = colour if chance(rng, 0.5) else dark_colour(rng)
    fill_rounded(body, (0, 0, width, strip), 0, band)
    knobs = int(rng.integers(1, 4))
    knob = metal_colour(rng) if chance(rng, 0.6) else shaded(band)
    radius = min(strip * 0.3, width * 0.05)
    for index in range(knobs):
        for x in (0.08 + 0.13 * index, 0.92 - 0.13 * index):
            draw_knob(rng, body, width * x, strip * 0.5, radius, knob)
    if knobs < 3:
        half = width * rng.uniform(0.08, 0.14)
        draw_display(rng, body, (width / 2 - half, strip * 0.25, width / 2 + half, strip * 0.75))
    else:
        draw_badge(rng, body, width / 2, strip * 0.5, width * 0.16, band)
    cv2.line(body, (0, round(strip)), (width, round(strip)), scaled(colour, 0.4), max(1, size // 120))
    low = height * rng.choice((0.98, rng.uniform(0.76, 0.86)))
    handle_at = strip + height * 0.05
    metal = metal_colour(rng)
    side = width * rng.uniform(0.06, 0.18)
    draw_glass(
        rng,
        body,
        (side * rng.uniform(0.4, 1.3), handle_at + height * 0.08, width - side, low - height * 0.05),
        size * 0.02,
    )
    draw_handle(body, (side * 0.7, handle_at, width - side * 0.7, handle_at + height * 0.035), metal)
    if low < height * 0.9:
        cv2.line(body, (0, round(low)), (width, round(low)), scaled(colour, 0.5), max(1, size // 120))
        draw_handle(body, (width * 0.3, low + height * 0.04, width * 0.7, low + height * 0.065), metal)
    return sprite_of(body, mask)


def microwave(rng: np.random.Generator, size: int) -> Sprite:
    """Return a microwave: the window on the left, the controls on the right."""
    width, height = size, round(size * rng.uniform(0.52, 0.68))
    colour = shell_colour(rng)
    body, mask = make_body(rng, height, width, colour, height * rng.uniform(0.01, 0.07))
    floor = height * 0.96
    clear_below(mask, floor)
    split = width * rng.uniform(0.66, 0.8)
    draw_glass(
        rng,
        body,
        (width * 0.04, height * 0.1, split - width * 0.06, height * 0.84),
        height * rng.uniform(0.02, 0.12),
    )
    if chance(rng, 0.6):
        draw_handle(
            body,
            (split - width * 0.045, height * 0.12, split - width * 0.015, height * 0.84),
            metal_colour(rng),
        )
    cv2.line(body, (round(split), 0), (round(split), round(floor)), scaled(colour, 0.5), max(1, size // 150))
    box = (split + width * 0.025, height * 0.08, width * 0.97, height * 0.2)
    draw_display(rng, body, box)
    shade = shaded(colour)
    if chance(rng, 0.55):
        draw_buttons(
            rng, body, (box[0], height * 0.25, box[2], height * 0.75), int(rng.integers(3, 7)), 3, shade
        )
        fill_rounded(body, (box[0], height * 0.8, box[2], height * 0.9), 2, shade)
    else:
        for y in (0.38, 0.64):
            draw_knob(
                rng,
                body,
                (box[0] + box[2]) / 2,
                height * y,
                (box[2] - box[0]) * rng.uniform(0.25, 0.36),
                shade,
            )
    draw_badge(rng, body, split / 2, height * 0.9, width * 0.12, colour)
    stand_on_feet(body, mask, floor, width * 0.08, width * 0.06)
    return sprite_of(body, mask)


def washer(rng: np.random.Generator, size: int) -> Sprite:
    """Return a washing machine or a dryer: a round door, a drawer, a dial and a display above."""
    height, width = size, round(size * rng.uniform(0.68, 0.95))
    colour = scaled(light_colour(rng), 0.97) if chance(rng, 0.6) else shell_colour(rng)
    body, mask = make_body(rng, height, width, colour, width * rng.uniform(0, 0.03))
    strip = height * rng.uniform(0.13, 0.19)
    if chance(rng, 0.4):
        fill_rounded(body, (0, 0, width, strip), 0, dark_colour(rng) if chance(rng, 0.5) else shaded(colour))
    cv2.line(body, (0, round(strip)), (width, round(strip)), scaled(colour, 0.6), max(1, size // 150))
    drawer = width * rng.uniform(0.22, 0.34)
    fill_rounded(body, (width * 0.03, strip * 0.2, drawer, strip * 0.85), 3, scaled(colour, 0.92))
    cv2.rectangle(
        body,
        (round(width * 0.03), round(strip * 0.2)),
        (round(drawer), round(strip * 0.85)),
        scaled(colour, 0.6),
        1,
    )
    draw_badge(rng, body, (width * 0.03 + drawer) / 2, strip * 0.5, drawer * 0.6, colour)
    draw_knob(rng, body, width * rng.uniform(0.46, 0.56), strip * 0.52, strip * 0.3, metal_colour(rng))
    draw_display(rng, body, (width * 0.68, strip * 0.25, width * 0.95, strip * 0.75))
    centre = (
        round(width * rng.uniform(0.46, 0.54)),
        round(strip + (height - strip) * rng.uniform(0.42, 0.5)),
    )
    radius = min(width * rng.uniform(0.3, 0.42), (height - strip) * 0.4)
    ring = metal_colour(rng) if chance(rng, 0.6) else dark_colour(rng)
    inside = dark_colour(rng)
    for share, shade in ((1.04, scaled(colour, 0.7)), (1.0, ring), (0.86, scaled(ring, 0.6)), (0.8, inside)):
        cv2.circle(body, centre, max(2, round(radius * share)), shade, -1, cv2.LINE_AA)
    cv2.ellipse(
        body,
        centre,
        (max(1, round(radius * 0.6)),) * 2,
        0,
        200,
        290,
        scaled(ring, 1.3),
        max(1, size // 90),
        cv2.LINE_AA,
    )
    if chance(rng, 0.4):
        spot = (centre[0], centre[1] + round(radius * 0.35))
        axes = (max(2, round(radius * 0.55)), max(2, round(radius * 0.3)))
        cv2.ellipse(body, spot, axes, rng.uniform(-20, 20), 0, 360, any_colour(rng), -1, cv2.LINE_AA)
    draw_handle(
        body,
        (
            centre[0] + radius * 0.82,
            centre[1] - radius * 0.16,
            centre[0] + radius * 0.95,
            centre[1] + radius * 0.16,
        ),
        scaled(ring, 1.2),
    )
    kick = round(height * 0.93)
    cv2.line(body, (0, kick), (width, kick), scaled(colour, 0.75), 1)
    return sprite_of(body, mask)


def fridge(rng: np.random.Generator, size: int) -> Sprite:
    """Return a fridge: two doors or more with their handles, a dispenser, magnets."""
    height, width = size, round(size * rng.uniform(0.4, 0.78))
    colour = shell_colour(rng)
    body, mask = make_body(rng, height, width, colour, width * rng.uniform(0.01, 0.09))
    floor = height * rng.uniform(0.96, 0.99)
    clear_below(mask, floor)
    joint = scaled(colour, 0.4)
    thick = max(1, size // 110)
    metal = metal_colour(rng) if chance(rng, 0.7) else shaded(colour)
    at = height * rng.uniform(0.25, 0.68)
    cv2.line(body, (0, round(at)), (width, round(at)), joint, thick)
    wide = max(2.0, width * 0.035)
    if width > height * 0.55:
        middle = width / 2
        cv2.line(body, (round(middle), 0), (round(middle), round(at)), joint, thick)
        for x in (middle - wide * 2, middle + wide):
            draw_handle(body, (x, at * 0.3, x + wide, at * 0.9), metal)
        draw_handle(body, (width * 0.1, at + height * 0.04, width * 0.9, at + height * 0.04 + wide), metal)
    else:
        x = rng.choice((width * 0.07, width * 0.9))
        draw_handle(body, (x, at * 0.4, x + wide, at - height * 0.04), metal)
        draw_handle(body, (x, at + height * 0.04, x + wide, at + (floor - at) * 0.6), metal)
    if chance(rng, 0.3):
        box = (width * 0.15, at * 0.35, width * 0.38, at * 0.35 + height * 0.16)
        fill_rounded(body, box, 3, dark_colour(rng))
        fill_rounded(
            body, (box[0] * 1.15, box[1] * 1.2, box[2] * 0.95, box[3] * 0.98), 3, scaled(colour, 0.5)
        )
    for _ in range(int(rng.integers(0, 6)) if chance(rng, 0.3) else 0):
        logo(
            rng,
            body,
            rng.uniform(0.2, 0.8) * width,
            rng.uniform(0.1, 0.9) * height,
            width * 0.05,
            any_colour(rng),
        )
    draw_badge(rng, body, width * rng.uniform(0.25, 0.75), height * 0.06, width * 0.25, colour)
    stand_on_feet(body, mask, floor, width * 0.08, width * 0.1)
    return sprite_of(body, mask)


def dishwasher(rng: np.random.Generator, size: int) -> Sprite:
    """Return a dishwasher or a hood's front: a strip of buttons, a handle, a plain door, a plinth."""
    height, width = size, round(size * rng.uniform(0.68, 0.95))
    colour = shell_colour(rng)
    body, mask = make_body(rng, height, width, colour, 1)
    strip = height * rng.uniform(0.1, 0.17)
    band = dark_colour(rng) if chance(rng, 0.4) else scaled(colour, 0.92)
    fill_rounded(body, (0, 0, width, strip), 0, band)
    shade = shaded(band)
    draw_buttons(
        rng, body, (width * 0.5, strip * 0.3, width * 0.95, strip * 0.7), 1, int(rng.integers(4, 9)), shade
    )
    draw_display(rng, body, (width * 0.36, strip * 0.25, width * 0.47, strip * 0.75))
    draw_badge(rng, body, width * 0.17, strip * 0.5, width * 0.22, band)
    cv2.line(body, (0, round(strip)), (width, round(strip)), scaled(colour, 0.5), max(1, size // 150))
    at = strip + height * rng.uniform(0.03, 0.07)
    reach = rng.uniform(0.08, 0.3)
    draw_handle(body, (width * reach, at, width * (1 - reach), at + height * 0.03), metal_colour(rng))
    plinth = round(height * rng.uniform(0.87, 0.94))
    body[plinth:] = scaled(colour, 0.55)
    if chance(rng, 0.4):
        draw_vents(body, (width * 0.1, plinth + 3, width * 0.9, height - 3), 18, (25, 25, 25), upright=True)
    return sprite_of(body, mask)
