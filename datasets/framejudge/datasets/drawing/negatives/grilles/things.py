"""Things made of bars: radiators, fences, vents, ladders, benches."""

from __future__ import annotations

import cv2
import numpy as np

from framejudge.datasets.drawing.negatives.grilles.bars import bar_colour, bar_profile, blank_sprite, draw_rod
from framejudge.datasets.drawing.products.canvas import (
    Sprite,
    fill_polygon,
    fill_rounded,
    lit,
    parts,
    rounded_rectangle,
    sprite_of,
)
from framejudge.datasets.drawing.products.colours import (
    any_colour,
    chance,
    light_colour,
    metal_colour,
    scaled,
    wood_colour,
)
from framejudge.datasets.drawing.products.lettering import logo
from framejudge.datasets.drawing.products.surfaces import gradient, noise


def radiator(rng: np.random.Generator, size: int) -> Sprite:
    """Return a radiator: columns or a ribbed panel, headers, a valve, feet."""
    height, width = round(size * rng.uniform(0.45, 0.9)), size
    sprite = blank_sprite(height, width)
    colour = light_colour(rng) if chance(rng, 0.65) else bar_colour(rng)
    foot, valve = height * rng.uniform(0.03, 0.12), width * 0.07
    count = int(rng.integers(6, 20))
    pitch = (width - valve) / count
    share = rng.uniform(0.6, 0.97)
    top, bottom = height * rng.uniform(0, 0.03), height - foot
    body, cover = parts(sprite)
    for level in (top + height * 0.06, bottom - height * 0.12):
        fill_rounded(
            body, (pitch * 0.2, level, width - valve, level + height * 0.06), 2, scaled(colour, 0.75)
        )
        fill_rounded(cover, (pitch * 0.2, level, width - valve, level + height * 0.06), 2, 255)
    rib = bar_profile(rng, max(2, round(pitch * share)))
    shades = np.clip(rib[:, None] * np.asarray(colour, np.float32), 0, 255).astype(np.uint8)
    for index in range(count):
        left = round(index * pitch)
        right = min(width, left + len(shades))
        body[round(top) : round(bottom), left:right] = shades[None, : right - left]
        fill_rounded(cover, (left, top, right, bottom), pitch * share * 0.45, 255)
    for x in (pitch * 0.6, width - valve - pitch):
        fill_rounded(body, (x, bottom - 4, x + pitch * 0.4, height), 1, scaled(colour, 0.7))
        fill_rounded(cover, (x, bottom - 4, x + pitch * 0.4, height), 1, 255)
    level = bottom - height * 0.1
    for box, shade in (
        ((width - valve - 2, level, width - valve * 0.4, level + height * 0.03), 0.6),
        ((width - valve * 0.9, level - height * 0.12, width - valve * 0.2, level + height * 0.04), 0.9),
        ((width - valve * 0.7, level, width - valve * 0.45, height), 0.5),
    ):
        fill_rounded(body, box, 3, scaled((235, 235, 235), shade))
        fill_rounded(cover, box, 3, 255)
    return sprite_of(body, cover)


def towel_rail(rng: np.random.Generator, size: int) -> Sprite:
    """Return a bathroom radiator: tubes in groups between two uprights, sometimes with a towel."""
    height, width = size, round(size * rng.uniform(0.35, 0.7))
    sprite = blank_sprite(height, width)
    colour = metal_colour(rng) if chance(rng, 0.5) else bar_colour(rng)
    post = max(2.0, width * rng.uniform(0.04, 0.09))
    tube = max(2.0, height * rng.uniform(0.012, 0.03))
    y = height * rng.uniform(0.02, 0.08)
    while y < height * 0.95:
        for _ in range(int(rng.integers(2, 7))):
            if y < height * 0.96:
                draw_rod(rng, sprite, (post * 0.5, width - post * 0.5), (y, y + tube), colour, upright=False)
            y += tube * rng.uniform(1.5, 2.4)
        y += tube * rng.uniform(1.5, 4)
    for x in (0.0, width - post):
        draw_rod(rng, sprite, (x, x + post), (0, height), scaled(colour, 0.92), upright=True)
    if chance(rng, 0.35):
        left, wide = width * rng.uniform(0.1, 0.3), width * rng.uniform(0.4, 0.6)
        top, tall = round(height * rng.uniform(0.1, 0.4)), round(height * rng.uniform(0.2, 0.4))
        cloth = gradient(rng, tall, max(4, round(wide)), any_colour(rng), any_colour(rng))
        folds = noise(rng, cloth.shape[0], cloth.shape[1], 6, 0.1) * np.float32(0.08) + np.float32(1)
        target = sprite[top : top + tall, round(left) : round(left) + cloth.shape[1]]
        target[..., :3] = lit(cloth, folds)[: target.shape[0], : target.shape[1]]
        target[..., 3] = 255
    return sprite


