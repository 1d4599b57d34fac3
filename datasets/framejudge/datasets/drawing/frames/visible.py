"""Whether a frame can be seen, and cannot be mistaken for padding."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.datasets.drawing.frames.layout import Layout
from framejudge.datasets.drawing.picture import Image

LEAST_CONTRAST = 15.0
"""Mean difference of colour across the band's edge, in levels of 255."""

LEAST_CONTRAST_IF_THIN = 32.0
"""The same for a band of at most `THIN` of the side: compression eats a pale hair-line."""

THIN = 0.02

ABOVE_THE_PICTURE = 1.5
"""The difference across the edge must be so many times the picture's own from there inwards."""

LEAST_TEXTURE_CONTRAST = 20.0
"""Difference of the standard deviations along the two sides of the edge, in levels of 255."""

LEAST_CHANGE = 30.0
"""Mean change of the pixels that a broken or translucent band covers, in levels of 255."""

BUSY_SHARE = 0.5
"""On a busy ground the change must be larger, by this share of the ground's standard deviation."""

_SMOOTHING = 9


def contrast_along_edges(image: Image, layout: Layout) -> bool:
    """Return whether every side of the band stands out from what lies beside it, by colour or by texture.

    That is the content inside it and, where there is space outside it, that too.
    """
    least = LEAST_CONTRAST if layout.thickness_fraction > THIN else LEAST_CONTRAST_IF_THIN
    edges = [_across(image, layout, side, outside=outside) for side in range(4) for outside in (False, True)]
    return all(_stands_out(edge, least) for edge in edges if edge is not None)


def change_of_pixels(before: Image, after: Image, alpha: npt.NDArray[np.uint8]) -> bool:
    """Return whether the covered pixels differ enough from what was there before."""
    covered = alpha > 127
    if not covered.any():
        return False
    ground = before[covered].astype(np.float32)
    change = np.abs(after[covered] - ground).max(axis=1)
    return bool(change.mean() >= LEAST_CHANGE + BUSY_SHARE * ground.std(axis=0).max())


def looks_like_padding(image: Image, layout: Layout) -> bool:
    """Return whether the band could be the padding of a shop: even and almost white, or even black bars.

    The labelling guide calls white and page-coloured padding plain, and bars above and below a film still
    are a case of their own.
    """
    edges = [edge for edge in (_across(image, layout, side) for side in range(4)) if edge]
    band = np.concatenate([edge.band for edge in edges]).astype(np.float32)
    if band.std(axis=0).max() > 9:
        return False
    level, content = band.mean(axis=0), float(np.concatenate([edge.beside for edge in edges]).mean())
    if level.max() - level.min() < 22 and level.min() > 205 and content < level.mean() + 6:
        return True
    return bool(level.max() < 30 and layout.sides in {("left", "right"), ("top", "bottom")})


class _Edge(NamedTuple):
    """Three lines of pixels along an edge, (n, 3) each: on the band, beside it, and as far again beyond."""

    band: Image
    beside: Image
    beyond: Image


def _across(image: Image, layout: Layout, side: int, *, outside: bool = False) -> _Edge | None:
    """Return the pixels along a side's inner or outer edge; None without a band, or without space outside."""
    thickness, gap = layout.band[side], layout.gap[side]
    if not thickness or (outside and not gap):
        return None
    within = min(2, thickness // 2)
    on_band = gap + within if outside else gap + thickness - 1 - within
    beside = max(gap - 2, 0) if outside else gap + thickness + 2
    depths = (on_band, beside, max(2 * beside - on_band, 0))
    length = layout.width if side % 2 == 0 else layout.height
    places = [length - 1 - depth if side >= 2 else depth for depth in depths]
    content, trim = layout.content, layout.radius + 3
    if side % 2:
        lines = image[places, content.left + trim : content.right - trim]
    else:
        lines = image[content.top + trim : content.bottom - trim, places].transpose(1, 0, 2)
    return _Edge(*lines)


def _stands_out(edge: _Edge, least: float) -> bool:
    if len(edge.band) < 2 * _SMOOTHING:
        return False
    contrast = _smooth_difference(edge.band, edge.beside)
    if contrast >= max(least, ABOVE_THE_PICTURE * _smooth_difference(edge.beside, edge.beyond)):
        return True
    return contrast >= least / 2 and bool(
        np.abs(edge.band.std(axis=0) - edge.beside.std(axis=0)).max() >= LEAST_TEXTURE_CONTRAST
    )


def _smooth_difference(first: Image, second: Image) -> float:
    """Return the mean difference of two lines of pixels, smoothed along them: single pixels are not seen."""
    difference = first.astype(np.float32) - second
    smooth = cv2.blur(difference, (1, _SMOOTHING), borderType=cv2.BORDER_REFLECT)
    return float(np.abs(smooth).max(axis=1).mean())
