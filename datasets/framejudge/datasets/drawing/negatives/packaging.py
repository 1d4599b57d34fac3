"""Boxes, packets, batteries and memory cards: printed, bordered, and rectangular by nature."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.datasets.drawing.negatives.props import Props
from framejudge.datasets.drawing.negatives.registry import negative
from framejudge.datasets.drawing.negatives.staging import Pose, Solid, stage, stage_solid
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products.canvas import (
    Sprite,
    fill_polygon,
    fill_rounded,
    laid,
    lit,
    opaque,
    over,
    parts,
    polygon_mask,
    project,
    quadrangle,
    quarter_turned,
    rounded_rectangle,
    solid,
    sprite_of,
)
from framejudge.datasets.drawing.products.colours import (
    WHITE,
    Colour,
    any_colour,
    chance,
    contrasting,
    dark_colour,
    from_hsv,
    metal_colour,
    scaled,
)
from framejudge.datasets.drawing.products.lettering import (
    any_font,
    bar_code,
    logo,
    phrase,
    word,
    write,
    write_lines,
)
from framejudge.datasets.drawing.products.silhouettes import draw_sprite
from framejudge.datasets.drawing.products.surfaces import clouds, covered, gradient, grain, noise, ramp


def cardboard(rng: np.random.Generator) -> Colour:
    """Draw the colour of a carton: brown mostly, sometimes white."""
    if chance(rng, 0.2):
        return from_hsv(0.1, rng.uniform(0, 0.06), rng.uniform(0.85, 0.97))
    return from_hsv(rng.uniform(0.07, 0.1), rng.uniform(0.25, 0.5), rng.uniform(0.55, 0.85))


def carton_face(rng: np.random.Generator, height: int, width: int, colour: Colour) -> Sprite:
    """Return one face of a carton, with tape, marks and a bar code now and then."""
    image = grain(rng, solid(height, width, colour), rng.uniform(0, 4))
    image = lit(image, 1 + noise(rng, height, width, rng.uniform(3, 30), 8) * np.float32(0.02))
    if chance(rng, 0.6):
        left, right = round(width * rng.uniform(0.4, 0.48)), round(width * rng.uniform(0.52, 0.6))
        strip = image[: round(height * rng.uniform(0.15, 1)), left:right]
        strip[:] = np.clip(strip.astype(np.int16) + int(rng.integers(-25, 35)), 0, 255)
    ink = scaled(colour, rng.uniform(0.2, 0.55))
    if chance(rng, 0.7):
        at = rng.uniform(0.1, 0.6) * height
        write(
            image,
            word(rng),
            (width * 0.1, at, width * rng.uniform(0.4, 0.9), at + height * 0.2),
            ink,
            any_font(rng),
        )
    if chance(rng, 0.5):
        x, y = width * rng.uniform(0.05, 0.6), height * rng.uniform(0.6, 0.8)
        bar_code(rng, image, (x, y, x + width * 0.28, y + height * 0.14))
    if chance(rng, 0.5):
        for index in range(int(rng.integers(1, 4))):
            x = width * (0.62 + 0.11 * index)
            fill_polygon(
                image,
                [(x, height * 0.82), (x + width * 0.04, height * 0.74), (x + width * 0.08, height * 0.82)],
                ink,
            )
            cv2.line(
                image,
                (int(x + width * 0.04), int(height * 0.82)),
                (int(x + width * 0.04), int(height * 0.93)),
                ink,
                max(1, width // 90),
            )
    return opaque(image)


@negative("packaging")
def carton(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A carton from a corner, closed or with its flaps open."""
    colour = cardboard(rng)
    height, width = round(size * rng.uniform(0.45, 0.8)), round(size * rng.uniform(0.5, 0.85))
    depth = rng.uniform(0.3, 1.1)
    front = carton_face(rng, height, width, colour)
    side = carton_face(rng, height, max(8, round(width * depth)), colour)
    top = carton_face(rng, max(8, round(width * depth)), width, colour)
    return stage_solid(rng, Solid(front, side, top, depth), size)


