"""What the features are computed from: everything that several of them need, gathered once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.detectors.canny.edges import STRIP_ROWS, Floats, Strips, floats
from framejudge.detectors.canny.lines import ROW_MEAN, SEGMENT_MEAN, SEGMENTS, Ints, Lines, Profiles
from framejudge.detectors.canny.palette import Palettes, measure_palettes

Bools: TypeAlias = npt.NDArray[np.bool_]

INSIDE_PX = 6
"""The picture just inside a line is looked at this deep, or as deep as the band is wide."""

RINGS = (0.1, 0.25)
"""Shares of the strip's depth that are searched for patterns along the side."""

SHORTEST_PERIOD_ROWS = 3

OTHER_SIDES = np.array([[1, 2, 3, 0], [2, 3, 0, 1], [3, 0, 1, 2]])
"""Of each side: the next one round, the opposite one, the one before."""

NO_MATCH = 15.0
"""Stands for the likeness to a side without lines: above any real one."""

_SIDE = np.arange(4)[:, None]


@dataclass(frozen=True, slots=True)
class Region:
    """What lies between two depths of a strip, for each line; each (4, lines).

    Attributes
    ----------
    mean
        Mean grey.
    across
        Standard deviation of the columns' means: variation across the band.
    along
        Standard deviation along the side.
    edges
        Edge density.
    chroma
        Distance from grey.
    """

    mean: Floats
    across: Floats
    along: Floats
    edges: Floats
    chroma: Floats


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the features are computed from.

    Attributes
    ----------
    strips, profiles, lines
        As cut, measured and found.
    coverage, step, signed_step
        The profiles at each line, by segment; (4, lines, segments).
    seam
        Grey of the two columns outside and the two inside each line; (4, lines, 4, rows), outermost first.
    seam_steps
        Mean absolute difference between neighbours of those four columns; (4, lines, 3).
    position, position_weight
        Where the line is in each segment, relative to its depth, and how much that is worth;
        (4, lines, segments).
    band, inside, outside
        Between the line and its outer partner, just inside it, and between the partner and the side.
    period
        Highest autocorrelation along each side of what lies within the `RINGS` of the strip; (rings, 4).
    mismatch
        For each of `OTHER_SIDES`: how much the line's band differs from the likest one there; (3, 4, lines).
    band_segments
        Mean grey of the band by segment; (4, lines, segments).
    palettes
        The colours near the sides.
    """

    strips: Strips
    profiles: Profiles
    lines: Lines
    coverage: Floats
    step: Floats
    signed_step: Floats
    seam: Floats
    seam_steps: Floats
    position: Floats
    position_weight: Floats
    band: Region
    inside: Region
    outside: Region
    band_segments: Floats
    period: Floats
    mismatch: Floats
    palettes: Palettes


def gather_evidence(strips: Strips, profiles: Profiles, lines: Lines) -> Evidence:
    """Collect once what several features use."""
    at = lines.depth - 1
    columns = _within(lines.depth[:, :, None] + _SEAM_COLUMNS, strips.depth)
    seam = floats(
        strips.grey.reshape(-1, STRIP_ROWS).take(_SIDE[:, :, None] * strips.depth + columns, axis=0)
    )
    sums = _sums_over_depth(profiles)
    inner = np.minimum(lines.depth + np.maximum(lines.depth - lines.outer, INSIDE_PX), strips.depth)
    segment_sums = np.zeros((4, strips.depth + 1, SEGMENTS), np.float32)
    np.cumsum(profiles.mean, axis=1, out=segment_sums[:, 1:])
    band_sums = segment_sums[_SIDE, lines.depth] - segment_sums[_SIDE, lines.outer]
    position, position_weight = _positions(profiles, lines)
    starts = np.stack([lines.outer, lines.depth, np.zeros_like(lines.outer)])
    band, inside, outside = _regions(sums, starts, np.stack([lines.depth, inner, lines.outer]))
    return Evidence(
        strips=strips,
        profiles=profiles,
        lines=lines,
        coverage=profiles.coverage[_SIDE, at],
        step=profiles.step[_SIDE, at],
        signed_step=profiles.signed_step[_SIDE, at],
        seam=seam,
        seam_steps=np.abs(seam[:, :, 1:] - seam[:, :, :-1]) @ ROW_MEAN,
        position=position,
        position_weight=position_weight,
        band=band,
        inside=inside,
        outside=outside,
        band_segments=floats(band_sums / (lines.depth - lines.outer)[:, :, None]),
        period=_periodicity(strips),
        mismatch=_mismatch(lines, band),
        palettes=measure_palettes(strips),
    )


_SEAM_COLUMNS = np.arange(-2, 2)
_NEAR_PX = np.arange(-2, 3)
_WEIGHT_AND_MOMENT = np.stack([np.ones(5), _NEAR_PX]).astype(np.float32)


def _sums_over_depth(profiles: Profiles) -> Floats:
    """Return cumulative sums (5, 4 sides, depth + 1) of mean, its square, variance, edge density, chroma."""
    mean = profiles.mean @ SEGMENT_MEAN
    measures = np.stack([mean, mean * mean, profiles.variance, profiles.edge_density, profiles.chroma])
    sums = np.zeros((5, 4, measures.shape[2] + 1), np.float32)
    np.cumsum(measures, axis=2, out=sums[:, :, 1:])
    return sums


def _regions(sums: Floats, starts: Ints, stops: Ints) -> list[Region]:
    """Return what lies between each pair of depths; starts and stops (regions, 4, lines)."""
    flat, offset = sums.reshape(len(sums), -1), _SIDE * sums.shape[2]
    total = flat.take(offset + stops, axis=1) - flat.take(offset + starts, axis=1)
    mean, square, variance, edges, chroma = total / np.maximum(stops - starts, 1).astype(np.float32)
    across, along = np.sqrt(np.maximum(square - mean * mean, 0)), np.sqrt(variance)
    return [Region(*measures) for measures in zip(mean, across, along, edges, chroma, strict=True)]


def _periodicity(strips: Strips) -> Floats:
    """Return each side's highest autocorrelation, at lags up to half its length; (rings, 4)."""
    profile = (_ring_weights(strips.depth) @ floats(strips.grey)).reshape(-1, STRIP_ROWS)
    change = np.zeros_like(profile)
    np.subtract(profile[:, 1:], profile[:, :-1], out=change[:, 1:])
    change -= (change @ ROW_MEAN)[:, None]
    spectrum = cv2.dft(change, flags=cv2.DFT_ROWS)
    power = cv2.mulSpectrums(spectrum, spectrum, cv2.DFT_ROWS, conjB=True)
    correlation = cv2.dft(power, flags=cv2.DFT_INVERSE | cv2.DFT_ROWS | cv2.DFT_SCALE)
    highest = correlation[:, SHORTEST_PERIOD_ROWS : STRIP_ROWS // 2].max(axis=1)
    return floats(highest / (correlation[:, 0] + 0.5 * STRIP_ROWS)).reshape(4, -1).T


@lru_cache(maxsize=128)
def _ring_weights(depth: int) -> Floats:
    """Return the (rings, depth) matrix that averages columns by ring."""
    stop = np.array([[max(1, round(ring * depth))] for ring in RINGS])
    return floats((np.arange(depth) < stop) / stop)


def _positions(profiles: Profiles, lines: Lines) -> tuple[Floats, Floats]:
    """Return the centre of the step near each line in each segment, and the step's weight."""
    places = _within(lines.depth[:, :, None] - 1 + _NEAR_PX, profiles.step.shape[1])
    around = np.square(profiles.step[_SIDE[:, :, None], places])  # (4, lines, near, segments)
    weight, moment = (_WEIGHT_AND_MOMENT @ around).transpose(2, 0, 1, 3)
    return floats(moment / (weight + 1)), np.sqrt(weight)


def _mismatch(lines: Lines, band: Region) -> Floats:
    """Return how unlike each line's band is to the likest of each other side; (3, 4, lines).

    In depth, grey and variation, on a logarithmic scale.
    """
    unlike = np.zeros(())
    for values in (lines.depth, band.mean, band.along):
        unlike = unlike + np.log1p(np.abs(values[:, :, None] - values[OTHER_SIDES][:, :, None, :]))
    return floats(np.where(_missing(lines), NO_MATCH, unlike).min(axis=3))


def _within(places: Ints, count: int) -> Ints:
    """Return places moved to the nearest of 0..count - 1: half the time of `numpy.clip` on a small array."""
    return np.minimum(np.maximum(places, 0), count - 1)


def _missing(lines: Lines) -> Bools:
    """Return which candidates of the other sides are none; (3, 4, 1, lines)."""
    return np.asarray(lines.strength[OTHER_SIDES][:, :, None, :] <= 0, np.bool_)
