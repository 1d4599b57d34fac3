"""The timing pass: detectors in processes of their own take turns on the same images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from math import ceil
from time import monotonic, process_time

import numpy as np
import numpy.typing as npt

from framejudge.bench.progress import Progress
from framejudge.bench.timing.environment import Quietness, QuietnessMeter, pinned_cores
from framejudge.bench.timing.open_loop import Schedule, busy_periods, search_rate
from framejudge.bench.worker.process import WorkerFailure, WorkerProcess
from framejudge.bench.worker.script import poisson_arrivals
from framejudge.detectors.registry import DetectorSpec

BLOCK_CALLS = 25
"""Calls of one detector before the next one has its turn: short against whatever slows a machine down."""

UNTIMED_CALLS = 3
"""Calls that open a turn and are not timed: the caches still hold the former detector's data."""

WARM_UP_IMAGES = 20

MAX_CALLS = 200_000
"""However long the calls are to go on, there are no more: their times must fit into memory."""

OPEN_LOOP_TURNS = 4
LEAD_IN_CALLS = 50
"""Calls that open a turn of the open loop and are served but not counted: a queue begins empty."""

SERVED_IMAGES = 100
"""Different images of a turn of the open loop: decoded beforehand, they lie in memory together."""

DO_NOTHING = DetectorSpec("do-nothing", "framejudge.bench.timing.overhead:DoNothing")
OVERHEAD_CALLS = 200

REPEAT_TRIALS = 40
REPEAT_IMAGES = 15
"""Trials, and images among them, that tell whether a detector keeps its answers."""

Nanoseconds = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Calls:
    """Timed calls of one detector.

    Attributes
    ----------
    stages
        Nanoseconds, shape (calls,), by stage: ``predict``, ``decode``, and ``prepare`` and ``infer`` where
        the detector has them; in the open loop ``predict`` and ``response``, from the scheduled arrival to
        the answer; -1 where a call failed.
    positions
        Which call of the plan each one is, shape (calls,): calls of two detectors at one position are a pair.
    blocks
        The block that each belongs to, shape (calls,).
    loop_ns
        The whole of the timed loops, with what lies between the calls.
    busy_periods
        Shape (calls,): calls of one number waited for each other; None in the closed loop.
    """

    stages: Mapping[str, Nanoseconds]
    positions: npt.NDArray[np.int64]
    blocks: npt.NDArray[np.int64]
    loop_ns: int
    busy_periods: npt.NDArray[np.int64] | None = None


@dataclass(frozen=True, slots=True)
class Repeats:
    """Calls on pixels that a detector had seen, against calls on pixels that it could not have seen.

    Attributes
    ----------
    new, again, seen
        Nanoseconds, shape (trials,): new pixels, the same pixels at once again, pixels seen long before; -1
        where a call failed.
    cpu_new, cpu_again, cpu_seen
        The same calls by the work of the process.
    score_spread
        The most that two scores of the same pixels differ; None where no pixels were scored twice.
    """

    new: Nanoseconds
    again: Nanoseconds
    seen: Nanoseconds
    cpu_new: Nanoseconds
    cpu_again: Nanoseconds
    cpu_seen: Nanoseconds
    score_spread: float | None


@dataclass(frozen=True, slots=True)
class Timed:
    """What was timed of one detector; ``failure`` says why it could not go on."""

    calls: Calls
    load_ns: int | None = None
    first_call_ns: int | None = None
    warm_up_calls: int = 0
    peak_memory_kib: int | None = None
    repeats: Repeats | None = None
    rate_trials: Sequence[Schedule] = ()
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class Overhead:
    """What the harness adds to a call, measured with a detector that does nothing.

    ``timed_ns`` is what it adds inside the timed region, ``outside_ns`` per call outside it (medians).
    """

    timed_ns: float
    outside_ns: float


@dataclass(frozen=True, slots=True)
class TimingPass:
    """Every detector's calls by its name, and the conditions they were made under.

    ``images`` has the key of each planned call's image, shape (calls,).
    """

    images: npt.NDArray[np.int64]
    detectors: Mapping[str, Timed]
    overhead: Overhead
    cores: Sequence[int] | None
    quietness: Quietness
    parent_cpu_fraction: float


@dataclass(frozen=True, slots=True)
class Plan:
    """Who calls what when.

    Attributes
    ----------
    images
        Which image each call gets, shape (calls,).
    blocks
        Positions into ``images``, block by block.
    orders
        Names in the order of their turns, for each block: A B, B A, B A, A B, ...
    """

    images: npt.NDArray[np.int64]
    blocks: Sequence[npt.NDArray[np.int64]]
    orders: Sequence[Sequence[str]]


def plan_turns(names: Sequence[str], images: Sequence[int], calls: int, seed: int) -> Plan:
    """Plan balanced, shuffled turns: every order is followed by its reverse, on images in random order.

    Every image comes up once before any comes up again.
    """
    random = np.random.default_rng(seed)
    rounds = [random.permutation(images) for _ in range(ceil(calls / len(images)))]
    pairs_of_blocks = ceil(calls / (2 * BLOCK_CALLS))
    blocks = [block for block in np.array_split(np.arange(calls), 2 * pairs_of_blocks) if len(block)]
    orders: list[list[str]] = []
    for _ in range(pairs_of_blocks):
        forth = [names[k] for k in random.permutation(len(names))]
        orders += [forth, forth[::-1]]
    return Plan(np.concatenate(rounds)[:calls], blocks, orders[: len(blocks)])


