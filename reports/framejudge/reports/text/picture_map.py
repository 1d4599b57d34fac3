"""The map of alike pictures: where each image lies, and what the first detector shown says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from framejudge.bench.run.columns import Answers, Columns
from framejudge.bench.run.images.looks import Looks
from framejudge.bench.run.wording import count

WIDTH, HEIGHT, MARGIN = 1000, 560, 14

SHAPES = {
    "right": "M-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0",
    "alarm": "M-6-6h12v12h-12z",
    "missed": "M0-8l8 14h-16z",
    "unknown": "M-3-3l6 6m0-6l-6 6",
}
"""Outlines about (0, 0): told apart by shape, and only then by colour."""


@dataclass(frozen=True, slots=True)
class Point:
    """One image: its position in the run, where it is drawn, and what the detector made of it."""

    image: int
    x: float
    y: float
    kind: str


@dataclass(frozen=True, slots=True)
class PictureMap:
    """Points, those of mistakes last so that they lie on top; whose mistakes are shown, and how many."""

    detector: int
    name: str
    summary: str
    points: Sequence[Point]


def picture_map(looks: Looks, columns: Columns) -> PictureMap | None:
    """Return the map; None where the run has none or nothing was judged.

    The detector with the fewest mistakes, but at least one, comes first: the gallery does the same.
    """
    placed = np.isfinite(looks.places).all(axis=1)
    judged = [d for d, one in enumerate(columns.detectors) if columns.judged(one).any()]
    if not placed.any() or not judged:
        return None
    mistakes = {d: int(columns.wrong(columns.detectors[d]).sum()) for d in judged}
    first = min(judged, key=lambda d: (mistakes[d] == 0, mistakes[d]))
    answers = columns.detectors[first]
    positions, places = looks.positions[placed], looks.places[placed]
    kinds = [_kind(columns, answers, int(k)) for k in positions]
    points = [
        Point(
            int(k),
            round(MARGIN + float(x) * (WIDTH - 2 * MARGIN), 1),
            round(MARGIN + float(y) * (HEIGHT - 2 * MARGIN), 1),
            kind,
        )
        for k, (x, y), kind in zip(positions, places, kinds, strict=True)
    ]
    shown = sum(kind in ("alarm", "missed") for kind in kinds)
    points.sort(key=lambda point: point.kind in ("alarm", "missed"))
    summary = f"{count(len(points), 'image')} of {len(columns):,}"
    if shown < mistakes[first]:
        summary += f", with {shown:,} of {count(mistakes[first], 'mistake')}"
    return PictureMap(first, answers.name, summary, points)


def _kind(columns: Columns, answers: Answers, image: int) -> str:
    if columns.labels[image] < 0 or not np.isfinite(answers.scores[image]):
        return "unknown"
    if bool(answers.scores[image] >= answers.threshold) == bool(columns.framed[image]):
        return "right"
    return "missed" if columns.framed[image] else "alarm"
