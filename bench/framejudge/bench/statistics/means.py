"""Means and quantiles of numbers per image that are no proportions, with intervals that respect groups."""

from __future__ import annotations

from math import ceil

import numpy as np

from framejudge.bench.run.figure import Figure
from framejudge.bench.statistics.groups import Groups, group_codes, group_sums
from framejudge.bench.statistics.interval import (
    CONFIDENCE,
    Floats,
    effective_degrees_of_freedom,
    nothing,
    two_sided_quantile,
)
from framejudge.bench.statistics.proportions import proportion


def mean_loss(
    losses: Floats, groups: Groups = None, *, confidence: float = CONFIDENCE, at_most: float = 1.0
) -> Figure:
    """Return the mean of losses in [0, at_most] with its interval.

    Student's interval on the log scale, since a mean of few large losses among many small ones is skewed;
    over groups where they repeat.

    Parameters
    ----------
    losses
        Shape (n,).
    """
    n = len(losses)
    if n == 0:
        return nothing("no observation")
    value = float(losses.mean())
    codes = group_codes(groups)
    rest = losses - value
    sums = rest if codes is None else group_sums(codes, rest)
    units = len(sums)
    if units < 2:
        return Figure(value, None, None, "", units, "an interval needs at least two images or groups")
    spread = float(np.sqrt(units / (units - 1) * (sums @ sums))) / n
    if spread == 0:
        return Figure(value, None, None, "", units, "the losses do not vary")
    reach = float(np.exp(two_sided_quantile(confidence, effective_degrees_of_freedom(sums)) * spread / value))
    method = "log-t" if codes is None else "clustered-log-t"
    return Figure(value, value / reach, min(at_most, value * reach), method, units)


def quantile(values: Floats, q: float, groups: Groups = None, *, confidence: float = CONFIDENCE) -> Figure:
    """Return a quantile, by nearest rank, with Woodruff's interval.

    The interval of the share of values up to the quantile, which knows about groups, is carried over to the
    values. Where an end of it lies beyond the sample, there is no interval.

    Parameters
    ----------
    values
        Shape (n,).
    q
        In (0, 1): 0.95 for the 95th percentile.

    References
    ----------
    Woodruff, "Confidence intervals for medians and other position measures", Journal of the American
    Statistical Association 47, 1952.
    """
    n = len(values)
    if n == 0:
        return nothing("no observation")
    ordered = np.sort(values)
    value = float(ordered[_rank(q, n) - 1])
    # Of ties at the quantile only as many count as lie below it: a share of q, whatever the ties.
    below = np.zeros(n, dtype=bool)
    below[np.argsort(values, kind="stable")[: _rank(q, n)]] = True
    share = proportion(below, groups, confidence=confidence)
    if share.value is None or share.low is None or share.high is None:
        return Figure(value, None, None, "", share.n, share.reason)
    low, high = q - (share.value - share.low), q + (share.high - share.value)
    if low * n < 1 or high > 1:
        return Figure(value, None, None, "", share.n, f"too few values for an interval of quantile {q:g}")
    lowest, highest = (float(ordered[_rank(end, n) - 1]) for end in (low, high))
    return Figure(value, lowest, highest, f"woodruff of {share.method}", share.n)


def _rank(q: float, n: int) -> int:
    return max(1, ceil(round(q * n, 9)))
