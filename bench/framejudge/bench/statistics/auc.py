"""The area under the ROC curve with its uncertainty, after DeLong, and after Obuchowski for groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from framejudge.bench.run.figure import Figure
from framejudge.bench.statistics.groups import Groups, group_codes, group_sums
from framejudge.bench.statistics.interval import (
    CONFIDENCE,
    Booleans,
    Floats,
    effective_degrees_of_freedom,
    nothing,
    two_sided_quantile,
)


@dataclass(frozen=True, slots=True)
class DelongResult:
    """Areas under the ROC curve of k detectors on the same images.

    Attributes
    ----------
    aucs
        Shape (k,).
    covariance
        Shape (k, k): of the areas; NaN where a class has a single image or group.
    contributions
        Shape (k, units): what each independent image, or group, adds to each area, less the mean.
    framed_units, plain_units
        Independent images, or groups, that have images of each class.
    clustered
        Whether groups repeat.
    """

    aucs: Floats
    covariance: Floats
    contributions: Floats
    framed_units: int
    plain_units: int
    clustered: bool

    @property
    def units(self) -> int:
        """Independent images, or groups."""
        return int(self.contributions.shape[1])

    @property
    def independent_pairs(self) -> int:
        """How many pairs of a framed and a plain image can be formed so that no two share a unit."""
        return min(self.framed_units, self.plain_units, self.units // 2)


def auc(labels: Booleans, scores: Floats, groups: Groups = None, *, confidence: float = CONFIDENCE) -> Figure:
    """Return the area under the ROC curve with its interval.

    DeLong's variance (Obuchowski's where groups repeat) on the logit scale, with Student's quantile: near 1
    the variance rests on the few images that are out of order (`effective_degrees_of_freedom`). On the plain
    scale the interval covers 85 % instead of 95 % at an area of 0.98 with 50 images a class. Where the two
    classes do not overlap, the area is bounded on one side: each of m independent pairs is in order with the
    area's probability, so at 95 % it is at least 0.05 ** (1 / m).

    Parameters
    ----------
    labels
        Shape (n,): True for framed.
    scores
        Shape (n,), higher for framed.
    groups
        Shape (n,), or None for independent images.

    References
    ----------
    Qin, Hotilovac, "Comparison of non-parametric confidence intervals for the area under the ROC curve of a
    continuous-scale diagnostic test", Statistical Methods in Medical Research 17, 2008 (the logit scale).
    """
    if labels.all() or not labels.any():
        return nothing("needs images of both classes", n=len(labels))
    return auc_interval(delong(labels, scores[None, :], groups), 0, confidence)


def auc_interval(result: DelongResult, detector: int, confidence: float = CONFIDENCE) -> Figure:
    """Return one detector's area with its interval (see `auc`)."""
    value = float(result.aucs[detector])
    n = result.units
    if value in (0.0, 1.0):
        return _one_sided(result, value, confidence)
    if min(result.framed_units, result.plain_units) < 2:
        what = "groups" if result.clustered else "images"
        return Figure(value, None, None, "", n, f"an interval needs at least two {what} of each class")
    variance = float(result.covariance[detector, detector])
    if variance <= 0:
        return Figure(value, None, None, "", n, "the scores do not vary within the classes")
    quantile = two_sided_quantile(confidence, effective_degrees_of_freedom(result.contributions[detector]))
    reach = quantile * np.sqrt(variance) / (value * (1 - value))
    low, high = expit(logit(value) - reach), expit(logit(value) + reach)
    method = "clustered-delong-logit" if result.clustered else "delong-logit"
    return Figure(value, float(low), float(high), method, n)


def delong(labels: Booleans, scores: Floats, groups: Groups = None) -> DelongResult:
    """Return the areas of k detectors and their covariance.

    Parameters
    ----------
    labels
        Shape (n,): True for framed; both classes occur.
    scores
        Shape (k, n), higher for framed.
    groups
        Shape (n,), or None for independent images.

    References
    ----------
    .. [1] DeLong, DeLong, Clarke-Pearson, "Comparing the areas under two or more correlated receiver
       operating characteristic curves: a nonparametric approach", Biometrics 44, 1988.
    .. [2] Sun, Xu, "Fast implementation of DeLong's algorithm", IEEE Signal Processing Letters 21, 2014: the
       components from ranks, in O(n log n).
    .. [3] Obuchowski, "Nonparametric analysis of clustered ROC curve data", Biometrics 53, 1997.
    """
    framed, plain = _placements(scores[:, labels], scores[:, ~labels])
    aucs = framed.mean(axis=1)
    codes = group_codes(groups)
    own = np.arange(len(labels)) if codes is None else codes
    count = int(own.max()) + 1
    by_framed = group_sums(own[labels], (framed - aucs[:, None]) / framed.shape[1], count)
    by_plain = group_sums(own[~labels], (plain - aucs[:, None]) / plain.shape[1], count)
    framed_units, plain_units = (int(np.count_nonzero(np.bincount(own[rows]))) for rows in (labels, ~labels))
    crossed = by_framed @ by_plain.T * _correction(count)
    covariance = (
        by_framed @ by_framed.T * _correction(framed_units)
        + by_plain @ by_plain.T * _correction(plain_units)
        + (crossed + crossed.T)
    )
    return DelongResult(
        aucs, covariance, by_framed + by_plain, framed_units, plain_units, clustered=codes is not None
    )


def _correction(units: int) -> float:
    """Return what makes a variance from that many units unbiased; NaN where there is but one."""
    return units / (units - 1) if units > 1 else np.nan


def _placements(framed: Floats, plain: Floats) -> tuple[Floats, Floats]:
    """Return the share of the other class that each image is in order with; ties count half.

    Shapes (k, m) and (k, n) in and out.
    """
    framed_placements = np.empty(framed.shape, dtype=np.float64)
    plain_placements = np.empty(plain.shape, dtype=np.float64)
    for k, (ours, theirs) in enumerate(zip(framed, plain, strict=True)):
        framed_placements[k] = _share_below(ours, theirs)
        plain_placements[k] = 1 - _share_below(theirs, ours)
    return framed_placements, plain_placements


def _share_below(values: Floats, others: Floats) -> Floats:
    # Sorted queries walk through the sorted array once, in the cache; that halves the time at 100,000 images.
    ordered = np.sort(others)
    order = np.argsort(values)
    queries = values[order]
    below = np.searchsorted(ordered, queries, "left") + np.searchsorted(ordered, queries, "right")
    shares = np.empty(len(values), dtype=np.float64)
    shares[order] = below / (2 * len(others))
    return shares


def _one_sided(result: DelongResult, value: float, confidence: float) -> Figure:
    pairs = result.independent_pairs
    if pairs == 0:
        return Figure(value, None, None, "", result.units, "all images are of one group: no interval")
    bound = (1 - confidence) ** (1 / pairs)
    low, high = (bound, 1.0) if value == 1 else (0.0, 1 - bound)
    method = "clustered-separated-one-sided" if result.clustered else "separated-one-sided"
    return Figure(value, low, high, method, result.units)
