"""Books, cards, posters and notebooks."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.datasets.drawing.negatives.packaging import printed_face
from framejudge.datasets.drawing.negatives.props import Props, wall
from framejudge.datasets.drawing.negatives.registry import negative
from framejudge.datasets.drawing.negatives.staging import Pose, Solid, stage, stage_solid
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products.canvas import (
    Sprite,
    fill_polygon,
    fill_rounded,
    lit,
    opaque,
    polygon_mask,
    quarter_turned,
    rounded_rectangle,
    solid,
    sprite_of,
)
from framejudge.datasets.drawing.products.colours import (
    Colour,
    any_colour,
    chance,
    contrasting,
    light_colour,
    metal_colour,
    mixed,
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
from framejudge.datasets.drawing.products.surfaces import covered


def cover_face(rng: np.random.Generator, props: Props, height: int, width: int) -> Image:
    """Return a book's cover: a picture or a pattern, title and author, sometimes a printed border."""
    colour = any_colour(rng)
    image = props.picture(rng, height, width) if chance(rng, 0.45) else covered(rng, height, width, colour)
    ink = contrasting(rng, (int(image[..., 0].mean()), int(image[..., 1].mean()), int(image[..., 2].mean())))
    if chance(rng, 0.35):
        inset = width * rng.uniform(0.02, 0.08)
        corner = (round(inset), round(inset))
        cv2.rectangle(
            image,
            corner,
            (width - corner[0], height - corner[1]),
            ink,
            max(1, round(width * rng.uniform(0.004, 0.03))),
        )
    font = any_font(rng)
    y = height * rng.uniform(0.08, 0.3)
    if chance(rng, 0.35):
        panel = any_colour(rng)
        cv2.rectangle(
            image,
            (0 if chance(rng, 0.5) else width // 8, int(y * 0.9)),
            (width - (0 if chance(rng, 0.5) else width // 8), int(y + height * 0.3)),
            panel,
            -1,
        )
        ink = contrasting(rng, panel)
    for _ in range(int(rng.integers(1, 4))):
        write(image, word(rng), (width * 0.14, y, width * 0.86, y + height * 0.11), ink, font)
        y += height * 0.12
    foot = height * rng.uniform(0.82, 0.9)
    write(image, phrase(rng, 2), (width * 0.2, foot, width * 0.8, foot + height * 0.06), ink, font)
    return image


def page_edges(rng: np.random.Generator, height: int, width: int, *, along: bool) -> Image:
    """Return the edges of a book's pages, lines along or across the rectangle."""
    base = light_colour(rng)
    lines = rng.uniform(0.88, 1.02, height if along else width).astype(np.float32)
    light = np.broadcast_to(lines[:, None] if along else lines[None, :], (height, width))
    return lit(solid(height, width, base), np.ascontiguousarray(light))


@negative("paper")
def book(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A book from a corner: cover, spine or pages, and its top."""
    height, width = size, round(size * rng.uniform(0.55, 0.85))
    depth = rng.uniform(0.06, 0.35)
    deep = max(6, round(width * depth))
    if chance(rng, 0.5):
        spine = any_colour(rng)
        text = solid(deep, height, spine)
        box = (height * 0.1, deep * 0.2, height * 0.8, deep * 0.8)
        write(text, phrase(rng, 2), box, contrasting(rng, spine), any_font(rng))
        side = quarter_turned(text, 3)
    else:
        side = page_edges(rng, height, deep, along=False)
    front = opaque(cover_face(rng, props, height, width))
    return stage_solid(
        rng, Solid(front, opaque(side), opaque(page_edges(rng, deep, width, along=True)), depth), size
    )


@negative("paper")
def book_front(rng: np.random.Generator, props: Props, size: int) -> Image:
    """Books from straight ahead, with the hinge, the pages' edges and a shadow."""
    books = []
    for _ in range(int(rng.choice((1, 1, 1, 2, 3)))):
        height, width = round(size * rng.uniform(0.85, 1)), round(size * rng.uniform(0.55, 0.85))
        pages = max(2, round(width * rng.uniform(0.008, 0.04)))
        body = np.concatenate(
            (cover_face(rng, props, height, width - pages), page_edges(rng, height, pages, along=False)),
            axis=1,
        )
        hinge = width * rng.uniform(0.03, 0.09)
        for x, shade in ((hinge, 0.75), (hinge * 1.15, 1.25), (1.0, 0.8)):
            column = min(width - 1, round(x))
            body[:, column : column + max(1, width // 110)] = np.clip(
                body[:, column : column + max(1, width // 110)].astype(np.float32) * shade, 0, 255
            ).astype(np.uint8)
        mask = np.full((height, width), 255, np.uint8)
        inset = max(1, height // 90) if chance(rng, 0.6) else 0
        mask[:inset, -pages:] = 0
        mask[height - inset :, -pages:] = 0
        books.append(sprite_of(np.ascontiguousarray(body), mask))
    return stage(rng, books, size, Pose(least_margin=0.03, shadow=True, straight_share=0.5))


@negative("paper")
def playing_card(rng: np.random.Generator, props: Props, size: int) -> Image:
    """Playing, trading, gift or bank cards: rounded corners and often a printed border."""
    sprites = [card_sprite(rng, props, size) for _ in range(int(rng.choice((1, 1, 1, 2, 3))))]
    return stage(rng, sprites, size, Pose(least_margin=0.03, shadow=True, straight_share=0.5))


def card_sprite(rng: np.random.Generator, props: Props, side: int) -> Sprite:
    """Return a card with rounded corners."""
    height, width = side, round(side * rng.uniform(0.6, 0.75))
    paper = light_colour(rng) if chance(rng, 0.5) else any_colour(rng)
    body = solid(height, width, paper)
    inset = width * rng.uniform(0.03, 0.1)
    ink = contrasting(rng, paper)
    pick = rng.random()
    if pick < 0.4:
        window = (
            round(inset),
            round(inset * rng.uniform(1, 3)),
            round(width - inset),
            round(height * rng.uniform(0.5, 0.9)),
        )
        body[window[1] : window[3], window[0] : window[2]] = props.picture(
            rng, window[3] - window[1], window[2] - window[0]
        )
        write_lines(
            rng,
            body,
            (inset * 1.5, window[3] + inset, width - inset, height - inset),
            ink,
            int(rng.integers(1, 4)),
        )
        write(
            body,
            word(rng),
            (inset, inset * 0.2, width * 0.6, max(window[1], inset) * 0.95),
            ink,
            any_font(rng),
        )
    elif pick < 0.7:
        body = covered(rng, height, width, paper)
        cv2.rectangle(
            body,
            (round(inset), round(inset)),
            (round(width - inset), round(height - inset)),
            ink,
            max(1, round(width * 0.012)),
        )
        logo(rng, body, width / 2, height / 2, width * rng.uniform(0.12, 0.3), ink)
    else:
        for row in range(int(rng.integers(1, 5))):
            for x in (0.3, 0.7):
                logo(rng, body, width * x, height * (0.2 + 0.2 * row), width * 0.07, ink)
        for x, y in ((0.1, 0.07), (0.9, 0.93)):
            write(
                body,
                str(rng.integers(2, 11)),
                (width * (x - 0.07), height * (y - 0.05), width * (x + 0.07), height * (y + 0.05)),
                ink,
                FONTS[0],
            )
    sprite = sprite_of(
        body,
        polygon_mask(height, width, rounded_rectangle(0, 0, width, height, width * rng.uniform(0.03, 0.09))),
    )
    return quarter_turned(sprite) if chance(rng, 0.3) else sprite


@negative("paper")
def poster(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A poster, print or canvas on a wall, held by tape, pins or a hanger."""
    height, width = size, round(size * rng.uniform(0.6, 0.9))
    paper = light_colour(rng) if chance(rng, 0.6) else any_colour(rng)
    body = solid(height, width, paper)
    across = width * rng.choice((0.0, rng.uniform(0.02, 0.1)))
    top, foot = (
        height * rng.choice((0.0, rng.uniform(0.02, 0.1))),
        height * rng.choice((0.0, rng.uniform(0.05, 0.3))),
    )
    window = (round(across), round(top), round(width - across), round(height - foot))
    body[window[1] : window[3], window[0] : window[2]] = props.picture(
        rng, window[3] - window[1], window[2] - window[0]
    )
    if foot > 10:
        write(
            body,
            phrase(rng, 2),
            (width * 0.15, height - foot * 0.85, width * 0.85, height - foot * 0.2),
            contrasting(rng, paper),
            any_font(rng),
        )
    else:
        write(
            body,
            word(rng),
            (width * 0.1, height * 0.06, width * 0.9, height * 0.25),
            contrasting(rng, any_colour(rng)),
            any_font(rng),
        )
    sprite = _held(rng, body)
    return stage(
        rng,
        [sprite],
        size,
        Pose(least_margin=0.05, most_margin=0.2, shadow=True, straight_share=0.4, cut_share=0.2),
        wall,
    )


def _held(rng: np.random.Generator, body: Image) -> Sprite:
    """Return the sheet with what holds it on the wall, which reaches beyond its outline."""
    height, width = body.shape[:2]
    pad = round(width * 0.05)
    canvas = np.pad(body, ((pad, pad), (pad, pad), (0, 0)), mode="edge")
    mask = np.zeros(canvas.shape[:2], np.uint8)
    bend = (
        np.array([0.0, rng.uniform(0, 0.6), 0.0, rng.uniform(0, 0.6)]) * pad
        if chance(rng, 0.3)
        else np.zeros(4)
    )
    outline = np.array(
        [
            (0, 0),
            (width / 2, bend[0]),
            (width, 0),
            (width - bend[1], height / 2),
            (width, height),
            (width / 2, height - bend[2]),
            (0, height),
            (bend[3], height / 2),
        ]
    )
    fill_polygon(mask, outline + pad, 255)
    pick = rng.random()
    if pick < 0.35:
        colour = mixed(light_colour(rng), any_colour(rng), 0.3)
        for x, y in ((0, 0), (width, 0), (0, height), (width, height)):
            turn = 45.0 if (x == 0) != (y == 0) else -45.0
            strip = cv2.boxPoints(((x + pad, y + pad), (pad * 2.2, pad * 0.9), turn + rng.uniform(-15, 15)))
            fill_polygon(canvas, strip, colour)
            fill_polygon(mask, strip, 225)
    elif pick < 0.65:
        colour = any_colour(rng)
        for x in (0.04, 0.96):
            cv2.circle(
                canvas,
                (round(width * x) + pad, round(height * 0.03) + pad),
                max(2, pad // 2),
                colour,
                -1,
                cv2.LINE_AA,
            )
    else:
        bar = metal_colour(rng)
        for y in (pad, height + pad):
            box = (pad * 0.4, y - pad * 0.35, width + pad * 1.6, y + pad * 0.35)
            fill_rounded(canvas, box, pad * 0.2, bar)
            fill_rounded(mask, box, pad * 0.2, 255)
    return sprite_of(canvas, mask)


@negative("paper")
def notebook(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A notebook or calendar with its spiral, or sheets of text."""
    height, width = size, round(size * rng.uniform(0.65, 0.95))
    pad = round(height * 0.035)
    paper = light_colour(rng) if chance(rng, 0.5) else any_colour(rng)
    body = solid(height, width, paper)
    ink = contrasting(rng, paper)
    pick = rng.random()
    if pick < 0.4:
        body[pad : height // 2] = props.picture(rng, height // 2 - pad, width)
        _calendar(body, (width * 0.06, height * 0.55, width * 0.94, height * 0.95), ink)
    elif pick < 0.75:
        write_lines(
            rng, body, (width * 0.1, height * 0.1, width * 0.9, height * 0.95), ink, int(rng.integers(6, 20))
        )
    else:
        body[pad:] = printed_face(rng, props, height - pad, width, paper)
    mask = np.zeros((height, width), np.uint8)
    fill_rounded(mask, (0, pad, width, height), width * rng.uniform(0, 0.05), 255)
    wire = metal_colour(rng) if chance(rng, 0.6) else (25, 25, 25)
    step = width / rng.uniform(8, 24)
    for x in np.arange(step / 2, width, step):
        hole = (round(float(x)), pad + max(2, pad // 2))
        cv2.circle(body, hole, max(1, pad // 4), scaled(paper, 0.4), -1, cv2.LINE_AA)
        for target, colour in ((body, wire), (mask, (255,))):
            cv2.line(target, (hole[0], 1), hole, colour, max(1, pad // 4), cv2.LINE_AA)
    return stage(rng, [sprite_of(body, mask)], size, Pose(least_margin=0.01, shadow=True))


def _calendar(
    image: npt.NDArray[np.uint8],
    box: tuple[float, float, float, float],
    ink: Colour,
) -> None:
    left, top, right, bottom = box
    for row in range(5):
        for column in range(7):
            x, y = left + (right - left) * column / 7, top + (bottom - top) * row / 5
            write(
                image,
                str(1 + (row * 7 + column) % 31),
                (x + 2, y + 2, x + (right - left) / 7 - 2, y + (bottom - top) / 5 - 2),
                ink,
                FONTS[0],
            )
