"""The processes that hold one detector, each with a thread here that sleeps until its answer comes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from framejudge.bench.engine.pipeline.batch import Batch, BlockJoin, Said
from framejudge.bench.engine.pipeline.channel import Channel
from framejudge.bench.parts.blocks import Block
from framejudge.bench.parts.contents import BlockAnswers
from framejudge.bench.timing.environment import available_memory_kib
from framejudge.bench.worker.child.commands import Loaded
from framejudge.bench.worker.ends import WorkerFailure
from framejudge.bench.worker.isolated import IsolatedWorker
from framejudge.bench.worker.limits import CrashCount, Limits
from framejudge.detectors.registry import DetectorSpec


@dataclass(frozen=True, slots=True)
class Hosting:
    """How workers are started.

    Attributes
    ----------
    limits
        What a detector may take.
    slots
        Descriptors of the memory that they share.
    most
        Processes of one detector, at most.
    memory_share
        What part of the available memory one detector's processes may fill.
    """

    limits: Limits
    slots: Sequence[int]
    most: int
    memory_share: float


class Scorers:
    """One detector in as many processes as there is work for, one thread each.

    A process is added when batches wait and nobody is idle, once the first one is loaded and shows how much
    memory it takes. Each has its numeric libraries on one thread, so that scores do not depend on how many
    there are.

    Parameters
    ----------
    crashes
        Images that ended its process in a run that this one goes on with.
    scored
        Called with the answers on a block, once they are complete.
    partly_scored
        Called with the answers on the block on which it failed.
    failed
        Called once, with the reason and the traceback if there is one, when the detector could not go on and
        its last thread has ended.
    broken
        Called with what nobody expected.
    """

    def __init__(
        self,
        spec: DetectorSpec,
        hosting: Hosting,
        *,
        locates: bool,
        crashes: int,
        scored: Callable[[Block, BlockAnswers], None],
        partly_scored: Callable[[Block, BlockAnswers], None],
        failed: Callable[[str, str | None], None],
        broken: Callable[[BaseException], None],
    ) -> None:
        self.name = spec.name
        self._spec = spec
        self._hosting = hosting
        self._locates = locates
        self._scored, self._partly_scored = scored, partly_scored
        self._failed, self._broken = failed, broken
        self._waiting: Channel[tuple[Batch, BlockJoin]] = Channel()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._workers: list[IsolatedWorker] = []
        self._crashes = CrashCount()
        self._crashes.images = crashes
        self._running = 0
        self._most = 1
        self._failure: str | None = None
        self._traceback: str | None = None
        self._stopping = False

    @property
    def is_able(self) -> bool:
        """Whether it can still score."""
        return self._failure is None and not self._stopping

    def offer(self, batch: Batch, join: BlockJoin) -> None:
        """Have a batch scored, sooner or later; a detector that has failed lets go of it at once."""
        if not self._waiting.put((batch, join)):
            batch.release()
        self._grow()

    def finish(self) -> None:
        """Let the processes end once nothing waits any more."""
        self._waiting.close()

    def stop(self) -> None:
        """End the processes now."""
        self._stopping = True
        self._drop_all()
        with self._lock:
            workers = list(self._workers)
        for worker in workers:
            worker.interrupt()

    def join(self) -> None:
        """Wait until the threads have ended."""
        for thread in list(self._threads):
            thread.join()

    def _grow(self) -> None:
        with self._lock:
            is_needed = not self._running or self._waiting.backlog > 0
            if is_needed and self._running < self._most and self.is_able:
                self._running += 1
                number = len(self._threads)
                thread = threading.Thread(
                    target=self._work, args=(number,), name=f"{self.name} {number}", daemon=True
                )
                self._threads.append(thread)
                thread.start()

    def _work(self, number: int) -> None:
        try:
            limits, slots = self._hosting.limits, self._hosting.slots
            own = _OwnCrashes(self._crashes)
            with IsolatedWorker(self._spec, threads=1, limits=limits, slots=slots, crashes=own) as worker:
                with self._lock:
                    self._workers.append(worker)
                self._score_all(worker, first=number == 0)
        except WorkerFailure as problem:
            self._give_up(str(problem), problem.traceback)
        except BaseException as problem:
            self._broken(problem)
        finally:
            with self._lock:
                self._running -= 1
                is_last = not self._running
            if is_last and self._failure is not None and not self._stopping:
                self._failed(self._failure, self._traceback)

    def _score_all(self, worker: IsolatedWorker, *, first: bool) -> None:
        loaded = self._load(worker, first=first)
        is_warm = False
        while loaded is not None and (taken := self._waiting.take()) is not None:
            batch, join = taken
            self._score(worker, loaded, batch, join, first=not is_warm)
            is_warm = True

    def _load(self, worker: IsolatedWorker, *, first: bool) -> Loaded | None:
        """Load the detector; None where others do its work, and this process would be one too many."""
        try:
            loaded = worker.load()
        except WorkerFailure:
            if first:
                raise
            self._most = 1
            return None
        if first:
            self._most = self._affordable(worker.peak_memory_kib())
            for _ in range(self._most):
                self._grow()
        return loaded

    def _affordable(self, process_kib: int) -> int:
        """Return how many processes like the first one the machine has memory for."""
        available_kib = available_memory_kib()
        if available_kib is None:
            return self._hosting.most
        further = int(available_kib * self._hosting.memory_share) // max(1, process_kib)
        return min(self._hosting.most, 1 + further)

    def _score(
        self, worker: IsolatedWorker, loaded: Loaded, batch: Batch, join: BlockJoin, *, first: bool
    ) -> None:
        locates = self._locates and loaded.locates
        crashes, traces = worker.crashes, len(worker.traces)
        try:
            command = batch.command(locate=locates)
            scored = None if command is None else worker.score(command)
        finally:
            batch.release()
        if self._stopping:
            return
        said = Said(
            batch=batch,
            scored=scored,
            first=first,
            crashes=worker.crashes - crashes,
            traces=[(one.path, one.text) for one in worker.traces[traces:]],
        )
        if worker.failure is not None:
            alone = BlockJoin(batch.block)
            alone.expect(last=True)
            alone.add(said)
            self._partly_scored(batch.block, alone.answers(loaded, locates=locates))
            raise WorkerFailure(worker.failure)
        if join.add(said):
            self._scored(batch.block, join.answers(loaded, locates=locates))

    def _give_up(self, reason: str, traceback: str | None) -> None:
        if self._failure is None:
            self._failure, self._traceback = reason, traceback
        self._drop_all()

    def _drop_all(self) -> None:
        for batch, _ in self._waiting.drain():
            batch.release()


class _OwnCrashes(CrashCount):
    """Counts one worker's, and in the detector's count, whose limit it is."""

    def __init__(self, all_of_them: CrashCount) -> None:
        super().__init__()
        self._all = all_of_them

    def add(self) -> int:
        super().add()
        return self._all.add()
