"""Parts put together: the per-image table, digests and notes, the same way for every run.

A fresh run, one that goes on, a shard and a merged run add the same blocks to the same columns; the order in
which they come decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from framejudge.bench.parts.blocks import Block
from framejudge.bench.parts.contents import BlockAnswers, BlockNotes, ImageFacts
from framejudge.bench.run.columns import DEFAULT_THRESHOLD, Answers, Columns, texts_at


@dataclass(frozen=True, slots=True)
class ScoringNotes:
    """How the scoring pass of one detector went.

    Attributes
    ----------
    images_per_second
        Of each block, in one process and without decoding; blocks that were some process's first are left
        out as warm-up where there are others.
    batch_failure
        Why ``predict_batch`` was not used on some block; None where there was no reason.
    locate_failure
        Why ``locate`` failed on some image; None where it did not.
    explains
        Whether the detector has ``explain``.
    crashes
        How many images ended its process.
    traces
        Paths of images, and where it raised or crashed on them: of its first failures only.
    """

    images_per_second: Sequence[float] = ()
    batch_failure: str | None = None
    locate_failure: str | None = None
    explains: bool = False
    crashes: int = 0
    traces: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class ScoringPass:
    """What every detector said, what was learnt about the images on the way, and how it went.

    Attributes
    ----------
    columns
        With every detector's answers.
    digests
        Of the decoded pixels of each image; None for an unreadable one.
    notes
        By detector.
    """

    columns: Columns
    digests: Sequence[str | None]
    notes: Mapping[str, ScoringNotes]


class Collected:
    """The parts that there are so far, as columns.

    Parameters
    ----------
    columns
        The set's images and labels.
    names
        The detectors, in the run's order.
    """

    def __init__(self, columns: Columns, names: Sequence[str]) -> None:
        self._columns = columns
        self._images = _Images(len(columns))
        self._said = {name: _Said(columns) for name in names}

    def add_facts(self, block: Block, facts: ImageFacts) -> None:
        """Take down what decoding a block showed."""
        self._images.add(block, facts)

    def add_answers(self, name: str, block: Block, answers: BlockAnswers) -> None:
        """Take down what a detector said of a block."""
        self._said[name].add(block, answers)

    def add_some_answers(self, name: str, block: Block, answers: BlockAnswers) -> None:
        """Take down what a detector said of a block before it failed; the block still counts as missing."""
        self._said[name].add_some(block, answers)

    def crashes(self, name: str) -> int:
        """Return how many images ended a detector's process."""
        return sum(notes.crashes for notes in self._said[name].notes.values())

    def has_facts(self, block: Block) -> bool:
        """Whether a block was decoded."""
        return block.number in self._images.blocks

    def has_answers(self, name: str, block: Block) -> bool:
        """Whether a detector has scored a block."""
        return block.number in self._said[name].notes

    def is_complete(self, blocks: Sequence[Block]) -> bool:
        """Whether every detector has scored each of some blocks."""
        return all(
            self.has_facts(block) and all(self.has_answers(name, block) for name in self._said)
            for block in blocks
        )

    def changed(self, files: Iterator[tuple[int, int]]) -> int | None:
        """Return the first image whose file is not what it was when it was decoded; None where all are.

        Parameters
        ----------
        files
            Bytes and time of the last change of each image's file as they are now, in the set's order.
        """
        now = np.fromiter(files, dtype=np.dtype((np.int64, 2)), count=len(self._columns))
        other = self._images.decoded & (now != self._images.files).any(axis=1)
        return int(np.argmax(other)) if other.any() else None

    def scoring_pass(self, failures: Mapping[str, str]) -> ScoringPass:
        """Return all of it.

        Parameters
        ----------
        failures
            Why a detector could not go on, by its name.
        """
        unreadable = self._images.unreadable
        return ScoringPass(
            columns=replace(
                self._columns,
                sizes=self._images.sizes,
                unreadable=texts_at(unreadable, len(self._columns)),
                detectors=tuple(
                    said.answers(name, self._columns, unreadable, failures.get(name))
                    for name, said in self._said.items()
                ),
            ),
            digests=self._images.digests(),
            notes={name: said.scoring_notes() for name, said in self._said.items()},
        )


