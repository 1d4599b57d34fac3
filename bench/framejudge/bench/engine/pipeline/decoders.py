"""The processes that decode, each with a thread here that sleeps until its answer comes."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from framejudge.bench.engine.pipeline.batch import Batch, BlockJoin
from framejudge.bench.engine.pipeline.scorers import Scorers
from framejudge.bench.engine.pipeline.slots import ROOM_BYTES, Lease, Slots
from framejudge.bench.parts.blocks import Block
from framejudge.bench.parts.contents import ImageFacts
from framejudge.bench.parts.labelled_columns import LabelledColumns
from framejudge.bench.worker.child.commands import Decode, DecodedBlock
from framejudge.bench.worker.ends import WorkerFailure
from framejudge.bench.worker.isolated import IsolatedWorker
from framejudge.bench.worker.limits import Limits
from framejudge.bench.worker.process import PlacedSpec
from framejudge.datasets.errors import InputError

LIMITS = Limits(timeout_s=300.0, crashes=sys.maxsize)
"""Of a decoder: each picture that crashes it costs itself, and detectors' limits are another thing."""


@dataclass(frozen=True, slots=True)
class Task:
    """A block to be decoded.

    Attributes
    ----------
    block
        The block.
    needs_facts
        Whether nobody has written down what its images are.
    scorers
        The detectors that have not answered about it.
    """

    block: Block
    needs_facts: bool
    scorers: Sequence[Scorers]

    @property
    def is_wanted(self) -> bool:
        """Whether anybody still needs it."""
        return self.needs_facts or any(one.is_able for one in self.scorers)


class Decoders:
    """Decode blocks once for all detectors, in as many processes as there are free slots for.

    Parameters
    ----------
    spec
        Says in which environment they live; None for the parent's.
    most
        Processes at most.
    decoded
        Called with the facts about a block that needs them.
    broken
        Called with what nobody expected.
    """

    def __init__(
        self,
        spec: PlacedSpec | None,
        labelled: LabelledColumns,
        tasks: Sequence[Task],
        slots: Slots,
        most: int,
        *,
        decoded: Callable[[Block, ImageFacts], None],
        broken: Callable[[BaseException], None],
    ) -> None:
        self._spec, self._labelled, self._slots, self._most = spec, labelled, slots, most
        self._decoded, self._broken = decoded, broken
        self._tasks: Iterator[Task] = iter(tasks)
        self._left = len(tasks)
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._decoding: list[IsolatedWorker] = []
        self._stopping = False

    def start(self) -> None:
        """Start the first process; it starts others."""
        self._grow()

    def stop(self) -> None:
        """End the processes now."""
        self._stopping = True
        self._slots.close()
        with self._lock:
            decoding = list(self._decoding)
        for one in decoding:
            one.interrupt()

    def join(self) -> None:
        """Wait until the threads have ended; there may be more of them while one waits."""
        for thread in self._threads:
            thread.join()

    def _grow(self) -> None:
        with self._lock:
            if self._left and len(self._threads) < self._most:
                thread = threading.Thread(target=self._work, name="decoder", daemon=True)
                self._threads.append(thread)
                thread.start()

    def _next(self) -> Task | None:
        with self._lock:
            for task in self._tasks:
                self._left -= 1
                if task.is_wanted:
                    return None if self._stopping else task
        return None

    def _work(self) -> None:
        try:
            with IsolatedWorker(
                self._spec, threads=1, limits=LIMITS, slots=self._slots.descriptors
            ) as worker:
                with self._lock:
                    self._decoding.append(worker)
                while (task := self._next()) is not None:
                    if self._slots.free:
                        self._grow()
                    self._decode(worker, task)
        except BaseException as problem:
            self._broken(problem)

    def _decode(self, worker: IsolatedWorker, task: Task) -> None:
        """Decode a block, slot by slot, and hand each slot to the detectors."""
        block = task.block
        images = range(block.rows.start, block.rows.stop)
        paths = [self._labelled.file(k) for k in images]
        joins = [(one, BlockJoin(block)) for one in task.scorers if one.is_able]
        pieces: list[DecodedBlock] = []
        done = 0
        while done < len(paths):
            lease = self._slots.lease()
            if lease is None:
                return
            command = Decode(paths[done:], lease.descriptor, ROOM_BYTES, digests=task.needs_facts)
            piece = worker.decode(command)
            self._check(piece, worker, paths[done])
            batch = self._batch(block, piece, done, paths, lease)
            done += len(piece.starts)
            for scorers, join in joins:
                join.expect(last=done == len(paths))
                if batch.lease is not None:
                    batch.lease.share()
                scorers.offer(batch, join)
            lease.release()
            pieces.append(piece)
        if task.needs_facts:
            self._decoded(block, _facts(pieces))

    def _check(self, piece: DecodedBlock, worker: IsolatedWorker, path: str) -> None:
        """Refuse to go on where memory ran out: that says nothing about the picture."""
        if piece.starved:
            raise InputError(
                "memory ran out while it was decoded, alone and in a new process",
                where=path,
                fix="make memory free, and go on with `bench run --resume`",
            )
        if worker.failure is not None:
            raise WorkerFailure(f"the decoder failed: {worker.failure}")

    def _batch(
        self, block: Block, piece: DecodedBlock, done: int, paths: Sequence[str], lease: Lease
    ) -> Batch:
        """Return the labelled images of a piece that could be read, as detectors get them."""
        first = block.rows.start + done
        here = slice(first, first + len(piece.starts))
        wanted: list[int] = np.flatnonzero(
            self._labelled.columns.labelled[here] & (piece.starts >= 0)
        ).tolist()
        if not wanted:
            return Batch(block)
        located = self._labelled.columns.located[here]
        return Batch(
            block,
            rows=[done + k for k in wanted],
            paths=[paths[done + k] for k in wanted],
            places=[[int(piece.starts[k]), int(piece.sizes[k, 1]), int(piece.sizes[k, 0])] for k in wanted],
            located=[position for position, k in enumerate(wanted) if located[k]],
            lease=lease,
        )


def _facts(pieces: Sequence[DecodedBlock]) -> ImageFacts:
    return ImageFacts(
        digests=[digest for piece in pieces for digest in piece.digests or ()],
        unreadable=[why for piece in pieces for why in piece.unreadable],
        sizes=np.maximum(np.concatenate([piece.sizes for piece in pieces]), 0),
        files=np.concatenate([piece.files for piece in pieces]),
    )
