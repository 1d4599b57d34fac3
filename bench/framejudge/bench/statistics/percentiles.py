"""Percentiles of latency with distribution-free intervals, and how many calls they need."""

from __future__ import annotations

from functools import cache
from math import ceil, floor, log

import numpy as np
import numpy.typing as npt
from scipy import special

from framejudge.bench.run.figure import Figure
from framejudge.bench.statistics.groups import Groups, group_codes, group_sums
from framejudge.bench.statistics.interval import CONFIDENCE, Floats, Integers, nothing


def percentile(
    samples: npt.NDArray[np.generic], q: float, groups: Groups = None, *, confidence: float = CONFIDENCE
) -> Figure:
    """Return a percentile, by nearest rank, with its order-statistic interval.

    A percentile that the sample cannot support is not estimated. If its upper end still can be, that bound
    is given alone.

    Calls that waited for each other are not independent: given as groups, they count as the number of
    independent calls that say as much of the share below the percentile [2]_.

    Parameters
    ----------
    samples
        Shape (n,): latencies in any unit.
    q
        0.95 for the 95th percentile.
    groups
        Shape (n,), or None for independent calls.

    References
    ----------
    .. [1] Hahn, Meeker, "Statistical Intervals", 1991, section 5.2: the interval between two order
       statistics, whose ranks are quantiles of the binomial distribution, whatever the distribution of the
       samples.
    .. [2] Woodruff, "Confidence intervals for medians and other position measures", J. American Statistical
       Association 47, 1952.
    """
    n = len(samples)
    if n == 0:
        return nothing("no call was timed")
    ordered = np.sort(samples)
    codes = group_codes(groups)
    if codes is not None:
        return _clustered(np.asarray(samples, dtype=np.float64), ordered, q, codes, confidence)
    if n < required_calls(q, confidence):
        return _bound_only(ordered, q, confidence)
    low_rank, high_rank = _ranks(n, q, confidence)
    value, low, high = (float(ordered[rank - 1]) for rank in (_nearest_rank(n, q), low_rank, high_rank))
    return Figure(value, low, high, "order-statistic", n)


def required_calls(q: float, confidence: float = CONFIDENCE) -> int:
    """Return the fewest calls that support a two-sided interval of percentile ``q``: 368 for p99 at 95 %."""
    extreme = max(q, 1 - q)
    return ceil(log((1 - confidence) / 2) / log(extreme))


def _nearest_rank(n: int, q: float) -> int:
    return ceil(round(q * n, 9))


def _clustered(
    samples: Floats, ordered: npt.NDArray[np.generic], q: float, codes: Integers, confidence: float
) -> Figure:
    n, group_count = len(samples), int(codes.max()) + 1
    value = float(ordered[_nearest_rank(n, q) - 1])
    worth = _independent_calls((samples <= value).astype(np.float64), codes)
    method = "clustered-order-statistic"
    needed = required_calls(q, confidence)
    if worth < needed:
        reason = f"{_name(q)} needs {needed:,} independent calls, and these {n:,} say as much as {worth:,}"
        return nothing(reason, group_count, method)
    low_rank, high_rank = _ranks(worth, q, confidence)
    low, high = floor(low_rank / worth * n), min(n, ceil(high_rank / worth * n))
    return Figure(value, float(ordered[low - 1]), float(ordered[high - 1]), method, group_count)


def _independent_calls(below: Floats, codes: Integers) -> int:
    """Return how many independent calls the share of ones is worth: n / design effect, at most n."""
    n, group_count = len(below), int(codes.max()) + 1
    share = float(below.mean())
    if share in (0.0, 1.0):
        return group_count  # the groups may be as alike inside as can be
    if group_count == 1:
        return 1
    residuals = group_sums(codes, below - share)
    clustered = group_count / (group_count - 1) * float(residuals @ residuals) / n**2
    return int(n / max(1.0, clustered / (share * (1 - share) / n)))


@cache
def _ranks(n: int, q: float, confidence: float) -> tuple[int, int]:
    """Return the ranks of the two order statistics: equal tails, less one rank where that still suffices."""
    tail = (1 - confidence) / 2
    low = _binomial_quantile(tail, n, q)
    high = _binomial_quantile(1 - tail, n, q) + 1
    shorter = {
        ranks: float(special.bdtr(ranks[1] - 1, n, q) - special.bdtr(ranks[0] - 1, n, q))
        for ranks in ((low + 1, high), (low, high - 1))
    }
    best = max(shorter, key=lambda ranks: shorter[ranks])
    return best if shorter[best] >= confidence else (low, high)


def _bound_only(ordered: npt.NDArray[np.generic], q: float, confidence: float) -> Figure:
    n = len(ordered)
    reason = f"{_name(q)} needs {required_calls(q, confidence):,} calls, and there are {n:,}"
    rank = _binomial_quantile(confidence, n, q) + 1
    if rank > n:
        return nothing(reason, n)
    return Figure(None, None, float(ordered[rank - 1]), "order-statistic-upper-bound", n, reason)


def _name(q: float) -> str:
    return f"p{round(q * 100, 3):g}"


def _binomial_quantile(probability: float, n: int, q: float) -> int:
    """Return the smallest count whose cumulative binomial probability is at least ``probability``.

    That of scipy.stats, which takes half a second of CPU to import.
    """
    count = max(0, int(np.ceil(special.bdtrik(probability, n, q))))
    return count - 1 if count and special.bdtr(count - 1, n, q) >= probability else count
