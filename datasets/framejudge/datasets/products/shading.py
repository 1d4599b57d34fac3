"""How light falls on a product: round, turned, shining."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np

from framejudge.datasets.picture import Image
from framejudge.datasets.products.canvas import Field, Mask, blurred, over
from framejudge.datasets.products.colours import WHITE
from framejudge.datasets.products.surfaces import ramp


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


def shone(rng: np.random.Generator, image: Image) -> Image:
    """Return the image with a soft highlight."""
    height, width = image.shape[:2]
    spot = np.zeros((height, width), np.uint8)
    centre = (int(rng.uniform(0.2, 0.8) * width), int(rng.uniform(0.1, 0.6) * height))
    axes = (max(1, int(width * rng.uniform(0.02, 0.2))), max(1, int(height * rng.uniform(0.02, 0.2))))
    cv2.ellipse(spot, centre, axes, rng.uniform(0, 180), 0, 360, int(rng.integers(80, 230)), -1)
    return over(image, WHITE, blurred(spot, min(height, width) * rng.uniform(0.01, 0.06)))
