"""Draw the contact sheets in docs/images: products, every frame style, every family of hard negatives.

    python docs/contact_sheets.py

Needs no photo. Kinds that are drawn from photos or cut-outs have no sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import cv2
import numpy as np

from framejudge.datasets.drawing.frames import STYLES, draw_frame
from framejudge.datasets.drawing.materials import Materials
from framejudge.datasets.drawing.negatives import KINDS, draw_negative
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products import draw_product

IMAGES = Path(__file__).parent / "images"
GROUND = 150
STYLE_TILE_PX, STYLES_PER_ROW, NAME_PX = 100, 7, 132
NEGATIVE_TILE_PX, NEGATIVES_PER_ROW = 84, 10
PRODUCT_ROWS = 6


def tile(image: Image, side: int) -> Image:
    """Return the picture on a grey square, as large as it fits."""
    height, width = image.shape[:2]
    scale = (side - 6) / max(height, width)
    small = cv2.resize(
        image, (max(1, round(width * scale)), max(1, round(height * scale))), interpolation=cv2.INTER_AREA
    )
    square = np.full((side, side, 3), GROUND, np.uint8)
    top, left = (side - small.shape[0]) // 2, (side - small.shape[1]) // 2
    square[top : top + small.shape[0], left : left + small.shape[1]] = small
    return square


def framed(style: str, number: int) -> Image:
    """Return a drawn product with a frame of this style; products on which none shows are passed over."""
    rng = np.random.default_rng((7, list(STYLES).index(style), number))
    while True:
        picture = draw_frame(
            draw_product(rng, 240), rng, style=style, texture=lambda: Materials().random_texture(rng)
        )
        if picture:
            return picture.image


def named_row(style: str) -> Image:
    """Return one row of a style's frames behind its name and its family's; a star says held out."""
    label = np.full((STYLE_TILE_PX, NAME_PX, 3), 255, np.uint8)
    family = STYLES[style].family + (" *" if STYLES[style].held_out else "")
    for text, y, size, grey in ((style, 48, 0.42, 0), (family, 68, 0.36, 90)):
        cv2.putText(label, text, (4, y), cv2.FONT_HERSHEY_SIMPLEX, size, (grey,) * 3, 1, cv2.LINE_AA)
    tiles = [tile(framed(style, number), STYLE_TILE_PX) for number in range(STYLES_PER_ROW)]
    return np.hstack([label, *tiles])


def style_sheet() -> Image:
    """Return all styles in two columns."""
    rows = [named_row(style) for style in sorted(STYLES, key=lambda name: STYLES[name].held_out)]
    if len(rows) % 2:
        rows.append(np.full_like(rows[0], 255))
    half = len(rows) // 2
    return np.hstack([np.vstack(rows[:half]), np.vstack(rows[half:])])


def products_sheet() -> Image:
    """Return rows of products."""
    numbers = np.arange(PRODUCT_ROWS * NEGATIVES_PER_ROW).reshape(PRODUCT_ROWS, -1)
    return np.vstack(
        [np.hstack([tile(product(number), NEGATIVE_TILE_PX) for number in row]) for row in numbers]
    )


def product(number: int) -> Image:
    """Return a drawn product."""
    return draw_product(np.random.default_rng((7, number)), 2 * NEGATIVE_TILE_PX)


def negatives_sheet(kinds: Sequence[str]) -> Image:
    """Return one row for each kind."""
    return np.vstack(
        [
            np.hstack(
                [
                    tile(draw_negative(kind, np.random.default_rng((7, number))).image, NEGATIVE_TILE_PX)
                    for number in range(NEGATIVES_PER_ROW)
                ]
            )
            for kind in kinds
        ]
    )


def write(image: Image, name: str) -> None:
    """Write a sheet into docs/images."""
    cv2.imwrite(str(IMAGES / name), cv2.cvtColor(image, cv2.COLOR_RGB2BGR), (cv2.IMWRITE_JPEG_QUALITY, 70))


def main() -> None:
    """Draw every sheet."""
    write(products_sheet(), "products.jpg")
    write(style_sheet(), "frame-styles.jpg")
    drawn = sorted((kind for kind in KINDS.values() if kind.needs == "nothing"), key=lambda kind: kind.family)
    for family, kinds in groupby(drawn, key=lambda kind: kind.family):
        write(negatives_sheet([kind.name for kind in kinds]), f"negatives-{family.replace('_', '-')}.jpg")


if __name__ == "__main__":
    main()
