"""Calls that come by a schedule: which of them waited together, and the highest rate that holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from framejudge.bench import limits
from framejudge.bench.run.figure import Figure
from framejudge.bench.statistics import proportions
from framejudge.bench.worker.child.timed.serving import poisson_arrivals
from framejudge.datasets.errors import InputError

POISSON = "poisson"

P99 = 0.99
MAX_TRIALS = 10
STEP = 1.2
"""From one trial's rate to the next until the highest rate lies between two of them."""

CLOSE_ENOUGH = 1.05
"""The search ends where a rate that held and one that did not are no further apart."""

TRIAL_MAX_S = 120.0
TRIAL_MIN_CALLS = 100
"""A trial at a low rate is cut short, but not below so many calls."""

Nanoseconds = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Schedule:
    """Calls served as they arrived at a rate.

    Attributes
    ----------
    response_ns, service_ns
        Shape (calls,): from the scheduled arrival to the answer, and the call alone; -1 where it failed.
    busy_periods
        Shape (calls,): calls of one number waited for each other.
    """

    per_second: float
    response_ns: Nanoseconds
    service_ns: Nanoseconds
    busy_periods: Nanoseconds

    def share_over(self, bound_ns: float) -> Figure:
        """Return the share of calls that took longer than a bound; failed ones count as longer."""
        over = (self.response_ns < 0) | (self.response_ns > bound_ns)
        return proportions.proportion(over, self.busy_periods)

    def keeps(self, bound_ns: float) -> bool:
        """Whether at most 1 % of the calls took longer than a bound."""
        return (self.share_over(bound_ns).value or 0.0) <= 1 - P99

    def surely_keeps(self, bound_ns: float) -> bool | None:
        """Whether that holds of the rate, beyond these calls; None where they are too few to say."""
        share = self.share_over(bound_ns)
        if share.high is not None and share.high <= 1 - P99:
            return True
        return False if share.low is not None and share.low > 1 - P99 else None


def parse_arrivals(text: str | None) -> float | None:
    """Return the images a second that ``poisson:RATE`` asks for; None for None, the closed loop.

    Raises
    ------
    InputError
        For anything else.
    """
    if text is None:
        return None
    kind, _, rate = text.partition(":")
    try:
        per_second = float(rate)
    except ValueError:
        per_second = float("nan")
    if kind != POISSON or not limits.RATE_PER_S[0] <= per_second <= limits.RATE_PER_S[1]:
        raise InputError(
            f"{text!r} is no pattern of arrivals",
            where="--arrivals",
            fix="give poisson:RATE with 0.001 to 1,000,000 images a second, for example poisson:20",
        )
    return per_second


def busy_periods(arrivals_ns: Nanoseconds, response_ns: Nanoseconds) -> Nanoseconds:
    """Return a number per call; calls that came while the one before was still in the house share theirs.

    Between two busy periods the detector was idle: what one call waited tells nothing about the next.
    """
    done_ns = arrivals_ns + np.maximum(response_ns, 0)
    found_idle = np.ones(len(arrivals_ns), dtype=bool)
    found_idle[1:] = arrivals_ns[1:] >= np.maximum.accumulate(done_ns)[:-1]
    return np.cumsum(found_idle) - 1


def replay(arrivals_ns: Nanoseconds, service_ns: Nanoseconds) -> Nanoseconds:
    """Return the response times of calls of known length that are served one by one in their order.

    References
    ----------
    Lindley, "The theory of queues with a single server", Proc. Cambridge Philosophical Society 48, 1952.
    """
    work_done = np.cumsum(service_ns)
    latest_start = np.maximum.accumulate(arrivals_ns - (work_done - service_ns))
    responses: Nanoseconds = latest_start + work_done - arrivals_ns
    return responses


def search_rate(
    serve: Callable[[float, int], Schedule],
    service_ns: Nanoseconds,
    bound_ns: float,
    *,
    calls: int,
    seed: int,
) -> list[Schedule]:
    """Look for the highest rate at which at most 1 % of the calls take longer than a bound.

    The queue is replayed with known service times first, and the search begins with the rate that this
    predicts. From there rates go up or down by 20 % until one holds and one does not, and then lie between
    them. What trials are left go to rates that surely hold, and surely do not: the ends of the interval.

    Parameters
    ----------
    serve
        Serves so many calls (the second argument) at a rate.
    service_ns
        Calls of this detector alone, without those that failed.
    calls
        Of each trial, fewer where they would take more than two minutes.

    Returns
    -------
    list of Schedule
        Every trial, in order; none where the calls alone break the bound.
    """
    if not len(service_ns) or np.mean(service_ns > bound_ns) > 1 - P99:
        return []
    capacity = 1e9 / float(np.mean(service_ns))
    rate: float | None = _predict_rate(service_ns, bound_ns, capacity, seed)
    trials: list[Schedule] = []
    while rate is not None and len(trials) < MAX_TRIALS:
        trials.append(serve(rate, max(TRIAL_MIN_CALLS, min(calls, int(rate * TRIAL_MAX_S)))))
        rate = _next_rate(trials, bound_ns)
    return trials


def _next_rate(trials: Sequence[Schedule], bound_ns: float) -> float | None:
    held = max((one.per_second for one in trials if one.keeps(bound_ns)), default=None)
    broken = min((one.per_second for one in trials if not one.keeps(bound_ns)), default=None)
    if held is None:
        return min(one.per_second for one in trials) / STEP
    if broken is None:
        return held * STEP
    if broken > CLOSE_ENOUGH * held:
        return float(np.sqrt(held * broken))
    verdicts = [one.surely_keeps(bound_ns) for one in trials]
    if True not in verdicts:
        return min(one.per_second for one in trials) / STEP
    if False not in verdicts:
        return max(one.per_second for one in trials) * STEP
    return None


def _predict_rate(service_ns: Nanoseconds, bound_ns: float, capacity: float, seed: int) -> float:
    """Return the rate at which a queue of calls like these would just keep its p99 under the bound."""
    random = np.random.default_rng(seed)
    lengths = random.choice(service_ns, size=20_000)
    low, high = 0.0, capacity
    for _ in range(12):
        rate = (low + high) / 2
        waits = replay(poisson_arrivals(len(lengths), rate, seed), lengths)
        low, high = (rate, high) if np.mean(waits > bound_ns) <= 1 - P99 else (low, rate)
    return low or capacity / 2**12
