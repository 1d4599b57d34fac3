"""Fronts of loudspeakers, radios, routers, printers and computers."""

from __future__ import annotations

import cv2
import numpy as np

from framejudge.datasets.drawing.negatives.appliances.controls import (
    clear_below,
    draw_badge,
    draw_buttons,
    draw_display,
    draw_knob,
    draw_vents,
    make_body,
    shell_colour,
    stand_on_feet,
)
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products.canvas import (
    Mask,
    Sprite,
    fill_polygon,
    fill_rounded,
    lit,
    sprite_of,
)
from framejudge.datasets.drawing.products.colours import (
    WHITE,
    Colour,
    any_colour,
    chance,
    dark_colour,
    from_hsv,
    light_colour,
    metal_colour,
    scaled,
    shaded,
    wood_colour,
)
from framejudge.datasets.drawing.products.lettering import write_lines
from framejudge.datasets.drawing.products.surfaces import noise, ramp


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


def speaker(rng: np.random.Generator, size: int) -> Sprite:
    """Return a loudspeaker, a tower of them, or a guitar's amplifier."""
    height, width = size, round(size * rng.uniform(0.36, 0.95))
    colour = wood_colour(rng) if chance(rng, 0.4) else shell_colour(rng)
    body, mask = make_body(rng, height, width, colour, width * rng.uniform(0, 0.1))
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
            draw_badge(rng, body, width / 2, y + height * 0.03, width * 0.3, colour)
    if chance(rng, 0.25):
        for x in (0.2, 0.4, 0.6, 0.8):
            draw_knob(rng, body, width * x, height * 0.965, height * 0.022, metal_colour(rng))
    return sprite_of(body, mask)


def radio(rng: np.random.Generator, size: int) -> Sprite:
    """Return a radio or a cassette recorder: grilles, a tuning scale, knobs, a carrying handle, an aerial."""
    width, height = size, round(size * rng.uniform(0.45, 0.75))
    colour = wood_colour(rng) if chance(rng, 0.35) else shell_colour(rng)
    top = height * rng.uniform(0.08, 0.22)
    body, mask = make_body(rng, height, width, colour, 0)
    mask[:] = 0
    fill_rounded(mask, (0, top, width, height), height * rng.uniform(0.02, 0.16), 255)
    _draw_carried_by(rng, body, mask, top)
    deep = shaded(colour)
    if chance(rng, 0.5):
        _draw_cassette_deck(rng, body, top, deep)
    else:
        _draw_tuner(rng, body, top, deep)
    tall = height - top
    draw_badge(rng, body, width * 0.5, top + tall * 0.93, width * 0.12, colour)
    return sprite_of(body, mask)


def _draw_carried_by(rng: np.random.Generator, body: Image, mask: Mask, top: float) -> None:
    """Draw a radio's handle or its aerial above ``top``, in place."""
    height, width = mask.shape
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


def _draw_cassette_deck(rng: np.random.Generator, body: Image, top: float, deep: Colour) -> None:
    """Draw two loudspeakers with a display and a cassette between them, in place."""
    height, width = body.shape[:2]
    tall = height - top
    radius = min(width * 0.19, tall * 0.38)
    for x in (0.2, 0.8):
        _cone(rng, body, width * x, top + tall * 0.55, radius)
    box = (width * 0.41, top + tall * 0.12, width * 0.59, top + tall * 0.4)
    draw_display(rng, body, box)
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


def _draw_tuner(rng: np.random.Generator, body: Image, top: float, deep: Colour) -> None:
    """Draw a loudspeaker's grille, a tuning scale and two knobs, in place."""
    height, width = body.shape[:2]
    tall = height - top
    grille = (width * 0.05, top + tall * 0.12, width * 0.55, top + tall * 0.88)
    fill_rounded(body, grille, tall * 0.05, deep)
    draw_vents(body, grille, int(rng.integers(6, 22)), scaled(deep, 0.5), upright=chance(rng, 0.5))
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
    cv2.line(body, (needle, round(dial[1])), (needle, round(dial[3])), (215, 40, 30), max(1, width // 150))
    for x in (0.68, 0.87):
        draw_knob(rng, body, width * x, top + tall * 0.66, min(width * 0.07, tall * 0.16), metal_colour(rng))


def router(rng: np.random.Generator, size: int) -> Sprite:
    """Return a router, a recorder or an amplifier: flat, with lamps, sockets, aerials."""
    width = size
    tall = round(size * rng.uniform(0.14, 0.4))
    aerials = chance(rng, 0.55)
    rise = round(size * rng.uniform(0.2, 0.45)) if aerials else 0
    height = tall + rise + 6
    colour = shell_colour(rng)
    body, mask = make_body(rng, height, width, colour, 0)
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
        draw_knob(rng, body, width * 0.12, rise + tall * 0.5, tall * 0.28, metal_colour(rng))
        draw_display(rng, body, (width * 0.2, rise + tall * 0.3, width * 0.36, rise + tall * 0.7))
    draw_badge(rng, body, width * 0.9, rise + tall * 0.3, width * 0.12, colour)
    stand_on_feet(body, mask, rise + tall, width * 0.1, width * 0.07)
    return sprite_of(body, mask)


def printer(rng: np.random.Generator, size: int) -> Sprite:
    """Return a printer or a copier: paper above, a slot with a tray, a panel of keys."""
    width, height = size, round(size * rng.uniform(0.55, 0.95))
    colour = shell_colour(rng)
    body, mask = make_body(rng, height, width, colour, 0)
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
    draw_display(rng, body, (width * 0.06, lid + (band - lid) * 0.2, width * 0.26, band - (band - lid) * 0.2))
    draw_buttons(
        rng,
        body,
        (width * 0.3, lid + (band - lid) * 0.25, width * 0.6, band - (band - lid) * 0.25),
        1,
        5,
        metal_colour(rng),
    )
    draw_badge(rng, body, width * 0.82, (lid + band) / 2, width * 0.18, deep)
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


def pc_case(rng: np.random.Generator, size: int) -> Sprite:
    """Return a computer's case: drive bays, a power button, fans or slots for air, sockets."""
    height, width = size, round(size * rng.uniform(0.4, 0.62))
    colour = dark_colour(rng) if chance(rng, 0.6) else shell_colour(rng)
    body, mask = make_body(rng, height, width, colour, width * rng.uniform(0, 0.08))
    floor = height * 0.975
    clear_below(mask, floor)
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
        draw_vents(body, lower, int(rng.integers(8, 24)), scaled(deep, 0.5), upright=chance(rng, 0.3))
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
    draw_badge(rng, body, width / 2, height * 0.94, width * 0.3, colour)
    stand_on_feet(body, mask, floor, width * 0.08, width * 0.14)
    if chance(rng, 0.3):
        body = lit(body, 1 + ramp(height, width, 0.0) * np.float32(rng.uniform(-0.3, 0.3)))
    return sprite_of(body, mask)
