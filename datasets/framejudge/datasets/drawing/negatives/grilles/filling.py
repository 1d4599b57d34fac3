"""Bars that fill the picture, and the keys of a piano."""

from __future__ import annotations

import cv2
import numpy as np

from framejudge.datasets.drawing.negatives.grilles.bars import bar_colour, barred
from framejudge.datasets.drawing.negatives.props import Props
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products.backgrounds import room, studio
from framejudge.datasets.drawing.products.canvas import (
    Sprite,
    blurred,
    fill_rounded,
    laid,
    lit,
    parts,
    project,
    quadrangle,
    quarter_turned,
    solid,
    sprite_of,
    turned,
)
from framejudge.datasets.drawing.products.colours import chance, dark_colour, light_colour, scaled
from framejudge.datasets.drawing.products.scenes import placed, shadowed
from framejudge.datasets.drawing.products.silhouettes import draw_sprite
from framejudge.datasets.drawing.products.surfaces import gradient, noise, ramp

FEWEST_BARS = 5
"""Fewer that fill the picture could be taken for bands along its sides."""


def _view(rng: np.random.Generator, props: Props, height: int, width: int) -> Image:
    """Return what is seen between the bars: darkness, light, a wall, something out of focus."""
    pick = rng.random()
    if pick < 0.4:
        colour = dark_colour(rng) if chance(rng, 0.6) else light_colour(rng)
        return gradient(rng, height, width, colour, scaled(colour, rng.uniform(0.5, 1.3)))
    if pick < 0.6:
        return studio(rng, height, width)
    if pick < 0.8:
        return blurred(room(rng, height, width), max(height, width) * rng.uniform(0.005, 0.02))
    return blurred(props.picture(rng, height, width), max(height, width) * rng.uniform(0.004, 0.02))


def filled_with_bars(rng: np.random.Generator, props: Props, height: int, width: int) -> Image:
    """Return bars that reach all the picture's sides, upright, level or slanting."""
    side = round(max(height, width) * 1.3)
    colour = bar_colour(rng)
    bars = rng.uniform(FEWEST_BARS, 26) * 1.3
    sprite = barred(
        rng, side, side, colour, bars, rng.choice((rng.uniform(0.25, 0.7), rng.uniform(0.7, 0.96)))
    )
    pick = rng.random()
    if pick < 0.14:
        # A lattice: the same again, across.
        over_it = quarter_turned(barred(rng, side, side, colour, bars, rng.uniform(0.15, 0.5)))
        body, cover = parts(sprite)
        other, other_cover = parts(over_it)
        body[other_cover > 0] = other[other_cover > 0]
        sprite = sprite_of(body, np.maximum(cover, other_cover))
    elif pick < 0.5:
        sprite = _laced(rng, sprite, side)
    level = chance(rng, 0.55)
    sprite = quarter_turned(sprite) if level else sprite
    corners = np.array([(0, 0), (side, 0), (side, side), (0, side)], np.float64)
    middle = np.array((width / 2, height / 2))
    corners = corners - side / 2
    if chance(rng, 0.55):
        most = 0.1 if chance(rng, 0.6) else np.pi / 4
        turn = rng.uniform(0.01, most) * rng.choice((-1, 1))
        corners = turned(corners, turn) * 1.15
    if chance(rng, 0.35):
        near = rng.uniform(1.05, 1.5)
        one = int(rng.integers(4))
        corners[[one, (one + 1) % 4]] *= near
    pixels, mask = project(sprite, quadrangle(sprite, corners + middle), height, width)
    scene = _view(rng, props, height, width)
    scene = shadowed(rng, scene, mask) if chance(rng, 0.6) else scene
    scene = laid(scene, pixels, mask)
    light = 1 + ramp(height, width, rng.uniform(0, 7)) * np.float32(rng.uniform(0, 0.3))
    if chance(rng, 0.3):
        light += noise(rng, height, width, rng.uniform(2, 5)) * np.float32(rng.uniform(0.03, 0.1))
    scene = lit(scene, light)
    if chance(rng, 0.15):
        spot = (width * rng.uniform(0.35, 0.65), height * rng.uniform(0.4, 0.7))
        scene = placed(rng, scene, draw_sprite(rng, max(24, round(side * 0.4))), spot, rng.uniform(0.35, 0.7))
    return scene


def _laced(rng: np.random.Generator, sprite: Sprite, side: int) -> Sprite:
    """Return the bars with what holds them: the cords of a blind, the rails of a fence, nails."""
    body, cover = parts(sprite)
    colour = bar_colour(rng)
    thick = max(1, round(side * rng.choice((0.004, 0.008, 0.03))))
    # Near the middle: along a side of the picture they would be bands.
    count = int(rng.integers(1, 4))
    for at in (np.arange(count) - (count - 1) / 2) * rng.uniform(0.09, 0.13) + rng.uniform(0.46, 0.54):
        y = round(at * side)
        if thick < 4 or chance(rng, 0.5):
            cv2.line(body, (0, y), (side, y), colour, thick, cv2.LINE_AA)
            cv2.line(cover, (0, y), (side, y), 255, thick)
        else:
            behind = cover[y : y + thick] == 0
            body[y : y + thick][behind] = scaled(colour, 0.7)
            cover[y : y + thick] = 255
    return sprite_of(body, cover)


def piano(rng: np.random.Generator, height: int, width: int) -> Image:
    """Return the keys of a piano or a keyboard from above, aslant for the most part."""
    side = round(max(height, width) * 1.35)
    ivory = scaled((252, 250, 242), rng.uniform(0.85, 1.0))
    body = solid(side, side, ivory)
    keys = int(rng.integers(8, 22))
    wide = side / keys
    line = max(1, round(wide * 0.05))
    for index in range(keys + 1):
        x = round(index * wide)
        cv2.line(body, (x, 0), (x, side), scaled(ivory, 0.55), line, cv2.LINE_AA)
        cv2.line(body, (x + line, 0), (x + line, side), scaled(ivory, 1.05), 1)
    black = scaled(dark_colour(rng), 0.7)
    reach = side * rng.uniform(0.45, 0.62)
    half = wide * 0.29
    first = int(rng.integers(7))
    for index in range(keys + 1):
        if (index + first) % 7 in (0, 3):
            continue
        at = index * wide
        fill_rounded(
            body, (at - half + wide * 0.1, -9, at + half + wide * 0.12, reach + wide * 0.14), 2, (120,) * 3
        )
        fill_rounded(body, (at - half, -9, at + half, reach), half * 0.2, black)
        fill_rounded(
            body, (at - half * 0.7, -9, at + half * 0.5, reach - wide * 0.2), half * 0.2, scaled(black, 1.7)
        )
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], np.float64) * side / 2
    turn = rng.uniform(0.02, 0.5) * rng.choice((-1, 1))
    corners = turned(corners, turn) * 1.2
    if chance(rng, 0.4):
        corners[:2] *= rng.uniform(0.75, 0.95)
    sprite = sprite_of(body, np.full((side, side), 255, np.uint8))
    move = np.array((width / 2, height / 2)) + rng.uniform(-0.03, 0.03, 2) * side
    pixels, mask = project(sprite, quadrangle(sprite, corners + move), height, width)
    scene = solid(height, width, black)
    light = 1 + ramp(height, width, rng.uniform(0, 7)) * np.float32(rng.uniform(0, 0.25))
    return lit(laid(scene, pixels, mask), light)
