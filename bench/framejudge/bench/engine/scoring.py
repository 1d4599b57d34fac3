"""The scoring pass: every detector judges every labelled image once."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from framejudge.bench.engine.tabulation import columns_of
from framejudge.bench.run.columns import Answers, Columns, texts_at
from framejudge.bench.timing.environment import available_cores
from framejudge.bench.worker.child.commands import Loaded, Score, Scored
from framejudge.bench.worker.process import WorkerFailure, WorkerProcess
from framejudge.datasets.images.decode import UnreadableImage, decode_image
from framejudge.datasets.images.fingerprint import image_digest
from framejudge.datasets.progress import Progress
from framejudge.datasets.table.sample import Dataset
from framejudge.detectors.protocol import DEFAULT_THRESHOLD
from framejudge.detectors.registry import DetectorSpec

BLOCK_IMAGES = 64
"""Images that a worker decodes and scores at once: what a batch holds."""

FIRST_BLOCK_IMAGES = 8
"""Nobody knows yet how large the images are; it serves as warm-up, too."""

BLOCK_PIXELS = 2**26
"""What the images of one block come to at most, if they are like those before them: 192 MiB."""


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
    """

    images_per_second: Sequence[float] = ()
    batch_failure: str | None = None
    locate_failure: str | None = None
    explains: bool = False


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
    dataset: Dataset, specs: Sequence[DetectorSpec], *, timeout_s: float, progress: Progress
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
        detectors.append(_score(spec, labelled, columns, known, timeout_s, progress))
    known.decode_the_rest()
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

    def note_block(self, block: Sequence[int], scored: Scored) -> None:
        """Take down what a block showed of its images."""
        unreadable = zip(block, scored.unreadable, strict=True)
        self.unreadable |= {k: why for k, why in unreadable if why is not None}
        if scored.digests is not None:
            digests = zip(block, scored.digests, strict=True)
            self._digests |= {k: digest for k, digest in digests if digest is not None}
            self.sizes[block] = np.maximum(scored.sizes, 0)

    def decode_the_rest(self) -> None:
        """Decode what no worker did: unlabelled images, and those that a failed detector left."""
        left = [k for k in range(len(self._paths)) if k not in self._digests and k not in self.unreadable]
        with ThreadPoolExecutor(len(available_cores())) as pool:
            for _ in pool.map(self._decode, left):
                pass

    def _decode(self, k: int) -> None:
        try:
            image = decode_image(self._paths[k])
        except UnreadableImage as problem:
            self.unreadable[k] = problem.what
        else:
            self._digests[k] = image_digest(image)
            self.sizes[k] = image.shape[1::-1]

    def digests(self) -> list[str | None]:
        return [self._digests.get(k) for k in range(len(self._paths))]


def _score(
    spec: DetectorSpec,
    labelled: Sequence[int],
    columns: Columns,
    known: _KnownImages,
    timeout_s: float,
    progress: Progress,
) -> _Said:
    cores = len(available_cores())
    said = _Said(spec.name, len(columns))
    try:
        with WorkerProcess(spec, threads=cores, timeout_s=timeout_s) as process:
            said.begin(process.load(), columns.located)
            readable = known.readable(labelled)
            start, size = 0, FIRST_BLOCK_IMAGES
            while start < len(readable):
                block = readable[start : start + size]
                scored = process.ask(
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
                start, size = start + size, next_block_size(scored.sizes)
    except WorkerFailure as problem:
        said.failure = str(problem)
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
        )


def next_block_size(sizes: npt.NDArray[np.int32]) -> int:
    """Return how many images like these fit into a block.

    Parameters
    ----------
    sizes
        Shape (n, 2): width and height in pixels, not above 0 for an unreadable image.
    """
    pixels = sizes[sizes[:, 0] > 0].astype(np.int64).prod(axis=1)
    if not len(pixels):
        return FIRST_BLOCK_IMAGES
    return int(np.clip(BLOCK_PIXELS // pixels.mean(), 1, BLOCK_IMAGES))