def fence(rng: np.random.Generator, size: int) -> Sprite:
    """Return pickets with pointed, round or flat ends on rails, or a gate of them."""
    height, width = round(size * rng.uniform(0.5, 0.95)), size
    body, cover = parts(blank_sprite(height, width))
    colour = bar_colour(rng)
    rail = height * rng.uniform(0.06, 0.11)
    for at in (0.25, 0.7):
        fill_rounded(body, (0, height * at, width, height * at + rail), 1, scaled(colour, 0.75))
        fill_rounded(cover, (0, height * at, width, height * at + rail), 1, 255)
    count = int(rng.integers(5, 15))
    pitch = width / count
    wide = pitch * rng.uniform(0.45, 0.9)
    tip = wide * rng.choice((0.0, 0.35, 0.6, 1.2))
    arch = height * rng.choice((0.0, 0.0, 0.12, -0.12))
    for index in range(count):
        left = index * pitch + (pitch - wide) / 2
        rise = abs(arch) * (1 - ((index + 0.5) / count * 2 - 1) ** 2)
        top = rise if arch < 0 else abs(arch) - rise
        top += rng.uniform(0, 0.01) * height
        shape = [
            (left, top + tip),
            (left + wide / 2, top),
            (left + wide, top + tip),
            (left + wide, height),
            (left, height),
        ]
        shade = scaled(colour, rng.uniform(0.9, 1.12))
        fill_polygon(body, shape, shade)
        fill_polygon(cover, shape, 255)
        edge = round(left + wide * 0.9)
        cv2.line(
            body, (edge, round(top + tip)), (edge, height), scaled(shade, 0.8), max(1, round(wide * 0.12))
        )
        for at in (0.25, 0.7):
            spot = (round(left + wide / 2), round(height * at + rail / 2))
            cv2.circle(body, spot, max(1, round(wide * 0.05)), scaled(shade, 0.5), -1, cv2.LINE_AA)
    return sprite_of(body, cover)


def vent(rng: np.random.Generator, size: int) -> Sprite:
    """Return a plate with slots in rows or in a circle, screws in its corners."""
    height, width = round(size * rng.uniform(0.4, 1)), size
    body, cover = parts(blank_sprite(height, width))
    colour = metal_colour(rng) if chance(rng, 0.5) else bar_colour(rng)
    extent = min(height, width)
    fill_rounded(cover, (0, 0, width, height), extent * rng.uniform(0.02, 0.15), 255)
    body[:] = gradient(rng, height, width, colour, scaled(colour, rng.uniform(0.8, 1.1)))
    rim = extent * rng.uniform(0.1, 0.18)
    columns, rows = int(rng.integers(1, 4)), int(rng.integers(5, 16))
    pitch = (height - 2 * rim) / rows
    dark = scaled(colour, rng.uniform(0.1, 0.4))
    span = (width - 2 * rim) / columns
    round_shape = chance(rng, 0.25)
    for row in range(rows):
        top = rim + row * pitch
        for column in range(columns):
            left, right = rim + column * span + pitch * 0.3, rim + (column + 1) * span - pitch * 0.3
            if round_shape:
                off = abs((row + 0.5) / rows * 2 - 1)
                half = (right - left) / 2 * np.sqrt(max(0.0, 1 - off**2))
                left, right = (left + right) / 2 - half, (left + right) / 2 + half
            if right - left < 2:
                continue
            fill_rounded(
                body, (left, top + pitch * 0.2, right, top + pitch * 0.85), pitch * 0.3, scaled(colour, 1.2)
            )
            fill_rounded(body, (left, top + pitch * 0.15, right, top + pitch * 0.75), pitch * 0.3, dark)
    for x, y in ((0.5, 0.5), (0.5, -0.5), (-0.5, 0.5), (-0.5, -0.5)):
        spot = (round((x * rim) % width), round((y * rim) % height))
        radius = max(2, round(rim * 0.2))
        cv2.circle(body, spot, radius, scaled(colour, 0.6), -1, cv2.LINE_AA)
        cv2.line(body, (spot[0] - radius, spot[1]), (spot[0] + radius, spot[1] + 1), scaled(colour, 0.3), 1)
    if chance(rng, 0.3):
        logo(rng, body, width / 2, height - rim / 2, rim * 0.35, any_colour(rng))
    return sprite_of(body, cover)


