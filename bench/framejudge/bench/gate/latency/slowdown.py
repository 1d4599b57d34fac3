"""Has a detector become slower? Pure functions of the log ratios of paired processes.

The unit is a pair of fresh processes, one of each version, that take turns on the same images. Calls inside
one process share its memory layout and whatever the machine does meanwhile, so a thousand of them are one
observation; pairs are independent.

Under the null hypothesis that each image takes just as long (the median's) or exactly the tolerated growth
longer (the tail's), exchanging the two versions of a pair mirrors its log ratios about 0 or about the log of
the tolerance. Both tests here rest on that symmetry alone, which taking turns brings about by design, and not
on the noise being normal: Wilcoxon's signed-rank test for the median, random exchanges for the tail.
Wilcoxon's is chosen because one disturbed pair among 8 to 16 costs it one rank, while it would inflate the
spread that Student's t divides by.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy import special, stats

from framejudge.bench.run.figure import Figure
from framejudge.bench.statistics.interval import CONFIDENCE, Floats, Integers, nothing

TOLERANCE = 0.03
"""Growth of the median that nobody minds: below what one cares about, above what code layout alone does."""

TAIL_TOLERANCE = 0.10
MINIMUM_DETECTABLE_EFFECT = 0.10
"""The growth of the median that one cares about; a gate that could have missed it does not say pass."""

TAIL_MINIMUM_DETECTABLE_EFFECT = 0.50

TAIL_QUANTILE = 0.995
"""Of images: the second slowest of 300. Where 2 % of a set are slower, 300 hold two such 98 times in 100."""

EXCHANGES = 2_047
"""Random exchanges of the versions where there are more than so many; with the data's own, 2,048."""

CLIP = float(np.log(2))
"""In the test of the tail no call counts as more than twice as slow: the machine may have been elsewhere."""

MIN_PAIRS = 6
"""Fewer could not reach a level of 0.025 if all of them said the same."""

POWER = 0.99
"""How often a gate finds a change of the size of its minimum detectable effect."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the pairs so far say on one rule.

    Attributes
    ----------
    growth
        New over old, less 1 (0.05: 5 % slower), with its 95 % interval.
    p_slower
        One-sided, of "it did not grow" for the median, of "it grew by no more than the tolerance" for the
        tail. p_fine
        One-sided, of "it grew by the tolerance or more"; 1 where there is no such test.
    p_faster
        One-sided, of "it shrank by no more than the tolerance".
    minimum_detectable_effect
        The growth that so many pairs with this spread find 99 times in 100; infinite for fewer than 6 pairs.
    spread
        From pair to pair: of the log ratios, a standard deviation made from the median absolute one.
    """

    growth: Figure
    p_slower: float
    p_fine: float
    p_faster: float
    minimum_detectable_effect: float
    spread: float


def log_ratios(old_ns: Floats, new_ns: Floats) -> Floats:
    """Return the log of new over old, shape (pairs, images).

    Parameters
    ----------
    old_ns, new_ns
        Shape (pairs, images): the median time of each image in each process; NaN where a call failed.
    """
    return np.asarray(np.log(new_ns) - np.log(old_ns), dtype=np.float64)


def median_evidence(ratios: Floats, *, tolerance: float, level: float) -> Evidence:
    """Return what the pairs say on the median: each counts once, with its median over images.

    Parameters
    ----------
    ratios
        Shape (pairs, images), from `log_ratios`.
    tolerance
        0.03: 3 % growth is accepted.
    level
        Of the one-sided test, for `Evidence.minimum_detectable_effect`.

    References
    ----------
    Wilcoxon, "Individual comparisons by ranking methods", Biometrics Bulletin 1, 1945; estimate and interval:
    Hodges, Lehmann, "Estimates of location based on rank tests", Annals of Mathematical Statistics 34, 1963.
    """
    pairs = np.nanmedian(ratios, axis=1)
    limit = float(np.log1p(tolerance))
    return Evidence(
        growth=pseudo_median(pairs).transformed(lambda value: float(np.expm1(value))),
        p_slower=signed_rank_p(pairs),
        p_fine=signed_rank_p(limit - pairs),
        p_faster=signed_rank_p(-limit - pairs),
        minimum_detectable_effect=float(np.expm1(_found_almost_always(pairs, limit, level))),
        spread=_spread(pairs),
    )


def tail_evidence(ratios: Floats, *, tolerance: float, level: float, seed: int = 0) -> Evidence:
    """Return what the pairs say on the slowest images: a high quantile, over images, of their ratios.

    What is tested is the quantile of each image's clipped mean over pairs: it is hardly less robust than the
    median, and it falls with every pair that is exchanged, so that 8 pairs can reach a level. The null
    distribution comes from exchanging the versions within pairs, all images of a pair at once. The slowest of
    many images are slow by noise too: what is reported is the quantile less what exchanges give on average,
    with the interval that their spread gives.

    Parameters
    ----------
    ratios
        Shape (pairs, images), from `log_ratios`.
    tolerance
        0.10: an image may take 10 % longer.

    References
    ----------
    Phipson, Smyth, "Permutation p-values should never be zero", Statistical Applications in Genetics and
    Molecular Biology 9, 2010.
    """
    limit = float(np.log1p(tolerance))
    by_image = np.nanmedian(ratios, axis=0)
    signs = exchanges(len(ratios), seed)
    # Without what each image shows on its own, only the noise between pairs is left.
    noise = exchanged_tails(ratios - by_image, signs)
    critical = float(np.quantile(noise, 1 - max(level, 1 / len(noise)), method="higher"))
    tail = float(exchanged_tails(ratios, signs[:1])[0])
    if tail >= 0.9 * CLIP:  # so large that the clipping shows
        tail = max(tail, _tail(by_image))
    return Evidence(
        growth=_less_noise(tail, noise, len(ratios)),
        p_slower=_exchange_p(ratios - limit, signs),
        p_fine=1.0,
        p_faster=1.0,
        minimum_detectable_effect=float(np.expm1(limit + max(0.0, critical)))
        if len(ratios) >= MIN_PAIRS
        else np.inf,
        spread=_spread(np.nanmedian(ratios, axis=1)),
    )


