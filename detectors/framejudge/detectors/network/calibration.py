"""Calibration and threshold of a network, fixed on validation data."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

Floats = npt.NDArray[np.floating]


def logit(scores: Floats) -> npt.NDArray[np.float64]:
    """Return log(p / (1 - p)) of scores in [0, 1], kept finite at both ends."""
    p = np.clip(np.asarray(scores, np.float64), 1e-7, 1 - 1e-7)
    return np.log(p / (1 - p))


def fit_platt(scores: Floats, framed: Floats) -> tuple[float, float]:
    """Fit ``P(framed) = sigmoid(slope * logit(score) + shift)`` and return (slope, shift).

    Platt, J. (1999), Probabilistic outputs for support vector machines. Both classes must occur.
    """
    fitted = LogisticRegression(C=1e6).fit(logit(scores)[:, np.newaxis], framed)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def best_threshold(scores: Floats, framed: Floats) -> float:
    """Return the threshold of the highest accuracy; the middle of the range where several are as good.

    Scores at or above it mean framed. Smooth rather than sharp: of all cuts within one image of the best,
    the median is taken, so that a single validation image does not decide.
    """
    order = np.argsort(scores, kind="stable")
    ranked, truth = np.asarray(scores, np.float64)[order], np.asarray(framed)[order]
    # Cutting before position k calls the k lowest plain.
    right = np.concatenate([[0], np.cumsum(truth == 0)]) + np.concatenate([np.cumsum(truth[::-1])[::-1], [0]])
    inner = right[1:-1]
    if not len(inner):
        return 0.5
    good = np.flatnonzero(inner >= inner.max() - 1)
    cut = good[len(good) // 2]
    return float((ranked[cut] + ranked[cut + 1]) / 2)
