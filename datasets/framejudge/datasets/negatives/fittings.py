"""Rims seen from above, and plates on a wall: trays, sinks, tins and drawers; switches, sockets and dials."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import cv2
import numpy as np

from framejudge.datasets.negatives.props import Props
from framejudge.datasets.negatives.registry import negative
from framejudge.datasets.negatives.staging import Pose, revealing_backdrop, stage
from framejudge.datasets.picture import Image
from framejudge.datasets.products.canvas import (
    Box,
    Field,
    Mask,
    Sprite,
    blurred,
    faded,
    fill_rounded,
    lit,
    over,
    quarter_turned,
    solid,
    sprite_of,
)
from framejudge.datasets.products.colours import (
    BLACK,
    WHITE,
    Colour,
    any_colour,
    chance,
    contrasting,
    dark_colour,
    from_hsv,
    light_colour,
    luminance,
    metal_colour,
    mixed,
    scaled,
    wood_colour,
)
from framejudge.datasets.products.lettering import any_font, logo, word, write
from framejudge.datasets.products.scenes import placed
from framejudge.datasets.products.silhouettes import draw_sprite
from framejudge.datasets.products.surfaces import SURFACES, covered, gradient, noise, ramp


@negative("fittings")
def tray(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A tray, sink, baking tin, drawer, suitcase, basket, pet bed or game board, from above."""
    draw = _RIMMED[int(rng.integers(len(_RIMMED)))]
    thing = quarter_turned(draw(rng, size), int(rng.integers(0, 4)))
    # Shadow and surroundings tell these from a framed picture; a board is turned as well.
    straight = 0.0 if draw is _game_board else 0.2 if draw is _drawer else 0.5
    pose = Pose(least_margin=0.035, most_margin=0.18, straight_share=straight, cut_share=0.15, shadow=True)
    return stage(rng, [thing], size, pose, revealing_backdrop)


@negative("fittings")
def switch_plate(rng: np.random.Generator, props: Props, size: int) -> Image:
    """Switches, sockets, thermostats, door bells and square clocks: squares within squares, on a wall."""
    pick = rng.random()
    count = 1 if pick < 0.6 else int(rng.integers(2, 4))
    plates = [_plate(rng, size) for _ in range(1 if chance(rng, 0.3) else count)]
    plates = (plates * count)[:count]
    most = rng.choice((0.12, 0.3, 0.45))
    # Several in a row that one side of the picture cuts would leave a mere strip of it.
    cut = 0.12 if count == 1 else 0.0
    pose = Pose(least_margin=0.055, most_margin=most, straight_share=0.6, cut_share=cut, shadow=True)
    return stage(rng, plates, size, pose, revealing_backdrop)


def _embossed(mask: Mask, radius: float, angle: float, strength: float) -> Field:
    """Return the light on what the mask raises, its edges rounded over ``radius`` pixels."""
    soft = blurred(mask, max(radius, 0.7))
    # 255 grey levels over about 2.5 radii is the steepest slope; Sobel's kernel adds up to 8.
    scale = strength * max(radius, 0.7) * 2.5 / 255 / 8
    across = cv2.Sobel(soft, cv2.CV_32F, 1, 0, scale=scale * float(np.cos(angle)))
    down = cv2.Sobel(soft, cv2.CV_32F, 0, 1, scale=scale * float(np.sin(angle)))
    return cast("Field", cv2.add(across, down) + np.float32(1))


def _rounded_mask(height: int, width: int, box: Box, radius: float) -> Mask:
    mask = np.zeros((height, width), np.uint8)
    fill_rounded(mask, box, radius, 255)
    return mask


def _hollow(
    rng: np.random.Generator, body: Image, box: Box, radius: float, floor: Image | Colour, depth: float
) -> Image:
    """Return the body with a hollow at ``box``: another floor, shaded by its wall, its edge in the light."""
    height, width = body.shape[:2]
    inside = _rounded_mask(height, width, box, radius)
    angle = rng.uniform(0, 2 * np.pi)
    body = over(body, floor, inside)
    wide = max(1.0, depth)
    # The wall's shadow lies inside, on the side that the light comes from.
    away = np.array((np.cos(angle), np.sin(angle))) * wide * 0.7
    hole = cv2.bitwise_not(_rounded_mask(height, width, _moved(box, away, wide * 0.4), radius))
    shadow = cv2.bitwise_and(blurred(np.asarray(hole, np.uint8), wide * 0.6), inside)
    body = over(body, BLACK, faded(np.asarray(shadow, np.uint8), rng.uniform(0.3, 0.65)))
    return lit(body, _embossed(inside, wide * rng.uniform(0.25, 0.6), angle + np.pi, rng.uniform(0.3, 0.7)))


def _moved(box: Box, away: np.ndarray[tuple[int, ...], np.dtype[np.float64]], inset: float) -> Box:
    left, top, right, bottom = box
    x, y = float(away[0]), float(away[1])
    return left + x + inset, top + y + inset, right + x - inset, bottom + y - inset


def _blank(
    rng: np.random.Generator, height: int, width: int, colour: Colour, box: Box, radius: float
) -> tuple[Image, Mask]:
    """Return a body with a rounded outer edge in the light, and its coverage."""
    body = covered(rng, height, width, colour) if chance(rng, 0.2) else solid(height, width, colour)
    mask = _rounded_mask(height, width, box, radius)
    edge = min(height, width) * rng.uniform(0.008, 0.02)
    body = lit(body, _embossed(mask, edge, rng.uniform(0, 2 * np.pi), rng.uniform(0.3, 0.7)))
    return body, mask


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
        at = (index + 0.5) / count
        spot = (at, rng.uniform(0.42, 0.58)) if columns > rows else (rng.uniform(0.42, 0.58), at)
        scale = rng.uniform(0.5, 0.85) / (1 + 0.5 * (count - 1))
        inner = placed(rng, inner, sprite, (columns * spot[0], rows * spot[1]), scale)
    body[top:bottom, left:right] = inner
    return body


