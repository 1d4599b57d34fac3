"""A detector in its process during the timing pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from time import monotonic
from typing import Concatenate, ParamSpec

import numpy as np
import numpy.typing as npt

from framejudge.bench.timing.caching import look_until_sure
from framejudge.bench.timing.open_loop import Schedule, busy_periods, search_rate
from framejudge.bench.timing.plan import MAX_CALLS
from framejudge.bench.timing.timed import Calls, Nanoseconds, Repeats, Timed
from framejudge.bench.worker.child.commands import MeasureMemory, Repeat, Serve, Time, WarmUp
from framejudge.bench.worker.child.timed.serving import poisson_arrivals
from framejudge.bench.worker.ends import WorkerFailure
from framejudge.bench.worker.process import WorkerProcess

UNTIMED_CALLS = 3
"""Calls that open a turn and are not timed: the caches still hold the former detector's data."""

LEAD_IN_CALLS = 50
"""Calls that open a turn of the open loop and are served but not counted: a queue begins empty."""

REPEAT_TRIALS = 40
"""Trials on images that a detector has seen and has not: they show whether it keeps its scores."""


@dataclass(frozen=True, slots=True)
class _Block:
    """What came back of one turn."""

    number: int
    positions: npt.NDArray[np.int64]
    stages: Mapping[str, Nanoseconds]
    loop_ns: int
    busy_periods: npt.NDArray[np.int64] | None = None


P = ParamSpec("P")


def _unless_failed(step: Callable[Concatenate[Station, P], None]) -> Callable[Concatenate[Station, P], None]:
    """Leave a step out once the detector has failed, and note why where this step is the one that fails."""

    @wraps(step)
    def guarded(station: Station, /, *args: P.args, **kwargs: P.kwargs) -> None:
        if station.failure is not None:
            return
        try:
            step(station, *args, **kwargs)
        except WorkerFailure as problem:
            station.failure = str(problem)

    return guarded


@dataclass
class Station:
    """A detector in its process during the timing pass; after a failure it only waits."""

    process: WorkerProcess
    cores: Sequence[int] | None
    load_ns: int | None = None
    first_call_ns: int | None = None
    warm_up_calls: int = 0
    peak_memory_kib: int | None = None
    repeats: Repeats | None = None
    rate_trials: list[Schedule] = field(default_factory=list)
    failure: str | None = None
    turns_s: float = 0.0
    blocks: list[_Block] = field(default_factory=list)

    @_unless_failed
    def warm_up(self, paths: Sequence[str]) -> None:
        """Load the detector, and call it until it no longer gets faster."""
        self.load_ns = self.process.load(self.cores).nanoseconds
        answer = self.process.ask(WarmUp(paths))
        self.first_call_ns = answer.first_call_ns
        self.warm_up_calls = answer.calls

    @_unless_failed
    def take_turn(
        self, number: int, positions: npt.NDArray[np.int64], paths: Sequence[str], warm_up: Sequence[str]
    ) -> None:
        """Time a call on each of the paths, one after the other; ``warm_up`` brings the caches back."""
        untimed = warm_up[:UNTIMED_CALLS]
        start_s = monotonic()
        times = self.process.ask(Time([*untimed, *paths], len(untimed)))
        self.turns_s += monotonic() - start_s
        self.blocks.append(_Block(number, positions, times.stages(), times.loop_ns))

    def has_had(self, seconds: float) -> bool:
        """Whether its turns lasted so long, or there will be no more."""
        return self.failure is not None or self.turns_s >= seconds

    @_unless_failed
    def serve_turn(
        self,
        number: int,
        positions: npt.NDArray[np.int64],
        paths: Sequence[str],
        per_second: float,
        seed: Sequence[int],
    ) -> None:
        """Serve a call for each position as it arrives, on the paths in turn."""
        # The pool is turned so that the first call after the lead-in gets its first image.
        lead_in = LEAD_IN_CALLS % len(paths)
        turned = [*paths[-lead_in:], *paths[:-lead_in]] if lead_in else list(paths)
        start_s = monotonic()
        served = self._serve(turned, LEAD_IN_CALLS + len(positions), per_second, seed)
        self.turns_s += monotonic() - start_s
        stages = {"predict": served.service_ns, "response": served.response_ns}
        self.blocks.append(_Block(number, positions, stages, 0, served.busy_periods))

    @_unless_failed
    def search_rate(self, paths: Sequence[str], bound_ns: float, *, calls: int, seed: int) -> None:
        """Look for the highest rate at which at most 1 % of the calls take longer than a bound."""
        service_ns = _join(self.blocks).stages["predict"]
        self.rate_trials += search_rate(
            lambda rate, number: self._serve(paths, LEAD_IN_CALLS + number, rate, [seed, 0]),
            service_ns[service_ns >= 0],
            bound_ns,
            calls=calls,
            seed=seed,
        )

    def _serve(self, paths: Sequence[str], calls: int, per_second: float, seed: Sequence[int]) -> Schedule:
        """Serve by a schedule; the lead-in is left out of what comes back."""
        arrivals_ns = poisson_arrivals(calls, per_second, seed)
        served = self.process.ask(
            Serve(paths, calls, per_second, seed), longer_s=float(arrivals_ns[-1]) / 1e9
        )
        busy = busy_periods(arrivals_ns, served.response_ns)
        counted = slice(LEAD_IN_CALLS, None)
        return Schedule(per_second, served.response_ns[counted], served.service_ns[counted], busy[counted])

    @_unless_failed
    def measure_memory(self) -> None:
        """Note the largest resident size that the process had so far."""
        self.peak_memory_kib = self.process.ask(MeasureMemory()).kib

    @_unless_failed
    def repeat(self, paths: Sequence[str], seed: int) -> None:
        """Time calls on images that the detector has seen, against calls on images that it has not.

        What looks like a cache is looked at again, with other noise: only the last look counts.
        """
        self.repeats = look_until_sure(
            lambda number: Repeats.of(self.process.ask(Repeat(paths, REPEAT_TRIALS, [seed, number])))
        )

    def leave(self) -> Timed:
        """Return all that was timed."""
        return Timed(
            calls=_join(self.blocks),
            load_ns=self.load_ns,
            first_call_ns=self.first_call_ns,
            warm_up_calls=self.warm_up_calls,
            peak_memory_kib=self.peak_memory_kib,
            repeats=self.repeats,
            rate_trials=self.rate_trials,
            failure=self.failure,
        )


def _join(blocks: Sequence[_Block]) -> Calls:
    if not blocks:
        none = np.empty(0, dtype=np.int64)
        return Calls({"predict": none}, none, none, 0)
    # Turns lie apart: no call of one waited for a call of another.
    busy = [one.busy_periods + MAX_CALLS * one.number for one in blocks if one.busy_periods is not None]
    return Calls(
        stages={name: np.concatenate([one.stages[name] for one in blocks]) for name in blocks[0].stages},
        positions=np.concatenate([one.positions for one in blocks]),
        blocks=np.concatenate([np.full(len(one.positions), one.number) for one in blocks]),
        loop_ns=sum(one.loop_ns for one in blocks),
        busy_periods=np.concatenate(busy) if busy else None,
    )
