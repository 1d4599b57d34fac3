"""Small copies of the images that a reader will want to see, so that a report can be made anywhere."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, zip_longest

import numpy as np
import numpy.typing as npt
import PIL.Image
import pyarrow as pa

from framejudge.bench.engine.scoring import Scores
from framejudge.bench.figures.localisation import BoxTruth, worst_located
from framejudge.bench.figures.quality import Truth
from framejudge.bench.run import tables
from framejudge.datasets.images.decode import UnreadableImage, decode_image
from framejudge.datasets.table.sample import Dataset

SIDE_PX = 256
"""A band of 1 % of the side must still be seen."""
JPEG_QUALITY = 80
OF_EACH_KIND = 60
"""Mistakes of one detector, and disagreements of one pair."""
MAX_IMAGES = 480
MAX_BYTES = 8 * 2**20


def choose(truth: Truth, detectors: Mapping[str, Scores], box_truth: BoxTruth | None = None) -> list[int]:
    """Return the most interesting images: each detector's surest mistakes, each pair's widest disagreements.

    Its worst boxes too, where the true ones are given. Kinds take turns, so that a budget cuts all of them
    alike.
    """
    complete = [scores for scores in detectors.values() if scores.failure is None]
    kinds = [_worst_mistakes(truth, scores) for scores in complete]
    kinds += [_disagreements(truth, a, b) for a, b in combinations(complete, 2)]
    if box_truth is not None:
        located = [scores.boxes for scores in complete if scores.boxes is not None]
        kinds += [worst_located(box_truth, boxes)[:OF_EACH_KIND] for boxes in located]
    kinds += [sorted(scores.errors)[:OF_EACH_KIND] for scores in complete]
    in_turns = (k for turn in zip_longest(*kinds) for k in turn if k is not None)
    return list(dict.fromkeys(in_turns))[:MAX_IMAGES]


def make_thumbnails(dataset: Dataset, indices: Sequence[int]) -> pa.Table:
    """Return JPEGs of at most 160 px a side, in order, as many as 3 MiB hold."""
    return pa.Table.from_pylist(list(_within_budget(dataset, indices)), schema=tables.THUMBNAILS)


def _within_budget(dataset: Dataset, indices: Sequence[int]) -> Iterator[dict[str, object]]:
    left = MAX_BYTES
    for k in indices:
        sample = dataset.samples[k]
        try:
            picture = PIL.Image.fromarray(decode_image(dataset.locate(sample)))
        except UnreadableImage:  # it could be read a moment ago: somebody changes the set
            continue
        picture.thumbnail((SIDE_PX, SIDE_PX))
        encoded = io.BytesIO()
        picture.save(encoded, "JPEG", quality=JPEG_QUALITY)
        left -= encoded.tell()
        if left < 0:
            return
        width, height = picture.size
        yield {"path": sample.path, "jpeg": encoded.getvalue(), "width": width, "height": height}


def _worst_mistakes(truth: Truth, scores: Scores) -> list[int]:
    distance = scores.scores - scores.decision_threshold
    wrong = truth.decided & np.isfinite(distance) & ((distance >= 0) != truth.framed)
    return _largest(np.abs(distance), wrong)


def _disagreements(truth: Truth, a: Scores, b: Scores) -> list[int]:
    says_a, says_b = (one.scores >= one.decision_threshold for one in (a, b))
    gap = np.abs(a.scores - b.scores)
    return _largest(gap, truth.decided & np.isfinite(gap) & (says_a != says_b))


def _largest(values: npt.NDArray[np.float64], among: npt.NDArray[np.bool_]) -> list[int]:
    indices = np.flatnonzero(among)
    order = np.argsort(-values[indices], kind="stable")
    return [int(k) for k in indices[order][:OF_EACH_KIND]]
