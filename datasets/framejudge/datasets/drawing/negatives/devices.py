"""Things with a screen: the commonest products that a detector takes for framed pictures."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.datasets.drawing.negatives.props import Props, reflected, wall
from framejudge.datasets.drawing.negatives.registry import negative
from framejudge.datasets.drawing.negatives.staging import Pose, stage
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products.backgrounds import coloured_background
from framejudge.datasets.drawing.products.canvas import (
    Box,
    Sprite,
    fill_polygon,
    fill_rounded,
    over,
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
    dark_colour,
    light_colour,
    metal_colour,
    scaled,
)
from framejudge.datasets.drawing.products.lettering import any_font, logo, word, write
from framejudge.datasets.drawing.products.surfaces import panel


def shell_colour(rng: np.random.Generator) -> Colour:
    """Draw the colour of a bezel: black for the most part, else white, silver or bright."""
    pick = rng.random()
    if pick < 0.55:
        return dark_colour(rng)
    if pick < 0.72:
        return light_colour(rng)
    return metal_colour(rng) if pick < 0.88 else any_colour(rng)


def insert_screen(
    rng: np.random.Generator, props: Props, body: npt.NDArray[np.uint8], box: Box, radius: float = 0.0
) -> None:
    """Show something on the screen at ``box`` of the body, in place."""
    left, top, right, bottom = (round(edge) for edge in box)
    if right - left < 4 or bottom - top < 4:
        return
    shown = props.screen(rng, bottom - top, right - left)
    if chance(rng, 0.15):
        shown = reflected(rng, shown)
    if radius > 1:
        mask = polygon_mask(
            bottom - top, right - left, rounded_rectangle(0, 0, right - left, bottom - top, radius)
        )
        shown = over(np.ascontiguousarray(body[top:bottom, left:right]), shown, mask)
    body[top:bottom, left:right] = shown
    if radius <= 1 and chance(rng, 0.3):
        cv2.rectangle(body, (left, top), (right - 1, bottom - 1), scaled(dark_colour(rng), 0.6), 1)


def _in_pairs(
    rng: np.random.Generator, one: Sprite, other: Sprite | None, size: int, pose: Pose | None = None
) -> Image:
    return stage(rng, [one] if other is None else [one, other], size, pose)


def television_sprite(
    rng: np.random.Generator, props: Props, side: int, *, aspect: float, stand: bool
) -> Sprite:
    """Return a flat screen with its bezel, and with its stand or feet."""
    width, height = side, round(side / aspect)
    foot = round(height * rng.uniform(0.06, 0.3)) if stand else 0
    rows = height + foot
    mask = np.zeros((rows, width), np.uint8)
    shell = shell_colour(rng)
    body = panel(rng, rows, width, shell)
    radius = width * rng.choice((0.0, rng.uniform(0.004, 0.02)))
    fill_rounded(mask, (0, 0, width, height), radius, 255)
    bezel = width * rng.uniform(0.004, 0.035)
    chin = height * rng.uniform(0.0, 0.12) if chance(rng, 0.65) else bezel
    insert_screen(rng, props, body, (bezel, bezel, width - bezel, height - max(chin, bezel)))
    if chin > 6:
        ink = contrasting(rng, shell)
        if chance(rng, 0.7):
            write(
                body,
                word(rng),
                (width * 0.44, height - chin * 0.8, width * 0.56, height - chin * 0.2),
                ink,
                any_font(rng),
            )
        if chance(rng, 0.4):
            cv2.circle(
                body,
                (int(width * rng.uniform(0.8, 0.97)), int(height - chin / 2)),
                max(1, width // 150),
                any_colour(rng),
                -1,
                cv2.LINE_AA,
            )
    if foot:
        _stand(rng, mask, body, height, shell)
    return sprite_of(body, mask)


def _stand(
    rng: np.random.Generator, mask: npt.NDArray[np.uint8], body: Image, top: int, shell: Colour
) -> None:
    """Draw a foot below the screen, in place."""
    rows, width = mask.shape
    colour = shell if chance(rng, 0.5) else metal_colour(rng)
    parts: list[npt.NDArray[np.float64]] = []
    if chance(rng, 0.35):
        splay = width * rng.uniform(0.02, 0.06)
        thick = max(2.0, width * rng.uniform(0.006, 0.02))
        inset = width * rng.uniform(0.05, 0.25)
        for x, lean in ((inset, -splay), (inset, splay), (width - inset, -splay), (width - inset, splay)):
            parts.append(
                np.array([(x, top - 1), (x + thick, top - 1), (x + lean + thick, rows), (x + lean, rows)])
            )
    else:
        neck, base = width * rng.uniform(0.03, 0.1), width * rng.uniform(0.12, 0.3)
        plate = max(2.0, (rows - top) * rng.uniform(0.1, 0.4))
        middle = width / 2
        parts.append(
            np.array(
                [
                    (middle - neck, top - 1),
                    (middle + neck, top - 1),
                    (middle + neck * 1.2, rows),
                    (middle - neck * 1.2, rows),
                ]
            )
        )
        parts.append(
            np.array(
                [
                    (middle - base * 0.9, rows - plate),
                    (middle + base * 0.9, rows - plate),
                    (middle + base, rows),
                    (middle - base, rows),
                ]
            )
        )
    body[top:] = colour
    for index, part in enumerate(parts):
        fill_polygon(mask, part, 255)
        fill_polygon(body, np.clip(part, (0, top), (width, rows)), scaled(colour, 1.0 - 0.12 * (index % 2)))


@negative("devices")
def television(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A television, from wall to wall of the picture."""
    stand = chance(rng, 0.8)
    sprite = television_sprite(rng, props, size, aspect=rng.uniform(1.5, 1.9), stand=stand)
    if stand:
        return stage(rng, [sprite], size, Pose(straight_share=0.75, cut_share=0.0))
    # Without its stand an even bezel around a picture is left: it hangs on a wall, turned, with a shadow.
    pose = Pose(straight_share=0.2, least_margin=0.05, cut_share=0.0, shadow=True)
    return stage(rng, [sprite], size, pose, wall)


