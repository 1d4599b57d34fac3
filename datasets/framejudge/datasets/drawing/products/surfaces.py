"""Surfaces: noise, cloth, wood, stone, patterns, and scikit-image's bundled pictures, as image fills."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products.canvas import Field, fill_polygon, lit, solid
from framejudge.datasets.drawing.products.colours import (
    Colour,
    any_colour,
    chance,
    colour_at,
    mixed,
    scaled,
    wood_colour,
)

BUNDLED = (
    "astronaut",
    "brick",
    "camera",
    "cell",
    "chelsea",
    "coffee",
    "coins",
    "grass",
    "gravel",
    "hubble_deep_field",
    "immunohistochemistry",
    "moon",
    "retina",
    "rocket",
)
"""Pictures that come inside scikit-image's wheel, so that no download is needed."""

BUNDLED_SIDE_PX = 480

SMOOTH_STEPS = 5
"""Steps within a cell of noise after which it looks smooth."""


@lru_cache(maxsize=len(BUNDLED))
def bundled_picture(name: str) -> Image:
    """Return one of scikit-image's bundled pictures as RGB, at most `BUNDLED_SIDE_PX` a side."""
    from skimage import data

    picture = np.asarray(getattr(data, name)())
    if picture.ndim == 2:
        picture = np.dstack((picture, picture, picture))
    picture = picture[..., :3]
    scale = BUNDLED_SIDE_PX / max(picture.shape[:2])
    if scale < 1:
        picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    picture = np.ascontiguousarray(picture, np.uint8)
    picture.setflags(write=False)
    return picture


def cropped(
    rng: np.random.Generator, picture: Image, height: int, width: int, *, least: float = 0.35
) -> Image:
    """Return a random window of the picture, at least ``least`` of what fits, at this size."""
    rows, columns = picture.shape[:2]
    fit = min(rows / height, columns / width)
    scale = fit * rng.uniform(least, 1.0)
    window_rows, window_columns = max(2, int(height * scale)), max(2, int(width * scale))
    window_rows, window_columns = min(window_rows, rows), min(window_columns, columns)
    top = int(rng.integers(0, rows - window_rows + 1))
    left = int(rng.integers(0, columns - window_columns + 1))
    window = picture[top : top + window_rows, left : left + window_columns]
    method = cv2.INTER_AREA if scale > 1 else cv2.INTER_LINEAR
    result = cv2.resize(window, (width, height), interpolation=method)
    return cast("Image", cv2.flip(result, 1) if chance(rng, 0.5) else result)


def noise(rng: np.random.Generator, height: int, width: int, cells: float, aspect: float = 1.0) -> Field:
    """Return smooth noise of mean 0 and deviation about 1, with so many cells along the longer side.

    An aspect above 1 stretches it along the rows, below 1 along the columns.
    """
    side = max(height, width)
    rows = max(2, min(height, round(cells * height / side * np.sqrt(aspect))))
    columns = max(2, min(width, round(cells * width / side / np.sqrt(aspect))))
    grid = rng.standard_normal((rows, columns), np.float32)
    if min(height / rows, width / columns) > 2 * SMOOTH_STEPS:
        # Once it is smooth, straight lines between the steps cannot be seen, and cost far less.
        smooth = (columns * SMOOTH_STEPS, rows * SMOOTH_STEPS)
        grid = cast("Field", cv2.resize(grid, smooth, interpolation=cv2.INTER_CUBIC))
        return cast("Field", cv2.resize(grid, (width, height), interpolation=cv2.INTER_LINEAR))
    return cast("Field", cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC))


def clouds(rng: np.random.Generator, height: int, width: int, cells: float, octaves: int = 3) -> Field:
    """Return noise with detail at several scales, deviation about 1."""
    total = noise(rng, height, width, cells)
    for octave in range(1, octaves):
        total += noise(rng, height, width, cells * 2.3**octave) * np.float32(0.55**octave)
    return total


