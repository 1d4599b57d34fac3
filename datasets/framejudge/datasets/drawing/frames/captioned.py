"""Bands with something written on them: a caption, a price in a pill, badges."""

from __future__ import annotations

import cv2
import numpy as np

from framejudge.datasets.drawing.frames.colours import Colour, flat, random_colour, random_palette
from framejudge.datasets.drawing.frames.layout import SIDES, Layout, Limits
from framejudge.datasets.drawing.frames.registry import Band, Scene, style
from framejudge.datasets.drawing.picture import Image

_FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_PLAIN, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, cv2.FONT_HERSHEY_COMPLEX | cv2.FONT_ITALIC,
)  # fmt: skip
_WORDS = (
    "SALE", "NEW", "Free shipping", "BEST PRICE", "2 year warranty", "original", "Top seller", "-30%",
    "ONLY TODAY", "Limited", "24h", "HIT", "official store", "1+1", "PROMO", "quality", "In stock",
    "Made in EU", "No. 1", "outlet",
)  # fmt: skip


@style("caption", limits=Limits(thinnest=0.06, sides=((1, 0.8), (2, 0.2)), inset=0.12, rounded=0.0))
def caption(scene: Scene, rng: np.random.Generator) -> Band:
    """A strip with words on it, along one side or two."""
    return Band(_written(rng, _ground(scene, rng), scene.layout), scene.mask)


@style("caption", limits=Limits(thinnest=0.012, thickest=0.06, sides=((4, 1.0),), inset=0.1))
def captioned_frame(scene: Scene, rng: np.random.Generator) -> Band:
    """A frame all around with a label that sits on one of its sides."""
    fill, alpha = _ground(scene, rng), scene.mask.copy()
    height, width = scene.mask.shape
    tall = round(height * rng.uniform(0.06, 0.12))
    wide = round(width * rng.uniform(0.3, 0.75))
    left = int(rng.integers(0, width - wide + 1)) if rng.random() < 0.5 else (width - wide) // 2
    inner = scene.layout.content
    top = inner.top if rng.random() < 0.4 else inner.bottom - tall
    fill[top : top + tall, left : left + wide] = fill[0, 0] if rng.random() < 0.5 else random_colour(rng)
    alpha[top : top + tall, left : left + wide] = 255
    _write(fill, _text(rng), left, top, wide, tall, rng)
    return Band(fill, alpha)


