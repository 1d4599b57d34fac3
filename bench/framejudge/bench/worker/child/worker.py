"""One detector, and the commands on it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter_ns
from typing import Any

import numpy as np

from . import decoding, installed, scoring
from .commands import (
    Answer,
    CallTimes,
    Close,
    Closed,
    Command,
    Decode,
    DecodedBlock,
    Explain,
    Explained,
    Failed,
    Load,
    Loaded,
    Made,
    Make,
    MeasureMemory,
    PeakMemory,
    Repeat,
    RepeatTrials,
    Score,
    Scored,
    Serve,
    Served,
    Time,
    Tried,
    TryRule,
    WarmedUp,
    WarmUp,
)
from .decoding import Decoded
from .marker import Marker, Stage
from .opened import OpenedDetector, describe_with_place
from .predictions import Judge
from .timed import cache_check, serving, timing
from .tracebacks import Tracebacks, traceback_text


class Worker:
    """One detector; each command has a method, which returns its answer."""

    def __init__(self, marker: Marker) -> None:
        self._marker = marker
        self._judge = Judge(OpenedDetector(None), marker, Tracebacks())  # until `Load`
        self._decoder = decoding.BlockDecoder(marker)

    @property
    def _detector(self) -> OpenedDetector:
        return self._judge.detector

    def _begin_call(self, position: int) -> None:
        self._marker.begin(Stage.PREDICT, position)

    def carry_out(self, command: Command[Any]) -> Answer:
        """Carry out a command; an exception of the detector becomes the answer `Failed`."""
        try:
            return METHODS[type(command)](self, command)
        except BaseException as problem:
            self._marker.begin(Stage.IDLE)
            return Failed(describe_with_place(problem), traceback_text(problem))

    def _load(self, command: Load) -> Loaded:
        if command.cores is not None:
            os.sched_setaffinity(0, command.cores)
        self._marker.begin(Stage.LOAD)
        start = perf_counter_ns()
        detector = self._create(command)
        detector.load()
        nanoseconds = perf_counter_ns() - start
        return Loaded(nanoseconds, detector.own_threshold, detector.locates, detector.explains)

    def _decode(self, command: Decode) -> DecodedBlock:
        return self._decoder.decode(command)

    def _make(self, command: Make) -> Made:
        self._marker.begin(Stage.LOAD)
        self._create(command)
        return Made()

    def _create(self, command: Load | Make) -> OpenedDetector:
        registry = installed.registry()
        spec = registry.DetectorSpec(
            name=command.name,
            target=command.target,
            extra=command.extra,
            extra_module=command.extra_module,
            **installed.settings(command.given, command.calibrations),
        )
        detector = OpenedDetector(registry.create(spec))
        self._judge = Judge(detector, self._marker, Tracebacks())
        return detector

    def _try_rule(self, command: TryRule) -> Tried:
        self._marker.begin(Stage.CHECK)
        findings = installed.try_rule(self._detector, command.rule)
        return Tried([(one.rule, one.text, bool(one.kept)) for one in findings])

    def _score(self, command: Score) -> Scored:
        return scoring.score_block(self._judge, self._marker, command)

    def _explain(self, command: Explain) -> Explained:
        said = [
            self._judge.explain(k, one.image)
            for chunk in decoding.chunks(command.paths, self._marker)
            for k, one in zip(chunk, self._decode_images(command, chunk), strict=True)
        ]
        return Explained([text for text, _ in said], [why for _, why in said], self._judge.tracebacks.take())

    def _decode_images(self, command: Explain, chunk: range) -> list[Decoded]:
        return decoding.decode_all(command.paths, command.decode_threads, self._marker, chunk)

    def _warm_up(self, command: WarmUp) -> WarmedUp:
        images = decoding.pixels(decoding.decode_all(command.paths, 1, self._marker))
        times = timing.warm_up(self._detector.raw.predict, images, self._begin_call)
        return WarmedUp(times[0] if times and times[0] >= 0 else None, len(times))

    def _time(self, command: Time) -> CallTimes:
        decoded = decoding.decode_all(command.paths, 1, self._marker)
        untimed, timed = decoded[: command.untimed], decoded[command.untimed :]
        loop_ns, stages = timing.time_block(
            self._detector, decoding.pixels(untimed), [one.image for one in timed], self._begin_call
        )
        decode_ns = np.array([one.nanoseconds for one in timed], dtype=np.int64)
        return CallTimes(loop_ns, decode=decode_ns, **stages)

    def _serve(self, command: Serve) -> Served:
        images = [one.image for one in decoding.decode_all(command.paths, 1, self._marker)]
        arrivals_ns = serving.poisson_arrivals(command.calls, command.per_second, command.seed)
        with timing.no_garbage_collection():
            return serving.serve(self._detector.timed_call(), images, arrivals_ns, begin=self._begin_call)

    def _repeat(self, command: Repeat) -> RepeatTrials:
        images = decoding.pixels(decoding.decode_all(command.paths, 1, self._marker))
        call = self._detector.timed_call()

        def predict(image: installed.Image) -> Any:
            self._begin_call(-1)
            return call(image)

        with timing.no_garbage_collection():
            return cache_check.time_repeats(predict, images, command.trials, command.seed)

    def _measure_memory(self, command: MeasureMemory) -> PeakMemory:
        return PeakMemory(_peak_resident_kib())

    def _close(self, command: Close) -> Closed:
        self._marker.begin(Stage.CLOSE)
        self._detector.close()
        return Closed()


METHODS: Mapping[type[Command[Any]], Callable[[Worker, Any], Answer]] = {
    Load: Worker._load,
    Decode: Worker._decode,
    Score: Worker._score,
    Explain: Worker._explain,
    WarmUp: Worker._warm_up,
    Time: Worker._time,
    Serve: Worker._serve,
    Repeat: Worker._repeat,
    MeasureMemory: Worker._measure_memory,
    Make: Worker._make,
    TryRule: Worker._try_rule,
    Close: Worker._close,
}


def _peak_resident_kib() -> int:
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        import resource

        # Not on Linux, where this carries over the size of the parent at the moment of the start.
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak // 1024 if sys.platform == "darwin" else peak
