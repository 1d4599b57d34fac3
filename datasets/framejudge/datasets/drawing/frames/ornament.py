"""Ornament: mouldings, corner pieces, repeated motifs, cut edges, foliage and brush strokes."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.datasets.drawing.frames.colours import clipped, flat, random_colour, random_palette, shade
from framejudge.datasets.drawing.frames.layout import ALL_AROUND, Limits
from framejudge.datasets.drawing.frames.outlines import (
    SUBPIXEL_BITS,
    TURN,
    fill_polygon,
    leaf_outline,
    random_motif,
)
from framejudge.datasets.drawing.frames.registry import Band, Scene, style
from framejudge.datasets.drawing.products.canvas import turned

_MOSTLY_AROUND = ((1, 0.22), (2, 0.13), (3, 0.05), (4, 0.6))


@style("moulding", limits=Limits(thinnest=0.025, sides=((1, 0.08), (2, 0.1), (4, 0.82)), rounded=0.05))
def moulding(scene: Scene, rng: np.random.Generator) -> Band:
    """A profiled strip of wood, metal or lacquer: bevels lit from one side, mitred, with a shadow inside."""
    depth = np.clip(scene.layout.depth(), 0, 1)
    knots = np.sort(rng.uniform(0.05, 0.95, int(rng.integers(2, 7))))
    heights = rng.uniform(-1, 1, len(knots) + 2)
    steps = np.linspace(0, 1, 256)
    profile = np.interp(steps, [0, *knots, 1], heights)
    slope = np.gradient(profile, steps)
    slope /= max(np.abs(slope).max(), 1e-6)
    light = rng.uniform(0, TURN)
    relief = rng.uniform(25, 80)
    towards = np.array([np.cos(light), np.sin(light), -np.cos(light), -np.sin(light)])
    lift = profile * rng.uniform(5, 30)
    tables = lift[None] + relief * towards[:, None] * slope[None]
    index = (depth * 255).astype(np.uint8)
    shading = tables.astype(np.float32)[scene.layout.nearest_side(), index]
    if rng.random() < 0.4:
        height, width = scene.mask.shape
        coarse = rng.standard_normal((max(2, height // 3), max(2, width // 25)), dtype=np.float32)
        shading = shading + rng.uniform(4, 16) * cv2.resize(coarse, (width, height))
    fill = clipped(random_colour(rng).astype(np.float32) + shading[..., None].astype(np.float32))
    if rng.random() < 0.5:
        return Band(fill, scene.mask)
    return _with_shadow_inside(scene, Band(fill, scene.mask), rng)


@style("corners", limits=Limits(thickest=0.06, sides=ALL_AROUND, inset=0.5), continuous=False)
def corners(scene: Scene, rng: np.random.Generator) -> Band:
    """Artwork in the corners, mostly with a line that joins it."""
    colours = random_palette(rng, 2)
    fill = flat(colours[0], *scene.mask.shape)
    alpha = scene.mask.copy() if rng.random() < 0.8 else np.zeros_like(scene.mask)
    length = round(min(scene.mask.shape) * rng.uniform(0.1, 0.28))
    piece = np.zeros((length, length), np.uint8)
    weight = max(1, round(length * rng.uniform(0.03, 0.1)), scene.layout.thickness // 2)
    _CORNER_PIECES[int(rng.integers(len(_CORNER_PIECES)))](piece, weight, rng)
    two_colours = rng.random() < 0.4
    left, top, right, bottom = scene.layout.outer
    for flip, x, y in (
        (None, left, top), (1, right - length, top),
        (0, left, bottom - length), (-1, right - length, bottom - length),
    ):  # fmt: skip
        flipped = piece if flip is None else cv2.flip(piece, flip)
        view = alpha[y : y + length, x : x + length]
        np.maximum(view, flipped, out=view)
        if two_colours:
            fill[y : y + length, x : x + length] = colours[1]
    return Band(fill, alpha)


@style("motifs", limits=Limits(thinnest=0.035, sides=_MOSTLY_AROUND, rounded=0.08), continuous=False)
def motifs(scene: Scene, rng: np.random.Generator) -> Band:
    """A motif repeated along the sides: stars, hearts, flowers, lozenges; on a colour or on the picture."""
    ground, ink, other = random_palette(rng, 3)
    fill = flat(ground, *scene.mask.shape)
    on_picture = rng.random() < 0.35
    alpha = np.zeros_like(scene.mask) if on_picture else scene.mask.copy()
    outline = random_motif(rng)
    size, spacing = rng.uniform(0.6, 1.0), rng.uniform(1.0, 2.2)
    turning = rng.random() < 0.3
    polygons = []
    for strip in scene.layout.strips():
        count = max(2, round(strip.length / max(4.0, strip.thickness * spacing)))
        for number, centre in enumerate(np.linspace(strip.start, strip.end, count)):
            upright = len(scene.layout.sides) == 1
            angle = rng.uniform(0, TURN) if turning else 0.0 if upright else strip.side * np.pi / 2
            points = turned(outline, angle) * (strip.thickness * size / 2) + centre
            polygons.append((points, other if number % 2 and not on_picture else ink))
    for points, colour in polygons:
        fill_polygon(fill, points, colour)
    if on_picture:
        for points, _ in polygons:
            fill_polygon(alpha, points, 255)
        fill = np.where(alpha[..., None] > 0, fill, ink).astype(np.uint8)
    return Band(fill, alpha)


@style("cut_edge", limits=Limits(thinnest=0.03, rounded=0.0, sides=_MOSTLY_AROUND), continuous=False)
def cut_edge(scene: Scene, rng: np.random.Generator) -> Band:
    """A band whose inner edge is scalloped, toothed, stepped or wavy."""
    layout = scene.layout
    period = max(4.0, layout.thickness * rng.uniform(0.5, 2.5))
    shape = _EDGE_SHAPES[int(rng.integers(len(_EDGE_SHAPES)))]
    bite = rng.uniform(0.25, 0.65)
    side = layout.nearest_side()
    columns = shape((np.arange(scene.mask.shape[1]) / period) % 1.0).astype(np.float32)
    rows = shape((np.arange(scene.mask.shape[0]) / period) % 1.0).astype(np.float32)
    reach = 1 - np.float32(bite) * np.where(side % 2 == 1, columns[None, :], rows[:, None])
    colours = random_palette(rng, 2)
    fill = flat(colours[0], *scene.mask.shape)
    if rng.random() < 0.4:
        fill[layout.depth() > (1 - bite) * rng.uniform(0.3, 0.9)] = colours[1]
    return Band(fill, layout.within(reach))


@style(
    "irregular_edge",
    continuous=False,
    held_out=True,
    limits=Limits(thinnest=0.04, rounded=0.0, inset=0.1, sides=_MOSTLY_AROUND),
)
def foliage(scene: Scene, rng: np.random.Generator) -> Band:
    """Leaves, petals or needles growing over the margin."""
    layout = scene.layout
    alpha = np.zeros_like(scene.mask)
    greens = rng.random() < 0.6
    tone = np.array((rng.integers(20, 120), rng.integers(90, 190), rng.integers(20, 90)), np.uint8)
    base = tone if greens else random_colour(rng)
    fill = flat(base, *scene.mask.shape)
    leaf = leaf_outline(rng.uniform(0.2, 0.6))
    for strip in layout.strips():
        _, thickness, start, end, inwards = strip
        count = int(np.clip(strip.length / (thickness * rng.uniform(0.16, 0.3)), 12, 110))
        positions = rng.random(count)
        offsets = rng.uniform(-0.45, 0.15, count) * thickness
        angles = rng.uniform(-1.3, 1.3, count) + np.arctan2(inwards[1], inwards[0])
        sizes = thickness * rng.uniform(0.45, 0.85, count)
        for position, offset, angle, size in zip(positions, offsets, angles, sizes, strict=True):
            points = turned(leaf, angle) * (size / 2) + start + (end - start) * position + inwards * offset
            fill_polygon(fill, points, shade(base, rng, 60))
            fill_polygon(alpha, points, 255)
    return Band(fill, alpha)


@style(
    "irregular_edge",
    continuous=False,
    held_out=True,
    limits=Limits(thinnest=0.03, rounded=0.0, inset=0.15, sides=_MOSTLY_AROUND),
)
def brush(scene: Scene, rng: np.random.Generator) -> Band:
    """Paint laid on with a coarse brush, or torn paper: an edge without any order."""
    layout = scene.layout
    height, width = scene.mask.shape
    side = layout.nearest_side()
    rough = rng.uniform(0.15, 0.5)
    columns, rows = _jagged(width, rng), _jagged(height, rng)
    reach = 1 - np.float32(rough) * np.where(side % 2 == 1, columns[None, :], rows[:, None])
    depth = layout.depth()
    colour = random_colour(rng).astype(np.float32)
    bristles = rng.standard_normal(64).astype(np.float32) * np.float32(rng.uniform(3, 28))
    streaks = bristles[np.clip(depth * 40, 0, 63).astype(np.uint8)]
    return Band(clipped(colour + streaks[..., None]), layout.within(reach, softness=2))


def _with_shadow_inside(scene: Scene, band: Band, rng: np.random.Generator) -> Band:
    """Return the band with the shadow it throws on the picture."""
    reach = max(2, round(min(scene.mask.shape) * rng.uniform(0.008, 0.03)))
    spread = cv2.blur(band.alpha, (2 * reach + 1, 2 * reach + 1)).astype(np.float32)
    shadow = (spread * np.float32(rng.uniform(0.4, 0.9))).astype(np.uint8)
    inside = (band.alpha == 0) & (scene.layout.depth() > 1)
    fill = band.fill.copy()
    fill[inside] = 0
    return Band(fill, np.where(inside, shadow, band.alpha).astype(np.uint8))


def _brackets(piece: npt.NDArray[np.uint8], weight: int, rng: np.random.Generator) -> None:
    """Draw nested angles."""
    length = len(piece)
    for start in range(0, length // 2, max(2 * weight + 1, int(length * rng.uniform(0.12, 0.35)))):
        reach = length - start if rng.random() < 0.7 else length // 2
        piece[start : start + weight, start:reach] = 255
        piece[start:reach, start : start + weight] = 255


def _scrolls(piece: npt.NDArray[np.uint8], weight: int, rng: np.random.Generator) -> None:
    """Draw spirals and curls that unroll from the corner along both sides."""
    length = len(piece)
    turns, tightness = rng.uniform(1.2, 2.6), rng.uniform(0.25, 0.45)
    position = np.linspace(0, 1, 40)
    for mirrored in (False, True):
        angle = position * turns * TURN
        radius = tightness * length * (1 - 0.9 * position) / 2
        x = length * 0.45 + radius * np.cos(angle) + (1 - position) * length * 0.2
        y = length * 0.22 + radius * np.sin(angle)
        points = np.stack((y, x) if mirrored else (x, y), axis=1)
        scaled = np.round(points * (1 << SUBPIXEL_BITS)).astype(np.int32)
        cv2.polylines(piece, [scaled], False, 255, weight, cv2.LINE_AA, SUBPIXEL_BITS)
    cv2.circle(
        piece, (weight + length // 10, weight + length // 10), weight + length // 14, 255, -1, cv2.LINE_AA
    )


def _sprigs(piece: npt.NDArray[np.uint8], weight: int, rng: np.random.Generator) -> None:
    """Draw a twig with leaves along both sides of the corner."""
    length = len(piece)
    leaf = leaf_outline(rng.uniform(0.25, 0.5))
    size = length * rng.uniform(0.12, 0.2)
    count = int(rng.integers(3, 7))
    for mirrored in (False, True):
        for number, x in enumerate(np.linspace(size, length - size, count)):
            points = turned(leaf, 0.7 if number % 2 else -0.7) * size + (x, size * 1.2)
            fill_polygon(piece, points[:, ::-1] if mirrored else points, 255)
    reach = length - round(size)
    cv2.line(piece, (0, round(size * 1.2)), (reach, round(size * 1.2)), 255, max(1, weight // 2), cv2.LINE_AA)
    cv2.line(piece, (round(size * 1.2), 0), (round(size * 1.2), reach), 255, max(1, weight // 2), cv2.LINE_AA)


def _fan(piece: npt.NDArray[np.uint8], weight: int, rng: np.random.Generator) -> None:
    """Draw quarter circles, filled or nested, or a triangle."""
    length = len(piece)
    if rng.random() < 0.35:
        fill_polygon(piece, np.array(((0, 0), (length, 0), (0, length)), float), 255)
        return
    cv2.circle(piece, (0, 0), round(length * rng.uniform(0.3, 0.8)), 255, -1, cv2.LINE_AA)
    cv2.circle(piece, (0, 0), length - weight, 255, weight, cv2.LINE_AA)


def _emblem(piece: npt.NDArray[np.uint8], weight: int, rng: np.random.Generator) -> None:
    """Draw one large motif."""
    half = len(piece) / 2
    fill_polygon(piece, turned(random_motif(rng), rng.uniform(0, TURN)) * half * 0.8 + half, 255)


_CORNER_PIECES: tuple[Callable[[npt.NDArray[np.uint8], int, np.random.Generator], None], ...] = (
    _brackets, _scrolls, _scrolls, _sprigs, _fan, _emblem,
)  # fmt: skip

_EDGE_SHAPES: tuple[Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]], ...] = (
    lambda phase: 1 - np.sqrt(np.clip(1 - (2 * phase - 1) ** 2, 0, 1)),
    lambda phase: np.sqrt(np.clip(1 - (2 * phase - 1) ** 2, 0, 1)),
    lambda phase: np.abs(2 * phase - 1),
    lambda phase: 0.5 - 0.5 * np.cos(TURN * phase),
    lambda phase: (phase < 0.5).astype(float),
)


def _jagged(length: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Return a line of chance between 0 and 1, coarse and fine together."""
    line = np.zeros(length, np.float32)
    for knots, share in (
        (max(3, length // 40), 0.5),
        (max(3, length // 10), 0.3),
        (max(3, length // 3), 0.2),
    ):
        line += np.float32(share) * np.interp(
            np.linspace(0, knots - 1, length), np.arange(knots), rng.random(knots)
        ).astype(np.float32)
    return line
