"""The scoring pass: every detector judges every labelled image once."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from framejudge.bench.figures.localisation import BoxTruth
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
class Images:
    """What decoding told about a set's images, in the set's order.

    Attributes
    ----------
    digests
        Of the decoded pixels; None for an unreadable image.
    sizes
        Shape (n, 2), int32: width and height in pixels, -1 for an unreadable image.
    unreadable
        Why, by the image's index.
    """

    digests: Sequence[str | None]
    sizes: npt.NDArray[np.int32]
    unreadable: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Scores:
    """What one detector said.

    Attributes
    ----------
    scores
        Shape (n,), float64, in the set's order; NaN where there is none.
    errors
        Why a readable image has no score, by the image's index.
    threshold
        The detector's own; None where it brings none.
    failure
        Why the detector could not go on; None where it could.
    images_per_second
        Of each block, without decoding; the first is left out as warm-up where there are more.
    batch_failure
        Why ``predict_batch`` was not used on some block; None where there was no reason.
    boxes
        Shape (n, 4), float64: the content box in pixels (left, top, right, bottom) of images judged framed,
        where labels let it be judged; NaN elsewhere. None for a detector that does not locate.
    locate_failure
        Why ``locate`` failed on some image; None where it did not.
    explains
        Whether the detector has ``explain``.
    """

    scores: npt.NDArray[np.float64]
    errors: Mapping[int, str] = field(default_factory=dict)
    threshold: float | None = None
    failure: str | None = None
    images_per_second: Sequence[float] = ()
    batch_failure: str | None = None
    boxes: npt.NDArray[np.float64] | None = None
    locate_failure: str | None = None
    explains: bool = False

    @property
    def decision_threshold(self) -> float:
        """The detector's own threshold, or the default."""
        return DEFAULT_THRESHOLD if self.threshold is None else self.threshold


@dataclass(frozen=True, slots=True)
class ScoringPass:
    """Every detector's scores by its name, and what was learnt about the images on the way."""

    detectors: Mapping[str, Scores]
    images: Images


def score_all(
    dataset: Dataset, specs: Sequence[DetectorSpec], *, timeout_s: float, progress: Progress
) -> ScoringPass:
    """Have each detector score every labelled image once, one detector after the other, on all cores.

    Undecided images are decoded, for the fingerprint, and not scored. Where labels carry content boxes, the
    detectors that can are asked for theirs.
    """
    known = _KnownImages(dataset)
    located = BoxTruth.of(dataset).judged
    labelled = [k for k, sample in enumerate(dataset) if sample.label is not None]
    detectors = {}
    for spec in specs:
        progress.begin(f"scoring {spec.name}", len(labelled))
        detectors[spec.name] = _score(dataset, spec, labelled, located, known, timeout_s, progress)
    known.decode_the_rest()
    return ScoringPass(detectors, known.freeze())


class _KnownImages:
    """Collects what workers learn about images; whichever decodes one first tells."""

    def __init__(self, dataset: Dataset) -> None:
        # Absolute: a detector may change its process's current folder.
        self._paths = [os.fspath(dataset.locate(sample).absolute()) for sample in dataset]
        self._digests: dict[int, str] = {}
        self._sizes = np.full((len(dataset), 2), -1, dtype=np.int32)
        self._unreadable: dict[int, str] = {}

    def paths(self, indices: Sequence[int]) -> list[str]:
        return [self._paths[k] for k in indices]

    def readable(self, indices: Sequence[int]) -> list[int]:
        return [k for k in indices if k not in self._unreadable]

    def lack_digests(self, indices: Sequence[int]) -> bool:
        return any(k not in self._digests for k in indices)

    def note_block(self, block: Sequence[int], scored: Scored) -> None:
        """Take down what a block showed of its images."""
        unreadable = zip(block, scored.unreadable, strict=True)
        self._unreadable |= {k: why for k, why in unreadable if why is not None}
        if scored.digests is not None:
            digests = zip(block, scored.digests, strict=True)
            self._digests |= {k: digest for k, digest in digests if digest is not None}
            self._sizes[block] = scored.sizes

    def decode_the_rest(self) -> None:
        """Decode what no worker did: undecided images, and those that a failed detector left."""
        left = [k for k in range(len(self._paths)) if k not in self._digests and k not in self._unreadable]
        with ThreadPoolExecutor(len(available_cores())) as pool:
            for _ in pool.map(self._decode, left):
                pass

    def _decode(self, k: int) -> None:
        try:
            image = decode_image(self._paths[k])
        except UnreadableImage as problem:
            self._unreadable[k] = problem.what
        else:
            self._digests[k] = image_digest(image)
            self._sizes[k] = image.shape[1::-1]

    def freeze(self) -> Images:
        digests = [self._digests.get(k) for k in range(len(self._paths))]
        return Images(digests, self._sizes, dict(sorted(self._unreadable.items())))


def _score(
    dataset: Dataset,
    spec: DetectorSpec,
    labelled: Sequence[int],
    located: npt.NDArray[np.bool_],
    known: _KnownImages,
    timeout_s: float,
    progress: Progress,
) -> Scores:
    cores = len(available_cores())
    said = _Said(len(dataset))
    try:
        with WorkerProcess(spec, threads=cores, timeout_s=timeout_s) as process:
            said.begin(process.load(), located)
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
    return said.freeze()


class _Said:
    """Collects what one detector says, block by block."""

    def __init__(self, images: int) -> None:
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

    def freeze(self) -> Scores:
        return Scores(
            self._scores,
            self._errors,
            threshold=None if self._loaded is None else self._loaded.threshold,
            failure=self.failure,
            images_per_second=self._rates[1:] or self._rates,
            batch_failure=self._batch_failure,
            boxes=self._boxes,
            locate_failure=self._locate_failure,
            explains=self._loaded is not None and self._loaded.explains,
        )


def next_block_size(sizes: npt.NDArray[np.int32]) -> int:
    """Return how many images like these fit into a block.

    Parameters
    ----------
    sizes
        Shape (n, 2): width and height in pixels, -1 for an unreadable image.
    """
    pixels = sizes[sizes[:, 0] > 0].astype(np.int64).prod(axis=1)
    if not len(pixels):
        return FIRST_BLOCK_IMAGES
    return int(np.clip(BLOCK_PIXELS // pixels.mean(), 1, BLOCK_IMAGES))
