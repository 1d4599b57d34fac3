"""Calibration of scores on validation data; needs scikit-learn."""

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
