"""Candidate lines: straight edges near and parallel to a side, found in the strips' depth profiles."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from framejudge.detectors.canny.edges import SEGMENTS, Floats, Strips

Ints: TypeAlias = npt.NDArray[np.intp]

LINES_PER_SIDE = 3
"""A frame has few lines a side: an outer one where it is inset, an inner one, a decoration between."""

LOOSE_PX = 3
"""An edge this far from a line still belongs to the same contour; a straight line has none beside it."""

STEP_SATURATION = 24.0
"""Grey levels of a step across a line that count as full contrast when lines are ranked."""


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
    """

    coverage: Floats
    step: Floats
    signed_step: Floats
    mean: Floats
    variance: Floats
    edge_density: Floats


def measure_profiles(strips: Strips) -> Profiles:
    """Reduce the strips along the sides."""
    grey, edges = strips.grey, strips.edges
    average = _segment_average(grey.shape[1])
    step = _across(np.subtract, grey)
    mean = average @ grey
    variance = (average @ (grey * grey)).mean(axis=1) - mean.mean(axis=1) ** 2
    return Profiles(
        coverage=(average @ _across(np.maximum, edges))[:, :, :-1],
        step=(average @ np.abs(step))[:, :, :-1],
        signed_step=(average @ step)[:, :, :-1],
        mean=mean,
        variance=np.maximum(variance, 0),
        edge_density=(average @ edges).mean(axis=1),
    )


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
        Where the band outside the line begins: the depth of the outermost strong line before it, or 0.
    """

    depth: Ints
    strength: Floats
    outer: Ints


def find_lines(profiles: Profiles) -> Lines:
    """Pick each side's strongest straight edges."""
    strength = profiles.coverage.mean(axis=1)
    strength = strength * (0.5 + 0.5 * np.minimum(profiles.step.mean(axis=1) / STEP_SATURATION, 1))
    padded = np.pad(strength, ((0, 0), (2, 2)))
    beside = np.maximum(
        np.maximum(padded[:, :-4], padded[:, 1:-3]), np.maximum(padded[:, 3:-1], padded[:, 4:])
    )
    peaks = np.where(strength >= beside, strength, 0)
    order = np.argsort(-peaks, axis=1, kind="stable")[:, :LINES_PER_SIDE]
    found = np.take_along_axis(peaks, order, axis=1)
    depth = order + 1
    return Lines(depth=depth, strength=found, outer=_outer_partner(depth, found))


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
    return result.reshape(stack.shape)


@lru_cache(maxsize=64)
def _segment_average(length: int) -> Floats:
    """Return the (segments, length) matrix that averages rows by segment."""
    bounds = np.linspace(0, length, SEGMENTS + 1)
    rows = np.arange(length)
    inside = (rows >= bounds[:-1, None]) & (rows < bounds[1:, None])
    return (inside / np.maximum(inside.sum(axis=1, keepdims=True), 1)).astype(np.float32)
