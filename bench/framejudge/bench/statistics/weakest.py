"""Which slice of a set a detector is weakest on, and whether looking at many slices explains it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy import special

from framejudge.bench.statistics.groups import Groups, group_codes
from framejudge.bench.statistics.interval import Booleans, Floats, Integers

DRAWS = 2_000
"""Permutations: a p-value of 0.05 is known to 0.005."""

COMMON = 20
"""Groups of one make-up, from which on they are permuted among themselves alone."""


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

    A permutation test. The strength of a slice's evidence is its hypergeometric tail. Mistakes are permuted
    among the images of their class, `draws` times. A slice's p-value is the share of permutations in which
    any slice has evidence as strong (Westfall and Young's single step): the chance of one false finding stays
    below the level however the slices overlap. Where groups repeat, whole groups are permuted, so that
    mistakes that come together stay together, and the tails are stretched by each slice's design effect.

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
    codes = group_codes(groups)
    permutation = _Permutation(wrong, framed, np.arange(len(wrong)) if codes is None else codes)
    inside = np.ascontiguousarray(members.T)
    observed = inside[wrong].sum(axis=0)
    random = np.random.default_rng(seed)
    permuted = np.array([inside[permutation.draw(random)].sum(axis=0) for _ in range(draws)])
    strengths = np.empty(permuted.shape)
    strength = np.empty(len(members))
    for k, inner in enumerate(members):
        mean, variance, tails = _mistakes_by_chance(wrong, framed, inner)
        spread = 1.0
        if codes is not None and variance > 0:
            spread = max(1.0, float(np.mean((permuted[:, k] - mean) ** 2)) / variance)
        strengths[:, k] = tails[np.minimum(permuted[:, k], len(tails) - 1)] / spread
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
        chances = np.convolve(chances, _hypergeometric(total, mistakes, size))
    at_least = np.cumsum(chances[::-1])[::-1]
    return mean, variance, -np.log(np.clip(at_least, np.finfo(np.float64).tiny, 1.0))


def _hypergeometric(total: int, mistakes: int, size: int) -> Floats:
    """Return the chances of 0, 1, 2, ... mistakes among ``size`` of ``total`` images.

    From logarithms of binomial coefficients: a thousand times as fast as scipy's for 100,000 images.
    """
    inside = np.arange(min(mistakes, size) + 1)
    right_inside = size - inside
    possible = right_inside <= total - mistakes
    logs = (
        _log_choose(mistakes, inside)
        + _log_choose(total - mistakes, np.where(possible, right_inside, 0))
        - _log_choose(total, np.array(size))
    )
    return np.where(possible, np.exp(logs), 0.0)


def _log_choose(n: int, k: Integers) -> Floats:
    logs: Floats = special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1)
    return logs


class _Permutation:
    """Moves mistakes to other images of their class, all those of a group to one other group.

    Groups with as many framed and as many plain images are permuted among each other, and groups whose
    make-up is rare among themselves; a mistake stays where the other group has no image of its class.
    """

    def __init__(self, wrong: Booleans, framed: Booleans, codes: Integers) -> None:
        count = int(codes.max()) + 1
        # Images of one group and class stand side by side, in runs: number 2 * group + class.
        runs = 2 * codes + framed
        self._order = np.argsort(runs, kind="stable")
        self._sizes = np.bincount(runs, minlength=2 * count)
        self._starts = np.cumsum(self._sizes) - self._sizes
        places = np.flatnonzero(wrong[self._order])
        self._runs = runs[self._order][places]
        self._ranks = places - self._starts[self._runs]
        self._givers, self._giver_of = np.unique(self._runs // 2, return_inverse=True)
        self._strata = [
            (np.flatnonzero(np.isin(self._givers, stratum)), stratum)
            for stratum in _strata(self._sizes.reshape(-1, 2))
        ]

    def draw(self, random: np.random.Generator) -> Integers:
        """Return the images that one permutation moves the mistakes to, one for each."""
        takers = self._givers.copy()
        for givers, stratum in self._strata:
            takers[givers] = random.choice(stratum, size=len(givers), replace=False)
        runs = 2 * takers[self._giver_of] + self._runs % 2
        runs = np.where(self._sizes[runs] > 0, runs, self._runs)
        turns = random.integers(2**31, size=len(takers))[self._giver_of]
        images: Integers = self._order[self._starts[runs] + (self._ranks + turns) % self._sizes[runs]]
        return images


def _strata(makeups: Integers) -> Iterator[Integers]:
    """Yield groups that are permuted among each other: those of each common make-up, and all the others."""
    _, which, counts = np.unique(makeups, axis=0, return_inverse=True, return_counts=True)
    which = which.ravel()
    for k in np.flatnonzero(counts >= COMMON):
        yield np.flatnonzero(which == k)
    rest = np.flatnonzero(counts[which] < COMMON)
    if len(rest):
        yield rest
