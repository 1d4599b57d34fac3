"""The per-call table: the times of timings.parquet, by detector, stage and image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from framejudge.bench.run.columns import Columns, Floats

WHOLE_CALL, SCHEDULED_CALL = "predict", "response"
"""Stages: from a decoded image to a score, and, where images arrived by a schedule, from the arrival on."""


@dataclass(frozen=True, slots=True)
class CallTimes:
    """How long whole calls took.

    Attributes
    ----------
    per_image_ms
        For each detector the median over an image's calls, shape (d, n); NaN where it was not timed.
    calls_ms
        For each detector all of its calls, shape (calls,).
    """

    per_image_ms: Floats
    calls_ms: Sequence[Floats]


def nanoseconds(timings: pa.Table, detector: str, stage: str) -> npt.NDArray[np.int64]:
    """Return the times of a detector's calls in one stage, in the order of the calls."""
    own = timings.filter(pc.and_(pc.equal(timings["detector"], detector), pc.equal(timings["stage"], stage)))
    return np.asarray(own["nanoseconds"].to_numpy(), dtype=np.int64)


def read_call_times(timings: pa.Table, columns: Columns) -> CallTimes:
    """Collect the times of whole calls; by a schedule both count from the arrival, as percentiles do.

    Parameters
    ----------
    timings
        A row per timed call and stage, as `framejudge.bench.run.tables.TIMINGS` describes it.
    columns
        The images and detectors of the same run.
    """
    scheduled = pc.any(pc.equal(timings["stage"], SCHEDULED_CALL)).as_py()
    whole = timings.filter(pc.equal(timings["stage"], SCHEDULED_CALL if scheduled else WHOLE_CALL))
    per_image = np.full((len(columns.detectors), len(columns)), np.nan)
    calls = []
    for row, answers in enumerate(columns.detectors):
        own = whole.filter(pc.equal(whole["detector"], answers.name))
        times_ms = own["nanoseconds"].to_numpy() / 1e6
        calls.append(times_ms)
        images, medians = _medians(columns.positions_of(own["path"].combine_chunks()), times_ms)
        per_image[row, images] = medians
    return CallTimes(per_image, calls)


def _medians(positions: npt.NDArray[np.int64], times_ms: Floats) -> tuple[npt.NDArray[np.int64], Floats]:
    """Return the images that calls were of, by position, and the median of the calls of each."""
    order = np.lexsort((times_ms, positions))
    order = order[positions[order] >= 0]
    images, starts, counts = np.unique(positions[order], return_index=True, return_counts=True)
    lower, upper = order[starts + (counts - 1) // 2], order[starts + counts // 2]
    return images, (times_ms[lower] + times_ms[upper]) / 2
