"""Scores against labels: how good each detector is, how they compare, and where they are weak.

Values, intervals and paired tests come from `framejudge.bench.statistics`; they look at
images that have a label and a score, and at nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import numpy.typing as npt

from framejudge.bench.decide import weighted
from framejudge.bench.decide.pilot import plan_by_error, plan_of_pair
from framejudge.bench.figures.slices import Slice, find_slices
from framejudge.bench.run import (
    CalibrationBin,
    Comparison,
    Confusion,
    DetectorResult,
    SliceResult,
)
from framejudge.bench.run.columns import Answers, Booleans, Columns, Floats
from framejudge.bench.run.figure import Figure
from framejudge.bench.run.metrics import QUALITY
from framejudge.bench.statistics import auc as auc_statistics
from framejudge.bench.statistics import calibration, paired, proportions, rates
from framejudge.bench.statistics.weakest import slice_evidence

FAILED = "the detector failed"

Codes = npt.NDArray[np.int32]


def assess_detector(columns: Columns, answers: Answers, prevalence: float | None = None) -> DetectorResult:
    """Return a detector's figures; null with a reason wherever the data cannot support one.

    Parameters
    ----------
    prevalence
        The share of framed images that accuracy and precision are reweighted to; None for the set's own.
    """
    usable = columns.judged(answers)
    framed, groups, values = columns.framed[usable], columns.groups.codes[usable], answers.scores[usable]
    predicted = values >= answers.threshold
    judged = False
    if answers.failure is not None:
        figures = dict.fromkeys(QUALITY, _null(FAILED))
    elif not usable.any():
        figures = dict.fromkeys(QUALITY, _null("no image has both a label and a score"))
    else:
        figures = _figures(framed, values, predicted, groups, prevalence)
        judged = True
    return DetectorResult(
        status="complete" if answers.failure is None else "failed",
        failure=answers.failure,
        threshold=answers.threshold,
        threshold_source=answers.threshold_source,
        accuracy=figures["accuracy"],
        balanced_accuracy=figures["balanced_accuracy"],
        auc=figures["auc"],
        precision=figures["precision"],
        recall=figures["recall"],
        specificity=figures["specificity"],
        f1=figures["f1"],
        brier=figures["brier"],
        confusion=_confusion(framed, predicted) if judged else None,
        calibration=_calibration(framed, values, groups) if judged else [],
    )


def compare_detectors(
    columns: Columns,
    latency_ratios: Mapping[tuple[str, str], Figure],
    prevalence: float | None = None,
) -> list[Comparison]:
    """Return each pair of detectors that did not fail, paired on the images that both scored.

    McNemar's p-values are corrected for the number of pairs (Holm). With a prevalence, differences of
    accuracy and their test are those of a shop with such a share of framed images.
    """
    pairs = list(combinations([answers for answers in columns.detectors if answers.failure is None], 2))
    found = [
        paired_comparison(
            columns, a, b, latency_ratios.get((a.name, b.name), _null("not timed")), prevalence, len(pairs)
        )
        for a, b in pairs
    ]
    return _correct_for_number(found)


def assess_slices(columns: Columns) -> list[SliceResult]:
    """Return every detector on every slice of the set, and how surely it is weaker there than elsewhere."""
    found = find_slices(columns.attributes, columns.labelled)
    judged = [_slices_of(columns, found, answers) for answers in columns.detectors if answers.failure is None]
    return [one for of_slice in zip(*judged, strict=True) for one in of_slice]


def _figures(
    framed: Booleans, scores: Floats, predicted: Booleans, groups: Codes, prevalence: float | None
) -> dict[str, Figure]:
    one_class = _missing_class(framed)
    figures = {
        "accuracy": _accuracy(framed, predicted, groups, prevalence),
        "brier": calibration.brier(framed, scores, groups),
    }
    figures |= _recall_and_specificity(framed, predicted, groups)
    if one_class is not None:
        needs_two = _null(one_class, n=len(framed))
        return figures | dict.fromkeys(("balanced_accuracy", "auc", "precision", "f1"), needs_two)
    return figures | {
        "balanced_accuracy": rates.balanced_accuracy(framed, predicted, groups),
        "auc": auc_statistics.auc(framed, scores, groups),
        "precision": _precision(framed, predicted, groups, prevalence),
        "f1": rates.f1(framed, predicted, groups),
    }


def _accuracy(framed: Booleans, predicted: Booleans, groups: Codes, prevalence: float | None) -> Figure:
    if prevalence is None:
        return proportions.proportion(framed == predicted, groups)
    one_class = _missing_class(framed)
    if one_class is not None:
        return _null(one_class, n=len(framed))
    return rates.accuracy_at_prevalence(framed, predicted, prevalence, groups)


def _precision(framed: Booleans, predicted: Booleans, groups: Codes, prevalence: float | None) -> Figure:
    if not predicted.any():
        return _null("no image was called framed", n=len(framed))
    if prevalence is None:
        return proportions.proportion(framed[predicted], groups[predicted])
    return rates.precision_at_prevalence(framed, predicted, prevalence, groups)


def _recall_and_specificity(framed: Booleans, predicted: Booleans, groups: Codes) -> dict[str, Figure]:
    plain = ~framed
    return {
        "recall": proportions.proportion(predicted[framed], groups[framed])
        if framed.any()
        else _null("no framed image with a score"),
        "specificity": proportions.proportion(~predicted[plain], groups[plain])
        if plain.any()
        else _null("no plain image with a score"),
    }


def _confusion(framed: Booleans, predicted: Booleans) -> Confusion:
    return Confusion(
        tp=int(np.sum(framed & predicted)),
        fp=int(np.sum(~framed & predicted)),
        tn=int(np.sum(~framed & ~predicted)),
        fn=int(np.sum(framed & ~predicted)),
    )


def _calibration(framed: Booleans, scores: Floats, groups: Codes) -> list[CalibrationBin]:
    return [
        CalibrationBin(
            low=one.low,
            high=one.high,
            mean_score=one.mean_score,
            framed_share=one.framed_share,
            n=one.n,
        )
        for one in calibration.reliability(framed, scores, groups)
    ]


def paired_comparison(
    columns: Columns,
    a: Answers,
    b: Answers,
    latency_ratio: Figure,
    prevalence: float | None = None,
    pairs: int = 1,
) -> Comparison:
    """Compare two detectors, or two versions of one, on the labelled images that both scored.

    Parameters
    ----------
    pairs
        How many pairs are compared: what a plan of more images has to allow for.
    """
    both = columns.judged(a) & b.scored
    framed, groups = columns.framed[both], columns.groups.codes[both]
    if not both.any():
        nothing = _null("no image has a score of both")
        return Comparison(
            a=a.name,
            b=b.name,
            auc_difference=nothing,
            accuracy_difference=nothing,
            mcnemar_p=nothing,
            latency_ratio=latency_ratio,
        )
    right_a, right_b = (one.says_framed[both] == framed for one in (a, b))
    one_class = _missing_class(framed)
    difference, p = _accuracy_compared(framed, right_a, right_b, groups, prevalence)
    plan = (
        plan_of_pair(right_a, right_b, groups, pairs=pairs)
        if prevalence is None
        else plan_by_error(len(framed), difference, pairs=pairs)
    )
    return Comparison(
        a=a.name,
        b=b.name,
        auc_difference=paired.auc_difference(framed, a.scores[both], b.scores[both], groups)
        if one_class is None
        else _null(one_class, n=len(framed)),
        accuracy_difference=difference,
        mcnemar_p=p,
        latency_ratio=latency_ratio,
        images_to_tell=plan.to_tell,
        images_for_a_point=plan.for_a_point,
    )


def _accuracy_compared(
    framed: Booleans, right_a: Booleans, right_b: Booleans, groups: Codes, prevalence: float | None
) -> tuple[Figure, Figure]:
    """Return the difference of two accuracies, and the p-value of "no difference"."""
    if prevalence is None:
        difference = paired.accuracy_difference(right_a, right_b, groups)
        return difference, paired.mcnemar(right_a, right_b, groups)
    weights = weighted.Weights.of(prevalence)
    # An accuracy is 1 less a loss: a's loss less b's is b's accuracy less a's.
    difference = weighted.loss_difference(framed, ~right_b, ~right_a, weights, groups)
    return difference, weighted.weighted_mcnemar(framed, ~right_a, ~right_b, weights, groups)


def _correct_for_number(comparisons: Sequence[Comparison]) -> list[Comparison]:
    """Adjust McNemar's p-values by Holm where there is more than one."""
    p_values = {
        k: one.mcnemar_p.value for k, one in enumerate(comparisons) if one.mcnemar_p.value is not None
    }
    corrected = list(comparisons)
    if len(p_values) < 2:
        return corrected
    for k, p in zip(p_values, paired.holm(list(p_values.values())), strict=True):
        figure = comparisons[k].mcnemar_p
        method = f"{figure.method}, Holm over {len(p_values)}"
        corrected[k] = replace(comparisons[k], mcnemar_p=replace(figure, value=p, method=method))
    return corrected