def plan_schedule(names: Sequence[str], images: Sequence[int], calls: int, seed: int) -> Plan:
    """Plan a few long turns for the open loop: a queue needs time; A B B A as in `plan_turns`.

    A turn goes round a pool of up to `SERVED_IMAGES` images, chosen anew for each.
    """
    random = np.random.default_rng(seed)
    blocks = [block for block in np.array_split(np.arange(calls), OPEN_LOOP_TURNS) if len(block)]
    planned = []
    orders: list[list[str]] = []
    for number, block in enumerate(blocks):
        pool = random.permutation(images)[:SERVED_IMAGES]
        planned.append(np.resize(pool, len(block)))
        orders.append(orders[-1][::-1] if number % 2 else [names[k] for k in random.permutation(len(names))])
    return Plan(np.concatenate(planned), blocks, orders)


def time_in_turns(
    specs: Sequence[DetectorSpec],
    images: Mapping[int, str],
    *,
    calls: int,
    threads: int,
    seed: int,
    timeout_s: float,
    progress: Progress,
    min_seconds: float = 0.0,
    per_second: float | None = None,
    p99_under_ms: float | None = None,
) -> TimingPass:
    """Time single-image calls of each detector, from a decoded image to a score.

    Parameters
    ----------
    images
        Files of readable images by whatever number the caller knows them by; at least one.
    calls
        Timed calls of each detector, at least.
    threads
        What the detectors' numeric libraries may use; they are pinned to as many cores.
    min_seconds
        How long the turns of each detector last in all, at least; not beyond `MAX_CALLS` calls.
    per_second
        Rate at which images arrive, whether or not the detector is done (the open loop); None for a loop
        that starts each call when the one before is done.
    p99_under_ms
        Look for the highest rate that keeps p99 under so much; None not to.
    """
    cores = pinned_cores(threads)
    names = [spec.name for spec in specs]
    if per_second is None:
        plan = plan_turns(names, list(images), MAX_CALLS if min_seconds else calls, seed)
    else:
        calls = min(MAX_CALLS, max(calls, ceil(per_second * min_seconds)))
        plan = plan_schedule(names, list(images), calls, seed)
    # Where there are many images, none is warmed up with that is timed soon.
    warm_up = [images[k] for k in plan.images[-WARM_UP_IMAGES:].tolist()]
    few = [images[k] for k in plan.images[:REPEAT_IMAGES].tolist()]
    overhead = measure_overhead(warm_up, threads=threads, cores=cores, timeout_s=timeout_s)
    with ExitStack() as stack:
        stations = {
            spec.name: _Station(
                spec, stack.enter_context(WorkerProcess(threads=threads, timeout_s=timeout_s)), cores
            )
            for spec in specs
        }
        for name, station in stations.items():
            progress.begin(f"warming up {name}", 1)
            station.warm_up(warm_up)
            progress.advance(1)

        meter, start_s, start_cpu_s = QuietnessMeter(), monotonic(), process_time()
        progress.begin("timing", calls * len(specs))
        made = 0
        for number, (block, order) in enumerate(zip(plan.blocks, plan.orders, strict=True)):
            keys = plan.images[block].tolist()
            for name in order:
                if per_second is None:
                    stations[name].take_turn(number, block, [images[k] for k in keys], warm_up)
                else:
                    pool = [images[k] for k in keys[:SERVED_IMAGES]]
                    stations[name].serve_turn(number, block, pool, per_second, [seed, number])
                progress.advance(len(block))
            made += len(block)
            if number % 2 and made >= calls and all(one.has_had(min_seconds) for one in stations.values()):
                break
        quietness = meter.read()
        parent_cpu_fraction = (process_time() - start_cpu_s) / (monotonic() - start_s)

        for name, station in stations.items():
            progress.begin(f"repeating images to {name}", 1)
            station.measure_memory()  # before the copies of images that repeating needs
            station.repeat(few, seed)
            progress.advance(1)
        if p99_under_ms is not None:
            pool = [images[k] for k in dict.fromkeys(plan.images[:made].tolist())][:SERVED_IMAGES]
            for name, station in stations.items():
                progress.begin(f"looking for the highest rate of {name}", 1)
                station.search_rate(pool, p99_under_ms * 1e6, calls=calls, seed=seed)
                progress.advance(1)

        detectors = {name: station.leave() for name, station in stations.items()}
    return TimingPass(plan.images[:made], detectors, overhead, cores, quietness, parent_cpu_fraction)


