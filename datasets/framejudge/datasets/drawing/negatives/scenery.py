"""Places with straight edges: shelves, tiles, tables, curtains, panelled walls; and shadows and vignettes."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np

from framejudge.datasets.drawing.negatives.props import Props
from framejudge.datasets.drawing.negatives.registry import negative
from framejudge.datasets.drawing.negatives.staging import Pose, stage
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products.backgrounds import background, goods_on_shelves, room
from framejudge.datasets.drawing.products.canvas import (
    blurred,
    faded,
    lit,
    over,
    polygon_mask,
    quarter_turned,
    resized,
    rounded_rectangle,
    shifted,
    solid,
    sprite_of,
)
from framejudge.datasets.drawing.products.colours import (
    BLACK,
    WHITE,
    any_colour,
    chance,
    colour_at,
    dark_colour,
    light_colour,
    scaled,
    wood_colour,
)
from framejudge.datasets.drawing.products.lettering import any_font, logo, phrase, word, write
from framejudge.datasets.drawing.products.scenes import (
    draw_product,
    photographed,
    placed,
    stood,
    thumbnail_size,
)
from framejudge.datasets.drawing.products.silhouettes import draw_sprite
from framejudge.datasets.drawing.products.surfaces import covered, grain, noise, ramp, textured


@negative("scenery")
def shelf(rng: np.random.Generator, props: Props, size: int) -> Image:
    """Boards with goods on them; the boards run along the picture."""
    height, width = thumbnail_size(rng, size)
    if chance(rng, 0.4):
        return photographed(rng, goods_on_shelves(rng, height, width))
    wood = wood_colour(rng) if chance(rng, 0.6) else light_colour(rng)
    scene = covered(rng, height, width, scaled(wood, rng.uniform(0.5, 1.2)))
    rows = int(rng.integers(1, 4))
    step = height / rows
    for row in range(rows):
        floor = step * (row + rng.uniform(0.86, 0.95))
        for _ in range(int(rng.integers(1, 4))):
            sprite = draw_sprite(rng, max(24, round(step * 0.8)))
            tall = step * rng.uniform(0.4, 0.75)
            scene = stood(rng, scene, sprite, (width * rng.uniform(0.1, 0.9), floor), tall)
        thick = max(2, round(height * rng.uniform(0.02, 0.06)))
        board = covered(rng, thick, width, wood)
        bottom = min(height, round(floor) + thick)
        scene[round(floor) : bottom] = board[: max(0, bottom - round(floor))]
        shade = min(height, bottom + thick)
        scene[bottom:shade] = (scene[bottom:shade] * 0.7).astype(np.uint8)
    lean = rng.uniform(-0.03, 0.03)
    shear = np.array(
        [[1.04, lean, -0.02 * width], [lean * rng.uniform(-1, 1), 1.04, -0.02 * height]], np.float32
    )
    return photographed(
        rng, cast("Image", cv2.warpAffine(scene, shear, (width, height), borderMode=cv2.BORDER_REPLICATE))
    )


@negative("scenery")
def tiles(rng: np.random.Generator, props: Props, size: int) -> Image:
    """Tiles, bricks or a grid behind a product; the joints run along the picture's sides."""
    height, width = thumbnail_size(rng, size)
    scene = covered(rng, height, width)
    joint = any_colour(rng) if chance(rng, 0.4) else light_colour(rng)
    thick = max(1, round(size * rng.uniform(0.004, 0.02)))
    tall, wide = size / rng.uniform(1.5, 8), size / rng.uniform(1.5, 8)
    offset = rng.uniform(0, 1, 2)
    bond = chance(rng, 0.4)
    for row, y in enumerate(np.arange(-offset[1] * tall, height, tall)):
        cv2.line(scene, (0, round(y)), (width, round(y)), joint, thick)
        for x in np.arange(-offset[0] * wide - (wide / 2 if bond and row % 2 else 0), width + wide, wide):
            cv2.line(scene, (round(x), round(y)), (round(x), round(y + tall)), joint, thick)
    scene = lit(scene, 1 + noise(rng, height, width, rng.uniform(3, 40)) * np.float32(rng.uniform(0.01, 0.1)))
    if chance(rng, 0.7):
        scene = placed(
            rng, scene, draw_sprite(rng, round(size * 0.7)), (width / 2, height / 2), rng.uniform(0.4, 0.95)
        )
    return photographed(rng, scene)


