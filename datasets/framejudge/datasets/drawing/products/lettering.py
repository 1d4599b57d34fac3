"""Words, logos, price tags and bar codes: what is printed on products and beside them."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.datasets.drawing.products.canvas import fill_polygon, fill_rounded
from framejudge.datasets.drawing.products.colours import BLACK, WHITE, Colour, any_colour, chance

FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_PLAIN,
)
_SYLLABLES = tuple(
    (  # noqa: SIM905  (easier to read than thirty quoted strings)
        "ba bel co dan el fi gor ha in jo ka lum mi no or pa qui ra sol ta ur vel wa xi yo zen"
    ).split()
)


def any_font(rng: np.random.Generator) -> int:
    """Draw one of `FONTS`."""
    return FONTS[int(rng.integers(len(FONTS)))]


def word(rng: np.random.Generator) -> str:
    """Return a made-up word, sometimes a number or a price."""
    pick = rng.random()
    if pick < 0.12:
        return f"{rng.integers(1, 200)}.{rng.integers(0, 100):02d}"
    if pick < 0.2:
        return f"{rng.integers(1, 2000)}{rng.choice(('', 'mm', 'GB', 'W', '%', 'ml'))}"
    text = "".join(rng.choice(_SYLLABLES, int(rng.integers(1, 4))))
    style = rng.random()
    return text.upper() if style < 0.4 else text.capitalize() if style < 0.8 else text


def phrase(rng: np.random.Generator, words: int) -> str:
    """Return so many made-up words."""
    return " ".join(word(rng) for _ in range(words))


def write(
    image: npt.NDArray[np.uint8],
    text: str,
    box: tuple[float, float, float, float],
    colour: Colour,
    font: int,
    *,
    centred: bool = True,
) -> None:
    """Write one line as large as the box (left, top, right, bottom) allows, in place."""
    left, top, right, bottom = box
    if right - left < 3 or bottom - top < 3:
        return
    (text_width, text_height), _ = cv2.getTextSize(text, font, 1.0, 1)
    scale = min((right - left) / max(text_width, 1), (bottom - top) / max(text_height * 1.25, 1))
    thickness = max(1, round(scale * 1.6))
    x = (left + right - text_width * scale) / 2 if centred else left
    y = (top + bottom + text_height * scale) / 2
    cv2.putText(image, text, (round(x), round(y)), font, scale, colour, thickness, cv2.LINE_AA)


def write_lines(
    rng: np.random.Generator,
    image: npt.NDArray[np.uint8],
    box: tuple[float, float, float, float],
    colour: Colour,
    lines: int,
) -> None:
    """Write a paragraph of left-aligned lines of uneven length, in place."""
    left, top, right, bottom = box
    step = (bottom - top) / max(lines, 1)
    font = any_font(rng)
    small = step < 5
    for index in range(lines):
        end = left + (right - left) * rng.uniform(0.5, 1.0)
        y = top + index * step
        if small:
            cv2.line(
                image, (int(left), int(y + step / 2)), (int(end), int(y + step / 2)), colour, 1, cv2.LINE_AA
            )
        else:
            write(
                image,
                phrase(rng, int(rng.integers(1, 4))),
                (left, y, end, y + step * 0.7),
                colour,
                font,
                centred=False,
            )


def logo(
    rng: np.random.Generator, image: npt.NDArray[np.uint8], x: float, y: float, radius: float, colour: Colour
) -> None:
    """Draw an emblem of about this radius, in place."""
    pick = int(rng.integers(0, 4))
    centre = (round(x), round(y))
    if pick == 0:
        cv2.circle(image, centre, max(1, round(radius)), colour, max(1, round(radius * 0.2)), cv2.LINE_AA)
    elif pick == 1:
        turns = np.linspace(0, 2 * np.pi, 2 * int(rng.integers(3, 8)), endpoint=False)
        reach = radius * np.where(np.arange(len(turns)) % 2, rng.uniform(0.3, 0.7), 1.0)
        fill_polygon(image, np.column_stack((x + reach * np.cos(turns), y + reach * np.sin(turns))), colour)
    elif pick == 2:
        cv2.ellipse(
            image,
            centre,
            (max(1, round(radius)), max(1, round(radius * 0.5))),
            rng.uniform(0, 180),
            0,
            360,
            colour,
            -1,
            cv2.LINE_AA,
        )
    else:
        write(
            image,
            word(rng)[:6],
            (x - radius, y - radius * 0.5, x + radius, y + radius * 0.5),
            colour,
            any_font(rng),
        )


def bar_code(
    rng: np.random.Generator, image: npt.NDArray[np.uint8], box: tuple[float, float, float, float]
) -> None:
    """Draw a bar code on a white patch, in place."""
    left, top, right, bottom = (round(edge) for edge in box)
    if right - left < 6 or bottom - top < 4:
        return
    cv2.rectangle(image, (left, top), (right, bottom), WHITE, -1)
    bars = rng.random(right - left - 3) < 0.5
    for column in np.flatnonzero(bars):
        cv2.line(image, (left + 2 + int(column), top + 1), (left + 2 + int(column), bottom - 2), BLACK, 1)


def pill(rng: np.random.Generator, image: npt.NDArray[np.uint8], height: int, width: int) -> None:
    """Draw a small badge or a word, somewhere towards a corner, in place: no band, just an imprint."""
    extent = min(height, width)
    tall = extent * rng.uniform(0.05, 0.12)
    wide = tall * rng.uniform(1.8, 4.5)
    left = rng.choice((rng.uniform(0.02, 0.1) * width, width - wide - rng.uniform(0.02, 0.1) * width))
    top = rng.choice((rng.uniform(0.02, 0.12) * height, height - tall - rng.uniform(0.02, 0.12) * height))
    box = (left, top, left + wide, top + tall)
    colour = any_colour(rng)
    if chance(rng, 0.5):
        fill_rounded(image, box, tall * rng.choice((0.0, 0.2, 0.5)), colour)
        colour = WHITE if sum(colour) < 420 else BLACK
    write(
        image,
        word(rng),
        (left + wide * 0.1, top + tall * 0.15, left + wide * 0.9, top + tall * 0.85),
        colour,
        any_font(rng),
    )
