"""Figures made of several proportions: F1, balanced accuracy, and figures at a shop's own prevalence."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import NamedTuple

import numpy as np

from framejudge.bench.run.figure import Figure
from framejudge.bench.statistics.groups import Groups, group_codes, group_sums, rows_of
from framejudge.bench.statistics.interval import CONFIDENCE, Booleans, nothing
from framejudge.bench.statistics.mover import Estimate, ratio, weighted_sum
from framejudge.bench.statistics.proportions import proportion


def f1(
    labels: Booleans, predicted: Booleans, groups: Groups = None, *, confidence: float = CONFIDENCE
) -> Figure:
    """Return F1 with its interval.

    F1 is an increasing function of J = TP / (TP + FP + FN), namely 2 J / (1 + J); and J is the share of hits
    among the images that are framed or called framed, a proportion. So its interval carries over.

    Parameters
    ----------
    labels, predicted
        Shape (n,): whether an image is framed, and whether it was called so.
    """
    concerned = labels | predicted
    if not concerned.any():
        return nothing("no image is framed or called framed", n=len(labels))
    jaccard = proportion((labels & predicted)[concerned], rows_of(groups, concerned), confidence=confidence)
    figure = jaccard.transformed(lambda share: 2 * share / (1 + share))
    return replace(figure, method=f"{jaccard.method} of tp/(tp+fp+fn)") if jaccard.method else figure


def balanced_accuracy(
    labels: Booleans, predicted: Booleans, groups: Groups = None, *, confidence: float = CONFIDENCE
) -> Figure:
    """Return the mean of recall and specificity: the accuracy where half of the images are framed."""
    return accuracy_at_prevalence(labels, predicted, 0.5, groups, confidence=confidence)


def accuracy_at_prevalence(
    labels: Booleans,
    predicted: Booleans,
    prevalence: float,
    groups: Groups = None,
    *,
    confidence: float = CONFIDENCE,
) -> Figure:
    """Return the accuracy at a shop where a share ``prevalence`` of the images is framed.

    The intervals of recall and specificity are joined by the square-and-add rule (`mover.weighted_sum`), with
    the correlation that the two have over the groups.
    """
    _check(prevalence)
    rates = _rates(labels, predicted, groups, confidence)
    if isinstance(rates, Figure):
        return rates
    joined = weighted_sum(rates.recall, rates.specificity, (prevalence, 1 - prevalence), rates.correlation)
    return Figure(joined.value, max(0.0, joined.low), min(1.0, joined.high), rates.method, rates.n)


def expected_loss(
    labels: Booleans,
    predicted: Booleans,
    weights: tuple[float, float],
    groups: Groups = None,
    *,
    confidence: float = CONFIDENCE,
) -> Figure:
    """Return what an image costs on average where misses and false alarms have a cost, with its interval.

    The intervals of the miss rate and the false-alarm rate are joined as for `accuracy_at_prevalence`, which
    is 1 less this where every mistake costs 1.

    Parameters
    ----------
    weights
        What all misses and all false alarms would cost: the share of each class times the cost of a mistake.
    """
    rates = _rates(labels, predicted, groups, confidence)
    if isinstance(rates, Figure):
        return rates
    missed, alarmed = (_complement(rate) for rate in (rates.recall, rates.specificity))
    joined = weighted_sum(missed, alarmed, weights, rates.correlation)
    return Figure(joined.value, max(0.0, joined.low), min(sum(weights), joined.high), rates.method, rates.n)


def precision_at_prevalence(
    labels: Booleans,
    predicted: Booleans,
    prevalence: float,
    groups: Groups = None,
    *,
    confidence: float = CONFIDENCE,
) -> Figure:
    """Return the precision at a shop where a share ``prevalence`` of the images is framed.

    Bayes' rule on the likelihood ratio recall / (1 - specificity), whose interval is joined from the two
    (`mover.ratio`). A correlation of the two over groups is left out: where one photo has images of both
    classes, a high score of both raises numerator and denominator together, and the interval is too wide.
    """
    _check(prevalence)
    rates = _rates(labels, predicted, groups, confidence)
    if isinstance(rates, Figure):
        return rates
    if not predicted.any():
        return nothing("no image was called framed", n=rates.n)
    false_alarms = _complement(rates.specificity)
    odds = prevalence / (1 - prevalence)
    ends = [_share(odds * likelihood) for likelihood in ratio(rates.recall, false_alarms)]
    return Figure(ends[0], ends[1], ends[2], rates.method, rates.n)


class _Rates(NamedTuple):
    recall: Estimate
    specificity: Estimate
    correlation: float
    method: str
    n: int


def _rates(labels: Booleans, predicted: Booleans, groups: Groups, confidence: float) -> _Rates | Figure:
    """Return recall and specificity, or the interval that says why they cannot be joined."""
    if labels.all() or not labels.any():
        return nothing("needs images of both classes", n=len(labels))
    codes = group_codes(groups)
    n = len(labels) if codes is None else int(codes.max()) + 1
    estimates = []
    methods = []
    for rows, hits in ((labels, predicted), (~labels, ~predicted)):
        rate = proportion(hits[rows], None if codes is None else codes[rows], confidence=confidence)
        if rate.value is None or rate.low is None or rate.high is None:
            return nothing("all images of a class are of one group", n=n)
        estimates.append(Estimate(rate.value, rate.low, rate.high))
        methods.append(rate.method)
    correlation = _correlation(labels, predicted, groups)
    method = f"mover of {' and '.join(dict.fromkeys(methods))}"
    return _Rates(estimates[0], estimates[1], correlation, method, n)


def _correlation(labels: Booleans, predicted: Booleans, groups: Groups) -> float:
    """Correlate the estimates of recall and specificity through groups that have images of both classes."""
    codes = group_codes(groups)
    if codes is None:
        return 0.0
    hits = labels == predicted
    framed, plain = (
        group_sums(codes, np.where(rows, hits - hits[rows].mean(), 0.0)) for rows in (labels, ~labels)
    )
    scale = float(np.sqrt((framed @ framed) * (plain @ plain)))
    return float(framed @ plain) / scale if scale else 0.0


def _complement(rate: Estimate) -> Estimate:
    return Estimate(1 - rate.value, 1 - rate.high, 1 - rate.low)


def _share(odds: float) -> float:
    return 1.0 if odds == inf else odds / (1 + odds)


def _check(prevalence: float) -> None:
    if not 0 < prevalence < 1:
        raise ValueError(f"a prevalence lies between 0 and 1, not {prevalence}")
