"""The features of lines: each is computed for every candidate line of a picture.

A feature is a pure function of `Evidence`, named after what it measures; the fitted trees say what its
values are worth. Amounts without a bound are logarithms.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from framejudge.detectors.canny.edges import STRIP_ROWS, Floats, floats
from framejudge.detectors.canny.evidence import RINGS, Evidence
from framejudge.detectors.canny.lines import ROW_MEAN, SEGMENT_MEAN, SEGMENTS

VISIBLE_STEP = 6.0
"""Grey levels across a line that a viewer, and JPEG, can tell from noise."""

LOOSE_PX = 3
"""An edge this far from a line still belongs to the same contour; a straight line has none beside it."""

_SIDE = np.arange(4)[:, None]
_COLUMN = np.arange(4)
_INNER_MEAN = np.full(SEGMENTS - 2, 1 / (SEGMENTS - 2), np.float32)
_ALONG = np.linspace(-0.5, 0.5, SEGMENTS, dtype=np.float32)

LineFeature: TypeAlias = Callable[[Evidence], Floats]


def coverage(evidence: Evidence) -> Floats:
    """Share of the side's length along which Canny sees the line."""
    return floats(evidence.coverage @ SEGMENT_MEAN)


def ends(evidence: Evidence) -> Floats:
    """Coverage where the line meets the picture's own ends: a product's edge stops before."""
    return np.minimum(evidence.coverage[:, :, 0], evidence.coverage[:, :, -1])


def straightness(evidence: Evidence) -> Floats:
    """Share of the edges around the line that lie exactly on it."""
    density, depth = evidence.profiles.edge_density, evidence.lines.depth
    sums = np.zeros((4, density.shape[1] + 1), np.float32)
    np.cumsum(density, axis=1, out=sums[:, 1:])
    low = np.maximum(depth - 1 - LOOSE_PX, 0)
    high = np.minimum(depth + 1 + LOOSE_PX, density.shape[1])
    on = sums[_SIDE, depth + 1] - sums[_SIDE, depth - 1]
    around = sums[_SIDE, high] - sums[_SIDE, low]
    return _quotient(on, around, 0.01)


def tilt(evidence: Evidence) -> Floats:
    """How far the line drifts from one end of the side to the other, in pixels: a drawn one does not."""
    position, weight = evidence.position, evidence.position_weight
    total = weight.sum(axis=2, keepdims=True) + 1e-3
    along = _ALONG - (weight * _ALONG).sum(axis=2, keepdims=True) / total
    slope = (weight * along * position).sum(axis=2) / ((weight * along * along).sum(axis=2) + 1e-3)
    return floats(np.log(np.abs(slope) + 0.05))


def wobble(evidence: Evidence) -> Floats:
    """How much the line's place changes from one segment of the side to the next, in pixels."""
    position, weight = evidence.position, evidence.position_weight
    total = weight.sum(axis=2) + 1e-3
    mean = (weight * position).sum(axis=2) / total
    spread = (weight * np.square(position - mean[:, :, None])).sum(axis=2) / total
    return floats(np.log(np.sqrt(spread) + 0.05))


def opposite_match(evidence: Evidence) -> Floats:
    """How alike the band and one of the opposite side are, in depth and grey together."""
    return floats(evidence.mismatch[1])


def adjacent_match(evidence: Evidence) -> Floats:
    """How alike the band and one of an adjacent side are, in depth and grey together."""
    return floats(np.minimum(evidence.mismatch[0], evidence.mismatch[2]))


def contrast(evidence: Evidence) -> Floats:
    """Mean absolute step across the line."""
    return np.log1p(evidence.seam_steps[:, :, 1])


def weakest_contrast(evidence: Evidence) -> Floats:
    """The same where it is least, the side's ends left out."""
    return np.log1p(_minimum(evidence.step[:, :, 1:-1]))


