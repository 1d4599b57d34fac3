"""Rims of the kitchen: serving trays, sinks, baking tins."""

from __future__ import annotations

import numpy as np

from framejudge.datasets.drawing.negatives.trays.rims import blank_body, with_things
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products.canvas import (
    Box,
    Sprite,
    draw_line,
    fill_circle,
    fill_rounded,
    lit,
    shrunk,
    sprite_of,
)
from framejudge.datasets.drawing.products.colours import (
    Colour,
    chance,
    dark_colour,
    from_hsv,
    material_colour,
    metal_colour,
    mixed,
    scaled,
)
from framejudge.datasets.drawing.products.shading import embossed_light, hollowed
from framejudge.datasets.drawing.products.surfaces import covered, noise


def serving_tray(rng: np.random.Generator, size: int) -> Sprite:
    """Return a tray with handles at its ends, on which something may stand."""
    width, height = size, round(size * rng.uniform(0.5, 0.85))
    colour = material_colour(rng)
    grip = width * rng.uniform(0.04, 0.08)
    outer = (grip, 1.0, width - grip, height - 1.0)
    radius = height * rng.uniform(0.05, 0.5)
    body, mask = blank_body(rng, height, width, colour, outer, radius)
    rim = height * rng.uniform(0.04, 0.11)
    half = height * rng.uniform(0.14, 0.24)
    middle = height / 2
    for x in (0.0, width - 2 * grip):
        ear = (x, middle - half, x + 2 * grip, middle + half)
        fill_rounded(mask, ear, grip * 0.6, 255)
        fill_rounded(body, ear, grip * 0.6, scaled(colour, 0.92))
    inner = shrunk(outer, rim)
    plain = chance(rng, 0.5)
    floor = scaled(colour, rng.uniform(0.8, 1.1)) if plain else covered(rng, height, width)
    body = hollowed(rng, body, inner, radius * 0.8, floor, rim * 0.8)
    for x in (grip * 0.5, width - grip * 1.2):
        hole = (x, middle - half * 0.7, x + grip * 0.7, middle + half * 0.7)
        fill_rounded(mask, hole, grip * 0.3, 0)
    if chance(rng, 0.5):
        body = with_things(rng, body, shrunk(inner, height * 0.05), 3)
    return sprite_of(body, mask)


