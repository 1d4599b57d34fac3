"""Whether a score of 0.8 means framed in 80 of 100 images."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from framejudge.bench.statistics.groups import Groups, rows_of
from framejudge.bench.statistics.interval import CONFIDENCE, Booleans, Floats, Integers, Interval
from framejudge.bench.statistics.means import mean_loss
from framejudge.bench.statistics.proportions import proportion


class ReliabilityBin(NamedTuple):
    """The images scored in [low, high); the last bin includes 1."""

    low: float
    high: float
    mean_score: float | None
    framed_share: Interval
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


def expected_calibration_error(labels: Booleans, scores: Floats, bins: int = 10) -> float:
    """Return the mean distance between score and share of framed images, over bins of equal width.

    It has no interval: it is biased upwards by the noise of each bin, the more the smaller the sample.

    References
    ----------
    Naeini, Cooper, Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning", AAAI 2015.
    """
    gaps = np.bincount(_bin_codes(scores, bins), weights=scores - labels, minlength=bins)
    return float(np.abs(gaps).sum() / len(scores))


def brier(
    labels: Booleans, scores: Floats, groups: Groups = None, *, confidence: float = CONFIDENCE
) -> Interval:
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
