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
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from framejudge.datasets.drawing import buckets as exam
from framejudge.datasets.images.decode import UnreadableImage, decode_image
from framejudge.datasets.progress import Progress, Silence

if TYPE_CHECKING:
    from framejudge.datasets.drawing.picture import Image
    from framejudge.datasets.table.sample import Dataset

FLAT_LEVELS = 2.0
"""A picture whose brightness has a smaller standard deviation shows nothing that a hash could compare."""


def perceptual_hash(image: Image) -> int | None:
    """Return the 64-bit pHash of a decoded picture, or None for a flat one.

    Two pictures whose hashes differ in few bits look alike, whatever their size and encoding. All flat
    pictures would have the same hash, so they get none.
    """
    import imagehash
    import PIL.Image

    grey = PIL.Image.fromarray(image).convert("L")
    # 32 pixels a side is what the hash looks at; reducing by whole steps first costs a tenth of one resize.
    step = max(1, min(grey.size) // 64)
    small = grey.reduce(step) if step > 1 else grey
    if float(np.std(np.asarray(small))) < FLAT_LEVELS:
        return None
    return int(str(imagehash.phash(small)), 16)


def look_alike(
    hashes: Sequence[int | None], max_bits: int = exam.NEAR_DUPLICATE_BITS
) -> npt.NDArray[np.intp]:
    """Return for each picture the index of the first one that looks the same; its own where none does.

    A picture without a hash (unreadable, or flat) looks like no other.
    """
    first = np.arange(len(hashes), dtype=np.intp)
    hashed = np.array([index for index, value in enumerate(hashes) if value is not None], dtype=np.intp)
    if len(hashed):
        values = np.array([hashes[index] for index in hashed], dtype=np.uint64)
        first[hashed] = hashed[exam.near_duplicates(values, max_bits)]
    return first


def find_near_duplicates(
    dataset: Dataset,
    max_bits: int = exam.NEAR_DUPLICATE_BITS,
    progress: Progress | None = None,
    threads: int = 2,
) -> dict[str, int]:
    """Return for each image's path the number of its cluster of near-duplicates.

    An unreadable image is alone in its cluster.
    """
    progress = progress or Silence()

    def hashed(path: str) -> int | None:
        try:
            return perceptual_hash(decode_image(dataset.root / path))
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
