"""Whether a detector's threshold and scores fit a set, as far as the set itself can tell.

Pure functions of arrays.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from framejudge.bench.decide.crossfit import cross_fitted
from framejudge.bench.run.figure import Figure
from framejudge.bench.statistics.groups import Groups, group_codes, group_sums
from framejudge.bench.statistics.interval import Booleans, Floats
from framejudge.bench.statistics.paired import accuracy_difference

LEAST_GROUPS = 50
"""Framed and plain source photos: fewer tell nothing about a threshold."""

CONFIDENCE = 0.99
LEAST_GAIN = 0.005
"""Of accuracy: less is not worth a warning, however sure it is."""

LEAST_LOSS = 0.05
"""Of log loss, in nats an image."""

Z = 3.3
"""Beyond so many standard errors calibration is off in 1 of 1,000 sets by chance."""


class Misfit(NamedTuple):
    """What does not fit.

    Attributes
    ----------
    gain
        Accuracy of a cross-fitted threshold less that of the detector's own; None where it fits.
    z
        Spiegelhalter's; None where the probabilities are as they should be.
    """

    gain: Figure | None
    z: float | None


def find_misfit(scores: Floats, framed: Booleans, groups: Groups, threshold: float) -> Misfit | None:
    """Compare a threshold and scores with cross-fitted ones; None where both fit, or the set is too small.

    Parameters
    ----------
    scores, framed, groups
        Shape (n,).
    """
    names = np.arange(len(scores)) if groups is None else np.asarray(groups)
    if any(len(np.unique(names[rows])) < LEAST_GROUPS for rows in (framed, ~framed)):
        return None
    fitted = cross_fitted(scores, framed, groups)
    gain = accuracy_difference(
        (fitted >= 0.5) == framed, (scores >= threshold) == framed, groups, confidence=CONFIDENCE
    )
    worth = gain.value is not None and gain.low is not None and gain.low > 0 and gain.value >= LEAST_GAIN
    z = spiegelhalter_z(scores, framed, groups)
    off = abs(z) > Z and float(np.mean(_losses(scores, framed) - _losses(fitted, framed))) >= LEAST_LOSS
    if not (worth or off):
        return None
    return Misfit(gain if worth else None, z if off else None)


def spiegelhalter_z(scores: Floats, framed: Booleans, groups: Groups = None) -> float:
    """Return how many standard errors the Brier score lies from what calibrated scores would give it.

    Where groups repeat, the standard error is that of the sums over groups.

    References
    ----------
    Spiegelhalter, "Probabilistic prediction in patient management and clinical trials", Statistics in
    Medicine 5, 1986.
    """
    p = np.clip(scores, 1e-7, 1 - 1e-7)
    parts = (framed - p) * (1 - 2 * p)
    codes = group_codes(groups)
    variance = float(np.sum((1 - 2 * p) ** 2 * p * (1 - p)))
    if codes is not None:
        sums = group_sums(codes, parts)
        variance = max(variance, float(sums @ sums))
    return float(parts.sum() / np.sqrt(variance)) if variance > 0 else 0.0


def _losses(probabilities: Floats, framed: Booleans) -> Floats:
    p = np.clip(probabilities, 1e-7, 1 - 1e-7)
    return -np.where(framed, np.log(p), np.log(1 - p))


def in_words(name: str, found: Misfit) -> str:
    """Say what does not fit, and what to do."""
    parts = []
    if found.gain is not None and found.gain.value is not None:
        more = f"{found.gain.value:.1%} more images right"
        parts.append(f"a threshold that is fitted to other images of it judges {more}")
    if found.z is not None:
        parts.append(f"its scores are no probabilities here (Spiegelhalter's z is {found.z:.1f})")
    return f"{name} does not fit this set: {', and '.join(parts)}; fit it on a part of it: bench calibrate"
