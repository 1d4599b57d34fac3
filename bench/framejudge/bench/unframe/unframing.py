"""Tens of thousands of pictures, on all cores, in the order given; stopped at any moment, to go on later."""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import cv2

from framejudge.bench.timing.environment import available_cores
from framejudge.bench.unframe import record
from framejudge.bench.unframe.single import Action, Outcome, unframe_file
from framejudge.bench.unframe.sources import Source
from framejudge.bench.worker.process import thread_environment
from framejudge.datasets.errors import InputError
from framejudge.datasets.folder_lock import owned
from framejudge.datasets.lifetime import end_with_parent
from framejudge.datasets.progress import Progress, Silence
from framejudge.detectors.opened import OpenedDetector
from framejudge.detectors.opening import make_detector, open_detector
from framejudge.detectors.registry import DetectorSpec

CHUNK = 16
"""Pictures that go to a process at a time."""

WAITING_CHUNKS = 4
"""For each process: what is handed out and not yet written down; memory does not grow with the set."""

WORTH_PROCESSES = 100
"""Fewer pictures are done sooner than processes start."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done with every picture.

    Attributes
    ----------
    spec
        The detector; it must have ``locate``.
    threshold
        Scores at or above it mean that the frame goes.
    out
        Folder for the results.
    dry_run
        Whether only the record is written.
    """

    spec: DetectorSpec
    threshold: float
    out: Path
    dry_run: bool = False

    @property
    def record(self) -> Path:
        """The file that says what was done."""
        return self.out / (record.DRY_RECORD if self.dry_run else record.RECORD)

    def target(self, source: Source) -> Path:
        """Return where a picture's result goes."""
        return self.out / source.path


@dataclass(frozen=True, slots=True)
class Summary:
    """How many pictures were cropped, copied, ...; how many were done before; which could not be read."""

    counts: Mapping[Action, int]
    done_before: int
    unreadable: Sequence[Outcome]
    skipped: Sequence[Outcome]


def unframe(
    job: Job, sources: Sequence[Source], *, processes: int | None = None, progress: Progress | None = None
) -> Summary:
    """Crop what is framed, copy the rest, and write down what was done with each picture.

    Parameters
    ----------
    processes
        All cores by default.

    Raises
    ------
    InputError
        For a detector that does not locate, a folder that another command writes to, when the results cannot
        be written (a full disk), or when a process was killed.
    """
    _check_locates(job.spec)
    with owned(job.out):
        return _unframe(job, sources, processes or len(available_cores()), progress or Silence())


def _unframe(job: Job, sources: Sequence[Source], processes: int, progress: Progress) -> Summary:
    settings = record.Settings(job.spec.name, job.threshold)
    try:
        if job.dry_run:
            job.out.mkdir(parents=True, exist_ok=True)
            job.record.unlink(missing_ok=True)
        else:
            record.claim(job.out, settings)
        todo = _take_up(job, sources)
        progress.begin("unframing", len(todo))
        return _run(job, todo, len(sources) - len(todo), processes, progress)
    except OSError as problem:
        raise InputError(
            f"cannot be written: {problem.strerror or problem}",
            where=job.out,
            fix="make room or mend the permissions, and run again: it goes on where it stopped",
        ) from problem
    except BrokenProcessPool as problem:
        raise InputError(
            "a process was ended, perhaps for want of memory",
            where=f"detector {job.spec.name!r}",
            fix="run again with fewer --processes: it goes on where it stopped",
        ) from problem


def _check_locates(spec: DetectorSpec) -> None:
    if not make_detector(spec).locates:
        raise InputError(
            f"detector {spec.name!r} does not say where a frame is",
            where="--detector",
            fix="use canny or cnn",
        )


def _take_up(job: Job, sources: Sequence[Source]) -> list[Source]:
    """Return what is still to be done, and keep the record's lines of the rest.

    A line that was cut short goes, and so do those of pictures that get a new one: what could not be read or
    written, and what is gone from the output folder.
    """
    if not job.record.exists():
        return list(sources)
    given = {source.path: source for source in sources}
    outcomes = {outcome.path: outcome for outcome in record.read(job.record)}
    written = (Action.CROPPED, Action.COPIED)
    done = {
        path
        for path, source in given.items()
        if path in outcomes and outcomes[path].action in written and job.target(source).exists()
    }
    record.replace(job.record, [one for path, one in outcomes.items() if path in done or path not in given])
    return [source for source in sources if source.path not in done]


def _run(job: Job, todo: Sequence[Source], done_before: int, processes: int, progress: Progress) -> Summary:
    counts: Counter[Action] = Counter()
    unreadable: list[Outcome] = []
    skipped: list[Outcome] = []
    for outcomes in _outcomes(job, todo, processes):
        record.append(job.record, outcomes)
        counts.update(outcome.action for outcome in outcomes)
        unreadable += [outcome for outcome in outcomes if outcome.action is Action.UNREADABLE]
        skipped += [outcome for outcome in outcomes if outcome.action is Action.SKIPPED]
        progress.advance(len(outcomes))
    return Summary(counts, done_before, unreadable, skipped)


def _outcomes(job: Job, todo: Sequence[Source], processes: int) -> Iterator[list[Outcome]]:
    """Yield the outcomes of one chunk after the other, in order."""
    chunks = [todo[start : start + CHUNK] for start in range(0, len(todo), CHUNK)]
    if processes == 1 or len(todo) < WORTH_PROCESSES:
        yield from (_unframe_chunk(job, chunk) for chunk in chunks)
        return
    waiting: deque[Future[list[Outcome]]] = deque()
    # Spawned, not forked: OpenCV's threads do not survive a fork. One thread each: there are as many
    # processes as cores.
    with (
        _environment(thread_environment(1)),
        ProcessPoolExecutor(
            min(processes, len(chunks)),  # spawned all at once
            get_context("spawn"),
            initializer=_begin_process,
        ) as pool,
    ):
        try:
            for chunk in chunks:
                waiting.append(pool.submit(_unframe_chunk, job, chunk))
                if len(waiting) >= WAITING_CHUNKS * processes:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _begin_process() -> None:
    end_with_parent()
    cv2.setNumThreads(1)


_loaded: dict[Job, OpenedDetector] = {}
"""The detector of this process: loading a network takes seconds."""


def _unframe_chunk(job: Job, chunk: Sequence[Source]) -> list[Outcome]:
    if job not in _loaded:
        _loaded.clear()
        _loaded[job] = open_detector(job.spec, threshold=job.threshold)
    detector = _loaded[job]
    return [
        unframe_file(
            detector,
            job.threshold,
            source.file,
            source.path,
            None if job.dry_run else job.target(source),
        )
        for source in chunk
    ]


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
