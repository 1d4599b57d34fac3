"""Each detector's mistakes, worst first, and what to show of an image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from framejudge.reports.charts import curves
from framejudge.reports.charts.curves import Ints
from framejudge.reports.scores import FRAMED, Scores
from framejudge.reports.text.wording import count


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One detector's score of an image; None where it has none."""

    detector: str
    score: float | None
    threshold: float


@dataclass(frozen=True, slots=True)
class Mistake:
    """One wrong answer: the image and its position, every detector's score of it, its attributes."""

    position: int
    path: str
    verdict: str
    scores: Sequence[ScoreLine]
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Mistakes:
    """A detector, its position, how many mistakes it made, and the worst of them."""

    position: int
    detector: str
    summary: str
    worst: Sequence[Mistake]


def worst_first(scores: Scores, detector: int) -> Ints:
    """Return the positions of a detector's mistakes, the one furthest over the threshold first."""
    wrong = np.flatnonzero(scores.wrong(detector))
    distance = curves.wrongness(
        scores.scores[detector][wrong], scores.labels[wrong] == FRAMED, scores.thresholds[detector]
    )
    return np.asarray(wrong[np.argsort(-distance, kind="stable")])


def worst_mistakes(scores: Scores, limit: int) -> list[Mistakes]:
    """Return the worst mistakes of each detector that judged at least one image."""
    found = []
    active = [d for d in range(len(scores.detectors)) if scores.judged(d).any()]
    for d in active:
        wrong = worst_first(scores, d)
        shown = [_mistake(scores, int(image), active) for image in wrong[:limit]]
        summary = f"{count(len(wrong), 'mistake')} in {count(int(scores.judged(d).sum()), 'image')}"
        if len(wrong) > len(shown):
            summary += f"; the worst {len(shown)}"
        found.append(Mistakes(d, scores.detectors[d], summary, shown))
    return found


def _mistake(scores: Scores, image: int, detectors: Sequence[int]) -> Mistake:
    return Mistake(
        position=image,
        path=scores.paths[image],
        verdict="Missed frame" if scores.labels[image] == FRAMED else "False alarm",
        scores=[
            ScoreLine(
                scores.detectors[d],
                None if np.isnan(scores.scores[d, image]) else float(scores.scores[d, image]),
                float(scores.thresholds[d]),
            )
            for d in detectors
        ],
        attributes={
            name: column.values[column.codes[image]]
            for name, column in scores.attributes.items()
            if column.codes[image] >= 0 and column.values[column.codes[image]] != ""
        },
    )
