"""Drawers, suitcases, baskets and pet beds."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np

from framejudge.datasets.drawing.negatives.trays.rims import with_things
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products.canvas import (
    Box,
    Mask,
    Sprite,
    blurred,
    box_around,
    draw_line,
    faded,
    fill_rounded,
    lit,
    over,
    rounded_mask,
    shrunk,
    solid,
    sprite_of,
)
from framejudge.datasets.drawing.products.colours import (
    BLACK,
    any_colour,
    chance,
    dark_colour,
    from_hsv,
    light_colour,
    material_colour,
    metal_colour,
    scaled,
    shaded,
    wood_colour,
)
from framejudge.datasets.drawing.products.lettering import logo
from framejudge.datasets.drawing.products.scenes import placed
from framejudge.datasets.drawing.products.shading import embossed_light, hollowed
from framejudge.datasets.drawing.products.silhouettes import draw_sprite
from framejudge.datasets.drawing.products.surfaces import SURFACES, covered, noise


def drawer(rng: np.random.Generator, size: int) -> Sprite:
    """Return a drawer or an organiser from above: wooden sides, dividers, its front with a knob."""
    width, height = size, round(size * rng.uniform(0.6, 0.95))
    colour = wood_colour(rng) if chance(rng, 0.65) else material_colour(rng)
    front = height * rng.uniform(0.05, 0.09)
    knob = height * rng.uniform(0.03, 0.06)
    edge = height - knob - front
    grained = chance(rng, 0.5)
    body = SURFACES["wood"][0](rng, height, width, colour) if grained else solid(height, width, colour)
    side = width * 0.04
    mask = rounded_mask(height, width, (side, 0, width - side, edge + 2), 2)
    fill_rounded(mask, (0, edge, width, edge + front), 2, 255)
    fill_rounded(body, (0, edge, width, edge + front), 2, scaled(colour, 1.15))
    cv2.line(body, (0, round(edge)), (width, round(edge)), scaled(colour, 0.5), max(1, size // 120))
    metal = metal_colour(rng)
    for x in (0.5,) if chance(rng, 0.6) else (0.25, 0.75):
        grip = (width * x - knob, edge + front - 1, width * x + knob, height)
        fill_rounded(mask, grip, knob * 0.4, 255)
        fill_rounded(body, grip, knob * 0.4, metal)
    wall = width * rng.uniform(0.02, 0.035)
    columns, rows = int(rng.integers(1, 5)), int(rng.integers(1, 3))
    if columns == rows == 1:
        columns = 2
    floor = covered(rng, height, width, scaled(colour, rng.uniform(0.5, 1.1)))
    shares = np.concatenate(((0.0,), np.cumsum(rng.uniform(0.6, 1.4, columns))))
    cuts = side + wall + shares / shares[-1] * (width - 2 * (side + wall))
    levels = np.linspace(wall, edge - wall * 0.5, rows + 1)
    same = draw_sprite(rng, max(24, round(width / columns * 0.6))) if chance(rng, 0.55) else None
    for column in range(columns):
        for row in range(rows):
            box = shrunk((cuts[column], levels[row], cuts[column + 1], levels[row + 1]), wall * 0.4)
            _sink_in(body, box, floor, wall)
            if same is not None and chance(rng, 0.8):
                _lay_in(rng, body, box, same)
    return sprite_of(body, mask)


def _sink_in(body: Image, box: Box, floor: Image, wall: float) -> None:
    """Sink a compartment in, shaded at its left and upper wall, in place."""
    left, top, right, bottom = (round(edge) for edge in box)
    if right - left < 4 or bottom - top < 4:
        return
    inner = body[top:bottom, left:right]
    inner[:] = floor[top:bottom, left:right]
    thick = max(1, min(round(wall), min(inner.shape[:2]) - 1))
    for part, light in ((inner[:thick], 0.5), (inner[:, :thick], 0.6), (inner[-1:], 1.3)):
        part[:] = cv2.convertScaleAbs(np.ascontiguousarray(part), alpha=light)


def _lay_in(rng: np.random.Generator, body: Image, box: Box, sprite: Sprite) -> None:
    """Lay a thing in its compartment, in place."""
    left, top, right, bottom = (round(edge) for edge in box)
    if right - left < 12 or bottom - top < 12:
        return
    inner = np.ascontiguousarray(body[top:bottom, left:right])
    rows, columns = inner.shape[:2]
    body[top:bottom, left:right] = placed(rng, inner, sprite, (columns / 2, rows / 2), rng.uniform(0.6, 0.9))


def suitcase(rng: np.random.Generator, size: int) -> Sprite:
    """Return an open suitcase or a case for tools: two shells, hinges, crossed straps, a handle."""
    width, height = size, round(size * rng.uniform(0.6, 0.8))
    colour = any_colour(rng)
    grip = height * 0.06
    body = solid(height, width, colour)
    mask = np.zeros((height, width), np.uint8)
    lining = any_colour(rng) if chance(rng, 0.5) else dark_colour(rng)
    half = width / 2
    handle = metal_colour(rng) if chance(rng, 0.4) else dark_colour(rng)
    at = (half * 0.5, half * 1.5)[int(rng.integers(2))]
    pull = (at - half * 0.18, 0.0, at + half * 0.18, grip * 2)
    fill_rounded(mask, pull, grip, 255)
    fill_rounded(body, pull, grip, handle)
    fill_rounded(mask, (pull[0] + grip * 0.6, grip * 0.5, pull[2] - grip * 0.6, grip), grip * 0.3, 0)
    for index in range(2):
        shell = (index * half + 1, grip, (index + 1) * half - 1, float(height))
        fill_rounded(mask, shell, half * 0.12, 255)
        fill_rounded(body, shell, half * 0.12, scaled(colour, 1.0 - 0.1 * index))
        inner = shrunk(shell, half * rng.uniform(0.06, 0.09))
        body = hollowed(rng, body, inner, half * 0.08, lining, half * 0.07)
        strapped = index == 0 or chance(rng, 0.4)
        if not strapped or chance(rng, 0.6):
            body = with_things(rng, body, shrunk(inner, half * 0.08), 3)
        if strapped:
            left, top, right, bottom = inner
            for start, end in ((left, right), (right, left)):
                ends = (start, top + half * 0.15), (end, bottom - half * 0.15)
                draw_line(body, *ends, shaded(lining), half * 0.05, least=2)
            buckle = box_around((left + right) / 2, (top + bottom) / 2, half * 0.06, half * 0.05)
            fill_rounded(body, buckle, 3, (25, 25, 27))
    for y in (0.3, 0.75):
        hinge = (half - half * 0.03, height * y, half + half * 0.03, height * y + half * 0.12)
        fill_rounded(body, hinge, 1, metal_colour(rng))
        fill_rounded(mask, hinge, 1, 255)
    return sprite_of(body, mask)


def basket(rng: np.random.Generator, size: int) -> Sprite:
    """Return a woven basket or a storage box with handles."""
    width, height = size, round(size * rng.uniform(0.55, 0.9))
    pick = rng.random()
    colour = from_hsv(rng.uniform(0.06, 0.12), rng.uniform(0.25, 0.6), rng.uniform(0.4, 0.85))
    colour = colour if pick < 0.7 else any_colour(rng)
    bow = width * rng.uniform(0.05, 0.09)
    outer = (bow, 0.0, width - bow, float(height))
    radius = height * rng.uniform(0.12, 0.5)
    mask = rounded_mask(height, width, outer, radius)
    strand = max(3.0, height / rng.uniform(14, 34))
    x, y = np.arange(width, dtype=np.float32) / strand, np.arange(height, dtype=np.float32) / strand
    over_under = np.where((np.floor(x)[None] + np.floor(y)[:, None]) % 2 > 0, 1.0, 0.0)
    round_x, round_y = np.abs(np.sin(x * np.pi))[None], np.abs(np.sin(y * np.pi))[:, None]
    light = (0.55 + 0.55 * (round_x * over_under + round_y * (1 - over_under))).astype(np.float32)
    body = lit(solid(height, width, colour), light)
    rim = height * rng.uniform(0.07, 0.14)
    inner = shrunk(outer, rim)
    dim = np.full((height, width), 0.7, np.float32)
    lining = covered(rng, height, width) if chance(rng, 0.35) else lit(body, dim)
    body = hollowed(rng, body, inner, radius * 0.8, lining, rim * 1.1)
    rope = max(2, round(height * rng.uniform(0.025, 0.05)))
    for side in (bow, width - bow):
        centre = (round(side), round(height / 2))
        axes = (max(2, round(bow - rope / 2)), max(2, round(height * rng.uniform(0.12, 0.2))))
        cv2.ellipse(mask, centre, axes, 0, 0, 360, 255, rope)
        cv2.ellipse(body, centre, axes, 0, 0, 360, scaled(colour, 0.6), rope, cv2.LINE_AA)
    if chance(rng, 0.55):
        body = with_things(rng, body, shrunk(inner, rim * 0.5), 4)
    return sprite_of(body, mask)


def pet_bed(rng: np.random.Generator, size: int) -> Sprite:
    """Return a bed for a cat or a dog: a thick soft bolster, a dip in front, a cushion."""
    width, height = size, round(size * rng.uniform(0.65, 0.95))
    colour = any_colour(rng)
    radius = height * rng.uniform(0.22, 0.5)
    body = solid(height, width, colour)
    if chance(rng, 0.35):
        cloth = ("cloth", "checks", "dots", "stripes", "camouflage")[int(rng.integers(5))]
        body = SURFACES[cloth][0](rng, height, width, colour)
    mask = rounded_mask(height, width, (1, 1, width - 1, height - 1), radius)
    thick = height * rng.uniform(0.14, 0.22)
    inner = (thick, thick, width - thick, height - thick * rng.uniform(0.6, 1.0))
    inside = rounded_mask(height, width, inner, radius * 0.75)
    cushion = any_colour(rng) if chance(rng, 0.6) else light_colour(rng)
    body = over(body, cushion, inside)
    if chance(rng, 0.7):
        half = width * rng.uniform(0.14, 0.24)
        dip = (width / 2 - half, height * 0.55, width / 2 + half, float(height) - thick * 0.25)
        body = over(body, scaled(colour, 0.85), rounded_mask(height, width, dip, thick * 0.5))
        body = over(body, cushion, inside)
        fill_rounded(inside, dip, thick * 0.5, 255)
    ring = cast("Mask", cv2.subtract(mask, inside))
    angle = rng.uniform(0, 2 * np.pi)
    light = embossed_light(ring, thick * 0.33, angle, rng.uniform(0.5, 0.9))
    light += noise(rng, height, width, rng.uniform(5, 12)) * np.float32(0.04)
    if chance(rng, 0.6):
        light += noise(rng, height, width, 300) * np.float32(rng.uniform(0.03, 0.09))
    shadow = cast("Mask", cv2.bitwise_and(blurred(ring, thick * 0.2), inside))
    body = lit(over(body, BLACK, faded(shadow, 0.45)), light)
    if chance(rng, 0.4):
        body = with_things(rng, body, shrunk(inner, thick * 0.4), 1)
    elif chance(rng, 0.5):
        logo(rng, body, width / 2, height / 2, height * 0.1, any_colour(rng))
    return sprite_of(body, mask)
