"""Fronts of household and office machines: a rectangle with its controls, handle, window or drum."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np

from framejudge.datasets.drawing.negatives.props import Props, reflected
from framejudge.datasets.drawing.negatives.registry import negative
from framejudge.datasets.drawing.negatives.staging import Pose, Solid, revealing_backdrop, stage, stage_solid
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products.canvas import (
    Box,
    Mask,
    Sprite,
    fill_polygon,
    fill_rounded,
    lit,
    opaque,
    parts,
    rounded_mask,
    solid,
    sprite_of,
)
from framejudge.datasets.drawing.products.colours import (
    WHITE,
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
    wood_colour,
)
from framejudge.datasets.drawing.products.lettering import any_font, logo, word, write, write_lines
from framejudge.datasets.drawing.products.surfaces import noise, panel, ramp


@negative("appliances")
def appliance(rng: np.random.Generator, props: Props, size: int) -> Image:
    """The front of an oven, a microwave, a washing machine, a radio, a printer and the like."""
    front = _FRONTS[int(rng.integers(len(_FRONTS)))](rng, size)
    pick = rng.random()
    if pick < 0.2:
        return _close_up(rng, front, size)
    if pick < 0.38 and front[..., 3].mean() > 240:
        return stage_solid(rng, _boxed(rng, front), size, Pose(), revealing_backdrop, most_yaw=32.0)
    least = 0.0 if chance(rng, 0.5) else 0.015
    # A flat one that is cut would leave a mere strip.
    cut = 0.15 if front.shape[0] > 0.45 * front.shape[1] else 0.0
    pose = Pose(least_margin=least, most_margin=0.14, straight_share=0.8, cut_share=cut, shadow=True)
    return stage(rng, [front], size, pose, revealing_backdrop)


def _close_up(rng: np.random.Generator, front: Sprite, size: int) -> Image:
    """Return a part of the front that fills the picture."""
    body, mask = parts(front)
    height, width = mask.shape
    body[mask < 128] = cv2.mean(body, mask)[:3]
    share = rng.uniform(0.6, 0.93, 2)
    rows, columns = max(2, round(height * share[0])), max(2, round(width * share[1]))
    top, left = int(rng.integers(0, height - rows + 1)), int(rng.integers(0, width - columns + 1))
    part = body[top : top + rows, left : left + columns]
    scale = size / max(rows, columns)
    extent = (max(16, min(size, round(columns * scale))), max(16, min(size, round(rows * scale))))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    part = cast("Image", cv2.resize(part, extent, interpolation=method))
    light = 1 + ramp(extent[1], extent[0], rng.uniform(0, 7)) * np.float32(rng.uniform(0, 0.2))
    return lit(part, light)


def _boxed(rng: np.random.Generator, front: Sprite) -> Solid:
    """Return the front as a box, its sides in the front's mean colour."""
    height, width = front.shape[:2]
    red, green, blue = (int(level) for level in cv2.mean(front[: max(2, height // 20)])[:3])
    depth = rng.uniform(0.3, 0.9)
    deep = max(8, round(width * depth))
    side, top = solid(height, deep, (red, green, blue)), solid(deep, width, (red, green, blue))
    return Solid(front, opaque(side), opaque(top), depth)


def _shell(rng: np.random.Generator) -> Colour:
    """Draw the colour of a machine: white, steel and black mostly; cream, pastel and bright ones."""
    pick = rng.random()
    if pick < 0.33:
        return scaled(light_colour(rng), 0.97)
    if pick < 0.55:
        return metal_colour(rng)
    return dark_colour(rng) if pick < 0.78 else any_colour(rng)


def _body(
    rng: np.random.Generator, height: int, width: int, colour: Colour, radius: float
) -> tuple[Image, Mask]:
    """Return a plain, graded or brushed body and its coverage."""
    body = panel(rng, height, width, colour)
    if chance(rng, 0.2):
        body = lit(body, 1 + noise(rng, height, width, 60, rng.choice((0.02, 50.0))) * np.float32(0.03))
    return body, rounded_mask(height, width, (0, 0, width, height), radius)


def _knob(rng: np.random.Generator, body: Image, x: float, y: float, radius: float, colour: Colour) -> None:
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


def _display(rng: np.random.Generator, body: Image, box: Box) -> None:
    """Draw a dark display with a time or a number that glows, in place."""
    left, top, right, bottom = box
    fill_rounded(body, box, (bottom - top) * 0.12, scaled(dark_colour(rng), 0.7))
    glow = from_hsv(rng.choice((0.0, 0.09, 0.33, 0.5, 0.6)), rng.uniform(0.2, 1), 1.0)
    text = f"{rng.integers(0, 24)}:{rng.integers(0, 60):02d}" if chance(rng, 0.7) else word(rng)[:5]
    pad = (bottom - top) * 0.18
    write(body, text, (left + pad, top + pad, right - pad, bottom - pad), glow, any_font(rng))


def _buttons(
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


def _handle(body: Image, box: Box, colour: Colour) -> None:
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


def _glass(rng: np.random.Generator, body: Image, box: Box, radius: float) -> None:
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


def _badge(rng: np.random.Generator, body: Image, x: float, y: float, wide: float, ground: Colour) -> None:
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


def _vents(body: Image, box: Box, count: int, colour: Colour, *, upright: bool = False) -> None:
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


def _feet(body: Image, mask: Mask, floor: float, inset: float, wide: float) -> None:
    """Stand the body on two dark feet, in place."""
    height, width = mask.shape
    for x in (inset, width - inset - wide):
        fill_rounded(body, (x, floor - 2, x + wide, height), 1, (35, 35, 38))
        fill_rounded(mask, (x, floor - 2, x + wide, height), 1, 255)


def _footed(mask: Mask, floor: float) -> None:
    """Clear the coverage below the body, in place."""
    mask[round(floor) :] = 0


def _oven(rng: np.random.Generator, size: int) -> Sprite:
    """Return an oven or a cooker: knobs above, a handle, a window; a hob's edge, a drawer below."""
    width = size
    height = round(size * rng.uniform(0.8, 1.2))
    colour = _shell(rng)
    body, mask = _body(rng, height, width, colour, width * rng.uniform(0, 0.02))
    strip = height * rng.uniform(0.13, 0.22)
    band = colour if chance(rng, 0.5) else dark_colour(rng)
    fill_rounded(body, (0, 0, width, strip), 0, band)
    knobs = int(rng.integers(1, 4))
    knob = metal_colour(rng) if chance(rng, 0.6) else shaded(band)
    radius = min(strip * 0.3, width * 0.05)
    for index in range(knobs):
        for x in (0.08 + 0.13 * index, 0.92 - 0.13 * index):
            _knob(rng, body, width * x, strip * 0.5, radius, knob)
    if knobs < 3:
        half = width * rng.uniform(0.08, 0.14)
        _display(rng, body, (width / 2 - half, strip * 0.25, width / 2 + half, strip * 0.75))
    else:
        _badge(rng, body, width / 2, strip * 0.5, width * 0.16, band)
    cv2.line(body, (0, round(strip)), (width, round(strip)), scaled(colour, 0.4), max(1, size // 120))
    low = height * rng.choice((0.98, rng.uniform(0.76, 0.86)))
    handle_at = strip + height * 0.05
    metal = metal_colour(rng)
    side = width * rng.uniform(0.06, 0.18)
    _glass(
        rng,
        body,
        (side * rng.uniform(0.4, 1.3), handle_at + height * 0.08, width - side, low - height * 0.05),
        size * 0.02,
    )
    _handle(body, (side * 0.7, handle_at, width - side * 0.7, handle_at + height * 0.035), metal)
    if low < height * 0.9:
        cv2.line(body, (0, round(low)), (width, round(low)), scaled(colour, 0.5), max(1, size // 120))
        _handle(body, (width * 0.3, low + height * 0.04, width * 0.7, low + height * 0.065), metal)
    return sprite_of(body, mask)


def _microwave(rng: np.random.Generator, size: int) -> Sprite:
    """Return a microwave: the window on the left, the controls on the right."""
    width, height = size, round(size * rng.uniform(0.52, 0.68))
    colour = _shell(rng)
    body, mask = _body(rng, height, width, colour, height * rng.uniform(0.01, 0.07))
    floor = height * 0.96
    _footed(mask, floor)
    split = width * rng.uniform(0.66, 0.8)
    _glass(
        rng,
        body,
        (width * 0.04, height * 0.1, split - width * 0.06, height * 0.84),
        height * rng.uniform(0.02, 0.12),
    )
    if chance(rng, 0.6):
        _handle(
            body,
            (split - width * 0.045, height * 0.12, split - width * 0.015, height * 0.84),
            metal_colour(rng),
        )
    cv2.line(body, (round(split), 0), (round(split), round(floor)), scaled(colour, 0.5), max(1, size // 150))
    box = (split + width * 0.025, height * 0.08, width * 0.97, height * 0.2)
    _display(rng, body, box)
    shade = shaded(colour)
    if chance(rng, 0.55):
        _buttons(rng, body, (box[0], height * 0.25, box[2], height * 0.75), int(rng.integers(3, 7)), 3, shade)
        fill_rounded(body, (box[0], height * 0.8, box[2], height * 0.9), 2, shade)
    else:
        for y in (0.38, 0.64):
            _knob(
                rng,
                body,
                (box[0] + box[2]) / 2,
                height * y,
                (box[2] - box[0]) * rng.uniform(0.25, 0.36),
                shade,
            )
    _badge(rng, body, split / 2, height * 0.9, width * 0.12, colour)
    _feet(body, mask, floor, width * 0.08, width * 0.06)
    return sprite_of(body, mask)


def _washer(rng: np.random.Generator, size: int) -> Sprite:
    """Return a washing machine or a dryer: a round door, a drawer, a dial and a display above."""
    height, width = size, round(size * rng.uniform(0.68, 0.95))
    colour = scaled(light_colour(rng), 0.97) if chance(rng, 0.6) else _shell(rng)
    body, mask = _body(rng, height, width, colour, width * rng.uniform(0, 0.03))
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
    _badge(rng, body, (width * 0.03 + drawer) / 2, strip * 0.5, drawer * 0.6, colour)
    _knob(rng, body, width * rng.uniform(0.46, 0.56), strip * 0.52, strip * 0.3, metal_colour(rng))
    _display(rng, body, (width * 0.68, strip * 0.25, width * 0.95, strip * 0.75))
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
    _handle(
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


def _fridge(rng: np.random.Generator, size: int) -> Sprite:
    """Return a fridge: two doors or more with their handles, a dispenser, magnets."""
    height, width = size, round(size * rng.uniform(0.4, 0.78))
    colour = _shell(rng)
    body, mask = _body(rng, height, width, colour, width * rng.uniform(0.01, 0.09))
    floor = height * rng.uniform(0.96, 0.99)
    _footed(mask, floor)
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
            _handle(body, (x, at * 0.3, x + wide, at * 0.9), metal)
        _handle(body, (width * 0.1, at + height * 0.04, width * 0.9, at + height * 0.04 + wide), metal)
    else:
        x = rng.choice((width * 0.07, width * 0.9))
        _handle(body, (x, at * 0.4, x + wide, at - height * 0.04), metal)
        _handle(body, (x, at + height * 0.04, x + wide, at + (floor - at) * 0.6), metal)
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
    _badge(rng, body, width * rng.uniform(0.25, 0.75), height * 0.06, width * 0.25, colour)
    _feet(body, mask, floor, width * 0.08, width * 0.1)
    return sprite_of(body, mask)


def _dishwasher(rng: np.random.Generator, size: int) -> Sprite:
    """Return a dishwasher or a hood's front: a strip of buttons, a handle, a plain door, a plinth."""
    height, width = size, round(size * rng.uniform(0.68, 0.95))
    colour = _shell(rng)
    body, mask = _body(rng, height, width, colour, 1)
    strip = height * rng.uniform(0.1, 0.17)
    band = dark_colour(rng) if chance(rng, 0.4) else scaled(colour, 0.92)
    fill_rounded(body, (0, 0, width, strip), 0, band)
    shade = shaded(band)
    _buttons(
        rng, body, (width * 0.5, strip * 0.3, width * 0.95, strip * 0.7), 1, int(rng.integers(4, 9)), shade
    )
    _display(rng, body, (width * 0.36, strip * 0.25, width * 0.47, strip * 0.75))
    _badge(rng, body, width * 0.17, strip * 0.5, width * 0.22, band)
    cv2.line(body, (0, round(strip)), (width, round(strip)), scaled(colour, 0.5), max(1, size // 150))
    at = strip + height * rng.uniform(0.03, 0.07)
    reach = rng.uniform(0.08, 0.3)
    _handle(body, (width * reach, at, width * (1 - reach), at + height * 0.03), metal_colour(rng))
    plinth = round(height * rng.uniform(0.87, 0.94))
    body[plinth:] = scaled(colour, 0.55)
    if chance(rng, 0.4):
        _vents(body, (width * 0.1, plinth + 3, width * 0.9, height - 3), 18, (25, 25, 25), upright=True)
    return sprite_of(body, mask)


def _cone(rng: np.random.Generator, body: Image, x: float, y: float, radius: float) -> None:
    """Draw a loudspeaker's cone: ring, membrane, dome, screws, in place."""
    centre = (round(x), round(y))
    ring = metal_colour(rng) if chance(rng, 0.4) else scaled(dark_colour(rng), 1.4)
    paper = any_colour(rng) if chance(rng, 0.3) else dark_colour(rng)
    for share, shade in (
        (1.0, ring),
        (0.9, (20, 20, 22)),
        (0.82, scaled(paper, 0.8)),
        (0.66, scaled(paper, 1.2)),
        (0.35, scaled(paper, 0.5)),
        (0.28, scaled(paper, 1.5)),
    ):
        cv2.circle(body, centre, max(1, round(radius * share)), shade, -1, cv2.LINE_AA)
    for turn in np.arange(6) * np.pi / 3 + 0.4:
        spot = (round(x + np.cos(turn) * radius * 0.95), round(y + np.sin(turn) * radius * 0.95))
        cv2.circle(body, spot, max(1, round(radius * 0.04)), scaled(ring, 0.4), -1, cv2.LINE_AA)
    shine = (round(x - radius * 0.09), round(y - radius * 0.09))
    cv2.circle(body, shine, max(1, round(radius * 0.08)), scaled(paper, 2.6), -1, cv2.LINE_AA)


def _speaker(rng: np.random.Generator, size: int) -> Sprite:
    """Return a loudspeaker, a tower of them, or a guitar's amplifier."""
    height, width = size, round(size * rng.uniform(0.36, 0.95))
    colour = wood_colour(rng) if chance(rng, 0.4) else _shell(rng)
    body, mask = _body(rng, height, width, colour, width * rng.uniform(0, 0.1))
    if chance(rng, 0.4):
        body = lit(body, 1 + noise(rng, height, width, 40, 0.05) * np.float32(0.07))
    y, space = height * 0.04, height * 0.95
    radius = width * rng.uniform(0.1, 0.2)
    while y + 2 * radius < space:
        if chance(rng, 0.2) and width > height * 0.7:
            _cone(rng, body, width * 0.3, y + radius, radius)
            _cone(rng, body, width * 0.7, y + radius, radius)
        else:
            _cone(rng, body, width / 2, y + radius, radius)
        y += radius * 2 + height * rng.uniform(0.02, 0.05)
        radius = min(width * rng.uniform(0.3, 0.44), max((space - y) / 2 - 1, width * 0.1))
    if space - y > height * 0.06:
        if chance(rng, 0.5):
            fill_rounded(body, (width * 0.3, y, width * 0.7, y + height * 0.04), height * 0.02, (12, 12, 12))
        else:
            _badge(rng, body, width / 2, y + height * 0.03, width * 0.3, colour)
    if chance(rng, 0.25):
        for x in (0.2, 0.4, 0.6, 0.8):
            _knob(rng, body, width * x, height * 0.965, height * 0.022, metal_colour(rng))
    return sprite_of(body, mask)


def _radio(rng: np.random.Generator, size: int) -> Sprite:
    """Return a radio or a cassette recorder: grilles, a tuning scale, knobs, a carrying handle, an aerial."""
    width, height = size, round(size * rng.uniform(0.45, 0.75))
    colour = wood_colour(rng) if chance(rng, 0.35) else _shell(rng)
    top = height * rng.uniform(0.08, 0.22)
    body, mask = _body(rng, height, width, colour, 0)
    mask[:] = 0
    fill_rounded(mask, (0, top, width, height), height * rng.uniform(0.02, 0.16), 255)
    if chance(rng, 0.6):
        metal = metal_colour(rng)
        bar = height * 0.035
        for box in (
            (width * 0.15, bar * 0.2, width * 0.85, bar * 1.2),
            (width * 0.15, bar * 0.2, width * 0.15 + bar, top + 2),
            (width * 0.85 - bar, bar * 0.2, width * 0.85, top + 2),
        ):
            fill_rounded(mask, box, bar * 0.4, 255)
            fill_rounded(body, (box[0], box[1], box[2], min(box[3], top)), bar * 0.4, metal)
    else:
        aerial = [(width * 0.86, top), (width * 0.97, 0), (width * 0.985, 0), (width * 0.88, top)]
        fill_polygon(mask, aerial, 255)
        fill_polygon(body, aerial, metal_colour(rng))
    deep = shaded(colour)
    tall = height - top
    if chance(rng, 0.5):
        radius = min(width * 0.19, tall * 0.38)
        for x in (0.2, 0.8):
            _cone(rng, body, width * x, top + tall * 0.55, radius)
        box = (width * 0.41, top + tall * 0.12, width * 0.59, top + tall * 0.4)
        _display(rng, body, box)
        fill_rounded(
            body, (width * 0.41, top + tall * 0.5, width * 0.59, top + tall * 0.85), 3, scaled(deep, 0.7)
        )
        for x in (0.46, 0.54):
            cv2.circle(
                body,
                (round(width * x), round(top + tall * 0.67)),
                max(1, round(width * 0.022)),
                WHITE,
                -1,
                cv2.LINE_AA,
            )
    else:
        grille = (width * 0.05, top + tall * 0.12, width * 0.55, top + tall * 0.88)
        fill_rounded(body, grille, tall * 0.05, deep)
        _vents(body, grille, int(rng.integers(6, 22)), scaled(deep, 0.5), upright=chance(rng, 0.5))
        dial = (width * 0.6, top + tall * 0.12, width * 0.95, top + tall * 0.4)
        fill_rounded(body, dial, 2, light_colour(rng))
        for x in np.linspace(dial[0] + 3, dial[2] - 3, 15):
            cv2.line(
                body,
                (round(x), round(dial[1] + tall * 0.05)),
                (round(x), round(dial[1] + tall * 0.13)),
                (60, 60, 60),
                1,
            )
        needle = round(rng.uniform(dial[0] + 4, dial[2] - 4))
        cv2.line(body, (needle, round(dial[1])), (needle, round(dial[3])), (215, 40, 30), max(1, size // 150))
        for x in (0.68, 0.87):
            _knob(rng, body, width * x, top + tall * 0.66, min(width * 0.07, tall * 0.16), metal_colour(rng))
    _badge(rng, body, width * 0.5, top + tall * 0.93, width * 0.12, colour)
    return sprite_of(body, mask)


def _router(rng: np.random.Generator, size: int) -> Sprite:
    """Return a router, a recorder or an amplifier: flat, with lamps, sockets, aerials."""
    width = size
    tall = round(size * rng.uniform(0.14, 0.4))
    aerials = chance(rng, 0.55)
    rise = round(size * rng.uniform(0.2, 0.45)) if aerials else 0
    height = tall + rise + 6
    colour = _shell(rng)
    body, mask = _body(rng, height, width, colour, 0)
    mask[:] = 0
    if aerials:
        count = int(rng.integers(2, 5))
        stick = width * rng.uniform(0.02, 0.035)
        for x in np.linspace(width * 0.06, width * 0.94, count):
            lean = rng.uniform(-0.03, 0.03) * width
            shape = [
                (x - stick, rise + 2),
                (x - stick * 0.7 + lean, 0),
                (x + stick * 0.7 + lean, 0),
                (x + stick, rise + 2),
            ]
            fill_polygon(mask, shape, 255)
            fill_polygon(body, shape, scaled(colour, 0.85))
    fill_rounded(mask, (0, rise, width, rise + tall), tall * rng.uniform(0.03, 0.35), 255)
    face = (width * 0.03, rise + tall * 0.18, width * 0.97, rise + tall * 0.82)
    if chance(rng, 0.5):
        fill_rounded(body, face, tall * 0.1, scaled(colour, 0.75))
    lamp = from_hsv(rng.choice((0.33, 0.6, 0.08)), 0.8, 1.0)
    count = int(rng.integers(4, 10))
    for index in range(count):
        spot = (round(width * (0.4 + 0.05 * index)), round(rise + tall * 0.5))
        cv2.circle(
            body,
            spot,
            max(1, round(tall * 0.045)),
            lamp if chance(rng, 0.75) else (70, 70, 70),
            -1,
            cv2.LINE_AA,
        )
    if chance(rng, 0.4):
        for index in range(int(rng.integers(2, 6))):
            left = width * (0.06 + 0.06 * index)
            fill_rounded(
                body, (left, rise + tall * 0.55, left + width * 0.045, rise + tall * 0.8), 1, (25, 25, 25)
            )
    else:
        _knob(rng, body, width * 0.12, rise + tall * 0.5, tall * 0.28, metal_colour(rng))
        _display(rng, body, (width * 0.2, rise + tall * 0.3, width * 0.36, rise + tall * 0.7))
    _badge(rng, body, width * 0.9, rise + tall * 0.3, width * 0.12, colour)
    _feet(body, mask, rise + tall, width * 0.1, width * 0.07)
    return sprite_of(body, mask)


def _printer(rng: np.random.Generator, size: int) -> Sprite:
    """Return a printer or a copier: paper above, a slot with a tray, a panel of keys."""
    width, height = size, round(size * rng.uniform(0.55, 0.95))
    colour = _shell(rng)
    body, mask = _body(rng, height, width, colour, 0)
    mask[:] = 0
    lid = height * rng.uniform(0.18, 0.3)
    sheet = [(width * 0.24, lid + 2), (width * 0.27, 0), (width * 0.73, 0), (width * 0.76, lid + 2)]
    fill_polygon(mask, sheet, 255)
    fill_polygon(body, sheet, (246, 246, 244))
    fill_rounded(mask, (0, lid, width, height), height * rng.uniform(0.02, 0.1), 255)
    band = lid + (height - lid) * rng.uniform(0.2, 0.32)
    deep = shaded(colour)
    fill_rounded(body, (0, lid, width, band), 0, deep if chance(rng, 0.5) else scaled(colour, 0.93))
    cv2.line(body, (0, round(band)), (width, round(band)), scaled(colour, 0.5), max(1, size // 150))
    _display(rng, body, (width * 0.06, lid + (band - lid) * 0.2, width * 0.26, band - (band - lid) * 0.2))
    _buttons(
        rng,
        body,
        (width * 0.3, lid + (band - lid) * 0.25, width * 0.6, band - (band - lid) * 0.25),
        1,
        5,
        metal_colour(rng),
    )
    _badge(rng, body, width * 0.82, (lid + band) / 2, width * 0.18, deep)
    slot = (width * 0.14, band + (height - band) * 0.2, width * 0.86, band + (height - band) * 0.62)
    fill_rounded(body, slot, 3, (22, 22, 24))
    page = [
        (width * 0.22, slot[1] + (slot[3] - slot[1]) * 0.45),
        (width * 0.78, slot[1] + (slot[3] - slot[1]) * 0.45),
        (width * 0.84, height * 0.94),
        (width * 0.16, height * 0.94),
    ]
    fill_polygon(body, page, scaled(colour, 0.8))
    if chance(rng, 0.6):
        fill_polygon(body, np.array(page) * (1, 0.98) + (0, height * 0.004), (244, 244, 242))
        write_lines(
            rng, body, (width * 0.26, page[0][1] + 4, width * 0.74, height * 0.88), (120, 120, 120), 5
        )
    return sprite_of(body, mask)


def _pc_case(rng: np.random.Generator, size: int) -> Sprite:
    """Return a computer's case: drive bays, a power button, fans or slots for air, sockets."""
    height, width = size, round(size * rng.uniform(0.4, 0.62))
    colour = dark_colour(rng) if chance(rng, 0.6) else _shell(rng)
    body, mask = _body(rng, height, width, colour, width * rng.uniform(0, 0.08))
    floor = height * 0.975
    _footed(mask, floor)
    deep, y = shaded(colour), height * 0.04
    for _ in range(int(rng.integers(0, 4))):
        box = (width * 0.08, y, width * 0.92, y + height * 0.075)
        fill_rounded(body, box, 1, scaled(deep, 0.9))
        cv2.line(
            body,
            (round(box[0]), round(y + height * 0.055)),
            (round(box[2]), round(y + height * 0.055)),
            scaled(colour, 0.5),
            1,
        )
        fill_rounded(body, (width * 0.78, y + height * 0.05, width * 0.86, y + height * 0.065), 1, colour)
        y += height * 0.09
    radius = max(2, round(width * 0.06))
    cv2.circle(
        body, (round(width * 0.82), round(y + radius * 1.6)), radius, metal_colour(rng), -1, cv2.LINE_AA
    )
    for index in range(2):
        left = width * (0.12 + 0.16 * index)
        fill_rounded(body, (left, y + radius, left + width * 0.1, y + radius * 1.7), 1, (15, 15, 15))
    y += radius * 3.5
    lower = (width * 0.12, y, width * 0.88, height * 0.9)
    if chance(rng, 0.5):
        _vents(body, lower, int(rng.integers(8, 24)), scaled(deep, 0.5), upright=chance(rng, 0.3))
    else:
        glow = from_hsv(rng.random(), 0.8, 1.0)
        space = height * 0.92 - y
        count = int(np.clip(round(space / (width * 0.8)), 1, 3))
        reach = min(width * 0.38, space / count * 0.46)
        for index in range(count):
            centre = (round(width / 2), round(y + space * (index + 0.5) / count))
            cv2.circle(body, centre, max(2, round(reach)), (18, 18, 20), -1, cv2.LINE_AA)
            cv2.circle(
                body, centre, max(2, round(reach * 0.95)), glow, max(1, round(reach * 0.08)), cv2.LINE_AA
            )
            for turn in np.arange(7) * 2 * np.pi / 7:
                tip = (
                    round(centre[0] + np.cos(turn) * reach * 0.8),
                    round(centre[1] + np.sin(turn) * reach * 0.8),
                )
                cv2.line(body, centre, tip, (60, 60, 64), max(1, round(reach * 0.14)), cv2.LINE_AA)
            cv2.circle(body, centre, max(1, round(reach * 0.25)), (40, 40, 44), -1, cv2.LINE_AA)
    _badge(rng, body, width / 2, height * 0.94, width * 0.3, colour)
    _feet(body, mask, floor, width * 0.08, width * 0.14)
    if chance(rng, 0.3):
        body = lit(body, 1 + ramp(height, width, 0.0) * np.float32(rng.uniform(-0.3, 0.3)))
    return sprite_of(body, mask)


_FRONTS = (
    _oven,
    _oven,
    _microwave,
    _microwave,
    _washer,
    _fridge,
    _dishwasher,
    _speaker,
    _radio,
    _router,
    _printer,
    _pc_case,
)