@negative("devices")
def monitor(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A computer's monitor, curved or flat, alone or two of them."""
    aspect = rng.choice((1.25, 1.33, 1.6, 1.78, 2.3))
    first = television_sprite(rng, props, size, aspect=float(aspect), stand=True)
    second = (
        television_sprite(rng, props, size, aspect=float(aspect), stand=True) if chance(rng, 0.15) else None
    )
    return _in_pairs(rng, first, second, size, Pose(cut_share=0.0))


def phone_sprite(rng: np.random.Generator, props: Props, side: int) -> Sprite:
    """Return a phone's front, or its back; upright."""
    aspect = rng.uniform(0.44, 0.62)
    ear = max(1, round(side * 0.012))
    height, width = side, round(side * aspect)
    full = width + 2 * ear
    shell = shell_colour(rng)
    rim = metal_colour(rng) if chance(rng, 0.5) else scaled(shell, rng.uniform(0.6, 1.4))
    body = panel(rng, height, full, rim)
    radius = width * rng.uniform(0.06, 0.2)
    mask = polygon_mask(height, full, rounded_rectangle(ear, 0, ear + width, height, radius))
    for _ in range(int(rng.integers(0, 4))):
        y = height * rng.uniform(0.12, 0.4)
        x = 0.0 if chance(rng, 0.5) else float(full - ear - 1)
        fill_rounded(mask, (x, y, x + ear + 1, y + height * rng.uniform(0.03, 0.12)), 1, 255)
    edge = max(1.0, width * rng.uniform(0.008, 0.03))
    face = (ear + edge, edge, ear + width - edge, height - edge)
    fill_rounded(body, face, radius - edge, shell)
    if chance(rng, 0.16):
        _phone_back(rng, body, face, any_colour(rng) if chance(rng, 0.7) else shell)
    else:
        _phone_front(rng, props, body, face, radius - edge, shell)
    return sprite_of(body, mask)


def _phone_back(rng: np.random.Generator, body: Image, face: Box, colour: Colour) -> None:
    left, top, right, bottom = face
    width = right - left
    fill_rounded(body, face, width * 0.12, colour)
    island = (
        left + width * 0.06,
        top + width * 0.06,
        left + width * rng.uniform(0.3, 0.55),
        top + width * rng.uniform(0.3, 0.6),
    )
    fill_rounded(body, island, width * 0.08, scaled(colour, rng.uniform(0.7, 1.2)))
    for index in range(int(rng.integers(1, 4))):
        spot = (int(island[0] + width * 0.12), int(island[1] + width * (0.1 + 0.17 * index)))
        cv2.circle(body, spot, max(1, int(width * 0.07)), dark_colour(rng), -1, cv2.LINE_AA)
    logo(
        rng,
        body,
        (left + right) / 2,
        (top + bottom) / 2,
        width * rng.uniform(0.06, 0.12),
        contrasting(rng, colour),
    )


def _phone_front(
    rng: np.random.Generator, props: Props, body: Image, face: Box, radius: float, shell: Colour
) -> None:
    left, top, right, bottom = face
    width = right - left
    ink = contrasting(rng, shell)
    if chance(rng, 0.5):
        # Since 2017 or so: the screen reaches almost everywhere, a notch or a hole holds the camera.
        bezel = width * rng.uniform(0.0, 0.05)
        screen = (left + bezel, top + bezel, right - bezel, bottom - bezel * rng.uniform(1, 2.5))
        insert_screen(rng, props, body, screen, max(2.0, radius - bezel))
        middle = (left + right) / 2
        pick = rng.random()
        if pick < 0.35:
            wide = width * rng.uniform(0.15, 0.28)
            fill_rounded(
                body, (middle - wide, top, middle + wide, top + bezel + width * 0.07), width * 0.05, shell
            )
        elif pick < 0.7:
            wide = width * rng.choice((0.02, 0.12))
            y = top + bezel + width * 0.05
            fill_rounded(
                body,
                (middle - wide - width * 0.02, y, middle + wide + width * 0.02, y + width * 0.06),
                width * 0.03,
                (8, 8, 8),
            )
        if chance(rng, 0.5):
            fill_rounded(
                body,
                (
                    middle - width * 0.17,
                    screen[3] - width * 0.045,
                    middle + width * 0.17,
                    screen[3] - width * 0.03,
                ),
                1,
                ink,
            )
        return
    forehead, chin, bezel = (
        width * rng.uniform(0.12, 0.32),
        width * rng.uniform(0.1, 0.34),
        width * rng.uniform(0.02, 0.08),
    )
    insert_screen(rng, props, body, (left + bezel, top + forehead, right - bezel, bottom - chin))
    middle = (left + right) / 2
    fill_rounded(
        body,
        (
            middle - width * 0.09,
            top + forehead * 0.45,
            middle + width * 0.09,
            top + forehead * 0.45 + max(2, width * 0.02),
        ),
        2,
        ink,
    )
    if chance(rng, 0.7):
        cv2.circle(
            body,
            (int(middle - width * 0.18), int(top + forehead * 0.5)),
            max(1, int(width * 0.018)),
            scaled(ink, 0.5),
            -1,
            cv2.LINE_AA,
        )
    button = rng.random()
    centre = (int(middle), int(bottom - chin / 2))
    if button < 0.45:
        cv2.circle(
            body, centre, max(2, int(chin * 0.32)), scaled(ink, 0.7), max(1, int(width * 0.012)), cv2.LINE_AA
        )
    elif button < 0.75:
        half = chin * 0.2
        fill_rounded(
            body,
            (middle - half * 2.2, centre[1] - half, middle + half * 2.2, centre[1] + half),
            half * 0.8,
            scaled(ink, 0.6),
        )
    else:
        write(
            body,
            word(rng),
            (middle - width * 0.2, bottom - chin * 0.7, middle + width * 0.2, bottom - chin * 0.3),
            ink,
            any_font(rng),
        )


def turned_quarter(rng: np.random.Generator, sprite: Sprite, share: float) -> Sprite:
    """Return the sprite lying on its side in this share of cases."""
    return quarter_turned(sprite) if chance(rng, share) else sprite


@negative("devices")
def phone(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A phone that fills the picture, upright or lying."""
    return stage(
        rng, [turned_quarter(rng, phone_sprite(rng, props, size), 0.2)], size, Pose(straight_share=0.7)
    )


@negative("devices")
def two_phones(rng: np.random.Generator, props: Props, size: int) -> Image:
    """Two or three phones, or one seen from both sides."""
    sprites = [phone_sprite(rng, props, round(size * 0.9)) for _ in range(int(rng.integers(2, 4)))]
    return stage(rng, sprites, size, Pose(straight_share=0.7))


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


@negative("devices")
def tablet(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A tablet or two, upright or lying."""
    first = turned_quarter(rng, tablet_sprite(rng, props, size), 0.4)
    second = turned_quarter(rng, tablet_sprite(rng, props, size), 0.4) if chance(rng, 0.15) else None
    # The corners are little rounded: without a sliver of background a tablet is too close to a frame.
    return _in_pairs(rng, first, second, size, Pose(least_margin=0.012, straight_share=0.65, cut_share=0.05))


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


@negative("devices")
def laptop(rng: np.random.Generator, props: Props, size: int) -> Image:
    """An open laptop from the front."""
    return stage(rng, [laptop_sprite(rng, props, size)], size, Pose(straight_share=0.75, cut_share=0.0))


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


@negative("devices")
def keyboard(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A keyboard, calculator or remote control."""
    width, height = size, round(size * rng.uniform(0.28, 0.6))
    shell = shell_colour(rng)
    body = panel(rng, height, width, shell)
    rim = round(height * rng.uniform(0.02, 0.12))
    head = round(height * rng.choice((0.0, rng.uniform(0.05, 0.3)))) + rim
    body[head : height - rim, rim : width - rim] = keys_image(
        rng, height - rim - head, width - 2 * rim, scaled(shell, 0.92)
    )
    mask = polygon_mask(
        height, width, rounded_rectangle(0, 0, width, height, height * rng.uniform(0.02, 0.15))
    )
    return stage(rng, [turned_quarter(rng, sprite_of(body, mask), 0.2)], size)


@negative("coloured_grounds")
def device_on_colour(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A phone, tablet, laptop or television on a coloured ground, as promotions show it."""
    pick = rng.random()
    straight = 0.75
    if pick < 0.4:
        sprite = turned_quarter(rng, phone_sprite(rng, props, size), 0.2)
    elif pick < 0.55:
        # Straight on an even ground, a tablet cannot be told from a picture with two rims.
        sprite, straight = turned_quarter(rng, tablet_sprite(rng, props, size), 0.4), 0.0
    elif pick < 0.8:
        sprite = laptop_sprite(rng, props, size)
    else:
        sprite = television_sprite(rng, props, size, aspect=rng.uniform(1.3, 1.9), stand=True)
    pose = Pose(straight_share=straight, cut_share=0.0)
    return stage(rng, [sprite], size, pose, coloured_background)
