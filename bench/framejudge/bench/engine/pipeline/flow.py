"""The scoring pass of some detectors: blocks are decoded once, scored on all cores, and written as parts.

The parent computes nothing: its threads sleep until a worker answers, and hand on where pixels lie.
"""

from __future__ import annotations

import hashlib
import json
import queue
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from framejudge.bench.engine.pipeline.decoders import Decoders, Task
from framejudge.bench.engine.pipeline.scorers import Hosting, Scorers
from framejudge.bench.engine.pipeline.slots import ROOM_BYTES, Slots
from framejudge.bench.parts.blocks import Block
from framejudge.bench.parts.collect import Collected
from framejudge.bench.parts.contents import BlockAnswers, ImageFacts
from framejudge.bench.parts.labelled_columns import LabelledColumns
from framejudge.bench.parts.store import IMAGES, PartStore
from framejudge.bench.parts.writer import PartWriter
from framejudge.bench.run.checked.unfinished import resume_command
from framejudge.bench.timing.environment import available_cores, available_memory_kib
from framejudge.bench.worker.limits import Limits
from framejudge.bench.worker.process import PlacedSpec
from framejudge.datasets.errors import InputError
from framejudge.datasets.progress import Progress
from framejudge.detectors.registry import DetectorSpec

FEWEST_SLOTS = 3

