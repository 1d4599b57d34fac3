"""Fit the boosted trees of canny to labelled pictures; cross-validated by group.

Needs scikit-learn, which detection does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from framejudge.datasets.errors import InputError
from framejudge.datasets.table.box import Box
from framejudge.detectors.boosted_trees import BoostedTrees, Growth, grow
from framejudge.detectors.calibration import fit_platt
from framejudge.detectors.canny.context import CONTEXT_FEATURES, LEAST_STRENGTH, describe_context
from framejudge.detectors.canny.detector import Measurements, all_picture_features, measure, tree_log_odds
from framejudge.detectors.canny.edges import Floats, Strips, cut_strips
from framejudge.detectors.canny.line_features import LINE_FEATURES
from framejudge.detectors.canny.parameters import ALL_PICTURE_FEATURES, Parameters
from framejudge.detectors.protocol import Image
from framejudge.detectors.thresholds import most_accurate_threshold

Bools: TypeAlias = npt.NDArray[np.bool_]
Indices: TypeAlias = npt.NDArray[np.intp]

TOLERANCE_PX, TOLERANCE_FRACTION = 2.0, 0.01
"""A line is the frame's inner border when it is this close to the truth: the larger of the two."""

FOLDS = 4
SIDE_LOG_ODDS_TRIED = np.arange(-5, 3.01, 0.25)


LINE_GROWTH = Growth(trees=150, learning_rate=0.2, feature_share=0.6)
CONTEXT_GROWTH = Growth(trees=60, learning_rate=0.2, feature_share=1.0)
PICTURE_GROWTH = Growth(trees=600, learning_rate=0.12, feature_share=0.3, shrinkage=5)


@dataclass(frozen=True, slots=True)
class Example:
    """What the fit needs of one picture.

    Attributes
    ----------
    measured
        Its features, and those of its lines.
    framed
        The label.
    group
        The source photo.
    correct
        Which candidates are the frame's inner border, (4, lines); None where the content box is not known.
    banded
        Which sides have a band, (4,); None where the content box is not known.
    """

    measured: Measurements
    framed: bool
    group: str
    correct: Bools | None
    banded: Bools | None


class FoldFigures(NamedTuple):
    """How well a fit did on the groups that it had not seen."""

    accuracy: float
    auc: float
    boxes_right: float


@dataclass(frozen=True, slots=True)
class Fit:
    """Parameters, and the figures of the folds behind them."""

    parameters: Parameters
    folds: tuple[FoldFigures, ...]


def make_example(image: Image, *, framed: bool, content_box: Box | None, group: str) -> Example:
    """Measure a picture, and compare its lines with the content box."""
    strips = cut_strips(image)
    measured = measure(strips)
    lines = measured.lines
    if not framed:
        none = np.zeros(lines.depth.shape, bool)
        return Example(measured, framed, group, none, np.zeros(4, bool))
    if content_box is None:
        return Example(measured, framed, group, None, None)
    truth, tolerance, banded = _true_depths(strips, content_box)
    near = np.abs(lines.depth - truth[:, None]) <= tolerance[:, None]
    correct = near & banded[:, None] & (lines.strength > LEAST_STRENGTH)
    return Example(measured, framed, group, correct, banded)


def fit(examples: Sequence[Example], provenance: Mapping[str, Any], *, seed: int = 0) -> Fit:
    """Fit everything in `Parameters`.

    Each stage sees only log-odds from earlier stages fitted without that picture's group, so that no stage is
    fooled by pictures learnt by heart; the score is calibrated and the threshold fixed in the same way.

    Raises
    ------
    InputError
        When there are not both labels in enough groups, or no content box.
    """
    _check(examples)
    alone = _stage(examples, _line_features(examples), LINE_FEATURES, LINE_GROWTH, seed)
    context = [
        describe_context(example.measured.lines, log_odds)
        for example, log_odds in zip(examples, alone.held_out, strict=True)
    ]
    together = _stage(examples, context, CONTEXT_FEATURES, CONTEXT_GROWTH, seed + 1)
    framed = np.array([example.framed for example in examples])
    features = np.stack(
        [
            all_picture_features(example.measured, log_odds)
            for example, log_odds in zip(examples, together.held_out, strict=True)
        ]
    )
    log_odds = np.zeros(len(examples))
    for train, test in _folds(examples):
        trees = grow(ALL_PICTURE_FEATURES, features[train], framed[train], PICTURE_GROWTH, seed=seed + 2)
        log_odds[test] = trees.log_odds(features[test])
    slope, shift = fit_platt(log_odds, framed)
    scores = 1 / (1 + np.exp(-(slope * log_odds + shift)))
    threshold = most_accurate_threshold(scores, framed)
    right = _BoxesRight(examples, together.held_out)
    side_log_odds = float(max(SIDE_LOG_ODDS_TRIED, key=lambda tried: right.at(tried).mean()))
    folds = tuple(
        FoldFigures(
            accuracy=float(((scores[test] >= threshold) == framed[test]).mean()),
            auc=float(roc_auc_score(framed[test], scores[test])),
            boxes_right=float(
                (right.at(side_log_odds) & (scores[right.index] >= threshold))[
                    np.isin(right.index, test)
                ].mean()
            ),
        )
        for _, test in _folds(examples)
    )
    picture = grow(ALL_PICTURE_FEATURES, features, framed, PICTURE_GROWTH, seed=seed + 2)
    parameters = Parameters(
        lines=alone.trees,
        context=together.trees,
        picture=picture.rescaled(slope, shift),
        threshold=threshold,
        side_log_odds=side_log_odds,
        provenance={**provenance, "cross_validation": _describe(folds)},
    )
    return Fit(parameters, folds)


