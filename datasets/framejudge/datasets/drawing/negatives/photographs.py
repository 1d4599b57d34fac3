"""Photos cropped, taken again, or laid on a coloured ground. They need photos."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.datasets.drawing.negatives.props import Props, has_uniform_background
from framejudge.datasets.drawing.negatives.registry import negative
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products.backgrounds import coloured_background
from framejudge.datasets.drawing.products.canvas import (
    Mask,
    Transform,
    blurred,
    lit,
    opaque,
    over,
    project,
    resized,
    turned,
)
from framejudge.datasets.drawing.products.colours import chance
from framejudge.datasets.drawing.products.surfaces import noise, ramp

BACKGROUND_TOLERANCE = 22
"""Grey levels by which a pixel must differ from the uniform background to belong to the product."""

MOST_FILLED = 0.85
"""Share of its bounding box that a product on a coloured ground covers at most: a rectangle looks framed."""

MOST_ASKEW = np.radians(7)
MOST_ZOOM = 2.5
OUTSIDE = 0.015
"""Share of a photo along its sides that is not taken again: no pixel may come from beyond them."""


def product_mask(photo: Image) -> Mask | None:
    """Return 255 where the product is; None where the background is not uniform."""
    if not has_uniform_background(photo):
        return None
    border = np.concatenate((photo[0], photo[-1], photo[:, 0], photo[:, -1]))
    colour = np.median(border, axis=0).astype(np.uint8)
    apart = cv2.absdiff(photo, np.broadcast_to(colour, photo.shape).copy()).max(axis=2)
    return cast(
        "Mask",
        cv2.morphologyEx(
            (apart > BACKGROUND_TOLERANCE).astype(np.uint8) * np.uint8(255),
            cv2.MORPH_OPEN,
            np.ones((3, 3), np.uint8),
        ),
    )


def product_box(photo: Image) -> tuple[int, int, int, int] | None:
    """Return left, top, right, bottom of what is not background; None where the background is not uniform."""
    product = product_mask(photo)
    return None if product is None else _box_of(product)


def _box_of(product: Mask) -> tuple[int, int, int, int] | None:
    left, top, width, height = cv2.boundingRect(product)
    if width < 24 or height < 24:
        return None
    return left, top, left + width, top + height


@negative("full_photo", needs="photos")
def full_photo(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A window cut from a photo, so that what is in it runs into all four sides."""
    photo = props.photo(rng)
    height, width = photo.shape[:2]
    tall, wide = round(height * rng.uniform(0.5, 1)), round(width * rng.uniform(0.5, 1))
    top, left = int(rng.integers(0, height - tall + 1)), int(rng.integers(0, width - wide + 1))
    window = photo[top : top + tall, left : left + wide]
    return resized(window[:, ::-1].copy() if chance(rng, 0.5) else window, size)


def _window(image: Image, box: tuple[int, int, int, int], margins: npt.NDArray[np.float64]) -> Image:
    """Return the box with margins above, below, left and right, as fractions of its longer side."""
    left, top, right, bottom = box
    height, width = image.shape[:2]
    above, below, before, after = max(right - left, bottom - top) * margins
    return image[
        max(0, round(top - above)) : min(height, round(bottom + below)),
        max(0, round(left - before)) : min(width, round(right + after)),
    ]


