"""Plain pictures of the kinds that people reported as taken for framed."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.datasets.drawing.frames.colours import random_colour
from framejudge.datasets.drawing.hands.hand import Composed, ToolHand, Weighted, covering, pick
from framejudge.datasets.drawing.hands.layering import pasted_again, worn
from framejudge.datasets.drawing.hands.words import any_font, number, words, write
from framejudge.datasets.drawing.picture import Image

Levels = npt.NDArray[np.uint8]


def _page(height: int, width: int, rng: np.random.Generator) -> Image:
    """Return a sheet of the page's white, or of a level close to it."""
    level = 255 if rng.random() < 0.75 else int(rng.integers(247, 256))
    return np.full((height, width, 3), level, np.uint8)


def number_on_the_page(ground: Image, rng: np.random.Generator) -> Composed:
    """A picture on the page's white with a number or a few words in the white."""
    height, width = ground.shape[:2]
    margins = [round(min(height, width) * pick(rng, 0.02, 0.12)) for _ in range(4)]
    foot = max(14, round(height * pick(rng, 0.07, 0.22)))
    at_top = rng.random() < 0.25
    margins[1 if at_top else 3] = foot
    sheet = _page(height + margins[1] + margins[3], width + margins[0] + margins[2], rng)
    sheet[margins[1] : margins[1] + height, margins[0] : margins[0] + width] = ground
    text = number(rng) if rng.random() < 0.6 else words(rng)
    x = round(sheet.shape[1] * float(rng.choice((0.5, 0.5, 0.5, 0.15, 0.85))))
    y = foot // 2 if at_top else sheet.shape[0] - foot // 2
    size = max(7, round(min(foot * 0.7, height * pick(rng, 0.03, 0.08))))
    ink = np.full(3, int(rng.integers(0, 110)), np.uint8) if rng.random() < 0.8 else random_colour(rng)
    return Composed(write(sheet, text, (x, y), size, ink, font=any_font(rng)), "number on the page")


def rounded_corners(ground: Image, rng: np.random.Generator) -> Composed:
    """A picture with round corners on the page's white, a few pixels of white around it or none."""
    height, width = ground.shape[:2]
    margin = int(rng.choice((0, 0, 1, 2, 3, 4, 6, 8, 12, 16)))
    radius = round(min(height, width) * rng.uniform(0.03, 0.5 if rng.random() < 0.15 else 0.25))
    mask = np.zeros((height * 4, width * 4), np.uint8)
    left, top, right, bottom = 0, 0, width * 4 - 1, height * 4 - 1
    r = radius * 4
    cv2.rectangle(mask, (left + r, top), (right - r, bottom), 255, cv2.FILLED)
    cv2.rectangle(mask, (left, top + r), (right, bottom - r), 255, cv2.FILLED)
    for x in (left + r, right - r):
        for y in (top + r, bottom - r):
            cv2.circle(mask, (x, y), r, 255, cv2.FILLED)
    share = (
        cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA)[..., None].astype(np.float32) / 255
    )
    sheet = _page(height + 2 * margin, width + 2 * margin, rng)
    inside = sheet[margin : margin + height, margin : margin + width]
    inside[:] = np.round(ground * share + inside * (1 - share)).astype(np.uint8)
    return Composed(sheet, "round corners on white")


def mostly_blank(ground: Image, rng: np.random.Generator) -> Composed:
    """A small picture on a large white page."""
    height, width = ground.shape[:2]
    tall = height if rng.random() < 0.5 else round(height * rng.uniform(1, 1.4))
    sheet = _page(tall, width, rng)
    scale = rng.uniform(0.2, 0.6)
    small = covering(ground, max(8, round(width * scale)), max(8, round(height * scale)))
    rows, columns = small.shape[:2]
    if rng.random() < 0.6:
        top, left = (tall - rows) // 2, (width - columns) // 2
    else:
        top, left = int(rng.integers(0, tall - rows + 1)), int(rng.integers(0, width - columns + 1))
    sheet[top : top + rows, left : left + columns] = small
    return Composed(sheet, "mostly blank page")


def scanner_lid(ground: Image, rng: np.random.Generator) -> Composed:
    """A photo at a corner, or anywhere, on the noisy near-white lid of a scanner."""
    height, width = ground.shape[:2]
    tall, wide = (round(each * rng.uniform(1.05, 1.5)) for each in (height, width))
    lid = rng.normal(rng.uniform(247, 254), rng.uniform(0.5, 3), (tall, wide, 3))
    sheet = np.clip(lid, 240, 255).astype(np.uint8)
    corner = rng.random() < 0.6
    top = int(rng.choice((0, tall - height))) if corner else int(rng.integers(0, tall - height + 1))
    left = int(rng.choice((0, wide - width))) if corner else int(rng.integers(0, wide - width + 1))
    sheet[top : top + height, left : left + width] = ground
    return Composed(sheet, "scanner lid")


def white_bars(ground: Image, rng: np.random.Generator) -> Composed:
    """A narrow or flat picture between bars of the page's white."""
    height, width = ground.shape[:2]
    share = rng.uniform(0.04, 0.35)
    sheet = _page(height, width, rng)
    if rng.random() < 0.6:
        bar = round(width * share)
        sheet[:, bar : width - bar] = covering(ground, width - 2 * bar, height)
    else:
        bar = round(height * share)
        sheet[bar : height - bar] = covering(ground, width, height - 2 * bar)
    return Composed(sheet, "white bars")


def shadow_on_white(ground: Image, rng: np.random.Generator) -> Composed:
    """A picture that casts a soft shadow on the page."""
    height, width = ground.shape[:2]
    margin = max(4, round(min(height, width) * pick(rng, 0.03, 0.12)))
    blur, drop = rng.uniform(1, margin / 2.5), rng.integers(-margin // 4, margin // 3 + 1, 2)
    shade = np.zeros((height + 2 * margin, width + 2 * margin), np.float32)
    top, left = margin + int(drop[0]), margin + int(drop[1])
    shade[top : top + height, left : left + width] = rng.uniform(0.15, 0.6)
    shade = np.asarray(cv2.GaussianBlur(shade, (0, 0), blur), dtype=np.float32)
    sheet = (255 * (1 - shade[..., None] * np.ones(3, np.float32))).astype(np.uint8)
    sheet[margin : margin + height, margin : margin + width] = ground
    return Composed(sheet, "shadow on white")


def words_on_picture(ground: Image, rng: np.random.Generator) -> Composed:
    """Words on the picture itself, near a side, without a band under them."""
    height, width = ground.shape[:2]
    size = round(height * pick(rng, 0.04, 0.13))
    y = round(height * float(rng.choice((0.05, 0.08, 0.5, 0.9, 0.95))))
    return Composed(
        write(ground, words(rng), (width // 2, y), size, random_colour(rng), font=any_font(rng)),
        "words on the picture",
    )


def seam(ground: Image, rng: np.random.Generator) -> Composed:
    """A picture with its own margin pasted on again."""
    return Composed(pasted_again(ground, rng), "seam without a frame")


def as_uploaded(ground: Image, rng: np.random.Generator) -> Composed:
    """A picture as it has gone through other programs."""
    return Composed(worn(ground, rng), "as it is")


_PLAIN = Weighted((
    (number_on_the_page, 2), (rounded_corners, 3), (mostly_blank, 1.5), (scanner_lid, 1.5), (white_bars, 2),
    (shadow_on_white, 1.5), (words_on_picture, 1.5), (seam, 1), (as_uploaded, 1),
))  # fmt: skip
HAND = ToolHand(_PLAIN, _PLAIN)
"""Leaves pictures plain; it frames none."""