def contrast_reach(evidence: Evidence) -> Floats:
    """Share of the side along which the step is visible."""
    wide = np.abs(evidence.seam[:, :, 3] - evidence.seam[:, :, 0])
    return floats(floats(wide > VISIBLE_STEP) @ ROW_MEAN)


def abruptness(evidence: Evidence) -> Floats:
    """How many times larger the step is than the steps just beside it."""
    steps = evidence.seam_steps + 1
    return np.log(2 * steps[:, :, 1] / (steps[:, :, 0] + steps[:, :, 2]))


def direction_agreement(evidence: Evidence) -> Floats:
    """Share of the step that keeps one direction: 1 for a band that is darker, or lighter, throughout."""
    return _quotient(np.abs(evidence.signed_step @ SEGMENT_MEAN), evidence.step @ SEGMENT_MEAN, 0.5)


def seam_independence(evidence: Evidence) -> Floats:
    """How much the likeness of neighbouring columns drops across the line.

    A drawn band knows nothing of the picture: neighbouring columns are alike on either side of the line, but
    not across it.
    """
    centred = evidence.seam - (evidence.seam @ ROW_MEAN)[:, :, :, None]
    products = centred @ centred.transpose(0, 1, 3, 2) / STRIP_ROWS
    norm = np.sqrt(products[:, :, _COLUMN, _COLUMN]) + 2
    alike = products[:, :, _COLUMN[:-1], _COLUMN[1:]] / (norm[:, :, 1:] * norm[:, :, :-1])
    drop: Floats = 0.5 * (alike[:, :, 0] + alike[:, :, 2]) - alike[:, :, 1]
    return drop


def depth(evidence: Evidence) -> Floats:
    """Distance of the line from the side as a share of the strip's depth."""
    return floats(evidence.lines.depth / np.float32(evidence.strips.depth))


def band_width(evidence: Evidence) -> Floats:
    """Width of the band in working pixels."""
    return np.log((evidence.lines.depth - evidence.lines.outer).astype(np.float32))


def margin(evidence: Evidence) -> Floats:
    """Space outside the band as a share of the strip's depth; 0 for a band at the very edge."""
    return floats(evidence.lines.outer / np.float32(evidence.strips.depth))


def page_margin(evidence: Evidence) -> Floats:
    """Empty page outside the side, in pixels."""
    margins = np.log1p(np.array(evidence.strips.margins, np.float32))
    return margins[:, None].repeat(evidence.lines.depth.shape[1], axis=1)


def band_along(evidence: Evidence) -> Floats:
    """Variation of the band along the side: lowest for a solid colour."""
    return np.log1p(evidence.band.along)


def band_across(evidence: Evidence) -> Floats:
    """Variation of the band across its width."""
    return np.log1p(evidence.band.across)


def inside_along(evidence: Evidence) -> Floats:
    """Variation along the side just inside the line."""
    return np.log1p(evidence.inside.along)


def calm_outside(evidence: Evidence) -> Floats:
    """How many times more the picture just inside the line varies along the side than the band does."""
    return floats(np.log((evidence.inside.along + 2) / (evidence.band.along + 2)))


def band_edges(evidence: Evidence) -> Floats:
    """Edge density of the band."""
    return np.sqrt(evidence.band.edges)


def inside_edges(evidence: Evidence) -> Floats:
    """Edge density just inside the line."""
    return np.sqrt(evidence.inside.edges)


def brightness(evidence: Evidence) -> Floats:
    """Mean grey of the band: near 255 it may be the page itself."""
    return evidence.band.mean


def outside_brightness(evidence: Evidence) -> Floats:
    """Mean grey of the space outside the band, 0 where there is none."""
    return evidence.outside.mean


def brightness_jump(evidence: Evidence) -> Floats:
    """Difference in mean grey between the band and the picture inside."""
    return floats(np.log1p(np.abs(evidence.band.mean - evidence.inside.mean)))


def page_band(evidence: Evidence) -> Floats:
    """How near the band is to smooth white: 1 for page, 0 for anything that shows."""
    roughness = evidence.band.along + evidence.band.across
    return np.exp(-(255 - evidence.band.mean + roughness) / 12)