def ramp(height: int, width: int, angle: float) -> Field:
    """Return a linear ramp from -1 to 1 across the rectangle; angle in radians."""
    x = np.linspace(-1, 1, width, dtype=np.float32) * np.float32(np.cos(angle))
    y = np.linspace(-1, 1, height, dtype=np.float32) * np.float32(np.sin(angle))
    full = np.float32(abs(np.cos(angle)) + abs(np.sin(angle)))
    return cast("Field", (x[None, :] + y[:, None]) / full)


def blend_by(field: Field, low: Colour, high: Colour) -> Image:
    """Return the colours between ``low`` (field 0) and ``high`` (field 1)."""
    steps = np.linspace(0, 1, 256, dtype=np.float32)[:, None]
    table = np.asarray(low, np.float32) * (1 - steps) + np.asarray(high, np.float32) * steps
    index = cv2.convertScaleAbs(np.clip(field, 0, 1), alpha=255)
    return cast("Image", cv2.applyColorMap(index, table.astype(np.uint8)[:, None]))


def gradient(rng: np.random.Generator, height: int, width: int, low: Colour, high: Colour) -> Image:
    """Return a gradient, linear in any direction or round."""
    if chance(rng, 0.65):
        angle = rng.choice((0.0, 0.5, 1.0, 1.5)) * np.pi if chance(rng, 0.5) else rng.uniform(0, 2 * np.pi)
        return blend_by(ramp(height, width, float(angle)) * np.float32(0.5) + np.float32(0.5), low, high)
    return blend_by(radial(rng, height, width), low, high)


def radial(rng: np.random.Generator, height: int, width: int) -> Field:
    """Return the distance from a point near the middle, 0 there, about 1 in the corners."""
    x = np.linspace(-1, 1, width, dtype=np.float32) - np.float32(rng.uniform(-0.4, 0.4))
    y = np.linspace(-1, 1, height, dtype=np.float32) - np.float32(rng.uniform(-0.4, 0.4))
    return cast("Field", cv2.sqrt(x[None, :] ** 2 + y[:, None] ** 2) * np.float32(0.72))


@lru_cache(maxsize=1)
def _speck_sheet() -> npt.NDArray[np.int8]:
    """Return a sheet of camera noise: windows of it are far cheaper than new noise."""
    return np.clip(np.random.default_rng(1).standard_normal((768, 768), np.float32) * 24, -127, 127).astype(
        np.int8
    )


def grain(rng: np.random.Generator, image: Image, strength: float) -> Image:
    """Return the image with the fine noise of a camera, ``strength`` in grey levels."""
    height, width = image.shape[:2]
    sheet = _speck_sheet()
    top, left = (int(rng.integers(0, max(1, 768 - extent))) for extent in (height, width))
    rows, columns = np.arange(top, top + height) % 768, np.arange(left, left + width) % 768
    speck = sheet[np.ix_(rows, columns)] * np.float32(strength / 24)
    return cast("Image", cv2.add(image, cv2.merge((speck, speck, speck)), dtype=cv2.CV_8U))


def _cloth(rng: np.random.Generator, height: int, width: int, colour: Colour) -> Image:
    folds = noise(rng, height, width, rng.uniform(4, 14), rng.choice((0.2, 1.0, 5.0)))
    light = 1 + folds * np.float32(rng.uniform(0.02, 0.12))
    if chance(rng, 0.6):
        light += noise(rng, height, width, 400) * np.float32(rng.uniform(0.01, 0.08))
    return lit(solid(height, width, colour), light)


def _wood(rng: np.random.Generator, height: int, width: int, colour: Colour) -> Image:
    along = chance(rng, 0.5)
    aspect = rng.uniform(8, 40)
    field = noise(rng, height, width, rng.uniform(20, 60), aspect if along else 1 / aspect)
    light = 1 + field * np.float32(rng.uniform(0.03, 0.14))
    image = lit(solid(height, width, mixed(colour, wood_colour(rng), 0.8)), light)
    if chance(rng, 0.5):
        planks(rng, image, along)
    return image


