"""Choosing the threshold of a detector: scores at or above it mean framed."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from framejudge.datasets.errors import InputError

Floats: TypeAlias = npt.NDArray[np.floating[Any]]
Labels: TypeAlias = npt.NDArray[np.bool_] | npt.NDArray[np.integer[Any]] | Floats


def most_accurate_threshold(scores: Floats, framed: Labels, weights: Floats | None = None) -> float:
    """Return the threshold of calibrated scores: 0.5, unless another is more accurate beyond chance.

    Where a probability is calibrated, 0.5 makes the fewest mistakes, and the most accurate threshold of some
    thousand pictures moves by more than a tenth from one sample to the next. So the thresholds are compared
    with the most accurate one: those within two standard errors of its accuracy are as good. (The standard
    error of this paired difference is the root of the sum of squared weights of the pictures that the two
    classify differently.) Of them, the one nearest to 0.5 is returned; of two equally near, the lower.

    A threshold lies midway between two neighbouring scores that differ, or at 0.5 where 0.5 parts the same
    pictures. Equal scores are never parted, and there is always a picture on either side; where all scores
    are equal, 0.5 is returned. Of equally accurate thresholds, the others are compared with the one nearest
    to 0.5.

    Parameters
    ----------
    scores
        In [0, 1], (n,).
    framed
        Labels, (n,); above 0 means framed.
    weights
        How much each picture counts, (n,), above 0; None where all count the same. Only their ratios matter.
    """
    order = np.argsort(scores, kind="stable")
    ranked, truth = np.asarray(scores, np.float64)[order], np.asarray(framed, np.float64)[order] > 0
    counts = np.ones(len(ranked)) if weights is None else np.asarray(weights, np.float64)[order]
    parted = np.flatnonzero(ranked[:-1] < ranked[1:])
    if not len(parted):
        return 0.5
    # A threshold after a picture calls it, and all of lower scores, plain.
    right = (np.cumsum(counts * ~truth) + np.sum(counts * truth) - np.cumsum(counts * truth))[parted]
    spread = np.cumsum(counts**2)[parted]
    below, above = ranked[parted], ranked[parted + 1]
    tried = np.where((below < 0.5) & (above >= 0.5), 0.5, (below + above) / 2)
    from_half = np.abs(tried - 0.5)
    best = np.lexsort((from_half, -right))[0]
    as_good = right[best] - right <= 2 * np.sqrt(np.abs(spread - spread[best]))
    return float(tried[as_good][np.argmin(from_half[as_good])])


def fairest_threshold(scores: Floats, framed: Labels, hands: npt.NDArray[np.str_]) -> float:
    """Return the threshold at which no hand loses much against its own best one.

    Each hand's framed pictures are judged beside all plain ones, both labels counting the same. Of the
    thresholds that are tried, 0.02 to 0.98 in steps of 0.01, the one is returned at which the largest loss of
    balanced accuracy over hands is least; of equal ones, the nearest to 0.5.

    Parameters
    ----------
    scores
        In [0, 1], (n,).
    framed
        Labels, (n,); above 0 means framed.
    hands
        Who drew each framed picture, (n,); what stands at a plain one does not matter.
    """
    truth = np.asarray(framed).astype(np.int64) > 0
    tried = np.round(np.arange(2, 99) / 100, 2)
    passed = np.array([np.mean(scores[~truth] < each) for each in tried])
    losses = []
    for hand in np.unique(hands[truth]):
        own = scores[truth & (hands == hand)]
        accuracy = (np.array([np.mean(own >= each) for each in tried]) + passed) / 2
        losses.append(accuracy.max() - accuracy)
    worst = np.max(losses, axis=0)
    return float(tried[np.lexsort((np.abs(tried - 0.5), np.round(worst, 9)))[0]])


def threshold_of_false_positive_rate(plain_scores: Floats, at_most: float) -> float:
    """Return the lowest threshold that at most this share of plain pictures reaches.

    Parameters
    ----------
    plain_scores
        Of plain pictures, (n,). Equal scores stay on one side.
    at_most
        The share, in (0, 1).

    Raises
    ------
    InputError
        When the pictures are too few to show such a share.
    """
    if len(plain_scores) * at_most < 1:
        raise InputError(
            f"{len(plain_scores):,} plain pictures cannot show a share of {at_most:.1%}",
            fix=f"give at least {round(1 / at_most):,}",
        )
    ranked = np.sort(plain_scores)[::-1]
    return float(np.nextafter(ranked[int(len(plain_scores) * at_most)], 2.0))
