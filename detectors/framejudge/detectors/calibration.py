"""Calibration of scores, and their threshold, fixed on validation data; needs scikit-learn."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

Floats = npt.NDArray[np.floating]
Bools = npt.NDArray[np.bool_]


def logit(scores: Floats) -> npt.NDArray[np.float64]:
    """Return log(p / (1 - p)) of scores in [0, 1], kept finite at both ends."""
    p = np.clip(np.asarray(scores, np.float64), 1e-7, 1 - 1e-7)
    return np.log(p / (1 - p))


def fit_platt(log_odds: Floats, framed: Floats | Bools) -> tuple[float, float]:
    """Fit ``P(framed) = sigmoid(slope * log_odds + shift)``, both of shape (n,), and return (slope, shift).

    Platt, J. (1999), Probabilistic outputs for support vector machines. Both classes must occur.
    """
    fitted = LogisticRegression(C=1e6).fit(log_odds[:, np.newaxis], framed)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def best_threshold(scores: Floats, framed: Floats | Bools, weights: Floats | None = None) -> float:
    """Return a threshold of calibrated scores: 0.5, unless another is more accurate beyond chance.

    Scores at or above it mean framed. Where a probability is calibrated, 0.5 makes the fewest mistakes. The
    most accurate cut of some thousand pictures moves by more than a tenth from one draw to the next. So of
    all cuts within two standard errors of the best (of the paired difference: the root of the sum of squared
    weights of the pictures that the two judge differently), the one nearest to 0.5 is taken.

    Parameters
    ----------
    scores, framed
        Shape (n,); a label above 0 means framed.
    weights
        How much each picture counts, (n,), above 0; None where all count the same.
    """
    order = np.argsort(scores, kind="stable")
    ranked, truth = np.asarray(scores, np.float64)[order], np.asarray(framed, np.float64)[order] > 0
    counts = (np.ones(len(ranked)) if weights is None else np.asarray(weights, np.float64))[order]
    # A cut behind a picture calls all up to it plain.
    right = np.cumsum(counts * ~truth) + np.sum(counts * truth) - np.cumsum(counts * truth)
    parted = np.flatnonzero(ranked[:-1] < ranked[1:])  # no threshold parts equal scores
    if not len(parted):
        return 0.5
    inner, spread = right[parted], np.cumsum(counts**2)[parted]
    below, above = ranked[parted], ranked[parted + 1]
    cuts = np.where((below < 0.5) & (above >= 0.5), 0.5, (below + above) / 2)
    best = int(np.argmax(inner))
    as_good = inner[best] - inner <= 2 * np.sqrt(np.abs(spread - spread[best]))
    return float(cuts[as_good][np.argmin(np.abs(cuts[as_good] - 0.5))])