def planks(rng: np.random.Generator, image: Image, along: bool) -> None:
    """Draw the dark joints between planks, in place; ``along`` the rows or along the columns."""
    height, width = image.shape[:2]
    extent = height if along else width
    step = extent / rng.uniform(2, 9)
    dark = scaled(colour_at(image, height // 2, width // 2), rng.uniform(0.3, 0.8))
    for position in np.arange(rng.uniform(0, step), extent, step):
        at = round(float(position))
        start, end = ((0, at), (width, at)) if along else ((at, 0), (at, height))
        cv2.line(image, start, end, dark, max(1, round(extent * rng.uniform(0.003, 0.012))), cv2.LINE_AA)


def _stone(rng: np.random.Generator, height: int, width: int, colour: Colour) -> Image:
    veins = np.abs(clouds(rng, height, width, rng.uniform(3, 8)))
    field = np.exp(-veins * np.float32(rng.uniform(2, 7)))
    return blend_by(field, colour, mixed(colour, any_colour(rng), rng.uniform(0.2, 0.7)))


def _speckle(rng: np.random.Generator, height: int, width: int, colour: Colour) -> Image:
    field = 0.5 + clouds(rng, height, width, rng.uniform(30, 120), 2) * np.float32(rng.uniform(0.1, 0.4))
    return blend_by(field, colour, mixed(colour, any_colour(rng), rng.uniform(0.2, 0.9)))


def _camouflage(rng: np.random.Generator, height: int, width: int, colour: Colour) -> Image:
    levels = int(rng.integers(2, 6))
    field = np.floor((0.5 + 0.3 * clouds(rng, height, width, rng.uniform(4, 20), 2)) * levels) / levels
    return blend_by(field, colour, any_colour(rng))


def _stripes(rng: np.random.Generator, height: int, width: int, colour: Colour) -> Image:
    angle = rng.choice((0.0, np.pi / 2)) if chance(rng, 0.6) else rng.uniform(0, np.pi)
    phase = ramp(height, width, float(angle)) * np.float32(rng.uniform(8, 60))
    wave = np.sin(phase) * np.float32(rng.choice((0.6, 8.0))) + np.float32(0.5 + rng.uniform(-0.3, 0.3))
    return blend_by(wave, colour, any_colour(rng))


def _checks(rng: np.random.Generator, height: int, width: int, colour: Colour) -> Image:
    angle = 0.0 if chance(rng, 0.5) else rng.uniform(0, np.pi / 2)
    many = rng.uniform(6, 40)
    one = np.sin(ramp(height, width, float(angle)) * np.float32(many))
    other = np.sin(ramp(height, width, float(angle) + np.pi / 2) * np.float32(many))
    field = (one > 0).astype(np.float32) * 0.5 + (other > 0).astype(np.float32) * 0.5
    if chance(rng, 0.4):
        field = np.abs(field - 0.5) * 2
    return blend_by(field, colour, any_colour(rng))


def _dots(rng: np.random.Generator, height: int, width: int, colour: Colour) -> Image:
    image = solid(height, width, colour)
    other = any_colour(rng)
    step = max(height, width) / rng.uniform(5, 22)
    radius = max(1, int(step * rng.uniform(0.12, 0.45)))
    stagger = chance(rng, 0.6)
    for row, y in enumerate(np.arange(0, height + step, step)):
        for x in np.arange(step / 2 if stagger and row % 2 else 0, width + step, step):
            cv2.circle(image, (int(x), int(y)), radius, other, -1, cv2.LINE_AA)
    return image


def _bundled(rng: np.random.Generator, height: int, width: int, colour: Colour) -> Image:
    window = cropped(rng, bundled_picture(str(rng.choice(BUNDLED))), height, width)
    if chance(rng, 0.55):
        return window
    grey = cv2.cvtColor(window, cv2.COLOR_RGB2GRAY).astype(np.float32) * np.float32(1 / 255)
    return blend_by(cast("Field", grey), scaled(colour, rng.uniform(0.2, 0.7)), colour)


def _leaves(rng: np.random.Generator, height: int, width: int, colour: Colour) -> Image:
    return dead_leaves(rng, height, width, base=colour)


def dead_leaves(rng: np.random.Generator, height: int, width: int, base: Colour | None = None) -> Image:
    """Return overlapping shapes of all sizes: the clutter statistics of photographs.

    References
    ----------
    A. B. Lee, D. Mumford, J. Huang, "Occlusion models for natural images: a statistical study of a
    scale-invariant dead leaves model", IJCV 41, 2001.
    """
    image = solid(height, width, base or any_colour(rng))
    side = max(height, width)
    smallest, largest = 0.02, rng.uniform(0.15, 0.5)
    count = int(rng.integers(20, 110))
    palette = [any_colour(rng) for _ in range(int(rng.integers(3, 9)))]
    # Radii with density r**-3 look alike at every scale.
    uniform = rng.random(count)
    radii = 1 / np.sqrt(uniform / smallest**2 + (1 - uniform) / largest**2) * side
    shape = rng.integers(0, 4)
    for index, radius in enumerate(sorted(radii, reverse=True)):
        colour = scaled(palette[index % len(palette)], rng.uniform(0.6, 1.4))
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        kind = rng.integers(0, 3) if shape == 3 else shape
        turn = rng.uniform(0, 180)
        if kind == 0:
            axes = (max(1, int(radius)), max(1, int(radius * rng.uniform(0.3, 1))))
            cv2.ellipse(image, (int(x), int(y)), axes, turn, 0, 360, colour, -1, cv2.LINE_AA)
        elif kind == 1:
            box = ((x, y), (radius * 2, radius * rng.uniform(0.4, 2)), turn if chance(rng, 0.6) else 0.0)
            fill_polygon(image, cv2.boxPoints(box), colour)
        else:
            turns = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(3, 8))))
            reach = radius * rng.uniform(0.5, 1.2, len(turns))
            fill_polygon(
                image, np.column_stack((x + reach * np.cos(turns), y + reach * np.sin(turns))), colour
            )
    if chance(rng, 0.6):
        image = lit(
            image, 1 + clouds(rng, height, width, rng.uniform(4, 60)) * np.float32(rng.uniform(0.03, 0.2))
        )
    return image


