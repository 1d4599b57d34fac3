"""Rims seen from above: trays, sinks, tins, drawers, cases, baskets, pet beds, game boards."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import cv2
import numpy as np

from framejudge.datasets.drawing.negatives.props import Props
from framejudge.datasets.drawing.negatives.registry import negative
from framejudge.datasets.drawing.negatives.staging import Pose, revealing_backdrop, stage
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products.canvas import (
    Box,
    Mask,
    Sprite,
    blurred,
    box_around,
    draw_line,
    faded,
    fill_circle,
    fill_rounded,
    lit,
    over,
    quarter_turned,
    rounded_mask,
    shrunk,
    solid,
    sprite_of,
)
from framejudge.datasets.drawing.products.colours import (
    BLACK,
    Colour,
    any_colour,
    chance,
    dark_colour,
    from_hsv,
    light_colour,
    material_colour,
    metal_colour,
    mixed,
    scaled,
    shaded,
    wood_colour,
)
from framejudge.datasets.drawing.products.lettering import logo, write
from framejudge.datasets.drawing.products.scenes import placed
from framejudge.datasets.drawing.products.shading import embossed_light, hollowed
from framejudge.datasets.drawing.products.silhouettes import draw_sprite
from framejudge.datasets.drawing.products.surfaces import SURFACES, covered, noise


@negative("fittings")
def tray(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A tray, sink, baking tin, drawer, suitcase, basket, pet bed or game board, from above."""
    draw = _RIMMED[int(rng.integers(len(_RIMMED)))]
    thing = quarter_turned(draw(rng, size), int(rng.integers(0, 4)))
    # Shadow and surroundings tell these from a framed picture; a board is turned as well.
    straight = 0.0 if draw is _game_board else 0.2 if draw is _drawer else 0.5
    pose = Pose(least_margin=0.035, most_margin=0.18, straight_share=straight, cut_share=0.15, shadow=True)
    return stage(rng, [thing], size, pose, revealing_backdrop)


def _blank(
    rng: np.random.Generator, height: int, width: int, colour: Colour, box: Box, radius: float
) -> tuple[Image, Mask]:
    """Return a body with a rounded outer edge in the light, and its coverage."""
    body = covered(rng, height, width, colour) if chance(rng, 0.2) else solid(height, width, colour)
    mask = rounded_mask(height, width, box, radius)
    edge = min(height, width) * rng.uniform(0.008, 0.02)
    return lit(body, embossed_light(mask, edge, rng.uniform(0, 2 * np.pi), rng.uniform(0.3, 0.7))), mask


def _filled(rng: np.random.Generator, body: Image, box: Box, most: int) -> Image:
    """Return the body with things lying in it."""
    left, top, right, bottom = (round(edge) for edge in box)
    if right - left < 24 or bottom - top < 24:
        return body
    inner = np.ascontiguousarray(body[top:bottom, left:right])
    rows, columns = inner.shape[:2]
    count = int(rng.integers(1, most + 1))
    side = max(24, round(min(rows, columns) * rng.uniform(0.35, 0.7)))
    sprite = draw_sprite(rng, side)
    for index in range(count):
        if index and chance(rng, 0.4):
            sprite = draw_sprite(rng, side)
        # In a row along the longer side, so that they hardly cover one another.
        along, across = (index + 0.5) / count, rng.uniform(0.42, 0.58)
        x, y = (along, across) if columns > rows else (across, along)
        scale = rng.uniform(0.5, 0.85) / (1 + 0.5 * (count - 1))
        inner = placed(rng, inner, sprite, (columns * x, rows * y), scale)
    body[top:bottom, left:right] = inner
    return body


def _serving_tray(rng: np.random.Generator, size: int) -> Sprite:
    """Return a tray with handles at its ends, on which something may stand."""
    width, height = size, round(size * rng.uniform(0.5, 0.85))
    colour = material_colour(rng)
    grip = width * rng.uniform(0.04, 0.08)
    outer = (grip, 1.0, width - grip, height - 1.0)
    radius = height * rng.uniform(0.05, 0.5)
    body, mask = _blank(rng, height, width, colour, outer, radius)
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
        body = _filled(rng, body, shrunk(inner, height * 0.05), 3)
    return sprite_of(body, mask)


def _sink(rng: np.random.Generator, size: int) -> Sprite:
    """Return a sink, a wash basin or a shower tray: bowls with drains, a tap, a draining board."""
    width, height = size, round(size * rng.uniform(0.5, 0.8))
    colour = metal_colour(rng) if chance(rng, 0.55) else material_colour(rng)
    radius = height * rng.uniform(0.03, 0.3)
    body, mask = _blank(rng, height, width, colour, (0, 0, width, height), radius)
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


