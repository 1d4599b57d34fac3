"""Rugs, picture frames, cushions and towels: flat things with borders, made to be looked at."""

from __future__ import annotations

import cv2
import numpy as np

from framejudge.datasets.drawing.negatives.props import Props, reflected, wall
from framejudge.datasets.drawing.negatives.registry import negative
from framejudge.datasets.drawing.negatives.staging import Pose, furnished, stage
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products.backgrounds import background, uniform_background
from framejudge.datasets.drawing.products.canvas import (
    Sprite,
    fill_polygon,
    fill_rounded,
    lit,
    opaque,
    polygon_mask,
    quarter_turned,
    solid,
    sprite_of,
)
from framejudge.datasets.drawing.products.colours import (
    WHITE,
    any_colour,
    chance,
    dark_colour,
    light_colour,
    metal_colour,
    scaled,
    wood_colour,
)
from framejudge.datasets.drawing.products.lettering import logo, write_lines
from framejudge.datasets.drawing.products.silhouettes.outlines import smooth
from framejudge.datasets.drawing.products.surfaces import clouds, covered, gradient, noise, textured


@negative("furnishings")
def rug(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A rug, mat or blanket with its border, from above or on the floor."""
    height, width = size, round(size * rng.uniform(0.5, 0.95))
    body = textured(rng, height, width)
    inset = 0.0
    for _ in range(int(rng.integers(1, 5))):
        thick = max(1, round(width * rng.uniform(0.01, 0.08)))
        at = round(inset + thick / 2)
        cv2.rectangle(body, (at, at), (width - at, height - at), any_colour(rng), thick)
        inset += thick * rng.uniform(1.0, 2.2)
    if chance(rng, 0.5):
        for y in np.linspace(inset + width * 0.12, height - inset - width * 0.12, int(rng.integers(1, 5))):
            logo(rng, body, width / 2, float(y), width * rng.uniform(0.06, 0.14), any_colour(rng))
    pile = 1 + noise(rng, height, width, 300) * np.float32(rng.uniform(0.03, 0.1))
    body = lit(body, pile)
    sprite = _fringed(rng, body) if chance(rng, 0.6) else sprite_of(body, _soft_outline(rng, height, width))
    sprite = quarter_turned(sprite) if chance(rng, 0.5) else sprite
    pose = Pose(least_margin=0.025, shadow=chance(rng, 0.6), straight_share=0.45)
    return stage(rng, [sprite], size, pose, background if chance(rng, 0.4) else uniform_background)


def _soft_outline(rng: np.random.Generator, height: int, width: int) -> Image:
    """Return the coverage of a cloth's rectangle whose edges are not quite straight."""
    x, y = np.linspace(0, width, 9), np.linspace(0, height, 11)
    wave = min(height, width) * rng.uniform(0.003, 0.018)
    edge = np.concatenate((
        np.column_stack((x, np.zeros(9))), np.column_stack((np.full(9, width), y[1:-1])),
        np.column_stack((x[::-1], np.full(9, height))), np.column_stack((np.zeros(9), y[1:-1][::-1])),
    ))  # fmt: skip
    centre = np.array((width / 2, height / 2))
    inward = np.sign(centre - edge) * rng.uniform(0, 1, (len(edge), 1)) * wave
    return polygon_mask(height, width, edge + inward)


def _fringed(rng: np.random.Generator, body: Image) -> Sprite:
    height, width = body.shape[:2]
    fringe = max(3, round(height * rng.uniform(0.015, 0.05)))
    colour = light_colour(rng)
    canvas = np.concatenate((solid(fringe, width, colour), body, solid(fringe, width, colour)))
    mask = np.full(canvas.shape[:2], 255, np.uint8)
    strands = np.where(rng.random(width) < rng.uniform(0.4, 0.75), 255, 0)
    mask[:fringe] = mask[-fringe:] = strands
    return sprite_of(canvas, mask)


def moulding(rng: np.random.Generator, height: int, width: int, thick: int) -> Image:
    """Return a picture frame's moulding: mitred corners, a profile of ridges, light from above left."""
    base = (wood_colour, metal_colour, dark_colour, any_colour)[int(rng.integers(4))](rng)
    image = covered(rng, height, width, base) if chance(rng, 0.4) else solid(height, width, base)
    light = (1.25, 0.9, 0.7, 1.05)
    profile = np.cumsum(rng.uniform(-0.12, 0.12, thick)) * rng.choice((0.3, 1.0))
    for ring in range(thick):
        box = (ring, ring, width - ring - 1, height - ring - 1)
        sides = (
            (box[:2], (box[2], box[1])),
            ((box[2], box[1]), box[2:]),
            (box[2:], (box[0], box[3])),
            ((box[0], box[3]), box[:2]),
        )
        for (start, end), factor in zip(sides, light, strict=True):
            shade = scaled(base, max(0.25, factor + float(profile[ring])))
            cv2.line(image, start, end, shade, 1)
    return image


def picture_frame_sprite(rng: np.random.Generator, props: Props, side: int) -> Sprite:
    """Return a picture frame with mat, picture and glass."""
    side = max(side, 32)
    height, width = side, round(side * rng.uniform(0.6, 1.0))
    if chance(rng, 0.3):
        height, width = width, height
    thick = max(3, round(min(height, width) * rng.uniform(0.02, 0.13)))
    body = moulding(rng, height, width, thick)
    inner = body[thick : height - thick, thick : width - thick]
    mat = round(min(height, width) * rng.uniform(0.05, 0.16)) if chance(rng, 0.55) else 0
    if mat:
        inner[:] = light_colour(rng)
    shown = inner[mat : inner.shape[0] - mat, mat : inner.shape[1] - mat]
    pick = rng.random()
    rows, columns = shown.shape[:2]
    if pick < 0.75:
        shown[:] = props.picture(rng, rows, columns)
    elif pick < 0.9:
        shown[:] = light_colour(rng)
        write_lines(
            rng,
            shown,
            (columns * 0.15, rows * 0.2, columns * 0.85, rows * 0.8),
            (60, 60, 60),
            int(rng.integers(2, 7)),
        )
    else:
        shown[:] = gradient(rng, rows, columns, WHITE, light_colour(rng))
    if chance(rng, 0.4):
        inner[:] = reflected(rng, np.ascontiguousarray(inner))
    return opaque(body)


@negative("picture_frames")
def picture_frame(rng: np.random.Generator, props: Props, size: int) -> Image:
    """Picture frames for sale: turned, cut, in groups or hung on a wall, always with the wall around them."""
    sprites = [
        picture_frame_sprite(rng, props, round(size * rng.uniform(0.5, 0.9)))
        for _ in range(int(rng.choice((1, 1, 2, 3))))
    ]
    alone = len(sprites) == 1
    # One frame that hangs straight in the middle is a framed picture to anyone: it is turned.
    pose = Pose(
        least_margin=0.06, most_margin=0.25, shadow=True, straight_share=0.0 if alone else 0.7, cut_share=0.2
    )
    return stage(rng, sprites, size, pose, wall)


@negative("picture_frames")
def hung_picture(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A picture that hangs over furniture: the frame is a small part of a room."""
    height, width = size, round(size * rng.uniform(0.7, 1))
    sprite = picture_frame_sprite(rng, props, round(size * rng.uniform(0.3, 0.6)))
    return furnished(rng, wall(rng, height, width), sprite)


@negative("furnishings")
def cushion(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A cushion or pillow, often with piping or a border."""
    height, width = size, round(size * rng.uniform(0.7, 1))
    bow = rng.uniform(0.02, 0.07)
    corners = np.array(
        [
            (0.02, 0.02),
            (0.5, bow),
            (0.98, 0.02),
            (1 - bow, 0.5),
            (0.98, 0.98),
            (0.5, 1 - bow),
            (0.02, 0.98),
            (bow, 0.5),
        ]
    )
    outline = smooth(corners * (width, height), 6)
    body = covered(rng, height, width)
    if chance(rng, 0.5):
        middle = np.array((width / 2, height / 2))
        ring = (outline - middle) * rng.uniform(0.8, 0.95) + middle
        cv2.polylines(
            body,
            [ring.round().astype(np.int32)],
            True,
            any_colour(rng),
            max(1, round(width * rng.uniform(0.005, 0.05))),
            cv2.LINE_AA,
        )
    cv2.polylines(
        body,
        [outline.round().astype(np.int32)],
        True,
        any_colour(rng),
        max(1, round(width * rng.uniform(0.005, 0.03))),
        cv2.LINE_AA,
    )
    light = 1 + clouds(rng, height, width, rng.uniform(3, 7), 2) * np.float32(rng.uniform(0.03, 0.12))
    return stage(rng, [sprite_of(lit(body, light), polygon_mask(height, width, outline))], size)


@negative("furnishings")
def towel(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A towel, scarf or blanket, folded: bands across it and soft edges."""
    height, width = size, round(size * rng.uniform(0.5, 1))
    body = covered(rng, height, width)
    for _ in range(int(rng.integers(1, 4))):
        at = height * rng.choice((rng.uniform(0.04, 0.2), rng.uniform(0.8, 0.96)))
        cv2.rectangle(
            body, (0, int(at)), (width, int(at + height * rng.uniform(0.01, 0.08))), any_colour(rng), -1
        )
    folds = 1 + noise(rng, height, width, rng.uniform(4, 12), rng.choice((0.2, 1, 5))) * np.float32(
        rng.uniform(0.03, 0.12)
    )
    sprite = sprite_of(lit(body, folds), _soft_outline(rng, height, width))
    return stage(
        rng,
        [quarter_turned(sprite) if chance(rng, 0.4) else sprite],
        size,
        Pose(least_margin=0.015),
    )


@negative("furnishings")
def cabinet(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A cupboard, chest of drawers, oven or fridge from the front: panels in a rectangle, feet, handles."""
    height, width = round(size * rng.uniform(0.6, 1)), round(size * rng.uniform(0.5, 1))
    foot = round(height * rng.uniform(0.02, 0.12))
    colour = wood_colour(rng) if chance(rng, 0.6) else any_colour(rng)
    body = covered(rng, height, width, colour) if chance(rng, 0.5) else solid(height, width, colour)
    mask = np.zeros((height, width), np.uint8)
    fill_rounded(mask, (0, 0, width, height - foot), width * 0.01, 255)
    leg = max(2, round(width * rng.uniform(0.02, 0.08)))
    for x in (leg, width - 2 * leg):
        fill_polygon(
            mask,
            [
                (x, height - foot - 1),
                (x + leg, height - foot - 1),
                (x + leg * 0.8, height),
                (x + leg * 0.2, height),
            ],
            255,
        )
    rows, columns = int(rng.integers(1, 5)), int(rng.integers(1, 4))
    rim = min(height, width) * rng.uniform(0.015, 0.06)
    handle = metal_colour(rng) if chance(rng, 0.6) else dark_colour(rng)
    for row in range(rows):
        for column in range(columns):
            left, top = rim + (width - rim) * column / columns, rim + (height - foot - rim) * row / rows
            right, bottom = (width - rim) * (column + 1) / columns, (height - foot - rim) * (row + 1) / rows
            shade = scaled(colour, rng.uniform(0.85, 1.15))
            fill_rounded(body, (left, top, right, bottom), rim * 0.2, shade)
            cv2.rectangle(body, (int(left), int(top)), (int(right), int(bottom)), scaled(colour, 0.6), 1)
            spot = ((left + right) / 2, top + (bottom - top) * rng.choice((0.15, 0.5)))
            if chance(rng, 0.5):
                cv2.circle(
                    body, (int(spot[0]), int(spot[1])), max(1, round(rim * 0.5)), handle, -1, cv2.LINE_AA
                )
            else:
                fill_rounded(
                    body,
                    (spot[0] - rim * 1.5, spot[1] - rim * 0.25, spot[0] + rim * 1.5, spot[1] + rim * 0.25),
                    1,
                    handle,
                )
    return stage(rng, [sprite_of(body, mask)], size, Pose(least_margin=0.005))