Surface = Callable[[np.random.Generator, int, int, Colour], Image]

SURFACES: dict[str, tuple[Surface, float]] = {
    "cloth": (_cloth, 4),
    "wood": (_wood, 2),
    "stone": (_stone, 1),
    "speckle": (_speckle, 1.5),
    "camouflage": (_camouflage, 1),
    "stripes": (_stripes, 1.5),
    "checks": (_checks, 1),
    "dots": (_dots, 0.8),
    "bundled": (_bundled, 2),
    "leaves": (_leaves, 1.2),
}
"""What a thing may be made of, and how often."""

_NAMES = tuple(SURFACES)
_WEIGHTS = np.cumsum([weight for _, weight in SURFACES.values()]) / sum(w for _, w in SURFACES.values())


def textured(rng: np.random.Generator, height: int, width: int, colour: Colour | None = None) -> Image:
    """Return a rectangle of some material or pattern."""
    name = _NAMES[int(np.searchsorted(_WEIGHTS, rng.random()))]
    return SURFACES[name][0](rng, height, width, colour or any_colour(rng))


def covered(rng: np.random.Generator, height: int, width: int, colour: Colour | None = None) -> Image:
    """Return a rectangle that is plain, graded or textured."""
    colour = colour or any_colour(rng)
    pick = rng.random()
    if pick < 0.35:
        return solid(height, width, colour)
    if pick < 0.55:
        return gradient(rng, height, width, colour, scaled(colour, rng.uniform(0.4, 1.5)))
    return textured(rng, height, width, colour)


def panel(rng: np.random.Generator, height: int, width: int, colour: Colour) -> Image:
    """Return a body of one colour, or a faint gradient of it."""
    if chance(rng, 0.5):
        return solid(height, width, colour)
    return gradient(rng, height, width, colour, scaled(colour, rng.uniform(0.75, 1.25)))
