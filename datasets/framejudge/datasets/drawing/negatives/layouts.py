"""Infographics, screenshots, collages and product sheets: boxes inside the picture. Held out of training."""

from __future__ import annotations

import cv2
import numpy as np

from framejudge.datasets.drawing.negatives.props import Props, icons, page
from framejudge.datasets.drawing.negatives.registry import negative
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products.backgrounds import studio
from framejudge.datasets.drawing.products.canvas import fill_rounded, solid
from framejudge.datasets.drawing.products.colours import (
    WHITE,
    any_colour,
    chance,
    colour_at,
    contrasting,
    dark_colour,
    light_colour,
    scaled,
)
from framejudge.datasets.drawing.products.lettering import (
    FONTS,
    any_font,
    logo,
    phrase,
    word,
    write,
    write_lines,
)
from framejudge.datasets.drawing.products.scenes import placed, thumbnail_size
from framejudge.datasets.drawing.products.silhouettes import draw_sprite


@negative("layouts")
def infographic(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A product with headings, arrows, claims and boxes around it."""
    height, width = thumbnail_size(rng, size)
    image = solid(height, width, WHITE) if chance(rng, 0.6) else studio(rng, height, width)
    ink = contrasting(rng, colour_at(image, 2, 2))
    font = any_font(rng)
    write(
        image,
        phrase(rng, int(rng.integers(1, 4))),
        (width * 0.06, height * 0.03, width * 0.94, height * rng.uniform(0.1, 0.17)),
        ink,
        font,
    )
    sprite = draw_sprite(rng, round(size * 0.6))
    image = placed(
        rng, image, sprite, (width * rng.uniform(0.35, 0.65), height * 0.5), rng.uniform(0.35, 0.6)
    )
    for _ in range(int(rng.integers(2, 7))):
        wide, tall = width * rng.uniform(0.15, 0.35), height * rng.uniform(0.06, 0.18)
        left = rng.choice((width * rng.uniform(0.02, 0.1), width * rng.uniform(0.6, 0.8)))
        top = height * rng.uniform(0.2, 0.8)
        colour = any_colour(rng) if chance(rng, 0.7) else light_colour(rng)
        box = (left, top, min(left + wide, width * 0.98), top + tall)
        pick = rng.random()
        if pick < 0.5:
            fill_rounded(image, box, tall * rng.choice((0.0, 0.2, 0.5)), colour)
            write_lines(
                rng,
                image,
                (box[0] + tall * 0.2, box[1] + tall * 0.15, box[2] - tall * 0.2, box[3] - tall * 0.1),
                contrasting(rng, colour),
                int(rng.integers(1, 4)),
            )
        elif pick < 0.75:
            logo(rng, image, left + tall / 2, top + tall / 2, tall * 0.45, colour)
            write_lines(rng, image, (left + tall * 1.1, top, box[2], box[3]), ink, 2)
        else:
            end = (round(width * rng.uniform(0.35, 0.65)), round(height * rng.uniform(0.35, 0.65)))
            cv2.arrowedLine(
                image,
                (round(box[0] + wide / 2), round(top)),
                end,
                colour,
                max(1, size // 130),
                cv2.LINE_AA,
                tipLength=0.08,
            )
            write(image, word(rng), (left, top, box[2], top + tall * 0.5), ink, font)
    return image


@negative("layouts")
def specification(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A table of sizes or contents: ruled rows and columns."""
    height, width = thumbnail_size(rng, size)
    paper = WHITE if chance(rng, 0.6) else light_colour(rng)
    image = solid(height, width, paper)
    ink = contrasting(rng, paper)
    rows, columns = int(rng.integers(3, 10)), int(rng.integers(2, 6))
    left, top = width * rng.uniform(0.03, 0.1), height * rng.uniform(0.12, 0.3)
    right, bottom = width - width * rng.uniform(0.03, 0.1), height * rng.uniform(0.7, 0.96)
    write(image, phrase(rng, 2), (left, height * 0.03, right, top * 0.85), ink, any_font(rng))
    tall, wide = (bottom - top) / rows, (right - left) / columns
    shade = any_colour(rng)
    for row in range(rows):
        y = top + tall * row
        if row == 0 or (row % 2 and chance(rng, 0.6)):
            cv2.rectangle(
                image,
                (int(left), int(y)),
                (int(right), int(y + tall)),
                shade if row == 0 else scaled(paper, 0.92),
                -1,
            )
        for column in range(columns):
            x = left + wide * column
            write(
                image,
                word(rng),
                (x + wide * 0.1, y + tall * 0.2, x + wide * 0.9, y + tall * 0.8),
                contrasting(rng, shade) if row == 0 else ink,
                FONTS[0],
            )
        cv2.line(image, (int(left), int(y)), (int(right), int(y)), scaled(ink, 0.8), 1)
    for column in range(columns + 1):
        x = int(left + wide * column)
        cv2.line(image, (x, int(top)), (x, int(bottom)), scaled(ink, 0.8), 1)
    return image


@negative("layouts")
def screenshot(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A screen's contents: tool bars, side bars, text, a phone's rows of icons."""
    if chance(rng, 0.35):
        height, width = size, round(size * rng.uniform(0.46, 0.7))
        image = (
            icons(rng, props.picture(rng, height, width)) if chance(rng, 0.5) else page(rng, height, width)
        )
        write(image, word(rng), (width * 0.03, 1, width * 0.2, height * 0.03), WHITE, FONTS[0])
        return image
    height, width = round(size * rng.uniform(0.55, 0.85)), size
    image = page(rng, height, width)
    bar = round(height * rng.uniform(0.05, 0.12))
    colour = light_colour(rng) if chance(rng, 0.6) else dark_colour(rng)
    cv2.rectangle(image, (0, 0), (width, bar), colour, -1)
    for index, light in enumerate(((237, 106, 94), (245, 191, 79), (98, 197, 84))):
        cv2.circle(
            image, (round(bar * (0.5 + 0.55 * index)), bar // 2), max(1, bar // 6), light, -1, cv2.LINE_AA
        )
    fill_rounded(image, (width * 0.2, bar * 0.2, width * 0.8, bar * 0.8), bar * 0.3, scaled(colour, 0.93))
    write(
        image,
        phrase(rng, 2),
        (width * 0.23, bar * 0.25, width * 0.6, bar * 0.75),
        contrasting(rng, colour),
        FONTS[0],
    )
    if chance(rng, 0.6):
        side = round(width * rng.uniform(0.12, 0.28))
        panel = scaled(colour, 0.96)
        cv2.rectangle(image, (0, bar), (side, height), panel, -1)
        write_lines(
            rng,
            image,
            (side * 0.12, bar * 1.5, side * 0.9, height * 0.8),
            contrasting(rng, panel),
            int(rng.integers(4, 10)),
        )
    if chance(rng, 0.6):
        left, top = round(width * rng.uniform(0.3, 0.5)), round(height * rng.uniform(0.2, 0.4))
        right, bottom = round(width * rng.uniform(0.6, 0.97)), round(height * rng.uniform(0.55, 0.95))
        image[top:bottom, left:right] = props.picture(rng, bottom - top, right - left)
    return image


@negative("layouts")
def collage(rng: np.random.Generator, props: Props, size: int) -> Image:
    """Several pictures in a grid, up to the image's sides."""
    height, width = thumbnail_size(rng, size)
    rows, columns = int(rng.integers(1, 4)), int(rng.integers(1, 4))
    if rows * columns == 1:
        columns = 2
    gap = round(size * rng.choice((0.0, rng.uniform(0.005, 0.03))))
    image = solid(height, width, WHITE)
    for row in range(rows):
        for column in range(columns):
            top, left = round(height * row / rows), round(width * column / columns)
            bottom = round(height * (row + 1) / rows) - (gap if row < rows - 1 else 0)
            right = round(width * (column + 1) / columns) - (gap if column < columns - 1 else 0)
            image[top:bottom, left:right] = props.picture(rng, bottom - top, right - left)
    return image
