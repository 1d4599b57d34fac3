"""Scores against labels, as figures: the right images, the right reasons, the right corrections."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from made.columns import made_columns
from sklearn import metrics

from framejudge.bench.figures.quality import assess_detector, assess_slices, compare_detectors
from framejudge.bench.run import Figure
from framejudge.bench.run.columns import Answers
from framejudge.bench.statistics.paired import holm
from framejudge.bench.statistics.proportions import proportion

LABELS = ["framed"] * 30 + ["plain"] * 30


def make_answers(name: str = "one", shift: float = 0.3, seed: int = 0, **more: Any) -> Answers:
    noise = np.random.default_rng(seed).uniform(0, 0.7, len(LABELS))
    framed = np.array([label == "framed" for label in LABELS])
    return Answers(name, np.clip(noise + shift * framed, 0, 1), **more)


def test_figures_are_those_of_scikit_learn_with_intervals_around_them() -> None:
    columns, answers = made_columns(LABELS), make_answers(threshold=0.4, threshold_source="tuned")
    result = assess_detector(columns, answers)
    framed, predicted = columns.framed, answers.scores >= 0.4
    expected = {
        "accuracy": metrics.accuracy_score(framed, predicted),
        "balanced_accuracy": metrics.balanced_accuracy_score(framed, predicted),
        "auc": metrics.roc_auc_score(framed, answers.scores),
        "precision": metrics.precision_score(framed, predicted),
        "recall": metrics.recall_score(framed, predicted),
        "specificity": metrics.recall_score(~framed, ~predicted),
        "f1": metrics.f1_score(framed, predicted),
        "brier": metrics.brier_score_loss(framed, answers.scores),
    }
    for name, value in expected.items():
        figure: Figure = getattr(result, name)
        assert figure.value == pytest.approx(value)
        assert figure.low is not None and figure.high is not None
        assert figure.low < figure.value < figure.high
    assert result.threshold == 0.4 and result.threshold_source == "tuned"
    assert result.confusion is not None
    counts = (result.confusion.tn, result.confusion.fp, result.confusion.fn, result.confusion.tp)
    assert counts == tuple(metrics.confusion_matrix(framed, predicted).ravel())
    assert sum(one.n for one in result.calibration) == 60


def test_the_estimates_of_the_statistics_are_scikit_learns() -> None:
    """Values are taken from scikit-learn; an interval around another estimate would be a mix-up."""
    columns, answers = made_columns(LABELS, a_group=3), make_answers(threshold=0.4)
    interval = proportion(columns.framed == (answers.scores >= 0.4), columns.groups.codes)
    assert assess_detector(columns, answers).accuracy.value == pytest.approx(interval.value)


def test_groups_that_repeat_are_not_independent() -> None:
    alone, grouped = (assess_detector(made_columns(LABELS, a_group=size), make_answers()) for size in (1, 5))
    assert alone.auc.value == grouped.auc.value
    assert (alone.auc.n, grouped.auc.n) == (60, 12)
    assert alone.auc.method != grouped.auc.method


def test_images_without_a_label_or_a_score_are_left_out() -> None:
    answers = make_answers()
    answers.scores[[0, 59]] = np.nan
    assert assess_detector(made_columns(LABELS), answers).accuracy.n == 58
    assert assess_detector(made_columns([None, *LABELS[1:]]), make_answers()).accuracy.n == 59


def test_a_failed_detector_has_no_figures() -> None:
    result = assess_detector(made_columns(LABELS), make_answers(failure="it broke"))
    assert result.status == "failed" and result.failure == "it broke"
    assert result.auc == Figure(value=None, reason="the detector failed")
    assert result.confusion is None and result.calibration == []


def test_precision_needs_an_image_that_was_called_framed() -> None:
    result = assess_detector(made_columns(LABELS), Answers("one", np.zeros(60)))
    assert result.precision.value is None and result.precision.reason == "no image was called framed"
    assert result.recall.value == 0.0 and result.specificity.value == 1.0


@pytest.mark.parametrize(("label", "missing"), [("framed", "plain"), ("plain", "framed")])
def test_figures_that_need_both_classes_say_which_is_missing(label: str, missing: str) -> None:
    result = assess_detector(made_columns([label] * 60), make_answers())
    for figure in (result.auc, result.balanced_accuracy, result.precision, result.f1):
        assert figure.value is None and f"no {missing} image" in (figure.reason or "")
    assert result.accuracy.value is not None and result.brier.value is not None
    of_its_own = result.recall if label == "framed" else result.specificity
    assert of_its_own.value == result.accuracy.value


def test_comparisons_are_paired_on_the_images_that_both_scored() -> None:
    a, b = make_answers("a", 0.5, seed=1), make_answers("b", 0.2, seed=2)
    a.scores[:5] = np.nan
    b.scores[50:] = np.nan
    ratio = Figure(value=2.0)
    columns = made_columns(LABELS, a, b)
    (comparison,) = compare_detectors(columns, {("a", "b"): ratio})
    framed = columns.framed[5:50]
    correct = [(one.scores[5:50] >= 0.5) == framed for one in (a, b)]
    assert comparison.accuracy_difference.value == pytest.approx(correct[0].mean() - correct[1].mean())
    auc_a, auc_b = (metrics.roc_auc_score(framed, one.scores[5:50]) for one in (a, b))
    assert comparison.auc_difference.value == pytest.approx(auc_a - auc_b)
    assert comparison.latency_ratio == ratio


def test_several_comparisons_are_corrected_for_their_number() -> None:
    columns = made_columns(
        LABELS, *(make_answers(name, shift, seed) for seed, (name, shift) in enumerate(SHIFTS.items()))
    )
    together = compare_detectors(columns, {})
    assert [(one.a, one.b) for one in together] == [("a", "b"), ("a", "c"), ("b", "c")]
    alone = []
    for one in together:
        pair = columns.answered([columns.detector(one.a), columns.detector(one.b)])
        alone.append(compare_detectors(pair, {})[0].mcnemar_p.value)
    assert [one.mcnemar_p.value for one in together] == pytest.approx(holm([p or 0.0 for p in alone]))
    assert all(one.mcnemar_p.method.endswith("Holm over 3") for one in together)


SHIFTS = {"a": 0.6, "b": 0.3, "c": 0.0}


def test_failed_detectors_are_not_compared() -> None:
    columns = made_columns(
        LABELS, make_answers("a"), make_answers("b", failure="it broke"), make_answers("c", 0.1)
    )
    assert [(one.a, one.b) for one in compare_detectors(columns, {})] == [("a", "c")]


def test_slices_are_the_values_of_attributes_that_have_a_few() -> None:
    style = ["thin" if k % 3 == 0 else "" if k % 3 == 1 else "thick" for k in range(60)]
    columns = made_columns(
        LABELS,
        make_answers("a"),
        make_answers("b", failure="it broke"),
        style=style,
        source=["one"] * 60,
        name=[str(k) for k in range(60)],
    )
    found = assess_slices(columns)
    assert [(one.attribute, one.value, one.detector, one.images) for one in found] == [
        ("style", "thick", "a", 20),
        ("style", "thin", "a", 20),
    ]
    members = np.array(style) == "thin"
    correct = columns.detector("a").says_framed == columns.framed
    assert found[1].accuracy.value == pytest.approx(correct[members].mean())
    assert found[1].recall.value == pytest.approx(correct[members & columns.framed].mean())


def test_a_slice_without_one_class_has_no_figure_for_it() -> None:
    band, none = assess_slices(made_columns(LABELS, make_answers(), style=["band"] * 30 + ["none"] * 30))
    assert band.specificity.value is None and band.specificity.reason == "no plain image with a score"
    assert none.recall.value is None and none.specificity.value is not None
