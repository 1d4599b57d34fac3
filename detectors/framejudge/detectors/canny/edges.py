"""Canny's edges along the four sides of a picture, and what their depth profiles say.

The four border strips of a picture are laid over each other, so that one array operation serves all of them:
a strip has the side's whole length as rows and the depth from the side as columns, whichever side it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.detectors.protocol import Image

Grey: TypeAlias = npt.NDArray[np.uint8]
"""A grey picture or an edge map: shape (H, W), uint8."""

Floats: TypeAlias = npt.NDArray[np.float32]

SIDES = ("left", "top", "right", "bottom")
"""The order of the first axis of every array below."""

MAX_SIDE_PX = 320
"""Larger pictures are scaled down: a frame is still a frame at this size, and time stays bounded."""

MIN_SIDE_PX = 48
"""Smaller pictures are scaled up, so that every strip has room for a line and its surroundings."""

DEPTH_FRACTION = 0.3
"""How deep a strip reaches into the picture, as a share of its shorter side."""

SEGMENTS = 12
"""Equal parts that a side's length is divided into; the outermost two hold the corners."""

CANNY_LOW, CANNY_HIGH = 50, 100
"""Canny's hysteresis thresholds: low enough for a pale band on a white background."""

EdgeDetector: TypeAlias = Callable[[Grey], Grey]


@dataclass(frozen=True, slots=True)
class Strips:
    """The border strips of a picture.

    Attributes
    ----------
    grey
        Brightness, shape (4, length, depth), float32 in 0..255; sides in the order of `SIDES`.
    edges
        1 where Canny found an edge, else 0; same shape.
    scale
        Working pixels per pixel of the picture, horizontally and vertically.
    size
        Width and height of the picture in its own pixels.
    """

    grey: Floats
    edges: Floats
    scale: tuple[float, float]
    size: tuple[int, int]


def canny(grey: Grey) -> Grey:
    """Return OpenCV's Canny edges of a grey picture, 255 on an edge."""
    return cv2.Canny(grey, CANNY_LOW, CANNY_HIGH)  # type: ignore[return-value]  # OpenCV's types are loose


def cut_strips(image: Image, edge_detector: EdgeDetector = canny) -> Strips:
    """Find the edges of a picture and cut its four border strips.

    Parameters
    ----------
    image
        Shape (H, W, 3), uint8, RGB; any size from 1x1.
    edge_detector
        Grey picture to edge map; another one than `canny` shows what the rules owe to the edges.
    """
    height, width = image.shape[:2]
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    work_width, work_height = _working_size(width, height)
    if (work_width, work_height) != (width, height):
        shrinks = work_width < width or work_height < height
        interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_NEAREST
        grey = cv2.resize(grey, (work_width, work_height), interpolation=interpolation)
    depth = int(DEPTH_FRACTION * min(work_width, work_height))
    length = max(work_width, work_height)
    return Strips(
        grey=_stack(grey, depth, length, cv2.INTER_LINEAR),
        edges=_stack(edge_detector(grey), depth, length, cv2.INTER_NEAREST) * np.float32(1 / 255),  # type: ignore[arg-type]
        scale=(work_width / width, work_height / height),
        size=(width, height),
    )


def _working_size(width: int, height: int) -> tuple[int, int]:
    factor = min(1.0, MAX_SIDE_PX / max(width, height))
    return max(MIN_SIDE_PX, round(width * factor)), max(MIN_SIDE_PX, round(height * factor))


def _stack(plane: Grey, depth: int, length: int, interpolation: int) -> Floats:
    turned = cv2.transpose(plane)
    strips = (plane[:, :depth], turned[:, :depth], plane[:, : -depth - 1 : -1], turned[:, : -depth - 1 : -1])
    stack = np.empty((4, length, depth), np.uint8)
    for target, strip in zip(stack, strips, strict=True):
        if len(strip) == length:
            target[:] = strip
        else:  # the shorter sides of an oblong picture are stretched to the longer ones
            cv2.resize(np.ascontiguousarray(strip), (depth, length), dst=target, interpolation=interpolation)
    return stack.astype(np.float32)
