"""Stored scores judged against corrected labels: from a review to new figures, without a detector."""

from __future__ import annotations

import csv
import json
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from drawn_set import draw_set
from PIL import Image
from toy_detectors import write_toys

from framejudge.bench.cli import main
from framejudge.bench.run import Run

TIMES = {"latency_ms", "stages_ms", "load_ms", "first_call_ms", "images_per_second", "peak_memory_mib"}
WRONGLY_PLAIN, WRONGLY_FRAMED, DOUBTFUL = "images/001.png", "images/012.png", "images/003.png"
Bench = Callable[..., tuple[int, str, str]]


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Bench:
    """Call the command line in a folder with toy detectors and a set with two wrong labels."""
    write_toys(tmp_path)
    draw_set(tmp_path / "set")
    relabel(tmp_path / "set" / "labels.csv", {WRONGLY_PLAIN: "plain", WRONGLY_FRAMED: "framed"})
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["bench", *arguments])
        with pytest.raises(SystemExit) as ended:
            main.entry_point()
        code = ended.value.code
        return (code if isinstance(code, int) else 0, *capfd.readouterr())

    return call


def relabel(table: Path, labels: dict[str, str]) -> None:
    with table.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows({**row, "label": labels.get(row["path"], row["label"])} for row in rows)


def measure(bench: Bench, out: str, detectors: str = "toys:Good,toys:Random", calls: int = 0) -> Run:
    timing = ["--calls", str(calls)] if calls else ["--no-timing"]
    code, _, err = bench("run", "--detectors", detectors, "--dataset", "set", "--out", out, *timing)
    assert code == 0, err
    return Run.open(out)


def said_of_quality(run: Run) -> dict[str, Any]:
    """Return everything in results.json that is not about time or the machine."""
    found = json.loads(json.dumps(asdict(run.results)))
    for detector in found["detectors"].values():
        for name in TIMES:
            detector.pop(name)
    for comparison in found["comparisons"]:
        comparison.pop("latency_ratio")
    found.pop("environment")
    found.pop("run_id")
    return dict(found)


def test_from_a_review_to_new_figures(bench: Bench, tmp_path: Path) -> None:
    before = measure(bench, "first")
    assert before.results.detectors["toys:Good"].accuracy.value == 14 / 16
    (tmp_path / "review.csv").write_text(
        "path,decision,note,label,reviewer,run\n"
        f"{WRONGLY_PLAIN},label is wrong,,plain,Ada,\n"
        f"{WRONGLY_FRAMED},label is wrong,,framed,Ada,\n"
        f"{DOUBTFUL},ambiguous,hm,framed,Ada,\n",
        encoding="utf-8",
    )
    assert bench("dataset", "apply-review", "set", "review.csv")[0] == 0
    (tmp_path / "toys.py").unlink()  # no detector can run from here on
    code, out, err = bench("report", "first", "--labels", "set")
    assert (code, err) == (0, "")
    assert "3 of 16 images have another label than before" in out
    assert "toys:Good: accuracy 0.875 -> 1.000" in out
    after = Run.open("first-rejudged")
    record = after.manifest.rejudged
    assert record is not None and record.pixels_checked and record.labels_changed == 3
    assert record.accuracy_before["toys:Good"].value == 14 / 16
    assert after.manifest.labels_fingerprint == after.results.dataset.labels_fingerprint
    assert after.manifest.labels_fingerprint != before.manifest.labels_fingerprint
    labels = dict(
        zip(after.predictions["path"].to_pylist(), after.predictions["label"].to_pylist(), strict=True)
    )
    assert (labels[WRONGLY_PLAIN], labels[WRONGLY_FRAMED], labels[DOUBTFUL]) == ("framed", "plain", None)
    assert Run.open("first").results == before.results
    assert (tmp_path / "first-rejudged" / "report.html").is_file()

    write_toys(tmp_path)
    assert said_of_quality(after) == said_of_quality(measure(bench, "fresh"))


def test_what_labels_do_not_touch_stays(bench: Bench, tmp_path: Path) -> None:
    before = measure(bench, "first", "toys:Good,toys:Raising", calls=40)
    relabel(tmp_path / "set" / "labels.csv", {WRONGLY_PLAIN: "framed"})
    assert bench("report", "first", "--labels", "set/labels.csv", "--out", "second")[0] == 0
    after = Run.open("second")
    assert after.timings.equals(before.timings)
    assert after.results.environment == before.results.environment
    for name, found in after.results.detectors.items():
        old = before.results.detectors[name]
        assert (found.latency_ms, found.errors, found.threshold) == (
            old.latency_ms,
            old.errors,
            old.threshold,
        )
        assert found.threshold_source == old.threshold_source
    (ratio,) = (one.latency_ratio for one in after.results.comparisons)
    assert ratio == before.results.comparisons[0].latency_ratio and ratio.value is not None
    unchanged = [name for name in before.predictions.column_names if name != "label"]
    assert after.predictions.select(unchanged).equals(before.predictions.select(unchanged))


LOCATING = """
from toys import Good


class Locating(Good):
    def locate(self, image):
        return (0, 3, image.shape[1], image.shape[0] - 3)
"""