class _Stage(NamedTuple):
    """Trees about lines, and each picture's log-odds from trees grown without its group; (4, lines) each."""

    trees: BoostedTrees
    held_out: list[Floats]


def _stage(
    examples: Sequence[Example], features: Sequence[Floats], names: Sequence[str], growth: Growth, seed: int
) -> _Stage:
    held_out: list[Floats] = [np.zeros(0, np.float32)] * len(examples)
    for train, test in _folds(examples):
        trees = _grow_line_trees(examples, features, names, train, growth, seed)
        for index in test:
            held_out[index] = tree_log_odds(trees, examples[index].measured.lines, features[index])
    everything = np.arange(len(examples))
    return _Stage(_grow_line_trees(examples, features, names, everything, growth, seed), held_out)


def _grow_line_trees(
    examples: Sequence[Example],
    features: Sequence[Floats],
    names: Sequence[str],
    chosen: Indices,
    growth: Growth,
    seed: int,
) -> BoostedTrees:
    rows, targets = [], []
    for index in chosen:
        correct = examples[index].correct
        if correct is not None:
            present = examples[index].measured.lines.strength > LEAST_STRENGTH
            rows.append(features[index][present])
            targets.append(correct[present])
    return grow(names, np.concatenate(rows), np.concatenate(targets), growth, seed=seed)


class _BoxesRight:
    """In which framed pictures all four sides are right, by the log-odds from which on a side has a band."""

    def __init__(self, examples: Sequence[Example], log_odds: Sequence[Floats]) -> None:
        known = [
            (index, example.correct, example.banded)
            for index, example in enumerate(examples)
            if example.framed and example.correct is not None and example.banded is not None
        ]
        self.index = np.array([index for index, _, _ in known])
        self._best = np.stack([log_odds[index].max(axis=1) for index, _, _ in known])
        side = np.arange(4)
        self._correct = np.stack(
            [correct[side, log_odds[index].argmax(axis=1)] for index, correct, _ in known]
        )
        self._banded = np.stack([banded for _, _, banded in known])

    def at(self, side_log_odds: float) -> Bools:
        """Return for each of ``index`` whether its content box is right."""
        strongest = np.equal(self._best, self._best.max(axis=1, keepdims=True))
        counted = strongest | (self._best >= side_log_odds)
        return np.asarray(np.where(counted, self._correct, ~self._banded).all(axis=1), np.bool_)


def _check(examples: Sequence[Example]) -> None:
    for label in (True, False):
        groups = {example.group for example in examples if example.framed == label}
        if len(groups) < FOLDS:
            raise InputError(
                f"{len(groups)} groups with {'framed' if label else 'plain'} pictures",
                fix=f"tuning is cross-validated by group and needs at least {FOLDS} of each",
            )
    if not any(example.correct is not None and example.correct.any() for example in examples):
        raise InputError(
            "no frame's border is known",
            fix="give left, top, right and bottom of framed images in labels.csv",
        )


def _folds(examples: Sequence[Example]) -> Iterator[tuple[Indices, Indices]]:
    groups = [example.group for example in examples]
    yield from GroupKFold(FOLDS).split(np.zeros(len(groups)), groups=groups)


def _line_features(examples: Sequence[Example]) -> list[Floats]:
    return [example.measured.line_features for example in examples]


def _true_depths(strips: Strips, box: Box) -> tuple[Floats, Floats, Bools]:
    """Return each side's depth and tolerance in working pixels, and which sides have a band."""
    (width, height), scale = strips.size, np.array(strips.scale * 2, np.float32)
    depth = np.array([box.left, box.top, width - box.right, height - box.bottom], np.float32)
    extent = np.array([width, height, width, height], np.float32)
    tolerance = np.maximum(TOLERANCE_PX, TOLERANCE_FRACTION * extent) * scale
    return (depth - np.array(strips.margins, np.float32)) * scale, tolerance, depth > 0


def _describe(folds: Sequence[FoldFigures]) -> dict[str, Any]:
    described: dict[str, Any] = {"folds": len(folds), "by": "group"}
    for name, values in zip(FoldFigures._fields, np.array(folds).T, strict=True):
        described[name] = round(float(values.mean()), 4)
        described[f"{name}_sd"] = round(float(values.std(ddof=1)), 4)
    return described
