"""The points behind each chart, as pure functions of arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]

MAX_CURVE_POINTS = 2_000
"""A drawn curve has no more points: at 1,000 pixels across, more could not be seen."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Points (x, y) in drawing order."""

    x: Floats
    y: Floats


def roc(truth: npt.NDArray[np.bool_], scores: Floats) -> Curve:
    """Return the receiver operating characteristic: false positive rate against recall.

    Parameters
    ----------
    truth
        (n,) True where the image is framed; both classes must occur.
    scores
        (n,) finite scores, higher means more surely framed.
    """
    from sklearn.metrics import roc_curve

    false_positive_rate, recall, _ = roc_curve(truth, scores)
    return thin(Curve(np.asarray(false_positive_rate, float), np.asarray(recall, float)))


def precision_recall(truth: npt.NDArray[np.bool_], scores: Floats) -> Curve:
    """Return recall against precision, recall ascending; both classes must occur.

    scikit-learn closes the curve with an invented point at recall 0, precision 1; it is left out, since no
    threshold reaches it.
    """
    from sklearn.metrics import precision_recall_curve

    precision, recall, _ = precision_recall_curve(truth, scores, drop_intermediate=True)
    return thin(Curve(np.asarray(recall[:-1], float)[::-1], np.asarray(precision[:-1], float)[::-1]))


def thin(curve: Curve, limit: int = MAX_CURVE_POINTS) -> Curve:
    """Return at most ``limit`` of a curve's points, spread evenly along its length; the ends stay.

    On a monotone curve in the unit square no dropped point lies further than ``2 / (limit - 1)`` along the
    curve from a kept one, so nothing visible is lost.
    """
    if len(curve.x) <= limit:
        return curve
    steps = np.abs(np.diff(curve.x)) + np.abs(np.diff(curve.y))
    travelled = np.concatenate([[0.0], np.cumsum(steps)])
    wanted = np.linspace(0.0, travelled[-1], limit)
    keep = np.unique(np.clip(np.searchsorted(travelled, wanted), 0, len(curve.x) - 1))
    keep[0], keep[-1] = 0, len(curve.x) - 1
    return Curve(curve.x[keep], curve.y[keep])


def wrongness(scores: Floats, framed: npt.NDArray[np.bool_], threshold: float) -> Floats:
    """Return how far each score lies on the wrong side of the threshold: 0 at it, 1 as wrong as can be.

    Right answers come out negative, missing scores (NaN) as NaN.

    >>> wrongness(np.array([0.75, 0.25, 0.9]), np.array([False, True, True]), 0.5).round(2).tolist()
    [0.5, 0.5, -0.8]
    """
    above = (scores - threshold) / max(1.0 - threshold, np.finfo(float).tiny)
    below = (scores - threshold) / max(threshold, np.finfo(float).tiny)
    signed = np.where(scores >= threshold, above, below)
    return np.where(framed, -signed, signed)