def measure_overhead(
    paths: Sequence[str], *, threads: int, cores: Sequence[int] | None, timeout_s: float
) -> Overhead:
    """Time a detector that does nothing, in the same way as any other."""
    with WorkerProcess(threads=threads, timeout_s=timeout_s) as process:
        station = _Station(DO_NOTHING, process, cores)
        few = [paths[k % len(paths)] for k in range(BLOCK_CALLS)]
        station.warm_up(few)
        for number in range(OVERHEAD_CALLS // BLOCK_CALLS):
            station.take_turn(number, np.arange(BLOCK_CALLS), few, few)
        calls = station.leave().calls
    timed = calls.stages["predict"]
    return Overhead(
        timed_ns=float(np.median(timed)), outside_ns=float((calls.loop_ns - timed.sum()) / len(timed))
    )


@dataclass(frozen=True, slots=True)
class _Block:
    """What came back of one turn."""

    number: int
    positions: npt.NDArray[np.int64]
    stages: Mapping[str, Nanoseconds]
    loop_ns: int
    busy_periods: npt.NDArray[np.int64] | None = None


@dataclass
class _Station:
    """A detector in its process during the timing pass; after a failure it only waits."""

    spec: DetectorSpec
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

    def warm_up(self, paths: Sequence[str]) -> None:
        try:
            self.load_ns = self.process.load(self.spec, self.cores).nanoseconds
            answer = self.process.ask("warm_up", paths=list(paths))
        except WorkerFailure as problem:
            self.failure = str(problem)
            return
        self.first_call_ns = answer.fields["first_call_ns"]
        self.warm_up_calls = answer.fields["calls"]

    def take_turn(
        self, number: int, positions: npt.NDArray[np.int64], paths: Sequence[str], warm_up: Sequence[str]
    ) -> None:
        if self.failure is not None:
            return
        untimed = warm_up[:UNTIMED_CALLS]
        start_s = monotonic()
        try:
            answer = self.process.ask("time", paths=[*untimed, *paths], untimed=len(untimed))
        except WorkerFailure as problem:
            self.failure = str(problem)
            return
        self.turns_s += monotonic() - start_s
        self.blocks.append(_Block(number, positions, answer.arrays, answer.fields["loop_ns"]))

    def has_had(self, seconds: float) -> bool:
        """Whether its turns lasted so long, or there will be no more."""
        return self.failure is not None or self.turns_s >= seconds

    def serve_turn(
        self,
        number: int,
        positions: npt.NDArray[np.int64],
        paths: Sequence[str],
        per_second: float,
        seed: Sequence[int],
    ) -> None:
        if self.failure is not None:
            return
        # The pool is turned so that the first call after the lead-in gets its first image.
        lead_in = LEAD_IN_CALLS % len(paths)
        turned = [*paths[-lead_in:], *paths[:-lead_in]] if lead_in else list(paths)
        start_s = monotonic()
        try:
            served = self._serve(turned, LEAD_IN_CALLS + len(positions), per_second, seed)
        except WorkerFailure as problem:
            self.failure = str(problem)
            return
        self.turns_s += monotonic() - start_s
        stages = {"predict": served.service_ns, "response": served.response_ns}
        self.blocks.append(_Block(number, positions, stages, 0, served.busy_periods))

    def search_rate(self, paths: Sequence[str], bound_ns: float, *, calls: int, seed: int) -> None:
        service_ns = _join(self.blocks).stages["predict"]
        try:
            self.rate_trials += search_rate(
                lambda rate, number: self._serve(paths, LEAD_IN_CALLS + number, rate, [seed, 0]),
                service_ns[service_ns >= 0],
                bound_ns,
                calls=calls,
                seed=seed,
            )
        except WorkerFailure as problem:
            self.failure = str(problem)

    def _serve(self, paths: Sequence[str], calls: int, per_second: float, seed: Sequence[int]) -> Schedule:
        """Serve by a schedule; the lead-in is left out of what comes back."""
        arrivals_ns = poisson_arrivals(calls, per_second, seed)
        answer = self.process.ask(
            "serve",
            longer_s=float(arrivals_ns[-1]) / 1e9,
            paths=list(paths),
            calls=calls,
            per_second=per_second,
            seed=list(seed),
        )
        response_ns, service_ns = answer.arrays["response"], answer.arrays["predict"]
        busy = busy_periods(arrivals_ns, response_ns)
        counted = slice(LEAD_IN_CALLS, None)
        return Schedule(per_second, response_ns[counted], service_ns[counted], busy[counted])

    def measure_memory(self) -> None:
        if self.failure is not None:
            return
        try:
            self.peak_memory_kib = self.process.ask("peak_memory").fields["kib"]
        except WorkerFailure as problem:
            self.failure = str(problem)

    def repeat(self, paths: Sequence[str], seed: int) -> None:
        if self.failure is not None:
            return
        try:
            answer = self.process.ask("repeats", paths=list(paths), trials=REPEAT_TRIALS, seed=seed)
        except WorkerFailure as problem:
            self.failure = str(problem)
            return
        new, again, seen = answer.arrays["nanoseconds"].T
        cpu_new, cpu_again, cpu_seen = answer.arrays["cpu_nanoseconds"].T
        spread = answer.fields["score_spread"]
        self.repeats = Repeats(new, again, seen, cpu_new, cpu_again, cpu_seen, score_spread=spread)

    def leave(self) -> Timed:
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
