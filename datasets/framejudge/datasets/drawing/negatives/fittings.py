"""Plates on a wall, squares within squares: switches, sockets, thermostats, door bells, square clocks."""

from __future__ import annotations

import cv2
import numpy as np

from framejudge.datasets.drawing.negatives.props import Props
from framejudge.datasets.drawing.negatives.registry import negative
from framejudge.datasets.drawing.negatives.staging import Pose, revealing_backdrop, stage
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products.canvas import (
    Box,
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
    contrasting,
    dark_colour,
    from_hsv,
    light_colour,
    luminance,
    material_colour,
    metal_colour,
    scaled,
    shaded,
    wood_colour,
)
from framejudge.datasets.drawing.products.lettering import any_font, logo, word, write
from framejudge.datasets.drawing.products.shading import embossed_light, hollowed
from framejudge.datasets.drawing.products.surfaces import covered, gradient, ramp


@negative("fittings")
def switch_plate(rng: np.random.Generator, props: Props, size: int) -> Image:
    """Switches, sockets, thermostats, door bells and square clocks: squares within squares, on a wall."""
    count = 1 if chance(rng, 0.6) else int(rng.integers(2, 4))
    plates = [_plate(rng, size) for _ in range(1 if chance(rng, 0.3) else count)]
    plates = (plates * count)[:count]
    most = rng.choice((0.12, 0.3, 0.45))
    # Several in a row that one side of the picture cuts would leave a mere strip of it.
    cut = 0.12 if count == 1 else 0.0
    pose = Pose(least_margin=0.055, most_margin=most, straight_share=0.6, cut_share=cut, shadow=True)
    return stage(rng, plates, size, pose, revealing_backdrop)


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
    """Draw the colour of a plate: white and cream mostly; metal, black, wood and bright ones."""
    pick = rng.random()
    if pick < 0.5:
        return scaled(from_hsv(rng.uniform(0.08, 0.17), rng.uniform(0, 0.1), 1.0), rng.uniform(0.9, 1.0))
    if pick < 0.68:
        return metal_colour(rng)
    return dark_colour(rng) if pick < 0.82 else wood_colour(rng) if pick < 0.88 else any_colour(rng)


def _gang(rng: np.random.Generator, size: int) -> Sprite:
    """Return one to four inserts in a row in a common surround: rockers, sockets, dimmers."""
    count = int(rng.choice((1, 1, 1, 2, 2, 3, 4)))
    rim_share = rng.uniform(0.09, 0.2)
    cell = size / (count + 2 * rim_share)
    rim = cell * rim_share
    width, height = size, max(16, round(cell + 2 * rim))
    colour = _plate_colour(rng)
    angle = rng.uniform(0, 2 * np.pi)
    radius = rim * rng.uniform(0.15, 1.2)
    body = gradient(rng, height, width, colour, scaled(colour, rng.uniform(0.88, 1.05)))
    mask = rounded_mask(height, width, (0, 0, width, height), radius)
    body = lit(body, embossed_light(mask, max(1.0, cell * 0.02), angle, 0.5))
    insert = colour if chance(rng, 0.65) else _plate_colour(rng)
    inserts = (_rockers, _socket, _dimmer)
    same = inserts[int(rng.integers(3))] if chance(rng, 0.6) else None
    for index in range(count):
        box = (rim + index * cell + 1, rim, rim + (index + 1) * cell - 1, height - rim)
        draw = same or inserts[int(rng.integers(3))]
        body = _raised(rng, body, box, radius * 0.5, insert, angle)
        draw(rng, body, box, insert)
    sprite = sprite_of(body, mask)
    return quarter_turned(sprite) if count > 1 and chance(rng, 0.35) else sprite


def _raised(
    rng: np.random.Generator, body: Image, box: Box, radius: float, colour: Colour, angle: float
) -> Image:
    """Return the body with a rounded square raised on it, lit from ``angle``."""
    height, width = body.shape[:2]
    mask = rounded_mask(height, width, box, radius)
    edge = max(1.0, min(height, width) * rng.uniform(0.006, 0.018))
    body = over(body, BLACK, faded(blurred(mask, edge * 1.2), 0.35))
    body = over(body, colour, mask)
    return lit(body, embossed_light(mask, edge, angle, rng.uniform(0.3, 0.6)))


