"""Timed calls as figures: percentiles, stages, and ratios between detectors that took turns."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import numpy.typing as npt

from framejudge.bench.parts.blocks import BLOCK_IMAGES
from framejudge.bench.run import (
    BlockSpread,
    DetectorResult,
    Figure,
    HighestRate,
    Latency,
    OpenLoop,
    RateTrial,
    RepeatCheck,
    Request,
    Stages,
)
from framejudge.bench.run.results import WHILE_TIMED
from framejudge.bench.statistics import drift, percentiles, ratio
from framejudge.bench.timing.caching import check_repeats
from framejudge.bench.timing.open_loop import POISSON, Schedule, parse_arrivals
from framejudge.bench.timing.timed import Calls, Timed

CLOSED_LOOP = "closed loop"
"""Arrivals: the next call starts when the one before it is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """What one detector costs: the fields of `DetectorResult` that neither scores nor labels decide.

    ``failure`` is why the detector could not go on while it was timed.
    """

    failure: str | None = None
    latency_ms: Latency | None = None
    stages_ms: Stages | None = None
    load_ms: Figure | None = None
    first_call_ms: Figure | None = None
    images_per_second: Figure | None = None
    peak_memory_mib: Figure | None = None
    repeat_check: RepeatCheck | None = None
    highest_rate: HighestRate | None = None

    @classmethod
    def stored(cls, result: DetectorResult) -> Performance:
        """Take it from a run's figures."""
        fields = {one.name: getattr(result, one.name) for one in dataclasses.fields(cls)}
        timed = result.failure is not None and result.failure.startswith(WHILE_TIMED)
        return cls(**{**fields, "failure": result.failure if timed else None})

    def added_to(self, result: DetectorResult) -> DetectorResult:
        """Return a detector's figures with these; its quality stands, even if it failed when timed."""
        fields = {one.name: getattr(self, one.name) for one in dataclasses.fields(self)}
        if self.failure is None:
            del fields["failure"]
            return replace(result, **fields)
        return replace(result, **fields, status="failed")


def throughput(images_per_second: Sequence[float]) -> Figure:
    """Return the median over the scoring pass's blocks, without decoding."""
    if not len(images_per_second):
        return Figure(value=None, reason="no image was scored")
    rates = np.asarray(images_per_second, dtype=np.float64)
    figure = _percentile(rates, q=0.5)
    if figure.value is None:
        needed = percentiles.required_calls(0.5)
        reason = f"an interval needs {needed} blocks of {BLOCK_IMAGES} images, and there are {len(rates)}"
        figure = replace(figure, value=float(np.median(rates)), reason=reason)
    return figure


def measured_performance(
    images_per_second: Sequence[float], timed: Timed | None, request: Request
) -> Performance:
    """Return what a detector costs, from the rates of its blocks and the calls that were timed."""
    rate, p99_under_ms = throughput(images_per_second), request.p99_under_ms
    if timed is None:
        return Performance(images_per_second=rate)
    return Performance(
        failure=None if timed.failure is None else f"{WHILE_TIMED}{timed.failure}",
        images_per_second=rate,
        latency_ms=_latency(timed.calls, request.threads, parse_arrivals(request.arrivals)),
        stages_ms=_stages(timed.calls),
        load_ms=_once(timed.load_ns, 1e6),
        first_call_ms=_once(timed.first_call_ns, 1e6),
        peak_memory_mib=_once(timed.peak_memory_kib, 1024),
        repeat_check=None if timed.repeats is None else check_repeats(timed.repeats),
        highest_rate=None if p99_under_ms is None else find_highest_rate(timed.rate_trials, p99_under_ms),
    )


def find_highest_rate(trials: Sequence[Schedule], p99_under_ms: float) -> HighestRate:
    """Return the highest rate tried that kept p99 under a bound.

    Its interval goes from the highest rate at which p99 surely lay under the bound to the lowest one at which
    it surely did not.
    """
    bound_ns = p99_under_ms * 1e6
    tried = [
        RateTrial(
            per_second=one.per_second,
            calls=len(one.response_ns),
            p99=_percentile(*_responses_ms(one), q=0.99),
            over=one.share_over(bound_ns),
        )
        for one in trials
    ]
    if not trials:
        figure = Figure(value=None, reason="the calls alone break the bound")
        return HighestRate(p99_under_ms=p99_under_ms, per_second=figure, trials=[])
    verdicts = [(one.per_second, one.surely_keeps(bound_ns)) for one in trials]
    high = min((rate for rate, surely in verdicts if surely is False), default=None)
    # A rate that held by luck, above one that surely does not, is none.
    possible = [one for one in trials if high is None or one.per_second < high]
    value = max((one.per_second for one in possible if one.keeps(bound_ns)), default=None)
    low = max((one.per_second for one in possible if one.surely_keeps(bound_ns)), default=None)
    reason = "every rate that was tried broke the bound" if value is None else None
    if value is not None and None in (low, high):
        reason = "no trial was sure enough for both ends: time more calls"
    figure = Figure(value=value, low=low, high=high, method="open-loop-search", n=len(trials), reason=reason)
    return HighestRate(p99_under_ms=p99_under_ms, per_second=figure, trials=tried)


