"""Decoded images on their way to detectors, and a detector's answers on their way to a part."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from framejudge.bench.engine.pipeline.slots import Lease
from framejudge.bench.parts.blocks import Block
from framejudge.bench.parts.contents import BlockAnswers, BlockNotes
from framejudge.bench.worker.child.commands import Loaded, Score, Scored


@dataclass(frozen=True, slots=True)
class Batch:
    """Images of one block that lie in one slot together.

    Attributes
    ----------
    block
        The block that they are of.
    rows
        Which images of the block are to be scored.
    paths
        Their files.
    places
        Where each lies: first byte, height and width.
    located
        Which of them are to be located, by their positions in ``rows``.
    lease
        The slot; None where no image is to be scored.
    """

    block: Block
    rows: Sequence[int] = ()
    paths: Sequence[str] = ()
    places: Sequence[Sequence[int]] = ()
    located: Sequence[int] = ()
    lease: Lease | None = None

    def command(self, *, locate: bool) -> Score | None:
        """Return the command that has it scored; None where there is nothing to score."""
        if self.lease is None:
            return None
        located = self.located if locate else ()
        slot = self.lease.readable
        return Score(self.paths, 1, digests=False, locate=located, slot=slot, places=self.places)

    def release(self) -> None:
        """Tell that a detector is done with it."""
        if self.lease is not None:
            self.lease.release()


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A detector's answers on a batch; ``scored`` is None where there was nothing to score.

    ``first``, ``crashes`` and ``traces`` as in `framejudge.bench.parts.contents.BlockNotes`.
    """

    batch: Batch
    scored: Scored | None
    first: bool
    crashes: int
    traces: Sequence[tuple[str, str]]


class BlockJoin:
    """One detector's answers on a block, batch by batch; several threads may add some."""

    def __init__(self, block: Block) -> None:
        self._scores = np.full(len(block), np.nan)
        self._errors: list[str | None] = [None] * len(block)
        self._boxes = np.full((len(block), 4), -1, dtype=np.int32)
        self._nanoseconds = 0
        self._first = False
        self._batch_failures: dict[int, str] = {}
        self._locate_failures: dict[int, str] = {}
        self._crashes = 0
        self._traces: list[tuple[str, str]] = []
        self._missing = 0
        self._all_expected = False
        self._lock = threading.Lock()

    def expect(self, *, last: bool) -> None:
        """Count a batch that will be added: how many a block has is known once all of it is decoded."""
        with self._lock:
            self._missing += 1
            self._all_expected = last

    def add(self, said: Said) -> bool:
        """Take down the answers on a batch; True where the block is complete."""
        with self._lock:
            self._crashes += said.crashes
            self._traces += said.traces
            if (scored := said.scored) is not None:
                rows = list(said.batch.rows)
                self._scores[rows] = scored.scores
                self._boxes[rows] = scored.boxes
                for row, error in zip(rows, scored.errors, strict=True):
                    self._errors[row] = error
                self._nanoseconds += scored.nanoseconds
                self._first |= said.first
                if scored.batch_failure is not None:
                    self._batch_failures[rows[0]] = scored.batch_failure
                if scored.locate_failure is not None:
                    self._locate_failures[rows[0]] = scored.locate_failure
            self._missing -= 1
            return self._all_expected and not self._missing

    def answers(self, loaded: Loaded, *, locates: bool) -> BlockAnswers:
        """Return what the detector said of the whole block."""
        notes = BlockNotes(
            threshold=loaded.threshold,
            locates=locates,
            explains=loaded.explains,
            scored=int(np.isfinite(self._scores).sum()),
            nanoseconds=self._nanoseconds,
            first=self._first,
            batch_failure=_of_lowest(self._batch_failures),
            locate_failure=_of_lowest(self._locate_failures),
            crashes=self._crashes,
            traces=self._traces,
        )
        return BlockAnswers(scores=self._scores, errors=self._errors, boxes=self._boxes, notes=notes)


def _of_lowest(texts: Mapping[int, str]) -> str | None:
    return texts[min(texts)] if texts else None