def signed_rank_p(values: Floats) -> float:
    """Return Wilcoxon's exact one-sided p-value of "symmetric about 0 or lower"; zeros are left out.

    >>> signed_rank_p(np.array([0.2, 0.1, 0.4, 0.3, 0.5, 0.7, 0.6, 0.8])) * 2**8
    1.0
    """
    values = values[values != 0]
    doubled = np.round(2 * stats.rankdata(np.abs(values))).astype(np.int64)  # ties have halves of ranks
    distribution = _rank_sums(doubled)
    return float(distribution[int(doubled[values > 0].sum()) :].sum())


def pseudo_median(values: Floats, *, confidence: float = CONFIDENCE) -> Figure:
    """Return Hodges and Lehmann's estimate: the median of the means of all pairs of values.

    Its interval is the one that `signed_rank_p` gives when it is turned round.
    """
    n = len(values)
    if n == 0:
        return nothing("no pair was measured")
    means = walsh_averages(values)
    value = float(np.median(means))
    rank = _outermost_accepted(n, (1 - confidence) / 2)
    if rank is None:
        return Figure(value, None, None, "", n, f"an interval needs at least 6 pairs, and there are {n}")
    return Figure(value, float(means[rank]), float(means[-1 - rank]), "hodges-lehmann", n)


def walsh_averages(values: Floats) -> Floats:
    """Return the means of all pairs of values, and of each with itself, in order; shape (n (n + 1) / 2,)."""
    first, second = np.triu_indices(len(values))
    return np.asarray(np.sort((values[first] + values[second]) / 2), dtype=np.float64)


def exchanges(pairs: int, seed: int = 0) -> Floats:
    """Return which pairs are exchanged (-1), a row each; the first row exchanges none.

    All 2**pairs of them where they are few, else as many random ones.
    """
    if 2**pairs <= EXCHANGES + 1:
        return np.array(list(product((1.0, -1.0), repeat=pairs)))
    drawn = np.random.default_rng(seed).choice((1.0, -1.0), size=(EXCHANGES, pairs))
    return np.concatenate([np.ones((1, pairs)), drawn])


def exchanged_tails(ratios: Floats, signs: Floats) -> Floats:
    """Return the tail that is tested, for each row of exchanges, shape (exchanges,)."""
    # An image whose call failed somewhere stands at 0 there, whoever's sign it gets.
    clipped = np.nan_to_num(np.clip(ratios, -CLIP, CLIP))
    means = signs @ clipped / len(ratios)
    return np.asarray(np.quantile(means, TAIL_QUANTILE, axis=1, method="inverted_cdf"), dtype=np.float64)


def _less_noise(tail: float, noise: Floats, pairs: int) -> Figure:
    """Return the growth of a tail of which exchanges show how much is noise."""
    if pairs < MIN_PAIRS:
        return Figure(float(np.expm1(tail - np.median(noise))), None, None, "", pairs, "fewer than 6 pairs")
    upper, middle, lower = np.quantile(noise, [(1 + CONFIDENCE) / 2, 0.5, (1 - CONFIDENCE) / 2])
    value, low, high = (float(np.expm1(tail - part)) for part in (middle, upper, lower))
    return Figure(value, low, high, "exchanges", pairs)


def _exchange_p(ratios: Floats, signs: Floats) -> float:
    tails = exchanged_tails(ratios, signs)
    return float(np.mean(tails >= tails[0] - 1e-12))


def _tail(by_image: Floats) -> float:
    return float(np.quantile(by_image, TAIL_QUANTILE, method="inverted_cdf"))


def _found_almost_always(pairs: Floats, limit: float, level: float) -> float:
    """Return the log of the growth that is found as often as `POWER`: beyond the limit, and significant.

    A growth on the limit is measured beyond it half of the time. One as large as the distance from the
    estimate to the test's lower bound is significant half of the time.
    """
    if len(pairs) < MIN_PAIRS:
        return np.inf
    means = walsh_averages(pairs)
    reach = float(np.median(means) - means[_outermost_accepted(len(pairs), level) or 0])
    beyond = reach * float(special.ndtri(POWER) / special.ndtri(1 - max(level, 0.5 ** len(pairs))))
    return max(limit, reach) + beyond


def _outermost_accepted(n: int, tail: float) -> int | None:
    """Return the index of the Walsh average that is the bound with this tail; None where there is none."""
    below = np.cumsum(_rank_sums(2 * np.arange(1, n + 1)))[::2]
    outside = int(np.searchsorted(below, tail, side="right"))
    return outside - 1 if outside else None


def _rank_sums(doubled_ranks: Integers) -> Floats:
    """Return the probability of each sum of the ranks that get a plus, by twice the sum."""
    distribution = np.ones(1)
    for rank in doubled_ranks.tolist():
        longer = np.zeros(len(distribution) + int(rank))
        longer[: len(distribution)] += distribution / 2
        longer[int(rank) :] += distribution / 2
        distribution = longer
    return distribution


def _spread(values: Floats) -> float:
    return float(stats.median_abs_deviation(values, scale="normal"))
