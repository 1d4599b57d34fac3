"""The images that took longest, with their time on each detector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from framejudge.bench.run.calls import CallTimes
from framejudge.bench.run.columns import Columns
from framejudge.bench.run.wording import milliseconds


@dataclass(frozen=True, slots=True)
class SlowImage:
    """An image, its position and size in pixels, and its median latency on each timed detector as text."""

    position: int
    path: str
    size: str
    times: Sequence[str]
    slowest_on: int


def timed_detectors(calls: CallTimes) -> list[int]:
    """Return the positions of the detectors that have timings."""
    return [d for d, times in enumerate(calls.per_image_ms) if not np.isnan(times).all()]


def slowest_images(columns: Columns, calls: CallTimes, limit: int) -> list[SlowImage]:
    """Return the images that took longest relative to the median image of the same detector.

    Detectors differ by orders of magnitude: by time alone the slowest detector would fill the list.
    """
    timed = timed_detectors(calls)
    if not timed:
        return []
    ratios = calls.per_image_ms[timed] / np.nanmedian(calls.per_image_ms[timed], axis=1, keepdims=True)
    worst = np.max(np.where(np.isnan(ratios), -np.inf, ratios), axis=0)
    order = np.argsort(-worst, kind="stable")[:limit]
    return [
        SlowImage(
            position=int(image),
            path=columns.path(image),
            size=" x ".join(str(side) for side in columns.sizes[image]) if columns.sizes[image].all() else "",
            times=[
                "not timed" if np.isnan(time) else milliseconds(float(time))
                for time in calls.per_image_ms[timed, image]
            ],
            slowest_on=timed[int(np.nanargmax(ratios[:, image]))],
        )
        for image in order
        if worst[image] > 0
    ]