@negative("packshot", needs="photos")
def packshot_crop(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A packshot cropped to the product's own outline, with a margin of at most 2 %."""
    photo = props.packshot(rng)
    box = product_box(photo)
    if box is None:
        return resized(photo, size)
    window = _window(photo, box, rng.uniform(0, 0.02, 4) * (0.0 if chance(rng, 0.4) else 1.0))
    return resized(window[:, ::-1].copy() if chance(rng, 0.5) else window, size)


@negative("packshot", needs="photos")
def packshot_close_up(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A packshot cropped into the product, so that its outline leaves on two or three sides."""
    photo = props.packshot(rng)
    box = product_box(photo) or (0, 0, photo.shape[1], photo.shape[0])
    left, top, right, bottom = box
    cut = rng.uniform(0, 0.3, 4) * (rng.random(4) < 0.7)
    wide, tall = right - left, bottom - top
    window = photo[
        round(top + tall * cut[0]) : round(bottom - tall * cut[1]),
        round(left + wide * cut[2]) : round(right - wide * cut[3]),
    ]
    return resized(window, size)


@negative("retakes", needs="photos")
def retake(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A photo as another hand might have taken it: nearer, askew, in another light."""
    photo = props.photo(rng)
    height, width = photo.shape[:2]
    extent = np.array((width, height)) * rng.uniform(1 / MOST_ZOOM, 1)
    extent *= np.exp(rng.uniform(-0.2, 0.2) * np.array((1, -1)))
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * extent / 2
    if chance(rng, 0.4):
        corners += rng.uniform(-0.06, 0.06, (4, 2)) * extent
    if chance(rng, 0.6):
        corners = turned(corners, rng.uniform(-MOST_ASKEW, MOST_ASKEW))
    room = np.array((width, height)) * (1 - 2 * OUTSIDE)
    corners *= min(1.0, float((room / np.ptp(corners, axis=0)).min()))
    free = room - np.ptp(corners, axis=0)
    corners += np.array((width, height)) * OUTSIDE - corners.min(axis=0) + free * rng.random(2)
    scale = size / extent.max()
    columns, rows = (max(16, round(float(side) * scale)) for side in extent)
    target = np.array([(0, 0), (columns, 0), (columns, rows), (0, rows)], np.float32)
    transform = cast("Transform", cv2.getPerspectiveTransform(corners.astype(np.float32), target))
    window, _ = project(opaque(photo), transform, rows, columns)
    return _relit(rng, window, white_stays=has_uniform_background(photo))


def _relit(rng: np.random.Generator, image: Image, *, white_stays: bool) -> Image:
    """Return the photo in other light, by another camera; a page's white must stay one."""
    height, width = image.shape[:2]
    gains = np.ones(3) if white_stays else rng.uniform(0.9, 1.1, 3)
    gamma = np.exp(rng.uniform(-0.35, 0.35))
    levels = (np.arange(256)[:, None] / 255) ** gamma * gains
    image = cast("Image", cv2.LUT(image, np.rint(np.clip(levels, 0, 1) * 255).astype(np.uint8)[:, None]))
    if chance(rng, 0.5):
        grey = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
        colourful = rng.uniform(0.5, 1.3)
        image = cast("Image", cv2.addWeighted(image, colourful, grey, 1 - colourful, 0))
    if not white_stays and chance(rng, 0.5):
        light = 1 + ramp(height, width, rng.uniform(0, 7)) * np.float32(rng.uniform(0, 0.25))
        light += noise(rng, height, width, rng.uniform(2, 4)) * np.float32(rng.uniform(0, 0.08))
        image = lit(image, light)
    return blurred(image, max(height, width) * rng.uniform(0.002, 0.006)) if chance(rng, 0.2) else image


@negative("coloured_grounds", needs="photos")
def packshot_on_colour(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A packshot laid on a coloured ground."""
    photo = props.packshot(rng)
    product = product_mask(photo)
    box = None if product is None else _box_of(product)
    if product is None or box is None:
        return resized(photo, size)
    left, top, right, bottom = box
    if np.count_nonzero(product) > MOST_FILLED * (right - left) * (bottom - top):
        return resized(photo, size)
    ground = coloured_background(rng, *photo.shape[:2])
    # Multiplied, so that shadows stay; the product itself keeps its colours.
    laid = over(cast("Image", cv2.multiply(photo, ground, scale=1 / 255)), photo, blurred(product, 1.0))
    return resized(_window(laid, box, rng.uniform(0, 0.12, 4)), size)