def _responses_ms(served: Schedule) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    done = served.response_ns >= 0
    return served.response_ns[done] / 1e6, served.busy_periods[done]


def latency_ratios(timed: Mapping[str, Timed]) -> dict[tuple[str, str], Figure]:
    """Return the ratio of latencies of each pair that was timed, paired by image, over the blocks."""
    return {(a, b): _ratio(timed[a].calls, timed[b].calls) for a, b in combinations(timed, 2)}


def _ratio(a: Calls, b: Calls) -> Figure:
    a_done, b_done = (calls.stages["predict"] >= 0 for calls in (a, b))
    _, in_a, in_b = np.intersect1d(a.positions[a_done], b.positions[b_done], return_indices=True)
    if not len(in_a):
        return Figure(value=None, reason="no image was timed with both")
    return ratio.latency_ratio(
        a.stages["predict"][a_done][in_a], b.stages["predict"][b_done][in_b], a.blocks[a_done][in_a]
    )


def _latency(calls: Calls, threads: int, per_second: float | None) -> Latency:
    by_schedule = "response" in calls.stages
    times_ms = _milliseconds(calls, "response" if by_schedule else "predict")
    waited = None
    if by_schedule and calls.busy_periods is not None:
        waited = calls.busy_periods[calls.stages["response"] >= 0]
    return Latency(
        calls=len(times_ms),
        threads=threads,
        arrivals=CLOSED_LOOP if per_second is None else f"{POISSON}:{per_second:g}",
        p50=_percentile(times_ms, waited, q=0.50),
        p90=_percentile(times_ms, waited, q=0.90),
        p95=_percentile(times_ms, waited, q=0.95),
        p99=_percentile(times_ms, waited, q=0.99),
        p99_9=_percentile(times_ms, waited, q=0.999),
        block_spread=_block_spread(calls),
        open_loop=None if per_second is None else _open_loop(calls, per_second),
    )


def _open_loop(calls: Calls, per_second: float) -> OpenLoop:
    alone_ms = _milliseconds(calls, "predict")
    load = per_second * float(np.mean(alone_ms)) / 1e3 if len(alone_ms) else None
    return OpenLoop(
        per_second=per_second,
        load=Figure(value=load, method="rate-times-mean-call", n=len(alone_ms))
        if load is not None
        else Figure(value=None, reason="no call succeeded"),
        busy_periods=0 if calls.busy_periods is None else len(np.unique(calls.busy_periods)),
        call_p50=_percentile(alone_ms, q=0.50),
        call_p99=_percentile(alone_ms, q=0.99),
    )


def _block_spread(calls: Calls) -> BlockSpread | None:
    done = calls.stages["predict"] > 0
    found = drift.block_spread(calls.stages["predict"][done].astype(np.float64), calls.blocks[done])
    if found is None:
        return None
    return BlockSpread(blocks=found.blocks, spread=found.observed, by_chance=found.by_chance)


def _stages(calls: Calls) -> Stages | None:
    if "prepare" not in calls.stages:
        return None
    return Stages(
        prepare=_percentile(_milliseconds(calls, "prepare"), q=0.5),
        infer=_percentile(_milliseconds(calls, "infer"), q=0.5),
    )


def _milliseconds(calls: Calls, stage: str) -> npt.NDArray[np.float64]:
    nanoseconds = calls.stages[stage]
    return nanoseconds[nanoseconds >= 0] / 1e6


def _percentile(
    values: npt.NDArray[np.float64], groups: npt.NDArray[np.int64] | None = None, *, q: float
) -> Figure:
    if not len(values):
        return Figure(value=None, reason="no call succeeded")
    return percentiles.percentile(values, q, groups)


def _once(value: int | None, unit: float) -> Figure:
    if value is None:
        return Figure(value=None, reason="not reached")
    return Figure(value=value / unit, method="measured once", n=1)
