"""The timing pass: detectors in processes of their own take turns on the same images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from math import ceil
from time import monotonic, process_time

import numpy as np
import numpy.typing as npt

from framejudge.bench.environment import Quietness, QuietnessMeter, pinned_cores
from framejudge.bench.progress import Progress
from framejudge.bench.worker import Message
from framejudge.bench.worker_process import WorkerFailure, WorkerProcess
from framejudge.detectors.registry import DetectorSpec

BLOCK_CALLS = 25
"""Calls of one detector before the next one has its turn: short against whatever slows a machine down."""

UNTIMED_CALLS = 3
"""Calls that open a turn and are not timed: the caches still hold the former detector's data."""

WARM_UP_IMAGES = 20

DO_NOTHING = DetectorSpec("do-nothing", "framejudge.bench.overhead:DoNothing")
OVERHEAD_CALLS = 200

REPEAT_TRIALS = 30
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
        the detector has them; -1 where a call failed.
    positions
        Which call of the plan each one is, shape (calls,): calls of two detectors at one position are a pair.
    blocks
        The block that each belongs to, shape (calls,).
    loop_ns
        The whole of the timed loops, with what lies between the calls.
    """

    stages: Mapping[str, Nanoseconds]
    positions: npt.NDArray[np.int64]
    blocks: npt.NDArray[np.int64]
    loop_ns: int


@dataclass(frozen=True, slots=True)
class Repeats:
    """Calls on pixels that a detector had seen, against calls on pixels that it could not have seen.

    Attributes
    ----------
    new, again, seen
        Nanoseconds, shape (trials,): new pixels, the same pixels at once again, pixels seen long before; -1
        where a call failed.
    score_spread
        The most that two scores of the same pixels differ; None where no pixels were scored twice.
    """

    new: Nanoseconds
    again: Nanoseconds
    seen: Nanoseconds
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


def time_in_turns(
    specs: Sequence[DetectorSpec],
    images: Mapping[int, str],
    *,
    calls: int,
    threads: int,
    seed: int,
    timeout_s: float,
    progress: Progress,
) -> TimingPass:
    """Time single-image calls of each detector, from a decoded image to a score.

    Parameters
    ----------
    images
        Files of readable images by whatever number the caller knows them by; at least one.
    calls
        Timed calls of each detector.
    threads
        What the detectors' numeric libraries may use; they are pinned to as many cores.
    """
    cores = pinned_cores(threads)
    plan = plan_turns([spec.name for spec in specs], list(images), calls, seed)
    paths = [images[k] for k in plan.images.tolist()]
    overhead = measure_overhead(paths[-WARM_UP_IMAGES:], threads=threads, cores=cores, timeout_s=timeout_s)
    with ExitStack() as stack:
        stations = {
            spec.name: _Station(
                spec, stack.enter_context(WorkerProcess(threads=threads, timeout_s=timeout_s)), cores
            )
            for spec in specs
        }
        warm_up = paths[-WARM_UP_IMAGES:]
        for name, station in stations.items():
            progress.begin(f"warming up {name}", 1)
            station.warm_up(warm_up)
            progress.advance(1)

        meter, start_s, start_cpu_s = QuietnessMeter(), monotonic(), process_time()
        progress.begin("timing", calls * len(specs))
        for number, (block, order) in enumerate(zip(plan.blocks, plan.orders, strict=True)):
            for name in order:
                stations[name].take_turn(number, block, [paths[k] for k in block], warm_up)
                progress.advance(len(block))
        quietness = meter.read()
        parent_cpu_fraction = (process_time() - start_cpu_s) / (monotonic() - start_s)

        few = paths[:REPEAT_IMAGES]
        for name, station in stations.items():
            progress.begin(f"repeating images to {name}", 1)
            station.measure_memory()  # before the copies of images that repeating needs
            station.repeat(few, seed)
            progress.advance(1)

        detectors = {name: station.leave() for name, station in stations.items()}
    return TimingPass(plan.images, detectors, overhead, cores, quietness, parent_cpu_fraction)


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
    failure: str | None = None
    blocks: list[tuple[int, npt.NDArray[np.int64], Message]] = field(default_factory=list)

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
        try:
            answer = self.process.ask("time", paths=[*untimed, *paths], untimed=len(untimed))
        except WorkerFailure as problem:
            self.failure = str(problem)
            return
        self.blocks.append((number, positions, answer))

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
        self.repeats = Repeats(new, again, seen, answer.fields["score_spread"])

    def leave(self) -> Timed:
        return Timed(
            calls=_join(self.blocks),
            load_ns=self.load_ns,
            first_call_ns=self.first_call_ns,
            warm_up_calls=self.warm_up_calls,
            peak_memory_kib=self.peak_memory_kib,
            repeats=self.repeats,
            failure=self.failure,
        )


def _join(blocks: Sequence[tuple[int, npt.NDArray[np.int64], Message]]) -> Calls:
    if not blocks:
        none = np.empty(0, dtype=np.int64)
        return Calls({"predict": none}, none, none, 0)
    stages = blocks[0][2].arrays
    return Calls(
        stages={name: np.concatenate([answer.arrays[name] for _, _, answer in blocks]) for name in stages},
        positions=np.concatenate([positions for _, positions, _ in blocks]),
        blocks=np.concatenate([np.full(len(positions), number) for number, positions, _ in blocks]),
        loop_ns=sum(answer.fields["loop_ns"] for _, _, answer in blocks),
    )
