"""Which of many drawn pictures a training should spend its time on: importance sampling.

A good network learns almost nothing from most pictures: it already judges them as they are labelled. A step
of gradient descent is about as long as a picture's error, so pictures are kept in proportion to their error
and weighted by the inverse, which leaves the expected gradient as it was and makes it less noisy
(A. Katharopoulos and F. Fleuret, "Not All Samples Are Created Equal: Deep Learning with Importance Sampling",
ICML 2018).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]

DRAWN_PER_KEPT = 3
"""Judging a picture costs about a third of training on it, drawing it two thirds."""
EVENLY = 0.2
"""Share of the picks that does not look at errors: no picture's weight grows beyond the inverse of this."""


def choose(
    errors: Floats, count: int, rng: np.random.Generator
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float32]]:
    """Return which pictures to keep, ascending, and their weights.

    Picture ``i`` is kept with a probability that grows with ``errors[i]``, and weighs in proportion to the
    inverse: a weighted mean over the kept ones estimates the mean over all without bias. Systematic sampling
    with unequal probabilities (W. G. Madow, 1949) keeps exactly ``count``.

    Parameters
    ----------
    errors
        Of the pictures, (n,), at least 0: the distance of probability from label.
    count
        How many to keep, at most n.
    """
    kept = inclusion(errors, count)
    order = rng.permutation(len(errors))
    reached = np.cumsum(kept[order])
    marks = (rng.random() + np.arange(count)) * (reached[-1] / count)
    rows = np.sort(order[np.searchsorted(reached, marks, side="right").clip(max=len(order) - 1)])
    return rows, (count / len(errors) / kept[rows]).astype(np.float32)


def inclusion(errors: Floats, count: int) -> npt.NDArray[np.float64]:
    """Return the probability with which each picture is kept, (n,); they add up to ``count``."""
    mean = float(np.mean(errors))
    wanted = np.full(len(errors), 1.0) if mean == 0 else EVENLY + (1 - EVENLY) * errors / mean
    kept = np.zeros(len(errors))
    sure = np.zeros(len(errors), np.bool_)
    # What would be kept more than once is kept for certain, and the others share what is left.
    while True:
        left = count - np.count_nonzero(sure)
        kept[~sure] = wanted[~sure] * (left / max(wanted[~sure].sum(), np.finfo(float).tiny))
        if not np.any(kept[~sure] > 1):
            kept[sure] = 1
            return kept
        sure |= kept > 1