SLOTS_MEMORY_SHARE = 0.25
SCORERS_MEMORY_SHARE = 0.5
"""What part of the available memory decoded blocks, and the detectors' processes, may fill."""


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be scored, and what was scored before.

    Attributes
    ----------
    labelled
        The set.
    blocks
        The blocks of it that this run is about.
    producers
        The folder of each detector's parts, by the detector's name.
    store
        Where parts go.
    collected
        The parts that there are; those that come are added.
    failures
        Why a detector could not go on, by its name; those that fail are added.
    tracebacks
        Where it raised then, of those that fail now.
    """

    labelled: LabelledColumns
    blocks: Sequence[Block]
    producers: Mapping[str, str]
    store: PartStore
    collected: Collected
    failures: dict[str, str]
    tracebacks: dict[str, str] = field(default_factory=dict)

    def explanations(self, name: str, images: Sequence[int]) -> Sequence[str | None] | None:
        """Return what a detector said of some images; None where it was not asked about just these."""
        return self.store.explanations(self.producers[name], self._key(images))

    def add_explanations(self, name: str, images: Sequence[int], said: Sequence[str | None]) -> None:
        """Keep what a detector said of some images.

        Raises
        ------
        InputError
            When it cannot be written.
        """
        try:
            self.store.write_explanations(self.producers[name], self._key(images), said)
        except OSError as problem:
            raise cannot_write(self.store, problem) from problem

    def _key(self, images: Sequence[int]) -> str:
        paths = [self.labelled.columns.path(k) for k in images]
        return hashlib.sha256(json.dumps(paths).encode("ascii")).hexdigest()[:16]


def score_missing(work: Work, specs: Sequence[DetectorSpec], *, limits: Limits, progress: Progress) -> None:
    """Have some detectors, which live in one environment, score the blocks that they have not scored.

    Blocks without facts are decoded in any case.

    Raises
    ------
    InputError
        When parts cannot be written.
    """
    cores = len(available_cores())
    with Slots(_affordable_slots(2 * cores + 2)) as slots:
        hosting = Hosting(
            limits=limits,
            slots=slots.readable,
            most=cores,
            memory_share=SCORERS_MEMORY_SHARE / max(1, len(specs)),
        )
        _Pipeline(work, specs, slots, hosting).run(progress)


def cannot_write(store: PartStore, problem: OSError) -> InputError:
    """Return the error for parts that the disk does not take."""
    command = resume_command(store.folder.parent)
    return InputError(
        f"parts cannot be written: {problem.strerror or problem}",
        where=store.folder,
        fix=f"make room or give the right to write, and go on with `{command}`",
    )


def _affordable_slots(most: int) -> int:
    available_kib = available_memory_kib()
    if available_kib is None:
        return most
    return max(FEWEST_SLOTS, min(most, int(available_kib * SLOTS_MEMORY_SHARE) // (ROOM_BYTES // 1024)))


@dataclass(frozen=True, slots=True)
class _FactsWritten:
    block: Block
    facts: ImageFacts


@dataclass(frozen=True, slots=True)
class _AnswersWritten:
    name: str
    block: Block
    answers: BlockAnswers


@dataclass(frozen=True, slots=True)
class _PartlyAnswered:
    name: str
    block: Block
    answers: BlockAnswers


@dataclass(frozen=True, slots=True)
class _GivenUp:
    name: str
    reason: str
    traceback: str | None


@dataclass(frozen=True, slots=True)
class _Broken:
    problem: BaseException


_Event = _FactsWritten | _AnswersWritten | _PartlyAnswered | _GivenUp | _Broken


class _Pipeline:
    """Decoders, scorers and the writer, and what they tell the one thread that counts and collects."""

    def __init__(self, work: Work, specs: Sequence[DetectorSpec], slots: Slots, hosting: Hosting) -> None:
        self._work = work
        self._events: queue.SimpleQueue[_Event] = queue.SimpleQueue()
        self._writer = PartWriter(self._break)
        self._scorers = [self._host(spec, hosting) for spec in specs]
        collected = work.collected
        self._missing = {
            IMAGES: {one.number for one in work.blocks if not collected.has_facts(one)},
            **{
                spec.name: {one.number for one in work.blocks if not collected.has_answers(spec.name, one)}
                for spec in specs
            },
        }
        tasks = [
            Task(
                block,
                needs_facts=block.number in self._missing[IMAGES],
                scorers=[one for one in self._scorers if block.number in self._missing[one.name]],
            )
            for block in work.blocks
        ]
        self._decoders = Decoders(
            _environment_of(specs),
            work.labelled,
            [task for task in tasks if task.needs_facts or task.scorers],
            slots,
            hosting.most,
            decoded=self._write_facts,
            broken=self._break,
        )

    def run(self, progress: Progress) -> None:
        """Do all of it; on any exception end every process first."""
        names = [one.name for one in self._scorers]
        total = sum(len(self._missing[name]) for name in names)
        labelled = self._work.labelled.columns.labelled
        progress.begin(f"scoring {', '.join(names)}" if total else "decoding", self._images_missing(names))
        with self._writer:
            try:
                self._decoders.start()
                while any(self._missing.values()):
                    event = self._events.get()
                    self._note(event)
                    if isinstance(event, _AnswersWritten):
                        progress.advance(int(labelled[event.block.rows].sum()))
            except BaseException:
                self._decoders.stop()
                for scorers in self._scorers:
                    scorers.stop()
                raise
            finally:
                self._decoders.join()
                for scorers in self._scorers:
                    scorers.finish()
                    scorers.join()

    def _images_missing(self, names: Sequence[str]) -> int:
        labelled = self._work.labelled.columns.labelled
        return sum(
            int(labelled[block.rows].sum())
            for name in names
            for block in self._work.blocks
            if block.number in self._missing[name]
        )

    def _note(self, event: _Event) -> None:
        """Take down what a thread tells."""
        match event:
            case _FactsWritten(block, facts):
                self._work.collected.add_facts(block, facts)
                self._missing[IMAGES].discard(block.number)
            case _AnswersWritten(name, block, answers):
                self._work.collected.add_answers(name, block, answers)
                self._missing[name].discard(block.number)
            case _PartlyAnswered(name, block, answers):
                self._work.collected.add_some_answers(name, block, answers)
            case _GivenUp(name, reason, traceback):
                self._work.failures[name] = reason
                if traceback is not None:
                    self._work.tracebacks[name] = traceback
                self._missing[name].clear()
            case _Broken(OSError() as problem):
                raise cannot_write(self._work.store, problem) from problem
            case _Broken(problem):
                raise problem

    def _host(self, spec: DetectorSpec, hosting: Hosting) -> Scorers:
        name = spec.name

        def scored(block: Block, answers: BlockAnswers) -> None:
            file = self._work.store.file(self._work.producers[name], block)
            event = _AnswersWritten(name, block, answers)
            self._writer.write(file, answers.part(), lambda: self._events.put(event))

        def failed(reason: str, traceback: str | None) -> None:
            self._writer.after_all(lambda: self._events.put(_GivenUp(name, reason, traceback)))

        def partly_scored(block: Block, answers: BlockAnswers) -> None:
            self._events.put(_PartlyAnswered(name, block, answers))

        return Scorers(
            spec,
            hosting,
            locates=bool(self._work.labelled.columns.located.any()),
            crashes=self._work.collected.crashes(name),
            scored=scored,
            partly_scored=partly_scored,
            failed=failed,
            broken=self._break,
        )

    def _write_facts(self, block: Block, facts: ImageFacts) -> None:
        file = self._work.store.file(IMAGES, block)
        self._writer.write(file, facts.part(), lambda: self._events.put(_FactsWritten(block, facts)))

    def _break(self, problem: BaseException) -> None:
        self._events.put(_Broken(problem))


def _environment_of(specs: Sequence[DetectorSpec]) -> PlacedSpec | None:
    """Return where some detectors live, if not here: an old version decodes its own way."""
    for spec in specs:
        if isinstance(spec, PlacedSpec):
            return replace(spec, name="decoder", target="")
    return None
