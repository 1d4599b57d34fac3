"""Windows, mirrors and doors: a rim around something to look at. Held out of training."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from framejudge.datasets.drawing.negatives.props import Props, landscape, reflected, wall
from framejudge.datasets.drawing.negatives.registry import negative
from framejudge.datasets.drawing.negatives.staging import Pose, furnished, stage
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products.backgrounds import room
from framejudge.datasets.drawing.products.canvas import (
    Sprite,
    fill_rounded,
    opaque,
    over,
    polygon_mask,
    rounded_rectangle,
    solid,
    sprite_of,
)
from framejudge.datasets.drawing.products.colours import (
    any_colour,
    chance,
    dark_colour,
    light_colour,
    metal_colour,
    scaled,
    wood_colour,
)
from framejudge.datasets.drawing.products.surfaces import covered, gradient

WALL_POSE = Pose(least_margin=0.05, most_margin=0.22, shadow=True, straight_share=0.5, cut_share=0.2)


def window_sprite(rng: np.random.Generator, props: Props, side: int) -> Sprite:
    """Return a window: panes, bars, a sill, and what is outside."""
    height, width = side, round(side * rng.uniform(0.6, 1.2))
    rim = max(3, round(width * rng.uniform(0.03, 0.09)))
    frame = (
        light_colour(rng) if chance(rng, 0.65) else wood_colour(rng) if chance(rng, 0.5) else dark_colour(rng)
    )
    body = covered(rng, height, width, frame) if chance(rng, 0.2) else solid(height, width, frame)
    view = (
        landscape(rng, height - 2 * rim, width - 2 * rim)
        if chance(rng, 0.6)
        else props.picture(rng, height - 2 * rim, width - 2 * rim)
    )
    body[rim : height - rim, rim : width - rim] = reflected(rng, view) if chance(rng, 0.4) else view
    bar = max(2, round(rim * rng.uniform(0.4, 1)))
    for x in np.linspace(0, width, int(rng.integers(2, 5)) + 1)[1:-1]:
        cv2.rectangle(body, (round(x - bar / 2), 0), (round(x + bar / 2), height), frame, -1)
        cv2.line(body, (round(x + bar / 2), rim), (round(x + bar / 2), height - rim), scaled(frame, 0.7), 1)
    for y in np.linspace(0, height, int(rng.integers(1, 4)) + 1)[1:-1]:
        cv2.rectangle(body, (0, round(y - bar / 2)), (width, round(y + bar / 2)), frame, -1)
    cv2.rectangle(body, (rim, rim), (width - rim, height - rim), scaled(frame, 0.7), 1)
    sill = round(rim * rng.uniform(0.6, 1.6))
    wide = round(width * 0.04)
    canvas = solid(height + sill, width + 2 * wide, scaled(frame, 0.93))
    canvas[:height, wide : wide + width] = body
    mask = np.zeros(canvas.shape[:2], np.uint8)
    mask[:height, wide : wide + width] = 255
    mask[height:] = 255
    return sprite_of(canvas, mask)


@negative("openings")
def window(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A window on a wall, with bars across the view."""
    sprite = window_sprite(rng, props, round(size * 0.9))
    if chance(rng, 0.3):
        return furnished(rng, wall(rng, size, round(size * rng.uniform(0.8, 1))), sprite)
    return stage(rng, [sprite], size, WALL_POSE, wall)


@negative("openings")
def mirror(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A mirror with its rim: it reflects a room, or only light."""
    height, width = round(size * 0.9), round(size * rng.uniform(0.4, 0.9))
    rim = max(2, round(min(height, width) * rng.uniform(0.015, 0.12)))
    colour = (
        metal_colour(rng) if chance(rng, 0.4) else wood_colour(rng) if chance(rng, 0.5) else any_colour(rng)
    )
    body = (
        covered(rng, height, width, colour)
        if chance(rng, 0.4)
        else gradient(rng, height, width, colour, scaled(colour, 0.7))
    )
    glass = (
        gradient(rng, height, width, light_colour(rng), scaled(metal_colour(rng), 0.8))
        if chance(rng, 0.55)
        else room(rng, height, width)
    )
    glass = reflected(rng, glass)
    radius = min(height, width) * rng.choice((0.0, rng.uniform(0.02, 0.5), 0.5))
    outline = rounded_rectangle(0, 0, width, height, radius, 24)
    inner = polygon_mask(
        height, width, rounded_rectangle(rim, rim, width - rim, height - rim, max(0.0, radius - rim), 24)
    )
    body = over(body, glass, inner)
    if chance(rng, 0.5):
        bevel = rounded_rectangle(
            rim * 1.6, rim * 1.6, width - rim * 1.6, height - rim * 1.6, max(0.0, radius - rim * 1.6), 24
        )
        cv2.polylines(body, [bevel.round().astype(np.int32)], True, (250, 250, 252), 1, cv2.LINE_AA)
    sprite = sprite_of(body, polygon_mask(height, width, outline))
    if chance(rng, 0.45):
        return furnished(rng, wall(rng, size, round(size * rng.uniform(0.8, 1))), sprite)
    # A round mirror is no frame to anyone; one with straight sides hangs turned.
    is_round = radius >= 0.45 * min(height, width)
    pose = Pose(shadow=True) if is_round else replace(WALL_POSE, straight_share=0.1)
    return stage(rng, [sprite], size, pose, wall)


@negative("openings")
def door(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A door with panels and a handle, in its wall or alone."""
    height, width = size, round(size * rng.uniform(0.4, 0.6))
    colour = (
        light_colour(rng) if chance(rng, 0.5) else wood_colour(rng) if chance(rng, 0.6) else any_colour(rng)
    )
    body = covered(rng, height, width, colour) if chance(rng, 0.4) else solid(height, width, colour)
    rim = width * rng.uniform(0.08, 0.18)
    rows, columns = int(rng.integers(1, 5)), int(rng.integers(1, 3))
    for row in range(rows):
        for column in range(columns):
            left, top = rim + (width - rim) * column / columns, rim + (height - rim) * row / rows
            box = (left, top, (width - rim) * (column + 1) / columns, (height - rim) * (row + 1) / rows)
            fill_rounded(body, box, rim * rng.choice((0, 0.3)), scaled(colour, rng.uniform(0.85, 1.05)))
            cv2.rectangle(
                body, (int(box[0]), int(box[1])), (int(box[2]), int(box[3])), scaled(colour, 0.65), 1
            )
    x = width * rng.choice((0.06, 0.94))
    fill_rounded(
        body, (x - width * 0.03, height * 0.5, x + width * 0.03, height * 0.53), 1, metal_colour(rng)
    )
    cv2.circle(
        body, (round(x), round(height * 0.515)), max(2, width // 28), metal_colour(rng), -1, cv2.LINE_AA
    )
    return stage(
        rng, [opaque(body)], size, Pose(least_margin=0.03, most_margin=0.25, straight_share=0.6), wall
    )
