"""Intervals for proportions: accuracy, precision, recall, specificity."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import special

from framejudge.bench.run.figure import Figure
from framejudge.bench.statistics.groups import Groups, group_codes, group_sums
from framejudge.bench.statistics.interval import CONFIDENCE, Booleans, Integers, nothing, two_sided_quantile

FEW = 8
"""Below so many successes or failures Wilson's approximation gives way to the exact interval.

With 5 the two together would cover only 91 % where 3.4 failures are expected; with 8, 92.7 % at worst.
"""


def proportion(successes: Booleans, groups: Groups = None, *, confidence: float = CONFIDENCE) -> Figure:
    """Return the share of successes with its interval.

    Independent images: Wilson's interval [1]_; Clopper and Pearson's where fewer than 8 successes or failures
    were seen; where there was none, their one-sided bound (the "rule of three").

    Grouped images: the same on the effective sample size, n / design effect, with Student's quantile for the
    number of groups [2]_ [3]_. The design effect is never taken below 1. Without a success or a failure each
    group counts once, which holds however alike its images are.

    Parameters
    ----------
    successes
        Shape (n,).
    groups
        Shape (n,), or None for independent images.

    References
    ----------
    .. [1] Brown, Cai, DasGupta, "Interval estimation for a binomial proportion", Statistical Science 16,
       2001.
    .. [2] Korn, Graubard, "Confidence intervals for proportions with small expected number of positive counts
       estimated from survey data", Survey Methodology 24, 1998.
    .. [3] Dean, Pagano, "Evaluating confidence interval methods for binomial proportions in clustered
       surveys", J. Survey Statistics and Methodology 3, 2015.
    """
    n = len(successes)
    if n == 0:
        return nothing("no observation")
    count = int(np.count_nonzero(successes))
    codes = group_codes(groups)
    if codes is None:
        return _independent(count, n, confidence)
    group_count = int(codes.max()) + 1
    if count in (0, n):
        bound = _one_sided(count == n, group_count, confidence)
        return replace(bound, method=f"clustered-{bound.method}")
    if group_count == 1:
        return Figure(count / n, None, None, "", 1, "all images are of one group: no interval")
    return _clustered(successes, codes, confidence)


def wilson(successes: float, n: float, confidence: float = CONFIDENCE) -> Figure:
    """Return Wilson's score interval; ``n`` may be an effective sample size.

    References
    ----------
    Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22, 1927.
    """
    share, quantile = successes / n, two_sided_quantile(confidence)
    shrink = 1 + quantile**2 / n
    centre = (share + quantile**2 / (2 * n)) / shrink
    reach = quantile * float(np.sqrt(share * (1 - share) / n + quantile**2 / (4 * n**2))) / shrink
    return Figure(share, max(0.0, centre - reach), min(1.0, centre + reach), "wilson", int(n))


def clopper_pearson(successes: float, n: float, confidence: float = CONFIDENCE) -> Figure:
    """Return Clopper and Pearson's exact interval; ``n`` may be an effective sample size.

    References
    ----------
    Clopper, Pearson, "The use of confidence or fiducial limits illustrated in the case of the binomial",
    Biometrika 26, 1934. Its ends are quantiles of beta distributions.
    """
    tail, failures = (1 - confidence) / 2, n - successes
    low = special.betaincinv(successes, failures + 1, tail) if successes > 0 else 0.0
    high = special.betaincinv(successes + 1, failures, 1 - tail) if failures > 0 else 1.0
    return Figure(successes / n, float(low), float(high), "clopper-pearson", int(n))


def count_interval(successes: float, n: float, confidence: float = CONFIDENCE) -> Figure:
    """Return the interval that `proportion` gives so many successes of so many images, whole or not."""
    few = min(successes, n - successes) < FEW
    return (clopper_pearson if few else wilson)(successes, n, confidence)


def _independent(count: int, n: int, confidence: float) -> Figure:
    if count in (0, n):
        return _one_sided(count == n, n, confidence)
    return count_interval(count, n, confidence)


def _one_sided(all_succeeded: bool, n: int, confidence: float) -> Figure:
    """Bound a proportion of which only successes, or only failures, were seen in ``n`` observations."""
    rate = (1 - confidence) ** (1 / n)
    low, high = (rate, 1.0) if all_succeeded else (0.0, 1 - rate)
    return Figure(float(all_succeeded), low, high, "clopper-pearson-one-sided", n)


def _clustered(successes: Booleans, codes: Integers, confidence: float) -> Figure:
    n = len(successes)
    group_count = int(codes.max()) + 1
    share = float(np.mean(successes))
    residuals = group_sums(codes, successes.astype(np.float64) - share)
    # The variance of a ratio of two sums over groups, by linearisation.
    variance = group_count / (group_count - 1) * float(residuals @ residuals) / n**2
    effective = n / max(1.0, variance / (share * (1 - share) / n))
    # Student's quantile, as a smaller sample: Wilson's interval depends on quantile ** 2 / n alone.
    quantile = two_sided_quantile(confidence, group_count - 1)
    effective *= (two_sided_quantile(confidence) / quantile) ** 2
    count = int(np.count_nonzero(successes))
    few = min(count, n - count) < FEW
    interval = (clopper_pearson if few else wilson)(share * effective, effective, confidence)
    return replace(interval, value=share, n=group_count, method=f"clustered-{interval.method}")
