"""Boards for chess, go or a race."""

from __future__ import annotations

import cv2
import numpy as np

from framejudge.datasets.drawing.negatives.trays.rims import blank_body
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products.canvas import (
    Sprite,
    box_around,
    fill_circle,
    fill_rounded,
    sprite_of,
)
from framejudge.datasets.drawing.products.colours import (
    any_colour,
    chance,
    dark_colour,
    light_colour,
    scaled,
    shaded,
    wood_colour,
)
from framejudge.datasets.drawing.products.lettering import write


def game_board(rng: np.random.Generator, size: int) -> Sprite:
    """Return a board for chess, go or a race, with its pieces, a hinge and the names of its squares."""
    side = size
    colour = wood_colour(rng) if chance(rng, 0.6) else any_colour(rng)
    body, mask = blank_body(rng, side, side, colour, (0, 0, side, side), side * rng.uniform(0.01, 0.05))
    rim = side * rng.uniform(0.06, 0.11)
    cells = int(rng.choice((8, 8, 10, 6)))
    step = (side - 2 * rim) / cells
    pale, dark = light_colour(rng) if chance(rng, 0.5) else wood_colour(rng), dark_colour(rng)
    dark = scaled(colour, 0.45) if chance(rng, 0.5) else dark
    lines = chance(rng, 0.3)
    for row in range(cells):
        for column in range(cells):
            left, top = rim + column * step, rim + row * step
            corners = (round(left), round(top)), (round(left + step), round(top + step))
            cv2.rectangle(body, *corners, pale if lines or (row + column) % 2 else dark, -1)
            if lines:
                cv2.rectangle(body, *corners, scaled(pale, 0.4), 1)
    # Pieces stand on the crossings of lines, or in the middle of squares.
    _set_pieces(rng, body, rim if lines else rim + step / 2, step, cells)
    if chance(rng, 0.4):
        middle = side // 2
        cv2.line(body, (0, middle), (side, middle), scaled(colour, 0.35), max(1, side // 150))
        for x in (0.25, 0.75):
            fill_rounded(body, box_around(side * x, middle, step * 0.3, 3), 1, (200, 165, 80))
    if chance(rng, 0.5):
        for index in range(cells):
            at = rim + (index + 0.5) * step
            for x, y, text in ((at, rim / 2, "ABCDEFGHIJ"[index]), (rim / 2, at, str(index + 1))):
                name = box_around(x, y, rim * 0.3, rim * 0.3)
                write(body, text, name, shaded(colour), cv2.FONT_HERSHEY_SIMPLEX)
    return sprite_of(body, mask)


def _set_pieces(rng: np.random.Generator, body: Image, first: float, step: float, cells: int) -> None:
    """Set two teams up in their first rows, or strew them, in place; the first place is at ``first``."""
    teams = any_colour(rng), any_colour(rng)
    set_up = chance(rng, 0.5)
    reach = max(2, round(step * 0.34))
    for row in range(cells):
        for column in range(cells):
            near = row < 2 or row >= cells - 2
            if not (near if set_up else chance(rng, 0.22)):
                continue
            team = teams[int(row > cells / 2) if set_up else int(rng.integers(2))]
            x, y = first + column * step, first + row * step
            fill_circle(body, (x + reach * 0.25, y + reach * 0.3), reach, (25, 22, 20))
            fill_circle(body, (x, y), reach, team)
            ring = max(1, round(reach * 0.55))
            cv2.circle(body, (round(x), round(y)), ring, shaded(team), 1, cv2.LINE_AA)
