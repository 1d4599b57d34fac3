"""Frames of the kinds that people reported trouble with, in all colours, depths, sides and sizes."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from framejudge.datasets.drawing.assets import Assets
from framejudge.datasets.drawing.frames import STYLES
from framejudge.datasets.drawing.frames.colours import flat, near_colour, random_colour, random_palette
from framejudge.datasets.drawing.frames.layout import NO_EDGES, Edges, Layout
from framejudge.datasets.drawing.frames.registry import Scene
from framejudge.datasets.drawing.hands import reported_openings, reported_plain
from framejudge.datasets.drawing.hands.hand import DRAWN, Composed, can_be_seen, covering, depth_px, pick
from framejudge.datasets.drawing.hands.layering import lay_over
from framejudge.datasets.drawing.hands.words import any_font, number, strip_of_words, words, write
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.table.box import Box

_FILLS = (
    "solid",
    "solid",
    "solid",
    "own_colour",
    "gradient",
    "stripes",
    "dots",
    "noise",
    "photo_texture",
    "checks",
)
_PATTERNS = ("stripes", "stripes", "dots", "checks", "zigzag", "noise")
_ADJACENT = ((0, 1), (1, 2), (2, 3), (0, 3))


@dataclass(frozen=True, slots=True)
class ReportedHand:
    """Draws one of the kinds of `KINDS`, or of the plain ones of `reported_plain`."""

    assets: Assets

    def frame(self, ground: Image, rng: np.random.Generator) -> Composed | None:
        """Return a picture with a frame of a reported kind; None where it does not show."""
        chosen = int(rng.choice(len(KINDS), p=_SHARES))
        composed = KINDS[chosen](ground, rng, self.assets)
        return composed if composed is not None and can_be_seen(composed) else None

    def leave_plain(self, ground: Image, rng: np.random.Generator) -> Composed:
        """Return a picture of a kind that is reported to be taken for framed."""
        return reported_plain.HAND.leave_plain(ground, rng)


def _banded(
    ground: Image,
    edges: Edges,
    rng: np.random.Generator,
    assets: Assets,
    *,
    kind: str,
    styles: tuple[str, ...] = _FILLS,
    gap: Edges = NO_EDGES,
    into: bool | None = None,
) -> Composed:
    """Return the picture with a band of these depths, filled as a style does."""
    height, width = ground.shape[:2]
    layout = Layout(height, width, edges, gap)
    box = layout.content
    canvas = ground.copy()
    if rng.random() < 0.7 if into is None else into:
        canvas[box.top : box.bottom, box.left : box.right] = covering(ground, box.width, box.height)
    style = STYLES[styles[int(rng.integers(len(styles)))]]
    scene = Scene(
        canvas, layout, layout.mask(), lambda: assets.pixels(assets.random("textures", rng))[..., :3]
    )
    band = style.draw(scene, rng)
    made = lay_over(canvas, band.fill, band.alpha, rng)
    return Composed(made, kind, DRAWN, box, min(each for each in edges if each))


def neighbouring_sides(ground: Image, rng: np.random.Generator, assets: Assets) -> Composed:
    """A band along two sides that meet."""
    height, width = ground.shape[:2]
    depth = pick(rng, 0.03, 0.28)
    depths = [
        round(length * (depth if rng.random() < 0.6 else pick(rng, 0.03, 0.28)))
        for length in (width, height, width, height)
    ]
    chosen = _ADJACENT[int(rng.integers(4))]
    edges = Edges(*(max(2, each) if side in chosen else 0 for side, each in enumerate(depths)))
    return _banded(ground, edges, rng, assets, kind="two neighbouring sides")


def numbered(ground: Image, rng: np.random.Generator, assets: Assets) -> Composed | None:
    """A band all around, one side deeper, with a number or a few words on that side."""
    height, width = ground.shape[:2]
    if min(height, width) < 90:
        return None
    even = depth_px(rng, min(height, width), 0.03, 0.1)
    side = int(rng.choice(4, p=(0.1, 0.25, 0.1, 0.55)))
    depths = [even] * 4
    depths[side] = max(round(even * rng.uniform(1.2, 3.2)), 14)
    styles = ("solid", "solid", "own_colour", "gradient")
    composed = _banded(ground, Edges(*depths), rng, assets, kind="band with a number", styles=styles)
    box, image = composed.box, composed.image
    assert box is not None
    middle = ((box.left + box.right) // 2, (box.top + box.bottom) // 2)
    half = depths[side] // 2
    place = (
        (half, middle[1]), (middle[0], half), (width - half, middle[1]), (middle[0], height - half)
    )[side]  # fmt: skip
    below = image[place[1], place[0]].astype(int)
    ink = np.full(3, 0 if below.mean() > 128 else 255, np.uint8) if rng.random() < 0.7 else random_colour(rng)
    size = max(7, round(min(depths[side] * 0.8, height * pick(rng, 0.03, 0.07))))
    text = number(rng) if rng.random() < 0.7 else words(rng)
    return Composed(write(image, text, place, size, ink, font=any_font(rng)), composed.kind, DRAWN, box, even)


def other_shape(ground: Image, rng: np.random.Generator, assets: Assets) -> Composed:
    """A narrow or flat picture in a canvas of another shape, bars of up to a third on two sides."""
    height, width = ground.shape[:2]
    share = rng.uniform(0.06, 0.34)
    upright = rng.random() < 0.65
    length = width if upright else height
    first = round(length * share)
    second = first if rng.random() < 0.8 else round(length * rng.uniform(0.02, 0.3))
    edges = Edges(first, 0, second, 0) if upright else Edges(0, first, 0, second)
    styles = ("solid", "solid", "solid", "own_colour", "gradient", "photo_texture", "stripes", "dots")
    return _banded(ground, edges, rng, assets, kind="bars beside another shape", styles=styles, into=True)


def patterned_bars(ground: Image, rng: np.random.Generator, assets: Assets) -> Composed:
    """Stripes, dots, checks or zigzags on two opposite sides."""
    height, width = ground.shape[:2]
    depth = pick(rng, 0.03, 0.2)
    upright = rng.random() < 0.4
    edges = (
        Edges(max(3, round(width * depth)), 0, max(3, round(width * depth)), 0)
        if upright
        else Edges(0, max(3, round(height * depth)), 0, max(3, round(height * depth)))
    )
    return _banded(ground, edges, rng, assets, kind="patterned bars", styles=_PATTERNS)


def unlike_depths(ground: Image, rng: np.random.Generator, assets: Assets) -> Composed:
    """Four sides, each of its own depth."""
    height, width = ground.shape[:2]
    edges = Edges(
        *(max(2, round(length * pick(rng, 0.012, 0.24))) for length in (width, height, width, height))
    )
    return _banded(ground, edges, rng, assets, kind="sides of unlike depth")


def hair_line(ground: Image, rng: np.random.Generator, assets: Assets) -> Composed:
    """A line of one to three pixels, at the very edge or inset, on all sides or some."""
    height, width = ground.shape[:2]
    line = int(rng.choice((1, 1, 2, 3)))
    gap = 0 if rng.random() < 0.6 else int(rng.integers(1, max(3, min(height, width) // 16)))
    chosen = range(4) if rng.random() < 0.8 else ((1, 3), (0, 2), (3,), (1,))[int(rng.integers(4))]
    edges = Edges(*(line if side in chosen else 0 for side in range(4)))
    gaps = Edges(*(gap if side in chosen else 0 for side in range(4)))
    return _banded(
        ground, edges, rng, assets, kind="hair line", styles=("solid",), gap=gaps, into=rng.random() < 0.2
    )


def banner(ground: Image, rng: np.random.Generator, assets: Assets) -> Composed:
    """A picture three to seven times as wide as high, bars of a few per cent at its ends."""
    height, width = ground.shape[:2]
    tall = max(24, round(width / rng.uniform(2.4, 7)))
    flat_picture = covering(ground, width, min(tall, height))
    depth = max(3, round(width * pick(rng, 0.02, 0.1)))
    edges = Edges(depth, 0, depth, 0) if rng.random() < 0.7 else Edges(depth, 0, 0, 0)
    composed = _banded(flat_picture, edges, rng, assets, kind="banner with bars")
    if rng.random() < 0.25 and composed.box is not None:
        upright = np.ascontiguousarray(composed.image.transpose(1, 0, 2))
        box = composed.box
        return Composed(upright, composed.kind, DRAWN, Box(box.top, box.left, box.bottom, box.right), depth)
    return composed


def mats(ground: Image, rng: np.random.Generator, assets: Assets) -> Composed:
    """A frame, inside it a mat, and perhaps a line around the picture; the box is inside all of it."""
    height, width = ground.shape[:2]
    least = min(height, width)
    frame, mat = depth_px(rng, least, 0.02, 0.07), depth_px(rng, least, 0.025, 0.14)
    line = int(rng.choice((0, 0, 1, 1, 2)))
    below = frame + mat + line
    outer, inner = random_palette(rng, 2)
    if rng.random() < 0.5:  # cream, ivory, white: what mats are made of
        inner = np.array((250, 246, 236), np.uint8) - rng.integers(0, 26, dtype=np.uint8)
    canvas = flat(outer, height, width)
    canvas[frame : height - frame, frame : width - frame] = inner
    ink = random_colour(rng) if rng.random() < 0.5 else np.zeros(3, np.uint8)
    deep = frame + mat
    canvas[deep : height - deep, deep : width - deep] = ink
    box = Box(below, below, width - below, height - below)
    canvas[box.top : box.bottom, box.left : box.right] = covering(ground, box.width, box.height)
    if mat > 6 and rng.random() < 0.3:  # a shadow of the frame on the mat
        rim = canvas[frame : frame + 2, frame : width - frame]
        rim[:] = (rim * 0.8).astype(np.uint8)
    return Composed(canvas, "frame with a mat", DRAWN, box, min(frame, mat))


def strips_of_words(ground: Image, rng: np.random.Generator, assets: Assets) -> Composed:
    """A header, a footer, both, or a strip with a name along a side."""
    height, width = ground.shape[:2]
    which = ((1,), (3,), (1, 3), (2,), (0,))[int(rng.choice(5, p=(0.2, 0.3, 0.2, 0.2, 0.1)))]
    depths = [0, 0, 0, 0]
    for side in which:
        depths[side] = max(12, round((width if side % 2 == 0 else height) * pick(rng, 0.06, 0.26)))
    box = Box(depths[0], depths[1], width - depths[2], height - depths[3])
    canvas = ground.copy()
    if rng.random() < 0.6:
        canvas[box.top : box.bottom, box.left : box.right] = covering(ground, box.width, box.height)
    paper, ink = random_palette(rng, 2)
    if rng.random() < 0.2:
        paper = near_colour(ground, rng)
    for side in which:
        length, depth = (height if side % 2 == 0 else width), depths[side]
        strip = strip_of_words(rng, length, depth, paper, ink, words(rng))
        if side % 2 == 0:
            strip = np.rot90(strip, int(rng.choice((1, 3))))
        where = ((slice(None), slice(0, depth)), (slice(0, depth), slice(None)),
                 (slice(None), slice(width - depth, None)),
                 (slice(height - depth, None), slice(None)))[side]  # fmt: skip
        canvas[where] = strip
    return Composed(canvas, "strip of words", DRAWN, box, min(depths[side] for side in which))


def film(ground: Image, rng: np.random.Generator, assets: Assets) -> Composed:
    """Dark strips with rows of holes on two sides, and bars between them or not."""
    upright = rng.random() < 0.5
    picture = np.ascontiguousarray(ground.transpose(1, 0, 2)) if upright else ground
    tall, wide = picture.shape[:2]
    depth = max(10, round(tall * pick(rng, 0.08, 0.18)))
    end = round(wide * pick(rng, 0.01, 0.06)) if rng.random() < 0.5 else 0
    colour = random_colour(rng) if rng.random() < 0.3 else rng.integers(0, 40, 3).astype(np.uint8)
    canvas = flat(colour, tall, wide)
    box = Box(end, depth, wide - end, tall - depth)
    canvas[box.top : box.bottom, box.left : box.right] = covering(picture, box.width, box.height)
    hole = max(3, round(depth * rng.uniform(0.35, 0.6)))
    step, radius = hole * rng.uniform(1.5, 2.4), rng.random() * 0.4
    light = np.full(3, int(rng.integers(200, 256)), np.uint8) if rng.random() < 0.8 else random_colour(rng)
    for y in ((depth - hole) // 2, tall - depth + (depth - hole) // 2):
        for x in np.arange(rng.uniform(0, step), wide - hole, step):
            left, across = round(x), round(hole * rng.uniform(0.75, 0.8))
            cv2.rectangle(
                canvas, (left, y), (left + across, y + hole), tuple(int(c) for c in light), cv2.FILLED
            )
            if radius > 0.2:
                for corner in ((left, y), (left + across, y), (left, y + hole), (left + across, y + hole)):
                    cv2.circle(canvas, corner, 1, tuple(int(c) for c in colour), cv2.FILLED)
    if upright:
        canvas = np.ascontiguousarray(canvas.transpose(1, 0, 2))
        box = Box(box.top, box.left, box.bottom, box.right)
    return Composed(canvas, "film strip", DRAWN, box, depth)


KINDS = (
    neighbouring_sides, numbered, other_shape, patterned_bars, unlike_depths, hair_line, banner, mats,
    strips_of_words, film, reported_openings.soft_edge, reported_openings.scanner_bed,
    reported_openings.torn_paper, reported_openings.painted_corners, reported_openings.oval_mat,
)  # fmt: skip
"""Each draws a picture with a frame."""

_WEIGHTS = np.array((3, 3, 4, 1.5, 2, 3, 2, 2.5, 4, 1.5, 3, 1.5, 3, 2, 2.5))
_SHARES = _WEIGHTS / _WEIGHTS.sum()
