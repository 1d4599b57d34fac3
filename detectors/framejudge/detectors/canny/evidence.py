"""What the rules look at: everything that several of them need, gathered once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from framejudge.detectors.canny.edges import STRIP_ROWS, Floats, Strips, floats
from framejudge.detectors.canny.lines import SEGMENTS, Ints, Lines, Profiles

INSIDE_PX = 6
"""The picture just inside a line is looked at this deep, or as deep as the band is wide."""

RINGS = (0.1, 0.25)
"""Shares of the strip's depth that are searched for patterns along the side."""

SHORTEST_PERIOD_ROWS = 3

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
    """What the rules may look at.

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
    band, inside, outside
        Between the line and its outer partner, just inside it, and between the partner and the side.
    period
        Highest autocorrelation along each side of what lies within the `RINGS` of the strip; (rings, 4).
    band_segments
        Mean grey of the band by segment; (4, lines, segments).
    """

    strips: Strips
    profiles: Profiles
    lines: Lines
    coverage: Floats
    step: Floats
    signed_step: Floats
    seam: Floats
    seam_steps: Floats
    band: Region
    inside: Region
    outside: Region
    band_segments: Floats
    period: Floats


def gather_evidence(strips: Strips, profiles: Profiles, lines: Lines) -> Evidence:
    """Collect once what several rules use."""
    at = lines.depth - 1
    columns = np.clip(lines.depth[:, :, None] + _SEAM_COLUMNS, 0, strips.depth - 1)
    seam = strips.grey[_SIDE[:, :, None], :, columns]
    sums = _sums_over_depth(profiles)
    inner = np.minimum(lines.depth + np.maximum(lines.depth - lines.outer, INSIDE_PX), strips.depth)
    segment_sums = np.zeros((4, SEGMENTS, strips.depth + 1), np.float32)
    np.cumsum(profiles.mean, axis=2, out=segment_sums[:, :, 1:])
    band_sums = segment_sums[_SIDE, :, lines.depth] - segment_sums[_SIDE, :, lines.outer]
    return Evidence(
        strips=strips,
        profiles=profiles,
        lines=lines,
        coverage=profiles.coverage[_SIDE, :, at],
        step=profiles.step[_SIDE, :, at],
        signed_step=profiles.signed_step[_SIDE, :, at],
        seam=seam,
        seam_steps=np.abs(seam[:, :, 1:] - seam[:, :, :-1]).mean(axis=3),
        band=_region(sums, lines.outer, lines.depth),
        inside=_region(sums, lines.depth, inner),
        outside=_region(sums, np.zeros_like(lines.outer), lines.outer),
        band_segments=floats(band_sums / (lines.depth - lines.outer)[:, :, None]),
        period=np.stack(
            [_periodicity(strips.grey[:, :, : max(1, round(ring * strips.depth))]) for ring in RINGS]
        ),
    )


_SEAM_COLUMNS = np.arange(-2, 2)


def _sums_over_depth(profiles: Profiles) -> Floats:
    """Return cumulative sums (5, 4 sides, depth + 1) of mean, its square, variance, edge density, chroma."""
    mean = profiles.mean.mean(axis=1)
    measures = np.stack([mean, mean * mean, profiles.variance, profiles.edge_density, profiles.chroma])
    sums = np.zeros((5, 4, measures.shape[2] + 1), np.float32)
    np.cumsum(measures, axis=2, out=sums[:, :, 1:])
    return sums


def _region(sums: Floats, start: Ints, stop: Ints) -> Region:
    total = sums[:, _SIDE, stop] - sums[:, _SIDE, start]
    mean, square, variance, edges, chroma = total / np.maximum(stop - start, 1).astype(np.float32)
    return Region(
        mean=mean,
        across=np.sqrt(np.maximum(square - mean * mean, 0)),
        along=np.sqrt(variance),
        edges=edges,
        chroma=chroma,
    )


def _periodicity(strips: Floats) -> Floats:
    """Return each strip's highest autocorrelation along the side, at lags up to half its length; (4,)."""
    profile = strips.mean(axis=2)
    change = profile[:, 1:] - profile[:, :-1]
    change -= change.mean(axis=1, keepdims=True)
    power = np.abs(np.fft.rfft(change, axis=1)) ** 2
    correlation = np.fft.irfft(power, n=STRIP_ROWS - 1, axis=1)
    highest = correlation[:, SHORTEST_PERIOD_ROWS : STRIP_ROWS // 2].max(axis=1)
    return floats(highest / (correlation[:, 0] + 0.5 * STRIP_ROWS))
