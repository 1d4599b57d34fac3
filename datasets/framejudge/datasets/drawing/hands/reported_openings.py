"""Frames whose opening is no hard rectangle: soft, round, torn, oval, painted."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.datasets.drawing.assets import Assets
from framejudge.datasets.drawing.frames.colours import flat, random_colour, random_palette
from framejudge.datasets.drawing.hands.hand import DRAWN, Composed, changed, covering, depth_px, pick
from framejudge.datasets.drawing.hands.layering import lay_over
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.table.box import Box


def soft_edge(ground: Image, rng: np.random.Generator, assets: Assets) -> Composed | None:
    """A band whose inner edge fades over some pixels, with round corners: a slide mount, a vignette."""
    height, width = ground.shape[:2]
    depth = max(6, depth_px(rng, min(height, width), 0.04, 0.14))
    radius = round(min(height, width) * rng.uniform(0, 0.12))
    blur = min(depth / 3, pick(rng, 0.8, 7))
    opacity = cv2.GaussianBlur(_rounded(height, width, depth, radius), (0, 0), blur)
    colour = rng.integers(0, 40, 3).astype(np.uint8) if rng.random() < 0.4 else _visible(rng)
    made = lay_over(ground, flat(colour, height, width), np.asarray(opacity, np.uint8), rng)
    if not changed(ground, made, np.asarray(opacity, np.uint8)):
        return None
    box = Box(depth, depth, width - depth, height - depth)
    return Composed(made, "soft inner edge", DRAWN, box, depth, square=False)


def scanner_bed(ground: Image, rng: np.random.Generator, assets: Assets) -> Composed:
    """A photo, its corners round or not, on a noisy grey bed, and perhaps the page's white around that."""
    height, width = ground.shape[:2]
    around = [depth_px(rng, min(height, width), 0.03, 0.2) for _ in range(4)]
    page = depth_px(rng, min(height, width), 0.02, 0.08) if rng.random() < 0.5 else 0
    tall, wide = height + around[1] + around[3], width + around[0] + around[2]
    bed = rng.normal(rng.uniform(90, 205), rng.uniform(0.5, 5), (tall, wide, 1)) + rng.normal(0, 4, 3)
    canvas = np.full((tall + 2 * page, wide + 2 * page, 3), 255, np.uint8)
    middle = np.clip(bed, 0, 235).astype(np.uint8)
    left, top = around[0], around[1]
    opening = _rounded(tall, wide, 0, 0)
    opening[:] = 255
    radius = round(min(height, width) * rng.uniform(0, 0.1))
    opening[top : top + height, left : left + width] = _rounded(height, width, 0, radius)
    photo = middle.copy()
    photo[top : top + height, left : left + width] = ground
    canvas[page : page + tall, page : page + wide] = lay_over(photo, middle, opening, rng)
    box = Box(page + left, page + top, page + left + width, page + top + height)
    return Composed(canvas, "scanner bed", DRAWN, box, min(around), square=not radius)


def torn_paper(ground: Image, rng: np.random.Generator, assets: Assets) -> Composed | None:
    """A torn edge: coloured or textured paper, its white core showing along the tear."""
    height, width = ground.shape[:2]
    depth = max(6, depth_px(rng, min(height, width), 0.04, 0.16))
    sides = ((0, 1, 2, 3), (3,), (1,), (0, 2), (1, 3))[int(rng.choice(5, p=(0.5, 0.15, 0.1, 0.1, 0.15)))]
    reach = _distance_in(height, width, sides)
    rough = rng.uniform(0.15, 0.6) * depth
    tear = depth + _grown(rng, height, width, rng.uniform(2, 10)) * rough * 0.5
    tear += _grown(rng, height, width, rng.uniform(0.8, 2)) * rough * 0.25
    opacity = np.where(reach < tear, 255, 0).astype(np.uint8)
    core = np.where(reach < tear - rng.uniform(0.1, 0.5) * depth, 255, 0).astype(np.uint8)
    paper = _paper(height, width, rng, assets)
    if rng.random() < 0.6:
        white = np.full_like(paper, int(rng.integers(225, 250)))
        share = cv2.GaussianBlur(core, (0, 0), 0.7)[..., None].astype(np.float32) / 255
        paper = (paper * share + white * (1 - share)).astype(np.uint8)
    made = lay_over(ground, paper, opacity, rng)
    return Composed(made, "torn paper", DRAWN) if changed(ground, made, core) else None


