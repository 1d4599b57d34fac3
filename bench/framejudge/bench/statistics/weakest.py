"""Which slice of a set a detector is weakest on, and whether looking at many slices explains it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from scipy import special

from framejudge.bench.statistics.groups import Groups, group_codes
from framejudge.bench.statistics.interval import Booleans, Floats, Integers

DRAWS = 2_000
"""Permutations: a p-value of 0.05 is known to 0.005."""

FEWEST_DRAWS = 199
"""Permutations that are made however many mistakes there are: the smallest p-value is then 1 in 200."""

MOST_MOVES = 20_000_000
"""Mistakes that are moved in all permutations together, where they are moved one by one."""

COMMON = 20
"""Groups of one make-up, from which on they are permuted among themselves alone."""

MOST_PRODUCTS = 20_000_000
"""Products up to which a slice's chances are convolved exactly; beyond, its mistakes are normal enough."""


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

    Without groups, images of one class in the same slices are interchangeable: how many mistakes each such
    kind of image gets is drawn at once, from the multivariate hypergeometric distribution, which is the same
    test. Where mistakes have to be moved one by one, and there are more than 10,000, fewer permutations are
    made (`MOST_MOVES`, not below `FEWEST_DRAWS`): a p-value is valid for any number of them, only coarser.

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
    kinds = _kinds_of(members)
    random = np.random.default_rng(seed)
    if codes is None and 2 * len(kinds.members) <= max(1, int(wrong.sum())):
        permuted = _of_kinds(wrong, framed, kinds, draws, random)
    else:
        permutation = _Permutation(wrong, framed, np.arange(len(wrong)) if codes is None else codes)
        made = max(min(draws, FEWEST_DRAWS), min(draws, MOST_MOVES // max(1, int(wrong.sum()))))
        permuted = np.array([kinds.counts(permutation.draw(random)) for _ in range(made)])
    observed = kinds.counts(np.flatnonzero(wrong))
    strengths = np.empty(permuted.shape)
    strength = np.empty(len(members))
    for k, inner in enumerate(members):
        mean, variance, tail = _mistakes_by_chance(wrong, framed, inner)
        spread = 1.0
        if codes is not None and variance > 0:
            spread = max(1.0, float(np.mean((permuted[:, k] - mean) ** 2)) / variance)
        strengths[:, k] = tail(permuted[:, k]) / spread
        strength[k] = tail(observed[k : k + 1])[0] / spread
    strongest = np.sort(strengths.max(axis=1))
    as_strong = len(permuted) - np.searchsorted(strongest, strength - 1e-9, "left")
    return Evidence(strength, (1 + as_strong) / (1 + len(permuted)))


class _Kinds(NamedTuple):
    """Images that are in the same slices are of one kind.

    Attributes
    ----------
    of_image
        Shape (n,): the kind of each image.
    members
        Shape (kinds, slices): which slices a kind is in.
    """

    of_image: Integers
    members: Integers

    def counts(self, images: Integers) -> Integers:
        """Return how many of some images are in each slice, shape (slices,)."""
        return np.asarray(np.bincount(self.of_image[images], minlength=len(self.members)) @ self.members)


def _kinds_of(members: Booleans) -> _Kinds:
    """Tell images apart by the slices that they are in, shape (slices, n)."""
    codes = np.zeros(members.shape[1], dtype=np.int64)
    for start in range(0, len(members), _BITS):
        part = members[start : start + _BITS]
        bits = np.zeros_like(codes)
        for k, inner in enumerate(part):
            bits |= inner.astype(np.int64) << k
        codes = _numbered((codes << len(part)) | bits)
    first = np.zeros(int(codes.max(initial=-1)) + 1, dtype=np.int64)
    first[codes] = np.arange(len(codes))
    return _Kinds(codes, members[:, first].T.astype(np.int64))


_BITS = 30
"""Slices that are told apart at once: with up to 2 ** 33 kinds before, a code still fits."""


def _numbered(codes: Integers) -> Integers:
    """Return numbers 0, 1, ... for codes as they first occur."""
    found = pa.array(codes).dictionary_encode()
    return np.asarray(found.indices.to_numpy(), dtype=np.int64)


def _of_kinds(
    wrong: Booleans, framed: Booleans, kinds: _Kinds, draws: int, random: np.random.Generator
) -> Integers:
    """Return the mistakes in each slice of each permutation, shape (draws, slices)."""
    counts = np.zeros((draws, kinds.members.shape[1]), dtype=np.int64)
    for of_class in (framed, ~framed):
        sizes = np.bincount(kinds.of_image[of_class], minlength=len(kinds.members))
        mistakes = int(np.sum(wrong & of_class))
        for start in range(0, draws, _AT_ONCE):
            part = slice(start, min(draws, start + _AT_ONCE))
            drawn = random.multivariate_hypergeometric(sizes, mistakes, size=part.stop - part.start)
            counts[part] += drawn @ kinds.members
    return counts


_AT_ONCE = 250
"""Permutations that are drawn together: with 10,000 kinds, 20 MB."""

Tail = Callable[[Integers], Floats]


def _mistakes_by_chance(wrong: Booleans, framed: Booleans, inside: Booleans) -> tuple[float, float, Tail]:
    """Return mean and variance of a slice's mistakes, and minus the log chance of at least so many."""
    parts = []
    mean = variance = 0.0
    for of_class in (framed, ~framed):
        total, size = int(of_class.sum()), int((inside & of_class).sum())
        mistakes = int((wrong & of_class).sum())
        if not total or not size:
            continue
        share = mistakes / total
        mean += size * share
        variance += size * share * (1 - share) * (total - size) / max(1, total - 1)
        parts.append(_hypergeometric(total, mistakes, size))
    return mean, variance, _tail(parts, mean, variance)


def _tail(parts: Sequence[tuple[int, Floats]], mean: float, variance: float) -> Tail:
    """Return the function from counts to minus the log chance of at least so many.

    Exact by convolution, and normal with a correction for continuity where that would take long or a chance
    is too small for a float.
    """

    def normal(counts: Integers) -> Floats:
        return np.asarray(-special.log_ndtr((mean - counts + 0.5) / np.sqrt(max(variance, 1e-12))))

    if np.prod([float(len(chances)) for _, chances in parts]) > MOST_PRODUCTS:
        return normal
    chances = np.ones(1)
    for _, own in parts:
        chances = np.convolve(chances, own)
    lowest = sum(low for low, _ in parts)
    at_least = np.append(np.cumsum(chances[::-1])[::-1], 0.0)
    tiny = float(np.finfo(np.float64).tiny)

    def exact(counts: Integers) -> Floats:
        place = np.clip(counts - lowest, 0, len(at_least) - 1)
        chance = at_least[place]
        logs = -np.log(np.clip(chance, tiny, 1.0))
        return np.asarray(np.where(chance > tiny, logs, np.maximum(logs, normal(counts))))

    return exact


def _hypergeometric(total: int, mistakes: int, size: int) -> tuple[int, Floats]:
    """Return the chances of so many mistakes among ``size`` of ``total`` images, and the count of the first.

    From logarithms of binomial coefficients: a thousand times as fast as scipy's for 100,000 images. Counts
    at either end whose chance is too small for a float are left out.
    """
    low, high = max(0, size - (total - mistakes)), min(mistakes, size)
    inside = np.arange(low, high + 1)
    logs = (
        _log_choose(mistakes, inside)
        + _log_choose(total - mistakes, size - inside)
        - _log_choose(total, np.array(size))
    )
    chances = np.exp(logs)
    possible = np.flatnonzero(chances)
    return low + int(possible[0]), chances[possible[0] : possible[-1] + 1]


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
    which = _numbered(makeups[:, 0] * (int(makeups[:, 1].max(initial=0)) + 1) + makeups[:, 1])
    counts = np.bincount(which)
    for k in np.flatnonzero(counts >= COMMON):
        yield np.flatnonzero(which == k)
    rest = np.flatnonzero(counts[which] < COMMON)
    if len(rest):
        yield rest
