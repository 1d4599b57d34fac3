"""Small copies of the images that a reader will want to see, so that a report can be made anywhere."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, zip_longest
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import PIL.Image
import pyarrow as pa

from framejudge.bench.engine.sparingly import each_sparingly
from framejudge.bench.figures.localisation import worst_located
from framejudge.bench.run import tables
from framejudge.bench.run.columns import Answers, Columns
from framejudge.bench.timing.environment import available_cores
from framejudge.datasets.images.decode import UnreadableImage, decode_image
from framejudge.datasets.table.sample import Dataset

SIDE_PX = 256
"""A band of 1 % of the side must still be seen."""
JPEG_QUALITY = 80
OF_EACH_KIND = 60
"""Mistakes of one detector, and disagreements of one pair."""
MAX_IMAGES = 480
MAX_BYTES = 8 * 2**20


def choose(columns: Columns) -> list[int]:
    """Return the most interesting images: each detector's surest mistakes, each pair's widest disagreements.

    Its worst boxes too, where the true ones are given. Kinds take turns, so that a budget cuts all of them
    alike.
    """
    complete = [answers for answers in columns.detectors if answers.failure is None]
    kinds = [_worst_mistakes(columns, answers) for answers in complete]
    kinds += [_disagreements(columns, a, b) for a, b in combinations(complete, 2)]
    located = [answers.boxes for answers in complete if answers.boxes is not None]
    kinds += [worst_located(columns, boxes)[:OF_EACH_KIND] for boxes in located]
    kinds += [list(columns.errors_of(answers))[:OF_EACH_KIND] for answers in complete]
    in_turns = (k for turn in zip_longest(*kinds) for k in turn if k is not None)
    return list(dict.fromkeys(in_turns))[:MAX_IMAGES]


def make_thumbnails(dataset: Dataset, indices: Sequence[int]) -> pa.Table:
    """Return JPEGs of at most `SIDE_PX` a side, in order, as many as `MAX_BYTES` hold."""
    found = each_sparingly(lambda k: _thumbnail(dataset, k), indices, len(available_cores()))
    kept = list(_within_budget(one for one in found if one is not None))
    return pa.Table.from_pylist([one._asdict() for one in kept], schema=tables.THUMBNAILS)


class _Thumbnail(NamedTuple):
    path: str
    jpeg: bytes
    width: int
    height: int


def _thumbnail(dataset: Dataset, position: int) -> _Thumbnail | None:
    sample = dataset.samples[position]
    try:
        picture = PIL.Image.fromarray(decode_image(dataset.locate(sample)))
    except UnreadableImage:  # it could be read a moment ago: somebody changes the set
        return None
    picture.thumbnail((SIDE_PX, SIDE_PX))
    encoded = io.BytesIO()
    picture.save(encoded, "JPEG", quality=JPEG_QUALITY)
    return _Thumbnail(sample.path, encoded.getvalue(), *picture.size)


def _within_budget(thumbnails: Iterable[_Thumbnail]) -> Iterator[_Thumbnail]:
    left = MAX_BYTES
    for one in thumbnails:
        left -= len(one.jpeg)
        if left < 0:
            return
        yield one


def _worst_mistakes(columns: Columns, answers: Answers) -> list[int]:
    return _largest(np.abs(answers.scores - answers.threshold), columns.wrong(answers))


def _disagreements(columns: Columns, a: Answers, b: Answers) -> list[int]:
    apart = columns.judged(a) & b.scored & (a.says_framed != b.says_framed)
    return _largest(np.abs(a.scores - b.scores), apart)


def _largest(values: npt.NDArray[np.float64], among: npt.NDArray[np.bool_]) -> list[int]:
    indices = np.flatnonzero(among)
    order = np.argsort(-values[indices], kind="stable")
    return [int(k) for k in indices[order][:OF_EACH_KIND]]
