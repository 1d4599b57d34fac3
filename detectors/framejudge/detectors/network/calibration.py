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
    """Return a threshold of calibrated scores: 0.5, unless another is more accurate beyond chance.

    Scores at or above it mean framed. Where a probability is calibrated, 0.5 makes the fewest mistakes. The
    most accurate cut of some thousand pictures moves by more than a tenth from one draw to the next. So of
    all cuts within two standard errors of the best (of the paired difference: the root of the number of
    pictures that the two judge differently), the one nearest to 0.5 is taken.
    """
    order = np.argsort(scores, kind="stable")
    ranked, truth = np.asarray(scores, np.float64)[order], np.asarray(framed)[order]
    if len(ranked) < 2:
        return 0.5
    # Cutting before position k calls the k lowest plain.
    right = np.concatenate([[0], np.cumsum(truth == 0)]) + np.concatenate([np.cumsum(truth[::-1])[::-1], [0]])
    inner = right[1:-1]
    cuts = (ranked[:-1] + ranked[1:]) / 2
    best = int(np.argmax(inner))
    as_good = inner.max() - inner <= 2 * np.sqrt(np.abs(np.arange(len(inner)) - best))
    return float(cuts[as_good][np.argmin(np.abs(cuts[as_good] - 0.5))])