class _Images:
    """What decoding showed of a number of images."""

    def __init__(self, images: int) -> None:
        self.blocks: set[int] = set()
        self.sizes = np.zeros((images, 2), dtype=np.int32)
        self.files = np.full((images, 2), -1, dtype=np.int64)
        self.decoded = np.zeros(images, dtype=bool)
        self.unreadable: dict[int, str] = {}
        self._digests = np.zeros((images, 32), dtype=np.uint8)

    def add(self, block: Block, facts: ImageFacts) -> None:
        self.blocks.add(block.number)
        self.sizes[block.rows] = facts.sizes
        self.files[block.rows] = facts.files
        self.decoded[block.rows] = True
        for k, (digest, why) in enumerate(zip(facts.digests, facts.unreadable, strict=True)):
            if why is not None:
                self.unreadable[block.rows.start + k] = why
            if digest is not None:
                self._digests[block.rows.start + k] = np.frombuffer(bytes.fromhex(digest), np.uint8)

    def digests(self) -> list[str | None]:
        return [
            row.tobytes().hex() if known and k not in self.unreadable else None
            for k, (row, known) in enumerate(zip(self._digests, self.decoded.tolist(), strict=True))
        ]


class _Said:
    """What one detector said."""

    def __init__(self, columns: Columns) -> None:
        self.notes: dict[int, BlockNotes] = {}
        self.scores = np.full(len(columns), np.nan)
        self.boxes = np.full((len(columns), 4), np.nan) if columns.located.any() else None
        self.errors: dict[int, str] = {}
        self.threshold: float | None = None
        self.locates = False

    def add(self, block: Block, answers: BlockAnswers) -> None:
        self.notes[block.number] = answers.notes
        self.add_some(block, answers)

    def add_some(self, block: Block, answers: BlockAnswers) -> None:
        self.threshold = answers.notes.threshold
        self.locates = answers.notes.locates
        self.scores[block.rows] = answers.scores
        if self.boxes is not None:
            self.boxes[block.rows] = np.where(answers.boxes >= 0, answers.boxes, np.nan)
        start = block.rows.start
        self.errors |= {start + k: why for k, why in enumerate(answers.errors) if why is not None}

    def in_order(self) -> list[BlockNotes]:
        return [self.notes[number] for number in sorted(self.notes)]

    def answers(
        self, name: str, columns: Columns, unreadable: Mapping[int, str], failure: str | None
    ) -> Answers:
        """Return what the detector said; a labelled image without a score gets the reason, if any."""
        if failure is None and self.errors and not np.isfinite(self.scores).any():
            failure = f"no image got a score: {self.errors[min(self.errors)]}"
        threshold = self.threshold
        missing: list[int] = np.flatnonzero(columns.labelled & np.isnan(self.scores)).tolist()
        why = {k: unreadable.get(k) or self.errors.get(k) or failure for k in missing}
        return Answers(
            name,
            self.scores,
            threshold=DEFAULT_THRESHOLD if threshold is None else threshold,
            threshold_source="default" if threshold is None else "tuned",
            failure=failure,
            errors=texts_at({k: text for k, text in why.items() if text is not None}, len(columns)),
            boxes=self.boxes if self.locates else None,
        )

    def scoring_notes(self) -> ScoringNotes:
        """Return how it went."""
        blocks = self.in_order()
        rates = [(one.first, one.scored / (one.nanoseconds / 1e9)) for one in blocks if one.scored]
        steady = [rate for first, rate in rates if not first]
        return ScoringNotes(
            images_per_second=steady or [rate for _, rate in rates],
            batch_failure=next((one.batch_failure for one in blocks if one.batch_failure), None),
            locate_failure=next((one.locate_failure for one in blocks if one.locate_failure), None),
            explains=any(one.explains for one in blocks),
            crashes=sum(one.crashes for one in blocks),
            traces=[trace for one in blocks for trace in one.traces],
        )
