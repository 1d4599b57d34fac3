"""Groups of images that are not independent, as codes 0..G-1, and sums over them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from framejudge.bench.statistics.interval import Booleans, Floats, Integers

Groups = Sequence[object] | npt.NDArray[np.generic] | None
"""Shape (n,): any name or number per image; None where every image stands for itself."""


def group_codes(groups: Groups) -> Integers | None:
    """Return codes 0..G-1, shape (n,), or None where no group repeats: the images are independent."""
    if groups is None:
        return None
    named = np.asarray(groups)
    if _are_codes(named):
        present = np.bincount(named) > 0
        if np.count_nonzero(present) == len(named):
            return None
        numbers: Integers = (np.cumsum(present) - 1)[named]
        return numbers
    names, codes = np.unique(named, return_inverse=True)
    return None if len(names) == len(codes) else codes.astype(np.int64)


def _are_codes(groups: npt.NDArray[np.generic]) -> bool:
    """Return whether groups are small whole numbers: counted instead of sorted, ten times as fast."""
    if groups.dtype.kind not in "iu" or not len(groups):
        return False
    return bool(groups.min() >= 0 and groups.max() < 8 * len(groups))


def rows_of(groups: Groups, rows: Booleans) -> Groups:
    """Return the groups of some of the images."""
    return None if groups is None else np.asarray(groups)[rows]


def group_sums(codes: Integers, values: Floats, count: int | None = None) -> Floats:
    """Sum values, shape (n,) or (k, n), over each of ``count`` groups; shape (G,) or (k, G)."""
    count = int(codes.max()) + 1 if count is None else count
    rows = np.atleast_2d(values)
    sums = np.array([np.bincount(codes, weights=row, minlength=count) for row in rows], dtype=np.float64)
    return sums if values.ndim == 2 else sums[0]