def _rockers(rng: np.random.Generator, body: Image, box: Box, colour: Colour) -> None:
    """Divide the insert into rockers that lie slanted in the light, with marks or lamps, in place."""
    left, top, right, bottom = box
    count = int(rng.choice((1, 1, 2, 3)))
    wide = (right - left) / count
    first, last = round(top), round(bottom)
    rows = last - first
    for index in range(count):
        low, high = round(left + index * wide), round(left + (index + 1) * wide)
        part = body[first:last, low:high]
        if rows < 4 or part.shape[1] < 4:
            return
        tilt = rng.uniform(-0.22, 0.22)
        part[:] = lit(np.ascontiguousarray(part), ramp(rows, part.shape[1], np.pi / 2) * np.float32(tilt) + 1)
        if index:
            cv2.line(body, (low, first), (low, last), scaled(colour, 0.5), max(1, round(wide * 0.03)))
        middle = (low + high) / 2
        spot = (middle, top + rows * rng.choice((0.15, 0.85)))
        if chance(rng, 0.4):
            fill_circle(body, spot, wide * 0.04, any_colour(rng))
        elif chance(rng, 0.4):
            logo(rng, body, middle, top + rows * 0.3, wide * 0.14, shaded(colour))
        if chance(rng, 0.4):
            y = round((top + bottom) / 2)
            cv2.line(body, (low + 2, y), (high - 2, y), scaled(colour, 0.75), max(1, round(rows * 0.02)))


def _socket(rng: np.random.Generator, body: Image, box: Box, colour: Colour) -> None:
    """Draw a socket into the insert, in place: two round holes, three slots, a jack."""
    x, y, half = _middle(box)
    hole = scaled(colour, 0.12)
    pick = rng.random()
    if pick < 0.5:
        fill_circle(body, (x, y), half * 0.82, scaled(colour, 0.62), least=2)
        fill_circle(body, (x, round(y) + 1), half * 0.78, scaled(colour, 0.88), least=2)
        for side in (-1, 1):
            fill_circle(body, (x + side * half * 0.38, y), half * 0.11, hole)
            clip = box_around(x, y + side * half * 0.72, half * 0.1, half * 0.08)
            fill_rounded(body, clip, 1, (190, 185, 170))
    elif pick < 0.85:
        outlets = ((0.0, 1.0),) if chance(rng, 0.4) else ((-0.45, 0.55), (0.45, 0.55))
        for down, share in outlets:
            level, reach = y + half * down, half * share
            face = box_around(x, level, reach * 0.62, reach * 0.62)
            fill_rounded(body, face, reach * 0.3, scaled(colour, 0.9))
            for right_of, tall in ((-0.3, 0.16), (0.3, 0.12)):
                slot = box_around(x + reach * right_of, level - reach * 0.2, reach * 0.05, reach * tall)
                fill_rounded(body, slot, 0, hole)
            fill_rounded(
                body, box_around(x, level + reach * 0.27, reach * 0.09, reach * 0.11), reach * 0.08, hole
            )
    else:
        for index in range(int(rng.integers(1, 3))):
            level = y + (index - 0.3) * half * 0.6
            port = box_around(x, level, half * 0.28, half * 0.18)
            fill_rounded(body, port, half * rng.choice((0.03, 0.16)), hole)
            contacts = (x - half * 0.2, level - half * 0.05, x + half * 0.2, level)
            fill_rounded(body, contacts, 1, scaled(colour, 0.5))


def _dimmer(rng: np.random.Generator, body: Image, box: Box, colour: Colour) -> None:
    """Draw a knob into the insert, in place."""
    x, y, half = _middle(box)
    radius = half * rng.uniform(0.35, 0.62)
    turn = rng.uniform(0, 2 * np.pi)
    for share, shade, down in ((1.12, 0.6, 2), (1.0, 0.8, 0), (0.86, 1.06, 0)):
        fill_circle(body, (x, round(y) + down), radius * share, scaled(colour, shade), least=2)
    tip = (x + np.cos(turn) * radius * 0.8, y + np.sin(turn) * radius * 0.8)
    draw_line(body, (x, y), tip, shaded(colour), radius * 0.1)
    for angle in np.linspace(0.8, 2.2, int(rng.integers(5, 12))) * np.pi:
        spot = (x + np.cos(angle) * radius * 1.3, y + np.sin(angle) * radius * 1.3)
        fill_circle(body, spot, radius * 0.04, shaded(colour))