def add_boxes(table: Path, top: int) -> None:
    """Give every framed image the content box between bands of a height."""
    with table.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        box = (0, top, 32, 24 - top) if row["label"] == "framed" else ("",) * 4
        row |= dict(zip(("left", "top", "right", "bottom"), map(str, box), strict=True))
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_boxes_are_judged_by_the_boxes_of_the_labels(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "locating.py").write_text(LOCATING, encoding="utf-8")
    table = tmp_path / "set" / "labels.csv"
    add_boxes(table, top=9)
    before = measure(bench, "first", "locating:Locating")
    relabel(table, {WRONGLY_PLAIN: "framed", WRONGLY_FRAMED: "plain"})
    add_boxes(table, top=3)
    assert bench("report", "first", "--labels", "set")[0] == 0
    after = Run.open("first-rejudged")
    boxes = [one.results.detectors["locating:Locating"].boxes for one in (before, after)]
    assert boxes[0] is not None and boxes[0].within_tolerance.value == 0
    assert boxes[1] is not None and boxes[1].within_tolerance.value == 1
    fresh = measure(bench, "fresh", "locating:Locating")
    assert said_of_quality(after) == said_of_quality(fresh)
    assert after.predictions.drop_columns("explanation").equals(fresh.predictions.drop_columns("explanation"))


def test_nobody_missed_a_box_that_nobody_was_asked_for(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "locating.py").write_text(LOCATING, encoding="utf-8")
    table = tmp_path / "set" / "labels.csv"
    add_boxes(table, top=3)
    text = table.read_text(encoding="utf-8")
    table.write_text(re.sub(rf"({DOUBTFUL}.*?),0,3,32,21", r"\1,,,,", text), encoding="utf-8")
    before = measure(bench, "first", "locating:Locating").results.detectors["locating:Locating"].boxes
    table.write_text(text, encoding="utf-8")
    assert bench("report", "first", "--labels", "set")[0] == 0
    after = Run.open("first-rejudged").results.detectors["locating:Locating"].boxes
    assert before is not None and before.framed == 7 and before.missed.value == 1 / 7
    assert after == before


def test_a_table_without_images_is_matched_by_path_and_says_so(bench: Bench, tmp_path: Path) -> None:
    before = measure(bench, "first")
    shutil.copy(tmp_path / "set" / "labels.csv", tmp_path / "labels.csv")
    relabel(tmp_path / "labels.csv", {WRONGLY_PLAIN: "framed"})
    code, out, _ = bench("report", "first", "--labels", "labels.csv")
    assert code == 0 and "FJ302 pixels-not-checked: judged" in out and "paths were matched" in out
    after = Run.open("first-rejudged")
    assert after.manifest.rejudged is not None and not after.manifest.rejudged.pixels_checked
    assert after.manifest.dataset_root == before.manifest.dataset_root
    assert after.thumbnails.equals(before.thumbnails)
    assert after.results.detectors["toys:Good"].accuracy.value == 15 / 16


def test_an_image_that_had_no_label_has_no_score(bench: Bench, tmp_path: Path) -> None:
    relabel(tmp_path / "set" / "labels.csv", {DOUBTFUL: ""})
    measure(bench, "first")
    relabel(tmp_path / "set" / "labels.csv", {DOUBTFUL: "framed"})
    assert bench("report", "first", "--labels", "set")[0] == 0
    after = Run.open("first-rejudged").results
    assert after.dataset.unlabelled == 0 and after.detectors["toys:Good"].accuracy.n == 15
    assert any(warning.startswith("1 images had no label") for warning in after.warnings)
    assert "FJ303" in [one.code for one in after.notices]


def test_a_detector_that_failed_stays_failed(bench: Bench) -> None:
    assert (
        bench("run", "--detectors", "toys:Good,toys:Unloadable", "--dataset", "set", "--out", "first")[0] == 3
    )
    assert bench("report", "first", "--labels", "set")[0] == 0
    found = Run.open("first-rejudged").results.detectors["toys:Unloadable"]
    assert (
        found.status == "failed" and found.accuracy.value is None and "no weights here" in str(found.failure)
    )


def repaint(folder: Path) -> None:
    Image.new("RGB", (32, 24), "white").save(folder / "set" / WRONGLY_PLAIN)


def remove(folder: Path) -> None:
    (folder / "set" / WRONGLY_PLAIN).unlink()


def shorten(folder: Path) -> None:
    table = folder / "set" / "labels.csv"
    lines = table.read_text(encoding="utf-8").splitlines(keepends=True)
    table.write_text("".join([*lines[:-2], "images/new.png,plain,photo-99,style-0\n"]), encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (repaint, "other pixels than those that the detectors saw"),
        (remove, "1 of the run's 16 images are missing"),
        (
            shorten,
            "2 of the run's 16 images have no row (first: 'images/014.png'); 1 rows are no images of the run",
        ),
        (lambda folder: shutil.rmtree(folder / "set"), "no such file or folder"),
    ],
)
def test_wrong_images_are_one_clear_line(
    bench: Bench, tmp_path: Path, spoil: Callable[[Path], None], told: str
) -> None:
    measure(bench, "first")
    spoil(tmp_path)
    code, out, err = bench("report", "first", "--labels", "set")
    assert (code, out) == (2, "")
    assert told in err and err.count("\n") == 1
    assert not (tmp_path / "first-rejudged").exists()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--labels", "set", "--out", "first", "--force"], "own figures would be lost"),
        (["--labels", "set", "--out", "set"], "exists already"),
        (["--out", "second"], "belong to --labels"),
    ],
)
def test_nothing_is_overwritten(bench: Bench, options: list[str], told: str) -> None:
    before = measure(bench, "first")
    code, out, err = bench("report", "first", *options)
    assert (code, out) == (2, "") and told in err
    assert Run.open("first").results == before.results