@negative("packaging")
def carton_front(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A carton seen from straight ahead, or from above with its flaps."""
    colour = cardboard(rng)
    height, width = round(size * rng.uniform(0.5, 1)), round(size * rng.uniform(0.6, 1))
    face = carton_face(rng, height, width, colour)
    body, _ = parts(face)
    if chance(rng, 0.5):
        seam = round(height * rng.uniform(0.46, 0.54))
        cv2.line(body, (0, seam), (width, seam), scaled(colour, 0.6), max(1, size // 120))
    if chance(rng, 0.5):
        # Open: the flaps stand around the dark inside.
        rim = min(height, width) * rng.uniform(0.12, 0.3)
        inner = np.array([(rim, rim), (width - rim, rim), (width - rim, height - rim), (rim, height - rim)])
        outer = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64)
        fill_polygon(body, inner, scaled(colour, rng.uniform(0.3, 0.6)))
        for one in range(4):
            other = (one + 1) % 4
            flap = [
                outer[one] + rng.uniform(0, rim * 0.3, 2),
                outer[other] - rng.uniform(0, rim * 0.3, 2),
                inner[other],
                inner[one],
            ]
            fill_polygon(body, flap, scaled(colour, rng.uniform(0.8, 1.2)))
    return stage(rng, [opaque(body)], size, Pose(least_margin=0.02, shadow=True, straight_share=0.6))


def printed_face(rng: np.random.Generator, props: Props, height: int, width: int, colour: Colour) -> Image:
    """Return the front of a retail box: a picture of the goods, a name, claims, often a printed border."""
    image = covered(rng, height, width, colour) if chance(rng, 0.4) else solid(height, width, colour)
    extent = min(height, width)
    if chance(rng, 0.6):
        _printed_border(rng, image)
    ink = contrasting(rng, colour)
    if chance(rng, 0.7):
        shown = draw_sprite(rng, round(extent * rng.uniform(0.4, 0.7)))
        centre = np.array((width * rng.uniform(0.35, 0.65), height * rng.uniform(0.45, 0.65)))
        fit = min(width * 0.7 / shown.shape[1], height * 0.55 / shown.shape[0])
        half = np.array((shown.shape[1] * fit / 2, shown.shape[0] * fit / 2))
        corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * half + centre
        image = laid(image, *project(shown, quadrangle(shown, corners), height, width))
    else:
        inset = extent * rng.uniform(0.08, 0.2)
        window = (
            round(inset),
            round(height * 0.28),
            round(width - inset),
            round(height * rng.uniform(0.7, 0.9)),
        )
        image[window[1] : window[3], window[0] : window[2]] = props.picture(
            rng, window[3] - window[1], window[2] - window[0]
        )
    at = height * rng.choice((0.06, 0.1, 0.74))
    write(
        image,
        word(rng),
        (width * 0.12, at, width * rng.uniform(0.6, 0.9), at + height * 0.18),
        ink,
        any_font(rng),
    )
    if chance(rng, 0.6):
        write_lines(
            rng,
            image,
            (width * 0.12, height * 0.82, width * 0.6, height * 0.94),
            ink,
            int(rng.integers(2, 5)),
        )
    if chance(rng, 0.35):
        bar_code(rng, image, (width * 0.66, height * 0.82, width * 0.92, height * 0.94))
    if chance(rng, 0.4):
        logo(
            rng,
            image,
            width * rng.uniform(0.12, 0.88),
            height * rng.uniform(0.1, 0.3),
            extent * rng.uniform(0.04, 0.1),
            any_colour(rng),
        )
    return image


def _printed_border(rng: np.random.Generator, image: npt.NDArray[np.uint8]) -> None:
    """Print a border on a box, even or only above and below, in place."""
    height, width = image.shape[:2]
    extent = min(height, width)
    inset = extent * rng.choice((0.0, rng.uniform(0.01, 0.06)))
    thick = max(1, round(extent * rng.uniform(0.01, 0.08)))
    colour = any_colour(rng)
    box = (round(inset + thick / 2), round(inset + thick / 2))
    far = (round(width - inset - thick / 2), round(height - inset - thick / 2))
    if chance(rng, 0.7):
        cv2.rectangle(image, box, far, colour, thick)
    else:
        cv2.line(image, box, (far[0], box[1]), colour, thick * 2)
        cv2.line(image, (box[0], far[1]), far, colour, thick * 2)


@negative("packaging")
def retail_box(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A printed box that is turned enough to show its side."""
    height, width = round(size * rng.uniform(0.5, 0.9)), round(size * rng.uniform(0.4, 0.9))
    colour, depth = any_colour(rng), rng.uniform(0.12, 0.7)
    deep = max(8, round(width * depth))
    side = solid(height, deep, scaled(colour, 0.95))
    write_lines(
        rng, side, (deep * 0.15, height * 0.2, deep * 0.85, height * 0.7), contrasting(rng, colour), 8
    )
    front = opaque(printed_face(rng, props, height, width, colour))
    return stage_solid(rng, Solid(front, opaque(side), opaque(solid(deep, width, colour)), depth), size)


@negative("packaging")
def retail_box_front(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A printed box that shows hardly more than its front: a sliver of one side gives it away."""
    height, width = round(size * rng.uniform(0.6, 1)), round(size * rng.uniform(0.5, 1))
    colour, depth = any_colour(rng), rng.uniform(0.15, 0.5)
    deep = max(8, round(width * depth))
    front = printed_face(rng, props, height, width, colour)
    side, top = solid(height, deep, scaled(colour, 0.9)), solid(deep, width, scaled(colour, 1.05))
    box = Solid(opaque(front), opaque(side), opaque(top), depth)
    return stage_solid(rng, box, size, Pose(least_margin=0.01, shadow=True), most_yaw=14.0)


@negative("packaging")
def packet(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A bag, pouch or sachet with crimped ends."""
    height, width = size, round(size * rng.uniform(0.5, 0.85))
    face = printed_face(rng, props, height, width, any_colour(rng))
    teeth = int(rng.integers(12, 40))
    depth = height * rng.uniform(0.004, 0.015)
    x = np.linspace(0, width, 2 * teeth + 1)
    zigzag = np.where(np.arange(len(x)) % 2, depth, 0.0)
    bulge = width * rng.uniform(0, 0.04) * np.sin(np.linspace(0, np.pi, 12))
    right = np.column_stack((width - width * 0.04 + bulge, np.linspace(depth, height - depth, 12)))
    left = np.column_stack((width * 0.04 - bulge, np.linspace(height - depth, depth, 12)))
    shrink = np.column_stack((width * 0.04 + x * 0.92, zigzag))
    outline = np.concatenate((shrink, right, np.column_stack((shrink[::-1, 0], height - zigzag)), left))
    light = 1 + clouds(rng, height, width, rng.uniform(3, 9), 2) * np.float32(rng.uniform(0.06, 0.2))
    crimp = round(height * rng.uniform(0.03, 0.08))
    light[:crimp] *= np.float32(0.85)
    light[-crimp:] *= np.float32(0.85)
    return stage(rng, [sprite_of(lit(face, light), polygon_mask(height, width, outline))], size)


@negative("packaging")
def battery(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A battery pack, power bank, drive or cartridge: a dark slab with a label and contacts."""
    height, width = size, round(size * rng.uniform(0.4, 0.95))
    colour = dark_colour(rng) if chance(rng, 0.7) else any_colour(rng)
    body = gradient(rng, height, width, colour, scaled(colour, rng.uniform(0.8, 1.3)))
    radius = width * rng.uniform(0.01, 0.09)
    mask = polygon_mask(height, width, rounded_rectangle(0, 0, width, height, radius))
    if chance(rng, 0.6):
        notch = width * rng.uniform(0.05, 0.15)
        left = width * rng.uniform(0.1, 0.7)
        fill_polygon(mask, rounded_rectangle(left, -2, left + notch * 2, height * 0.03, 0), 0)
    rim = width * rng.uniform(0.03, 0.12)
    label = any_colour(rng) if chance(rng, 0.6) else metal_colour(rng)
    box = (rim, height * rng.uniform(0.06, 0.2), width - rim, height - rim * rng.uniform(1, 3))
    fill_rounded(body, box, radius * 0.5, label)
    ink = contrasting(rng, label)
    middle = box[1] + (box[3] - box[1]) * rng.uniform(0.25, 0.5)
    write(body, word(rng), (box[0] + rim, box[1] + rim, box[2] - rim, middle), ink, any_font(rng))
    write_lines(
        rng, body, (box[0] + rim, middle + rim, box[2] - rim, box[3] - rim), ink, int(rng.integers(3, 10))
    )
    for index in range(int(rng.integers(2, 7))):
        left = width * (0.12 + 0.1 * index)
        cv2.rectangle(
            body, (int(left), 0), (int(left + width * 0.06), int(height * 0.035)), (205, 170, 80), -1
        )
    return stage(
        rng,
        [quarter_turned(sprite_of(body, mask), int(rng.integers(0, 4)))],
        size,
        Pose(least_margin=0.02),
    )


@negative("packaging")
def memory_card(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A memory card, SIM card or game cartridge with its slanted corner."""
    height, width = size, round(size * rng.uniform(0.65, 0.85))
    colour = dark_colour(rng) if chance(rng, 0.65) else any_colour(rng)
    body = solid(height, width, colour)
    slant, radius = width * rng.uniform(0.1, 0.25), width * 0.03
    outline = [
        (0, radius),
        (radius, 0),
        (width - slant, 0),
        (width, slant),
        (width, height - radius),
        (width - radius, height),
        (radius, height),
        (0, height - radius),
    ]
    mask = polygon_mask(height, width, outline)
    if chance(rng, 0.6):
        step = height * rng.uniform(0.15, 0.4)
        fill_polygon(mask, rounded_rectangle(-2, step, width * 0.04, step + height * 0.12, 0), 0)
    label = any_colour(rng)
    rim = width * rng.uniform(0.03, 0.09)
    box = (rim, height * rng.uniform(0.1, 0.3), width - rim, height - rim)
    fill_rounded(body, box, radius, label)
    ink = contrasting(rng, label)
    write(
        body,
        word(rng),
        (box[0] + rim, box[1] + rim, box[2] - rim, box[1] + (box[3] - box[1]) * 0.35),
        ink,
        any_font(rng),
    )
    size_text = f"{2 ** int(rng.integers(2, 11))} GB"
    write(
        body,
        size_text,
        (box[0] + rim, box[1] + (box[3] - box[1]) * 0.45, box[2] - rim, box[3] - rim * 2),
        ink,
        any_font(rng),
    )
    if chance(rng, 0.4):
        for index in range(7):
            left = width * (0.1 + 0.11 * index)
            cv2.rectangle(
                body,
                (int(left), int(height * 0.02)),
                (int(left + width * 0.07), int(height * 0.09)),
                (205, 170, 80),
                -1,
            )
    sprite = sprite_of(body, mask)
    pair = [sprite, sprite] if chance(rng, 0.15) else [sprite]
    return stage(rng, pair, size)


@negative("packaging")
def blister(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A card with goods under clear plastic, and a hole to hang it by."""
    height, width = size, round(size * rng.uniform(0.45, 0.8))
    colour = any_colour(rng)
    body = printed_face(rng, props, height, width, colour)
    radius = width * rng.uniform(0.02, 0.1)
    mask = polygon_mask(height, width, rounded_rectangle(0, 0, width, height, radius))
    fill_rounded(mask, (width * 0.4, height * 0.02, width * 0.6, height * 0.05), height * 0.015, 0)
    bubble = (width * 0.12, height * rng.uniform(0.3, 0.45), width * 0.88, height * 0.93)
    shell = np.zeros((height, width), np.uint8)
    fill_rounded(shell, bubble, width * 0.06, int(rng.integers(20, 70)))
    body = over(body, WHITE, shell)
    gloss = np.clip(1 + ramp(height, width, 0.8) * np.float32(0.1), 0.8, 1.3)
    cv2.polylines(
        body, [rounded_rectangle(*bubble, width * 0.06).astype(np.int32)], True, WHITE, 1, cv2.LINE_AA
    )
    return stage(rng, [sprite_of(lit(body, gloss), mask)], size, Pose(least_margin=0.02, shadow=True))


@negative("packaging")
def media_case(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A game, film or record in its case: a printed sleeve behind plastic, with a spine."""
    height, width = size, round(size * rng.choice((0.71, 0.8, 1.0)))
    shell = any_colour(rng) if chance(rng, 0.5) else dark_colour(rng)
    body = solid(height, width, shell)
    rim = max(1, round(width * rng.uniform(0.008, 0.03)))
    spine = round(width * rng.uniform(0.03, 0.09))
    head = round(height * rng.choice((0.0, 0.0, rng.uniform(0.05, 0.12)))) + rim
    cover = props.picture(rng, height - rim - head, width - spine - rim)
    title = contrasting(rng, (int(cover.mean()),) * 3)
    at = cover.shape[0] * rng.choice((0.05, 0.7))
    write(
        cover,
        phrase(rng, int(rng.integers(1, 3))),
        (cover.shape[1] * 0.08, at, cover.shape[1] * 0.92, at + cover.shape[0] * 0.2),
        title,
        any_font(rng),
    )
    body[head : height - rim, spine : width - rim] = cover
    if head > rim:
        write(
            body,
            word(rng),
            (spine, 1, width * 0.6, head - 1),
            contrasting(rng, shell),
            any_font(rng),
        )
    cv2.line(body, (spine, 0), (spine, height), scaled(shell, 1.5), max(1, width // 150))
    mask = polygon_mask(height, width, rounded_rectangle(0, 0, width, height, width * rng.uniform(0, 0.025)))
    return stage(rng, [sprite_of(body, mask)], size, Pose(least_margin=0.02, shadow=True, straight_share=0.5))