def _slices_of(columns: Columns, found: Sequence[Slice], answers: Answers) -> list[SliceResult]:
    usable = columns.judged(answers)
    framed, groups = columns.framed[usable], columns.groups.codes[usable]
    predicted = answers.says_framed[usable]
    members = np.array([one.members[usable] for one in found], dtype=bool).reshape(len(found), len(framed))
    filled = members.any(axis=1)
    p_values = np.ones(len(found))
    alone = np.ones(len(found))
    if filled.any():
        evidence = slice_evidence(framed != predicted, framed, members[filled], groups)
        p_values[filled], alone[filled] = evidence.p_values, np.exp(-evidence.strength)
    return [
        _slice_result(
            one,
            answers.name,
            inside,
            _Judged(framed, predicted, groups),
            p=Figure(value=float(p), method=f"westfall-young over {int(filled.sum())}", n=int(inside.sum())),
            chance_alone=float(chance),
        )
        for one, inside, p, chance in zip(found, members, p_values, alone, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Judged:
    """What a detector said of the images that have a label and a score, shape (n,) each."""

    framed: Booleans
    predicted: Booleans
    groups: Codes

    def of(self, rows: Booleans) -> _Judged:
        return _Judged(self.framed[rows], self.predicted[rows], self.groups[rows])

    def accuracy(self) -> Figure:
        return proportions.proportion(self.framed == self.predicted, self.groups)


def _slice_result(
    one: Slice, name: str, inside: Booleans, judged: _Judged, *, p: Figure, chance_alone: float
) -> SliceResult:
    own = judged.of(inside)
    empty = not inside.any()
    nothing = _null("no image of this slice has a score")
    return SliceResult(
        attribute=one.attribute,
        value=one.value,
        detector=name,
        images=int(inside.sum()),
        accuracy=nothing if empty else own.accuracy(),
        elsewhere=nothing if empty else _with_the_mix_of(own.framed, judged.of(~inside)),
        weaker_p=nothing if empty else p,
        chance_alone=None if empty else chance_alone,
        **_recall_and_specificity(own.framed, own.predicted, own.groups),
    )


def _with_the_mix_of(framed: Booleans, others: _Judged) -> Figure:
    """Return the accuracy on other images, reweighted to this share of framed ones."""
    share = float(framed.mean())
    if share in (0.0, 1.0):
        others = others.of(others.framed == (share == 1))
        return others.accuracy() if len(others.framed) else _null("no other image of this class")
    one_class = _missing_class(others.framed)
    if one_class is not None:
        return _null(one_class, n=len(others.framed))
    return rates.accuracy_at_prevalence(others.framed, others.predicted, share, others.groups)


def _missing_class(framed: Booleans) -> str | None:
    if framed.all():
        return "no plain image with a score: this figure needs both classes"
    if not framed.any():
        return "no framed image with a score: this figure needs both classes"
    return None


def _null(reason: str, n: int = 0) -> Figure:
    return Figure(value=None, n=n, reason=reason)