def _material(rng: np.random.Generator) -> Colour:
    return (wood_colour, metal_colour, light_colour, dark_colour, any_colour)[int(rng.integers(5))](rng)


def _serving_tray(rng: np.random.Generator, size: int) -> Sprite:
    """Return a tray with handles at its ends, on which something may stand."""
    width, height = size, round(size * rng.uniform(0.5, 0.85))
    colour = _material(rng)
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
    inner = (outer[0] + rim, outer[1] + rim, outer[2] - rim, outer[3] - rim)
    if chance(rng, 0.5):
        floor: Image = solid(height, width, scaled(colour, rng.uniform(0.8, 1.1)))
    else:
        floor = covered(rng, height, width)
    body = _hollow(rng, body, inner, radius * 0.8, floor, rim * 0.8)
    for x in (grip * 0.5, width - grip * 1.2):
        hole = (x, middle - half * 0.7, x + grip * 0.7, middle + half * 0.7)
        fill_rounded(mask, hole, grip * 0.3, 0)
    if chance(rng, 0.5):
        body = _filled(rng, body, _shrunk(inner, height * 0.05), 3)
    return sprite_of(body, mask)


def _shrunk(box: Box, by: float) -> Box:
    return box[0] + by, box[1] + by, box[2] - by, box[3] - by