def painted_corners(ground: Image, rng: np.random.Generator, assets: Assets) -> Composed | None:
    """Blots of paint in two to four corners, or a brushed margin, in one to three see-through colours."""
    height, width = ground.shape[:2]
    sheet, opacity = ground.astype(np.float32), np.zeros((height, width), np.float32)
    around = rng.random() < 0.4
    corners = [(0, 0), (width, height), (width, 0), (0, height)]
    count = 4 if around else int(rng.choice((2, 2, 3, 4)))
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    for colour in random_palette(rng, int(rng.integers(1, 4))):
        wave = _grown(rng, height, width, min(height, width) / rng.uniform(8, 20))
        fine = _grown(rng, height, width, 2)
        if around:
            reach = _distance_in(height, width, (0, 1, 2, 3)) / (min(height, width) * rng.uniform(0.05, 0.15))
        else:
            size = min(height, width) * rng.uniform(0.22, 0.45)
            reach = np.min([np.hypot(columns - x, rows - y) / size for x, y in corners[:count]], axis=0)
        edge = 1 + 0.35 * wave + 0.1 * fine
        blot = np.clip((edge - reach) * rng.uniform(4, 14), 0, 1) * rng.uniform(0.6, 1.0)
        blot *= 1 - 0.25 * np.clip(fine, 0, 1)
        sheet += (colour - sheet) * blot[..., None]
        opacity = np.maximum(opacity, blot)
    made = np.clip(sheet, 0, 255).astype(np.uint8)
    shows = changed(ground, made, (opacity * 255).astype(np.uint8))
    return Composed(made, "painted edge" if around else "painted corners", DRAWN) if shows else None


def oval_mat(ground: Image, rng: np.random.Generator, assets: Assets) -> Composed | None:
    """An oval or round opening in a mat of a colour, a gradient or a texture."""
    height, width = ground.shape[:2]
    reach_x, reach_y = width / 2 * rng.uniform(0.82, 0.99), height / 2 * rng.uniform(0.82, 0.99)
    if rng.random() < 0.3:
        reach_x = reach_y = min(reach_x, reach_y)
    if reach_x * reach_y < 0.4 * width * height / 4:
        return None
    rows, columns = np.mgrid[0:height, 0:width]
    out = np.hypot((columns - width / 2 + 0.5) / reach_x, (rows - height / 2 + 0.5) / reach_y) - 1
    softness = 1.0 if rng.random() < 0.6 else pick(rng, 1, 10)
    scale = min(reach_x, reach_y)
    opacity = np.clip(out * scale / softness + 0.5, 0, 1)
    fill = _paper(height, width, rng, assets)
    if rng.random() < 0.35:  # a rim around the opening
        rim = np.abs(out * scale - rng.uniform(1, 6)) < rng.uniform(0.6, 3)
        fill[rim] = random_colour(rng)
    made = lay_over(ground, fill, (opacity * 255).astype(np.uint8), rng)
    return (
        Composed(made, "oval mat", DRAWN) if changed(ground, made, (opacity * 255).astype(np.uint8)) else None
    )


def _rounded(height: int, width: int, depth: int, radius: int) -> npt.NDArray[np.uint8]:
    """Return 255 on a band of this depth with round inner corners, 0 inside; its edge is smooth."""
    mask = np.zeros((height * 2, width * 2), np.uint8)
    left, top, right, bottom = 2 * depth, 2 * depth, 2 * (width - depth) - 1, 2 * (height - depth) - 1
    radius = min(2 * radius, (right - left) // 2, (bottom - top) // 2)
    cv2.rectangle(mask, (left + radius, top), (right - radius, bottom), 255, cv2.FILLED)
    cv2.rectangle(mask, (left, top + radius), (right, bottom - radius), 255, cv2.FILLED)
    for x in (left + radius, right - radius):
        for y in (top + radius, bottom - radius):
            cv2.circle(mask, (x, y), radius, 255, cv2.FILLED)
    smooth = cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(255 - smooth, dtype=np.uint8)


def _distance_in(height: int, width: int, sides: tuple[int, ...]) -> npt.NDArray[np.float32]:
    """Return how far each pixel lies from the nearest of these sides."""
    columns, rows = np.arange(width, dtype=np.float32)[None], np.arange(height, dtype=np.float32)[:, None]
    far = (columns, rows, width - 1 - columns, height - 1 - rows)
    nearest = np.min([np.broadcast_to(far[side], (height, width)) for side in sides], axis=0)
    return np.asarray(nearest, dtype=np.float32)


def _grown(rng: np.random.Generator, height: int, width: int, size: float) -> npt.NDArray[np.float32]:
    """Return smooth noise of mean 0 and deviation 1, its blobs about ``size`` pixels wide."""
    small = rng.normal(0, 1, (max(3, round(height / size)), max(3, round(width / size)))).astype(np.float32)
    grown = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(grown / max(float(grown.std()), 1e-3), dtype=np.float32)


def _visible(rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Return a colour that is not a page's."""
    while True:
        colour = random_colour(rng)
        if colour.min() < 215:
            return colour


def _paper(height: int, width: int, rng: np.random.Generator, assets: Assets) -> Image:
    """Return a sheet: one colour, a gradient or a texture; never a page's white."""
    kind = rng.random()
    if kind < 0.55:
        return flat(_visible(rng), height, width)
    if kind < 0.7:
        first, second = (_visible(rng).astype(np.float32) for _ in range(2))
        share = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
        return np.ascontiguousarray(
            np.broadcast_to(first + share * (second - first), (height, width, 3)).astype(np.uint8)
        )
    texture = assets.pixels(assets.random("textures", rng))[..., :3]
    sheet = covering(texture, width, height)
    return sheet if sheet.mean() < 215 else (sheet * 0.75).astype(np.uint8)
