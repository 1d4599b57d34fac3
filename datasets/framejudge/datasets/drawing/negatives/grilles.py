"""Parallel bars: blinds, radiators, fences, vents, ladders, piano keys, slatted benches."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.datasets.drawing.negatives.props import Props
from framejudge.datasets.drawing.negatives.registry import negative
from framejudge.datasets.drawing.negatives.staging import Pose, revealing_backdrop, stage
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products.backgrounds import room, studio
from framejudge.datasets.drawing.products.canvas import (
    Sprite,
    blurred,
    fill_polygon,
    fill_rounded,
    laid,
    lit,
    parts,
    project,
    quadrangle,
    quarter_turned,
    rounded_rectangle,
    solid,
    sprite_of,
    turned,
)
from framejudge.datasets.drawing.products.colours import (
    Colour,
    any_colour,
    chance,
    dark_colour,
    light_colour,
    metal_colour,
    scaled,
    wood_colour,
)
from framejudge.datasets.drawing.products.lettering import logo
from framejudge.datasets.drawing.products.scenes import photographed, placed, shadowed, thumbnail_size
from framejudge.datasets.drawing.products.silhouettes import draw_sprite
from framejudge.datasets.drawing.products.surfaces import gradient, noise, ramp

Span = tuple[float, float]
"""From where to where."""

FEWEST_BARS = 5
"""Fewer that fill the picture could be taken for bands along its sides."""


@negative("grilles")
def slats(rng: np.random.Generator, props: Props, size: int) -> Image:
    """Bars side by side: they fill the picture from side to side, or are a thing before a background."""
    height, width = thumbnail_size(rng, size)
    pick = rng.random()
    if pick < 0.45:
        return photographed(rng, _filled(rng, props, height, width))
    if pick < 0.51:
        return photographed(rng, _piano(rng, height, width))
    thing = (_radiator, _towel_rail, _fence, _vent, _ladder, _bench, _rails)[int(rng.integers(7))]
    pose = Pose(least_margin=0.03, most_margin=0.16, straight_share=0.6, shadow=True, cut_share=0.2)
    return stage(rng, [thing(rng, size)], size, pose, revealing_backdrop)


def _bar_colour(rng: np.random.Generator) -> Colour:
    """Draw the colour of painted, wooden, metal or plastic bars."""
    pick = rng.random()
    if pick < 0.3:
        return wood_colour(rng)
    if pick < 0.5:
        return light_colour(rng)
    if pick < 0.68:
        return metal_colour(rng)
    return dark_colour(rng) if pick < 0.8 else any_colour(rng)


def _profile(rng: np.random.Generator, pixels: int) -> npt.NDArray[np.float32]:
    """Return the light across one bar: round, flat with bevelled edges, tilted like a louvre, hollow."""
    x = np.linspace(-1, 1, max(1, pixels), dtype=np.float32)
    pick = rng.random()
    if pick < 0.35:
        at = rng.uniform(-0.6, 0.6)
        light = 1.12 - rng.uniform(0.2, 0.6) * (x - at) ** 2
        if chance(rng, 0.5):
            light = light + rng.uniform(0.1, 0.5) * np.exp(-(((x - at) / 0.15) ** 2))
    elif pick < 0.6:
        light = np.ones_like(x)
        edge = 1 - rng.uniform(0.1, 0.5)
        light = light + np.where(x < -edge, 0.2, 0.0) - np.where(x > edge, rng.uniform(0.1, 0.4), 0.0)
    elif pick < 0.9:
        light = 1 + x * rng.uniform(-0.35, 0.35)
    else:
        light = 0.8 + rng.uniform(0.1, 0.3) * np.abs(x)
    return cast("npt.NDArray[np.float32]", np.clip(light, 0.2, 1.6).astype(np.float32))


def _barred(
    rng: np.random.Generator, height: int, width: int, colour: Colour, bars: float, share: float
) -> Sprite:
    """Return upright bars over the whole rectangle, ``share`` of it covered; between them it is empty."""
    pitch = max(3.0, width / bars)
    thick = max(2, round(pitch * share))
    profile = _profile(rng, thick)
    line = np.zeros((width, 3), np.float32)
    cover = np.zeros(width, np.uint8)
    shades = rng.uniform(0.75, 1.2) if chance(rng, 0.3) else 0.0
    for start in np.arange(-pitch * rng.random(), width, pitch):
        left = round(float(start))
        shade = rng.uniform(0.85, 1.15) if shades else 1.0
        low, high = max(0, left), min(width, left + thick)
        if high > low:
            lit_by = profile[low - left : high - left, None] * np.float32(shade)
            line[low:high] = np.asarray(colour, np.float32) * lit_by
            cover[low:high] = 255
    image = np.repeat(np.clip(line, 0, 255).astype(np.uint8)[None], height, axis=0)
    if chance(rng, 0.45):
        # Along the bars: wood's grain, or dust and wear.
        streaks = noise(rng, height, width, rng.uniform(30, 90), rng.uniform(0.02, 0.2))
        image = lit(image, 1 + streaks * np.float32(rng.uniform(0.02, 0.12)))
    return sprite_of(image, np.repeat(cover[None], height, axis=0))


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


def _filled(rng: np.random.Generator, props: Props, height: int, width: int) -> Image:
    """Return bars that reach all the picture's sides, upright, level or slanting."""
    side = round(max(height, width) * 1.3)
    colour = _bar_colour(rng)
    bars = rng.uniform(FEWEST_BARS, 26) * 1.3
    sprite = _barred(
        rng, side, side, colour, bars, rng.choice((rng.uniform(0.25, 0.7), rng.uniform(0.7, 0.96)))
    )
    pick = rng.random()
    if pick < 0.14:
        # A lattice: the same again, across.
        over_it = quarter_turned(_barred(rng, side, side, colour, bars, rng.uniform(0.15, 0.5)))
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
    colour = _bar_colour(rng)
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


