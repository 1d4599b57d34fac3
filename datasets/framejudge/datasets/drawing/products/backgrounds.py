"""What lies behind a product: white, studio paper, a wall and a floor, clutter."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np

from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products.canvas import blurred, lit, solid
from framejudge.datasets.drawing.products.colours import (
    WHITE,
    any_colour,
    chance,
    dark_colour,
    light_colour,
    mixed,
    scaled,
    wood_colour,
)
from framejudge.datasets.drawing.products.surfaces import (
    BUNDLED,
    blend_by,
    bundled_picture,
    clouds,
    covered,
    cropped,
    dead_leaves,
    gradient,
    grain,
    noise,
    radial,
    ramp,
    textured,
)


def background(rng: np.random.Generator, height: int, width: int) -> Image:
    """Return a background in the proportions in which shops show them."""
    pick = rng.random()
    if pick < 0.30:
        return solid(height, width, WHITE)
    if pick < 0.40:
        return solid(height, width, light_colour(rng))
    if pick < 0.47:
        return solid(height, width, any_colour(rng))
    if pick < 0.60:
        return studio(rng, height, width)
    if pick < 0.72:
        return table(rng, height, width)
    if pick < 0.84:
        return room(rng, height, width)
    return clutter(rng, height, width)


def uniform_background(rng: np.random.Generator, height: int, width: int) -> Image:
    """Return a plain background: mostly white, else a light, dark or graded one."""
    pick = rng.random()
    if pick < 0.62:
        return solid(height, width, WHITE)
    if pick < 0.8:
        return solid(height, width, light_colour(rng))
    if pick < 0.86:
        return solid(height, width, any_colour(rng))
    return studio(rng, height, width)


def coloured_background(rng: np.random.Generator, height: int, width: int) -> Image:
    """Return one colour, or two that run into each other: what promotions put behind a product."""
    colour = light_colour(rng) if chance(rng, 0.2) else any_colour(rng)
    if chance(rng, 0.75):
        return solid(height, width, colour)
    return gradient(rng, height, width, colour, scaled(colour, rng.uniform(0.6, 1.3)))


def studio(rng: np.random.Generator, height: int, width: int) -> Image:
    """Return studio paper: a soft gradient, brighter in the middle or below."""
    colour = light_colour(rng) if chance(rng, 0.6) else any_colour(rng)
    if chance(rng, 0.25):
        colour = dark_colour(rng)
    pick = rng.random()
    if pick < 0.45:
        return blend_by(
            radial(rng, height, width),
            mixed(colour, WHITE, rng.uniform(0, 0.6)),
            scaled(colour, rng.uniform(0.45, 1)),
        )
    if pick < 0.8:
        return gradient(rng, height, width, colour, scaled(colour, rng.uniform(0.5, 1.2)))
    # A sweep: the paper's bend shows as a soft horizon.
    horizon = rng.uniform(-0.3, 0.7)
    bend = 0.5 + 0.5 * np.tanh((ramp(height, width, np.pi / 2) - horizon) * np.float32(rng.uniform(3, 25)))
    return blend_by(bend.astype(np.float32), colour, scaled(colour, rng.uniform(0.7, 1.25)))


def table(rng: np.random.Generator, height: int, width: int) -> Image:
    """Return a surface seen from above or nearly so: bedding, floor boards, a carpet, a table."""
    image = textured(rng, height, width, wood_colour(rng) if chance(rng, 0.3) else None)
    if chance(rng, 0.5):
        image = _tilted(rng, image)
    shade = clouds(rng, height, width, rng.uniform(2, 6), 2) * np.float32(rng.uniform(0.02, 0.16))
    return lit(image, 1 + shade + ramp(height, width, rng.uniform(0, 7)) * np.float32(rng.uniform(0, 0.25)))


def _tilted(rng: np.random.Generator, image: Image) -> Image:
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), rng.uniform(-45, 45), rng.uniform(1.0, 1.5))
    return cast("Image", cv2.warpAffine(image, turn, (width, height), borderMode=cv2.BORDER_REFLECT))


def room(rng: np.random.Generator, height: int, width: int) -> Image:
    """Return a wall and a floor, with what may stand there out of focus."""
    wall = covered(rng, height, width, light_colour(rng) if chance(rng, 0.6) else None)
    edge = int(height * rng.uniform(0.45, 0.95))
    floor = covered(rng, height, width, wood_colour(rng) if chance(rng, 0.5) else None)
    wall[edge:] = floor[edge:]
    if chance(rng, 0.4):
        board = max(1, int(height * rng.uniform(0.01, 0.05)))
        wall[max(0, edge - board) : edge] = light_colour(rng)
    for _ in range(int(rng.integers(0, 5))):
        left, wide = int(rng.uniform(-0.2, 1) * width), int(rng.uniform(0.05, 0.5) * width)
        top, tall = int(rng.uniform(-0.1, 0.8) * height), int(rng.uniform(0.05, 0.6) * height)
        cv2.rectangle(wall, (left, top), (left + wide, top + tall), any_colour(rng), -1)
    if chance(rng, 0.6):
        wall = blurred(wall, max(height, width) * rng.uniform(0.004, 0.03))
    return lit(wall, 1 + ramp(height, width, rng.uniform(0, 7)) * np.float32(rng.uniform(0, 0.3)))


def clutter(rng: np.random.Generator, height: int, width: int) -> Image:
    """Return a busy background: shapes on shapes, a picture, or rows of goods."""
    pick = rng.random()
    if pick < 0.45:
        image = dead_leaves(rng, height, width)
    elif pick < 0.75:
        image = cropped(rng, bundled_picture(str(rng.choice(BUNDLED))), height, width)
    else:
        image = goods_on_shelves(rng, height, width)
    if chance(rng, 0.4):
        image = blurred(image, max(height, width) * rng.uniform(0.003, 0.025))
    return grain(rng, image, rng.uniform(0, 8))


def goods_on_shelves(rng: np.random.Generator, height: int, width: int) -> Image:
    """Return rows of packets, jars or fruit, as in a shop."""
    image = covered(rng, height, width)
    rows = int(rng.integers(1, 5))
    tilt = rng.uniform(-0.06, 0.06) if chance(rng, 0.6) else 0.0
    row_height = height / rows
    offset = rng.uniform(-0.6, 0.3) * row_height
    for row in range(rows + 2):
        floor = offset + row * row_height
        unit = row_height * rng.uniform(0.25, 0.9)
        colour = any_colour(rng)
        round_goods = chance(rng, 0.4)
        for left in np.arange(-unit * rng.random(), width, unit * rng.uniform(0.95, 1.15)):
            top = floor - row_height * rng.uniform(0.55, 0.85)
            shade = scaled(colour, rng.uniform(0.7, 1.25))
            if chance(rng, 0.12):
                colour = any_colour(rng)
            if round_goods:
                centre = (int(left + unit / 2), int(floor - unit / 2))
                cv2.circle(image, centre, max(1, int(unit / 2)), shade, -1, cv2.LINE_AA)
                continue
            cv2.rectangle(image, (int(left), int(top)), (int(left + unit), int(floor)), shade, -1)
            patch = (int(left + unit * 0.15), int(top + row_height * 0.2))
            cv2.rectangle(
                image, patch, (int(left + unit * 0.85), int(floor - row_height * 0.2)), any_colour(rng), -1
            )
        cv2.rectangle(
            image,
            (0, int(floor)),
            (width, int(floor + row_height * rng.uniform(0.03, 0.12))),
            any_colour(rng),
            -1,
        )
    if tilt:
        shear = np.array([[1, tilt, 0], [tilt * rng.uniform(0.5, 2), 1, 0]], np.float32)
        image = cast("Image", cv2.warpAffine(image, shear, (width, height), borderMode=cv2.BORDER_REFLECT))
    return lit(image, 1 + noise(rng, height, width, 30) * np.float32(rng.uniform(0.02, 0.12)))
