"""Pairs of fresh processes, one of each version, that take turns on the same images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from framejudge.bench.gate.latency.slowdown import log_ratios
from framejudge.bench.statistics.interval import Floats, Integers
from framejudge.bench.timing.environment import pinned_cores
from framejudge.bench.timing.plan import plan_turns
from framejudge.bench.timing.station import UNTIMED_CALLS
from framejudge.bench.timing.turns import WARM_UP_IMAGES
from framejudge.bench.worker.child.commands import Time, WarmUp
from framejudge.bench.worker.ends import WorkerFailure
from framejudge.bench.worker.process import WorkerProcess
from framejudge.datasets.progress import Progress
from framejudge.detectors.registry import DetectorSpec

PAIR_CALLS = 300
"""Timed calls of each process: where 2 % of a set are slow, two of so many images are, 98 times in 100."""

PAIR_S = 4.0
MIN_PAIR_CALLS = 50
PROBE_CALLS = 10
"""A slow detector gets fewer calls, so that one process is timed for about so long; a probe says how many."""

Version = Literal["old", "new"]
"""Which of the two."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A detector in both versions."""

    name: str
    old: DetectorSpec
    new: DetectorSpec


@dataclass(frozen=True, slots=True)
class PairTimes:
    """What one pair measured.

    Attributes
    ----------
    images
        Position of each call's image, shape (calls,).
    old_ns, new_ns
        Shape (calls,): -1 where a call failed.
    """

    detector: str
    images: Integers
    old_ns: Integers
    new_ns: Integers


