"""Patterned bands: stripes, checks, dots, noise, mosaic, zigzag."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.datasets.drawing.frames.colours import clipped, random_colour, random_palette
from framejudge.datasets.drawing.frames.layout import Limits
from framejudge.datasets.drawing.frames.registry import Band, Scene, style
from framejudge.datasets.drawing.picture import Image

_PATTERNED = Limits(thinnest=0.018)


@style("stripes", limits=_PATTERNED)
def stripes(scene: Scene, rng: np.random.Generator) -> Band:
    """Stripes aslant, upright or lying, hard or soft, of two to four colours."""
    colours = random_palette(rng, int(rng.choice((2, 2, 3, 4))))
    phase = _waves(scene, rng, _angle(rng)) % 1.0
    if rng.random() < 0.3:
        weight = (128 - 127.5 * np.cos(phase * (2 * np.pi))).astype(np.uint8)
        return Band(_mixed(colours[0], colours[1], weight), scene.mask)
    shares = np.cumsum(rng.dirichlet(np.full(len(colours), 6.0)))
    index = np.searchsorted(shares[:-1], phase).astype(np.uint8)
    return Band(_smoothed(colours[index], rng), scene.mask)


@style("checks", held_out=True, limits=_PATTERNED)
def checks(scene: Scene, rng: np.random.Generator) -> Band:
    """A chessboard, lozenges or a tartan of crossing stripes."""
    colours = random_palette(rng, 3)
    angle = rng.choice((0, 0, np.pi / 4))
    period = _period(scene, rng)
    across = _waves(scene, rng, angle, period) % 1.0 < 0.5
    along = _waves(scene, rng, angle + np.pi / 2, period) % 1.0 < 0.5
    if rng.random() < 0.6:
        return Band(_smoothed(colours[(across ^ along).astype(np.uint8)], rng), scene.mask)
    return Band(_smoothed(colours[across.astype(np.uint8) + along.astype(np.uint8)], rng), scene.mask)


@style("dots", limits=Limits(thinnest=0.025))
def dots(scene: Scene, rng: np.random.Generator) -> Band:
    """Round spots in rows, straight, staggered or aslant, of one size, on a colour."""
    ground, spot = random_palette(rng, 2)
    angle = rng.choice((0, np.pi / 4, rng.uniform(0, np.pi)))
    period = _period(scene, rng)
    rows = _waves(scene, rng, angle, period)
    columns = _waves(scene, rng, angle + np.pi / 2, period)
    stagger = 0.5 if rng.random() < 0.4 else 0.0
    distance = np.hypot(rows % 1.0 - 0.5, (columns + stagger * (np.floor(rows) % 2)) % 1.0 - 0.5)
    radius = rng.uniform(0.2, 0.42)
    weight = clipped((radius - distance) * (255 * period / 1.5) + 128)
    return Band(_mixed(ground, spot, weight), scene.mask)


@style("noise", limits=_PATTERNED)
def noise(scene: Scene, rng: np.random.Generator) -> Band:
    """Grain, glitter, clouds or spots: chance in one channel or three, at any coarseness."""
    height, width = scene.mask.shape
    grain = float(np.exp(rng.uniform(np.log(1.0), np.log(14.0))))
    coarse = (max(2, round(height / grain)), max(2, round(width / grain)))
    channels = int(rng.choice((1, 3), p=(0.65, 0.35)))
    raw = rng.standard_normal((*coarse, channels), dtype=np.float32)
    interpolation = cv2.INTER_LINEAR if rng.random() < 0.7 else cv2.INTER_NEAREST
    field = cv2.resize(raw, (width, height), interpolation=interpolation).reshape(height, width, channels)
    if channels == 1 and rng.random() < 0.6:
        first, second = random_palette(rng, 2)
        steepness = rng.choice((50, 400))
        return Band(_mixed(first, second, clipped(128 + steepness * field[..., 0])), scene.mask)
    strength = rng.uniform(18, 90)
    return Band(clipped(random_colour(rng).astype(np.float32) + field * np.float32(strength)), scene.mask)


@style("mosaic", limits=_PATTERNED)
def mosaic(scene: Scene, rng: np.random.Generator) -> Band:
    """Cells like broken stone, terrazzo or honeycomb, of a few colours, sometimes with joints."""
    height, width = scene.mask.shape
    cell = float(np.exp(rng.uniform(np.log(4.5), np.log(max(9.0, 1.5 * scene.layout.thickness)))))
    rows, columns = np.mgrid[0 : height + cell : cell * 0.87, 0 : width + cell : cell]
    disorder = rng.choice((0.0, rng.uniform(0.1, 1.0))) * cell
    columns[1::2] += cell / 2
    places = np.stack((rows, columns), axis=-1) + rng.uniform(-0.5, 0.5, (*rows.shape, 2)) * disorder
    y, x = places.reshape(-1, 2).round().astype(int).T
    within = (y >= 0) & (x >= 0) & (y < height) & (x < width)
    elsewhere = np.ones((height, width), np.uint8)
    elsewhere[y[within], x[within]] = 0
    _, nearest = cv2.distanceTransformWithLabels(
        elsewhere, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    colours = random_palette(rng, int(rng.integers(2, 5))).astype(np.float32)
    shades = rng.normal(0, rng.uniform(0, 22), (nearest.max() + 1, 1))
    fill = clipped(colours[rng.integers(len(colours), size=len(shades))] + shades)[nearest]
    if rng.random() < 0.4:
        cells = nearest.astype(np.float32)
        joint = cv2.dilate(cells, np.ones((2, 2))) != cv2.erode(cells, np.ones((2, 2)))
        fill[joint] = random_colour(rng)
    return Band(_smoothed(fill, rng), scene.mask)


@style("zigzag", limits=_PATTERNED)
def zigzag(scene: Scene, rng: np.random.Generator) -> Band:
    """Stripes that run in zigzag or in waves, of two to four colours."""
    colours = random_palette(rng, int(rng.choice((2, 2, 3, 4))))
    angle = rng.choice((0, np.pi / 2, np.pi / 4, rng.uniform(0, np.pi)))
    along = _waves(scene, rng, angle + np.pi / 2) % 1.0
    swing = np.abs(2 * along - 1) if rng.random() < 0.65 else 0.5 - 0.5 * np.cos(2 * np.pi * along)
    phase = (_waves(scene, rng, angle) + swing * np.float32(rng.uniform(0.4, 1.6))) % 1.0
    shares = np.cumsum(rng.dirichlet(np.full(len(colours), 6.0)))
    return Band(_smoothed(colours[np.searchsorted(shares[:-1], phase)], rng), scene.mask)


def _angle(rng: np.random.Generator) -> float:
    kind = rng.random()
    if kind < 0.35:
        return float(rng.choice((np.pi / 4, 3 * np.pi / 4)))
    if kind < 0.6:
        return float(rng.choice((0, np.pi / 2)))
    return float(rng.uniform(0, np.pi))


def _period(scene: Scene, rng: np.random.Generator) -> float:
    """Return a period in pixels that shows in the band: 3 pixels to a little more than its thickness."""
    highest = max(5.0, 1.3 * scene.layout.thickness)
    return float(np.exp(rng.uniform(np.log(3.5), np.log(highest))))


def _waves(
    scene: Scene, rng: np.random.Generator, angle: float, period: float | None = None
) -> npt.NDArray[np.float32]:
    """Return the position along a direction, in periods, for each pixel."""
    height, width = scene.mask.shape
    period = period or _period(scene, rng)
    columns = np.arange(width, dtype=np.float32)[None, :] * np.float32(np.cos(angle) / period)
    rows = np.arange(height, dtype=np.float32)[:, None] * np.float32(np.sin(angle) / period)
    return columns + rows + np.float32(rng.random() + 100)


def _mixed(
    first: npt.NDArray[np.uint8], second: npt.NDArray[np.uint8], weight: npt.NDArray[np.uint8]
) -> Image:
    """Return two colours mixed: the first where the weight is 0, the second where it is 255."""
    share = np.linspace(0, 1, 256)[:, None]
    table = (first + share * (second.astype(np.float64) - first)).astype(np.uint8)
    return np.asarray(cv2.LUT(cv2.merge([weight] * 3), table[None]), dtype=np.uint8)


def _smoothed(fill: Image, rng: np.random.Generator) -> Image:
    """Return the fill with its steps softened as a scaled picture has them, mostly."""
    return fill if rng.random() < 0.3 else np.asarray(cv2.blur(fill, (2, 2)), dtype=np.uint8)
