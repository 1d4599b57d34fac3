"""What is sewn on cloth: seams, patches, buttons, zips, pockets, labels."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np

from framejudge.datasets.drawing.negatives.fabrics.cloth import Maps, make_cloth
from framejudge.datasets.drawing.negatives.fabrics.lines import (
    Points,
    crossing_line,
    dented,
    line_beside,
    points_along,
    stitch,
    thread_colour,
)
from framejudge.datasets.drawing.negatives.props import Props
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products.canvas import (
    blurred,
    faded,
    fill_polygon,
    lit,
    over,
    polygon_mask,
    rounded_rectangle,
    solid,
    turned,
)
from framejudge.datasets.drawing.products.colours import (
    BLACK,
    Colour,
    any_colour,
    chance,
    colour_at,
    light_colour,
    metal_colour,
    scaled,
)
from framejudge.datasets.drawing.products.lettering import any_font, word, write
from framejudge.datasets.drawing.products.surfaces import noise


def with_seam(rng: np.random.Generator, image: Image, line: Points, size: int) -> Image:
    """Return the cloth with a sewn line, one row of stitches or two."""
    image = dented(rng, image, line, max(1.0, size * rng.uniform(0.006, 0.02)))
    thread, thick = thread_colour(rng, image), max(1, size // 170)
    for away in ((1, -1), (1, 2), (1,))[int(rng.integers(3))]:
        step = size * rng.uniform(0.018, 0.03)
        stitch(image, line_beside(line, away * size * rng.uniform(0.014, 0.03)), step, thread, thick)
    return image


def pieced(rng: np.random.Generator, props: Props, image: Image, maps: Maps, size: int) -> Image:
    """Return the cloth sewn, or laid, to another one along a slanting line."""
    height, width = image.shape[:2]
    line = crossing_line(rng, height, width)
    away = float(np.hypot(height, width)) * 2
    outline = np.concatenate((line, line_beside(line, away)[::-1]))
    mask = polygon_mask(height, width, outline)
    other = make_cloth(rng, props, maps, size)
    image = over(image, BLACK, faded(blurred(mask, size * rng.uniform(0.01, 0.03)), rng.uniform(0.15, 0.5)))
    image = over(image, other, mask)
    if chance(rng, 0.6):
        stitch(
            image,
            line_beside(line, size * 0.025),
            size * 0.022,
            thread_colour(rng, image),
            max(1, size // 170),
        )
    return image


def draw_selvedge(rng: np.random.Generator, image: Image, size: int) -> None:
    """Draw stripes woven aslant across the cloth, in place: a selvedge, a ribbon, a sleeve's bands."""
    height, width = image.shape[:2]
    line = crossing_line(rng, height, width)
    away = 0.0
    for _ in range(int(rng.integers(1, 4))):
        thick = size * rng.uniform(0.015, 0.09)
        near, far = line_beside(line, away), line_beside(line, away + thick)
        fill_polygon(image, np.concatenate((near, far[::-1])), any_colour(rng))
        away += thick * rng.uniform(1.0, 2.5)


