"""Tablets, laptops and keys."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.datasets.drawing.negatives.devices.screens import (
    insert_screen,
    shell_colour,
    television_sprite,
)
from framejudge.datasets.drawing.negatives.props import Props
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products.canvas import (
    Sprite,
    fill_polygon,
    fill_rounded,
    over,
    polygon_mask,
    rounded_rectangle,
    solid,
    sprite_of,
)
from framejudge.datasets.drawing.products.colours import (
    Colour,
    any_colour,
    chance,
    contrasting,
    dark_colour,
    light_colour,
    metal_colour,
    scaled,
)
from framejudge.datasets.drawing.products.surfaces import panel


def tablet_sprite(rng: np.random.Generator, props: Props, side: int) -> Sprite:
    """Return a tablet or an e-reader; upright."""
    height, width = side, round(side * rng.uniform(0.62, 0.8))
    shell = dark_colour(rng) if chance(rng, 0.6) else light_colour(rng)
    rim = metal_colour(rng) if chance(rng, 0.6) else shell
    body = panel(rng, height, width, rim)
    radius = width * rng.uniform(0.025, 0.08)
    mask = polygon_mask(height, width, rounded_rectangle(0, 0, width, height, radius))
    edge = max(1.0, width * rng.uniform(0.004, 0.02))
    fill_rounded(body, (edge, edge, width - edge, height - edge), radius - edge, shell)
    across, down = width * rng.uniform(0.025, 0.11), width * rng.uniform(0.03, 0.17)
    insert_screen(
        rng, props, body, (across, down, width - across, height - down), rng.choice((0.0, radius * 0.6))
    )
    ink = contrasting(rng, shell)
    if down > width * 0.07 and chance(rng, 0.75):
        cv2.circle(
            body,
            (width // 2, int(height - down / 2)),
            max(2, int(down * 0.27)),
            scaled(ink, 0.7),
            max(1, width // 130),
            cv2.LINE_AA,
        )
    cv2.circle(body, (width // 2, int(down / 2)), max(1, width // 110), scaled(ink, 0.5), -1, cv2.LINE_AA)
    return sprite_of(body, mask)


def laptop_sprite(rng: np.random.Generator, props: Props, size: int) -> Sprite:
    """Return an open laptop, seen from the front."""
    lid = television_sprite(rng, props, round(size * 0.86), aspect=rng.uniform(1.45, 1.75), stand=False)
    rows, columns = lid.shape[:2]
    deck_rows = round(rows * rng.choice((0.05, rng.uniform(0.25, 0.7))))
    spread = round(columns * rng.uniform(0.03, 0.09))
    width = columns + 2 * spread
    shell = metal_colour(rng) if chance(rng, 0.7) else shell_colour(rng)
    body = solid(rows + deck_rows, width, shell)
    mask = np.zeros((rows + deck_rows, width), np.uint8)
    body[:rows, spread : spread + columns] = lid[..., :3]
    mask[:rows, spread : spread + columns] = lid[..., 3]
    deck = np.array(
        [(spread, rows), (width - spread, rows), (width, rows + deck_rows), (0, rows + deck_rows)], np.float64
    )
    fill_polygon(mask, deck, 255)
    if deck_rows > rows * 0.15:
        keys = keys_image(rng, round(deck_rows * 0.55), columns, scaled(shell, 0.9))
        pixels, cover = _on_deck(keys, deck, mask.shape)
        body = over(body, pixels, cover)
        pad = (width * 0.4, rows + deck_rows * 0.66, width * 0.6, rows + deck_rows * 0.95)
        fill_rounded(body, pad, 3, scaled(shell, rng.choice((0.85, 1.1))))
    return sprite_of(body, mask)


def _on_deck(
    keys: Image, deck: npt.NDArray[np.float64], shape: tuple[int, ...]
) -> tuple[Image, npt.NDArray[np.uint8]]:
    """Return the keyboard's pixels and coverage, laid in perspective on the upper part of the deck."""
    height, width = keys.shape[:2]
    source = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    top_left, top_right, bottom_right, bottom_left = deck
    inner = np.array([
        top_left + (bottom_left - top_left) * 0.06 + (top_right - top_left) * 0.06,
        top_right + (bottom_right - top_right) * 0.06 - (top_right - top_left) * 0.06,
        top_right + (bottom_right - top_right) * 0.62 - (top_right - top_left) * 0.06,
        top_left + (bottom_left - top_left) * 0.62 + (top_right - top_left) * 0.06,
    ], np.float32)  # fmt: skip
    matrix = cv2.getPerspectiveTransform(source, inner)
    size = (shape[1], shape[0])
    pixels = np.asarray(cv2.warpPerspective(keys, matrix, size), np.uint8)
    cover = np.asarray(cv2.warpPerspective(np.full((height, width), 255, np.uint8), matrix, size), np.uint8)
    return pixels, cover


def keys_image(rng: np.random.Generator, height: int, width: int, shell: Colour) -> Image:
    """Return rows of keys on a plate of this colour."""
    image = solid(height, width, shell)
    key_colour = (
        dark_colour(rng) if chance(rng, 0.5) else light_colour(rng) if chance(rng, 0.7) else any_colour(rng)
    )
    accent = any_colour(rng)
    rows = int(rng.integers(4, 7))
    columns = max(6, round(rows * width / height))
    tall, wide = height / (rows + 0.4), width / (columns + 0.4)
    gap = min(tall, wide) * rng.uniform(0.06, 0.2)
    ink = contrasting(rng, key_colour)
    for row in range(rows):
        column = 0.0
        while column < columns - 0.2:
            span = min(
                float(rng.choice((1, 1, 1, 1, 1.5, 2))) if row < rows - 1 else float(rng.choice((1, 1.5, 5))),
                columns - column,
            )
            left, top = wide * (column + 0.2) + gap / 2, tall * (row + 0.2) + gap / 2
            box = (left, top, left + wide * span - gap, top + tall - gap)
            fill_rounded(image, box, gap, accent if chance(rng, 0.04) else key_colour)
            if tall > 9:
                cv2.circle(image, (int(left + wide * 0.3), int(top + tall * 0.35)), 1, ink, -1)
            column += span
    return image