def periodicity(evidence: Evidence) -> Floats:
    """How much of a pattern runs along the side, within the ring about as deep as the line."""
    middle = evidence.strips.depth * sum(RINGS) / len(RINGS)
    thin, thick = evidence.period
    return floats(np.where(evidence.lines.depth <= middle, thin[:, None], thick[:, None]))


def chroma_contrast(evidence: Evidence) -> Floats:
    """Mean absolute step in colour across the line."""
    return np.log1p(evidence.profiles.chroma_step[_SIDE, evidence.lines.depth - 1])


def chroma_reach(evidence: Evidence) -> Floats:
    """Share of the side along which the step in colour is visible."""
    reach: Floats = evidence.profiles.chroma_reach[_SIDE, evidence.lines.depth - 1]
    return reach


def band_chroma(evidence: Evidence) -> Floats:
    """How colourful the band is."""
    return np.log1p(evidence.band.chroma)


def chroma_jump(evidence: Evidence) -> Floats:
    """How much more colourful the band is than the picture just inside."""
    return evidence.band.chroma - evidence.inside.chroma


def evenness(evidence: Evidence) -> Floats:
    """How much the band's mean differs from one segment of the side to the next."""
    segments = evidence.band_segments[:, :, 1:-1]
    centred = segments - segments @ _INNER_MEAN[:, None]
    return floats(np.log1p(np.sqrt(np.square(centred) @ _INNER_MEAN)))


def end_likeness(evidence: Evidence) -> Floats:
    """How much the band's ends differ from its middle, as beside a product's round corners."""
    segments = evidence.band_segments
    middle = _mean(segments[:, :, 3:-3], 2)
    return floats(
        np.log1p(np.maximum(np.abs(segments[:, :, 0] - middle), np.abs(segments[:, :, -1] - middle)))
    )


def inner_rival(evidence: Evidence) -> Floats:
    """Strength of the strongest line of the side further inside."""
    depth, strength = evidence.lines.depth, evidence.lines.strength
    inside = depth[:, None, :] > depth[:, :, None] + 1
    return _maximum(np.where(inside, strength[:, None, :], np.float32(0)))


def strength(evidence: Evidence) -> Floats:
    """Coverage and contrast together, as used to pick the line."""
    return evidence.lines.strength


_FUNCTIONS: tuple[LineFeature, ...] = (
    coverage,
    ends,
    straightness,
    tilt,
    wobble,
    opposite_match,
    adjacent_match,
    contrast,
    weakest_contrast,
    contrast_reach,
    abruptness,
    direction_agreement,
    seam_independence,
    depth,
    band_width,
    margin,
    page_margin,
    band_along,
    band_across,
    inside_along,
    calm_outside,
    band_edges,
    inside_edges,
    brightness,
    outside_brightness,
    brightness_jump,
    page_band,
    periodicity,
    chroma_contrast,
    chroma_reach,
    band_chroma,
    chroma_jump,
    evenness,
    end_likeness,
    inner_rival,
    strength,
)


LINE_FEATURES = tuple(function.__name__ for function in _FUNCTIONS)
"""Their names, in the order of the columns."""


def measure_lines(evidence: Evidence) -> Floats:
    """Return every feature of every line: (4, lines, features)."""
    features = np.empty((*evidence.lines.depth.shape, len(_FUNCTIONS)), np.float32)
    for column, function in enumerate(_FUNCTIONS):
        features[:, :, column] = function(evidence)
    return features


def _mean(values: Floats, axis: int) -> Floats:
    averaged: Floats = values.mean(axis=axis)
    return averaged


def _minimum(values: Floats) -> Floats:
    least: Floats = values.min(axis=2)
    return least


def _maximum(values: Floats) -> Floats:
    most: Floats = values.max(axis=2)
    return most


def _quotient(part: Floats, whole: Floats, least: float) -> Floats:
    return floats(part / np.maximum(whole, np.float32(least)))
