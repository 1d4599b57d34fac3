"""How surely each detector is the cheapest: a bootstrap of groups, and what one knows before any image."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from framejudge.bench.decide.weighted import Weights
from framejudge.bench.statistics.groups import Groups, group_codes
from framejudge.bench.statistics.interval import Booleans, Floats, Integers

DRAWS = 4_000
"""A probability of 0.95 is known to 0.003."""

PRIOR_MISTAKES = 0.5
"""Mistakes of each kind that every detector is taken to have made before any image was seen (Jeffreys)."""

PRIOR_SPREADS = (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1)
"""How far the costs of detectors may lie apart, as the standard deviation of their logarithms; any is as
likely as any other. Without it, the first of several equals is called the cheapest too surely."""

_CHUNK_CELLS = 5_000_000


class RateDraws(NamedTuple):
    """Miss rates and false-alarm rates that the images allow, shape (draws, k) each."""

    misses: Floats
    alarms: Floats

    def costs(self, weights: Weights) -> Floats:
        """Return the expected cost of an image, shape (draws, k)."""
        return np.asarray(weights.framed * self.misses + weights.plain * self.alarms)


def draw_rates(
    framed: Booleans, wrong: Booleans, groups: Groups = None, *, draws: int = DRAWS, seed: int = 0
) -> RateDraws:
    """Draw the rates of k detectors together, by the Bayesian bootstrap over groups.

    Each draw weighs every group with an exponential number. So it keeps what detectors and the images of a
    group have in common. A detector without a mistake is not taken for a perfect one: half a mistake of each
    kind stands before the data.

    Parameters
    ----------
    framed
        Shape (n,), images of both classes.
    wrong
        Shape (k, n): where each detector is wrong.
    groups
        Shape (n,), or None for independent images.

    References
    ----------
    Rubin, "The Bayesian bootstrap", The Annals of Statistics 9, 1981. Groups that are alike in all that
    counts are drawn together: their weights add up to a gamma number.
    """
    kinds, counts = _kinds_of_groups(framed, wrong, groups)
    random = np.random.default_rng(seed)
    k = len(wrong)
    chunk = max(1, _CHUNK_CELLS // len(counts))
    sums = np.concatenate(
        [
            random.standard_gamma(counts, (min(chunk, draws - start), len(counts))) @ kinds
            for start in range(0, draws, chunk)
        ]
    )
    before = random.standard_gamma(PRIOR_MISTAKES, (2, draws, k))
    return RateDraws(
        misses=(sums[:, 2 : 2 + k] + before[0]) / (sums[:, :1] + before[0]),
        alarms=(sums[:, 2 + k :] + before[1]) / (sums[:, 1:2] + before[1]),
    )


def cheapest_probabilities(costs: Floats) -> Floats:
    """Return the probability that each detector is the cheapest, shape (k,); they add up to 1.

    The share of draws in which it is, each draw weighed by how likely such costs are beforehand: detectors
    that people compare are often nearly equal, and a plain bootstrap then promises too much. The prior is a
    mixture of normal distributions of the logarithms of the costs around their mean (`PRIOR_SPREADS`); the
    draws themselves say which of them fits. ``tests/benchmarks/decision_calibration.py`` checks it.

    Parameters
    ----------
    costs
        Shape (draws, k), positive.

    References
    ----------
    Smith, Gelfand, "Bayesian statistics without tears: a sampling-resampling perspective", The American
    Statistician 46, 1992 (draws weighed by a prior).
    """
    k = costs.shape[1]
    if k == 1:
        return np.ones(1)
    lowest = costs == costs.min(axis=1, keepdims=True)
    shares = lowest / lowest.sum(axis=1, keepdims=True)
    logs = np.log(costs)
    apart = np.sum((logs - logs.mean(axis=1, keepdims=True)) ** 2, axis=1)
    spreads = np.array(PRIOR_SPREADS)
    exponents = -apart[:, None] / (2 * spreads**2) - (k - 1) * np.log(spreads)
    weights = np.exp(exponents - exponents.max()).sum(axis=1)
    found: Floats = weights @ shares / weights.sum()
    return found


def _kinds_of_groups(framed: Booleans, wrong: Booleans, groups: Groups) -> tuple[Integers, Integers]:
    """Return the distinct make-ups of groups, and how many groups have each.

    A make-up is the number of framed and of plain images, and of each detector's misses and false alarms.
    """
    codes = group_codes(groups)
    own = np.arange(len(framed)) if codes is None else codes
    count = int(own.max()) + 1
    members = [framed, ~framed, *(one & framed for one in wrong), *(one & ~framed for one in wrong)]
    made = np.array([np.bincount(own[one], minlength=count) for one in members]).T
    kinds, counts = np.unique(made, axis=0, return_counts=True)
    return kinds, counts
