"""Cloth that fills the picture: knits, stripes, tartans and prints in folds, with seams, buttons and zips."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.datasets.drawing.negatives.props import Props
from framejudge.datasets.drawing.negatives.registry import negative
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products.canvas import (
    Field,
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
    mixed,
    scaled,
)
from framejudge.datasets.drawing.products.lettering import any_font, logo, word, write
from framejudge.datasets.drawing.products.scenes import photographed, thumbnail_size
from framejudge.datasets.drawing.products.silhouettes import draw_sprite
from framejudge.datasets.drawing.products.surfaces import clouds, noise, ramp

Points = npt.NDArray[np.float64]
"""A line along the cloth: (N, 2) x, y."""

Maps = tuple[Field, Field]
"""Where on the flat cloth each pixel of the picture lies: x and y."""

LEAST_SLANT = np.radians(7)
"""A seam nearer to the direction of the picture's side could be taken for the edge of a band."""


@negative("fabrics")
def fabric(rng: np.random.Generator, props: Props, size: int) -> Image:
    """Cloth by the metre, or a garment from near, in folds; what crosses it runs aslant."""
    height, width = thumbnail_size(rng, size)
    folds = _folds(rng, height, width)
    maps = _drape(rng, folds, size)
    image = _cloth(rng, props, maps, size)
    pick = rng.random()
    if pick < 0.2:
        image = _pieced(rng, props, image, maps, size)
    elif pick < 0.3:
        _selvedge(rng, image, size)
    light = 1 + folds * np.float32(rng.uniform(0.04, 0.2))
    light += ramp(height, width, rng.uniform(0, 7)) * np.float32(rng.uniform(0, 0.2))
    image = lit(image, light * _weave(rng, maps, size))
    pick = rng.random()
    if pick < 0.14:
        image = _seam(rng, image, _line(rng, height, width), size)
    elif pick < 0.26:
        image = _buttons(rng, image, size)
    elif pick < 0.35:
        image = _zip(rng, image, size)
    elif pick < 0.43:
        image = _pocket(rng, image, size)
    elif pick < 0.5:
        _label(rng, image, size)
    return photographed(rng, image)


def _folds(rng: np.random.Generator, height: int, width: int) -> Field:
    """Return how the cloth rises and falls, deviation about 1: waves, long folds, creases, or nearly flat."""
    pick = rng.random()
    if pick < 0.3:
        phase = ramp(height, width, rng.uniform(0, np.pi)) * np.float32(rng.uniform(6, 28))
        phase += noise(rng, height, width, rng.uniform(2, 4)) * np.float32(rng.uniform(0.5, 1.6))
        wave = np.sin(phase)
        return cast("Field", (wave + np.float32(0.5) * np.sin(phase * np.float32(0.37))).astype(np.float32))
    if pick < 0.55:
        return noise(rng, height, width, rng.uniform(4, 10), rng.choice((0.15, 0.4, 3, 7)))
    if pick < 0.8:
        # Crumpled: creases are where the noise changes its sign.
        rough = np.abs(clouds(rng, height, width, rng.uniform(2, 5), 2))
        return cast("Field", (1.2 - 1.6 * np.minimum(rough, 1.6)).astype(np.float32))
    return noise(rng, height, width, rng.uniform(2, 4)) * np.float32(0.45)


def _drape(rng: np.random.Generator, folds: Field, size: int) -> Maps:
    """Return the maps of a cloth that lies turned and is shifted by its folds."""
    height, width = folds.shape
    turn = rng.uniform(-0.05, 0.05) if chance(rng, 0.45) else rng.uniform(-np.pi, np.pi)
    along, across = np.float32(np.cos(turn)), np.float32(np.sin(turn))
    x = np.arange(width, dtype=np.float32) - np.float32(width * rng.uniform(-1, 1))
    y = np.arange(height, dtype=np.float32) - np.float32(height * rng.uniform(-1, 1))
    sway = noise(rng, height, width, rng.uniform(1.5, 4)) * np.float32(size * rng.uniform(0.006, 0.03))
    rise = folds * np.float32(size * rng.uniform(0.003, 0.014))
    return x[None, :] * along + y[:, None] * across + sway + rise, (
        y[:, None] * along - x[None, :] * across + rise * np.float32(rng.uniform(-1, 1)) - sway
    )


