"""Furniture, tools, jewellery, machines, toys, plants and cables."""

from __future__ import annotations

import cv2
import numpy as np

from framejudge.datasets.drawing.products.canvas import (
    Sprite,
    fill_polygon,
    fill_rounded,
    lit,
    polygon_mask,
    rounded_rectangle,
    solid,
    sprite_of,
)
from framejudge.datasets.drawing.products.colours import (
    BLACK,
    WHITE,
    any_colour,
    chance,
    contrasting,
    metal_colour,
    mixed,
    scaled,
    wood_colour,
)
from framejudge.datasets.drawing.products.lettering import any_font, word, write
from framejudge.datasets.drawing.products.shading import rounded_light, turned_light
from framejudge.datasets.drawing.products.silhouettes.outlines import smooth
from framejudge.datasets.drawing.products.surfaces import covered, gradient, noise


def furniture(rng: np.random.Generator, side: int) -> Sprite:
    """A chair, table, cupboard, bed or lamp: boards and legs."""
    mask = np.zeros((side, side), np.uint8)
    colour = wood_colour(rng) if chance(rng, 0.6) else any_colour(rng)
    image = covered(rng, side, side, colour)
    left, right = side * rng.uniform(0.05, 0.25), side * rng.uniform(0.75, 0.95)
    seat = side * rng.uniform(0.4, 0.65)
    thick = side * rng.uniform(0.02, 0.12)
    foot = side * rng.uniform(0.85, 0.97)
    parts = [(left, seat, right, seat + thick)]
    leg = side * rng.uniform(0.012, 0.05)
    parts += [(x, seat, x + leg, foot) for x in (left, right - leg, left + side * 0.12, right - side * 0.12)][
        : int(rng.integers(2, 5))
    ]
    if chance(rng, 0.55):
        back = side * rng.uniform(0.03, 0.2)
        parts.append((left, back, left + leg * 2, seat) if chance(rng, 0.3) else (left, back, right, seat))
    if chance(rng, 0.4):
        parts.append((left, seat, right, foot - side * rng.uniform(0, 0.15)))
    for index, part in enumerate(parts):
        fill_rounded(mask, part, side * 0.02 * rng.random(), 255)
        shade = scaled(colour, rng.uniform(0.6, 1.2))
        if index and chance(rng, 0.7):
            fill_rounded(image, part, 0, shade)
        cv2.rectangle(
            image,
            (int(part[0]), int(part[1])),
            (int(part[2]), int(part[3])),
            scaled(shade, 0.7),
            1,
            cv2.LINE_AA,
        )
    for _ in range(int(rng.integers(0, 4))):
        x, y = rng.uniform(left, right), rng.uniform(seat, foot)
        cv2.circle(image, (int(x), int(y)), max(1, side // 60), metal_colour(rng), -1, cv2.LINE_AA)
    return sprite_of(image, mask)


def tool(rng: np.random.Generator, side: int) -> Sprite:
    """A tool, brush, pen, spoon, knife: a handle with a head, in any direction."""
    mask = np.zeros((side, side), np.uint8)
    image = lit(covered(rng, side, side), turned_light(rng, side, side))
    thick = side * rng.uniform(0.02, 0.08)
    middle = side / 2
    handle = side * rng.uniform(0.3, 0.6)
    fill_rounded(mask, (middle - thick, handle, middle + thick, side * 0.96), thick * rng.random(), 255)
    head = (
        np.array(
            [
                (rng.uniform(0.3, 0.5), 0.04),
                (rng.uniform(0.5, 0.75), rng.uniform(0.04, 0.2)),
                (0.5 + thick / side, handle / side + 0.02),
                (0.5 - thick / side, handle / side + 0.02),
                (rng.uniform(0.25, 0.48), 0.2),
            ]
        )
        * side
    )
    outline = head if chance(rng, 0.5) else smooth(head, 5)
    fill_polygon(mask, outline, 255)
    fill_polygon(image, outline, metal_colour(rng))
    turn = cv2.getRotationMatrix2D((middle, middle), rng.uniform(0, 360), 1.0)
    return np.asarray(cv2.warpAffine(sprite_of(image, mask), turn, (side, side)), np.uint8)


def ring(rng: np.random.Generator, side: int) -> Sprite:
    """A ring, bracelet, watch, wheel or pair of glasses."""
    mask = np.zeros((side, side), np.uint8)
    thick = max(2, int(side * rng.uniform(0.015, 0.12)))
    image = lit(
        gradient(rng, side, side, metal_colour(rng), metal_colour(rng)),
        1 + noise(rng, side, side, 6) * np.float32(0.1),
    )
    if chance(rng, 0.3):
        for x in (0.27, 0.73):
            lens = (int(side * x), side // 2)
            cv2.ellipse(
                mask,
                lens,
                (int(side * 0.19), int(side * rng.uniform(0.1, 0.19))),
                0,
                0,
                360,
                255,
                max(2, thick // 2),
                cv2.LINE_AA,
            )
        cv2.line(
            mask,
            (int(side * 0.45), side // 2),
            (int(side * 0.55), side // 2),
            255,
            max(2, thick // 2),
            cv2.LINE_AA,
        )
        return sprite_of(image, mask)
    radius = int(side * rng.uniform(0.22, 0.4))
    cv2.ellipse(
        mask,
        (side // 2, side // 2),
        (radius, int(radius * rng.uniform(0.5, 1))),
        rng.uniform(0, 180),
        0,
        360,
        255,
        thick,
        cv2.LINE_AA,
    )
    if chance(rng, 0.5):
        dial = int(radius * rng.uniform(0.3, 0.9))
        cv2.circle(mask, (side // 2, side // 2), dial, 255, -1, cv2.LINE_AA)
        cv2.circle(image, (side // 2, side // 2), max(1, int(dial * 0.9)), any_colour(rng), -1, cv2.LINE_AA)
        for _ in range(2):
            turn = rng.uniform(0, 2 * np.pi)
            tip = (int(side / 2 + dial * 0.7 * np.cos(turn)), int(side / 2 + dial * 0.7 * np.sin(turn)))
            cv2.line(
                image,
                (side // 2, side // 2),
                tip,
                BLACK if chance(rng, 0.5) else WHITE,
                max(1, side // 100),
                cv2.LINE_AA,
            )
    return sprite_of(image, mask)


def appliance(rng: np.random.Generator, side: int) -> Sprite:
    """A loudspeaker, camera, radio, toaster: a rounded box with knobs, grilles and lenses."""
    wide, tall = rng.uniform(0.4, 0.95), rng.uniform(0.35, 0.9)
    box = (side * (0.5 - wide / 2), side * (0.5 - tall / 2), side * (0.5 + wide / 2), side * (0.5 + tall / 2))
    mask = polygon_mask(side, side, rounded_rectangle(*box, side * rng.uniform(0.03, 0.2)))
    colour = any_colour(rng)
    image = lit(solid(side, side, colour), rounded_light(rng, mask))
    for _ in range(int(rng.integers(1, 7))):
        x, y = side * (0.5 + rng.uniform(-0.4, 0.4) * wide), side * (0.5 + rng.uniform(-0.4, 0.4) * tall)
        size = side * rng.uniform(0.02, 0.14)
        part = scaled(mixed(colour, any_colour(rng), 0.4), rng.uniform(0.4, 1.2))
        if chance(rng, 0.6):
            cv2.circle(image, (int(x), int(y)), max(1, int(size)), part, -1, cv2.LINE_AA)
            cv2.circle(image, (int(x), int(y)), max(1, int(size * 0.6)), scaled(part, 0.6), -1, cv2.LINE_AA)
        else:
            fill_rounded(
                image, (x - size * 1.5, y - size * 0.6, x + size * 1.5, y + size * 0.6), size * 0.2, part
            )
    if chance(rng, 0.4):
        write(
            image,
            word(rng),
            (side * 0.35, side * (0.5 + tall * 0.3), side * 0.65, side * (0.5 + tall * 0.4)),
            contrasting(rng, colour),
            any_font(rng),
        )
    return sprite_of(image, mask)


def toy(rng: np.random.Generator, side: int) -> Sprite:
    """A plush animal or figure: overlapping ellipses."""
    mask = np.zeros((side, side), np.uint8)
    image = solid(side, side, any_colour(rng))
    base = any_colour(rng)
    for x, y, rx, ry in (
        (0.5, 0.65, 0.25, 0.27),
        (0.3, 0.85, 0.1, 0.1),
        (0.7, 0.85, 0.1, 0.1),
        (0.28, 0.6, 0.07, 0.18),
        (0.72, 0.6, 0.07, 0.18),
        (0.37, 0.1, 0.07, 0.09),
        (0.63, 0.1, 0.07, 0.09),
        (0.5, 0.28, 0.2, 0.2),
    ):
        centre = (int(side * (x + rng.uniform(-0.04, 0.04))), int(side * (y + rng.uniform(-0.03, 0.03))))
        axes = (
            max(1, int(side * rx * rng.uniform(0.7, 1.2))),
            max(1, int(side * ry * rng.uniform(0.7, 1.2))),
        )
        turn = rng.uniform(-25, 25)
        cv2.ellipse(mask, centre, axes, turn, 0, 360, 255, -1, cv2.LINE_AA)
        cv2.ellipse(image, centre, axes, turn, 0, 360, scaled(base, rng.uniform(0.75, 1.2)), -1, cv2.LINE_AA)
    for x in (0.43, 0.57):
        cv2.circle(image, (int(side * x), int(side * 0.25)), max(1, side // 50), BLACK, -1, cv2.LINE_AA)
    fur = 1 + noise(rng, side, side, rng.uniform(20, 120)) * np.float32(rng.uniform(0.03, 0.15))
    return sprite_of(lit(image, rounded_light(rng, mask) * fur), mask)


def plant(rng: np.random.Generator, side: int) -> Sprite:
    """A plant or a bunch of flowers, mostly in a pot."""
    mask = np.zeros((side, side), np.uint8)
    image = solid(side, side, (60, 90, 40))
    green = mixed(any_colour(rng), (50, 130, 50), 0.6)
    for _ in range(int(rng.integers(8, 40))):
        turn = rng.uniform(np.pi, 2 * np.pi)
        far = side * rng.uniform(0.08, 0.38)
        centre = (int(side / 2 + far * np.cos(turn)), int(side * 0.55 + far * np.sin(turn)))
        axes = (max(1, int(side * rng.uniform(0.04, 0.16))), max(1, int(side * rng.uniform(0.01, 0.06))))
        angle = float(np.degrees(turn)) + rng.uniform(-30, 30)
        leaf = any_colour(rng) if chance(rng, 0.15) else scaled(green, rng.uniform(0.5, 1.4))
        for target, ink in ((mask, 255), (image, leaf)):
            cv2.ellipse(target, centre, axes, angle, 0, 360, ink, -1, cv2.LINE_AA)
    pot = np.array([(0.35, 0.6), (0.65, 0.6), (0.6, 0.95), (0.4, 0.95)]) * side
    fill_polygon(mask, pot, 255)
    fill_polygon(image, pot, any_colour(rng))
    return sprite_of(lit(image, 1 + noise(rng, side, side, 20) * np.float32(0.1)), mask)


def cord(rng: np.random.Generator, side: int) -> Sprite:
    """A cable, necklace, belt or hose."""
    mask = np.zeros((side, side), np.uint8)
    knots = rng.uniform(0.08, 0.92, (int(rng.integers(4, 8)), 2)) * side
    path = smooth(knots, 14)
    if chance(rng, 0.5):
        path = path[: int(len(path) * 0.8)]
    thick = max(2, int(side * rng.uniform(0.012, 0.07)))
    cv2.polylines(mask, [path.round().astype(np.int32)], False, 255, thick, cv2.LINE_AA)
    image = lit(covered(rng, side, side), rounded_light(rng, mask))
    ends = any_colour(rng)
    for end in (path[0], path[-1]):
        box = (end[0] - thick, end[1] - thick, end[0] + thick, end[1] + thick)
        fill_rounded(mask, box, thick * 0.4, 255)
        fill_rounded(image, box, thick * 0.4, ends)
    return sprite_of(image, mask)