class PairTaker:
    """Takes pairs as `sequential` asks for them, and keeps every time in ``taken``.

    Detectors take turns pair by pair, so that a slow hour of the machine meets all of them. One that fails in
    a process is not measured any more: ``problems`` says why.

    Parameters
    ----------
    images
        Files of readable images; the first ones are timed, in an order that is another one for each pair.
    calls
        Timed calls of each process; None for as many as `PAIR_S` allows.
    threads
        What a detector's numeric libraries may use; both processes are pinned to the same cores.
    """

    def __init__(
        self,
        candidates: Sequence[Candidate],
        images: Sequence[str],
        *,
        calls: int | None,
        threads: int,
        seed: int,
        timeout_s: float,
        progress: Progress,
    ) -> None:
        self._candidates = {one.name: one for one in candidates}
        self._images = list(images)
        self._calls = calls
        self._calls_of: dict[str, int] = {}
        self._threads = threads
        self._cores = pinned_cores(threads)
        self._seed = seed
        self._timeout_s = timeout_s
        self._progress = progress
        self.taken: list[PairTimes] = []
        self.problems: dict[str, str] = {}

    def __call__(self, wanted: Mapping[str, int]) -> dict[str, Floats]:
        """Take so many pairs of each detector; return their log ratios, shape (pairs, images)."""
        self._progress.begin("timing pairs of processes", sum(wanted.values()))
        rows: dict[str, list[Floats]] = {name: [] for name in wanted}
        for number in range(max(wanted.values())):
            for name in wanted:
                if number < wanted[name] and name not in self.problems:
                    self._take(name, rows[name])
        return {name: np.stack(found) for name, found in rows.items() if name not in self.problems}

    def image_count(self, name: str) -> int:
        """Return how many images a detector is timed on."""
        return min(self._calls_of[name], len(self._images))

    def medians_ms(self) -> dict[str, tuple[float, float]]:
        """Return the median of all calls, of the old and of the new version, by detector."""
        found = {}
        for name in dict.fromkeys(pair.detector for pair in self.taken):
            pairs = [pair for pair in self.taken if pair.detector == name]
            old, new = (
                np.concatenate(times)
                for times in ([pair.old_ns for pair in pairs], [pair.new_ns for pair in pairs])
            )
            found[name] = (float(np.median(old[old > 0]) / 1e6), float(np.median(new[new > 0]) / 1e6))
        return found

    def _take(self, name: str, rows: list[Floats]) -> None:
        try:
            pair = self._measure(self._candidates[name])
            rows.append(pair_log_ratios(pair, self.image_count(name)))
        except WorkerFailure as problem:
            self.problems[name] = str(problem)
            return
        self.taken.append(pair)
        self._progress.advance(1)

    def _measure(self, candidate: Candidate) -> PairTimes:
        """Start one process of each version and have them take turns, A B B A."""
        specs: dict[Version, DetectorSpec] = {"old": candidate.old, "new": candidate.new}
        if len(self.taken) % 2:  # neither version is always the one that was started, and warmed up, last
            specs = {"new": candidate.new, "old": candidate.old}
        with ExitStack() as stack:
            processes = {
                version: stack.enter_context(
                    WorkerProcess(spec, threads=self._threads, timeout_s=self._timeout_s)
                )
                for version, spec in specs.items()
            }
            for version, process in processes.items():
                self._warm_up(process, version)
            if candidate.name not in self._calls_of:
                self._calls_of[candidate.name] = self._calls or self._probe(processes["new"])
            calls = self._calls_of[candidate.name]
            plan = plan_turns(
                list(specs), range(self.image_count(candidate.name)), calls, self._seed + len(self.taken)
            )
            nanoseconds = {version: np.full(calls, -1, dtype=np.int64) for version in specs}
            for block, order in zip(plan.blocks, plan.orders, strict=True):
                paths = [self._images[k] for k in plan.images[block].tolist()]
                for turn in order:
                    which: Version = "old" if turn == "old" else "new"
                    nanoseconds[which][block] = self._time(processes[which], paths)
        return PairTimes(candidate.name, plan.images, nanoseconds["old"], nanoseconds["new"])

    def _warm_up(self, process: WorkerProcess, version: Version) -> None:
        try:
            process.load(self._cores)
            process.ask(WarmUp(self._images[-WARM_UP_IMAGES:]))
        except WorkerFailure as problem:
            raise WorkerFailure(f"the {version} version cannot be timed: {problem}") from problem

    def _time(self, process: WorkerProcess, paths: Sequence[str]) -> npt.NDArray[np.int64]:
        untimed = self._images[-UNTIMED_CALLS:]
        return process.ask(Time([*untimed, *paths], len(untimed))).predict

    def _probe(self, process: WorkerProcess) -> int:
        """Return how many calls fit into `PAIR_S`."""
        found = self._time(process, self._images[:PROBE_CALLS])
        if not (found > 0).any():
            return MIN_PAIR_CALLS
        affordable = int(PAIR_S * 1e9 / float(np.median(found[found > 0])))
        return max(MIN_PAIR_CALLS, min(PAIR_CALLS, affordable))


def pair_log_ratios(pair: PairTimes, images: int) -> Floats:
    """Return the log ratio of each image's median times, shape (images,); NaN where one has none.

    Raises
    ------
    WorkerFailure
        Where no image was timed in both processes.
    """
    old, new = (_median_by_image(times, pair.images, images) for times in (pair.old_ns, pair.new_ns))
    ratios = log_ratios(old, new)
    if np.isnan(ratios).all():
        raise WorkerFailure("no call succeeded in both versions")
    return ratios


def _median_by_image(nanoseconds: Integers, images: Integers, count: int) -> Floats:
    """Return each image's median, shape (count,); NaN where no call of it succeeded."""
    rounds = -(-len(nanoseconds) // count)
    table = np.full((rounds, count), np.nan)
    # Every image comes up once in each round.
    table[np.arange(len(nanoseconds)) // count, images] = np.where(nanoseconds > 0, nanoseconds, np.nan)
    answered = ~np.isnan(table).all(axis=0)
    medians = np.full(count, np.nan)
    medians[answered] = np.nanmedian(table[:, answered], axis=0)
    return medians
