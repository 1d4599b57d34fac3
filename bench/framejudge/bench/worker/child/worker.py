"""One detector, and the commands on it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter_ns
from typing import Any

import numpy as np

from . import cache_check, decoding, installed, predictions, serving, timing
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
    MeasureMemory,
    PeakMemory,
    Repeat,
    RepeatTrials,
    Score,
    Scored,
    Serve,
    Served,
    Time,
    WarmedUp,
    WarmUp,
)
from .opened import OpenedDetector, describe
from .slots import SlotReader


class Worker:
    """One detector; each command has a method, which returns its answer."""

    def __init__(self) -> None:
        self._detector = OpenedDetector(None)  # until `Load`
        self._decoder = decoding.BlockDecoder()

    def carry_out(self, command: Command[Any]) -> Answer:
        """Carry out a command; an exception of the detector becomes the answer `Failed`."""
        try:
            return METHODS[type(command)](self, command)
        except Exception as problem:
            return Failed(describe(problem))

    def _load(self, command: Load) -> Loaded:
        if command.cores is not None:
            os.sched_setaffinity(0, command.cores)
        registry = installed.registry()
        spec = registry.DetectorSpec(
            name=command.name, target=command.target, extra=command.extra, extra_module=command.extra_module
        )
        start = perf_counter_ns()
        detector = self._detector = OpenedDetector(registry.create(spec))
        detector.load()
        nanoseconds = perf_counter_ns() - start
        return Loaded(nanoseconds, detector.own_threshold, detector.locates, detector.explains)

    def _decode(self, command: Decode) -> DecodedBlock:
        return self._decoder.decode(command.paths, command.slot, command.room_bytes)

    def _score(self, command: Score) -> Scored:
        if command.slot is None:
            return self._score_decoded(command, decoding.decode_all(command.paths, command.decode_threads))
        slot = SlotReader(command.slot, command.places)
        try:
            return self._score_decoded(command, [decoding.Decoded(image, None, 0) for image in slot.images()])
        finally:
            slot.close()

    def _score_decoded(self, command: Score, decoded: Sequence[decoding.Decoded]) -> Scored:
        images = {k: one.image for k, one in enumerate(decoded) if one.image is not None}
        found, batch_failure, nanoseconds = predictions.predict_all(self._detector, list(images.values()))
        scores = np.full(len(decoded), np.nan)
        errors: list[str | None] = [None] * len(decoded)
        for k, score in zip(images, found, strict=True):
            if isinstance(score, str):
                errors[k] = score
            else:
                scores[k] = score
        boxes, locate_failure = predictions.locate_all(self._detector, images, scores, command.locate)
        return Scored(
            unreadable=[one.error for one in decoded],
            errors=errors,
            digests=decoding.digests(decoded) if command.digests else None,
            nanoseconds=nanoseconds,
            batch_failure=batch_failure,
            locate_failure=locate_failure,
            scores=scores,
            sizes=decoding.sizes(decoded),
            boxes=boxes,
        )

    def _explain(self, command: Explain) -> Explained:
        decoded = decoding.decode_all(command.paths, command.decode_threads)
        return Explained([predictions.explain(self._detector, one.image) for one in decoded])

    def _warm_up(self, command: WarmUp) -> WarmedUp:
        images = decoding.pixels(decoding.decode_all(command.paths, threads=1))
        times = timing.warm_up(self._detector.raw.predict, images)
        return WarmedUp(times[0] if times and times[0] >= 0 else None, len(times))

    def _time(self, command: Time) -> CallTimes:
        decoded = decoding.decode_all(command.paths, threads=1)
        untimed, timed = decoded[: command.untimed], decoded[command.untimed :]
        loop_ns, stages = timing.time_block(
            self._detector, decoding.pixels(untimed), [one.image for one in timed]
        )
        decode_ns = np.array([one.nanoseconds for one in timed], dtype=np.int64)
        return CallTimes(loop_ns, decode=decode_ns, **stages)

    def _serve(self, command: Serve) -> Served:
        images = [one.image for one in decoding.decode_all(command.paths, threads=1)]
        arrivals_ns = serving.poisson_arrivals(command.calls, command.per_second, command.seed)
        with timing.no_garbage_collection():
            return serving.serve(self._detector.timed_call(), images, arrivals_ns)

    def _repeat(self, command: Repeat) -> RepeatTrials:
        images = decoding.pixels(decoding.decode_all(command.paths, threads=1))
        predict = self._detector.timed_call()
        with timing.no_garbage_collection():
            return cache_check.time_repeats(predict, images, command.trials, command.seed)

    def _measure_memory(self, command: MeasureMemory) -> PeakMemory:
        return PeakMemory(_peak_resident_kib())

    def _close(self, command: Close) -> Closed:
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
