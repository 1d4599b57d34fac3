"""The timing pass: detectors in processes of their own take turns on the same images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from math import ceil
from time import monotonic, process_time

import numpy as np

from framejudge.bench.run import Request
from framejudge.bench.timing.environment import pinned_cores
from framejudge.bench.timing.noise import NoiseMeter
from framejudge.bench.timing.open_loop import parse_arrivals
from framejudge.bench.timing.plan import (
    BLOCK_CALLS,
    MAX_CALLS,
    SERVED_IMAGES,
    Plan,
    plan_schedule,
    plan_turns,
)
from framejudge.bench.timing.station import Station
from framejudge.bench.timing.timed import Overhead, TimingPass
from framejudge.bench.worker.process import WorkerProcess
from framejudge.datasets.progress import Progress
from framejudge.detectors.registry import DetectorSpec

WARM_UP_IMAGES = 20

DO_NOTHING = DetectorSpec("do-nothing", "framejudge.bench.timing.overhead:DoNothing")
OVERHEAD_CALLS = 200

REPEAT_IMAGES = 15
"""Images among the trials that show whether a detector keeps its scores."""


def time_in_turns(
    specs: Sequence[DetectorSpec], images: Mapping[int, str], request: Request, progress: Progress
) -> TimingPass:
    """Time single-image calls of each detector, from a decoded image to a score.

    Parameters
    ----------
    images
        Files of readable images by whatever number the caller knows them by; at least one.
    request
        How many calls, threads and seconds, by which arrivals, and which bound is to be kept. The detectors
        are pinned to as many cores as they have threads.
    """
    cores = pinned_cores(request.threads)
    plan = _plan([spec.name for spec in specs], list(images), request)
    # Where there are many images, none is warmed up with that is timed soon.
    warm_up = [images[k] for k in plan.images[-WARM_UP_IMAGES:].tolist()]
    overhead = measure_overhead(warm_up, request, cores)
    with ExitStack() as stack:
        stations = {}
        for spec in specs:
            process = WorkerProcess(spec, threads=request.threads, timeout_s=request.timeout_s)
            stations[spec.name] = Station(stack.enter_context(process), cores)
        session = _Session(stations, plan, images, warm_up, request, progress)
        session.warm_up_all()
        meter, start_s, start_cpu_s = NoiseMeter(), monotonic(), process_time()
        made = session.take_turns()
        noise = meter.read()
        parent_cpu_fraction = (process_time() - start_cpu_s) / (monotonic() - start_s)
        session.repeat_images()
        session.search_rates(made)
        detectors = {name: station.leave() for name, station in stations.items()}
    return TimingPass(plan.images[:made], detectors, overhead, cores, noise, parent_cpu_fraction)


def measure_overhead(paths: Sequence[str], request: Request, cores: Sequence[int] | None) -> Overhead:
    """Time a detector that does nothing, in the same way as any other."""
    with WorkerProcess(DO_NOTHING, threads=request.threads, timeout_s=request.timeout_s) as process:
        station = Station(process, cores)
        few = [paths[k % len(paths)] for k in range(BLOCK_CALLS)]
        station.warm_up(few)
        for number in range(OVERHEAD_CALLS // BLOCK_CALLS):
            station.take_turn(number, np.arange(BLOCK_CALLS), few, few)
        calls = station.leave().calls
    timed = calls.stages["predict"]
    return Overhead(
        timed_ns=float(np.median(timed)), outside_ns=float((calls.loop_ns - timed.sum()) / len(timed))
    )


def _plan(names: Sequence[str], images: Sequence[int], request: Request) -> Plan:
    calls = _least_calls(request)
    if request.arrivals is not None:
        return plan_schedule(names, images, calls, request.seed)
    return plan_turns(names, images, MAX_CALLS if request.min_seconds else calls, request.seed)


def _least_calls(request: Request) -> int:
    """Return how many calls each detector gets at least; a schedule's last as long as they have to."""
    per_second = parse_arrivals(request.arrivals)
    if per_second is None:
        return request.calls
    return min(MAX_CALLS, max(request.calls, ceil(per_second * request.min_seconds)))


@dataclass(frozen=True, slots=True)
class _Session:
    """The detectors in their processes, and what they are timed on."""

    stations: Mapping[str, Station]
    plan: Plan
    images: Mapping[int, str]
    warm_up: Sequence[str]
    request: Request
    progress: Progress

    def warm_up_all(self) -> None:
        for name, station in self.stations.items():
            self.progress.begin(f"warming up {name}", 1)
            station.warm_up(self.warm_up)
            self.progress.advance(1)

    def take_turns(self) -> int:
        """Let the detectors take their turns until there were enough; return the calls that each made."""
        calls, per_second = _least_calls(self.request), parse_arrivals(self.request.arrivals)
        self.progress.begin("timing", calls * len(self.stations))
        made = 0
        for number, (block, order) in enumerate(zip(self.plan.blocks, self.plan.orders, strict=True)):
            paths = [self.images[k] for k in self.plan.images[block].tolist()]
            for name in order:
                station = self.stations[name]
                if per_second is None:
                    station.take_turn(number, block, paths, self.warm_up)
                else:
                    pool = paths[:SERVED_IMAGES]
                    station.serve_turn(number, block, pool, per_second, [self.request.seed, number])
                self.progress.advance(len(block))
            made += len(block)
            if number % 2 and made >= calls and self._had_their_time():
                break
        return made

    def _had_their_time(self) -> bool:
        return all(station.has_had(self.request.min_seconds) for station in self.stations.values())

    def repeat_images(self) -> None:
        few = [self.images[k] for k in self.plan.images[:REPEAT_IMAGES].tolist()]
        for name, station in self.stations.items():
            self.progress.begin(f"repeating images to {name}", 1)
            station.measure_memory()  # before the copies of images that repeating needs
            station.repeat(few, self.request.seed)
            self.progress.advance(1)

    def search_rates(self, made: int) -> None:
        """Look for each detector's highest rate, where a bound is given, on images that were timed."""
        bound_ms = self.request.p99_under_ms
        if bound_ms is None:
            return
        timed = dict.fromkeys(self.plan.images[:made].tolist())
        pool = [self.images[k] for k in timed][:SERVED_IMAGES]
        calls = _least_calls(self.request)
        for name, station in self.stations.items():
            self.progress.begin(f"looking for the highest rate of {name}", 1)
            station.search_rate(pool, bound_ms * 1e6, calls=calls, seed=self.request.seed)
            self.progress.advance(1)