@negative("scenery")
def table_edge(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A product on a table or floor whose edge crosses the picture."""
    height, width = thumbnail_size(rng, size)
    scene = covered(rng, height, width, light_colour(rng) if chance(rng, 0.5) else None)
    edge = height * rng.uniform(0.62, 0.88)
    tilt = height * rng.uniform(-0.03, 0.03) if chance(rng, 0.5) else 0.0
    top = covered(rng, height, width, wood_colour(rng) if chance(rng, 0.6) else None)
    plane = polygon_mask(
        height, width, [(0, edge - tilt), (width, edge + tilt), (width, height + 1), (0, height + 1)]
    )
    scene = over(
        scene, lit(top, 1 + ramp(height, width, np.pi / 2) * np.float32(rng.uniform(-0.3, 0.3))), plane
    )
    if chance(rng, 0.4):
        board = height * rng.uniform(0.02, 0.06)
        front = polygon_mask(
            height,
            width,
            [(0, edge - tilt), (width, edge + tilt), (width, edge + tilt + board), (0, edge - tilt + board)],
        )
        scene = over(scene, scaled(wood_colour(rng), 0.8), front)
    tall = rng.uniform(0.45, 0.85)
    foot = edge + abs(tilt) + (height - edge) * rng.uniform(0.25, 0.7)
    sprite = draw_sprite(rng, round(size * 0.8))
    return photographed(rng, stood(rng, scene, sprite, (width * rng.uniform(0.3, 0.7), foot), height * tall))


@negative("scenery")
def curtain(rng: np.random.Generator, props: Props, size: int) -> Image:
    """Curtains, drapes or blinds: folds that run along the sides."""
    height, width = thumbnail_size(rng, size)
    colour = any_colour(rng)
    folds = noise(rng, 2, width, rng.uniform(8, 40))[:1]
    sway = noise(rng, height, width, rng.uniform(4, 10), 0.1) * np.float32(0.3)
    light = 1 + (np.broadcast_to(folds, (height, width)) + sway) * np.float32(rng.uniform(0.05, 0.22))
    cloth = lit(covered(rng, height, width, colour), light.astype(np.float32))
    if chance(rng, 0.4):
        return photographed(rng, cloth)
    view = room(rng, height, width) if chance(rng, 0.5) else props.picture(rng, height, width)
    reach = width * rng.uniform(0.15, 0.35)
    hem = np.cumsum(rng.normal(0, width * 0.012, 12))
    y = np.linspace(0, height, 12)
    mask = polygon_mask(
        height, width, np.concatenate((np.column_stack((reach + hem, y)), [(0, height), (0, 0)]))
    )
    if chance(rng, 0.7):
        mask = np.maximum(mask, np.ascontiguousarray(mask[:, ::-1]))
    scene = over(view, BLACK, faded(blurred(shifted(mask, size * 0.01, 0), size * 0.015), 0.4))
    scene = over(scene, cloth, mask)
    if chance(rng, 0.5):
        rod = max(2, round(height * rng.uniform(0.015, 0.03)))
        cv2.line(
            scene,
            (0, rod * 2),
            (width, rod * 2 + int(rng.integers(-3, 4))),
            dark_colour(rng),
            rod,
            cv2.LINE_AA,
        )
    return photographed(rng, scene)


@negative("scenery")
def panelled_wall(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A wall with dado, skirting or mouldings behind a product."""
    height, width = thumbnail_size(rng, size)
    scene = covered(rng, height, width, light_colour(rng))
    low = round(height * rng.uniform(0.55, 0.8))
    scene[low:] = covered(rng, height - low, width, any_colour(rng))
    rail = max(2, round(height * rng.uniform(0.015, 0.05)))
    scene[low : low + rail] = light_colour(rng)
    groove = scaled(colour_at(scene, low // 2, width // 2), 0.8)
    panels = int(rng.integers(1, 4))
    for index in range(panels):
        inset = width * 0.06
        left, right = width * index / panels + inset, width * (index + 1) / panels - inset
        for top, bottom in (
            (height * 0.06, low - height * 0.06),
            (low + rail + height * 0.04, height * 0.94),
        ):
            corners = (int(left), int(top)), (int(right), int(bottom))
            cv2.rectangle(scene, *corners, groove, max(1, size // 110))
    floor = round(height * rng.uniform(0.85, 0.95))
    scene[floor:] = covered(rng, height - floor, width, wood_colour(rng))
    sprite = draw_sprite(rng, round(size * 0.75))
    foot = floor + (height - floor) * rng.uniform(0.2, 0.8)
    scene = stood(rng, scene, sprite, (width * rng.uniform(0.35, 0.65), foot), height * rng.uniform(0.4, 0.8))
    return photographed(rng, scene)


@negative("scenery")
def straight_cut(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A close-up of cloth, boards or a wall with a seam or a joint near one side of the picture."""
    height, width = thumbnail_size(rng, size)
    scene = textured(rng, height, width)
    at = rng.uniform(0.18, 0.42) * width
    # Clearly slanted: a strip parallel to the side would be a band.
    lean = width * rng.uniform(0.05, 0.14) * rng.choice((-1, 1))
    seam = polygon_mask(height, width, [(0, 0), (at, 0), (at + lean, height), (0, height)])
    other = (
        textured(rng, height, width)
        if chance(rng, 0.5)
        else lit(scene, np.full((height, width), rng.uniform(0.7, 1.3), np.float32))
    )
    scene = over(scene, BLACK, faded(blurred(seam, size * 0.012), rng.uniform(0.1, 0.5)))
    scene = over(scene, other, seam)
    scene = placed(
        rng, scene, draw_sprite(rng, round(size * 0.7)), (width * 0.5, height * 0.5), rng.uniform(0.5, 0.9)
    )
    scene = quarter_turned(scene, int(rng.integers(0, 4)))
    return photographed(rng, scene)


@negative("light")
def drop_shadow(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A flat thing on white with a wide soft shadow along its edges."""
    height, width = size, round(size * rng.uniform(0.6, 1))
    face = props.picture(rng, height, width) if chance(rng, 0.5) else draw_product(rng, size)
    height, width = face.shape[:2]
    radius = min(height, width) * rng.choice((0.0, 0.0, rng.uniform(0.02, 0.1)))
    sprite = sprite_of(face, polygon_mask(height, width, rounded_rectangle(0, 0, width, height, radius)))
    margin = rng.uniform(0.03, 0.09)

    def paper(generator: np.random.Generator, rows: int, columns: int) -> Image:
        scene = solid(rows, columns, WHITE)
        inset = round(max(rows, columns) * margin * 0.8)
        cast_by = np.zeros((rows, columns), np.uint8)
        cast_by[inset : rows - inset, inset : columns - inset] = 255
        # A shadow falls to one side; one that is even all around would be a band.
        away = size * margin * generator.uniform(0.25, 0.6)
        falls = shifted(cast_by, away * generator.choice((-1, 1)), away)
        soft = blurred(falls, size * margin * generator.uniform(0.2, 0.4))
        return over(scene, BLACK, faded(soft, generator.uniform(0.15, 0.5)))

    return stage(
        rng,
        [sprite],
        size,
        Pose(least_margin=margin, most_margin=margin, straight_share=0.8, cut_share=0.0),
        paper,
    )


@negative("light")
def vignette(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A picture whose corners fall dark, or fade into white, gradually."""
    height, width = thumbnail_size(rng, size)
    image = props.picture(rng, height, width) if chance(rng, 0.6) else draw_product(rng, size)
    height, width = image.shape[:2]
    x, y = np.linspace(-1, 1, width, dtype=np.float32), np.linspace(-1, 1, height, dtype=np.float32)
    power = rng.uniform(1.6, 4)
    distance = (np.abs(x)[None, :] ** power + np.abs(y)[:, None] ** power) / 2
    strength = np.clip((distance - rng.uniform(0, 0.3)) * rng.uniform(0.5, 1.2), 0, 0.85)
    colour = BLACK if chance(rng, 0.7) else WHITE
    return over(image, colour, (strength * 255).astype(np.uint8))


@negative("light")
def white_on_white(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A pale rectangular product on a pale ground: only its shadow tells where it ends."""
    height, width = size, round(size * rng.uniform(0.5, 1))
    face = solid(height, width, light_colour(rng))
    if chance(rng, 0.6):
        write(
            face,
            phrase(rng, 2),
            (width * 0.2, height * 0.4, width * 0.8, height * 0.55),
            (120, 120, 120),
            any_font(rng),
        )
    sprite = sprite_of(
        face,
        polygon_mask(height, width, rounded_rectangle(0, 0, width, height, width * rng.uniform(0, 0.12))),
    )

    def paper(generator: np.random.Generator, rows: int, columns: int) -> Image:
        # Only white: a coloured ground around a pale sheet would be a band.
        level = 255 if chance(generator, 0.7) else int(generator.integers(244, 255))
        return solid(rows, columns, (level, level, level))

    return stage(rng, [sprite], size, Pose(least_margin=0.02, shadow=True, straight_share=0.7), paper)


@negative("imprint")
def imprint(rng: np.random.Generator, props: Props, size: int) -> Image:
    """Words, a logo or a water-mark laid over a product along the picture's side, with no band under it."""
    image = (
        draw_product(rng, size)
        if chance(rng, 0.7) or not props.has_photos
        else props.picture(rng, size, size)
    )
    image = np.ascontiguousarray(image)
    height, width = image.shape[:2]
    font = any_font(rng)
    for _ in range(int(rng.integers(1, 3))):
        y = height * rng.choice((rng.uniform(0.01, 0.06), rng.uniform(0.84, 0.9)))
        patch = image[int(y) : int(y + height * 0.1)]
        ink = (25, 25, 25) if patch.mean() > 120 else WHITE
        ink = any_colour(rng) if chance(rng, 0.3) else ink
        left, right = (0.02, 0.98) if chance(rng, 0.5) else (0.05, 0.6)
        write(
            image,
            phrase(rng, int(rng.integers(1, 5))),
            (width * left, y, width * right, y + height * rng.uniform(0.05, 0.1)),
            ink,
            font,
        )
    if chance(rng, 0.4):
        logo(
            rng,
            image,
            width * rng.choice((0.1, 0.9)),
            height * rng.choice((0.1, 0.9)),
            size * rng.uniform(0.04, 0.08),
            any_colour(rng),
        )
    if chance(rng, 0.2):
        mark = image.copy()
        for y in np.arange(0, height, height / 4):
            write(mark, word(rng), (width * 0.1, y, width * 0.9, y + height * 0.18), WHITE, font)
        image = cast("Image", cv2.addWeighted(image, 0.75, mark, 0.25, 0))
    return image


@negative("letterbox")
def film_still(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A film still with black bars above and below: plain by origin, though a person may disagree."""
    height, width = round(size * rng.uniform(0.56, 1)), size
    image = (
        props.picture(rng, height, width)
        if props.has_photos or chance(rng, 0.6)
        else room(rng, height, width)
    )
    bar = round(height * rng.uniform(0.05, 0.17))
    image = grain(rng, image, rng.uniform(0, 5))
    image[:bar] = 0
    image[height - bar :] = 0
    return image


@negative("padding")
def padded(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A picture whose ground is not white, padded with the page's white to another shape."""
    height, width = size, round(size * rng.uniform(0.5, 0.92))
    image = props.picture(rng, height, width) if chance(rng, 0.6) else _coloured_ground(rng, height, width)
    if chance(rng, 0.5):
        image = quarter_turned(image)
    height, width = image.shape[:2]
    page = 255 if chance(rng, 0.75) else int(rng.integers(247, 255))
    rows = columns = size
    if chance(rng, 0.3):
        margin = 1 + rng.uniform(0.02, 0.12)
        rows, columns = round(height * margin), round(width * margin)
    canvas = solid(rows, columns, (page, page, page))
    loose = 0.5 if chance(rng, 0.85) else rng.choice((0.0, 1.0))
    top, left = round((rows - height) * loose), round((columns - width) * loose)
    canvas[top : top + height, left : left + width] = image
    return resized(canvas, size) if max(rows, columns) > size else canvas


def _coloured_ground(rng: np.random.Generator, height: int, width: int) -> Image:
    for _ in range(8):
        scene = background(rng, height, width)
        if scene[:4].mean() < 235:
            break
    return placed(
        rng,
        scene,
        draw_sprite(rng, max(height, width) * 3 // 4),
        (width / 2, height / 2),
        rng.uniform(0.5, 0.95),
    )
