"""The rules: each looks at every candidate line of a picture and returns one number a line.

A rule is a pure function of `Evidence`; what its numbers are worth, the fitted curves of `scoring` say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from framejudge.detectors.canny.edges import SEGMENTS, Floats, Strips
from framejudge.detectors.canny.lines import LINES_PER_SIDE, LOOSE_PX, Lines, Profiles

OPPOSITE = (2, 3, 0, 1)
"""The index of the opposite side, in the order of `edges.SIDES`."""

VISIBLE_STEP = 6.0
"""Grey levels across a line that a viewer, and JPEG, can tell from noise."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the rules may look at.

    Attributes
    ----------
    strips, profiles, lines
        As cut, measured and found.
    seam
        Grey of the two columns outside and the two inside each line; (4, lines, 4, length), outermost first.
    cumulative
        Sums over depth, each (4, depth + 1): of the columns' mean, squared mean, variance and edge density.
    """

    strips: Strips
    profiles: Profiles
    lines: Lines
    seam: Floats
    cumulative: tuple[Floats, Floats, Floats, Floats]


Rule: TypeAlias = Callable[[Evidence], Floats]


def gather_evidence(strips: Strips, profiles: Profiles, lines: Lines) -> Evidence:
    """Collect once what several rules use."""
    last = strips.grey.shape[2] - 1
    columns = np.clip(lines.depth[:, :, None] + np.arange(-2, 2), 0, last)
    side = np.arange(4)[:, None, None]
    seam = strips.grey[side, :, columns]
    mean = profiles.mean.mean(axis=1)
    stacked = np.stack([mean, mean * mean, profiles.variance, profiles.edge_density])
    sums = np.zeros((4, 4, last + 2), np.float32)
    np.cumsum(stacked, axis=2, out=sums[:, :, 1:])
    return Evidence(strips, profiles, lines, seam, (sums[0], sums[1], sums[2], sums[3]))


def _at_lines(profile: Floats, lines: Lines) -> Floats:
    """Return a boundary profile (4, ..., depth - 1) at each line: (4, lines) or (4, lines, segments)."""
    side = np.arange(4)[:, None]
    if profile.ndim == 2:
        return profile[side, lines.depth - 1]
    return profile[side, :, lines.depth - 1]


def coverage(evidence: Evidence) -> Floats:
    """Share of the side's length along which Canny sees the line."""
    return _at_lines(evidence.profiles.coverage, evidence.lines).mean(axis=2)


def weakest_segment(evidence: Evidence) -> Floats:
    """Coverage of the worst covered tenth of the side, its ends left out."""
    return _at_lines(evidence.profiles.coverage, evidence.lines)[:, :, 1:-1].min(axis=2)


def ends(evidence: Evidence) -> Floats:
    """Coverage where the line meets the picture's own ends: a product's edge stops before."""
    at = _at_lines(evidence.profiles.coverage, evidence.lines)
    return np.minimum(at[:, :, 0], at[:, :, -1])


def straightness(evidence: Evidence) -> Floats:
    """Share of the edges around the line that lie exactly on it."""
    density = evidence.profiles.edge_density
    depth = evidence.lines.depth
    sums = evidence.cumulative[3]
    low = np.maximum(depth - 1 - LOOSE_PX, 0)
    high = np.minimum(depth + 1 + LOOSE_PX, density.shape[1])
    side = np.arange(4)[:, None]
    around = sums[side, high] - sums[side, low]
    on = sums[side, depth + 1] - sums[side, depth - 1]
    return on / np.maximum(around, 1e-3)


def contrast(evidence: Evidence) -> Floats:
    """Mean absolute step across the line in grey levels, two columns apart."""
    return np.abs(evidence.seam[:, :, 2] - evidence.seam[:, :, 1]).mean(axis=2)


def contrast_reach(evidence: Evidence) -> Floats:
    """Share of the side along which the step is visible."""
    wide = np.abs(evidence.seam[:, :, 3] - evidence.seam[:, :, 0])
    return (wide > VISIBLE_STEP).mean(axis=2, dtype=np.float32)


def abruptness(evidence: Evidence) -> Floats:
    """How much larger the step is than the steps just beside it, on a logarithmic scale."""
    differences = np.abs(np.diff(evidence.seam, axis=2)).mean(axis=3)
    return np.log((differences[:, :, 1] + 1) / (0.5 * (differences[:, :, 0] + differences[:, :, 2]) + 1))


