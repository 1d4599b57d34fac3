"""A drawn picture as a network sees it."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from framejudge.datasets.drawing.picture import Image, Picture


class NetworkExample(NamedTuple):
    """A picture as a network sees it.

    ``pixels`` has shape (size, size, 3), uint8, RGB; ``label`` is 1 for framed; ``content`` is the box inside
    the frame as fractions (left, top, right, bottom) of the width and height, None where it is not
    known and for a plain picture.
    """

    pixels: Image
    label: int
    content: tuple[float, float, float, float] | None


def example_of(picture: Picture, degraded: Image, size: int) -> NetworkExample:
    """Return a picture as a network of this input size sees it, from its compressed and decoded pixels."""
    pixels = np.asarray(cv2.resize(degraded, (size, size), interpolation=cv2.INTER_AREA), dtype=np.uint8)
    framed = int(picture.label == "framed")
    if picture.content_box is None:
        return NetworkExample(pixels, framed, None)
    height, width = picture.image.shape[:2]
    left, top, right, bottom = picture.content_box
    return NetworkExample(pixels, framed, (left / width, top / height, right / width, bottom / height))
