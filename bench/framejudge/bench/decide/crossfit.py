"""What a calibration is worth on images that it was not fitted on: Platt scaling, cross-fitted by group.

Pure functions of arrays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from framejudge.bench.run.figure import Figure
from framejudge.bench.statistics.groups import Groups, group_codes
from framejudge.bench.statistics.interval import CONFIDENCE, Booleans, Floats, Integers
from framejudge.bench.statistics.means import mean_loss
from framejudge.detectors.calibration import fit_platt, logit

FOLDS = 10
BINS = 10
DRAWS = 400
LEAST_LOSS = 1e-7


class Fitted(NamedTuple):
    """A calibration: ``P(framed) = sigmoid(slope * log_odds + shift)``."""

    slope: float
    shift: float

    def probability(self, scores: Floats) -> Floats:
        """Return the probability of a frame for scores in [0, 1], shape (n,)."""
        odds = self.slope * logit(scores) + self.shift
        return np.asarray(1 / (1 + np.exp(-odds)), np.float64)

    def score_at(self, probability: float) -> float:
        """Return the score that has a probability."""
        odds = (float(logit(np.array([probability]))[0]) - self.shift) / self.slope
        return float(1 / (1 + np.exp(-np.clip(odds, -700, 700))))


def fit(scores: Floats, framed: Booleans, *, prior_shift: float = 0.0) -> Fitted:
    """Fit Platt scaling with Platt's targets.

    Parameters
    ----------
    scores, framed
        Shape (n,).
    prior_shift
        Log-odds of a shop's share of frames less those of the set's.
    """
    slope, shift = fit_platt(logit(scores), framed, smoothed=True)
    return Fitted(slope, shift + prior_shift)


def cross_fitted(
    scores: Floats, framed: Booleans, groups: Groups = None, *, seed: int = 0, folds: int = FOLDS
) -> Floats:
    """Return each image's probability by a calibration that was fitted without its group, shape (n,).

    Where a class is missing from what is left for a fit, its images keep their scores.
    """
    parts = folds_of(len(scores), groups, seed=seed, folds=folds)
    found = np.array(scores, np.float64)
    for part in range(folds):
        inside = parts == part
        rest = framed[~inside]
        if inside.any() and rest.any() and not rest.all():
            found[inside] = fit(scores[~inside], rest).probability(scores[inside])
    return found


def folds_of(images: int, groups: Groups, *, seed: int, folds: int = FOLDS) -> Integers:
    """Return the fold of each image, shape (n,); a group stays in one."""
    codes = group_codes(groups)
    codes = np.arange(images) if codes is None else codes
    order = np.random.default_rng(seed).permutation(int(codes.max(initial=0)) + 1)
    part: Integers = (order % folds)[codes]
    return part


def log_loss(
    framed: Booleans, probabilities: Floats, groups: Groups = None, *, confidence: float = CONFIDENCE
) -> Figure:
    """Return the mean negative log-likelihood of the labels, with the interval of `mean_loss`."""
    p = np.clip(probabilities, LEAST_LOSS, 1 - LEAST_LOSS)
    losses = -np.where(framed, np.log(p), np.log(1 - p))
    return mean_loss(losses, groups, confidence=confidence, at_most=float(-np.log(LEAST_LOSS)))


def calibration_error(
    framed: Booleans, probabilities: Floats, groups: Groups = None, *, seed: int = 0
) -> Figure:
    """Return the expected calibration error: the mean distance of share and score over bins of equal count.

    The interval is the bootstrap's over groups, less its bias: drawing again makes every distance larger. The
    error is 0 for no set, however well calibrated.

    References
    ----------
    Naeini, Cooper, Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning", AAAI 2015.
    """

    def error(rows: Integers) -> float:
        order = rows[np.argsort(probabilities[rows], kind="stable")]
        parts = [part for part in np.array_split(order, BINS) if len(part)]
        gaps = [len(part) * abs(framed[part].mean() - probabilities[part].mean()) for part in parts]
        return float(sum(gaps) / len(rows))

    found = _bootstrapped(
        error, len(framed), groups, seed, "bootstrap of groups, less its bias", unbiased=True
    )
    return replace(found, low=max(0.0, found.low or 0.0))


def threshold_interval(
    scores: Floats,
    framed: Booleans,
    probability: float,
    groups: Groups = None,
    *,
    prior_shift: float,
    seed: int = 0,
) -> Figure:
    """Return the score that has a probability, with the bootstrap's interval over groups."""

    def score(rows: Integers) -> float:
        inside = framed[rows]
        if inside.all() or not inside.any():
            return float("nan")
        return fit(scores[rows], inside, prior_shift=prior_shift).score_at(probability)

    return _bootstrapped(score, len(scores), groups, seed, "bootstrap of groups")


def _bootstrapped(
    statistic: Callable[[Integers], float],
    images: int,
    groups: Groups,
    seed: int,
    method: str,
    *,
    unbiased: bool = False,
) -> Figure:
    codes = group_codes(groups)
    codes = np.arange(images) if codes is None else codes
    count = int(codes.max()) + 1
    rng = np.random.default_rng(seed)
    values = []
    for _ in range(DRAWS):
        times = np.bincount(rng.integers(0, count, count), minlength=count)
        values.append(statistic(np.repeat(np.arange(images), times[codes])))
    value = statistic(np.arange(images))
    bias = float(np.nanmean(values)) - value if unbiased else 0.0
    low, high = np.nanquantile(values, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2]) - bias
    return Figure(value, float(low), float(high), method, count)