def direction_agreement(evidence: Evidence) -> Floats:
    """Share of the step that keeps one direction: 1 for a band that is darker, or lighter, throughout."""
    lines = evidence.lines
    signed = np.abs(_at_lines(evidence.profiles.signed_step, lines).mean(axis=2))
    return signed / np.maximum(_at_lines(evidence.profiles.step, lines).mean(axis=2), 0.5)


def seam_independence(evidence: Evidence) -> Floats:
    """How much the likeness of neighbouring columns drops across the line.

    A drawn band knows nothing of the picture: neighbouring columns are alike on either side of the line, but
    not across it.
    """
    centred = evidence.seam - evidence.seam.mean(axis=3, keepdims=True)
    norm = np.sqrt((centred * centred).mean(axis=3)) + 2
    alike = (centred[:, :, 1:] * centred[:, :, :-1]).mean(axis=3) / (norm[:, :, 1:] * norm[:, :, :-1])
    return 0.5 * (alike[:, :, 0] + alike[:, :, 2]) - alike[:, :, 1]


def band_depth(evidence: Evidence) -> Floats:
    """Distance of the line from the side as a share of the strip's depth."""
    return evidence.lines.depth / np.float32(evidence.strips.grey.shape[2])


def band_width_px(evidence: Evidence) -> Floats:
    """Logarithm of the band's width in pixels."""
    return np.log(evidence.lines.depth - evidence.lines.outer).astype(np.float32)


def margin(evidence: Evidence) -> Floats:
    """Empty space outside the band as a share of the strip's depth; 0 for a band at the very edge."""
    return evidence.lines.outer / np.float32(evidence.strips.grey.shape[2])


def _average(sums: Floats, start: np.ndarray, stop: np.ndarray) -> Floats:
    side = np.arange(4)[:, None]
    return (sums[side, stop] - sums[side, start]) / np.maximum(stop - start, 1)


def band_roughness(evidence: Evidence) -> Floats:
    """Logarithm of the band's variation along the side: lowest for a solid colour."""
    return np.log(1 + np.sqrt(_average(evidence.cumulative[2], evidence.lines.outer, evidence.lines.depth)))


def band_slope(evidence: Evidence) -> Floats:
    """Logarithm of the band's variation across its width."""
    lines = evidence.lines
    mean = _average(evidence.cumulative[0], lines.outer, lines.depth)
    square = _average(evidence.cumulative[1], lines.outer, lines.depth)
    return np.log(1 + np.sqrt(np.maximum(square - mean * mean, 0)))


def _inside(evidence: Evidence) -> np.ndarray:
    depth = evidence.strips.grey.shape[2]
    width = np.maximum(evidence.lines.depth - evidence.lines.outer, 6)
    return np.minimum(evidence.lines.depth + width, depth)


def inside_roughness(evidence: Evidence) -> Floats:
    """Logarithm of the variation along the side just inside the line."""
    return np.log(1 + np.sqrt(_average(evidence.cumulative[2], evidence.lines.depth, _inside(evidence))))


def band_edges(evidence: Evidence) -> Floats:
    """Edge density within the band, its own lines left out."""
    lines = evidence.lines
    start, stop = lines.outer + 1, np.maximum(lines.depth - 1, lines.outer + 1)
    return _average(evidence.cumulative[3], start, stop)


def inside_edges(evidence: Evidence) -> Floats:
    """Edge density just inside the line."""
    start = evidence.lines.depth + 1
    return _average(evidence.cumulative[3], np.minimum(start, _inside(evidence)), _inside(evidence))


def brightness(evidence: Evidence) -> Floats:
    """Mean grey of the band: near 255 it may be the page itself."""
    return _average(evidence.cumulative[0], evidence.lines.outer, evidence.lines.depth)


def outside_brightness(evidence: Evidence) -> Floats:
    """Mean grey of the space outside the band, 0 where there is none."""
    return _average(evidence.cumulative[0], np.zeros_like(evidence.lines.outer), evidence.lines.outer)


def brightness_jump(evidence: Evidence) -> Floats:
    """Difference in mean grey between the band and the picture inside."""
    inside = _average(evidence.cumulative[0], evidence.lines.depth, _inside(evidence))
    return np.abs(brightness(evidence) - inside)


