"""Canny's edges along the four sides of a picture, cut out as strips that lie over each other.

A strip has the depth from the side as its first axis and the side's length as its second, whichever side it
is; one array operation then serves all four.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.detectors.protocol import Image

Grey: TypeAlias = npt.NDArray[np.uint8]
"""A grey picture or an edge map: shape (H, W), uint8."""

Bytes: TypeAlias = npt.NDArray[np.uint8]

Floats: TypeAlias = npt.NDArray[np.float32]


def floats(values: npt.ArrayLike) -> Floats:
    """Return values as float32: NumPy's own operations promise less about their type than they keep."""
    return np.asarray(values, np.float32)


EDGE = np.float32(255)
"""Marks an edge in an edge map."""

EdgeDetector: TypeAlias = Callable[[Grey], Grey]
"""Grey picture to edge map, 255 on an edge and 0 elsewhere."""

SIDES = ("left", "top", "right", "bottom")
"""The order of the first axis of every array."""

MAX_SIDE_PX = 320
"""Larger pictures are scaled down: a frame is still a frame at this size, and time stays bounded."""

MIN_SIDE_PX = 48
"""Smaller pictures are scaled up, so that every strip has room for a line and its surroundings."""

DEPTH_FRACTION = 0.26
"""How deep a strip reaches into the picture, as a share of its shorter side."""

STRIP_ROWS = 120
"""Rows that a side's length is sampled at: enough for shares of it, and half the work of all of them."""

CHROMA_ROWS = 40
"""Rows that colour is sampled at: compression keeps less of it anyway."""

CANNY_LOW, CANNY_HIGH = 50, 100
"""Canny's hysteresis thresholds: low enough for a pale band, high enough for speed on a busy picture."""

PAGE_LEVEL = 236
"""Grey from here on can be a page's colour."""

PAGE_TOLERANCE = 7
"""Compression moves a page's grey by this much; a pale band differs by more."""

PAGE_COLOURFULNESS = 10
"""A page's channels differ by no more than this."""

PAGE_SHARE = 0.99
"""Of a column or row: so much of it must be page for it to be empty."""

LEAST_CONTENT = 0.2
"""Margins that leave less than this share of the width or height are no margins but the picture."""


class Margins(NamedTuple):
    """Page-coloured columns and rows at the sides, in pixels of the picture."""

    left: int = 0
    top: int = 0
    right: int = 0
    bottom: int = 0


@dataclass(frozen=True, slots=True)
class Strips:
    """The border strips of a picture, its page-coloured margins left out.

    Attributes
    ----------
    grey
        Brightness, shape (4, depth, `STRIP_ROWS`), uint8; sides in the order of `SIDES`.
    edges
        255 where there is an edge, else 0; same shape.
    chroma
        The two colour differences Cr and Cb, shape (2, 4, depth, `CHROMA_ROWS`), uint8; 128 is grey.
    column_edges, row_edges
        Share of edges in each column and row of the whole picture inside the margins; (width,) and (height,).
    margins
        What was left out.
    scale
        Working pixels per pixel of the picture, horizontally and vertically.
    size
        Width and height of the picture in its own pixels, margins included.
    """

    grey: Bytes
    edges: Bytes
    chroma: Bytes
    column_edges: Floats
    row_edges: Floats
    margins: Margins
    scale: tuple[float, float]
    size: tuple[int, int]

    @property
    def depth(self) -> int:
        """Working pixels from the side to the strip's inner end."""
        return int(self.grey.shape[1])


def canny(grey: Grey) -> Grey:
    """Return OpenCV's Canny edges of a grey picture, 255 on an edge."""
    edges: Grey = cv2.Canny(grey, CANNY_LOW, CANNY_HIGH)  # type: ignore[assignment]
    return edges


