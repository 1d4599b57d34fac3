"""Candidate lines: straight edges near and parallel to a side, found in the strips' depth profiles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.detectors.canny.edges import EDGE, STRIP_ROWS, Bytes, Floats, Strips, floats

Ints: TypeAlias = npt.NDArray[np.intp]

SEGMENTS = 12
"""Equal parts that a side's length is divided into; the outermost two hold the corners."""

SEGMENT_MEAN = np.full(SEGMENTS, 1 / SEGMENTS, np.float32)
ROW_MEAN = np.full(STRIP_ROWS, 1 / STRIP_ROWS, np.float32)
"""``values @ SEGMENT_MEAN`` averages over segments: several times as fast as ``mean`` on small arrays."""

_SIDE = np.arange(4)[:, None]

LINES_PER_SIDE = 6
"""A moulded frame has several lines a side, and the picture inside has some of its own."""

FULL_STEP = 50.0
"""Grey levels of a step across a line that count as full contrast when lines are ranked."""

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
        Share of rows with an edge on either column of a boundary; (4, depth - 1, segments).
    step, signed_step
        Mean absolute and mean signed difference in grey across a boundary; (4, depth - 1, segments).
    mean
        Mean grey of a column; (4, depth, segments).
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
    grey = strips.grey.astype(np.float32)
    mean = grey @ _AVERAGE
    overall = mean @ SEGMENT_MEAN
    variance = np.einsum("sdr,sdr->sd", grey, grey) / STRIP_ROWS - overall * overall
    colours, shape = strips.chroma.reshape(2, -1, strips.chroma.shape[3]), strips.grey.shape[:2]
    red, blue = colours
    chroma_step = cv2.add(cv2.absdiff(red[1:], red[:-1]), cv2.absdiff(blue[1:], blue[:-1]))
    _, visible = cv2.threshold(chroma_step, VISIBLE_CHROMA_STEP, 1, cv2.THRESH_BINARY)
    return Profiles(
        coverage=_across(cv2.bitwise_or, strips.edges) @ _EDGE_AVERAGE,
        step=_across(cv2.absdiff, strips.grey) @ _AVERAGE,
        signed_step=mean[:, 1:] - mean[:, :-1],
        mean=mean,
        variance=np.maximum(variance, 0),
        edge_density=_along(strips.edges.reshape(-1, STRIP_ROWS), shape) / EDGE,
        chroma=_along(cv2.add(cv2.absdiff(red, _GREY), cv2.absdiff(blue, _GREY)), shape),
        chroma_step=_along(chroma_step, shape)[:, :-1],
        chroma_reach=_along(visible, shape)[:, :-1],
    )


def find_lines(profiles: Profiles) -> Lines:
    """Pick each side's strongest straight edges."""
    contrast = np.minimum((profiles.step @ SEGMENT_MEAN + profiles.chroma_step) / FULL_STEP, 1)
    coverage = np.maximum(profiles.coverage @ SEGMENT_MEAN, CHROMA_WORTH * profiles.chroma_reach)
    strength = coverage * (1 - STEP_SHARE + STEP_SHARE * contrast)
    peaks = _keep_peaks(strength)
    order = np.argsort(-peaks, axis=1, kind="stable")[:, :LINES_PER_SIDE]
    found: Floats = peaks[_SIDE, order]
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
    return np.where(rival.max(axis=2) > 0, depth[_SIDE, best], 0)


def _across(operation: Callable[..., Any], stack: Bytes) -> Floats:
    """Apply an operation to each column of (4, depth, rows) and its inner neighbour: (4, depth - 1, rows).

    In one pass over all sides: what comes out where one side ends and the next begins is left out.
    """
    sides, depth, rows = stack.shape
    flat = stack.reshape(-1, rows)
    result = np.empty_like(flat)
    operation(flat[1:], flat[:-1], dst=result[:-1])
    return floats(result.reshape(sides, depth, rows)[:, :-1])


def _along(columns: Any, shape: tuple[int, ...]) -> Floats:
    """Average each of (columns, rows) along its side; the last column may be missing, and is 0 then."""
    average = np.zeros(shape[0] * shape[1], np.float32)
    average[: len(columns)] = cv2.reduce(columns, 1, cv2.REDUCE_AVG, dtype=cv2.CV_32F)[:, 0]
    return average.reshape(shape)


def _segment_average() -> Floats:
    """Return the (rows, segments) matrix that averages rows by segment."""
    bounds = np.linspace(0, STRIP_ROWS, SEGMENTS + 1)
    rows = np.arange(STRIP_ROWS)
    inside = (rows >= bounds[:-1, None]) & (rows < bounds[1:, None])
    return np.ascontiguousarray(floats(inside / inside.sum(axis=1, keepdims=True)).T)


_AVERAGE = _segment_average()
_EDGE_AVERAGE = _AVERAGE / EDGE
_GREY = np.array([128.0])  # the Cr and Cb of grey
