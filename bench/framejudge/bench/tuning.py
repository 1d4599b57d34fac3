"""Fit canny's boosted trees to a labelled set: measure its images, fit, record what was fitted to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from framejudge.datasets.errors import InputError
from framejudge.datasets.images.decode import UnreadableImage, decode_image
from framejudge.datasets.images.fingerprint import (
    UNREADABLE,
    image_digest,
    images_fingerprint,
    labels_fingerprint,
)
from framejudge.datasets.lifetime import end_with_parent
from framejudge.datasets.progress import Progress, Silence
from framejudge.datasets.table.sample import Dataset, Sample
from framejudge.detectors.canny.fitting import Example, Fit, fit, make_example

BLOCK = 50
"""Images that go to a process at a time."""

WORTH_PROCESSES = 500
"""Fewer images are measured sooner than processes start."""


@dataclass(frozen=True, slots=True)
class Tuned:
    """A fit, and the images that had to be left out, each with its reason."""

    fit: Fit
    unreadable: tuple[str, ...]


class _Measured(NamedTuple):
    digest: str
    example: Example | None
    problem: str = ""


def tune_canny(dataset: Dataset, *, seed: int = 0, progress: Progress | None = None) -> Tuned:
    """Fit canny's boosted trees to a labelled set.

    Raises
    ------
    InputError
        When the set cannot be tuned on: too few groups, one label only, no content boxes.
    """
    progress = progress or Silence()
    labelled = [sample for sample in dataset if sample.label is not None]
    if not labelled:
        raise InputError("no image has a label", where=dataset.root, fix="label some as framed or plain")
    measured = []
    progress.begin("measure", len(labelled))
    for one in _measure_all(dataset.root, labelled):
        measured.append(one)
        progress.advance(1)
    examples = [one.example for one in measured if one.example is not None]
    framed = sum(example.framed for example in examples)
    provenance = {
        "dataset": dataset.name,
        "images_fingerprint": images_fingerprint(
            (sample.path, one.digest) for sample, one in zip(labelled, measured, strict=True)
        ),
        "labels_fingerprint": labels_fingerprint(dataset),
        "images": len(examples),
        "framed": framed,
        "plain": len(examples) - framed,
        "groups": len({example.group for example in examples}),
        "date": datetime.now(UTC).date().isoformat(),
        "seed": seed,
        "framejudge": version("framejudge"),
        "scikit-learn": version("scikit-learn"),
    }
    progress.begin("grow the trees", 1)
    fitted = fit(examples, provenance, seed=seed)
    progress.advance(1)
    return Tuned(fitted, tuple(one.problem for one in measured if one.problem))


def _measure_all(root: Path, samples: list[Sample]) -> Iterator[_Measured]:
    measure = partial(_measure, root)
    if len(samples) < WORTH_PROCESSES:
        yield from map(measure, samples)
        return
    # Spawned, not forked: OpenCV's threads do not survive a fork.
    with ProcessPoolExecutor(
        os.cpu_count(), mp_context=get_context("spawn"), initializer=end_with_parent
    ) as processes:
        yield from processes.map(measure, samples, chunksize=BLOCK)


def _measure(root: Path, sample: Sample) -> _Measured:
    try:
        image = decode_image(root / sample.path)
    except UnreadableImage as problem:
        return _Measured(UNREADABLE, None, str(problem))
    example = make_example(
        image, framed=sample.label == "framed", content_box=sample.content_box, group=sample.group
    )
    return _Measured(image_digest(image), example)
