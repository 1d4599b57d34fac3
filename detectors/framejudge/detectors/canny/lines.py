"""Candidate lines: straight edges near and parallel to a side, found in the strips' depth profiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from framejudge.detectors.canny.edges import CHROMA_ROWS, STRIP_ROWS, Floats, Strips, floats

Ints: TypeAlias = npt.NDArray[np.intp]

SEGMENTS = 12
"""Equal parts that a side's length is divided into; the outermost two hold the corners."""

LINES_PER_SIDE = 6
"""A moulded frame has several lines a side, and the picture inside has some of its own."""

FULL_STEP = 50.0
"""Grey levels of a step across a line that count as full contrast when lines are ranked."""

NEUTRAL = np.float32(128)
"""Cr and Cb of grey."""

VISIBLE_CHROMA_STEP = 10.0
"""Levels of Cr and Cb together."""

CHROMA_WORTH = 0.8
"""A step in colour alone makes a weaker line than an edge."""

STEP_SHARE = 0.5
"""How much of a line's rank is its contrast; the rest is coverage alone."""


@dataclass(frozen=True, slots=True)
class Profiles:
    """What the strips hold at each depth, by segment of the side's length.

    Arrays of boundaries have one entry for each pair of neighbouring columns: entry ``j`` stands between the
    columns ``j`` and ``j + 1``, so that a band of ``t`` columns ends at entry ``t - 1``.

    Attributes
    ----------
    coverage
        Share of rows with an edge on either column of a boundary; (4, segments, depth - 1).
    step, signed_step
        Mean absolute and mean signed difference in grey across a boundary; (4, segments, depth - 1).
    mean
        Mean grey of a column; (4, segments, depth).
    variance
        Variance of grey along a column over the side's whole length; (4, depth).
    edge_density
        Share of rows with an edge in a column; (4, depth).
    chroma
        Mean distance of a column's colour from grey; (4, depth).
    chroma_step
        Mean absolute difference in colour across a boundary; (4, depth - 1).
    chroma_reach
        Share of rows in which that difference is visible; (4, depth - 1).
    """

    coverage: Floats
    step: Floats
    signed_step: Floats
    mean: Floats
    variance: Floats
    edge_density: Floats
    chroma: Floats
    chroma_step: Floats
    chroma_reach: Floats


@dataclass(frozen=True, slots=True)
class Lines:
    """The candidate lines of a picture, strongest first on each side.

    Attributes
    ----------
    depth
        Columns outside the line, in working pixels; (4, `LINES_PER_SIDE`), at least 1.
    strength
        In 0..1; 0 where a side has no further candidate.
    outer
        Where the band outside the line begins: the depth of the strongest line before it, or 0.
    """

    depth: Ints
    strength: Floats
    outer: Ints


def measure_profiles(strips: Strips) -> Profiles:
    """Reduce the strips along the sides."""
    grey, edges = strips.grey, strips.edges
    chroma_step = np.abs(_across(np.subtract, strips.chroma)).sum(axis=0)
    step = _across(np.subtract, grey)
    signed_step = _AVERAGE @ step
    mean = _AVERAGE @ grey
    overall = mean.mean(axis=1)
    variance = _WHOLE @ (grey * grey) - (overall * overall)[:, None]
    return Profiles(
        coverage=(_AVERAGE @ _across(np.maximum, edges))[:, :, :-1],
        step=(_AVERAGE @ np.abs(step, out=step))[:, :, :-1],
        signed_step=signed_step[:, :, :-1],
        mean=mean,
        variance=np.maximum(variance[:, 0], 0),
        edge_density=(_WHOLE @ edges)[:, 0],
        chroma=(_CHROMA_WHOLE @ np.abs(strips.chroma - NEUTRAL).sum(axis=0))[:, 0],
        chroma_step=(_CHROMA_WHOLE @ chroma_step)[:, 0, :-1],
        chroma_reach=(_CHROMA_WHOLE @ (chroma_step > VISIBLE_CHROMA_STEP).astype(np.float32))[:, 0, :-1],
    )


def find_lines(profiles: Profiles) -> Lines:
    """Pick each side's strongest straight edges."""
    contrast = np.minimum((profiles.step.mean(axis=1) + profiles.chroma_step) / FULL_STEP, 1)
    coverage = np.maximum(profiles.coverage.mean(axis=1), CHROMA_WORTH * profiles.chroma_reach)
    strength = coverage * (1 - STEP_SHARE + STEP_SHARE * contrast)
    peaks = _keep_peaks(strength)
    order = np.argsort(-peaks, axis=1, kind="stable")[:, :LINES_PER_SIDE]
    found: Floats = np.take_along_axis(peaks, order, axis=1)
    depth = order + 1
    return Lines(depth=depth, strength=found, outer=_outer_partner(depth, found))


def _keep_peaks(strength: Floats) -> Floats:
    """Return the profile with zeros wherever one of the two neighbours on either side is higher."""
    count = strength.shape[1]
    padded = np.zeros((len(strength), count + 4), np.float32)
    padded[:, 2:-2] = strength
    near = np.maximum(padded[:, 1 : count + 1], padded[:, 3 : count + 3])
    far = np.maximum(padded[:, :count], padded[:, 4:])
    return np.where(strength >= np.maximum(near, far), strength, np.float32(0))


def _outer_partner(depth: Ints, strength: Floats) -> Ints:
    """For each line, the strongest line of its side between it and the side, if it is about as strong."""
    outside = depth[:, None, :] < depth[:, :, None] - 1
    rival = np.where(outside & (strength[:, None, :] > 0.5 * strength[:, :, None]), strength[:, None, :], 0)
    best = rival.argmax(axis=2)
    return np.where(rival.max(axis=2) > 0, np.take_along_axis(depth, best, axis=1), 0)


def _across(operation: np.ufunc, stack: Floats) -> Floats:
    """Apply an operation to each column and its inner neighbour; the last column's result is meaningless.

    One pass over flat memory: five times as fast as slicing columns.
    """
    flat = stack.reshape(-1)
    result = np.empty_like(flat)
    operation(flat[1:], flat[:-1], out=result[:-1])
    result[-1] = 0
    return floats(result.reshape(stack.shape))


def _segment_average() -> Floats:
    """Return the (segments, rows) matrix that averages rows by segment."""
    bounds = np.linspace(0, STRIP_ROWS, SEGMENTS + 1)
    rows = np.arange(STRIP_ROWS)
    inside = (rows >= bounds[:-1, None]) & (rows < bounds[1:, None])
    return floats(inside / inside.sum(axis=1, keepdims=True))


_AVERAGE = _segment_average()
_WHOLE = np.full((1, STRIP_ROWS), 1 / STRIP_ROWS, np.float32)
_CHROMA_WHOLE = np.full((1, CHROMA_ROWS), 1 / CHROMA_ROWS, np.float32)
