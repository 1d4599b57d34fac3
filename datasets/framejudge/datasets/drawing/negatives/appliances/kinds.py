"""The front of a machine as a picture: staged, boxed, or so near that it fills the picture."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np

from framejudge.datasets.drawing.negatives.appliances.electronics import (
    pc_case,
    printer,
    radio,
    router,
    speaker,
)
from framejudge.datasets.drawing.negatives.appliances.kitchen import (
    dishwasher,
    fridge,
    microwave,
    oven,
    washer,
)
from framejudge.datasets.drawing.negatives.props import Props
from framejudge.datasets.drawing.negatives.registry import negative
from framejudge.datasets.drawing.negatives.staging import Pose, Solid, revealing_backdrop, stage, stage_solid
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products.canvas import Sprite, lit, opaque, parts, solid
from framejudge.datasets.drawing.products.colours import chance
from framejudge.datasets.drawing.products.surfaces import ramp


@negative("appliances")
def appliance(rng: np.random.Generator, props: Props, size: int) -> Image:
    """The front of an oven, a microwave, a washing machine, a radio, a printer and the like."""
    front = _FRONTS[int(rng.integers(len(_FRONTS)))](rng, size)
    pick = rng.random()
    if pick < 0.2:
        return _close_up(rng, front, size)
    if pick < 0.38 and front[..., 3].mean() > 240:
        return stage_solid(rng, _boxed(rng, front), size, Pose(), revealing_backdrop, most_yaw=32.0)
    least = 0.0 if chance(rng, 0.5) else 0.015
    # A flat one that is cut would leave a mere strip.
    cut = 0.15 if front.shape[0] > 0.45 * front.shape[1] else 0.0
    pose = Pose(least_margin=least, most_margin=0.14, straight_share=0.8, cut_share=cut, shadow=True)
    return stage(rng, [front], size, pose, revealing_backdrop)


def _close_up(rng: np.random.Generator, front: Sprite, size: int) -> Image:
    """Return a part of the front that fills the picture."""
    body, mask = parts(front)
    height, width = mask.shape
    body[mask < 128] = cv2.mean(body, mask)[:3]
    share = rng.uniform(0.6, 0.93, 2)
    rows, columns = max(2, round(height * share[0])), max(2, round(width * share[1]))
    top, left = int(rng.integers(0, height - rows + 1)), int(rng.integers(0, width - columns + 1))
    part = body[top : top + rows, left : left + columns]
    scale = size / max(rows, columns)
    extent = (max(16, min(size, round(columns * scale))), max(16, min(size, round(rows * scale))))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    part = cast("Image", cv2.resize(part, extent, interpolation=method))
    light = 1 + ramp(extent[1], extent[0], rng.uniform(0, 7)) * np.float32(rng.uniform(0, 0.2))
    return lit(part, light)


def _boxed(rng: np.random.Generator, front: Sprite) -> Solid:
    """Return the front as a box, its sides in the front's mean colour."""
    height, width = front.shape[:2]
    red, green, blue = (int(level) for level in cv2.mean(front[: max(2, height // 20)])[:3])
    depth = rng.uniform(0.3, 0.9)
    deep = max(8, round(width * depth))
    side, top = solid(height, deep, (red, green, blue)), solid(deep, width, (red, green, blue))
    return Solid(front, opaque(side), opaque(top), depth)


_FRONTS = (
    oven,
    oven,
    microwave,
    microwave,
    washer,
    fridge,
    dishwasher,
    speaker,
    radio,
    router,
    printer,
    pc_case,
)