def ladder(rng: np.random.Generator, size: int) -> Sprite:
    """Return a ladder or a step stool: rails that lean together, rungs, feet."""
    height, width = size, round(size * rng.uniform(0.3, 0.65))
    body, cover = parts(blank_sprite(height, width))
    colour = metal_colour(rng) if chance(rng, 0.5) else bar_colour(rng)
    lean, post = width * rng.uniform(0, 0.25), max(2.0, width * rng.uniform(0.05, 0.12))
    count = int(rng.integers(3, 11))
    thick = max(2.0, height * rng.uniform(0.012, 0.05))
    for index in range(count):
        y = height * (index + 0.4) / count
        inset = lean * (1 - y / height)
        box = (inset + post / 2, y, width - inset - post / 2, y + thick)
        fill_rounded(body, box, 1, scaled(colour, 1.1))
        fill_rounded(cover, box, 1, 255)
        fill_rounded(body, (box[0], y + thick * 0.7, box[2], y + thick), 1, scaled(colour, 0.6))
    rubber = any_colour(rng)
    for near, far in ((lean, 0.0), (width - post - lean, width - post)):
        rail = [(near, 0), (near + post, 0), (far + post, height), (far, height)]
        fill_polygon(body, rail, scaled(colour, rng.uniform(0.8, 1.1)))
        fill_polygon(cover, rail, 255)
        inner = [(near + post * 0.6, 0), (near + post, 0), (far + post, height), (far + post * 0.6, height)]
        fill_polygon(body, inner, scaled(colour, 0.7))
        fill_rounded(body, (far, height * 0.96, far + post, height), 1, rubber)
    return sprite_of(body, cover)


def bench(rng: np.random.Generator, size: int) -> Sprite:
    """Return a slatted seat with legs, a pallet, a crate or a shoe rack: level boards with gaps."""
    height, width = round(size * rng.uniform(0.4, 0.95)), size
    body, cover = parts(blank_sprite(height, width))
    colour = wood_colour(rng) if chance(rng, 0.7) else bar_colour(rng)
    leg = width * rng.uniform(0.04, 0.09)
    seat = height * rng.uniform(0.45, 0.95)
    for x in (width * 0.06, width * rng.uniform(0.4, 0.55), width * 0.94 - leg):
        splay = leg * rng.uniform(-0.3, 0.3)
        post = [(x, height * 0.02), (x + leg, height * 0.02), (x + leg + splay, height), (x + splay, height)]
        fill_polygon(body, post, scaled(colour, 0.6))
        fill_polygon(cover, post, 255)
    count = int(rng.integers(4, 10))
    pitch = seat / count
    thick = pitch * rng.uniform(0.6, 0.92)
    for index in range(count):
        top = index * pitch
        ends = rng.uniform(0, 0.02, 2) * width
        box = (ends[0], top, width - ends[1], top + thick)
        shade = scaled(colour, rng.uniform(0.88, 1.15))
        fill_rounded(body, box, thick * 0.15, shade)
        fill_rounded(cover, box, thick * 0.15, 255)
        fill_rounded(body, (ends[0], top + thick * 0.82, width - ends[1], top + thick), 1, scaled(shade, 0.7))
        for x in (width * 0.06 + leg / 2, width * 0.94 - leg / 2):
            spot = (round(x), round(top + thick * 0.4))
            cv2.circle(body, spot, max(1, round(thick * 0.08)), scaled(shade, 0.4), -1, cv2.LINE_AA)
    grain = 1 + noise(rng, height, width, 40, 12) * np.float32(rng.uniform(0.02, 0.09))
    return sprite_of(lit(body, grain), cover)


def rails(rng: np.random.Generator, size: int) -> Sprite:
    """Return a railing, a cot's side or a rack: thin uprights between two rails, with knobs or posts."""
    height, width = round(size * rng.uniform(0.4, 0.9)), size
    sprite = blank_sprite(height, width)
    colour = bar_colour(rng)
    rail = max(2.0, height * rng.uniform(0.03, 0.08))
    count = int(rng.integers(6, 22))
    pitch = width / count
    bar = max(2.0, pitch * rng.uniform(0.12, 0.45))
    top = height * 0.1
    for index in range(count):
        left = (index + 0.5) * pitch - bar / 2
        draw_rod(rng, sprite, (left, left + bar), (top, height * 0.93), scaled(colour, 0.9), upright=True)
    for y in (top, height * rng.uniform(0.8, 0.9)):
        draw_rod(rng, sprite, (0, width), (y, y + rail), colour, upright=False)
    body, cover = parts(sprite)
    post = rail * rng.uniform(0.9, 1.6)
    ends = [0.0, width - post] + ([width / 2 - post / 2] if chance(rng, 0.4) else [])
    for x in ends:
        fill_rounded(body, (x, top * 0.6, x + post, height), 1, scaled(colour, 1.05))
        fill_rounded(cover, (x, top * 0.6, x + post, height), 1, 255)
        knob = rounded_rectangle(x - post * 0.1, 0, x + post * 1.1, top * 0.8, post)
        fill_polygon(body, knob, scaled(colour, 0.9))
        fill_polygon(cover, knob, 255)
    return sprite_of(body, cover)
