"""Which slice of a set a detector is weakest on, and whether looking at many slices explains it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import stats

from framejudge.bench.statistics.groups import Groups, group_codes
from framejudge.bench.statistics.interval import Booleans, Floats, Integers

DRAWS = 2_000
"""Permutations: a p-value of 0.05 is known to 0.005."""

COMMON = 20
"""Groups of one make-up, from which on they are permuted among themselves alone."""

_IMAGES_AT_ONCE = 4_000_000
"""Permuted images held in memory at a time."""


class Evidence(NamedTuple):
    """What speaks for each slice being weaker than the rest of the set.

    Attributes
    ----------
    strength
        Shape (slices,): minus the logarithm of the chance of so many mistakes; the weakest has the highest.
    p_values
        Shape (slices,): corrected for the number of slices.
    """

    strength: Floats
    p_values: Floats


def slice_evidence(
    wrong: Booleans,
    framed: Booleans,
    members: Booleans,
    groups: Groups = None,
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> Evidence:
    """Return how surely each slice holds more mistakes than its share of framed and plain images explains.

    The strength of a slice's evidence is its hypergeometric tail. Mistakes are dealt anew among the images of
    their class, `draws` times, and a slice's p-value is the share of deals in which any slice has evidence as
    strong (Westfall and Young's single step): the chance of one false finding stays below the level however
    the slices overlap. Where groups repeat, whole groups are dealt, so that mistakes that come together stay
    together, and the tails are stretched by each slice's design effect.

    Parameters
    ----------
    wrong, framed
        Shape (n,).
    members
        Shape (slices, n).
    groups
        Shape (n,), or None for independent images.

    References
    ----------
    .. [1] Westfall, Young, "Resampling-Based Multiple Testing", 1993, section 2.3 (minimum of p-values).
    .. [2] Good, "Permutation, Parametric, and Bootstrap Tests of Hypotheses", 3rd edition, 2005, on permuting
       blocks.
    """
    n = len(wrong)
    codes = group_codes(groups)
    dealer = _Dealer(framed, np.arange(n) if codes is None else codes)
    inside = members.T.astype(np.float32)
    observed = np.rint(wrong @ inside).astype(np.int64)
    dealt = np.concatenate(
        [np.rint(batch @ inside).astype(np.int64) for batch in dealer.deal(wrong, draws, seed)]
    )
    strengths = np.empty(dealt.shape)
    strength = np.empty(len(members))
    for k, inner in enumerate(members):
        mean, variance, tails = _mistakes_by_chance(wrong, framed, inner)
        spread = 1.0
        if codes is not None and variance > 0:
            spread = max(1.0, float(np.mean((dealt[:, k] - mean) ** 2)) / variance)
        strengths[:, k] = tails[np.minimum(dealt[:, k], len(tails) - 1)] / spread
        strength[k] = tails[observed[k]] / spread
    strongest = np.sort(strengths.max(axis=1))
    as_strong = draws - np.searchsorted(strongest, strength - 1e-9, "left")
    return Evidence(strength, (1 + as_strong) / (1 + draws))


def _mistakes_by_chance(wrong: Booleans, framed: Booleans, inside: Booleans) -> tuple[float, float, Floats]:
    """Return mean and variance of a slice's mistakes, and minus the log chance of at least 0, 1, 2, ..."""
    chances = np.ones(1)
    mean = variance = 0.0
    for of_class in (framed, ~framed):
        total, size = int(of_class.sum()), int((inside & of_class).sum())
        mistakes = int((wrong & of_class).sum())
        if not total or not size:
            continue
        share = mistakes / total
        mean += size * share
        variance += size * share * (1 - share) * (total - size) / max(1, total - 1)
        counts = np.arange(min(mistakes, size) + 1)
        chances = np.convolve(chances, stats.hypergeom.pmf(counts, total, mistakes, size))
    at_least = np.cumsum(chances[::-1])[::-1]
    return mean, variance, -np.log(np.clip(at_least, np.finfo(np.float64).tiny, 1.0))


class _Dealer:
    """Deals what is known of images to other images of their class, whole groups at a time.

    Groups with as many framed and as many plain images change places with each other; groups whose make-up
    is rare change places among themselves, and where the new group is larger, its images wrap around.
    """

    def __init__(self, framed: Booleans, codes: Integers) -> None:
        self._count = int(codes.max()) + 1
        # Images of one group and class stand side by side, in runs: number 2 * group + class.
        runs = 2 * codes + framed
        self._order = np.argsort(runs, kind="stable")
        self._run = runs[self._order]
        self._sizes = np.bincount(self._run, minlength=2 * self._count)
        self._starts = np.cumsum(self._sizes) - self._sizes
        self._rank = np.arange(len(codes)) - self._starts[self._run]
        self._strata = list(_strata(self._sizes.reshape(-1, 2)))
        self._one_image_each = bool(self._sizes.max() == 1)

    def deal(self, values: Booleans, draws: int, seed: int) -> Iterator[npt.NDArray[np.float32]]:
        """Yield batches of the values as other deals give them, shape (batch, n)."""
        random = np.random.default_rng(seed)
        ordered = values[self._order].astype(np.float32)
        at_once = max(1, _IMAGES_AT_ONCE // len(values))
        for start in range(0, draws, at_once):
            batch = np.empty((min(at_once, draws - start), len(values)), dtype=np.float32)
            for row in batch:
                row[self._order] = ordered[self._sources(random)]
            yield batch

    def _sources(self, random: np.random.Generator) -> Integers:
        donors = np.arange(self._count)
        for stratum in self._strata:
            donors[stratum] = random.permutation(stratum)
        run = 2 * donors[self._run // 2] + self._run % 2
        run = np.where(self._sizes[run] > 0, run, self._run)
        sources: Integers = self._starts[run]
        if not self._one_image_each:
            turn = random.integers(0, np.maximum(self._sizes, 1))
            sources = sources + (self._rank + turn[run]) % self._sizes[run]
        return sources


def _strata(makeups: Integers) -> Iterator[Integers]:
    """Yield the groups that change places: those of each common make-up, and all the others together."""
    _, which, counts = np.unique(makeups, axis=0, return_inverse=True, return_counts=True)
    which = which.ravel()
    for k in np.flatnonzero(counts >= COMMON):
        yield np.flatnonzero(which == k)
    rest = np.flatnonzero(counts[which] < COMMON)
    if len(rest):
        yield rest
