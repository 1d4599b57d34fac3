"""Every two detectors side by side: the difference of accuracy, its p-value, ranking and latency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from framejudge.bench.run import Comparison, Figure, Results
from framejudge.bench.run.wording import NONE, Format, about, fraction, interval, p_value, points
from framejudge.reports.text.questions import SIGNIFICANCE, oriented

FEWEST = 3
"""Detectors from which on there is more to say than the first screen does."""


@dataclass(frozen=True, slots=True)
class PairCell:
    """A figure as text, and its interval or why there is none."""

    text: str
    under: str = ""


@dataclass(frozen=True, slots=True)
class PairRow:
    """Two detectors, the one with the higher accuracy first.

    Attributes
    ----------
    latency
        How many times as long ``better`` takes.
    images
        What would show the difference where the test does not.
    """

    better: str
    worse: str
    accuracy: PairCell
    p: PairCell
    auc: PairCell
    latency: PairCell
    images: PairCell


def pair_rows(results: Results) -> Sequence[PairRow]:
    """Return a row a pair, the clearest difference first; nothing for fewer than three detectors."""
    finished = {name for name, found in results.detectors.items() if found.status == "complete"}
    if len(finished) < FEWEST:
        return []
    pairs = [one for one in results.comparisons if {one.a, one.b} <= finished]
    turned = [oriented(one, one.b if (one.accuracy_difference.value or 0) < 0 else one.a) for one in pairs]
    return [_row(one) for one in sorted(turned, key=_clearness)]


def _clearness(one: Comparison) -> tuple[float, float]:
    p = 1.0 if one.mcnemar_p.value is None else one.mcnemar_p.value
    return p, -(one.accuracy_difference.value or 0.0)


def _row(one: Comparison) -> PairRow:
    p = one.mcnemar_p.value
    shown = p is not None and p < SIGNIFICANCE
    images = "" if shown or one.images_to_tell is None else about(one.images_to_tell, "image")
    return PairRow(
        better=one.a,
        worse=one.b,
        accuracy=_cell(one.accuracy_difference, points),
        p=PairCell(p_value(p), "" if p is not None else one.mcnemar_p.reason or ""),
        auc=_cell(one.auc_difference, fraction),
        latency=_cell(one.latency_ratio, lambda ratio: f"{ratio:.2f}" if ratio < 10 else f"{ratio:.0f}"),
        images=PairCell("shown" if shown else images or NONE),
    )


def _cell(figure: Figure, form: Format) -> PairCell:
    if figure.value is None:
        return PairCell(NONE, figure.reason or "")
    return PairCell(form(figure.value), interval(figure, form) or figure.reason or "")
