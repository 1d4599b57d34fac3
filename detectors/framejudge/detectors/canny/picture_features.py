"""The features of a whole picture: what its outer rings hold, and whether its sides are alike.

A function returns a few features of one kind, sorted where they belong to the sides: a frame may be on any of
them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from math import dist
from types import MappingProxyType
from typing import TypeAlias

import numpy as np

from framejudge.detectors.canny.edges import EDGE, STRIP_ROWS, Bytes, Floats, floats
from framejudge.detectors.canny.evidence import Evidence
from framejudge.detectors.canny.lines import SEGMENT_MEAN
from framejudge.detectors.canny.palette import likeness

RING_BOUNDS = (0.0, 0.04, 0.08, 0.13, 0.2, 0.3, 0.45, 0.7)
"""Shares of the strips' depth; each ring lies between two of them."""

CORNER = 0.35
"""The corners are squares of this share of the strips' depth."""

MIRRORED = 0.25
"""Opposite strips are compared this deep, as a share of their depth."""

PictureFeatures: TypeAlias = Callable[[Evidence], Floats]


def ring_edges(evidence: Evidence) -> Floats:
    """Edge density of each ring: on the side with least, on average, and with most."""
    return _spread(evidence.profiles.edge_density @ _rings(evidence.strips.depth))


def ring_variation(evidence: Evidence) -> Floats:
    """Variation along the side in each ring: on the side with least, on average, and with most."""
    return _spread(np.sqrt(evidence.profiles.variance @ _rings(evidence.strips.depth)))


def ring_chroma(evidence: Evidence) -> Floats:
    """Colourfulness of each ring: on the side with least, on average, and with most."""
    return _spread(evidence.profiles.chroma @ _rings(evidence.strips.depth))


def ring_period(evidence: Evidence) -> Floats:
    """How much of a pattern runs along each side, least first, for a thin and a thick ring."""
    return np.sort(evidence.period, axis=1).reshape(-1)


def mirror_likeness(evidence: Evidence) -> Floats:
    """Correlation of opposite sides, lower first, and of each side with itself turned round, lowest first.

    Drawn ornament is often mirrored; a photograph seldom is.
    """
    strips = evidence.strips
    outer = floats(strips.grey[:, : max(2, int(MIRRORED * strips.depth))])
    flat = outer.reshape(4, -1)
    flat -= flat.mean(axis=1, keepdims=True)
    turned = outer[:, :, ::-1].reshape(4, -1)
    products = flat @ flat.T
    energy = products.diagonal() + _NOISE_VARIANCE * flat.shape[1]
    across = products[[0, 1], [2, 3]] / np.sqrt(energy[:2] * energy[2:])
    return np.concatenate([np.sort(across), np.sort(np.einsum("sn,sn->s", flat, turned) / energy)])


def corner_likeness(evidence: Evidence) -> Floats:
    """Correlation between the mirrored corners, lowest pair first."""
    corners = _corners(evidence, evidence.strips.grey)
    centred = corners - corners.mean(axis=1, keepdims=True)
    products = centred @ centred.T
    energy = products.diagonal() + _NOISE_VARIANCE * centred.shape[1]
    likeness = products / np.sqrt(energy[:, None] * energy)
    return np.sort(likeness[_PAIRS])


def corner_edges(evidence: Evidence) -> Floats:
    """Edge density of the corners and of the sides' middles, least first."""
    edges = evidence.strips.edges
    middle = floats(edges[:, : max(3, int(CORNER * evidence.strips.depth)), _MIDDLE]).mean(axis=(1, 2)) / EDGE
    return np.concatenate([np.sort(_corners(evidence, edges).mean(axis=1)) / EDGE, np.sort(middle)])


def page_margins(evidence: Evidence) -> Floats:
    """Empty page outside the sides in pixels, least first."""
    return np.log1p(np.sort(np.array(evidence.strips.margins, np.float32)))


def inner_lines(evidence: Evidence) -> Floats:
    """Straight lines in the middle of the picture and near its sides: tiles and shelves go on, frames do not.

    For the direction with more of them and the one with fewer: the longest line in the middle, the third
    longest, the share of the middle that is line, the share of the rest, the mean edge density of the middle.
    """
    measured = np.stack([_inner(evidence.strips.column_edges), _inner(evidence.strips.row_edges)])
    return np.concatenate([measured.max(axis=0), measured.min(axis=0)])


def shape(evidence: Evidence) -> Floats:
    """Height over width as a logarithm, and the strips' depth."""
    width, height = evidence.strips.size
    return np.array([np.log(height / width), evidence.strips.depth], np.float32)


def side_brightness(evidence: Evidence) -> Floats:
    """Mean grey of the outermost tenth: darkest side, lightest side, and how much the sides differ."""
    depth = max(1, int(0.1 * evidence.strips.depth))
    means = (evidence.profiles.mean[:, :depth].mean(axis=1) @ SEGMENT_MEAN).tolist()
    deviation = dist(means, [sum(means) / 4] * 4) / 2
    return np.array([min(means), max(means), deviation], np.float32)