def _baking_tin(rng: np.random.Generator, size: int) -> Sprite:
    """Return a baking tin, a roasting dish or a muffin tin, with ears."""
    width, height = size, round(size * rng.uniform(0.55, 0.85))
    pick = rng.random()
    colour = dark_colour(rng) if pick < 0.45 else metal_colour(rng) if pick < 0.75 else material_colour(rng)
    colour = mixed(colour, (90, 90, 95), 0.25)
    ear = width * rng.uniform(0.04, 0.07)
    outer = (ear, 0.0, width - ear, float(height))
    radius = height * rng.uniform(0.06, 0.18)
    body, mask = _blank(rng, height, width, colour, outer, radius)
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
        body = _filled(rng, body, shrunk(inner, height * 0.08), 4)
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


def _drawer(rng: np.random.Generator, size: int) -> Sprite:
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


def _suitcase(rng: np.random.Generator, size: int) -> Sprite:
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
            body = _filled(rng, body, shrunk(inner, half * 0.08), 3)
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


def _basket(rng: np.random.Generator, size: int) -> Sprite:
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
        body = _filled(rng, body, shrunk(inner, rim * 0.5), 4)
    return sprite_of(body, mask)


def _pet_bed(rng: np.random.Generator, size: int) -> Sprite:
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
        body = _filled(rng, body, shrunk(inner, thick * 0.4), 1)
    elif chance(rng, 0.5):
        logo(rng, body, width / 2, height / 2, height * 0.1, any_colour(rng))
    return sprite_of(body, mask)


def _game_board(rng: np.random.Generator, size: int) -> Sprite:
    """Return a board for chess, go or a race, with its pieces, a hinge and the names of its squares."""
    side = size
    colour = wood_colour(rng) if chance(rng, 0.6) else any_colour(rng)
    body, mask = _blank(rng, side, side, colour, (0, 0, side, side), side * rng.uniform(0.01, 0.05))
    rim = side * rng.uniform(0.06, 0.11)
    cells = int(rng.choice((8, 8, 10, 6)))
    step = (side - 2 * rim) / cells
    pale, dark = light_colour(rng) if chance(rng, 0.5) else wood_colour(rng), dark_colour(rng)
    dark = scaled(colour, 0.45) if chance(rng, 0.5) else dark
    lines = chance(rng, 0.3)
    for row in range(cells):
        for column in range(cells):
            left, top = rim + column * step, rim + row * step
            corners = (round(left), round(top)), (round(left + step), round(top + step))
            cv2.rectangle(body, *corners, pale if lines or (row + column) % 2 else dark, -1)
            if lines:
                cv2.rectangle(body, *corners, scaled(pale, 0.4), 1)
    # Pieces stand on the crossings of lines, or in the middle of squares.
    _set_pieces(rng, body, rim if lines else rim + step / 2, step, cells)
    if chance(rng, 0.4):
        middle = side // 2
        cv2.line(body, (0, middle), (side, middle), scaled(colour, 0.35), max(1, side // 150))
        for x in (0.25, 0.75):
            fill_rounded(body, box_around(side * x, middle, step * 0.3, 3), 1, (200, 165, 80))
    if chance(rng, 0.5):
        for index in range(cells):
            at = rim + (index + 0.5) * step
            for x, y, text in ((at, rim / 2, "ABCDEFGHIJ"[index]), (rim / 2, at, str(index + 1))):
                name = box_around(x, y, rim * 0.3, rim * 0.3)
                write(body, text, name, shaded(colour), cv2.FONT_HERSHEY_SIMPLEX)
    return sprite_of(body, mask)


def _set_pieces(rng: np.random.Generator, body: Image, first: float, step: float, cells: int) -> None:
    """Set two teams up in their first rows, or strew them, in place; the first place is at ``first``."""
    teams = any_colour(rng), any_colour(rng)
    set_up = chance(rng, 0.5)
    reach = max(2, round(step * 0.34))
    for row in range(cells):
        for column in range(cells):
            near = row < 2 or row >= cells - 2
            if not (near if set_up else chance(rng, 0.22)):
                continue
            team = teams[int(row > cells / 2) if set_up else int(rng.integers(2))]
            x, y = first + column * step, first + row * step
            fill_circle(body, (x + reach * 0.25, y + reach * 0.3), reach, (25, 22, 20))
            fill_circle(body, (x, y), reach, team)
            ring = max(1, round(reach * 0.55))
            cv2.circle(body, (round(x), round(y)), ring, shaded(team), 1, cv2.LINE_AA)


_RIMMED: tuple[Callable[[np.random.Generator, int], Sprite], ...] = (
    _serving_tray,
    _serving_tray,
    _sink,
    _sink,
    _baking_tin,
    _drawer,
    _suitcase,
    _basket,
    _pet_bed,
    _game_board,
)
