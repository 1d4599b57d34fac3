"""Whether a score of 0.8 means framed in 80 of 100 images."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from framejudge.bench.run.figure import Figure
from framejudge.bench.statistics.groups import Groups, rows_of
from framejudge.bench.statistics.interval import CONFIDENCE, Booleans, Floats, Integers
from framejudge.bench.statistics.means import mean_loss
from framejudge.bench.statistics.proportions import proportion


class ReliabilityBin(NamedTuple):
    """The images scored in [low, high); the last bin includes 1."""

    low: float
    high: float
    mean_score: float | None
    framed_share: Figure
    n: int


def reliability(
    labels: Booleans, scores: Floats, groups: Groups = None, bins: int = 10, *, confidence: float = CONFIDENCE
) -> list[ReliabilityBin]:
    """Return the share of framed images in bins of equal width, each with its interval.

    References
    ----------
    Murphy, Winkler, "Reliability of subjective probability forecasts of precipitation and temperature",
    Applied Statistics 26, 1977.
    """
    edges = np.linspace(0, 1, bins + 1).tolist()
    members = _bin_codes(scores, bins)
    curve = []
    for k in range(bins):
        inside = members == k
        share = proportion(labels[inside], rows_of(groups, inside), confidence=confidence)
        mean = float(scores[inside].mean()) if inside.any() else None
        curve.append(ReliabilityBin(edges[k], edges[k + 1], mean, share, int(inside.sum())))
    return curve


def brier(
    labels: Booleans, scores: Floats, groups: Groups = None, *, confidence: float = CONFIDENCE
) -> Figure:
    """Return the mean squared distance between score and truth, with its interval.

    The interval is that of `mean_loss`.

    References
    ----------
    Brier, "Verification of forecasts expressed in terms of probability", Monthly Weather Review 78, 1950.
    """
    return mean_loss((scores - labels) ** 2, groups, confidence=confidence)


def _bin_codes(scores: Floats, bins: int) -> Integers:
    codes: Integers = np.minimum((scores * bins).astype(np.int64), bins - 1)
    return codes