def _cloth(rng: np.random.Generator, props: Props, maps: Maps, size: int) -> Image:
    """Return the cloth's colours: a tile repeated over it, or a picture printed on it."""
    if chance(rng, 0.1):
        height, width = maps[0].shape
        printed = props.picture(rng, height, width)
        scale = np.float32(rng.uniform(0.4, 0.8))
        return cast(
            "Image",
            cv2.remap(printed, maps[0] * scale, maps[1] * scale, cv2.INTER_LINEAR, None, cv2.BORDER_REFLECT),
        )
    tile = _TILES[int(rng.choice(len(_TILES), p=_TILE_WEIGHTS))](rng, size)
    return cast("Image", cv2.remap(tile, maps[0], maps[1], cv2.INTER_LINEAR, None, cv2.BORDER_WRAP))


def _plain(rng: np.random.Generator, size: int) -> Image:
    return solid(8, 8, any_colour(rng))


def _melange(rng: np.random.Generator, size: int) -> Image:
    """Return yarn of two colours mixed: heather, denim, tweed."""
    side = max(32, size // 2)
    one = any_colour(rng)
    other = mixed(one, any_colour(rng), rng.uniform(0.2, 0.6))
    aspect = rng.choice((0.1, 1.0, 10.0))
    threads = noise(rng, side, side, rng.uniform(60, 160), float(aspect)) * np.float32(0.3) + np.float32(0.5)
    mask = np.clip(threads * 255, 0, 255).astype(np.uint8)
    return over(solid(side, side, one), other, mask)


def _sett(rng: np.random.Generator, size: int, palette: list[Colour]) -> npt.NDArray[np.uint8]:
    """Return the colours of one repeat of stripes, (N, 3), with mirror symmetry in half of them."""
    mirrored = chance(rng, 0.5)
    period = max(6, size / rng.uniform(4, 16)) / (1 + mirrored)
    parts = rng.uniform(0.15, 1.0, int(rng.integers(2, 7))) ** 1.5
    lengths = np.maximum(1, np.round(parts / parts.sum() * period)).astype(int)
    colours = np.array([palette[index % len(palette)] for index in range(len(lengths))], np.uint8)
    stripes = np.repeat(colours, lengths, axis=0)
    return np.concatenate((stripes, stripes[::-1])) if mirrored else stripes


def _palette(rng: np.random.Generator) -> list[Colour]:
    first = any_colour(rng)
    others = [any_colour(rng) for _ in range(int(rng.integers(1, 4)))]
    if chance(rng, 0.4):
        others = [mixed(first, other, 0.4) for other in others]
    return [first, *others]


def _striped(rng: np.random.Generator, size: int) -> Image:
    stripes = _sett(rng, size, _palette(rng))
    if chance(rng, 0.3):
        stripes = cast("npt.NDArray[np.uint8]", cv2.blur(stripes[:, None], (1, 3))[:, 0])
    tile = np.repeat(stripes[None], 8, axis=0)
    return np.ascontiguousarray(tile if chance(rng, 0.5) else tile.transpose(1, 0, 2))


def _tartan(rng: np.random.Generator, size: int) -> Image:
    """Return stripes that cross: tartan, gingham, window-pane checks."""
    palette = _palette(rng)
    warp = _sett(rng, size, palette)
    weft = warp if chance(rng, 0.7) else _sett(rng, size, palette)
    share = rng.uniform(0.35, 0.65)
    tile = warp[None].astype(np.float32) * (1 - share) + weft[:, None].astype(np.float32) * share
    return tile.astype(np.uint8)


def _houndstooth(rng: np.random.Generator, size: int) -> Image:
    step = max(2, round(size / rng.uniform(30, 110)))
    rows = ("11110000", "11110001", "11110011", "11110110", "00001111", "00010000", "00110000", "01100000")
    pattern = np.array([[int(cell) for cell in row] for row in rows], np.uint8) * 255
    mask = np.ascontiguousarray(np.kron(pattern, np.ones((step, step), np.uint8)))
    return over(solid(step * 8, step * 8, any_colour(rng)), any_colour(rng), mask)


def _dotted(rng: np.random.Generator, size: int) -> Image:
    """Return dots, each row moved by half a step."""
    step = max(6, round(size / rng.uniform(5, 26)))
    tile = solid(step * 2, step * 2, any_colour(rng))
    ink = any_colour(rng)
    radius = max(1, round(step * rng.uniform(0.14, 0.5)))
    # The tile is copied side by side, so what lies on its edges must be drawn on all of them.
    for x, y in ((0, 0), (2, 0), (0, 2), (2, 2), (1, 1)):
        cv2.circle(tile, (x * step, y * step), radius, ink, -1, cv2.LINE_AA)
    if chance(rng, 0.4):
        small = max(1, radius // 2)
        for x, y in ((0, 1), (2, 1), (1, 0), (1, 2)):
            cv2.circle(tile, (x * step, y * step), small, any_colour(rng), -1, cv2.LINE_AA)
    return tile


def _printed(rng: np.random.Generator, size: int) -> Image:
    """Return a small motif, repeated and turned: flowers, leaves, stars, things."""
    step = max(16, round(size / rng.uniform(2.5, 9)))
    ground = any_colour(rng)
    tile = solid(step * 2, step * 2, ground)
    count = int(rng.integers(1, 4))
    for index, (x, y) in enumerate(((0.5, 0.5), (1.5, 1.5), (1.5, 0.5), (0.5, 1.5))[: 2 + 2 * (count > 1)]):
        centre = (step * (x + rng.uniform(-0.1, 0.1)), step * (y + rng.uniform(-0.1, 0.1)))
        if index < count and chance(rng, 0.4):
            _stamp(rng, tile, centre, step)
        elif chance(rng, 0.5):
            _flower(rng, tile, centre, step * rng.uniform(0.25, 0.45))
        else:
            logo(rng, tile, *centre, step * rng.uniform(0.2, 0.4), any_colour(rng))
    return tile


def _stamp(rng: np.random.Generator, tile: Image, centre: tuple[float, float], step: int) -> None:
    """Print a small picture of a thing, in place."""
    sprite = draw_sprite(rng, max(24, round(step * 0.7)))
    scale = min(1.0, step * 0.9 / max(sprite.shape[:2]))
    extent = (max(2, int(sprite.shape[1] * scale)), max(2, int(sprite.shape[0] * scale)))
    sprite = cast("npt.NDArray[np.uint8]", cv2.resize(sprite, extent, interpolation=cv2.INTER_AREA))
    left, top = max(0, int(centre[0] - extent[0] / 2)), max(0, int(centre[1] - extent[1] / 2))
    window = tile[top : top + extent[1], left : left + extent[0]]
    sprite = np.ascontiguousarray(sprite[: window.shape[0], : window.shape[1]])
    if min(window.shape[:2]) >= 2:
        window[:] = over(
            np.ascontiguousarray(window),
            np.ascontiguousarray(sprite[..., :3]),
            np.ascontiguousarray(sprite[..., 3]),
        )


def _flower(rng: np.random.Generator, tile: Image, centre: tuple[float, float], radius: float) -> None:
    """Print a flower or a leaf rosette, in place."""
    petals = int(rng.integers(3, 9))
    ink = any_colour(rng)
    axes = (max(1, int(radius * 0.5)), max(1, int(radius * rng.uniform(0.15, 0.35))))
    for turn in np.arange(petals) * (2 * np.pi / petals) + rng.uniform(0, 7):
        spot = (
            int(centre[0] + np.cos(turn) * radius * 0.55),
            int(centre[1] + np.sin(turn) * radius * 0.55),
        )
        cv2.ellipse(tile, spot, axes, float(np.degrees(turn)), 0, 360, ink, -1, cv2.LINE_AA)
    middle = (int(centre[0]), int(centre[1]))
    cv2.circle(tile, middle, max(1, int(radius * 0.22)), any_colour(rng), -1, cv2.LINE_AA)


_TILES: tuple[Callable[[np.random.Generator, int], Image], ...] = (
    _plain,
    _melange,
    _striped,
    _tartan,
    _houndstooth,
    _dotted,
    _printed,
)
_TILE_WEIGHTS = (0.23, 0.13, 0.18, 0.18, 0.04, 0.1, 0.14)


def _weave(rng: np.random.Generator, maps: Maps, size: int) -> Field:
    """Return the light on the threads: knitted, ribbed, twilled, woven, brushed, or too fine to be seen."""
    pick = rng.random()
    strength = np.float32(rng.uniform(0.03, 0.16))
    if pick < 0.25:
        return np.ones(maps[0].shape, np.float32)
    if pick < 0.4:
        height, width = maps[0].shape
        return 1 + noise(rng, height, width, 400) * strength * np.float32(0.5)
    step = max(3.0, size / rng.uniform(18, 70))
    rows, columns = max(3, round(step * rng.uniform(0.5, 0.9))), max(3, round(step))
    x = np.arange(columns, dtype=np.float32)[None, :] / columns
    y = np.arange(rows, dtype=np.float32)[:, None] / rows
    turn = np.float32(2 * np.pi)
    if pick < 0.65:
        # Each stitch of a knit is a V.
        tile = np.sin((y + np.abs(x - np.float32(0.5)) * 2) * turn) * np.float32(0.7)
        tile = tile - np.cos(x * turn) * np.float32(0.6)
    elif pick < 0.78:
        tile = np.sin(x * turn) + np.sin(y * turn) * np.float32(0.15)
    elif pick < 0.9:
        tile = np.sin((x + y) * turn)
    else:
        tile = np.sin(x * turn) * np.sin(y * turn)
    tile = np.ascontiguousarray(np.broadcast_to(tile, (rows, columns)), np.float32)
    threads = cv2.remap(tile, maps[0], maps[1], cv2.INTER_LINEAR, None, cv2.BORDER_WRAP)
    return cast("Field", 1 + threads * strength)


def _line(rng: np.random.Generator, height: int, width: int, *, upright: bool = False) -> Points:
    """Return a line that crosses the picture, wavy and never along a side; ``upright`` ones nearly do."""
    slant = rng.uniform(LEAST_SLANT, np.pi / 2 - LEAST_SLANT) * rng.choice((-1, 1))
    centre = np.array((width * rng.uniform(0.25, 0.75), height * rng.uniform(0.25, 0.75)))
    if upright:
        slant = np.pi / 2 + rng.uniform(LEAST_SLANT / 2, 0.35) * rng.choice((-1, 1))
        centre = np.array((width * rng.uniform(0.35, 0.65), height * rng.uniform(0.4, 0.6)))
    reach = float(np.hypot(height, width)) * 0.8
    t = np.linspace(-reach, reach, 40)
    wave = max(height, width) * rng.uniform(0.003, 0.015)
    sway = np.sin(t / reach * rng.uniform(3, 12) + rng.uniform(0, 6)) * wave
    along, normal = np.array((np.cos(slant), np.sin(slant))), np.array((-np.sin(slant), np.cos(slant)))
    return cast("Points", centre + t[:, None] * along + sway[:, None] * normal)


def _beside(line: Points, away: float) -> Points:
    """Return the line moved sideways."""
    along = np.gradient(line, axis=0)
    along /= np.maximum(np.hypot(along[:, :1], along[:, 1:]), 1e-6)
    return line + np.column_stack((-along[:, 1], along[:, 0])) * away


def _along(line: Points, step: float) -> Points:
    """Return points at even distances on the line."""
    lengths = np.concatenate(((0.0,), np.cumsum(np.hypot(*np.diff(line, axis=0).T))))
    at = np.arange(0, lengths[-1], max(step, 1.0))
    return np.column_stack((np.interp(at, lengths, line[:, 0]), np.interp(at, lengths, line[:, 1])))


def _stroke(image: npt.NDArray[np.uint8], line: Points, colour: int | Colour, thick: int) -> None:
    ink = (colour,) if isinstance(colour, int) else colour
    cv2.polylines(image, [line.round().astype(np.int32)], False, ink, thick, cv2.LINE_AA)


def _stitches(image: Image, line: Points, step: float, colour: Colour, thick: int) -> None:
    """Sew along the line, in place."""
    height, width = image.shape[:2]
    spots = _along(line, step)
    inside = ((spots > -step) & (spots < (width + step, height + step))).all(axis=1)
    ends = spots + np.gradient(spots, axis=0) * 0.6 if len(spots) > 1 else spots
    for start, end in zip(spots[inside].astype(int), ends[inside].astype(int), strict=True):
        cv2.line(
            image, (int(start[0]), int(start[1])), (int(end[0]), int(end[1])), colour, thick, cv2.LINE_AA
        )


def _dented(rng: np.random.Generator, image: Image, line: Points, wide: float) -> Image:
    """Return the cloth with the soft shadow of a dent along the line."""
    dent = np.zeros(image.shape[:2], np.uint8)
    _stroke(dent, line, 255, max(1, round(wide)))
    return over(image, BLACK, faded(blurred(dent, wide * 0.6), rng.uniform(0.2, 0.55)))


def _thread(rng: np.random.Generator, image: Image) -> Colour:
    """Draw a sewing thread's colour: the cloth's own, lighter or darker, or another."""
    own = colour_at(image, image.shape[0] // 2, image.shape[1] // 2)
    return any_colour(rng) if chance(rng, 0.3) else scaled(own, rng.choice((0.6, 0.75, 1.3, 1.5)))


def _seam(rng: np.random.Generator, image: Image, line: Points, size: int) -> Image:
    """Return the cloth with a sewn line, one row of stitches or two."""
    image = _dented(rng, image, line, max(1.0, size * rng.uniform(0.006, 0.02)))
    thread, thick = _thread(rng, image), max(1, size // 170)
    for away in ((1, -1), (1, 2), (1,))[int(rng.integers(3))]:
        step = size * rng.uniform(0.018, 0.03)
        _stitches(image, _beside(line, away * size * rng.uniform(0.014, 0.03)), step, thread, thick)
    return image


def _pieced(rng: np.random.Generator, props: Props, image: Image, maps: Maps, size: int) -> Image:
    """Return the cloth sewn, or laid, to another one along a slanting line."""
    height, width = image.shape[:2]
    line = _line(rng, height, width)
    away = float(np.hypot(height, width)) * 2
    outline = np.concatenate((line, _beside(line, away)[::-1]))
    mask = polygon_mask(height, width, outline)
    other = _cloth(rng, props, maps, size)
    image = over(image, BLACK, faded(blurred(mask, size * rng.uniform(0.01, 0.03)), rng.uniform(0.15, 0.5)))
    image = over(image, other, mask)
    if chance(rng, 0.6):
        _stitches(image, _beside(line, size * 0.025), size * 0.022, _thread(rng, image), max(1, size // 170))
    return image


def _selvedge(rng: np.random.Generator, image: Image, size: int) -> None:
    """Draw stripes woven aslant across the cloth, in place: a selvedge, a ribbon, a sleeve's bands."""
    height, width = image.shape[:2]
    line = _line(rng, height, width)
    away = 0.0
    for _ in range(int(rng.integers(1, 4))):
        thick = size * rng.uniform(0.015, 0.09)
        near, far = _beside(line, away), _beside(line, away + thick)
        fill_polygon(image, np.concatenate((near, far[::-1])), any_colour(rng))
        away += thick * rng.uniform(1.0, 2.5)


def _buttons(rng: np.random.Generator, image: Image, size: int) -> Image:
    """Return the cloth with a row of buttons on a placket."""
    height, width = image.shape[:2]
    line = _line(rng, height, width, upright=chance(rng, 0.8))
    half = size * rng.uniform(0.05, 0.1)
    edge = _beside(line, half)
    image = _dented(rng, image, edge, max(1.0, size * 0.015))
    thread, thick = _thread(rng, image), max(1, size // 190)
    for away in (half * 0.8, -half):
        _stitches(image, _beside(line, away), size * 0.02, thread, thick)
    radius = half * rng.uniform(0.35, 0.7)
    button = any_colour(rng)
    for x, y in _along(line, size * rng.uniform(0.2, 0.4)) + rng.uniform(-0.03, 0.03, 2) * size:
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


def _zip(rng: np.random.Generator, image: Image, size: int) -> Image:
    """Return the cloth with a zip: tapes, teeth, a slider."""
    height, width = image.shape[:2]
    line = _line(rng, height, width, upright=chance(rng, 0.75))
    half = size * rng.uniform(0.02, 0.05)
    image = _dented(rng, image, line, half * 3)
    tape = any_colour(rng)
    fill_polygon(image, np.concatenate((_beside(line, half), _beside(line, -half)[::-1])), tape)
    metal = metal_colour(rng) if chance(rng, 0.7) else any_colour(rng)
    step = max(2.0, size * rng.uniform(0.014, 0.028))
    tooth = half * 0.5
    normal = _beside(line, 1.0) - line
    spots, aside = _along(line, step), _along(line + normal * tooth, step)
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
    thread = _thread(rng, image)
    for away in (half * 1.5, -half * 1.5):
        _stitches(image, _beside(line, away), size * 0.02, thread, max(1, size // 190))
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


def _pocket(rng: np.random.Generator, image: Image, size: int) -> Image:
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
    _stitches(image, inner, size * 0.022, _thread(rng, image), max(1, size // 170))
    return image


def _label(rng: np.random.Generator, image: Image, size: int) -> None:
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
