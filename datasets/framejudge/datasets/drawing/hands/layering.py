"""Laying artwork over a picture in many ways, so that the seam itself says nothing about frames."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.datasets.drawing.picture import Image

Opacity = npt.NDArray[np.uint8]
"""Shape (H, W), uint8; 255 hides what lies below."""


def lay_over(ground: Image, fill: Image, opacity: Opacity, rng: np.random.Generator) -> Image:
    """Return the ground with a fill over it: cut hard, as it is, feathered, rescaled, or compressed apart.

    All three have the same height and width.
    """
    kind = rng.random()
    if kind < 0.2:
        opacity = np.where(opacity > 127, 255, 0).astype(np.uint8)
    elif kind < 0.35:
        opacity = np.asarray(cv2.GaussianBlur(opacity, (0, 0), rng.uniform(0.4, 1.2)), dtype=np.uint8)
    elif kind < 0.5:
        fill = compressed(fill, int(rng.integers(50, 95)))
    elif kind < 0.6:
        ground = compressed(ground, int(rng.integers(50, 95)))
    share = opacity.astype(np.float32) * np.float32(1 / 255)
    laid = np.asarray(cv2.blendLinear(fill, ground, share, 1 - share), dtype=np.uint8)
    if kind > 0.9:
        laid = rescaled(laid, rng.uniform(0.6, 0.95))
    return laid


def compressed(image: Image, quality: int) -> Image:
    """Return the picture through JPEG of this quality."""
    _, contents = cv2.imencode(".jpg", image, (cv2.IMWRITE_JPEG_QUALITY, quality))
    return np.asarray(cv2.imdecode(contents, cv2.IMREAD_COLOR), dtype=np.uint8)


def rescaled(image: Image, scale: float) -> Image:
    """Return the picture scaled down and up again, its size unchanged."""
    height, width = image.shape[:2]
    small = cv2.resize(
        image, (max(8, round(width * scale)), max(8, round(height * scale))), interpolation=cv2.INTER_AREA
    )
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), dtype=np.uint8)


def worn(image: Image, rng: np.random.Generator) -> Image:
    """Return the picture as uploads have gone through other programs before; framed and plain ones alike."""
    kind = rng.random()
    if kind < 0.5:
        return image
    if kind < 0.65:
        return compressed(image, int(rng.integers(35, 90)))
    if kind < 0.75 and min(image.shape[:2]) > 60:
        return rescaled(image, rng.uniform(0.5, 0.95))
    if kind < 0.85:
        return np.asarray(cv2.GaussianBlur(image, (0, 0), rng.uniform(0.3, 0.9)), dtype=np.uint8)
    if kind < 0.93:
        soft = cv2.GaussianBlur(image, (0, 0), 1.0)
        amount = rng.uniform(0.3, 1.2)
        return np.asarray(cv2.addWeighted(image, 1 + amount, soft, -amount, 0), dtype=np.uint8)
    noise = rng.normal(0, rng.uniform(1, 6), image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def pasted_again(image: Image, rng: np.random.Generator) -> Image:
    """Return the picture with its own inside, or its own margin, laid over it again: a seam and no frame."""
    height, width = image.shape[:2]
    opacity = np.full((height, width), 255, np.uint8)
    across, down = (round(each * rng.uniform(0.02, 0.2)) for each in (width, height))
    opacity[down : height - down, across : width - across] = 0
    other = compressed(image, int(rng.integers(60, 97))) if rng.random() < 0.7 else image
    return lay_over(image, other, opacity, rng)