def cut_strips(image: Image, edge_detector: EdgeDetector = canny) -> Strips:
    """Find the edges of a picture and cut its four border strips.

    Parameters
    ----------
    image
        Shape (H, W, 3), uint8, RGB; any size from 1x1.
    edge_detector
        Another one than `canny` shows what the figures owe to the edges.
    """
    full: Grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)  # type: ignore[assignment]
    margins = page_margins(image, full)
    height, width = full.shape
    rows, columns = slice(margins.top, height - margins.bottom), slice(margins.left, width - margins.right)
    size = _working_size(columns.stop - columns.start, rows.stop - rows.start)
    grey = _resize(full[rows, columns], size)
    edges = edge_detector(grey)
    depth = int(DEPTH_FRACTION * min(size))
    return Strips(
        grey=_stack(grey, STRIP_ROWS, depth),
        edges=_stack(edges, STRIP_ROWS, depth),
        chroma=_chroma(_stack(_resize(image[rows, columns], size), CHROMA_ROWS, depth)),
        column_edges=_share(edges, 0),
        row_edges=_share(edges, 1),
        margins=margins,
        scale=(size[0] / (columns.stop - columns.start), size[1] / (rows.stop - rows.start)),
        size=(width, height),
    )


def page_margins(image: Image, grey: Grey) -> Margins:
    """Return how much of each side is empty page.

    White and page-coloured padding is no frame; without it, an inset frame and one at the edge are alike.

    Parameters
    ----------
    image, grey
        The same picture in colour and in grey: a page has none.
    """
    if max(int(grey[row, column]) for row in (0, -1) for column in (0, -1)) < PAGE_LEVEL:
        return Margins()
    corners = image[[0, 0, -1, -1], [0, -1, 0, -1]].astype(np.int16)
    neutral = corners[np.ptp(corners, axis=1) <= PAGE_COLOURFULNESS]
    level = int(neutral.mean(axis=1).max(initial=0))
    if level < PAGE_LEVEL:
        return Margins()
    _, page = cv2.threshold(grey, level - PAGE_TOLERANCE, 1, cv2.THRESH_BINARY)
    left, right = _margin(cv2.reduce(page, 0, cv2.REDUCE_AVG, dtype=cv2.CV_32F)[0] < PAGE_SHARE)
    top, bottom = _margin(cv2.reduce(page, 1, cv2.REDUCE_AVG, dtype=cv2.CV_32F)[:, 0] < PAGE_SHARE)
    height, width = grey.shape
    if width - left - right < LEAST_CONTENT * width or height - top - bottom < LEAST_CONTENT * height:
        return Margins()
    return Margins(left, top, right, bottom)


def _margin(drawn: npt.NDArray[np.bool_]) -> tuple[int, int]:
    """Return how many columns come before the first drawn one and after the last."""
    return int(drawn.argmax()), int(drawn[::-1].argmax())


def _working_size(width: int, height: int) -> tuple[int, int]:
    factor = min(1.0, MAX_SIDE_PX / max(width, height))
    return max(MIN_SIDE_PX, round(width * factor)), max(MIN_SIDE_PX, round(height * factor))


def _resize(plane: Image, size: tuple[int, int]) -> Image:
    height, width = plane.shape[:2]
    if size == (width, height):
        return plane
    shrinks = size[0] < width or size[1] < height
    interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_NEAREST
    return cv2.resize(plane, size, interpolation=interpolation)  # type: ignore[return-value]


def _stack(plane: Image, rows: int, depth: int) -> Bytes:
    """Return the four strips, (4, depth, rows, ...); the first entry of each lies at the picture's side."""
    nearest = cv2.INTER_NEAREST
    left = cv2.transpose(cv2.resize(plane[:, :depth], (depth, rows), interpolation=nearest))
    top = cv2.resize(plane[:depth], (rows, depth), interpolation=nearest)
    right = cv2.transpose(cv2.resize(plane[:, -depth:], (depth, rows), interpolation=nearest))
    bottom = cv2.resize(plane[-depth:], (rows, depth), interpolation=nearest)
    stack = np.empty((4, depth, rows, *plane.shape[2:]), np.uint8)
    stack[0], stack[1], stack[2], stack[3] = left, top, right[::-1], bottom[::-1]
    return stack


def _chroma(strips: Bytes) -> Bytes:
    """Return Cr and Cb of strips in colour."""
    sides, depth, rows = strips.shape[:3]
    _, *planes = cv2.split(cv2.cvtColor(strips.reshape(sides * depth, rows, 3), cv2.COLOR_RGB2YCrCb))
    return np.stack(planes).reshape(2, sides, depth, rows)  # type: ignore[return-value]


def _share(edges: Grey, axis: int) -> Floats:
    return floats(cv2.reduce(edges, axis, cv2.REDUCE_AVG, dtype=cv2.CV_32F).ravel() / EDGE)
