"""Products without a photo: each function returns a sprite of about ``side`` pixels."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.datasets.drawing.products.canvas import (
    Sprite,
    faded,
    fill_polygon,
    fill_rounded,
    lit,
    over,
    parts,
    polygon_mask,
    rounded_rectangle,
    solid,
    sprite_of,
)
from framejudge.datasets.drawing.products.colours import (
    BLACK,
    WHITE,
    Colour,
    any_colour,
    chance,
    colour_at,
    contrasting,
    metal_colour,
    mixed,
    scaled,
    wood_colour,
)
from framejudge.datasets.drawing.products.lettering import any_font, logo, word, write, write_lines
from framejudge.datasets.drawing.products.shading import rounded_light, shone, turned_light
from framejudge.datasets.drawing.products.surfaces import covered, gradient, noise, textured

Points = npt.NDArray[np.float64]


def smooth(points: npt.ArrayLike, steps: int = 8) -> Points:
    """Return a closed Catmull-Rom spline through the points, (N * steps, 2)."""
    knots = np.asarray(points, np.float64)
    before, after, beyond = np.roll(knots, 1, 0), np.roll(knots, -1, 0), np.roll(knots, -2, 0)
    t = np.linspace(0, 1, steps, endpoint=False)[None, :, None]
    curve = 0.5 * (
        2 * knots[:, None]
        + (after - before)[:, None] * t
        + (2 * before - 5 * knots + 4 * after - beyond)[:, None] * t**2
        + (3 * knots - before - 3 * after + beyond)[:, None] * t**3
    )
    return curve.reshape(-1, 2)


def mirrored(half: npt.ArrayLike, centre: float) -> Points:
    """Return the right half of an outline (top to bottom) with its mirror image on the left."""
    right = np.asarray(half, np.float64)
    left = right[::-1].copy()
    left[:, 0] = 2 * centre - left[:, 0]
    return np.concatenate((right, left))


def _body(rng: np.random.Generator, side: int, points: npt.ArrayLike, colour: Colour | None = None) -> Sprite:
    mask = polygon_mask(side, side, points)
    image = covered(rng, side, side, colour)
    if chance(rng, 0.85):
        image = lit(image, rounded_light(rng, mask))
    if chance(rng, 0.35):
        image = shone(rng, image)
    return sprite_of(image, mask)


def _radial_points(rng: np.random.Generator, side: int, count: int, least: float) -> Points:
    turns = np.linspace(0, 2 * np.pi, count, endpoint=False) + rng.uniform(-0.25, 0.25, count)
    reach = side * 0.48 * rng.uniform(least, 1.0, count)
    return np.column_stack((side / 2 + reach * np.cos(turns), side / 2 + reach * np.sin(turns)))


def blob(rng: np.random.Generator, side: int) -> Sprite:
    """Anything soft and round."""
    return _body(
        rng, side, smooth(_radial_points(rng, side, int(rng.integers(4, 10)), rng.uniform(0.3, 0.9)))
    )


def crystal(rng: np.random.Generator, side: int) -> Sprite:
    """Anything angular."""
    points = _radial_points(rng, side, int(rng.integers(3, 9)), rng.uniform(0.4, 0.95))
    sprite = _body(rng, side, points)
    if chance(rng, 0.5):
        apex = (side * rng.uniform(0.35, 0.65), side * rng.uniform(0.35, 0.65))
        for one, other in zip(points, np.roll(points, -1, 0), strict=True):
            facet = polygon_mask(side, side, (apex, one, other))
            sprite[..., :3] = over(
                np.ascontiguousarray(sprite[..., :3]),
                any_grey(rng),
                faded(facet, rng.uniform(0, 0.4)),
            )
    return sprite


def any_grey(rng: np.random.Generator) -> Colour:
    """Draw black or white, to shade or to light a facet."""
    return WHITE if chance(rng, 0.5) else BLACK


def ball(rng: np.random.Generator, side: int) -> Sprite:
    """A ball, a plate, a pill, a fruit."""
    mask = np.zeros((side, side), np.uint8)
    axes = (int(side * rng.uniform(0.3, 0.48)), int(side * rng.uniform(0.2, 0.48)))
    cv2.ellipse(mask, (side // 2, side // 2), axes, rng.uniform(-20, 20), 0, 360, 255, -1, cv2.LINE_AA)
    image = lit(covered(rng, side, side), rounded_light(rng, mask))
    for _ in range(int(rng.integers(0, 4))):
        ring = (max(1, int(axes[0] * rng.uniform(0.2, 0.95))), max(1, int(axes[1] * rng.uniform(0.2, 0.95))))
        cv2.ellipse(
            image,
            (side // 2, side // 2),
            ring,
            0,
            0,
            360,
            any_colour(rng),
            int(rng.integers(1, 4)),
            cv2.LINE_AA,
        )
    return sprite_of(shone(rng, image) if chance(rng, 0.6) else image, mask)


def bottle(rng: np.random.Generator, side: int) -> Sprite:
    """A bottle, jar, tube or vase with cap and label."""
    centre, widest = side / 2, side * rng.uniform(0.12, 0.4)
    neck, shoulder = widest * rng.uniform(0.2, 1.0), rng.uniform(0.15, 0.5)
    foot = widest * rng.uniform(0.6, 1.0)
    profile = np.array(
        [
            (neck, 0.05),
            (neck, shoulder * 0.6),
            (widest, shoulder),
            (widest * rng.uniform(0.8, 1), 0.8),
            (foot, 0.95),
        ]
    )
    half = np.column_stack((centre + profile[:, 0], profile[:, 1] * side))
    if chance(rng, 0.6):
        rows = np.linspace(half[0, 1], half[-1, 1], 40)
        half = np.column_stack((np.interp(rows, half[:, 1], half[:, 0]), rows))
        half[:, 0] = cv2.GaussianBlur(half[:, :1], (1, 9), 0)[:, 0] if chance(rng, 0.7) else half[:, 0]
    mask = polygon_mask(side, side, mirrored(half, centre))
    image = covered(rng, side, side)
    left, right = int(centre - widest), int(centre + widest) + 1
    cap = any_colour(rng)
    cap_bottom = side * (0.05 + shoulder * rng.uniform(0.15, 0.7))
    cv2.rectangle(image, (0, 0), (side, int(cap_bottom)), cap, -1)
    if chance(rng, 0.75):
        _label(rng, image, (left, side * rng.uniform(shoulder, 0.6), right, side * rng.uniform(0.65, 0.92)))
    image[:, left:right] = lit(
        np.ascontiguousarray(image[:, left:right]), turned_light(rng, side, right - left)
    )
    return sprite_of(image, mask)


def _label(
    rng: np.random.Generator, image: npt.NDArray[np.uint8], box: tuple[float, float, float, float]
) -> None:
    """Print a label into the box, in place."""
    left, top, right, bottom = box
    if bottom - top < 6:
        return
    paper = any_colour(rng) if chance(rng, 0.6) else WHITE
    inset = (right - left) * rng.choice((0.0, rng.uniform(0, 0.25)))
    cv2.rectangle(image, (int(left + inset), int(top)), (int(right - inset), int(bottom)), paper, -1)
    ink = contrasting(rng, paper)
    middle = top + (bottom - top) * rng.uniform(0.3, 0.6)
    write(image, word(rng), (left + inset + 3, top + 2, right - inset - 3, middle), ink, any_font(rng))
    if chance(rng, 0.7):
        write_lines(
            rng,
            image,
            (left + inset + 4, middle + 2, right - inset - 4, bottom - 2),
            ink,
            int(rng.integers(1, 5)),
        )


def can(rng: np.random.Generator, side: int) -> Sprite:
    """A tin, a candle, a roll, a jar: an upright cylinder seen from above a little."""
    half, top = int(side * rng.uniform(0.15, 0.42)), int(side * rng.uniform(0.1, 0.35))
    bottom = int(side * rng.uniform(0.75, 0.92))
    lid = max(2, int(half * rng.uniform(0.1, 0.45)))
    mask = np.zeros((side, side), np.uint8)
    cv2.rectangle(mask, (side // 2 - half, top), (side // 2 + half, bottom), 255, -1)
    cv2.ellipse(mask, (side // 2, bottom), (half, lid), 0, 0, 360, 255, -1, cv2.LINE_AA)
    cv2.ellipse(mask, (side // 2, top), (half, lid), 0, 0, 360, 255, -1, cv2.LINE_AA)
    image = covered(rng, side, side)
    if chance(rng, 0.6):
        _label(rng, image, (side // 2 - half, top + lid * 2, side // 2 + half, bottom - lid))
    band = slice(side // 2 - half, side // 2 + half + 1)
    image[:, band] = lit(np.ascontiguousarray(image[:, band]), turned_light(rng, side, 2 * half + 1))
    cv2.ellipse(image, (side // 2, top), (half, lid), 0, 0, 360, metal_colour(rng), -1, cv2.LINE_AA)
    cv2.ellipse(
        image, (side // 2, top), (half, lid), 0, 0, 360, scaled(metal_colour(rng), 0.6), 1, cv2.LINE_AA
    )
    return sprite_of(image, mask)


def shirt(rng: np.random.Generator, side: int) -> Sprite:
    """A shirt, jumper, coat or dress, laid flat."""
    shoulder, waist = rng.uniform(0.17, 0.24), rng.uniform(0.15, 0.26)
    hem, sleeve = rng.uniform(0.72, 0.95), rng.uniform(0.3, 0.75)
    flare = waist * rng.uniform(0.9, 1.8)
    collar = rng.uniform(0.05, 0.1)
    half = [
        (collar, 0.1),
        (shoulder, 0.14),
        (shoulder + 0.24 * sleeve + 0.03, 0.14 + sleeve * 0.6),
        (shoulder + 0.24 * sleeve - 0.06, 0.17 + sleeve * 0.62),
        (waist + 0.01, 0.32),
        (waist, 0.5),
        (flare, hem),
    ]
    points = np.array(half) * side
    points[:, 0] += side / 2
    outline = mirrored(points, side / 2)
    sprite = _garment(rng, side, outline if chance(rng, 0.4) else smooth(outline, 5))
    image, mask = parts(sprite)
    middle = side // 2
    trim = scaled(colour_at(image, side // 2, middle), rng.choice((0.6, 1.3)))
    cv2.ellipse(
        image,
        (middle, int(side * 0.1)),
        (int(collar * side), int(side * rng.uniform(0.03, 0.12))),
        0,
        0,
        180,
        trim,
        int(rng.choice((-1, 2, 4))),
        cv2.LINE_AA,
    )
    if chance(rng, 0.35):
        cv2.line(
            image,
            (middle, int(side * 0.12)),
            (middle, int(hem * side)),
            trim,
            max(1, side // 120),
            cv2.LINE_AA,
        )
    if chance(rng, 0.35):
        logo(
            rng,
            image,
            side * rng.uniform(0.42, 0.58),
            side * rng.uniform(0.3, 0.5),
            side * rng.uniform(0.03, 0.12),
            any_colour(rng),
        )
    return sprite_of(image, mask)


def _garment(rng: np.random.Generator, side: int, outline: Points) -> Sprite:
    mask = polygon_mask(side, side, outline)
    image = covered(rng, side, side) if chance(rng, 0.5) else solid(side, side, any_colour(rng))
    folds = noise(rng, side, side, rng.uniform(5, 16), rng.choice((0.15, 0.5, 1.0)))
    image = lit(image, rounded_light(rng, mask) * (1 + folds * np.float32(rng.uniform(0.02, 0.14))))
    return sprite_of(image, mask)


def trousers(rng: np.random.Generator, side: int) -> Sprite:
    """Trousers or shorts."""
    waist, length = rng.uniform(0.12, 0.2), rng.uniform(0.5, 0.95)
    ankle, gap = rng.uniform(0.06, 0.15), rng.uniform(0.01, 0.09)
    half = [
        (0.0, 0.06),
        (waist, 0.06),
        (waist + 0.04, 0.3),
        (gap + ankle + 0.02, length),
        (gap, length),
        (0.01, 0.34),
    ]
    points = np.array(half) * side
    points[:, 0] += side / 2
    return _garment(rng, side, mirrored(points, side / 2))


def shoe(rng: np.random.Generator, side: int) -> Sprite:
    """A shoe from its side: trainer, boot or pump."""
    shaft = rng.uniform(0.2, 0.5)
    heel = rng.choice((0.0, rng.uniform(0.0, 0.2)))
    upper = (
        np.array(
            [
                (0.08, 0.72 - heel),
                (0.1, shaft + 0.05),
                (0.2, shaft),
                (0.4, shaft + 0.04),
                (0.55, 0.5 + shaft * 0.1),
                (0.85, 0.58),
                (0.95, 0.68),
                (0.94, 0.76),
                (0.5, 0.76),
                (0.3, 0.76 - heel * 0.6),
            ]
        )
        * side
    )
    sprite = _body(rng, side, smooth(upper, 5))
    image, mask = parts(sprite)
    sole = (
        np.array(
            [
                (0.07, 0.72 - heel),
                (0.3, 0.74 - heel * 0.6),
                (0.5, 0.745),
                (0.95, 0.74),
                (0.95, 0.8),
                (0.5, 0.8),
                (0.28, 0.8 - heel * 0.6),
                (0.14, 0.76 - heel),
                (0.13, 0.8),
                (0.07, 0.8),
            ]
        )
        * side
    )
    colour = any_colour(rng)
    fill_polygon(image, sole, colour)
    mask = np.maximum(mask, polygon_mask(side, side, sole))
    for index in range(int(rng.integers(0, 6))):
        at = np.array((0.42 + 0.05 * index, shaft + 0.06 + 0.04 * index)) * side
        cv2.line(
            image,
            (int(at[0]), int(at[1])),
            (int(at[0] + side * 0.06), int(at[1] - side * 0.04)),
            colour,
            2,
            cv2.LINE_AA,
        )
    return sprite_of(image, mask)


def bag(rng: np.random.Generator, side: int) -> Sprite:
    """A handbag, backpack or basket."""
    top, bottom = rng.uniform(0.3, 0.5), rng.uniform(0.8, 0.95)
    upper, lower = rng.uniform(0.22, 0.42), rng.uniform(0.28, 0.45)
    corners = (
        np.array([(0.5 - upper, top), (0.5 + upper, top), (0.5 + lower, bottom), (0.5 - lower, bottom)])
        * side
    )
    points = corners if chance(rng, 0.4) else smooth(corners, 12)
    sprite = _body(rng, side, points)
    image, mask = parts(sprite)
    strap = np.zeros_like(mask)
    cv2.ellipse(
        strap,
        (side // 2, int(top * side)),
        (int(upper * side * rng.uniform(0.4, 0.9)), int(side * rng.uniform(0.1, top - 0.03))),
        0,
        180,
        360,
        255,
        max(2, int(side * rng.uniform(0.01, 0.05))),
        cv2.LINE_AA,
    )
    image = over(image, scaled(any_colour(rng), 0.8), strap)
    seam = any_colour(rng)
    cv2.line(
        image,
        (int(side * 0.1), int(side * (top + 0.15))),
        (int(side * 0.9), int(side * (top + 0.15))),
        seam,
        2,
        cv2.LINE_AA,
    )
    cv2.circle(
        image, (side // 2, int(side * (top + 0.15))), max(2, side // 40), metal_colour(rng), -1, cv2.LINE_AA
    )
    return sprite_of(image, np.maximum(mask, strap))


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


def cup(rng: np.random.Generator, side: int) -> Sprite:
    """A mug, pot, jug or kettle: a body with a handle."""
    top, bottom = side * rng.uniform(0.15, 0.35), side * rng.uniform(0.7, 0.9)
    upper, lower = side * rng.uniform(0.2, 0.32), side * rng.uniform(0.14, 0.3)
    centre = side * 0.43
    outline = [
        (centre - upper, top),
        (centre + upper, top),
        (centre + lower, bottom),
        (centre - lower, bottom),
    ]
    mask = np.zeros((side, side), np.uint8)
    cv2.ellipse(
        mask,
        (int(centre + (upper + lower) / 2), int((top + bottom) / 2)),
        (int(side * rng.uniform(0.1, 0.2)), int((bottom - top) * rng.uniform(0.2, 0.35))),
        0,
        0,
        360,
        255,
        max(2, int(side * rng.uniform(0.02, 0.06))),
        cv2.LINE_AA,
    )
    fill_polygon(mask, outline, 255)
    cv2.ellipse(
        mask, (int(centre), int(bottom)), (int(lower), int(lower * 0.2)), 0, 0, 360, 255, -1, cv2.LINE_AA
    )
    image = lit(covered(rng, side, side), turned_light(rng, side, side))
    cv2.ellipse(
        image,
        (int(centre), int(top)),
        (int(upper), int(upper * 0.22)),
        0,
        0,
        360,
        scaled(any_colour(rng), 0.6),
        -1,
        cv2.LINE_AA,
    )
    cv2.ellipse(
        mask, (int(centre), int(top)), (int(upper), int(upper * 0.22)), 0, 0, 360, 255, -1, cv2.LINE_AA
    )
    if chance(rng, 0.4):
        logo(rng, image, centre, (top + bottom) / 2, side * rng.uniform(0.05, 0.12), any_colour(rng))
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


def person(rng: np.random.Generator, side: int) -> Sprite:
    """Somebody who wears the clothes that are for sale."""
    skin = mixed((245, 205, 175), (90, 55, 35), rng.random())
    upper = shirt(rng, side)
    image, mask = parts(upper)
    body = np.zeros((side * 3 // 2, side, 3), np.uint8)
    cover = np.zeros((side * 3 // 2, side), np.uint8)
    legs = trousers(rng, side)
    low = side // 2
    body[low:] = legs[..., :3]
    cover[low:] = legs[..., 3]
    high = int(side * 0.13)
    window = slice(high, high + side)
    body[window] = over(np.ascontiguousarray(body[window]), image, mask)
    cover[window] = np.maximum(cover[window], mask)
    neck, head = (side // 2, int(side * 0.2)), (side // 2, int(side * 0.11))
    for centre, axes, colour in (
        (neck, (int(side * 0.035), int(side * 0.08)), skin),
        (
            (head[0], head[1] - int(side * 0.015)),
            (int(side * 0.08), int(side * 0.095)),
            scaled(any_colour(rng), 0.4),
        ),
        (head, (int(side * 0.06), int(side * 0.085)), skin),
    ):
        cv2.ellipse(body, centre, axes, 0, 0, 360, colour, -1, cv2.LINE_AA)
        cv2.ellipse(cover, centre, axes, 0, 0, 360, 255, -1, cv2.LINE_AA)
    for hand in (0.16, 0.84):
        cv2.circle(body, (int(side * hand), int(side * 0.72)), max(1, side // 35), skin, -1, cv2.LINE_AA)
    return sprite_of(body, cover)


def scrap(rng: np.random.Generator, side: int) -> Sprite:
    """A random outline cut from a texture or a picture: no product at all, but every kind of detail."""
    outline = _radial_points(rng, side, int(rng.integers(5, 14)), rng.uniform(0.3, 0.8))
    mask = polygon_mask(side, side, smooth(outline) if chance(rng, 0.7) else outline)
    return sprite_of(textured(rng, side, side), mask)


SILHOUETTES: dict[str, tuple[Callable[[np.random.Generator, int], Sprite], float]] = {
    "blob": (blob, 1.5),
    "crystal": (crystal, 0.7),
    "ball": (ball, 1),
    "bottle": (bottle, 2),
    "can": (can, 1),
    "shirt": (shirt, 2.5),
    "trousers": (trousers, 1),
    "shoe": (shoe, 1.2),
    "bag": (bag, 1.2),
    "furniture": (furniture, 1.5),
    "tool": (tool, 1.2),
    "ring": (ring, 0.8),
    "cup": (cup, 1),
    "appliance": (appliance, 1.5),
    "toy": (toy, 0.8),
    "plant": (plant, 0.6),
    "cord": (cord, 0.6),
    "person": (person, 1),
    "scrap": (scrap, 1),
}
"""What is for sale, and how often."""

_NAMES = tuple(SILHOUETTES)
_WEIGHTS = np.cumsum([weight for _, weight in SILHOUETTES.values()]) / sum(w for _, w in SILHOUETTES.values())


def draw_sprite(rng: np.random.Generator, side: int) -> Sprite:
    """Return some product without its surroundings, cropped to its outline."""
    name = _NAMES[int(np.searchsorted(_WEIGHTS, rng.random()))]
    sprite = SILHOUETTES[name][0](rng, max(side, 24))
    left, top, width, height = cv2.boundingRect(cv2.extractChannel(sprite, 3))
    return sprite[top : top + max(height, 2), left : left + max(width, 2)]
