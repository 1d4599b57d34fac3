"""How many times as long one detector takes as another, from calls paired in time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from framejudge.bench.run.figure import Figure
from framejudge.bench.statistics.groups import group_codes
from framejudge.bench.statistics.interval import CONFIDENCE, nothing
from framejudge.bench.statistics.percentiles import percentile


def latency_ratio(
    a: npt.NDArray[np.generic],
    b: npt.NDArray[np.generic],
    blocks: npt.NDArray[np.integer] | None = None,
    *,
    confidence: float = CONFIDENCE,
) -> Figure:
    """Return the median of ``a / b`` with its order-statistic interval.

    Calls of one block share whatever the machine was doing, so they are not independent: each block stands
    for itself with its own median, and the interval is that of the median over blocks.

    Parameters
    ----------
    a, b
        Shape (n,): positive latencies in the same unit, of the same image at the same position.
    blocks
        Shape (n,): the block of each pair; None where each pair was timed apart from the others.
    """
    if len(a) == 0:
        return nothing("no image was timed with both")
    logs = np.log(np.asarray(a, dtype=np.float64)) - np.log(np.asarray(b, dtype=np.float64))
    codes = None if blocks is None else group_codes(blocks)
    if codes is not None:
        logs = np.array([np.median(logs[codes == block]) for block in range(int(codes.max()) + 1)])
    interval = percentile(logs, 0.5, confidence=confidence)
    value = float(np.exp(np.median(logs)))
    if interval.low is None or interval.high is None:
        what = "pairs" if codes is None else "blocks"
        return Figure(value, None, None, "", len(logs), f"an interval needs at least 6 {what}")
    method = "median-of-pairs" if codes is None else "median-of-blocks"
    return Figure(value, float(np.exp(interval.low)), float(np.exp(interval.high)), method, len(logs))


def paired_ratio(
    a: npt.NDArray[np.generic], b: npt.NDArray[np.generic], *, confidence: float = CONFIDENCE
) -> Figure:
    """Return how many times as large ``a`` is as ``b``: Hodges and Lehmann's estimate, Wilcoxon's interval.

    The logarithms of the ratios are taken to lie symmetrically around that of the factor, as they do where
    both of a pair suffer the same noise, however heavy its tails. One wild pair in five changes little, and
    no call is left out. Needs less than half of the pairs that the interval of the median does.

    Parameters
    ----------
    a, b
        Shape (n,): positive, in the same unit, paired.

    References
    ----------
    Hollander, Wolfe, Chicken, "Nonparametric Statistical Methods", 3rd edition, 2014, sections 3.1 to 3.3:
    the interval between two ordered means of two (Walsh averages), by the signed-rank test turned round.
    """
    logs = np.log(np.asarray(a, dtype=np.float64)) - np.log(np.asarray(b, dtype=np.float64))
    n = len(logs)
    rows, columns = np.triu_indices(n)
    means = np.sort((logs[rows] + logs[columns]) / 2)
    value = float(np.exp(np.median(means)))
    left_out = _signed_rank_quantile(n, (1 - confidence) / 2)
    if left_out == 0:
        needed = int(np.ceil(1 - np.log2(1 - confidence)))
        return Figure(value, None, None, "", n, f"an interval needs at least {needed} pairs")
    low, high = float(np.exp(means[left_out - 1])), float(np.exp(means[-left_out]))
    return Figure(value, low, high, "hodges-lehmann", n)


def _signed_rank_quantile(n: int, tail: float) -> int:
    """Return how many of the least likely sums of signed ranks a tail may hold, counted from 0."""
    counts = np.ones(1)
    for rank in range(1, n + 1):
        grown = np.zeros(len(counts) + rank)
        grown[: len(counts)] += counts / 2
        grown[rank:] += counts / 2
        counts = grown
    return int(np.searchsorted(np.cumsum(counts), tail, side="right"))