@style("badges", limits=Limits(thinnest=0.012, thickest=0.13, inset=0.12))
def badges(scene: Scene, rng: np.random.Generator) -> Band:
    """A band with pills, discs or ribbons on it that reach into the picture."""
    fill, alpha = _ground(scene, rng), scene.mask.copy()
    height, width = scene.mask.shape
    for _ in range(int(rng.integers(1, 4))):
        side = rng.choice([index for index, thickness in enumerate(scene.layout.band) if thickness])
        x, y = _point_on(scene.layout, int(side), rng)
        tall = round(min(height, width) * rng.uniform(0.06, 0.16))
        wide = tall if rng.random() < 0.35 else round(tall * rng.uniform(1.6, 3.2))
        colour = random_colour(rng)
        left = int(np.clip(x - wide // 2, 0, width - wide))
        top = int(np.clip(y - tall // 2, 0, height - tall))
        for canvas, value in ((fill, tuple(int(c) for c in colour)), (alpha, 255)):
            _pill(canvas, left, top, wide, tall, value)
        _write(fill, _text(rng), left, top, wide, tall, rng)
    return Band(fill, alpha)


def _ground(scene: Scene, rng: np.random.Generator) -> Image:
    """Return the band's colour under the words: even, or running from one colour to another."""
    height, width = scene.mask.shape
    if rng.random() < 0.7:
        return flat(random_colour(rng), height, width)
    first, second = random_palette(rng, 2).astype(np.float32)
    share = np.linspace(0, 1, width, dtype=np.float32)[:, None]
    row = (first + share * (second - first)).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(row, (height, width, 3)))


def _written(rng: np.random.Generator, fill: Image, layout: Layout) -> Image:
    """Return the fill with words, pills or both on each of the layout's sides."""
    left, top, right, bottom = layout.outer
    for side in layout.sides:
        index = SIDES.index(side)
        thickness = layout.band[index]
        upright = index % 2 == 0
        length = bottom - top if upright else right - left
        strip = np.empty((thickness, length, 3), np.uint8)
        area = (
            slice(top, bottom)
            if upright
            else slice(top, top + thickness)
            if index == 1
            else slice(bottom - thickness, bottom),
            slice(left, left + thickness)
            if index == 0
            else slice(right - thickness, right)
            if index == 2
            else slice(left, right),
        )
        strip[:] = np.rot90(fill[area]) if upright else fill[area]
        _fill_strip(strip, rng)
        fill[area] = np.rot90(strip, -1) if upright else strip
    return fill


def _fill_strip(strip: Image, rng: np.random.Generator) -> None:
    tall, length = strip.shape[:2]
    x = round(length * rng.uniform(0.0, 0.15))
    while x < length * 0.9:
        wide = min(length - x, round(tall * rng.uniform(2, 7)))
        if wide < tall:
            return
        if rng.random() < 0.3:
            colour = tuple(int(c) for c in random_colour(rng))
            _pill(strip, x, round(tall * 0.12), wide, max(3, round(tall * 0.76)), colour)
        _write(strip, _text(rng), x, 0, wide, tall, rng)
        x += wide + round(tall * rng.uniform(0.1, 2.5))
        if rng.random() < 0.35:
            return


def _text(rng: np.random.Generator) -> str:
    if rng.random() < 0.35:
        before, after = rng.choice(("", "$", "EUR ", "zl ")), rng.choice(("", ".99", ",-", "%"))
        return f"{before}{int(rng.integers(1, 2000))}{after}"
    return " ".join(rng.choice(_WORDS, int(rng.integers(1, 3))))


def _write(
    canvas: Image, text: str, left: int, top: int, wide: int, tall: int, rng: np.random.Generator
) -> None:
    """Write a text into a rectangle, as large as it fits, in a colour that can be read there."""
    font = _FONTS[int(rng.integers(len(_FONTS)))]
    weight = int(rng.integers(1, 3))
    (text_width, text_height), _ = cv2.getTextSize(text, font, 1.0, weight)
    scale = min(wide * 0.9 / text_width, tall * rng.uniform(0.45, 0.75) / text_height)
    if scale < 0.12:
        return
    x = left + round((wide - text_width * scale) / 2)
    y = top + round((tall + text_height * scale) / 2)
    under = canvas[top : top + tall, left : left + wide].reshape(-1, 3).mean(axis=0)
    cv2.putText(canvas, text, (x, y), font, scale, _readable_on(under, rng), weight, cv2.LINE_AA)


def _readable_on(ground: np.ndarray, rng: np.random.Generator) -> tuple[int, int, int]:
    colour: Colour = random_colour(rng)
    if np.abs(colour - ground).max() < 90:
        colour = np.full(3, 0 if ground.mean() > 127 else 255, np.uint8)
    return int(colour[0]), int(colour[1]), int(colour[2])


def _pill(
    canvas: np.ndarray, left: int, top: int, wide: int, tall: int, value: tuple[int, ...] | int
) -> None:
    radius = max(1, min(wide, tall) // 2)
    y, first, last = top + radius, left + radius, left + wide - radius
    cv2.rectangle(canvas, (first, top), (max(first, last), top + 2 * radius), value, -1)
    cv2.circle(canvas, (first, y), radius, value, -1, cv2.LINE_AA)
    cv2.circle(canvas, (max(first, last), y), radius, value, -1, cv2.LINE_AA)


def _point_on(layout: Layout, side: int, rng: np.random.Generator) -> tuple[int, int]:
    """Return a point of the side's strip, or of its inner edge."""
    left, top, right, bottom = layout.outer
    depth = round(layout.band[side] * rng.uniform(0.5, 1.0))
    x, y = int(rng.integers(left, right)), int(rng.integers(top, bottom))
    return ((left + depth, y), (x, top + depth), (right - depth, y), (x, bottom - depth))[side]
