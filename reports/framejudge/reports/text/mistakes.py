"""Each detector's mistakes, worst first, and what to show of an image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from framejudge.bench.run.columns import FRAMED, Answers, Columns
from framejudge.bench.run.wording import count
from framejudge.reports.charts import curves
from framejudge.reports.charts.curves import Ints


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


def worst_first(columns: Columns, answers: Answers) -> Ints:
    """Return the positions of a detector's mistakes, the one furthest over the threshold first."""
    wrong = np.flatnonzero(columns.wrong(answers))
    distance = curves.wrongness(answers.scores[wrong], columns.labels[wrong] == FRAMED, answers.threshold)
    return np.asarray(wrong[np.argsort(-distance, kind="stable")])


def worst_mistakes(columns: Columns, limit: int) -> list[Mistakes]:
    """Return the worst mistakes of each detector that judged at least one image."""
    found = []
    active = [answers for answers in columns.detectors if columns.judged(answers).any()]
    for d, answers in enumerate(columns.detectors):
        if not columns.judged(answers).any():
            continue
        wrong = worst_first(columns, answers)
        shown = [_mistake(columns, int(image), active) for image in wrong[:limit]]
        summary = f"{count(len(wrong), 'mistake')} in {count(int(columns.judged(answers).sum()), 'image')}"
        if len(wrong) > len(shown):
            summary += f"; the worst {len(shown)}"
        found.append(Mistakes(d, answers.name, summary, shown))
    return found


def _mistake(columns: Columns, image: int, detectors: Sequence[Answers]) -> Mistake:
    return Mistake(
        position=image,
        path=columns.path(image),
        verdict="Missed frame" if columns.labels[image] == FRAMED else "False alarm",
        scores=[
            ScoreLine(
                answers.name,
                None if np.isnan(answers.scores[image]) else float(answers.scores[image]),
                answers.threshold,
            )
            for answers in detectors
        ],
        attributes={
            name: text for name, column in columns.attributes.items() if (text := column.text(image))
        },
    )
