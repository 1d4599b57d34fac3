"""Fit the parameters to labelled pictures; cross-validated by group.

Needs scikit-learn, which detection does not: only plain numbers are shipped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from framejudge.datasets.box import Box
from framejudge.datasets.errors import InputError
from framejudge.detectors.canny.detector import LINE_RULE_NAMES, PICTURE_RULE_NAMES, measure_lines
from framejudge.detectors.canny.edges import Floats, Strips, cut_strips
from framejudge.detectors.canny.lines import Lines
from framejudge.detectors.canny.parameters import Parameters
from framejudge.detectors.canny.picture import apply_picture_rules, choose_lines
from framejudge.detectors.canny.scoring import AdditiveModel, Curve, expand, place_knots
from framejudge.detectors.protocol import Image

Bools: TypeAlias = npt.NDArray[np.bool_]

TOLERANCE_PX, TOLERANCE_FRACTION = 2.0, 0.01
"""A line is the frame's inner border when it is this close to the truth: the larger of the two."""

LINE_KNOTS, PICTURE_KNOTS = 9, 6
REGULARISATION = 1.0
FOLDS = 5
SIDE_LOG_ODDS_TRIED = np.arange(-5, 3.01, 0.25)


@dataclass(frozen=True, slots=True)
class Measured:
    """What the fit needs of one picture.

    Attributes
    ----------
    lines, numbers
        The candidates, and each rule's number for each; (4, lines, rules).
    framed
        The label.
    group
        The source photo.
    correct
        Which candidates are the frame's inner border; (4, lines). None where the content box is not known.
    banded
        Which sides have a band; (4,). None where the content box is not known.
    """

    lines: Lines
    numbers: Floats
    framed: bool
    group: str
    correct: Bools | None
    banded: Bools | None


@dataclass(frozen=True, slots=True)
class FoldFigures:
    """How well a model did on the groups it was not fitted on."""

    accuracy: float
    auc: float


@dataclass(frozen=True, slots=True)
class Fit:
    """Parameters, and the figures of the folds behind them."""

    parameters: Parameters
    folds: tuple[FoldFigures, ...]


def measure(image: Image, *, framed: bool, content_box: Box | None, group: str) -> Measured:
    """Find the lines of a picture, apply the rules, and compare with the content box."""
    strips = cut_strips(image)
    lines, numbers = measure_lines(strips)
    if not framed:
        none = np.zeros(lines.depth.shape, bool)
        return Measured(lines, numbers, framed, group, none, none.any(axis=1))
    if content_box is None:
        return Measured(lines, numbers, framed, group, None, None)
    truth, tolerance = _true_depths(strips, content_box)
    banded = truth > 0
    near = np.abs(lines.depth - truth[:, None]) <= tolerance[:, None]
    return Measured(lines, numbers, framed, group, near & banded[:, None] & (lines.strength > 0), banded)


def fit(pictures: Sequence[Measured], provenance: Mapping[str, Any]) -> Fit:
    """Fit everything in `Parameters` to measured pictures.

    The picture model and the threshold see only log-odds of lines from models fitted without that picture's
    group, so that they are not fooled by lines learnt by heart.

    Raises
    ------
    InputError
        When there are not both labels in enough groups, or no content box.
    """
    _check(pictures)
    out_of_fold = np.zeros((len(pictures), 4, pictures[0].lines.depth.shape[1]), np.float32)
    for train, test in _folds(pictures):
        out_of_fold[test] = _line_log_odds(_fit_lines([pictures[i] for i in train]), pictures, test)
    summaries = np.stack(
        [
            apply_picture_rules(choose_lines(picture.lines, log_odds))
            for picture, log_odds in zip(pictures, out_of_fold, strict=True)
        ]
    )
    framed = np.array([picture.framed for picture in pictures])
    scores = np.zeros(len(pictures))
    for train, test in _folds(pictures):
        model = _fit_additive(PICTURE_RULE_NAMES, summaries[train], framed[train], PICTURE_KNOTS)
        scores[test] = 1 / (1 + np.exp(-model.log_odds(summaries[test])))
    threshold = best_threshold(scores, framed)
    folds = tuple(
        FoldFigures(
            accuracy=float(((scores[test] >= threshold) == framed[test]).mean()),
            auc=float(roc_auc_score(framed[test], scores[test])),
        )
        for _, test in _folds(pictures)
    )
    parameters = Parameters(
        lines=_fit_lines(pictures),
        picture=_fit_additive(PICTURE_RULE_NAMES, summaries, framed, PICTURE_KNOTS),
        threshold=threshold,
        side_log_odds=_best_side_log_odds(pictures, out_of_fold),
        provenance={**provenance, "cross_validation": _describe(folds)},
    )
    return Fit(parameters, folds)


