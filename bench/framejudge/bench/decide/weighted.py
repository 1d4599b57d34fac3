"""Two detectors whose mistakes on framed and on plain images do not weigh the same.

The weights are those of a shop: its share of framed images, and what a missed frame and a false alarm cost.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

import numpy as np

from framejudge.bench.run.figure import Figure
from framejudge.bench.statistics.groups import Groups, group_codes, group_sums, rows_of
from framejudge.bench.statistics.interval import CONFIDENCE, Booleans, Floats, nothing
from framejudge.bench.statistics.mover import Estimate, weighted_sum
from framejudge.bench.statistics.paired import accuracy_difference, swapping_p

MOST_STEPS = 100
"""The exact test counts in whole steps: the larger weight is at most so many."""

MOST_STEPS_IN_ALL = 200_000
"""Of all images on which two detectors differ; for more, the steps become coarser."""


class Weights(NamedTuple):
    """What all mistakes on framed, and all on plain images would cost: share of the images times cost."""

    framed: float
    plain: float

    @classmethod
    def of(cls, prevalence: float, cost_miss: float = 1.0, cost_false_alarm: float = 1.0) -> Weights:
        """Return those of a shop where a share ``prevalence`` of the images is framed."""
        return cls(prevalence * cost_miss, (1 - prevalence) * cost_false_alarm)


def loss_difference(
    labels: Booleans,
    wrong_a: Booleans,
    wrong_b: Booleans,
    weights: Weights,
    groups: Groups = None,
    *,
    confidence: float = CONFIDENCE,
) -> Figure:
    """Return the expected loss of ``a`` an image minus that of ``b``, paired, with its interval.

    The paired differences of the miss rates and of the false-alarm rates, each with Bonett and Price's
    interval, are joined by the square-and-add rule (`mover.weighted_sum`), with the correlation that the two
    have over the groups.

    Parameters
    ----------
    labels
        Shape (n,): True for framed.
    wrong_a, wrong_b
        Shape (n,): whether each detector is wrong.
    groups
        Shape (n,), or None for independent images.
    """
    if labels.all() or not labels.any():
        return nothing("needs images of both classes", n=len(labels))
    parts = []
    for rows in (labels, ~labels):
        one = accuracy_difference(
            ~wrong_b[rows], ~wrong_a[rows], rows_of(groups, rows), confidence=confidence
        )
        if one.value is None or one.low is None or one.high is None:
            return nothing("all images of a class are of one group", n=len(labels))
        parts.append((Estimate(one.value, one.low, one.high), one.method))
    correlation = _correlation(labels, wrong_a.astype(np.float64) - wrong_b, groups)
    joined = weighted_sum(parts[0][0], parts[1][0], weights, correlation)
    codes = group_codes(groups)
    n = len(labels) if codes is None else int(codes.max()) + 1
    method = f"mover of {' and '.join(dict.fromkeys(method for _, method in parts))}"
    return Figure(joined.value, joined.low, joined.high, method, n)


def weighted_mcnemar(
    labels: Booleans, wrong_a: Booleans, wrong_b: Booleans, weights: Weights, groups: Groups = None
) -> Figure:
    """Return the exact two-sided p-value of "equally good" where the classes weigh differently.

    McNemar's test swaps the two detectors for each image, or each group, at random. Here a swapped image
    counts with its class's weight; the ratio of the two weights is that of two whole numbers up to 100.

    References
    ----------
    As for `framejudge.bench.statistics.paired.mcnemar`, whose p-value it gives where the weights are equal.
    """
    if labels.all() or not labels.any():
        return nothing("needs images of both classes", n=len(labels))
    differences = wrong_a.astype(np.float64) - wrong_b
    codes = group_codes(groups)
    framed, plain = _steps(labels, weights, int(np.abs(differences).sum()))
    own = np.arange(len(labels)) if codes is None else codes
    sums = group_sums(own, differences * np.where(labels, framed, plain)).astype(np.int64)
    method = "weighted-mcnemar-exact" if codes is None else "clustered-weighted-mcnemar-exact"
    return Figure(swapping_p(sums), None, None, method, int(own.max()) + 1)


def _steps(labels: Booleans, weights: Weights, disagreements: int) -> tuple[int, int]:
    """Return the weight of one framed and of one plain image, in whole steps of a common unit."""
    framed_count = int(labels.sum())
    framed, plain = weights.framed / framed_count, weights.plain / (len(labels) - framed_count)
    most = max(1, min(MOST_STEPS, MOST_STEPS_IN_ALL // max(1, disagreements)))
    ratio = Fraction(min(framed, plain) / max(framed, plain)).limit_denominator(most)
    smaller, larger = ratio.numerator, ratio.denominator
    return (smaller, larger) if framed < plain else (larger, smaller)


def _correlation(labels: Booleans, differences: Floats, groups: Groups) -> float:
    """Correlate two classes' mean differences through groups that have images of both."""
    codes = group_codes(groups)
    if codes is None:
        return 0.0
    framed, plain = (
        group_sums(codes, np.where(rows, differences - differences[rows].mean(), 0.0))
        for rows in (labels, ~labels)
    )
    scale = float(np.sqrt((framed @ framed) * (plain @ plain)))
    return float(framed @ plain) / scale if scale else 0.0
