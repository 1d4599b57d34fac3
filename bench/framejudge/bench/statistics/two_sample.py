"""Whether two samples of numbers come from one distribution; numbers of one group stay together."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from framejudge.bench.run.figure import Figure
from framejudge.bench.statistics.interval import Floats, Integers

DRAWS = 1_999
"""Permutations: the smallest p-value is 1 in 2,000."""

AT_ONCE = 200
"""Permutations that are computed together."""


class Shift(NamedTuple):
    """How far a later sample lies from an earlier one.

    Attributes
    ----------
    distance
        The largest difference of the two distribution functions, in [0, 1].
    superiority
        Chance that a later value is above an earlier one, ties counted half.
    p
        Of the permutation test on the distance.
    """

    distance: float
    superiority: float
    p: Figure


def shift(
    before: Floats, after: Floats, groups_before: Integers, groups_after: Integers, *, seed: int = 0
) -> Shift:
    """Compare two samples by the distance of Kolmogorov and Smirnov, tested by permuting whole groups.

    Under the null hypothesis any group could be in either sample: as many groups as each sample has are dealt
    to it anew. Groups of one name in both samples count as two.

    Parameters
    ----------
    before, after
        Shape (n,) and (m,), at least one value each.
    groups_before, groups_after
        Shape (n,) and (m,): numbers of groups.

    References
    ----------
    .. [1] Conover, "Practical Nonparametric Statistics", 3rd edition, 1999, section 6.3.
    .. [2] Vargha, Delaney, "A critique and improvement of the CL common language effect size statistics",
       Journal of Educational and Behavioral Statistics 25, 2000, on the superiority.
    """
    values = np.concatenate([before, after])
    _, own = np.unique(groups_before, return_inverse=True)
    _, others = np.unique(groups_after, return_inverse=True)
    units = np.concatenate([own, others + own.max() + 1])
    order = np.argsort(values, kind="stable")
    ordered, units_in_order = values[order], units[order]
    last = np.append(np.flatnonzero(np.diff(ordered)), len(ordered) - 1)  # of each distinct value
    is_after = np.arange(units.max() + 1) > own.max()
    observed = _distances(is_after[None], units_in_order, last)[0]
    random = np.random.default_rng(seed)
    as_far = 0
    for start in range(0, DRAWS, AT_ONCE):
        dealt = np.tile(is_after, (min(AT_ONCE, DRAWS - start), 1))
        dealt = random.permuted(dealt, axis=1)
        as_far += int(np.sum(_distances(dealt, units_in_order, last) >= observed - 1e-12))
    p = Figure(
        (1 + as_far) / (1 + DRAWS), method="permutation of groups, Kolmogorov-Smirnov", n=len(is_after)
    )
    return Shift(float(observed), _superiority(before, after), p)


def _distances(dealt: np.ndarray, units: Integers, last: Integers) -> Floats:
    """Return the distance for each way of dealing, shape (k,).

    Parameters
    ----------
    dealt
        Shape (k, units), boolean: which units are in the later sample.
    units
        Of the values in ascending order, shape (n,).
    last
        Where the last of each distinct value stands.
    """
    later = dealt[:, units].astype(np.float32)
    count = later.sum(axis=1, keepdims=True)
    below = np.cumsum(later, axis=1)
    places = np.arange(1, len(units) + 1, dtype=np.float32)
    share = below / np.maximum(count, 1)
    others = (places - below) / np.maximum(len(units) - count, 1)
    return np.asarray(np.abs(share - others)[:, last].max(axis=1), dtype=np.float64)


def _superiority(before: Floats, after: Floats) -> float:
    ordered = np.sort(before)
    below, up_to = (np.searchsorted(ordered, after, side) for side in ("left", "right"))
    return float((below + up_to).mean() / (2 * len(before)))
