"""Two detectors on the same images: differences with their intervals, McNemar's test, Holm's correction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy import special

from framejudge.bench.run.figure import Figure
from framejudge.bench.statistics.auc import DelongResult, auc_interval, delong
from framejudge.bench.statistics.groups import Groups, group_codes, group_sums
from framejudge.bench.statistics.interval import (
    CONFIDENCE,
    Booleans,
    Floats,
    Integers,
    nothing,
    two_sided_quantile,
)
from framejudge.bench.statistics.mover import Estimate, difference


def auc_difference(
    labels: Booleans,
    scores_a: Floats,
    scores_b: Floats,
    groups: Groups = None,
    *,
    confidence: float = CONFIDENCE,
) -> Figure:
    """Return the area under the ROC curve of ``a`` minus that of ``b``, with its interval.

    The two areas' own intervals, each on the logit scale, are joined with DeLong's correlation of the two
    (Obuchowski's where groups repeat), so that it also holds where an area is near or at 1.

    Parameters
    ----------
    labels, scores_a, scores_b
        Shape (n,).
    groups
        Shape (n,), or None for independent images.
    """
    if labels.all() or not labels.any():
        return nothing("needs images of both classes", n=len(labels))
    result = delong(labels, np.stack([scores_a, scores_b]), groups)
    value = float(result.aucs[0] - result.aucs[1])
    if np.array_equal(result.contributions[0], result.contributions[1]):
        return Figure(value, None, None, "", result.units, "both put the images into the same order")
    estimates = []
    for detector in (0, 1):
        interval = auc_interval(result, detector, confidence)
        if interval.value is None or interval.low is None or interval.high is None:
            return replace(interval, value=value)
        estimates.append(Estimate(interval.value, interval.low, interval.high))
    joined = difference(estimates[0], estimates[1], _correlation(result))
    method = "clustered-delong-mover" if result.clustered else "delong-mover"
    return Figure(value, max(-1.0, joined.low), min(1.0, joined.high), method, result.units)


def accuracy_difference(
    correct_a: Booleans, correct_b: Booleans, groups: Groups = None, *, confidence: float = CONFIDENCE
) -> Figure:
    """Return the accuracy of ``a`` minus that of ``b`` on the same images, with its interval.

    Bonett and Price's adjusted interval: one more image is counted where only ``a`` is right, and one where
    only ``b`` is. Where groups repeat, the same on the effective number of images (n / design effect, never
    above n), with Student's quantile for the number of groups.

    Parameters
    ----------
    correct_a, correct_b
        Shape (n,): whether each detector is right.

    References
    ----------
    Bonett, Price, "Adjusted Wald confidence interval for a difference of binomial proportions based on paired
    data", J. Educational and Behavioral Statistics 37, 2012. Recommended beside Newcombe's by Fagerland,
    Lydersen, Laake, "Recommended tests and confidence intervals for paired binomial proportions", Statistics
    in Medicine 33, 2014.
    """
    n = len(correct_a)
    if n == 0:
        return nothing("no observation")
    differences = correct_a.astype(np.float64) - correct_b
    only_a, only_b = (float(np.mean(differences == side)) for side in (1, -1))
    codes = group_codes(groups)
    if codes is None:
        low, high = _bonett_price(only_a, only_b, n, two_sided_quantile(confidence))
        return Figure(only_a - only_b, low, high, "bonett-price", n)
    group_count = int(codes.max()) + 1
    if group_count == 1:
        return Figure(only_a - only_b, None, None, "", 1, "all images are of one group: no interval")
    effective = _effective_number(differences, codes)
    low, high = _bonett_price(only_a, only_b, effective, two_sided_quantile(confidence, group_count - 1))
    return Figure(only_a - only_b, low, high, "clustered-bonett-price", group_count)


def mcnemar(correct_a: Booleans, correct_b: Booleans, groups: Groups = None) -> Figure:
    """Return McNemar's exact two-sided p-value; low and high are None.

    Where groups repeat: the exact test that swaps the two detectors for whole groups at random, which is
    McNemar's where each group has one image. It is the permutation form of Durkalski's test.

    Parameters
    ----------
    correct_a, correct_b
        Shape (n,): whether each detector is right.

    References
    ----------
    .. [1] McNemar, "Note on the sampling error of the difference between correlated proportions or
       percentages", Psychometrika 12, 1947.
    .. [2] Durkalski, Palesch, Lipsitz, Rust, "Analysis of clustered matched-pair data", Statistics in
       Medicine 22, 2003.
    """
    if len(correct_a) == 0:
        return nothing("no observation")
    codes = group_codes(groups)
    if codes is None:
        only_a, only_b = int(np.sum(correct_a & ~correct_b)), int(np.sum(~correct_a & correct_b))
        # The images that only one has right are tosses of a fair coin where neither detector is better.
        tail = float(special.bdtr(min(only_a, only_b), only_a + only_b, 0.5))
        return Figure(min(1.0, 2 * tail), None, None, "mcnemar-exact", len(correct_a))
    sums = group_sums(codes, correct_a.astype(np.float64) - correct_b).astype(np.int64)
    return Figure(swapping_p(sums), None, None, "clustered-mcnemar-exact", len(sums))


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values adjusted so that the chance of any false finding stays below the level.

    References
    ----------
    Holm, "A simple sequentially rejective multiple test procedure", Scandinavian J. of Statistics 6, 1979.
    """
    given = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(given)
    adjusted = np.empty_like(given)
    adjusted[order] = np.maximum.accumulate(given[order] * np.arange(len(given), 0, -1))
    return [float(p) for p in np.minimum(adjusted, 1.0)]


def _correlation(result: DelongResult) -> float:
    covariance = result.covariance
    scale = float(np.sqrt(covariance[0, 0] * covariance[1, 1]))
    return float(np.clip(covariance[0, 1] / scale, -1, 1)) if scale > 0 else 0.0


def _bonett_price(only_a: float, only_b: float, n: float, quantile: float) -> tuple[float, float]:
    p, q = (only_a * n + 1) / (n + 2), (only_b * n + 1) / (n + 2)
    reach = quantile * float(np.sqrt((p + q - (p - q) ** 2) / (n + 2)))
    return max(-1.0, p - q - reach), min(1.0, p - q + reach)


def _effective_number(differences: Floats, codes: Integers) -> float:
    """Return how many independent images the mean of the differences is worth."""
    n = len(differences)
    independent = float(np.var(differences)) / n
    if independent == 0:
        return float(codes.max() + 1)  # as alike within the groups as can be
    residuals = group_sums(codes, differences - differences.mean())
    count = len(residuals)
    clustered = count / (count - 1) * float(residuals @ residuals) / n**2
    return n / max(1.0, clustered / independent)


SMALLEST_P = 1e-150
"""A smaller p-value is given as this one."""

_REACH = 13.2
"""Binomial(n, 1/2) is further than this times sqrt(n) from its mean with a chance below `SMALLEST_P`."""


def swapping_p(sums: Integers) -> float:
    """Return the probability that random signs bring the sum as far from 0 as it is.

    Computed exactly, but for chances below `SMALLEST_P`, which are left out: so it takes seconds where ten
    million images are compared.

    Parameters
    ----------
    sums
        Shape (G,): of each group, how much better one detector is than the other.
    """
    from scipy import signal, stats  # a second of CPU, and only grouped images need them

    reach = abs(int(sums.sum()))
    if not reach:
        return 1.0
    sizes, counts = np.unique(np.abs(sums[sums != 0]), return_counts=True)
    distribution, lowest = np.ones(1), 0
    for size, count in zip(sizes.tolist(), counts.tolist(), strict=True):
        # A sum of `count` signs is 2 * Binomial(count, 1/2) - count, here in steps of 2 * `size`.
        first, last = max(0, int(count / 2 - _REACH * count**0.5)), int(count / 2 + _REACH * count**0.5) + 1
        signs = stats.binom.pmf(np.arange(first, min(last, count) + 1), count, 0.5)
        distribution = signal.upfirdn(distribution, signs, up=2 * size)
        lowest += size * (2 * first - count)
    tail = float(distribution[max(0, reach - lowest) :].sum())
    return min(1.0, max(2 * tail, SMALLEST_P))
