"""What a tracker is given of a run."""

from __future__ import annotations

from pathlib import Path

import pytest
from made.small_run import write_made_run

from framejudge.bench.run import Run
from framejudge.bench.trackers.record import Record, record_of


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return Run.open(write_made_run(tmp_path_factory.mktemp("runs") / "first"))


@pytest.fixture(scope="module")
def record(run: Run) -> Record:
    return record_of(run)


def test_a_metric_has_both_ends_of_its_interval(run: Run, record: Record) -> None:
    accuracy = run.results.detectors["canny"].accuracy
    got = [record.metrics[f"canny/accuracy{ending}"] for ending in ("", ".low", ".high")]
    assert got == list(accuracy.ends)
    assert record.metrics["canny/accuracy.low"] < record.metrics["canny/accuracy.high"]


def test_latencies_and_stages_are_there(record: Record) -> None:
    assert {"canny/p50", "cnn/p50", "cnn/prepare", "cnn/infer"} <= record.metrics.keys()


def test_a_detector_that_failed_has_a_status_and_no_accuracy(record: Record) -> None:
    assert record.tags["status.mine:Broken"] == "failed"
    assert "mine:Broken/accuracy" not in record.metrics


def test_what_was_asked_and_fingerprints_are_kept(run: Run, record: Record) -> None:
    assert record.params["detectors"] == "canny,cnn,mine:Broken"
    assert record.tags["framejudge.images_fingerprint"] == run.results.dataset.images_fingerprint
    assert record.name == "first"


def test_only_files_that_exist_are_handed_over(record: Record) -> None:
    assert [file.name for file in record.files] == ["run.json", "results.json"]


def test_every_value_is_a_text_or_a_number(record: Record) -> None:
    assert record.metrics and all(isinstance(value, float) for value in record.metrics.values())
    assert all(isinstance(text, str) for text in [*record.params.values(), *record.tags.values()])
    assert not any(Path(text).is_absolute() for text in record.tags.values() if text)
