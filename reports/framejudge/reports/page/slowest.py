"""The images that took longest, with their time on each detector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from framejudge.reports.scores import Scores
from framejudge.reports.text.wording import milliseconds


@dataclass(frozen=True, slots=True)
class SlowImage:
    """An image, its position and size in pixels, and its median latency on each timed detector as text."""

    position: int
    path: str
    size: str
    times: Sequence[str]
    slowest_on: int


def timed_detectors(scores: Scores) -> list[int]:
    """Return the positions of the detectors that have timings."""
    return [d for d in range(len(scores.detectors)) if not np.isnan(scores.latency_ms[d]).all()]


def slowest_images(scores: Scores, limit: int) -> list[SlowImage]:
    """Return the images that took longest relative to the median image of the same detector.

    Detectors differ by orders of magnitude: by time alone the slowest detector would fill the list.
    """
    timed = timed_detectors(scores)
    if not timed:
        return []
    ratios = scores.latency_ms[timed] / np.nanmedian(scores.latency_ms[timed], axis=1, keepdims=True)
    worst = np.max(np.where(np.isnan(ratios), -np.inf, ratios), axis=0)
    order = np.argsort(-worst, kind="stable")[:limit]
    return [
        SlowImage(
            position=int(image),
            path=scores.paths[image],
            size=" x ".join(str(side) for side in scores.sizes[image]) if scores.sizes[image].all() else "",
            times=[
                "not timed" if np.isnan(time) else milliseconds(float(time))
                for time in scores.latency_ms[timed, image]
            ],
            slowest_on=timed[int(np.nanargmax(ratios[:, image]))],
        )
        for image in order
        if worst[image] > 0
    ]
