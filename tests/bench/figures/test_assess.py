"""A fresh run, the same run read back, and the same run judged again: one way to its figures."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made.columns import made_columns

from framejudge.bench.figures.assess import Measured, assess
from framejudge.bench.figures.latency import Performance
from framejudge.bench.run import DetectorRecord, Figure, Manifest, Request, Results, Run, folder
from framejudge.bench.run.columns import Answers, Columns, texts_at
from framejudge.bench.run.manifest import SCHEMA
from framejudge.bench.run.predictions import predictions_table
from framejudge.datasets.codes.sets import GENERATED

REQUEST = Request(detectors=["good", "late", "gone"])


def measured_columns() -> Columns:
    """Eighty images, two of them unlabelled and one that nobody can read, judged by three detectors."""
    random = np.random.default_rng(5)
    labels = ["framed", "plain"] * 39 + [None, None]
    columns = made_columns(labels, a_group=2, style=["solid", "solid", "striped", ""] * 20)
    framed = columns.framed
    scores = np.clip(np.where(framed, 0.7, 0.3) + random.normal(0, 0.2, (2, 80)), 0, 1)
    scores[:, ~columns.labelled] = np.nan
    scores[:, 7] = scores[0, 11] = np.nan
    boxes = np.where(framed[:, None], (2.0, 2.0, 28.0, 28.0), np.nan)
    true_boxes = np.where(framed[:, None], (2.0, 3.0, 28.0, 27.0), np.nan)
    sizes = np.full((80, 2), 30, dtype=np.int32)
    sizes[7] = 0
    missing = dict.fromkeys(np.flatnonzero(columns.labelled).tolist(), "it broke") | {7: "truncated"}
    return replace(
        columns,
        sizes=sizes,
        true_boxes=true_boxes,
        located=columns.labelled,
        unreadable=texts_at({7: "truncated"}, 80),
        detectors=(
            Answers(
                "good",
                scores[0],
                threshold=0.45,
                threshold_source="tuned",
                errors=texts_at({7: "truncated", 11: "ValueError: odd"}, 80),
                boxes=boxes,
            ),
            Answers("late", scores[1], errors=texts_at({7: "truncated"}, 80)),
            Answers("gone", np.full(80, np.nan), failure="it broke", errors=texts_at(missing, 80)),
        ),
    )


def measured() -> Measured:
    rate = Figure(value=90.0, method="order-statistic", n=12)
    return Measured(
        name="made",
        generated=True,
        images_fingerprint="ab" * 32,
        labels_fingerprint="cd" * 32,
        performances={
            "good": Performance(images_per_second=rate),
            "late": Performance(failure="while it was timed: too late", images_per_second=rate),
        },
        latency_ratios={("good", "late"): Figure(value=0.5, n=9)},
        environment={"cpu": "some"},
        notices=[GENERATED.says("the set was generated")],
    )


@pytest.fixture(scope="module")
def fresh() -> Results:
    return assess(measured_columns(), measured(), REQUEST)


def stored(place: Path, columns: Columns, results: Results) -> Run:
    place.mkdir()
    folder.write_predictions(place, predictions_table(columns))
    folder.write_results(place, results)
    folder.write_manifest(
        place,
        Manifest(
            schema=SCHEMA,
            version="1",
            argv=[],
            started="2026-01-01T00:00:00+00:00",
            finished=None,
            request=REQUEST,
            dataset_root="set",
            images_fingerprint="",
            labels_fingerprint="",
            detectors={
                name: DetectorRecord(target=name, origin="built-in", files={}) for name in REQUEST.detectors
            },
            environment={},
        ),
    )
    return Run.open(place)


def test_everything_that_a_run_says_is_there(fresh: Results) -> None:
    summary = fresh.dataset
    assert (summary.images, summary.framed, summary.plain, summary.unlabelled) == (80, 39, 39, 2)
    assert (summary.unreadable, summary.groups) == (1, 40)
    assert [(one.path, one.stage) for one in fresh.unreadable] == [("00007.jpg", "decode")]
    good, late, gone = fresh.detectors.values()
    assert [(one.path, one.message) for one in good.errors] == [("00011.jpg", "ValueError: odd")]
    assert late.errors == [] == gone.errors
    assert good.boxes is not None and good.boxes.framed == 39 and late.boxes is None
    assert late.status == "failed" and late.accuracy.value is not None
    assert gone.status == "failed" and gone.accuracy.value is None and gone.images_per_second is None
    (comparison,) = fresh.comparisons
    assert (comparison.a, comparison.b, comparison.latency_ratio.value) == ("good", "late", 0.5)
    assert {(one.attribute, one.value) for one in fresh.slices} == {("style", "solid"), ("style", "striped")}


def test_a_run_read_back_has_the_same_figures(tmp_path: Path, fresh: Results) -> None:
    run = stored(tmp_path / "run", measured_columns(), fresh)
    assert run.results == fresh
    assert assess(run.columns, Measured.stored(run.results), REQUEST) == fresh


def test_the_same_labels_give_the_same_figures_again(tmp_path: Path, fresh: Results) -> None:
    run = stored(tmp_path / "run", measured_columns(), fresh)
    labels = replace(measured_columns(), detectors=(), sizes=np.zeros((80, 2), np.int32), unreadable=None)
    columns = run.columns.relabelled(labels)
    assert assess(columns, Measured.stored(run.results), REQUEST) == fresh
    assert predictions_table(columns).equals(run.predictions)


def test_corrected_labels_change_quality_and_nothing_that_it_costs(tmp_path: Path, fresh: Results) -> None:
    run = stored(tmp_path / "run", measured_columns(), fresh)
    turned = replace(
        run.columns, labels=np.where(np.arange(80) < 4, 1 - run.columns.labels, run.columns.labels)
    )
    again = assess(run.columns.relabelled(turned), Measured.stored(run.results), REQUEST)
    for name, found in again.detectors.items():
        assert Performance.stored(found) == Performance.stored(fresh.detectors[name])
        assert found.errors == fresh.detectors[name].errors
    assert again.detectors["good"].accuracy != fresh.detectors["good"].accuracy
    assert again.comparisons[0].latency_ratio == fresh.comparisons[0].latency_ratio


def test_a_prevalence_reweights_accuracy() -> None:
    rare = assess(measured_columns(), measured(), replace(REQUEST, prevalence=0.03))
    columns = measured_columns()
    answers = columns.detector("good")
    judged, wrong = columns.judged(answers), columns.wrong(answers)
    missed, alarms = (wrong[judged & one].mean() for one in (columns.framed, columns.plain))
    assert rare.detectors["good"].accuracy.value == pytest.approx(1 - 0.03 * missed - 0.97 * alarms)


def test_results_of_earlier_versions_call_unlabelled_images_undecided(tmp_path: Path, fresh: Results) -> None:
    run = stored(tmp_path / "run", measured_columns(), fresh)
    file = run.folder / "results.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    assert content["dataset"]["undecided"] == content["dataset"].pop("unlabelled") == 2
    file.write_text(json.dumps(content), encoding="utf-8")
    assert Run.open(run.folder).results.dataset.unlabelled == 2


def test_images_with_the_same_pixels_are_counted_and_those_with_the_other_label(fresh: Results) -> None:
    assert (fresh.dataset.same_pixels, fresh.dataset.contradicted) == (None, None)
    twin_of = np.full(80, -1)
    twin_of[[2, 3, 79]] = 0  # 0 and 2 are framed, 3 is plain, and 79 has no label
    measured = replace(Measured.stored(fresh), twin_of=twin_of, drawn=True)
    dataset = assess(measured_columns(), measured, REQUEST).dataset
    assert (dataset.same_pixels, dataset.contradicted, dataset.drawn) == (3, 1, True)
