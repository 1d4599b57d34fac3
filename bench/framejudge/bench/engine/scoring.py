"""The scoring pass: every detector judges every labelled image once."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from framejudge.bench.engine.tabulation import columns_of
from framejudge.bench.run.columns import Answers, Columns, texts_at
from framejudge.bench.timing.environment import available_cores
from framejudge.bench.worker.child.commands import Decode, DecodedBlock, Loaded, Score, Scored
from framejudge.bench.worker.ends import WorkerFailure
from framejudge.bench.worker.isolated import IsolatedWorker, Trace
from framejudge.bench.worker.limits import Limits
from framejudge.datasets.progress import Progress
from framejudge.datasets.table.sample import Dataset
from framejudge.detectors.protocol import DEFAULT_THRESHOLD
from framejudge.detectors.registry import DetectorSpec

BLOCK_IMAGES = 64
"""Images that a worker is asked for at once: what a batch holds, where their pixels fit into memory."""


@dataclass(frozen=True, slots=True)
class ScoringNotes:
    """How the scoring pass of one detector went.

    Attributes
    ----------
    images_per_second
        Of each block, without decoding; the first is left out as warm-up where there are more.
    batch_failure
        Why ``predict_batch`` was not used on some block; None where there was no reason.
    locate_failure
        Why ``locate`` failed on some image; None where it did not.
    explains
        Whether the detector has ``explain``.
    crashes
        How many images ended its process.
    close_failure
        Why it could not be closed; None where it could.
    traces
        Where it raised or crashed first.
    """

    images_per_second: Sequence[float] = ()
    batch_failure: str | None = None
    locate_failure: str | None = None
    explains: bool = False
    crashes: int = 0
    close_failure: str | None = None
    traces: Sequence[Trace] = ()


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


def score_all(
    dataset: Dataset, specs: Sequence[DetectorSpec], *, limits: Limits, progress: Progress
) -> ScoringPass:
    """Have each detector score every labelled image once, one detector after the other, on all cores.

    Unlabelled images are decoded, for the fingerprint, and not scored. Where labels carry content boxes, the
    detectors that can are asked for theirs.
    """
    known = _KnownImages(dataset)
    columns = columns_of(dataset)
    labelled: list[int] = np.flatnonzero(columns.labelled).tolist()
    detectors = []
    for spec in specs:
        progress.begin(f"scoring {spec.name}", len(labelled))
        detectors.append(_score(spec, labelled, columns, known, limits, progress))
    known.decode_the_rest(limits)
    return ScoringPass(
        columns=replace(
            columns,
            sizes=known.sizes,
            unreadable=texts_at(known.unreadable, len(columns)),
            detectors=tuple(one.answers(columns, known.unreadable) for one in detectors),
        ),
        digests=known.digests(),
        notes={one.name: one.notes() for one in detectors},
    )


class _KnownImages:
    """Collects what workers learn about images; whichever decodes one first tells."""

    def __init__(self, dataset: Dataset) -> None:
        # Absolute: a detector may change its process's current folder.
        self._paths = [os.fspath(dataset.locate(sample).absolute()) for sample in dataset]
        self._digests: dict[int, str] = {}
        self.sizes = np.zeros((len(dataset), 2), dtype=np.int32)
        self.unreadable: dict[int, str] = {}

    def paths(self, indices: Sequence[int]) -> list[str]:
        return [self._paths[k] for k in indices]

    def readable(self, indices: Sequence[int]) -> list[int]:
        return [k for k in indices if k not in self.unreadable]

    def lack_digests(self, indices: Sequence[int]) -> bool:
        return any(k not in self._digests for k in indices)

    def note_block(self, block: Sequence[int], seen: Scored | DecodedBlock) -> None:
        """Take down what a block showed of its images."""
        unreadable = zip(block, seen.unreadable, strict=True)
        self.unreadable |= {k: why for k, why in unreadable if why is not None}
        if seen.digests is not None:
            digests = zip(block, seen.digests, strict=True)
            self._digests |= {k: digest for k, digest in digests if digest is not None}
            self.sizes[block] = np.maximum(self.sizes[block], seen.sizes)

    def decode_the_rest(self, limits: Limits) -> None:
        """Decode what no worker did: unlabelled images, and those that a failed detector left.

        In a process of its own: a picture that crashes the decoder costs itself.
        """
        left = [k for k in range(len(self._paths)) if k not in self._digests and k not in self.unreadable]
        if not left:
            return
        with IsolatedWorker(None, threads=1, limits=limits) as worker:
            for start in range(0, len(left), BLOCK_IMAGES):
                rest = left[start : start + BLOCK_IMAGES]
                while rest:
                    seen = worker.decode(Decode(self.paths(rest)))
                    done = len(seen.unreadable)
                    self.note_block(rest[:done], seen)
                    rest = rest[done:]

    def digests(self) -> list[str | None]:
        return [self._digests.get(k) for k in range(len(self._paths))]


def _score(
    spec: DetectorSpec,
    labelled: Sequence[int],
    columns: Columns,
    known: _KnownImages,
    limits: Limits,
    progress: Progress,
) -> _Said:
    cores = len(available_cores())
    said = _Said(spec.name, len(columns))
    with IsolatedWorker(spec, threads=cores, limits=limits) as worker:
        try:
            said.begin(worker.load(), columns.located)
        except WorkerFailure:
            readable = []
        else:
            readable = known.readable(labelled)
        start = 0
        while start < len(readable) and worker.failure is None:
            block = readable[start : start + BLOCK_IMAGES]
            scored = worker.score(
                Score(
                    known.paths(block),
                    decode_threads=cores,
                    digests=known.lack_digests(block),
                    locate=said.to_locate(block),
                )
            )
            said.note(block, scored)
            known.note_block(block, scored)
            progress.advance(len(block))
            start += BLOCK_IMAGES
    said.end(worker)
    return said


class _Said:
    """Collects what one detector says, block by block."""

    def __init__(self, name: str, images: int) -> None:
        self.name = name
        self.failure: str | None = None
        self._scores = np.full(images, np.nan)
        self._boxes: npt.NDArray[np.float64] | None = None
        self._located = np.zeros(images, dtype=bool)
        self._errors: dict[int, str] = {}
        self._rates: list[float] = []
        self._loaded: Loaded | None = None
        self._batch_failure: str | None = None
        self._locate_failure: str | None = None
        self._worker: IsolatedWorker | None = None

    def begin(self, loaded: Loaded, located: npt.NDArray[np.bool_]) -> None:
        """Take down what the detector offers; boxes are wanted of the images ``located``, if of any."""
        self._loaded = loaded
        if loaded.locates and located.any():
            self._located = located
            self._boxes = np.full((len(located), 4), np.nan)

    def to_locate(self, block: Sequence[int]) -> list[int]:
        """Return the positions in a block whose boxes are wanted."""
        positions: list[int] = np.flatnonzero(self._located[block]).tolist()
        return positions

    def note(self, block: Sequence[int], scored: Scored) -> None:
        self._scores[block] = scored.scores
        if self._boxes is not None:
            self._boxes[block] = np.where(scored.boxes >= 0, scored.boxes, np.nan)
        errors = zip(block, scored.errors, strict=True)
        self._errors |= {k: why for k, why in errors if why is not None}
        if count := np.isfinite(scored.scores).sum():
            self._rates.append(float(count / (scored.nanoseconds / 1e9)))
        self._batch_failure = self._batch_failure or scored.batch_failure
        self._locate_failure = self._locate_failure or scored.locate_failure

    def end(self, worker: IsolatedWorker) -> None:
        """Take down how it ended."""
        self.failure = worker.failure
        if self.failure is None and self._errors and not np.isfinite(self._scores).any():
            self.failure = f"no image got a score: {next(iter(self._errors.values()))}"
        self._worker = worker

    def answers(self, columns: Columns, unreadable: Mapping[int, str]) -> Answers:
        """Return what the detector said; a labelled image without a score gets the reason."""
        threshold = None if self._loaded is None else self._loaded.threshold
        missing: list[int] = np.flatnonzero(columns.labelled & np.isnan(self._scores)).tolist()
        why = {k: unreadable.get(k) or self._errors.get(k) or self.failure for k in missing}
        return Answers(
            self.name,
            self._scores,
            threshold=DEFAULT_THRESHOLD if threshold is None else threshold,
            threshold_source="default" if threshold is None else "tuned",
            failure=self.failure,
            errors=texts_at({k: text for k, text in why.items() if text is not None}, len(columns)),
            boxes=self._boxes,
        )

    def notes(self) -> ScoringNotes:
        """Return how it went."""
        return ScoringNotes(
            images_per_second=self._rates[1:] or self._rates,
            batch_failure=self._batch_failure,
            locate_failure=self._locate_failure,
            explains=self._loaded is not None and self._loaded.explains,
            crashes=0 if self._worker is None else self._worker.crashes,
            close_failure=None if self._worker is None else self._worker.close_failure,
            traces=() if self._worker is None else tuple(self._worker.traces),
        )
