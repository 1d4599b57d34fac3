"""Pictures that belong together: those of one group, and those that look the same.

Whatever divides a set (a split, a fold, a cross-validation) has to keep them on one side, or it measures
memory instead of skill.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import PIL.Image
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from framejudge.datasets.images.decode import UnreadableImage, decode_image
from framejudge.datasets.images.perceptual_hash import (
    NEAR_DUPLICATE_BITS,
    near_duplicates,
    perceptual_hash,
)
from framejudge.datasets.progress import Progress, Silence

if TYPE_CHECKING:
    from framejudge.datasets.table.sample import Dataset


def look_alike(hashes: Sequence[int | None], max_bits: int = NEAR_DUPLICATE_BITS) -> npt.NDArray[np.intp]:
    """Return for each picture the index of the first one that looks the same; its own where none does.

    A picture without a hash (unreadable, or flat) looks like no other.
    """
    first = np.arange(len(hashes), dtype=np.intp)
    hashed = np.array([index for index, value in enumerate(hashes) if value is not None], dtype=np.intp)
    if len(hashed):
        values = np.array([hashes[index] for index in hashed], dtype=np.uint64)
        first[hashed] = hashed[near_duplicates(values, max_bits)]
    return first


def find_near_duplicates(
    dataset: Dataset,
    max_bits: int = NEAR_DUPLICATE_BITS,
    progress: Progress | None = None,
    threads: int = 2,
) -> dict[str, int]:
    """Return for each image's path the number of its cluster of near-duplicates.

    An unreadable image is alone in its cluster.
    """
    progress = progress or Silence()

    def hashed(path: str) -> int | None:
        try:
            return perceptual_hash(PIL.Image.fromarray(decode_image(dataset.root / path)))
        except UnreadableImage:
            return None

    paths = [sample.path for sample in dataset]
    hashes = []
    progress.begin("comparing images", len(paths))
    with ThreadPoolExecutor(threads) as pool:
        for value in pool.map(hashed, paths):
            hashes.append(value)
            progress.advance(1)
    return dict(zip(paths, look_alike(hashes, max_bits).tolist(), strict=True))


def bundles(*groupings: Sequence[Hashable]) -> npt.NDArray[np.intp]:
    """Return for each of ``n`` pictures the index of the first picture of its bundle.

    Pictures with the same value in any of the groupings (each of length ``n``) belong to one bundle, and
    through chains of such pairs.

    >>> bundles(["a", "a", "b", "c"], [0, 1, 1, 2]).tolist()
    [0, 0, 0, 3]
    """
    count = len(groupings[0])
    links = [(index, first) for grouping in groupings for index, first in enumerate(_first_of_each(grouping))]
    rows, columns = np.array(links, dtype=np.intp).reshape(-1, 2).T
    graph = coo_array((np.ones(len(rows), dtype=np.int8), (rows, columns)), shape=(count, count))
    _, component = connected_components(graph, directed=False)
    return np.array(_first_of_each(component.tolist()), dtype=np.intp)


def _first_of_each(values: Sequence[Hashable]) -> list[int]:
    first: dict[Hashable, int] = {}
    return [first.setdefault(value, index) for index, value in enumerate(values)]
