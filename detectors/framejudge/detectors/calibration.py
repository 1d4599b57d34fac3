"""Calibration of scores on validation data: pure functions of arrays."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]
Bools = npt.NDArray[np.bool_]

RIDGE = 1e-6
"""Keeps the fit finite where a threshold parts the classes without a mistake."""

STEPS = 100
HALVINGS = 40


def logit(scores: Floats) -> npt.NDArray[np.float64]:
    """Return log(p / (1 - p)) of scores in [0, 1], kept finite at both ends."""
    p = np.clip(np.asarray(scores, np.float64), 1e-7, 1 - 1e-7)
    return np.log(p / (1 - p))


def fit_platt(log_odds: Floats, framed: Floats | Bools, *, smoothed: bool = False) -> tuple[float, float]:
    """Fit ``P(framed) = sigmoid(slope * log_odds + shift)``, both of shape (n,), and return (slope, shift).

    Maximum likelihood [1]_ by Newton's method with step halving, in a form that does not overflow [2]_. Both
    classes must occur.

    Parameters
    ----------
    smoothed
        Aim at (n1 + 1) / (n1 + 2) for the n1 framed pictures and at 1 / (n0 + 2) for the n0 plain ones, as
        [1]_ has it, in place of 1 and 0: the next picture of a few may be another. It keeps the place where
        the probability is 0.5 from following a few odd pictures of a small set.

    References
    ----------
    .. [1] Platt, "Probabilistic outputs for support vector machines and comparisons to regularized likelihood
       methods", Advances in Large Margin Classifiers, 1999.
    .. [2] Lin, Lin, Weng, "A note on Platt's probabilistic outputs for support vector machines", Machine
       Learning 68, 2007.
    """
    x, truth = np.asarray(log_odds, np.float64), np.asarray(framed, np.float64)
    if smoothed:
        ones = float(truth.sum())
        truth = np.where(truth > 0, (ones + 1) / (ones + 2), 1 / (len(truth) - ones + 2))
    scale = max(1.0, float(np.abs(x).max()))
    x = x / scale
    found = np.array([0.0, float(np.log(truth.mean() / (1 - truth.mean())))])
    value = _loss(found, x, truth)
    for _ in range(STEPS):
        odds = found[0] * x + found[1]
        p = np.exp(-np.logaddexp(0, -odds))
        rest, weight = p - truth, p * (1 - p)
        gradient = np.array([rest @ x + RIDGE * found[0], rest.sum()])
        cross = float(weight @ x)
        curvature = np.array([[float(weight @ (x * x)) + RIDGE, cross], [cross, float(weight.sum()) + 1e-12]])
        step = np.linalg.solve(curvature, gradient)
        share = 1.0
        for _ in range(HALVINGS):
            tried = found - share * step
            better = _loss(tried, x, truth)
            if better < value:
                break
            share /= 2
        else:
            break
        done = value - better <= 1e-12 * (1 + abs(value))
        found, value = tried, better
        if done:
            break
    return float(found[0] / scale), float(found[1])


def _loss(parameters: npt.NDArray[np.float64], x: npt.NDArray[np.float64], truth: Floats) -> float:
    odds = parameters[0] * x + parameters[1]
    return float(np.sum(np.logaddexp(0, odds) - truth * odds) + RIDGE / 2 * parameters[0] ** 2)