def periodicity(evidence: Evidence) -> Floats:
    """Highest autocorrelation of the band along the side, at lags from 3 pixels to half its length."""
    grey, lines = evidence.strips.grey, evidence.lines
    length, depth = grey.shape[1:]
    column = np.arange(depth)
    mask = (column >= lines.outer[:, :, None]) & (column < lines.depth[:, :, None])
    weights = mask / np.maximum(mask.sum(axis=2, keepdims=True), 1)
    profile = grey @ weights.transpose(0, 2, 1).astype(np.float32)
    change = np.diff(profile, axis=1)
    change -= change.mean(axis=1, keepdims=True)
    spectrum = np.fft.rfft(change, axis=1)
    correlation = np.fft.irfft(np.abs(spectrum) ** 2, n=length - 1, axis=1)
    energy = correlation[:, 0] + 0.5 * length
    return (correlation[:, 3 : length // 2].max(axis=1) / energy).astype(np.float32)


def evenness(evidence: Evidence) -> Floats:
    """Logarithm of how much the band's mean differs from one segment of the side to the next."""
    return np.log(1 + _band_by_segment(evidence).std(axis=2))


def corner_likeness(evidence: Evidence) -> Floats:
    """Logarithm of how much the band's ends differ from its middle, as beside a product's round corners."""
    segments = _band_by_segment(evidence)
    middle = np.median(segments[:, :, 1:-1], axis=2)
    difference = np.maximum(np.abs(segments[:, :, 0] - middle), np.abs(segments[:, :, -1] - middle))
    return np.log(1 + difference)


def _band_by_segment(evidence: Evidence) -> Floats:
    mean = evidence.profiles.mean
    sums = np.zeros((4, SEGMENTS, mean.shape[2] + 1), np.float32)
    np.cumsum(mean, axis=2, out=sums[:, :, 1:])
    lines = evidence.lines
    side = np.arange(4)[:, None]
    width = (lines.depth - lines.outer)[:, :, None]
    return (sums[side, :, lines.depth] - sums[side, :, lines.outer]) / width


def opposite_depth(evidence: Evidence) -> Floats:
    """Distance to the nearest line of the opposite side at the same depth, as a logarithm of pixels."""
    lines = evidence.lines
    other = lines.depth[list(OPPOSITE)]
    gap = np.abs(lines.depth[:, :, None] - other[:, None, :])
    gap = np.where(lines.strength[list(OPPOSITE)][:, None, :] > 0, gap, 99)
    return np.log1p(gap.min(axis=2)).astype(np.float32)


def adjacent_depth(evidence: Evidence) -> Floats:
    """Distance to the nearest line of an adjacent side at the same depth, as a logarithm of pixels."""
    lines = evidence.lines
    gaps = []
    for turn in (1, 3):
        other = np.roll(lines.depth, turn, axis=0)
        gap = np.abs(lines.depth[:, :, None] - other[:, None, :])
        gap = np.where(np.roll(lines.strength, turn, axis=0)[:, None, :] > 0, gap, 99)
        gaps.append(gap.min(axis=2))
    return np.log1p(np.minimum(*gaps)).astype(np.float32)


def rank(evidence: Evidence) -> Floats:
    """Which of its side's candidates the line is, by strength."""
    return np.broadcast_to(np.arange(LINES_PER_SIDE, dtype=np.float32), evidence.lines.depth.shape)


def strength(evidence: Evidence) -> Floats:
    """Coverage and contrast together, as used to pick the line."""
    return evidence.lines.strength


RULES: tuple[Rule, ...] = (
    coverage,
    weakest_segment,
    ends,
    straightness,
    contrast,
    contrast_reach,
    abruptness,
    direction_agreement,
    seam_independence,
    band_depth,
    band_width_px,
    margin,
    band_roughness,
    band_slope,
    inside_roughness,
    band_edges,
    inside_edges,
    brightness,
    outside_brightness,
    brightness_jump,
    periodicity,
    evenness,
    corner_likeness,
    opposite_depth,
    adjacent_depth,
    rank,
    strength,
)


def apply_rules(evidence: Evidence) -> Floats:
    """Return every rule's number for every line: (4, lines, rules)."""
    return np.stack([rule(evidence) for rule in RULES], axis=2).astype(np.float32)
