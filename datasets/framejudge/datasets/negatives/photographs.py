"""Photos that look framed only because of how they are cropped. They need photos."""

from __future__ import annotations

import cv2
import numpy as np

from framejudge.datasets.negatives.props import Props, has_uniform_background
from framejudge.datasets.negatives.registry import negative
from framejudge.datasets.picture import Image
from framejudge.datasets.products.canvas import resized
from framejudge.datasets.products.colours import chance

BACKGROUND_TOLERANCE = 22
"""Grey levels by which a pixel must differ from the uniform background to belong to the product."""


def product_box(photo: Image) -> tuple[int, int, int, int] | None:
    """Return left, top, right, bottom of what is not background; None where the background is not uniform."""
    if not has_uniform_background(photo):
        return None
    border = np.concatenate((photo[0], photo[-1], photo[:, 0], photo[:, -1]))
    colour = np.median(border, axis=0).astype(np.uint8)
    apart = cv2.absdiff(photo, np.broadcast_to(colour, photo.shape).copy()).max(axis=2)
    product = cv2.morphologyEx(
        (apart > BACKGROUND_TOLERANCE).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)
    )
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


@negative("packshot", needs="photos")
def packshot_crop(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A packshot cropped to the product's own outline, with a margin of at most 2 %."""
    photo = props.packshot(rng)
    box = product_box(photo)
    if box is None:
        return resized(photo, size)
    height, width = photo.shape[:2]
    left, top, right, bottom = box
    slack = max(right - left, bottom - top) * rng.uniform(0, 0.02, 4) * (0.0 if chance(rng, 0.4) else 1.0)
    window = photo[
        max(0, round(top - slack[0])) : min(height, round(bottom + slack[1])),
        max(0, round(left - slack[2])) : min(width, round(right + slack[3])),
    ]
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
