"""How light falls on a product: round, turned, embossed, hollow, shining."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np

from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products.canvas import (
    Box,
    Field,
    Mask,
    blurred,
    faded,
    lit,
    over,
    rounded_mask,
    shrunk,
)
from framejudge.datasets.drawing.products.colours import (
    BLACK,
    WHITE,
    Colour,
)
from framejudge.datasets.drawing.products.surfaces import ramp


def rounded_light(rng: np.random.Generator, mask: Mask) -> Field:
    """Return the light on a body that bulges: from one side, darker towards its outline."""
    height, width = mask.shape
    light = 1 + ramp(height, width, rng.uniform(0, 2 * np.pi)) * np.float32(rng.uniform(0.03, 0.35))
    small = cv2.resize(mask, (max(8, width // 3), max(8, height // 3)), interpolation=cv2.INTER_AREA)
    depth = cv2.distanceTransform((small > 127).astype(np.uint8), cv2.DIST_L2, 3)
    reach = max(float(depth.max()) * rng.uniform(0.2, 1.0), 1.0)
    bulge = cv2.resize(np.minimum(depth / np.float32(reach), 1), (width, height))
    edge = np.float32(rng.uniform(0.35, 0.95))
    return cast("Field", (edge + (1 - edge) * cv2.sqrt(np.maximum(bulge, 0))) * light)


def turned_light(rng: np.random.Generator, height: int, width: int) -> Field:
    """Return the light on a turned body with an upright axis: a bottle, a can, a lamp."""
    x = np.linspace(-1, 1, width, dtype=np.float32)
    light = np.float32(1.05) - np.float32(rng.uniform(0.2, 0.8)) * np.abs(x - rng.uniform(-0.4, 0.4)) ** 2
    for _ in range(int(rng.integers(0, 3))):
        at, wide = rng.uniform(-0.8, 0.8), rng.uniform(0.03, 0.2)
        light += np.float32(rng.uniform(0.1, 0.7)) * np.exp(-(((x - at) / wide) ** 2)).astype(np.float32)
    return np.ascontiguousarray(np.broadcast_to(light.astype(np.float32), (height, width)))


def embossed_light(mask: Mask, radius: float, angle: float, strength: float) -> Field:
    """Return the light on what the mask raises, its edges rounded over ``radius`` pixels."""
    radius = max(radius, 0.7)
    soft = blurred(mask, radius)
    # 255 grey levels over about 2.5 radii is the steepest slope; Sobel's kernel adds up to 8.
    scale = strength * radius * 2.5 / 255 / 8
    across = cv2.Sobel(soft, cv2.CV_32F, 1, 0, scale=scale * float(np.cos(angle)))
    down = cv2.Sobel(soft, cv2.CV_32F, 0, 1, scale=scale * float(np.sin(angle)))
    return cast("Field", cv2.add(across, down) + np.float32(1))


def hollowed(
    rng: np.random.Generator, body: Image, box: Box, radius: float, floor: Image | Colour, depth: float
) -> Image:
    """Return the body with a hollow at ``box``: another floor, shaded by its wall, its edge in the light."""
    height, width = body.shape[:2]
    inside = rounded_mask(height, width, box, radius)
    angle = rng.uniform(0, 2 * np.pi)
    body = over(body, floor, inside)
    depth = max(1.0, depth)
    # The wall's shadow lies inside, on the side that the light comes from.
    right, down = (float(share) * depth * 0.7 for share in (np.cos(angle), np.sin(angle)))
    bright = shrunk((box[0] + right, box[1] + down, box[2] + right, box[3] + down), depth * 0.4)
    dim = cast("Mask", cv2.bitwise_not(rounded_mask(height, width, bright, radius)))
    shadow = cast("Mask", cv2.bitwise_and(blurred(dim, depth * 0.6), inside))
    body = over(body, BLACK, faded(shadow, rng.uniform(0.3, 0.65)))
    edge = depth * rng.uniform(0.25, 0.6)
    return lit(body, embossed_light(inside, edge, angle + np.pi, rng.uniform(0.3, 0.7)))


def shone(rng: np.random.Generator, image: Image) -> Image:
    """Return the image with a soft highlight."""
    height, width = image.shape[:2]
    spot = np.zeros((height, width), np.uint8)
    centre = (int(rng.uniform(0.2, 0.8) * width), int(rng.uniform(0.1, 0.6) * height))
    axes = (max(1, int(width * rng.uniform(0.02, 0.2))), max(1, int(height * rng.uniform(0.02, 0.2))))
    cv2.ellipse(spot, centre, axes, rng.uniform(0, 180), 0, 360, int(rng.integers(80, 230)), -1)
    return over(image, WHITE, blurred(spot, min(height, width) * rng.uniform(0.01, 0.06)))