def _sink(rng: np.random.Generator, size: int) -> Sprite:
    """Return a sink, a wash basin or a shower tray: bowls with drains, a tap, a draining board."""
    width, height = size, round(size * rng.uniform(0.5, 0.8))
    colour = metal_colour(rng) if chance(rng, 0.55) else _material(rng)
    radius = height * rng.uniform(0.03, 0.3)
    body, mask = _blank(rng, height, width, colour, (0, 0, width, height), radius)
    if chance(rng, 0.5):
        body = lit(body, 1 + noise(rng, height, width, 90, rng.choice((0.03, 30.0))) * np.float32(0.03))
    ledge = height * rng.uniform(0.16, 0.24)
    rim = height * rng.uniform(0.05, 0.08)
    board = chance(rng, 0.45)
    right = width * rng.uniform(0.5, 0.62) if board else width - rim
    bowls = [(rim, ledge, right, height - rim)]
    if not board and chance(rng, 0.5):
        split = width * rng.uniform(0.42, 0.66)
        bowls = [
            (rim, ledge, split - rim / 2, height - rim),
            (split + rim / 2, ledge, width - rim, height - rim),
        ]
    for bowl in bowls:
        tall, wide = bowl[3] - bowl[1], bowl[2] - bowl[0]
        shade = scaled(colour, rng.uniform(0.7, 1.0))
        body = _hollow(rng, body, bowl, min(tall, wide) * rng.uniform(0.1, 0.4), shade, height * 0.07)
        drain = (round((bowl[0] + bowl[2]) / 2), round(bowl[1] + tall * rng.uniform(0.3, 0.6)))
        reach = max(3, round(height * 0.05))
        cv2.circle(body, drain, reach, scaled((200, 202, 205), rng.uniform(0.6, 1.1)), -1, cv2.LINE_AA)
        cv2.circle(body, drain, max(2, round(reach * 0.7)), (60, 60, 62), -1, cv2.LINE_AA)
        for turn in np.arange(6) * np.pi / 3:
            hole = (
                round(drain[0] + np.cos(turn) * reach * 0.4),
                round(drain[1] + np.sin(turn) * reach * 0.4),
            )
            cv2.circle(body, hole, max(1, reach // 7), (190, 190, 190), -1, cv2.LINE_AA)
    if board:
        for y in np.linspace(ledge, height - rim, int(rng.integers(5, 10))):
            start, end = (round(right + rim * 1.5), round(y)), (round(width - rim), round(y))
            cv2.line(body, start, end, scaled(colour, 0.75), max(1, size // 120), cv2.LINE_AA)
            cv2.line(
                body, (start[0], start[1] + 2), (end[0], end[1] + 2), scaled(colour, 1.2), 1, cv2.LINE_AA
            )
    x = (bowls[0][0] + bowls[0][2]) / 2 if len(bowls) == 1 else width * 0.5
    _tap(rng, body, x, ledge * 0.5, height * rng.uniform(0.22, 0.34), ledge * 0.26)
    return sprite_of(body, mask)


def _tap(rng: np.random.Generator, body: Image, x: float, y: float, reach: float, radius: float) -> None:
    """Draw a tap from above that reaches over the bowl, in place."""
    metal = metal_colour(rng) if chance(rng, 0.8) else dark_colour(rng)
    lean = rng.uniform(-0.4, 0.4) * reach
    tip = (x + lean, y + reach)
    thick = max(2, round(radius * 0.7))
    for start, end, shade, wide in (
        ((x + 2, y + 4), (tip[0] + 4, tip[1] + 5), (70, 70, 72), thick),
        ((x, y), tip, scaled(metal, 0.8), thick),
        ((x - thick * 0.2, y), (tip[0] - thick * 0.2, tip[1] - 1), scaled(metal, 1.3), max(1, thick // 3)),
    ):
        points = (round(start[0]), round(start[1])), (round(end[0]), round(end[1]))
        cv2.line(body, *points, shade, wide, cv2.LINE_AA)
    cv2.circle(body, (round(x), round(y)), max(2, round(radius)), metal, -1, cv2.LINE_AA)
    cv2.circle(body, (round(x), round(y)), max(1, round(radius * 0.5)), scaled(metal, 1.25), -1, cv2.LINE_AA)


def _baking_tin(rng: np.random.Generator, size: int) -> Sprite:
    """Return a baking tin, a roasting dish or a muffin tin, with ears."""
    width, height = size, round(size * rng.uniform(0.55, 0.85))
    pick = rng.random()
    colour = dark_colour(rng) if pick < 0.45 else metal_colour(rng) if pick < 0.75 else _material(rng)
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
    inner = _shrunk(outer, rim)
    if chance(rng, 0.5):
        columns, rows = ((3, 2), (4, 3), (4, 2), (3, 3))[int(rng.integers(4))]
        wide, tall = (inner[2] - inner[0]) / columns, (inner[3] - inner[1]) / rows
        cups = np.zeros((height, width), np.uint8)
        dough = from_hsv(rng.uniform(0.05, 0.11), rng.uniform(0.3, 0.8), rng.uniform(0.3, 0.9))
        baked = chance(rng, 0.4)
        for row in range(rows):
            for column in range(columns):
                centre = (round(inner[0] + (column + 0.5) * wide), round(inner[1] + (row + 0.5) * tall))
                reach = max(2, round(min(wide, tall) * 0.41))
                cv2.circle(cups, centre, reach, 255, -1, cv2.LINE_AA)
                cv2.circle(body, centre, reach, scaled(colour, 0.7), -1, cv2.LINE_AA)
                cv2.circle(body, centre, round(reach * 0.75), scaled(colour, 0.5), -1, cv2.LINE_AA)
                if baked:
                    shade = scaled(dough, rng.uniform(0.85, 1.15))
                    cv2.circle(body, centre, max(2, round(reach * 0.97)), shade, -1, cv2.LINE_AA)
                    for away in rng.uniform(-0.5, 0.5, (5, 2)) * reach:
                        at = (round(centre[0] + away[0]), round(centre[1] + away[1]))
                        cv2.circle(body, at, max(1, reach // 9), scaled(dough, 0.5), -1, cv2.LINE_AA)
        light = _embossed(cups, height * 0.012, rng.uniform(0, 2 * np.pi), 0.6)
        return sprite_of(lit(body, light), mask)
    body = _hollow(rng, body, inner, radius * 0.8, scaled(colour, rng.uniform(0.6, 0.95)), height * 0.08)
    if chance(rng, 0.5):
        for x in np.linspace(inner[0], inner[2], int(rng.integers(6, 16)))[1:-1]:
            points = (round(x), round(inner[1] + rim * 2)), (round(x), round(inner[3] - rim * 2))
            cv2.line(body, *points, scaled(colour, 1.15), max(1, size // 150), cv2.LINE_AA)
    if chance(rng, 0.5):
        body = _filled(rng, body, _shrunk(inner, height * 0.08), 4)
    return sprite_of(body, mask)


def _drawer(rng: np.random.Generator, size: int) -> Sprite:
    """Return a drawer or an organiser from above: wooden sides, dividers, its front with a knob."""
    width, height = size, round(size * rng.uniform(0.6, 0.95))
    colour = wood_colour(rng) if chance(rng, 0.65) else _material(rng)
    front = height * rng.uniform(0.05, 0.09)
    knob = height * rng.uniform(0.03, 0.06)
    edge = height - knob - front
    body = (
        SURFACES["wood"][0](rng, height, width, colour) if chance(rng, 0.5) else solid(height, width, colour)
    )
    side = width * 0.04
    mask = _rounded_mask(height, width, (side, 0, width - side, edge + 2), 2)
    fill_rounded(mask, (0, edge, width, edge + front), 2, 255)
    fill_rounded(body, (0, edge, width, edge + front), 2, scaled(colour, 1.15))
    cv2.line(body, (0, round(edge)), (width, round(edge)), scaled(colour, 0.5), max(1, size // 120))
    metal = metal_colour(rng)
    for x in (0.5,) if chance(rng, 0.6) else (0.25, 0.75):
        grip = (width * x - knob, edge + front - 1, width * x + knob, height)
        fill_rounded(mask, grip, knob * 0.4, 255)
        fill_rounded(body, grip, knob * 0.4, metal)
    wallwide = width * rng.uniform(0.02, 0.035)
    columns, rows = int(rng.integers(1, 5)), int(rng.integers(1, 3))
    if columns == rows == 1:
        columns = 2
    floor = covered(rng, height, width, scaled(colour, rng.uniform(0.5, 1.1)))
    cuts = np.concatenate(((0.0,), np.cumsum(rng.uniform(0.6, 1.4, columns))))
    cuts = side + wallwide + cuts / cuts[-1] * (width - 2 * (side + wallwide))
    levels = np.linspace(wallwide, edge - wallwide * 0.5, rows + 1)
    same = draw_sprite(rng, max(24, round(width / columns * 0.6))) if chance(rng, 0.55) else None
    for column in range(columns):
        for row in range(rows):
            box = (
                float(cuts[column]) + wallwide * 0.4,
                float(levels[row]) + wallwide * 0.4,
                float(cuts[column + 1]) - wallwide * 0.4,
                float(levels[row + 1]) - wallwide * 0.4,
            )
            body = _sunk(body, box, floor, wallwide)
            if same is not None and chance(rng, 0.8):
                body = _laid_in(rng, body, box, same)
    return sprite_of(body, mask)


def _sunk(body: Image, box: Box, floor: Image, wide: float) -> Image:
    """Return the body with a compartment sunk in, shaded at its left and upper wall."""
    left, top, right, bottom = (round(edge) for edge in box)
    if right - left < 4 or bottom - top < 4:
        return body
    body[top:bottom, left:right] = floor[top:bottom, left:right]
    inner = body[top:bottom, left:right]
    thick = max(1, min(round(wide), min(inner.shape[:2]) - 1))
    inner[:thick] = cv2.convertScaleAbs(np.ascontiguousarray(inner[:thick]), alpha=0.5)
    inner[:, :thick] = cv2.convertScaleAbs(np.ascontiguousarray(inner[:, :thick]), alpha=0.6)
    inner[-1:] = cv2.convertScaleAbs(np.ascontiguousarray(inner[-1:]), alpha=1.3)
    return body


def _laid_in(rng: np.random.Generator, body: Image, box: Box, sprite: Sprite) -> Image:
    """Return the body with a thing in its compartment."""
    left, top, right, bottom = (round(edge) for edge in box)
    if right - left < 12 or bottom - top < 12:
        return body
    inner = np.ascontiguousarray(body[top:bottom, left:right])
    rows, columns = inner.shape[:2]
    body[top:bottom, left:right] = placed(rng, inner, sprite, (columns / 2, rows / 2), rng.uniform(0.6, 0.9))
    return body


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
        inner = _shrunk(shell, half * rng.uniform(0.06, 0.09))
        body = _hollow(rng, body, inner, half * 0.08, lining, half * 0.07)
        if index == 0 or chance(rng, 0.4):
            strap = _shaded(lining)
            corners = ((inner[0], inner[1], inner[2], inner[3]), (inner[2], inner[1], inner[0], inner[3]))
            if chance(rng, 0.6):
                body = _filled(rng, body, _shrunk(inner, half * 0.08), 3)
            for x1, y1, x2, y2 in corners:
                ends = (round(x1), round(y1 + half * 0.15)), (round(x2), round(y2 - half * 0.15))
                cv2.line(body, *ends, strap, max(2, round(half * 0.05)), cv2.LINE_AA)
            middle = ((inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2)
            fill_rounded(
                body,
                (
                    middle[0] - half * 0.06,
                    middle[1] - half * 0.05,
                    middle[0] + half * 0.06,
                    middle[1] + half * 0.05,
                ),
                3,
                (25, 25, 27),
            )
        else:
            body = _filled(rng, body, _shrunk(inner, half * 0.08), 3)
    for y in (0.3, 0.75):
        hinge = (half - half * 0.03, height * y, half + half * 0.03, height * y + half * 0.12)
        fill_rounded(body, hinge, 1, metal_colour(rng))
        fill_rounded(mask, hinge, 1, 255)
    return sprite_of(body, mask)


def _shaded(colour: Colour) -> Colour:
    """Return a shade that can be told from the colour."""
    return scaled(colour, 0.6) if luminance(colour) > 80 else mixed(colour, WHITE, 0.35)


def _basket(rng: np.random.Generator, size: int) -> Sprite:
    """Return a woven basket or a storage box with handles."""
    width, height = size, round(size * rng.uniform(0.55, 0.9))
    pick = rng.random()
    colour = from_hsv(rng.uniform(0.06, 0.12), rng.uniform(0.25, 0.6), rng.uniform(0.4, 0.85))
    colour = colour if pick < 0.7 else any_colour(rng)
    bow = width * rng.uniform(0.05, 0.09)
    outer = (bow, 0.0, width - bow, float(height))
    radius = height * rng.uniform(0.12, 0.5)
    mask = _rounded_mask(height, width, outer, radius)
    strand = max(3.0, height / rng.uniform(14, 34))
    x, y = np.arange(width, dtype=np.float32) / strand, np.arange(height, dtype=np.float32) / strand
    over_under = np.where((np.floor(x)[None] + np.floor(y)[:, None]) % 2 > 0, 1.0, 0.0)
    round_x, round_y = np.abs(np.sin(x * np.pi))[None], np.abs(np.sin(y * np.pi))[:, None]
    light = (0.55 + 0.55 * (round_x * over_under + round_y * (1 - over_under))).astype(np.float32)
    body = lit(solid(height, width, colour), light)
    rim = height * rng.uniform(0.07, 0.14)
    inner = _shrunk(outer, rim)
    lining = (
        covered(rng, height, width)
        if chance(rng, 0.35)
        else lit(body, np.full((height, width), 0.7, np.float32))
    )
    body = _hollow(rng, body, inner, radius * 0.8, lining, rim * 1.1)
    rope = max(2, round(height * rng.uniform(0.025, 0.05)))
    for side in (bow, width - bow):
        centre = (round(side), round(height / 2))
        axes = (max(2, round(bow - rope / 2)), max(2, round(height * rng.uniform(0.12, 0.2))))
        cv2.ellipse(mask, centre, axes, 0, 0, 360, 255, rope)
        cv2.ellipse(body, centre, axes, 0, 0, 360, scaled(colour, 0.6), rope, cv2.LINE_AA)
    if chance(rng, 0.55):
        body = _filled(rng, body, _shrunk(inner, rim * 0.5), 4)
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
    mask = _rounded_mask(height, width, (1, 1, width - 1, height - 1), radius)
    thick = height * rng.uniform(0.14, 0.22)
    inner = (thick, thick, width - thick, height - thick * rng.uniform(0.6, 1.0))
    inside = _rounded_mask(height, width, inner, radius * 0.75)
    cushion = solid(height, width, any_colour(rng) if chance(rng, 0.6) else light_colour(rng))
    body = over(body, cushion, inside)
    if chance(rng, 0.7):
        half = width * rng.uniform(0.14, 0.24)
        dip = (width / 2 - half, height * 0.55, width / 2 + half, float(height) - thick * 0.25)
        fill_rounded(inside, dip, thick * 0.5, 255)
        body = over(body, scaled(colour, 0.85), _rounded_mask(height, width, dip, thick * 0.5))
        body = over(body, cushion, _rounded_mask(height, width, inner, radius * 0.75))
    ring = cast("Mask", cv2.subtract(mask, inside))
    angle = rng.uniform(0, 2 * np.pi)
    light = _embossed(ring, thick * 0.33, angle, rng.uniform(0.5, 0.9))
    light += noise(rng, height, width, rng.uniform(5, 12)) * np.float32(0.04)
    if chance(rng, 0.6):
        light += noise(rng, height, width, 300) * np.float32(rng.uniform(0.03, 0.09))
    shadow = cast("Mask", cv2.bitwise_and(blurred(ring, thick * 0.2), inside))
    body = over(body, BLACK, faded(shadow, 0.45))
    body = lit(body, light)
    if chance(rng, 0.4):
        body = _filled(rng, body, _shrunk(inner, thick * 0.4), 1)
    elif chance(rng, 0.5):
        logo(rng, body, width / 2, height / 2, height * 0.1, any_colour(rng))
    return sprite_of(body, mask)


def _game_board(rng: np.random.Generator, size: int) -> Sprite:
    """Return a board for chess, go or a race, with its pieces, with a hinge or with a box beside it."""
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
            shade = pale if lines or (row + column) % 2 else dark
            corner = (round(left), round(top)), (round(left + step), round(top + step))
            cv2.rectangle(body, *corner, shade, -1)
            if lines:
                cv2.rectangle(body, *corner, scaled(pale, 0.4), 1)
    teams = any_colour(rng), any_colour(rng)
    offset = 0.0 if lines else 0.5
    set_up = chance(rng, 0.5)
    for row in range(cells):
        for column in range(cells):
            near = row < 2 or row >= cells - 2
            if not (near if set_up else chance(rng, 0.22)):
                continue
            team = teams[int(row > cells / 2) if set_up else int(rng.integers(2))]
            x, y = rim + (column + offset) * step, rim + (row + offset) * step
            reach = max(2, round(step * 0.34))
            cv2.circle(
                body, (round(x + reach * 0.25), round(y + reach * 0.3)), reach, (25, 22, 20), -1, cv2.LINE_AA
            )
            cv2.circle(body, (round(x), round(y)), reach, team, -1, cv2.LINE_AA)
            cv2.circle(body, (round(x), round(y)), max(1, round(reach * 0.55)), _shaded(team), 1, cv2.LINE_AA)
    if chance(rng, 0.4):
        middle = side // 2
        cv2.line(body, (0, middle), (side, middle), scaled(colour, 0.35), max(1, size // 150))
        for x in (0.25, 0.75):
            fill_rounded(
                body,
                (side * x - step * 0.3, middle - 3, side * x + step * 0.3, middle + 3),
                1,
                (200, 165, 80),
            )
    if chance(rng, 0.5):
        for index in range(cells):
            at = rim + (index + 0.5) * step
            ink = _shaded(colour)
            half = rim * 0.3
            for x, y in ((at, rim / 2), (rim / 2, at)):
                text = "ABCDEFGHIJ"[index] if y == rim / 2 else str(index + 1)
                write(body, text, (x - half, y - half, x + half, y + half), ink, cv2.FONT_HERSHEY_SIMPLEX)
    return sprite_of(body, mask)


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


def _plate(rng: np.random.Generator, size: int) -> Sprite:
    """Return one plate: switches, sockets, a thermostat, a door bell, a clock."""
    pick = rng.random()
    if pick < 0.2:
        return _clock(rng, size)
    if pick < 0.32:
        return _doorbell(rng, size)
    if pick < 0.46:
        return _thermostat(rng, size)
    return _gang(rng, size)


def _plate_colour(rng: np.random.Generator) -> Colour:
    pick = rng.random()
    if pick < 0.5:
        return scaled(from_hsv(rng.uniform(0.08, 0.17), rng.uniform(0, 0.1), 1.0), rng.uniform(0.9, 1.0))
    if pick < 0.68:
        return metal_colour(rng)
    return dark_colour(rng) if pick < 0.82 else wood_colour(rng) if pick < 0.88 else any_colour(rng)


def _raised(
    rng: np.random.Generator, body: Image, box: Box, radius: float, colour: Colour, angle: float
) -> Image:
    """Return the body with a rounded square raised on it, lit from ``angle``."""
    height, width = body.shape[:2]
    mask = _rounded_mask(height, width, box, radius)
    edge = max(1.0, min(height, width) * rng.uniform(0.006, 0.018))
    body = over(body, BLACK, faded(blurred(mask, edge * 1.2), 0.35))
    body = over(body, colour, mask)
    return lit(body, _embossed(mask, edge, angle, rng.uniform(0.3, 0.6)))


def _gang(rng: np.random.Generator, size: int) -> Sprite:
    """Return one to four inserts in a row in a common surround: rockers, sockets, dimmers, a bare cover."""
    count = int(rng.choice((1, 1, 1, 2, 2, 3, 4)))
    width = size
    rim_share = rng.uniform(0.09, 0.2)
    cell = width / (count + 2 * rim_share)
    rim = cell * rim_share
    height = max(16, round(cell + 2 * rim))
    colour = _plate_colour(rng)
    angle = rng.uniform(0, 2 * np.pi)
    radius = rim * rng.uniform(0.15, 1.2)
    body = gradient(rng, height, width, colour, scaled(colour, rng.uniform(0.88, 1.05)))
    mask = _rounded_mask(height, width, (0, 0, width, height), radius)
    body = lit(body, _embossed(mask, max(1.0, cell * 0.02), angle, 0.5))
    insert = colour if chance(rng, 0.65) else _plate_colour(rng)
    same = int(rng.integers(3)) if chance(rng, 0.6) else -1
    for index in range(count):
        box = (rim + index * cell + 1, rim, rim + (index + 1) * cell - 1, height - rim)
        kind = same if same >= 0 else int(rng.integers(3))
        body = _raised(rng, body, box, radius * 0.5, insert, angle)
        if kind == 0:
            _rockers(rng, body, box, insert)
        elif kind == 1:
            _socket(rng, body, box, insert)
        else:
            _dimmer(rng, body, box, insert)
    return quarter_turned(sprite_of(body, mask)) if count > 1 and chance(rng, 0.35) else sprite_of(body, mask)


def _rockers(rng: np.random.Generator, body: Image, box: Box, colour: Colour) -> None:
    """Divide the insert into rockers that lie slanted in the light, with marks or lamps, in place."""
    left, top, right, bottom = box
    count = int(rng.choice((1, 1, 2, 3)))
    wide = (right - left) / count
    for index in range(count):
        low, high = round(left + index * wide), round(left + (index + 1) * wide)
        rows = round(bottom) - round(top)
        part = body[round(top) : round(bottom), low:high]
        if rows < 4 or part.shape[1] < 4:
            return
        tilt = rng.uniform(-0.22, 0.22)
        part[:] = lit(np.ascontiguousarray(part), ramp(rows, part.shape[1], np.pi / 2) * np.float32(tilt) + 1)
        if index:
            cv2.line(
                body, (low, round(top)), (low, round(bottom)), scaled(colour, 0.5), max(1, round(wide * 0.03))
            )
        spot = (round((low + high) / 2), round(top + rows * rng.choice((0.15, 0.85))))
        if chance(rng, 0.4):
            cv2.circle(body, spot, max(1, round(wide * 0.04)), any_colour(rng), -1, cv2.LINE_AA)
        elif chance(rng, 0.4):
            logo(rng, body, (low + high) / 2, top + rows * 0.3, wide * 0.14, _shaded(colour))
        if chance(rng, 0.4):
            middle = round((top + bottom) / 2)
            cv2.line(
                body, (low + 2, middle), (high - 2, middle), scaled(colour, 0.75), max(1, round(rows * 0.02))
            )


def _socket(rng: np.random.Generator, body: Image, box: Box, colour: Colour) -> None:
    """Draw a socket into the insert, in place: two round holes, three slots, a jack."""
    left, top, right, bottom = box
    x, y, half = (left + right) / 2, (top + bottom) / 2, min(right - left, bottom - top) / 2
    centre = (round(x), round(y))
    hole = scaled(colour, 0.12)
    pick = rng.random()
    if pick < 0.5:
        cv2.circle(body, centre, max(2, round(half * 0.82)), scaled(colour, 0.62), -1, cv2.LINE_AA)
        cv2.circle(
            body,
            (centre[0], centre[1] + 1),
            max(2, round(half * 0.78)),
            scaled(colour, 0.88),
            -1,
            cv2.LINE_AA,
        )
        for side in (-1, 1):
            spot = (round(x + side * half * 0.38), centre[1])
            cv2.circle(body, spot, max(1, round(half * 0.11)), hole, -1, cv2.LINE_AA)
            clip = (
                x - half * 0.1,
                y + side * half * 0.72 - half * 0.08,
                x + half * 0.1,
                y + side * half * 0.72 + half * 0.08,
            )
            fill_rounded(body, clip, 1, (190, 185, 170))
    elif pick < 0.85:
        outlets = ((0.0, 1.0),) if chance(rng, 0.4) else ((-0.45, 0.55), (0.45, 0.55))
        for down, share in outlets:
            level, reach = y + half * down, half * share
            face = (x - reach * 0.62, level - reach * 0.62, x + reach * 0.62, level + reach * 0.62)
            fill_rounded(body, face, reach * 0.3, scaled(colour, 0.9))
            for right_of, tall in ((-0.3, 0.16), (0.3, 0.12)):
                slot = (
                    x + reach * right_of - reach * 0.05,
                    level - reach * (0.2 + tall),
                    x + reach * right_of + reach * 0.05,
                    level - reach * 0.2 + reach * tall,
                )
                fill_rounded(body, slot, 0, hole)
            fill_rounded(
                body,
                (x - reach * 0.09, level + reach * 0.16, x + reach * 0.09, level + reach * 0.38),
                reach * 0.08,
                hole,
            )
    else:
        for index in range(int(rng.integers(1, 3))):
            level = y + (index - 0.3) * half * 0.6
            port = (x - half * 0.28, level - half * 0.18, x + half * 0.28, level + half * 0.18)
            fill_rounded(body, port, half * rng.choice((0.03, 0.16)), hole)
            fill_rounded(
                body, (x - half * 0.2, level - half * 0.05, x + half * 0.2, level), 1, scaled(colour, 0.5)
            )


def _dimmer(rng: np.random.Generator, body: Image, box: Box, colour: Colour) -> None:
    """Draw a knob into the insert, in place."""
    left, top, right, bottom = box
    x, y, half = (left + right) / 2, (top + bottom) / 2, min(right - left, bottom - top) / 2
    radius = half * rng.uniform(0.35, 0.62)
    turn = rng.uniform(0, 2 * np.pi)
    for share, shade, down in ((1.12, 0.6, 2), (1.0, 0.8, 0), (0.86, 1.06, 0)):
        cv2.circle(
            body,
            (round(x), round(y) + down),
            max(2, round(radius * share)),
            scaled(colour, shade),
            -1,
            cv2.LINE_AA,
        )
    tip = (round(x + np.cos(turn) * radius * 0.8), round(y + np.sin(turn) * radius * 0.8))
    cv2.line(body, (round(x), round(y)), tip, _shaded(colour), max(1, round(radius * 0.1)), cv2.LINE_AA)
    for angle in np.linspace(0.8, 2.2, int(rng.integers(5, 12))) * np.pi:
        spot = (round(x + np.cos(angle) * radius * 1.3), round(y + np.sin(angle) * radius * 1.3))
        cv2.circle(body, spot, max(1, round(radius * 0.04)), _shaded(colour), -1, cv2.LINE_AA)


def _thermostat(rng: np.random.Generator, size: int) -> Sprite:
    """Return a thermostat or a smart panel: a rounded square with a ring or a display, keys."""
    width = size
    height = round(size * rng.uniform(0.8, 1.0))
    colour = _plate_colour(rng)
    angle = rng.uniform(0, 2 * np.pi)
    mask = _rounded_mask(height, width, (0, 0, width, height), height * rng.uniform(0.06, 0.5))
    body = lit(solid(height, width, colour), _embossed(mask, height * 0.02, angle, 0.5))
    glow = from_hsv(rng.random(), rng.uniform(0.3, 0.9), 1.0)
    x, y = width / 2, height * rng.uniform(0.42, 0.5)
    text = f"{rng.integers(15, 28)}.{rng.integers(0, 10)}" if chance(rng, 0.6) else f"{rng.integers(10, 30)}"
    if chance(rng, 0.6):
        radius = height * rng.uniform(0.26, 0.38)
        centre = (round(x), round(y))
        face = dark_colour(rng) if chance(rng, 0.6) else scaled(colour, 0.95)
        cv2.circle(body, centre, max(3, round(radius * 1.08)), metal_colour(rng), -1, cv2.LINE_AA)
        cv2.circle(body, centre, max(3, round(radius)), face, -1, cv2.LINE_AA)
        for index, turn in enumerate(np.linspace(0.75, 2.25, 28) * np.pi):
            start, end = (
                (round(x + np.cos(turn) * radius * share), round(y + np.sin(turn) * radius * share))
                for share in (0.78, 0.92)
            )
            ink = glow if index < 17 else _shaded(face)
            cv2.line(body, start, end, ink, max(1, size // 150), cv2.LINE_AA)
        ink = contrasting(rng, face)
        write(
            body,
            text,
            (x - radius * 0.5, y - radius * 0.3, x + radius * 0.5, y + radius * 0.3),
            ink,
            any_font(rng),
        )
    else:
        box = (width * 0.15, height * 0.16, width * 0.85, height * 0.58)
        screen = from_hsv(rng.uniform(0.2, 0.45), 0.12, 0.72) if chance(rng, 0.6) else dark_colour(rng)
        fill_rounded(body, box, height * 0.04, scaled(colour, 0.6))
        fill_rounded(body, _shrunk(box, height * 0.015), height * 0.03, screen)
        ink = (30, 36, 32) if luminance(screen) > 90 else glow
        write(body, text, (width * 0.22, height * 0.22, width * 0.72, height * 0.52), ink, any_font(rng))
    for across in (-0.22, 0.0, 0.22)[:: int(rng.choice((1, 2)))]:
        spot = (width * (0.5 + across), height * 0.88)
        half = width * 0.05
        fill_rounded(
            body,
            (spot[0] - half, spot[1] - half * 0.6, spot[0] + half, spot[1] + half * 0.6),
            half * 0.5,
            _shaded(colour),
        )
    return sprite_of(body, mask)


def _doorbell(rng: np.random.Generator, size: int) -> Sprite:
    """Return a door bell, an entry phone or a card reader: tall, with a button, a lens, a grille, keys."""
    height, width = size, round(size * rng.uniform(0.3, 0.6))
    colour = dark_colour(rng) if chance(rng, 0.4) else _plate_colour(rng)
    angle = rng.uniform(0, 2 * np.pi)
    mask = _rounded_mask(height, width, (0, 0, width, height), width * rng.uniform(0.05, 0.5))
    body = gradient(rng, height, width, colour, scaled(colour, rng.uniform(0.8, 1.1)))
    body = lit(body, _embossed(mask, width * 0.04, angle, 0.5))
    x, dark = width / 2, scaled(dark_colour(rng), 0.5)
    if chance(rng, 0.65):
        lens = (round(x), round(height * 0.2))
        for share, shade in (
            (0.24, dark),
            (0.17, (40, 40, 46)),
            (0.1, (12, 12, 20)),
            (0.03, (150, 160, 190)),
        ):
            cv2.circle(body, lens, max(1, round(width * share)), shade, -1, cv2.LINE_AA)
    else:
        for index in range(6):
            y = height * (0.1 + 0.035 * index)
            fill_rounded(body, (width * 0.25, y, width * 0.75, y + height * 0.014), 1, _shaded(colour))
    if chance(rng, 0.35):
        for row in range(4):
            for column in range(3):
                spot = (round(width * (0.25 + 0.25 * column)), round(height * (0.45 + 0.11 * row)))
                cv2.circle(body, spot, max(2, round(width * 0.09)), _shaded(colour), -1, cv2.LINE_AA)
                half = width * 0.06
                digit = str((row * 3 + column + 1) % 10)
                write(
                    body,
                    digit,
                    (spot[0] - half, spot[1] - half, spot[0] + half, spot[1] + half),
                    colour,
                    cv2.FONT_HERSHEY_SIMPLEX,
                )
    else:
        names = int(rng.choice((1, 1, 2, 4)))
        for index in range(names):
            y = height * (0.7 if names == 1 else 0.48 + 0.42 * index / names)
            if names == 1:
                glow = from_hsv(rng.random(), rng.uniform(0.2, 0.9), 1.0)
                cv2.circle(body, (round(x), round(y)), max(3, round(width * 0.26)), glow, -1, cv2.LINE_AA)
                cv2.circle(
                    body,
                    (round(x), round(y)),
                    max(2, round(width * 0.21)),
                    scaled(colour, 0.9),
                    -1,
                    cv2.LINE_AA,
                )
                logo(rng, body, x, y, width * 0.1, _shaded(colour))
            else:
                fill_rounded(body, (width * 0.12, y, width * 0.66, y + height * 0.07), 1, (240, 240, 236))
                write(
                    body,
                    word(rng),
                    (width * 0.15, y + 1, width * 0.63, y + height * 0.06),
                    (40, 40, 40),
                    any_font(rng),
                )
                cv2.circle(
                    body,
                    (round(width * 0.8), round(y + height * 0.035)),
                    max(2, round(width * 0.08)),
                    metal_colour(rng),
                    -1,
                    cv2.LINE_AA,
                )
    return sprite_of(body, mask)


def _clock(rng: np.random.Generator, size: int) -> Sprite:
    """Return a clock, a scale or a barometer in a square case: a round dial, marks, hands."""
    side = size
    colour = _material(rng)
    angle = rng.uniform(0, 2 * np.pi)
    mask = _rounded_mask(side, side, (0, 0, side, side), side * rng.uniform(0.03, 0.3))
    body = covered(rng, side, side, colour) if chance(rng, 0.3) else solid(side, side, colour)
    body = lit(body, _embossed(mask, side * 0.02, angle, 0.6))
    face = light_colour(rng) if chance(rng, 0.65) else any_colour(rng)
    ink = contrasting(rng, face)
    rim, middle = side * rng.uniform(0.05, 0.13), side / 2
    radius = middle - rim
    if chance(rng, 0.3):
        body = _hollow(
            rng, body, (rim, rim, side - rim, side - rim), side * rng.uniform(0.03, 0.2), face, rim * 0.5
        )
    else:
        dial = _rounded_mask(side, side, (rim, rim, side - rim, side - rim), radius)
        body = over(body, scaled(colour, 0.5), dial)
        body = over(
            body,
            face,
            _rounded_mask(side, side, _shrunk((rim, rim, side - rim, side - rim), side * 0.012), radius),
        )
        body = lit(body, _embossed(dial, side * 0.012, angle + np.pi, 0.5))
    figures = chance(rng, 0.6)
    font = any_font(rng)
    for hour in range(12):
        turn = hour * np.pi / 6 - np.pi / 2
        along = np.array((np.cos(turn), np.sin(turn)))
        if figures and (hour % 3 == 0 or side > 100):
            spot, half = along * radius * 0.8 + middle, radius * 0.12
            text = str(hour or 12)
            write(body, text, (spot[0] - half, spot[1] - half, spot[0] + half, spot[1] + half), ink, font)
        else:
            near, far = along * radius * 0.8 + middle, along * radius * 0.9 + middle
            wide = max(1, round(side * (0.02 if hour % 3 == 0 else 0.01)))
            cv2.line(
                body,
                (round(near[0]), round(near[1])),
                (round(far[0]), round(far[1])),
                ink,
                wide,
                cv2.LINE_AA,
            )
    hand = ink if chance(rng, 0.7) else contrasting(rng, face)
    red = any_colour(rng)
    for reach, thick, shade in ((0.5, 0.03, hand), (0.72, 0.02, hand), (0.78, 0.008, red)):
        turn = rng.uniform(0, 2 * np.pi)
        along = np.array((np.cos(turn), np.sin(turn))) * radius
        start, end = middle - along * 0.12, middle + along * reach
        points = (round(start[0]), round(start[1])), (round(end[0]), round(end[1]))
        cv2.line(body, *points, shade, max(1, round(side * thick)), cv2.LINE_AA)
    cv2.circle(body, (round(middle), round(middle)), max(2, round(side * 0.025)), red, -1, cv2.LINE_AA)
    if chance(rng, 0.5):
        half = radius * 0.3
        write(
            body,
            word(rng),
            (middle - half, middle + radius * 0.25, middle + half, middle + radius * 0.42),
            ink,
            font,
        )
    return sprite_of(body, mask)
