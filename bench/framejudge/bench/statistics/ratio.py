"""How many times as long one detector takes as another, from calls paired in time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from framejudge.bench.statistics.groups import group_codes
from framejudge.bench.statistics.interval import CONFIDENCE, Interval, nothing
from framejudge.bench.statistics.percentiles import percentile


def latency_ratio(
    a: npt.NDArray[np.generic],
    b: npt.NDArray[np.generic],
    blocks: npt.NDArray[np.integer] | None = None,
    *,
    confidence: float = CONFIDENCE,
) -> Interval:
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
        return Interval(value, None, None, "", len(logs), f"an interval needs at least 6 {what}")
    method = "median-of-pairs" if codes is None else "median-of-blocks"
    return Interval(value, float(np.exp(interval.low)), float(np.exp(interval.high)), method, len(logs))
