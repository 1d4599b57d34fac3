"""Scores against labels, as figures: the right images, the right reasons, the right corrections."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn import metrics

from framejudge.bench.engine.scoring import Scores
from framejudge.bench.figures.quality import Truth, compare, judge, slices
from framejudge.bench.run import Figure
from framejudge.bench.statistics.paired import holm
from framejudge.bench.statistics.proportions import proportion
from framejudge.datasets.table.sample import Dataset, Sample

LABELS = ["framed"] * 30 + ["plain"] * 30


def make_truth(labels: list[str] = LABELS, *, a_group: int = 1, **attributes: list[str]) -> Truth:
    samples = tuple(
        Sample(
            path=f"{k}.png",
            label=label or None,  # type: ignore[arg-type]  # the parameter is plain text
            group=f"photo {k // a_group}",
            attributes={name: values[k] for name, values in attributes.items()},
        )
        for k, label in enumerate(labels)
    )
    return Truth.of(Dataset("made", Path("nowhere"), samples))


def make_scores(shift: float = 0.3, seed: int = 0, **more: object) -> Scores:
    noise = np.random.default_rng(seed).uniform(0, 0.7, len(LABELS))
    framed = np.array([label == "framed" for label in LABELS])
    return Scores(np.clip(noise + shift * framed, 0, 1), **more)  # type: ignore[arg-type]


def test_figures_are_those_of_scikit_learn_with_intervals_around_them() -> None:
    truth, scores = make_truth(), make_scores(threshold=0.4)
    result = judge(truth, scores)
    framed, predicted = truth.framed, scores.scores >= 0.4
    expected = {
        "accuracy": metrics.accuracy_score(framed, predicted),
        "balanced_accuracy": metrics.balanced_accuracy_score(framed, predicted),
        "auc": metrics.roc_auc_score(framed, scores.scores),
        "precision": metrics.precision_score(framed, predicted),
        "recall": metrics.recall_score(framed, predicted),
        "specificity": metrics.recall_score(~framed, ~predicted),
        "f1": metrics.f1_score(framed, predicted),
        "brier": metrics.brier_score_loss(framed, scores.scores),
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
    truth, scores = make_truth(a_group=3), make_scores(threshold=0.4)
    interval = proportion(truth.framed == (scores.scores >= 0.4), truth.groups)
    assert judge(truth, scores).accuracy.value == pytest.approx(interval.value)


def test_groups_that_repeat_are_not_independent() -> None:
    scores = make_scores()
    alone, grouped = judge(make_truth(), scores), judge(make_truth(a_group=5), scores)
    assert alone.auc.value == grouped.auc.value
    assert (alone.auc.n, grouped.auc.n) == (60, 12)
    assert alone.auc.method != grouped.auc.method


def test_images_without_a_label_or_a_score_are_left_out() -> None:
    full = judge(make_truth(), make_scores())
    values = make_scores().scores.copy()
    values[[0, 59]] = np.nan
    assert judge(make_truth(), Scores(values)).accuracy.n == 58
    labels = ["", *LABELS[1:]]
    assert judge(make_truth(labels), make_scores()).accuracy.n == full.accuracy.n - 1


def test_a_failed_detector_has_no_figures() -> None:
    result = judge(make_truth(), make_scores(failure="it broke"))
    assert result.status == "failed" and result.failure == "it broke"
    assert result.auc == Figure(value=None, reason="the detector failed")
    assert result.confusion is None and result.calibration == []


def test_precision_needs_an_image_that_was_called_framed() -> None:
    result = judge(make_truth(), Scores(np.zeros(60), threshold=0.5))
    assert result.precision.value is None and result.precision.reason == "no image was called framed"
    assert result.recall.value == 0.0 and result.specificity.value == 1.0


@pytest.mark.parametrize(("label", "missing"), [("framed", "plain"), ("plain", "framed")])
def test_figures_that_need_both_classes_say_which_is_missing(label: str, missing: str) -> None:
    result = judge(make_truth([label] * 60), make_scores())
    for figure in (result.auc, result.balanced_accuracy, result.precision, result.f1):
        assert figure.value is None and f"no {missing} image" in (figure.reason or "")
    assert result.accuracy.value is not None and result.brier.value is not None
    of_its_own = result.recall if label == "framed" else result.specificity
    assert of_its_own.value == result.accuracy.value


def test_comparisons_are_paired_on_the_images_that_both_scored() -> None:
    a, b = make_scores(0.5, seed=1), make_scores(0.2, seed=2)
    a.scores[:5] = np.nan
    b.scores[50:] = np.nan
    ratio = Figure(value=2.0)
    (comparison,) = compare(make_truth(), {"a": a, "b": b}, {("a", "b"): ratio})
    framed = make_truth().framed[5:50]
    correct = [(one.scores[5:50] >= 0.5) == framed for one in (a, b)]
    assert comparison.accuracy_difference.value == pytest.approx(correct[0].mean() - correct[1].mean())
    auc_a, auc_b = (metrics.roc_auc_score(framed, one.scores[5:50]) for one in (a, b))
    assert comparison.auc_difference.value == pytest.approx(auc_a - auc_b)
    assert comparison.latency_ratio == ratio


def test_several_comparisons_are_corrected_for_their_number() -> None:
    detectors = {name: make_scores(shift, seed) for seed, (name, shift) in enumerate(SHIFTS.items())}
    together = compare(make_truth(), detectors, {})
    assert [(one.a, one.b) for one in together] == [("a", "b"), ("a", "c"), ("b", "c")]
    alone = []
    for one in together:
        pair = {name: detectors[name] for name in (one.a, one.b)}
        alone.append(compare(make_truth(), pair, {})[0].mcnemar_p.value)
    assert [one.mcnemar_p.value for one in together] == pytest.approx(holm([p or 0.0 for p in alone]))
    assert all(one.mcnemar_p.method.endswith("Holm over 3") for one in together)


SHIFTS = {"a": 0.6, "b": 0.3, "c": 0.0}


def test_failed_detectors_are_not_compared() -> None:
    detectors = {"a": make_scores(), "b": make_scores(failure="it broke"), "c": make_scores(0.1)}
    assert [(one.a, one.b) for one in compare(make_truth(), detectors, {})] == [("a", "c")]


def test_slices_are_the_values_of_attributes_that_have_a_few() -> None:
    style = ["thin" if k % 3 == 0 else "" if k % 3 == 1 else "thick" for k in range(60)]
    truth = make_truth(style=style, source=["one"] * 60, name=[str(k) for k in range(60)])
    scores = make_scores()
    found = slices(truth, {"a": scores, "b": make_scores(failure="it broke")})
    assert [(one.attribute, one.value, one.detector, one.images) for one in found] == [
        ("style", "thick", "a", 20),
        ("style", "thin", "a", 20),
    ]
    members = np.array(style) == "thin"
    correct = (scores.scores >= 0.5) == truth.framed
    assert found[1].accuracy.value == pytest.approx(correct[members].mean())
    assert found[1].recall.value == pytest.approx(correct[members & truth.framed].mean())


def test_a_slice_without_one_class_has_no_figure_for_it() -> None:
    truth = make_truth(style=["band"] * 30 + ["none"] * 30)
    band, none = slices(truth, {"a": make_scores()})
    assert band.specificity.value is None and band.specificity.reason == "no plain image with a score"
    assert none.recall.value is None and none.specificity.value is not None