def sink(rng: np.random.Generator, size: int) -> Sprite:
    """Return a sink, a wash basin or a shower tray: bowls with drains, a tap, a draining board."""
    width, height = size, round(size * rng.uniform(0.5, 0.8))
    colour = metal_colour(rng) if chance(rng, 0.55) else material_colour(rng)
    radius = height * rng.uniform(0.03, 0.3)
    body, mask = blank_body(rng, height, width, colour, (0, 0, width, height), radius)
    if chance(rng, 0.5):
        body = lit(body, 1 + noise(rng, height, width, 90, rng.choice((0.03, 30.0))) * np.float32(0.03))
    ledge = height * rng.uniform(0.16, 0.24)
    rim = height * rng.uniform(0.05, 0.08)
    board = chance(rng, 0.45)
    right = width * rng.uniform(0.5, 0.62) if board else width - rim
    bowls = [(rim, right)]
    if not board and chance(rng, 0.5):
        split = width * rng.uniform(0.42, 0.66)
        bowls = [(rim, split - rim / 2), (split + rim / 2, right)]
    for start, end in bowls:
        body = _bowl(rng, body, (start, ledge, end, height - rim), colour)
    if board:
        start, end = round(right + rim * 1.5), round(width - rim)
        for level in np.linspace(ledge, height - rim, int(rng.integers(5, 10))):
            y = round(level)
            draw_line(body, (start, y), (end, y), scaled(colour, 0.75), size // 120)
            draw_line(body, (start, y + 2), (end, y + 2), scaled(colour, 1.2), 1)
    x = (rim + right) / 2 if len(bowls) == 1 else width * 0.5
    _tap(rng, body, x, ledge * 0.5, height * rng.uniform(0.22, 0.34), ledge * 0.26)
    return sprite_of(body, mask)


def _bowl(rng: np.random.Generator, body: Image, box: Box, colour: Colour) -> Image:
    """Return the sink with one bowl and its drain."""
    left, top, right, bottom = box
    deep = body.shape[0] * 0.07
    shade = scaled(colour, rng.uniform(0.7, 1.0))
    body = hollowed(rng, body, box, min(bottom - top, right - left) * rng.uniform(0.1, 0.4), shade, deep)
    x, y = round((left + right) / 2), round(top + (bottom - top) * rng.uniform(0.3, 0.6))
    reach = max(3, round(body.shape[0] * 0.05))
    fill_circle(body, (x, y), reach, scaled((200, 202, 205), rng.uniform(0.6, 1.1)))
    fill_circle(body, (x, y), reach * 0.7, (60, 60, 62), least=2)
    for turn in np.arange(6) * np.pi / 3:
        hole = (x + np.cos(turn) * reach * 0.4, y + np.sin(turn) * reach * 0.4)
        fill_circle(body, hole, reach // 7, (190, 190, 190))
    return body


def _tap(rng: np.random.Generator, body: Image, x: float, y: float, reach: float, radius: float) -> None:
    """Draw a tap from above that reaches over the bowl, in place."""
    metal = metal_colour(rng) if chance(rng, 0.8) else dark_colour(rng)
    lean = rng.uniform(-0.4, 0.4) * reach
    tip = (x + lean, y + reach)
    thick = max(2, round(radius * 0.7))
    draw_line(body, (x + 2, y + 4), (tip[0] + 4, tip[1] + 5), (70, 70, 72), thick)
    draw_line(body, (x, y), tip, scaled(metal, 0.8), thick)
    shine = (x - thick * 0.2, y), (tip[0] - thick * 0.2, tip[1] - 1)
    draw_line(body, *shine, scaled(metal, 1.3), thick // 3)
    fill_circle(body, (x, y), radius, metal, least=2)
    fill_circle(body, (x, y), radius * 0.5, scaled(metal, 1.25))


def baking_tin(rng: np.random.Generator, size: int) -> Sprite:
    """Return a baking tin, a roasting dish or a muffin tin, with ears."""
    width, height = size, round(size * rng.uniform(0.55, 0.85))
    pick = rng.random()
    colour = dark_colour(rng) if pick < 0.45 else metal_colour(rng) if pick < 0.75 else material_colour(rng)
    colour = mixed(colour, (90, 90, 95), 0.25)
    ear = width * rng.uniform(0.04, 0.07)
    outer = (ear, 0.0, width - ear, float(height))
    radius = height * rng.uniform(0.06, 0.18)
    body, mask = blank_body(rng, height, width, colour, outer, radius)
    for x in (0.0, width - 3 * ear):
        grip = (x, height * 0.3, x + 3 * ear, height * 0.7)
        fill_rounded(mask, grip, ear, 255)
        fill_rounded(body, grip, ear, scaled(colour, 1.15))
    rim = height * rng.uniform(0.04, 0.07)
    inner = shrunk(outer, rim)
    if chance(rng, 0.5):
        return sprite_of(_with_muffin_cups(rng, body, inner, colour), mask)
    body = hollowed(rng, body, inner, radius * 0.8, scaled(colour, rng.uniform(0.6, 0.95)), height * 0.08)
    left, top, right, bottom = inner
    if chance(rng, 0.5):
        for x in np.linspace(left, right, int(rng.integers(6, 16)))[1:-1]:
            draw_line(body, (x, top + rim * 2), (x, bottom - rim * 2), scaled(colour, 1.15), size // 150)
    if chance(rng, 0.5):
        body = with_things(rng, body, shrunk(inner, height * 0.08), 4)
    return sprite_of(body, mask)


def _with_muffin_cups(rng: np.random.Generator, body: Image, box: Box, colour: Colour) -> Image:
    """Return the tin with round cups in rows, empty or baked."""
    height, width = body.shape[:2]
    left, top, right, bottom = box
    columns, rows = ((3, 2), (4, 3), (4, 2), (3, 3))[int(rng.integers(4))]
    wide, tall = (right - left) / columns, (bottom - top) / rows
    reach = max(2, round(min(wide, tall) * 0.41))
    cups = np.zeros((height, width), np.uint8)
    dough = from_hsv(rng.uniform(0.05, 0.11), rng.uniform(0.3, 0.8), rng.uniform(0.3, 0.9))
    baked = chance(rng, 0.4)
    for row in range(rows):
        for column in range(columns):
            x, y = round(left + (column + 0.5) * wide), round(top + (row + 0.5) * tall)
            fill_circle(cups, (x, y), reach, 255)
            fill_circle(body, (x, y), reach, scaled(colour, 0.7))
            fill_circle(body, (x, y), reach * 0.75, scaled(colour, 0.5))
            if not baked:
                continue
            fill_circle(body, (x, y), reach * 0.97, scaled(dough, rng.uniform(0.85, 1.15)), least=2)
            for right_of, below in rng.uniform(-0.5, 0.5, (5, 2)) * reach:
                fill_circle(body, (x + right_of, y + below), reach // 9, scaled(dough, 0.5))
    return lit(body, embossed_light(cups, height * 0.012, rng.uniform(0, 2 * np.pi), 0.6))