def _middle(box: Box) -> tuple[float, float, float]:
    """Return the box's centre and half its shorter side."""
    left, top, right, bottom = box
    return (left + right) / 2, (top + bottom) / 2, min(right - left, bottom - top) / 2


def _thermostat(rng: np.random.Generator, size: int) -> Sprite:
    """Return a thermostat or a smart panel: a rounded square with a ring or a display, keys."""
    width, height = size, round(size * rng.uniform(0.8, 1.0))
    colour = _plate_colour(rng)
    angle = rng.uniform(0, 2 * np.pi)
    mask = rounded_mask(height, width, (0, 0, width, height), height * rng.uniform(0.06, 0.5))
    body = lit(solid(height, width, colour), embossed_light(mask, height * 0.02, angle, 0.5))
    glow = from_hsv(rng.random(), rng.uniform(0.3, 0.9), 1.0)
    x, y = width / 2, height * rng.uniform(0.42, 0.5)
    text = f"{rng.integers(15, 28)}.{rng.integers(0, 10)}" if chance(rng, 0.6) else f"{rng.integers(10, 30)}"
    if chance(rng, 0.6):
        radius = height * rng.uniform(0.26, 0.38)
        face = dark_colour(rng) if chance(rng, 0.6) else scaled(colour, 0.95)
        fill_circle(body, (x, y), radius * 1.08, metal_colour(rng), least=3)
        fill_circle(body, (x, y), radius, face, least=3)
        for index, turn in enumerate(np.linspace(0.75, 2.25, 28) * np.pi):
            start, end = (
                (x + np.cos(turn) * radius * share, y + np.sin(turn) * radius * share)
                for share in (0.78, 0.92)
            )
            draw_line(body, start, end, glow if index < 17 else shaded(face), size // 150)
        ink = contrasting(rng, face)
        write(body, text, box_around(x, y, radius * 0.5, radius * 0.3), ink, any_font(rng))
    else:
        box = (width * 0.15, height * 0.16, width * 0.85, height * 0.58)
        screen = from_hsv(rng.uniform(0.2, 0.45), 0.12, 0.72) if chance(rng, 0.6) else dark_colour(rng)
        fill_rounded(body, box, height * 0.04, scaled(colour, 0.6))
        fill_rounded(body, shrunk(box, height * 0.015), height * 0.03, screen)
        ink = (30, 36, 32) if luminance(screen) > 90 else glow
        write(body, text, (width * 0.22, height * 0.22, width * 0.72, height * 0.52), ink, any_font(rng))
    half = width * 0.05
    for across in (-0.22, 0.0, 0.22)[:: int(rng.choice((1, 2)))]:
        key = box_around(width * (0.5 + across), height * 0.88, half, half * 0.6)
        fill_rounded(body, key, half * 0.5, shaded(colour))
    return sprite_of(body, mask)


def _doorbell(rng: np.random.Generator, size: int) -> Sprite:
    """Return a door bell, an entry phone or a card reader: tall, with a button, a lens, a grille, keys."""
    height, width = size, round(size * rng.uniform(0.3, 0.6))
    colour = dark_colour(rng) if chance(rng, 0.4) else _plate_colour(rng)
    angle = rng.uniform(0, 2 * np.pi)
    mask = rounded_mask(height, width, (0, 0, width, height), width * rng.uniform(0.05, 0.5))
    body = gradient(rng, height, width, colour, scaled(colour, rng.uniform(0.8, 1.1)))
    body = lit(body, embossed_light(mask, width * 0.04, angle, 0.5))
    dark = scaled(dark_colour(rng), 0.5)
    if chance(rng, 0.65):
        glass = ((0.24, dark), (0.17, (40, 40, 46)), (0.1, (12, 12, 20)), (0.03, (150, 160, 190)))
        for share, shade in glass:
            fill_circle(body, (width / 2, height * 0.2), width * share, shade)
    else:
        for index in range(6):
            y = height * (0.1 + 0.035 * index)
            fill_rounded(body, (width * 0.25, y, width * 0.75, y + height * 0.014), 1, shaded(colour))
    if chance(rng, 0.35):
        _keypad(body, colour)
    else:
        _bell_buttons(rng, body, colour)
    return sprite_of(body, mask)


def _keypad(body: Image, colour: Colour) -> None:
    """Draw the keys of a telephone into the lower half, in place."""
    height, width = body.shape[:2]
    half = width * 0.06
    for row in range(4):
        for column in range(3):
            x, y = round(width * (0.25 + 0.25 * column)), round(height * (0.45 + 0.11 * row))
            fill_circle(body, (x, y), width * 0.09, shaded(colour), least=2)
            digit = str((row * 3 + column + 1) % 10)
            write(body, digit, box_around(x, y, half, half), colour, cv2.FONT_HERSHEY_SIMPLEX)


def _bell_buttons(rng: np.random.Generator, body: Image, colour: Colour) -> None:
    """Draw one large lit button, or several small ones with names, in place."""
    height, width = body.shape[:2]
    count = int(rng.choice((1, 1, 2, 4)))
    if count == 1:
        x, y = width / 2, height * 0.7
        fill_circle(body, (x, y), width * 0.26, from_hsv(rng.random(), rng.uniform(0.2, 0.9), 1.0), least=3)
        fill_circle(body, (x, y), width * 0.21, scaled(colour, 0.9), least=2)
        logo(rng, body, x, y, width * 0.1, shaded(colour))
        return
    for index in range(count):
        y = height * (0.48 + 0.42 * index / count)
        fill_rounded(body, (width * 0.12, y, width * 0.66, y + height * 0.07), 1, (240, 240, 236))
        name = (width * 0.15, y + 1, width * 0.63, y + height * 0.06)
        write(body, word(rng), name, (40, 40, 40), any_font(rng))
        fill_circle(body, (width * 0.8, y + height * 0.035), width * 0.08, metal_colour(rng), least=2)


def _clock(rng: np.random.Generator, size: int) -> Sprite:
    """Return a clock, a scale or a barometer in a square case: a round dial, marks, hands."""
    side = size
    colour = material_colour(rng)
    angle = rng.uniform(0, 2 * np.pi)
    mask = rounded_mask(side, side, (0, 0, side, side), side * rng.uniform(0.03, 0.3))
    body = covered(rng, side, side, colour) if chance(rng, 0.3) else solid(side, side, colour)
    body = lit(body, embossed_light(mask, side * 0.02, angle, 0.6))
    face = light_colour(rng) if chance(rng, 0.65) else any_colour(rng)
    ink = contrasting(rng, face)
    rim, middle = side * rng.uniform(0.05, 0.13), side / 2
    radius = middle - rim
    box = (rim, rim, side - rim, side - rim)
    if chance(rng, 0.3):
        body = hollowed(rng, body, box, side * rng.uniform(0.03, 0.2), face, rim * 0.5)
    else:
        dial = rounded_mask(side, side, box, radius)
        body = over(body, scaled(colour, 0.5), dial)
        body = over(body, face, rounded_mask(side, side, shrunk(box, side * 0.012), radius))
        body = lit(body, embossed_light(dial, side * 0.012, angle + np.pi, 0.5))
    figures = chance(rng, 0.6)
    font = any_font(rng)
    for hour in range(12):
        turn = hour * np.pi / 6 - np.pi / 2
        along = np.array((np.cos(turn), np.sin(turn))) * radius
        near, far = along * 0.8 + middle, along * 0.9 + middle
        if figures and (hour % 3 == 0 or side > 100):
            figure = box_around(near[0], near[1], radius * 0.12, radius * 0.12)
            write(body, str(hour or 12), figure, ink, font)
        else:
            draw_line(body, near, far, ink, side * (0.02 if hour % 3 == 0 else 0.01))
    hand = ink if chance(rng, 0.7) else contrasting(rng, face)
    red = any_colour(rng)
    for reach, thick, shade in ((0.5, 0.03, hand), (0.72, 0.02, hand), (0.78, 0.008, red)):
        turn = rng.uniform(0, 2 * np.pi)
        along = np.array((np.cos(turn), np.sin(turn))) * radius
        draw_line(body, middle - along * 0.12, middle + along * reach, shade, side * thick)
    fill_circle(body, (middle, middle), side * 0.025, red, least=2)
    if chance(rng, 0.5):
        half = radius * 0.3
        name = (middle - half, middle + radius * 0.25, middle + half, middle + radius * 0.42)
        write(body, word(rng), name, ink, font)
    return sprite_of(body, mask)
