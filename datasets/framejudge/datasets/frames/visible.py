"""Whether a frame can be seen, and cannot be mistaken for padding."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from framejudge.datasets.frames.layout import Layout
from framejudge.datasets.picture import Image

LEAST_CONTRAST = 11.0
"""Mean difference of colour across the band's inner edge, in levels of 255."""

LEAST_TEXTURE_CONTRAST = 14.0
"""Difference of the standard deviations along the two sides of the edge, in levels of 255."""

LEAST_CHANGE = 22.0
"""Mean change of the pixels that a broken band covers, in levels of 255."""

_SMOOTHING = 9


def contrast_along_edges(image: Image, layout: Layout) -> bool:
    """Return whether every side of the band stands out from the content beside it, by colour or by texture.

    A band with space outside it has to stand out from that too.
    """
    pairs = [_beside(image, layout, side) for side in range(4)]
    pairs += [_beside(image, layout, side, outside=True) for side in range(4)]
    return all(_stands_out(band, other) for band, other in pairs if len(band))


def change_of_pixels(before: Image, after: Image, alpha: npt.NDArray[np.uint8]) -> bool:
    """Return whether the covered pixels differ enough from what was there before."""
    covered = alpha > 127
    if not covered.any():
        return False
    change = np.abs(after[covered].astype(np.int16) - before[covered]).max(axis=1)
    return bool(change.mean() >= LEAST_CHANGE)


def looks_like_padding(image: Image, layout: Layout) -> bool:
    """Return whether the band could be the padding of a shop: even and almost white, or even black bars.

    The labelling guide calls white and page-coloured padding plain, and bars above and below a film still
    are a case of their own.
    """
    bands, contents = zip(*(pair for pair in (_beside(image, layout, side) for side in range(4)) if len(pair[0])))
    band = np.concatenate(bands).astype(np.float32)
    if band.std(axis=0).max() > 9:
        return False
    level, content = band.mean(axis=0), float(np.concatenate(contents).mean())
    if level.max() - level.min() < 22 and level.min() > 205 and content < level.mean() + 6:
        return True
    return bool(level.max() < 30 and layout.sides in {("left", "right"), ("top", "bottom")})


def _beside(image: Image, layout: Layout, side: int, *, outside: bool = False) -> tuple[Image, Image]:
    """Return the band's pixels and its neighbour's along the band's inner or outer edge, (n, 3) each.

    Both are empty where there is no band, or nothing outside it.
    """
    thickness, gap = layout.band[side], layout.gap[side]
    if not thickness or (outside and not gap):
        return image[:0, 0], image[:0, 0]
    length = layout.width if side % 2 == 0 else layout.height
    within = min(2, thickness // 2)
    on_band = gap + within if outside else gap + thickness - 1 - within
    beside = max(gap - 2, 0) if outside else gap + thickness + 2
    if side >= 2:
        on_band, beside = length - 1 - on_band, length - 1 - beside
    content = layout.content
    trim = layout.radius + 3
    if side % 2:
        along = slice(content.left + trim, content.right - trim)
        return image[on_band, along], image[beside, along]
    along = slice(content.top + trim, content.bottom - trim)
    return image[along, on_band], image[along, beside]


def _stands_out(band: Image, content: Image) -> bool:
    if len(band) < 2 * _SMOOTHING:
        return False
    difference = band.astype(np.float32) - content
    kernel = np.full(_SMOOTHING, 1 / _SMOOTHING, np.float32)
    smooth = np.stack([np.convolve(difference[:, c], kernel, "valid") for c in range(3)], axis=1)
    if np.abs(smooth).max(axis=1).mean() >= LEAST_CONTRAST:
        return True
    return bool(np.abs(band.std(axis=0) - content.std(axis=0)).max() >= LEAST_TEXTURE_CONTRAST)
