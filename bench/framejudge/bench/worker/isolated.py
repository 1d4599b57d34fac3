"""A worker that outlives its worst images: what ends its process costs one image, and the rest goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import TypeVar, cast

from framejudge.bench.worker.child.commands import (
    Answer,
    Command,
    Decode,
    DecodedBlock,
    Explain,
    Explained,
    Loaded,
    MeasureMemory,
    Score,
    Scored,
)
from framejudge.bench.worker.child.marker import Stage
from framejudge.bench.worker.child.tracebacks import KEPT
from framejudge.bench.worker.ends import Cause, End, WorkerEnded, WorkerFailure
from framejudge.bench.worker.joined import Outcome, joined_explanations, joined_scores, lost_picture
from framejudge.bench.worker.limits import CrashCount, Limits
from framejudge.bench.worker.process import WorkerProcess
from framejudge.detectors.registry import DetectorSpec

MAX_FRESH_TRIES = 3
"""Images for which a new process is started because memory ran out; where that helps none, it is left."""

A = TypeVar("A", Scored, Explained)
B = TypeVar("B", bound=Answer)


@dataclass(frozen=True, slots=True)
class Trace:
    """Where a detector raised or crashed, for whoever mends it.

    Attributes
    ----------
    path
        The image; empty where it is none's.
    text
        A traceback, or what the process wrote before its end.
    """

    path: str
    text: str


class IsolatedWorker:
    """A detector that is scored, or asked why, in processes that may end: each is started when it is needed.

    An image that ends the process - by a crash, an exit, a hang, or too much memory - gets no answer but the
    reason. The worker knows which image it is at; where a batch or threads hide that, or the process ends
    between two images, the block is done in parts. A crash is tried again, with the image alone in a new
    process: what does not happen twice is not held against the image.

    A context manager; after it, and after each answer, ``failure`` says whether the detector has failed. An
    answer then holds what there was.

    Parameters
    ----------
    spec
        The detector; None for a worker that only decodes, or one without a target, which says where.
    threads
        What the thread variables in the processes' environment are set to.
    slots
        Descriptors of memory that they share with other workers.
    crashes
        Counts the images that ended a process; shared where one detector has several workers.

    Attributes
    ----------
    failure
        Why nothing more can be asked; None while all is well.
    close_failure
        Why the detector could not be closed at the end; None where it could.
    traces
        Of the first exceptions and crashes.
    """

    def __init__(
        self,
        spec: DetectorSpec | None,
        *,
        threads: int,
        limits: Limits | None = None,
        slots: Sequence[int] = (),
        crashes: CrashCount | None = None,
    ) -> None:
        self._spec = spec
        self._threads = threads
        self._limits = limits or Limits()
        self._slots = slots
        self._crashes = crashes or CrashCount()
        self._process: WorkerProcess | None = None
        self._batches = True
        self._fresh_tries = 0
        self._interrupted = False
        self.failure: str | None = None
        self.close_failure: str | None = None
        self.traces: list[Trace] = []

    def __enter__(self) -> IsolatedWorker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        try:
            if kind is None:
                process.close()
        except WorkerEnded as late:
            self.close_failure = str(late)
        except WorkerFailure as failure:
            self.close_failure = str(failure)
            self._trace("", failure.traceback)
        finally:
            process.kill()

    @property
    def crashes(self) -> int:
        """How many images ended a process of the detector."""
        return self._crashes.images

    def interrupt(self) -> None:
        """End the process now, from another thread, and start no other: what is asked fails."""
        self._interrupted = True
        if (process := self._process) is not None:
            process.interrupt()

    def peak_memory_kib(self) -> int:
        """Return the largest resident size of the process that works now; 0 where none does.

        Raises
        ------
        WorkerFailure
            When it does not answer.
        """
        return 0 if self._process is None else self._process.ask(MeasureMemory()).kib

    def load(self) -> Loaded:
        """Start a process, and load the detector in it.

        Raises
        ------
        WorkerFailure
            When it cannot be loaded; ``failure`` says the same.
        """
        try:
            return self._start()
        except WorkerFailure as problem:
            self._fail(problem)
            raise

    def score(self, command: Score) -> Scored:
        """Return the scores of a block; an image without one has the reason among the errors."""
        return joined_scores(self._through(command, Scored))

    def explain(self, command: Explain) -> Explained:
        """Return the explanations of a block."""
        return joined_explanations(self._through(command, Explained))

    def decode(self, command: Decode) -> DecodedBlock:
        """Return what decoding the first images of a block shows; one that ends the decoder is unreadable.

        As with any `Decode`, an answer may be about fewer images than were asked for: the next command begins
        with the rest. Where the worker ends, those before the image that did it are decoded again.
        """
        images, suspect, tried = len(command.paths), False, False
        while self.failure is None:
            try:
                found = self._ask(command.select(range(images)))
            except WorkerEnded as problem:
                end = problem.end
                self._stop()
                if end.stage is Stage.DECODE and 0 < end.position < images:
                    images = end.position
                elif images > 1:
                    images = 1 if end.stage is Stage.DECODE else images // 2
                elif suspect or end.cause is Cause.TIMEOUT:
                    self._count(command.paths[0], end)
                    return lost_picture(command.paths[0], end)
                else:
                    suspect = True
            except WorkerFailure as problem:
                self._stop()
                self._fail(problem)
            else:
                if not found.starved or tried or self._fresh_tries >= MAX_FRESH_TRIES:
                    return found
                tried = True
                self._fresh_tries += 1
                self._stop()
        return lost_picture(command.paths[0], None)

    def _through(self, command: Score | Explain, kind: type[A]) -> Outcome[A]:
        """Ask about a block, part by part where that has to be."""
        outcome: Outcome[A] = Outcome(len(command.paths))
        tasks = [_Task(range(outcome.images))] if outcome.images else []
        while tasks and self.failure is None:
            task = tasks.pop()
            try:
                if task.fresh:
                    self._fresh_tries += 1
                    self._stop()
                answer = self._ask(cast("Command[A]", task.of(command, batches=self._batches)))
            except WorkerEnded as problem:
                self._stop()
                tasks += reversed(self._divide(problem.end, task, command.paths, outcome))
            except WorkerFailure as problem:
                self._stop()
                self._fail(problem)
            else:
                outcome.parts.append((task.positions, answer))
                tasks += self._again_alone(answer, task)
                if task.suspect is not None and task.suspect.cause is not Cause.MEMORY:
                    self._count(command.paths[task.positions[0]], task.suspect)
        for k, text in outcome.tracebacks():
            self._trace(command.paths[k] if k >= 0 else "", text)
        return outcome

    def _ask(self, command: Command[B]) -> B:
        if self._process is None:
            self._start()
        assert self._process is not None
        return self._process.ask(command)

    def _start(self) -> Loaded:
        if self._interrupted:
            raise WorkerFailure("it was interrupted")
        self._process = WorkerProcess(
            self._spec,
            threads=self._threads,
            timeout_s=self._limits.timeout_s,
            memory_bytes=self._limits.memory_bytes,
            slots=self._slots,
        )
        if self._spec is None or not self._spec.target:
            return Loaded(0, None, locates=False, explains=False)
        try:
            return self._process.load()
        except WorkerFailure as problem:
            self._stop()
            raise WorkerFailure(str(problem), problem.traceback) from problem

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process = None

    def _divide(self, end: End, task: _Task, paths: Sequence[str], outcome: Outcome[A]) -> Sequence[_Task]:
        """Return how to go on with a task on which the process ended."""
        positions = task.positions
        if end.stage is Stage.DECODE and task.threads and self._threads > 1 and len(positions) > 1:
            return [replace(task, threads=False)]
        if end.stage is Stage.BATCH and task.batch:
            self._batches = False  # until a single image is found that does it
            outcome.batch_failure = outcome.batch_failure or end.text
            return [replace(task, batch=False, settled=True)]
        if end.stage is Stage.IDLE and end.cause is Cause.TIMEOUT:
            self._fail(WorkerFailure(f"{end.text}, though it was at no image: are its pipes disturbed?"))
            return []
        k = end.position
        if end.stage is Stage.IDLE or not 0 <= k < len(positions):
            if len(positions) > 1:
                middle = len(positions) // 2
                return [task.at(positions[:middle]), task.at(positions[middle:])]
            k = 0
        before, image, after = positions[:k], positions[k : k + 1], positions[k + 1 :]
        if end.stage is Stage.LOCATE:
            outcome.locate_failure = outcome.locate_failure or f"{paths[image[0]]}: {end.text}"
            self._count(paths[image[0]], end)
            rest = [task.at(before), replace(task.at(image), locate=False), task.at(after)]
        elif task.suspect or task.settled or end.cause is Cause.TIMEOUT:
            outcome.lost[image[0]] = end
            self._batches = True
            self._count(paths[image[0]], end)
            rest = [_Task(before), _Task(after)]
        else:
            rest = [task.at(before), replace(task.at(image), suspect=end), task.at(after)]
        return [one for one in rest if one.positions]

    def _again_alone(self, answer: A, task: _Task) -> list[_Task]:
        """Return tasks for the images on which memory ran out: alone, and then in a new process."""
        starved: Sequence[int] = [] if isinstance(answer, Explained) else answer.starved
        alone = len(task.positions) == 1
        if alone and (task.fresh or self._fresh_tries >= MAX_FRESH_TRIES):
            return []
        return [_Task([task.positions[k]], batch=False, threads=False, fresh=alone) for k in starved]

    def _count(self, path: str, end: End) -> None:
        """Take down an image that ended the process; with too many of them the detector has failed."""
        crashes = self._crashes.add()
        self._trace(path, f"{end.text}\n{end.stderr}".strip())
        if crashes >= self._limits.crashes:
            images = "1 image" if crashes == 1 else f"{crashes} images"
            self._fail(WorkerFailure(f"{images} ended its process, at last {path}: {end.text}"))

    def _fail(self, problem: WorkerFailure) -> None:
        self.failure = str(problem)
        self._trace("", problem.traceback)

    def _trace(self, path: str, text: str | None) -> None:
        if text and len(self.traces) < KEPT:
            self.traces.append(Trace(path, text))


@dataclass(frozen=True, slots=True)
class _Task:
    """Images of a block that are still to be done.

    Attributes
    ----------
    positions
        Which they are.
    batch
        Whether the detector may get them in one call.
    threads
        Whether several may be decoded at once.
    locate
        Whether boxes are asked for.
    fresh
        Whether a new process is started for them.
    suspect
        How the process ended on this one image: whether it does so again is to be seen.
    settled
        Whether the next end is certain, because a batch with these images ended the process before.
    """

    positions: Sequence[int]
    batch: bool = True
    threads: bool = True
    locate: bool = True
    fresh: bool = False
    suspect: End | None = None
    settled: bool = False

    def of(self, command: Score | Explain, *, batches: bool) -> Score | Explain:
        """Return the command for these images."""
        part = command.select(self.positions)
        if not self.threads:
            part = replace(part, decode_threads=1)
        if isinstance(part, Score):
            batch = part.batch and self.batch and batches
            part = replace(part, batch=batch, locate=part.locate if self.locate else ())
        return part

    def at(self, positions: Sequence[int]) -> _Task:
        """Return the task for some of the images; nothing is suspected of one alone."""
        return replace(self, positions=positions, suspect=None)