def with_buttons(rng: np.random.Generator, image: Image, size: int) -> Image:
    """Return the cloth with a row of buttons on a placket."""
    height, width = image.shape[:2]
    line = crossing_line(rng, height, width, upright=chance(rng, 0.8))
    half = size * rng.uniform(0.05, 0.1)
    edge = line_beside(line, half)
    image = dented(rng, image, edge, max(1.0, size * 0.015))
    thread, thick = thread_colour(rng, image), max(1, size // 190)
    for away in (half * 0.8, -half):
        stitch(image, line_beside(line, away), size * 0.02, thread, thick)
    radius = half * rng.uniform(0.35, 0.7)
    button = any_colour(rng)
    for x, y in points_along(line, size * rng.uniform(0.2, 0.4)) + rng.uniform(-0.03, 0.03, 2) * size:
        if not (-radius < x < width + radius and -radius < y < height + radius):
            continue
        _button(image, (float(x), float(y)), radius, button, thread)
    return image


def _button(image: Image, centre: tuple[float, float], radius: float, colour: Colour, thread: Colour) -> None:
    """Draw a button with four holes, in place."""
    x, y = int(centre[0]), int(centre[1])
    outer = max(2, round(radius))
    cast_at = (x + max(1, outer // 5), y + max(1, outer // 4))
    own = colour_at(image, min(max(y, 0), image.shape[0] - 1), min(max(x, 0), image.shape[1] - 1))
    cv2.circle(image, cast_at, outer, scaled(own, 0.55), -1, cv2.LINE_AA)
    cv2.circle(image, (x, y), outer, scaled(colour, 0.8), -1, cv2.LINE_AA)
    cv2.circle(
        image, (x - outer // 10, y - outer // 10), max(1, round(outer * 0.85)), colour, -1, cv2.LINE_AA
    )
    cv2.circle(image, (x, y), max(1, round(outer * 0.6)), scaled(colour, 0.88), 1, cv2.LINE_AA)
    away = max(1, round(outer * 0.22))
    for right, down in ((-1, -1), (1, 1), (-1, 1), (1, -1)):
        spot = (x + right * away, y + down * away)
        cv2.circle(image, spot, max(1, outer // 8), scaled(thread, 0.5), -1, cv2.LINE_AA)


def with_zip(rng: np.random.Generator, image: Image, size: int) -> Image:
    """Return the cloth with a zip: tapes, teeth, a slider."""
    height, width = image.shape[:2]
    line = crossing_line(rng, height, width, upright=chance(rng, 0.75))
    half = size * rng.uniform(0.02, 0.05)
    image = dented(rng, image, line, half * 3)
    tape = any_colour(rng)
    fill_polygon(image, np.concatenate((line_beside(line, half), line_beside(line, -half)[::-1])), tape)
    metal = metal_colour(rng) if chance(rng, 0.7) else any_colour(rng)
    step = max(2.0, size * rng.uniform(0.014, 0.028))
    tooth = half * 0.5
    normal = line_beside(line, 1.0) - line
    spots, aside = points_along(line, step), points_along(line + normal * tooth, step)
    for index, (spot, side) in enumerate(zip(spots, aside, strict=False)):
        reach = (side - spot) * (1 if index % 2 else -1)
        start, end = (spot - reach * 0.3).astype(int), (spot + reach).astype(int)
        cv2.line(
            image,
            (int(start[0]), int(start[1])),
            (int(end[0]), int(end[1])),
            metal if index % 2 else scaled(metal, 0.8),
            max(1, round(step * 0.5)),
            cv2.LINE_AA,
        )
    thread = thread_colour(rng, image)
    for away in (half * 1.5, -half * 1.5):
        stitch(image, line_beside(line, away), size * 0.02, thread, max(1, size // 190))
    middle = line[int(len(line) * rng.uniform(0.42, 0.58))]
    pull = cv2.boxPoints(
        ((float(middle[0]), float(middle[1]) + half), (half * 1.2, half * 3), rng.uniform(-25, 25))
    )
    fill_polygon(image, pull + half * 0.25, scaled(tape, 0.4))
    fill_polygon(image, pull, metal)
    cv2.circle(
        image, (int(middle[0]), int(middle[1] + half * 1.9)), max(1, int(half * 0.3)), scaled(metal, 0.4), -1
    )
    return image


def with_pocket(rng: np.random.Generator, image: Image, size: int) -> Image:
    """Return the cloth with a pocket or a patch sewn on, turned."""
    height, width = image.shape[:2]
    half = size * rng.uniform(0.16, 0.3)
    shape = np.array([(-1, -1.1), (1, -1.1), (1, 0.75), (0.0, 1.15), (-1, 0.75)])
    if chance(rng, 0.4):
        shape = rounded_rectangle(-1, -1, 1, 1, rng.uniform(0.2, 0.9))
    turn = rng.uniform(0.09, 0.5) * rng.choice((-1, 1))
    centre = np.array((width * rng.uniform(0.3, 0.7), height * rng.uniform(0.3, 0.7)))
    outline = turned(shape, turn) * half + centre
    mask = polygon_mask(height, width, outline)
    image = over(image, BLACK, faded(blurred(mask, size * 0.015), rng.uniform(0.2, 0.5)))
    light = np.full((height, width), rng.uniform(0.85, 1.12), np.float32)
    light += noise(rng, height, width, 5) * np.float32(0.04)
    # The same cloth, cut elsewhere: the pattern does not go on across the edge.
    other_way = np.ascontiguousarray(image[::-1, ::-1])
    own = other_way if chance(rng, 0.5) else solid(height, width, any_colour(rng))
    image = over(image, lit(own, light), mask)
    closed = np.concatenate((outline, outline[:1]))
    inner = (closed - centre) * 0.92 + centre
    stitch(image, inner, size * 0.022, thread_colour(rng, image), max(1, size // 170))
    return image


def sew_label(rng: np.random.Generator, image: Image, size: int) -> None:
    """Sew a small label with a name on, turned, in place."""
    height, width = image.shape[:2]
    wide, tall = max(16, round(size * rng.uniform(0.16, 0.3))), max(8, round(size * rng.uniform(0.07, 0.12)))
    label = solid(tall, wide, light_colour(rng) if chance(rng, 0.6) else any_colour(rng))
    ink = (40, 40, 40) if label.mean() > 120 else (235, 235, 235)
    write(label, word(rng), (wide * 0.1, tall * 0.15, wide * 0.9, tall * 0.85), ink, any_font(rng))
    centre = (width * rng.uniform(0.25, 0.75), height * rng.uniform(0.25, 0.75))
    turn = cv2.getRotationMatrix2D((wide / 2, tall / 2), rng.uniform(-40, 40), 1.0)
    turn[:, 2] += (centre[0] - wide / 2, centre[1] - tall / 2)
    shadow = turn + np.array([(0, 0, size * 0.006), (0, 0, size * 0.01)])
    full = np.full((tall, wide), 255, np.uint8)
    below = cast("Image", cv2.warpAffine(full, shadow, (width, height)))
    image[:] = over(image, BLACK, faded(below, 0.35))
    cv2.warpAffine(label, turn, (width, height), dst=image, borderMode=cv2.BORDER_TRANSPARENT)
