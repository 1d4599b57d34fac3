"""The patterns of cloth, each as a tile: stripes, tartans, dots, prints."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products.canvas import over, solid
from framejudge.datasets.drawing.products.colours import Colour, any_colour, chance, mixed
from framejudge.datasets.drawing.products.lettering import logo
from framejudge.datasets.drawing.products.silhouettes import draw_sprite
from framejudge.datasets.drawing.products.surfaces import noise


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


TILES: tuple[Callable[[np.random.Generator, int], Image], ...] = (
    _plain,
    _melange,
    _striped,
    _tartan,
    _houndstooth,
    _dotted,
    _printed,
)


TILE_WEIGHTS = (0.23, 0.13, 0.18, 0.18, 0.04, 0.1, 0.14)