def best_threshold(scores: npt.NDArray[np.float64], framed: Bools) -> float:
    """Return the threshold of the highest accuracy; midway between the two scores beside it."""
    order = np.argsort(scores)
    ranked, labels = scores[order], framed[order]
    plain_below = np.concatenate([[0], np.cumsum(~labels)])
    framed_above = labels.sum() - np.concatenate([[0], np.cumsum(labels)])
    edges = np.concatenate([[0.0], (ranked[1:] + ranked[:-1]) / 2, [1.0]])
    return float(edges[np.argmax(plain_below + framed_above)])


def _check(pictures: Sequence[Measured]) -> None:
    for label in (True, False):
        groups = {picture.group for picture in pictures if picture.framed == label}
        if len(groups) < FOLDS:
            raise InputError(
                f"{len(groups)} groups with {'framed' if label else 'plain'} pictures",
                fix=f"tuning is cross-validated by group and needs at least {FOLDS} of each",
            )
    if not any(picture.framed and picture.correct is not None for picture in pictures):
        raise InputError("no content box", fix="give left, top, right and bottom in labels.csv")


def _folds(pictures: Sequence[Measured]) -> Iterator[tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]]:
    groups = [picture.group for picture in pictures]
    yield from GroupKFold(FOLDS).split(np.zeros(len(groups)), groups=groups)


def _fit_lines(pictures: Sequence[Measured]) -> AdditiveModel:
    known = [picture for picture in pictures if picture.correct is not None]
    numbers = np.concatenate([picture.numbers.reshape(-1, len(LINE_RULE_NAMES)) for picture in known])
    correct = np.concatenate(
        [picture.correct.reshape(-1) for picture in known if picture.correct is not None]
    )
    return _fit_additive(LINE_RULE_NAMES, numbers, correct, LINE_KNOTS)


def _line_log_odds(
    model: AdditiveModel, pictures: Sequence[Measured], chosen: npt.NDArray[np.intp]
) -> Floats:
    return model.log_odds(np.stack([pictures[i].numbers for i in chosen]))


def _fit_additive(names: Sequence[str], numbers: Floats, target: Bools, knot_count: int) -> AdditiveModel:
    knots = [place_knots(numbers[:, rule], knot_count) for rule in range(len(names))]
    regression = LogisticRegression(C=REGULARISATION, max_iter=3000)
    regression.fit(expand(numbers, knots), target)
    gains = np.split(regression.coef_[0], np.cumsum([len(places) - 1 for places in knots])[:-1])
    curves = {
        name: Curve(places, tuple(float(value) for value in np.concatenate([[0.0], np.cumsum(gain)])))
        for name, places, gain in zip(names, knots, gains, strict=True)
    }
    return AdditiveModel(float(regression.intercept_[0]), curves)


def _best_side_log_odds(pictures: Sequence[Measured], log_odds: Floats) -> float:
    """Return the log-odds that get all four sides right, band or none, in the most framed pictures."""
    shown = [i for i, picture in enumerate(pictures) if picture.framed and picture.correct is not None]
    best = log_odds[shown].max(axis=2)
    choice = log_odds[shown].argmax(axis=2)
    correct = np.stack([pictures[i].correct[np.arange(4), choice[k]] for k, i in enumerate(shown)])  # type: ignore[index]
    banded = np.stack([pictures[i].banded for i in shown])  # type: ignore[misc]
    right = [np.where(best >= tried, correct, ~banded).all(axis=1).mean() for tried in SIDE_LOG_ODDS_TRIED]
    return float(SIDE_LOG_ODDS_TRIED[int(np.argmax(right))])


def _true_depths(strips: Strips, box: Box) -> tuple[Floats, Floats]:
    """Return the frame's depth on each side and the tolerance, in working pixels."""
    (width, height), (horizontal, vertical) = strips.size, strips.scale
    scale = np.array([horizontal, vertical, horizontal, vertical], np.float32)
    depth = np.array([box.left, box.top, width - box.right, height - box.bottom], np.float32)
    extent = np.array([width, height, width, height], np.float32)
    return depth * scale, np.maximum(TOLERANCE_PX, TOLERANCE_FRACTION * extent) * scale


def _describe(folds: Sequence[FoldFigures]) -> dict[str, Any]:
    figures = {
        name: np.array([getattr(fold, name) for fold in folds], np.float64) for name in ("accuracy", "auc")
    }
    described: dict[str, Any] = {"folds": len(folds), "by": "group"}
    for name, values in figures.items():
        described[name] = round(float(values.mean()), 4)
        described[f"{name}_sd"] = round(float(values.std(ddof=1)), 4)
    return described