def _piano(rng: np.random.Generator, height: int, width: int) -> Image:
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


def _rod(
    rng: np.random.Generator, sprite: Sprite, across: Span, down: Span, colour: Colour, *, upright: bool
) -> None:
    """Draw one bar, round or flat, on the sprite, in place; columns ``across``, rows ``down``."""
    left, right = max(0, round(across[0])), min(sprite.shape[1], max(round(across[0]) + 2, round(across[1])))
    top, bottom = max(0, round(down[0])), min(sprite.shape[0], max(round(down[0]) + 2, round(down[1])))
    if right <= left or bottom <= top:
        return
    profile = _profile(rng, right - left if upright else bottom - top)
    shades = np.clip(profile[:, None] * np.asarray(colour, np.float32), 0, 255).astype(np.uint8)
    sprite[top:bottom, left:right, :3] = shades[None] if upright else shades[:, None]
    sprite[top:bottom, left:right, 3] = 255


def _blank(height: int, width: int) -> Sprite:
    return np.zeros((height, width, 4), np.uint8)


def _radiator(rng: np.random.Generator, size: int) -> Sprite:
    """Return a radiator: columns or a ribbed panel, headers, a valve, feet."""
    height, width = round(size * rng.uniform(0.45, 0.9)), size
    sprite = _blank(height, width)
    colour = light_colour(rng) if chance(rng, 0.65) else _bar_colour(rng)
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
    rib = _profile(rng, max(2, round(pitch * share)))
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


def _towel_rail(rng: np.random.Generator, size: int) -> Sprite:
    """Return a bathroom radiator: tubes in groups between two uprights, sometimes with a towel."""
    height, width = size, round(size * rng.uniform(0.35, 0.7))
    sprite = _blank(height, width)
    colour = metal_colour(rng) if chance(rng, 0.5) else _bar_colour(rng)
    post = max(2.0, width * rng.uniform(0.04, 0.09))
    tube = max(2.0, height * rng.uniform(0.012, 0.03))
    y = height * rng.uniform(0.02, 0.08)
    while y < height * 0.95:
        for _ in range(int(rng.integers(2, 7))):
            if y < height * 0.96:
                _rod(rng, sprite, (post * 0.5, width - post * 0.5), (y, y + tube), colour, upright=False)
            y += tube * rng.uniform(1.5, 2.4)
        y += tube * rng.uniform(1.5, 4)
    for x in (0.0, width - post):
        _rod(rng, sprite, (x, x + post), (0, height), scaled(colour, 0.92), upright=True)
    if chance(rng, 0.35):
        left, wide = width * rng.uniform(0.1, 0.3), width * rng.uniform(0.4, 0.6)
        top, tall = round(height * rng.uniform(0.1, 0.4)), round(height * rng.uniform(0.2, 0.4))
        cloth = gradient(rng, tall, max(4, round(wide)), any_colour(rng), any_colour(rng))
        folds = noise(rng, cloth.shape[0], cloth.shape[1], 6, 0.1) * np.float32(0.08) + np.float32(1)
        target = sprite[top : top + tall, round(left) : round(left) + cloth.shape[1]]
        target[..., :3] = lit(cloth, folds)[: target.shape[0], : target.shape[1]]
        target[..., 3] = 255
    return sprite


def _fence(rng: np.random.Generator, size: int) -> Sprite:
    """Return pickets with pointed, round or flat ends on rails, or a gate of them."""
    height, width = round(size * rng.uniform(0.5, 0.95)), size
    body, cover = parts(_blank(height, width))
    colour = _bar_colour(rng)
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


def _vent(rng: np.random.Generator, size: int) -> Sprite:
    """Return a plate with slots in rows or in a circle, screws in its corners."""
    height, width = round(size * rng.uniform(0.4, 1)), size
    body, cover = parts(_blank(height, width))
    colour = metal_colour(rng) if chance(rng, 0.5) else _bar_colour(rng)
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


def _ladder(rng: np.random.Generator, size: int) -> Sprite:
    """Return a ladder or a step stool: rails that lean together, rungs, feet."""
    height, width = size, round(size * rng.uniform(0.3, 0.65))
    body, cover = parts(_blank(height, width))
    colour = metal_colour(rng) if chance(rng, 0.5) else _bar_colour(rng)
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


def _bench(rng: np.random.Generator, size: int) -> Sprite:
    """Return a slatted seat with legs, a pallet, a crate or a shoe rack: level boards with gaps."""
    height, width = round(size * rng.uniform(0.4, 0.95)), size
    body, cover = parts(_blank(height, width))
    colour = wood_colour(rng) if chance(rng, 0.7) else _bar_colour(rng)
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


def _rails(rng: np.random.Generator, size: int) -> Sprite:
    """Return a railing, a cot's side or a rack: thin uprights between two rails, with knobs or posts."""
    height, width = round(size * rng.uniform(0.4, 0.9)), size
    sprite = _blank(height, width)
    colour = _bar_colour(rng)
    rail = max(2.0, height * rng.uniform(0.03, 0.08))
    count = int(rng.integers(6, 22))
    pitch = width / count
    bar = max(2.0, pitch * rng.uniform(0.12, 0.45))
    top = height * 0.1
    for index in range(count):
        left = (index + 0.5) * pitch - bar / 2
        _rod(rng, sprite, (left, left + bar), (top, height * 0.93), scaled(colour, 0.9), upright=True)
    for y in (top, height * rng.uniform(0.8, 0.9)):
        _rod(rng, sprite, (0, width), (y, y + rail), colour, upright=False)
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
