"""The area under the ROC curve with its uncertainty, after DeLong, and after Obuchowski for groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from framejudge.bench.statistics.groups import Groups, group_codes, group_sums
from framejudge.bench.statistics.interval import (
    CONFIDENCE,
    Booleans,
    Floats,
    Interval,
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
    framed_covariance, plain_covariance, shared_covariance
        Shape (k, k): what the framed images, the plain ones, and groups with images of both contribute to
        the covariance of the areas. NaN where a class has a single image or group.
    framed_units, plain_units
        Independent images, or groups, of each class.
    units
        Independent images, or groups, altogether.
    clustered
        Whether groups repeat.
    """

    aucs: Floats
    framed_covariance: Floats
    plain_covariance: Floats
    shared_covariance: Floats
    framed_units: int
    plain_units: int
    units: int
    clustered: bool

    @property
    def covariance(self) -> Floats:
        """The covariance of the areas, shape (k, k)."""
        return self.framed_covariance + self.plain_covariance + self.shared_covariance

    @property
    def independent_pairs(self) -> int:
        """How many pairs of a framed and a plain image can be formed so that no two share a unit."""
        return min(self.framed_units, self.plain_units, self.units // 2)

    def variance(self, contrast: Floats) -> float:
        """Return the variance of a weighted sum of the areas; ``contrast`` has shape (k,)."""
        return float(contrast @ self.covariance @ contrast)

    def degrees_of_freedom(self, contrast: Floats) -> float:
        """Return those of `variance`, after Welch and Satterthwaite."""
        framed = float(contrast @ self.framed_covariance @ contrast)
        plain = float(contrast @ self.plain_covariance @ contrast)
        spread = framed**2 / (self.framed_units - 1) + plain**2 / (self.plain_units - 1)
        return (framed + plain) ** 2 / spread if spread > 0 else 1.0


def auc(
    labels: Booleans, scores: Floats, groups: Groups = None, *, confidence: float = CONFIDENCE
) -> Interval:
    """Return the area under the ROC curve with its interval.

    DeLong's variance (Obuchowski's where groups repeat) on the logit scale, with Student's quantile. On the
    plain scale the interval covers 85 % instead of 95 % at an area of 0.98 with 50 images a class. Where the
    two classes do not overlap, the area is bounded on one side: each of m independent pairs is in order with
    the area's probability, so at 95 % it is at least 0.05 ** (1 / m).

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


def auc_interval(result: DelongResult, detector: int, confidence: float = CONFIDENCE) -> Interval:
    """Return one detector's area with its interval (see `auc`)."""
    value = float(result.aucs[detector])
    n = result.units
    if value in (0.0, 1.0):
        return _one_sided(result, value, confidence)
    if min(result.framed_units, result.plain_units) < 2:
        what = "groups" if result.clustered else "images"
        return Interval(value, None, None, "", n, f"an interval needs at least two {what} of each class")
    contrast = np.eye(len(result.aucs))[detector]
    variance = result.variance(contrast)
    if variance <= 0:
        return Interval(value, None, None, "", n, "the scores do not vary within the classes")
    quantile = two_sided_quantile(confidence, result.degrees_of_freedom(contrast))
    reach = quantile * np.sqrt(variance) / (value * (1 - value))
    low, high = expit(logit(value) - reach), expit(logit(value) + reach)
    method = "clustered-delong-logit" if result.clustered else "delong-logit"
    return Interval(value, float(low), float(high), method, n)


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
    framed_rest, plain_rest = framed - aucs[:, None], plain - aucs[:, None]
    codes = group_codes(groups)
    if codes is None:
        framed_covariance = _mean_covariance(framed_rest, framed.shape[1], framed.shape[1])
        plain_covariance = _mean_covariance(plain_rest, plain.shape[1], plain.shape[1])
        shared = np.zeros_like(framed_covariance)
        units = (framed.shape[1], plain.shape[1], len(labels))
    else:
        count = int(codes.max()) + 1
        units = (len(np.unique(codes[labels])), len(np.unique(codes[~labels])), count)
        framed_sums = group_sums(codes[labels], framed_rest, count)
        plain_sums = group_sums(codes[~labels], plain_rest, count)
        framed_covariance = _mean_covariance(framed_sums, units[0], framed.shape[1])
        plain_covariance = _mean_covariance(plain_sums, units[1], plain.shape[1])
        crossed = framed_sums @ plain_sums.T / (framed.shape[1] * plain.shape[1])
        shared = (crossed + crossed.T) * (count / max(1, count - 1))
    return DelongResult(aucs, framed_covariance, plain_covariance, shared, *units, codes is not None)


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


def _mean_covariance(sums: Floats, units: int, images: int) -> Floats:
    """Return the covariance of the mean over ``images`` from residuals summed over each unit, (k, G)."""
    if units < 2:
        return np.full((len(sums), len(sums)), np.nan)
    covariance: Floats = sums @ sums.T * (units / (units - 1)) / images**2
    return covariance


def _one_sided(result: DelongResult, value: float, confidence: float) -> Interval:
    pairs = result.independent_pairs
    if pairs == 0:
        return Interval(value, None, None, "", result.units, "all images are of one group: no interval")
    bound = (1 - confidence) ** (1 / pairs)
    low, high = (bound, 1.0) if value == 1 else (0.0, 1 - bound)
    method = "clustered-separated-one-sided" if result.clustered else "separated-one-sided"
    return Interval(value, low, high, method, result.units)