def palette_likeness(evidence: Evidence) -> Floats:
    """How much of their palettes each two sides have in common, for each ring: least alike pair first."""
    shares = evidence.palettes.shares
    return np.sort(likeness(shares[:, _PAIRS[0]], shares[:, _PAIRS[1]]), axis=1).reshape(-1)


def palette_inside(evidence: Evidence) -> Floats:
    """How much of each side's outer palettes goes on inside, least first.

    Of the three outer rings in the innermost, and of the outermost in the third.
    """
    shares = evidence.palettes.shares
    alike = np.concatenate([likeness(shares[:3], shares[3]), likeness(shares[:1], shares[2])])
    return np.sort(alike, axis=1).reshape(-1)


def palette_variety(evidence: Evidence) -> Floats:
    """How varied the palettes of all sides together are.

    What each outer ring has in common with the innermost, the share of its commonest colour, and each ring's
    entropy.
    """
    together = evidence.palettes.shares.mean(axis=1)
    entropy = -(together * np.log(together + _RARE)).sum(axis=1)
    return np.concatenate([likeness(together[:3], together[3]), together[:3].max(axis=1), entropy])


def corner_colours(evidence: Evidence) -> Floats:
    """Differences in colour between each two corners, least first."""
    return _differences(evidence.palettes.corners)


def side_colours(evidence: Evidence) -> Floats:
    """Differences in colour between each two sides' outermost rings, least first."""
    return _differences(evidence.palettes.sides)


PICTURE_FEATURE_COUNTS: Mapping[PictureFeatures, int] = MappingProxyType(
    {
        ring_edges: 21,
        ring_variation: 21,
        ring_chroma: 21,
        ring_period: 8,
        mirror_likeness: 6,
        corner_likeness: 6,
        corner_edges: 8,
        page_margins: 4,
        inner_lines: 10,
        shape: 2,
        side_brightness: 3,
        palette_likeness: 24,
        palette_inside: 16,
        palette_variety: 10,
        corner_colours: 6,
        side_colours: 6,
    }
)
"""The functions, and how many features each returns."""

PICTURE_FEATURES = tuple(
    f"{function.__name__}_{place + 1}"
    for function, count in PICTURE_FEATURE_COUNTS.items()
    for place in range(count)
)


def measure_picture(evidence: Evidence) -> Floats:
    """Return every feature, in the order of `PICTURE_FEATURES`."""
    return np.concatenate([function(evidence) for function in PICTURE_FEATURE_COUNTS]).astype(np.float32)


_NOISE_VARIANCE = 25.0
_PAIRS = np.triu_indices(4, 1)
_MIDDLE = slice(round(0.4 * STRIP_ROWS), round(0.6 * STRIP_ROWS))
_LINE_SHARE = 0.35
_RARE = 1e-4  # a share of 0 has no logarithm


@lru_cache(maxsize=128)
def _rings(depth: int) -> Floats:
    """Return the (depth, rings) matrix that averages columns by ring."""
    columns = np.arange(depth)[:, None]
    start = np.array([int(bound * depth) for bound in RING_BOUNDS[:-1]])
    stop = np.maximum([int(bound * depth) for bound in RING_BOUNDS[1:]], start + 1)
    return floats(((columns >= start) & (columns < stop)) / (stop - start))


def _spread(by_side: Floats) -> Floats:
    return np.concatenate([by_side.min(axis=0), by_side.mean(axis=0), by_side.max(axis=0)])


def _differences(colours: Floats) -> Floats:
    return np.sort(np.log1p(np.abs(colours[_PAIRS[0]] - colours[_PAIRS[1]]).sum(axis=1)))


def _corners(evidence: Evidence, planes: Bytes) -> Floats:
    """Return the four corners, mirrored so that their outermost pixel comes first; (4, pixels)."""
    depth = evidence.strips.depth
    columns = max(3, int(CORNER * depth))
    rows = max(3, STRIP_ROWS * columns // max(1, len(evidence.strips.row_edges)))
    left, right = planes[0, :columns], planes[2, :columns]
    corners = np.empty((4, *left[:, :rows].shape), np.float32)
    corners[0], corners[1] = left[:, :rows], left[:, : -rows - 1 : -1]
    corners[2], corners[3] = right[:, :rows], right[:, : -rows - 1 : -1]
    return corners.reshape(4, -1)


def _inner(share: Floats) -> Floats:
    """Measure one direction's profile of edges over the whole picture."""
    line = share[1:] + share[:-1]
    count = len(line)
    first, last = int(0.3 * count), int(0.7 * count)
    middle = line[first:last]
    longest = np.sort(middle)
    outer = np.count_nonzero(line > _LINE_SHARE) - np.count_nonzero(middle > _LINE_SHARE)
    return np.array(
        [
            longest[-1],
            longest[-3],
            np.count_nonzero(middle > _LINE_SHARE) / len(middle),
            outer / (count - len(middle)),
            share[first:last].mean(),
        ],
        np.float32,
    )
