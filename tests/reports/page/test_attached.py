"""What a report shows beside the run: a gate's verdicts, a baseline, corrected labels, trainings."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from made.gate import write_made_gate
from made.review_run import write_review_run
from typer.testing import CliRunner

from framejudge.bench.cli.main import app
from framejudge.bench.compare.runs import compare_runs
from framejudge.bench.run import DetectorRecord, Figure, Run, folder
from framejudge.bench.run.manifest import Rejudgement
from framejudge.datasets.errors import InputError
from framejudge.reports.attached import Attached
from framejudge.reports.charts.training_history import read_training
from framejudge.reports.gate import table as gate_table
from framejudge.reports.page.report import render
from framejudge.reports.page.script_data import page_data
from framejudge.reports.text import baseline

HISTORY = """epoch,framed_accuracy,framed_loss,loss,val_accuracy,val_auc,val_loss
0,0.61,0.66,1.32,0.70,0.78,0.58
1,0.80,0.41,0.95,0.79,0.88,0.44
2,0.90,0.25,0.61,,nan,0.47
"""


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run.open(write_review_run(tmp_path / "after", images=120, thumbnails=4))


@pytest.fixture
def before(tmp_path: Path) -> Run:
    return Run.open(write_review_run(tmp_path / "before", images=120, seed=12, thumbnails=0))


def first_screen(text: str) -> str:
    return text[text.index("<main") : text.index('class="evidence"')]


def test_a_gate_is_on_the_first_screen_with_what_it_could_not_judge(run: Run) -> None:
    assert 'href="#gate"' not in render(run)
    gate = write_made_gate(run.folder)
    text = render(run)
    assert "1 rule failed; 1 rule could not be judged; 1 rule passed" in first_screen(text)
    rows = gate_table.summarise(gate).rows
    assert [row.verdict for row in rows] == ["fail", "cannot judge", "pass"]
    assert [row.figures.measured for row in rows] == ["\u22121.90 points", "+4.0 %", "0.9810"]
    effects = [row.figures.minimum_detectable_effect for row in rows]
    assert effects == ["\u22121.10 points", "+9.0 %", "below 0.9630"]
    assert all(row.reason in text and row.figures.minimum_detectable_effect in text for row in rows)
    assert "latency moved by 4 % between sessions" in text


def test_verdicts_on_an_earlier_run_in_the_same_folder_are_not_shown(run: Run) -> None:
    write_made_gate(run.folder)
    later = replace(run.manifest, started="2026-11-22T10:15:00+00:00")
    assert gate_table.verdicts_on(run) is not None
    assert gate_table.verdicts_on(Run(run.folder, later, run.results)) is None


def test_a_gate_without_a_smallest_change_says_none(run: Run) -> None:
    gate = write_made_gate(run.folder)
    blind = replace(
        gate, rules=[replace(gate.rules[1], minimum_detectable_effect=None)], verdict="cannot judge"
    )
    summary = gate_table.summarise(blind)
    assert summary.rows[0].figures.minimum_detectable_effect == "-" and summary.kind == "unknown"


def test_what_changed_against_the_baseline(run: Run, before: Run) -> None:
    compared = compare_runs(before, run)
    summary = baseline.summarise(compared)
    text = render(run, Attached(baseline=compared))
    assert summary.headline in first_screen(text)
    for row, change in zip(summary.rows, compared.detectors, strict=True):
        assert row.flips.text == f"{change.fixed} fixed, {change.regressed} regressed"
        assert row.accuracy.text.endswith(" points") and " to " in row.accuracy.under
        assert row.latency.under.startswith("1.0") and "advice" in row.latency.under
    flips = page_data(run, compared)["flips"]
    assert len(flips) == 2 and 'value="flips"' in text
    assert 'value="flips"' not in render(run)


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        (("worse", "better"), "canny is worse; cnn is better."),
        (("better", "better"), "canny and cnn are better."),
        (("not judged", "no change shown"), "No change is shown for cnn; canny could not be compared."),
    ],
)
def test_the_headline_says_the_worst_first(
    run: Run, before: Run, verdicts: tuple[str, str], said: str
) -> None:
    compared = compare_runs(before, run)
    changed = [
        replace(one, verdict=verdict) for one, verdict in zip(compared.detectors, verdicts, strict=True)
    ]
    assert baseline.summarise(replace(compared, detectors=changed)).headline == said


def test_other_labels_than_the_run_read_are_told(run: Run) -> None:
    record = Rejudgement(
        run="runs/first",
        labels="shop/<labels>.csv",
        at="2026-11-22T09:00:00+00:00",
        labels_changed=14,
        labels_fingerprint_before="a1",
        accuracy_before={"canny": Figure(value=0.5), "cnn": Figure(value=None, reason="none")},
        pixels_checked=True,
    )
    text = render(Run(run.folder, replace(run.manifest, rejudged=record), run.results))
    assert "14 labels differ" in first_screen(text)
    assert "50.0 % with the labels before" in text and "- with the labels before" in text
    assert "shop/&lt;labels&gt;.csv" in text


def test_training_curves(run: Run, tmp_path: Path) -> None:
    place = tmp_path / "cnn-9"
    place.mkdir()
    (place / "history.csv").write_text(HISTORY, encoding="utf-8")
    unknown = read_training(place, run.manifest)
    assert unknown.detector is None and unknown.name == "cnn-9"
    text = render(run, Attached(trainings=[unknown]))
    assert "cnn-9: validation nan" not in text
    assert "cnn-9: training 0.9 after 3 epochs" in text and 'href="#training"' in text
    assert "cnn-9: training 0.25 after 3 epochs" in text, "the loss is not the probability's"
    assert 'href="#training"' not in render(run)

    (place / "model.keras").write_bytes(b"weights")
    record = DetectorRecord(
        target="x:Y", origin="built-in", files={"cnn.keras": hashlib.sha256(b"weights").hexdigest()}
    )
    manifest = replace(run.manifest, detectors={**run.manifest.detectors, "cnn": record})
    assert read_training(place, manifest).detector == "cnn"


@pytest.mark.parametrize(
    ("content", "told"),
    [(None, r"no history\.csv"), ("epoch,loss\n", "no epoch"), ("epoch,loss\n0,nan\n", "no epoch")],
)
def test_no_training_there(run: Run, tmp_path: Path, content: str | None, told: str) -> None:
    if content is not None:
        (tmp_path / "history.csv").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=told):
        read_training(tmp_path, run.manifest)


def test_the_command_attaches_and_writes_everything(run: Run, before: Run, tmp_path: Path) -> None:
    write_made_gate(run.folder)
    (tmp_path / "history.csv").write_text(HISTORY, encoding="utf-8")
    asked = ["report", str(run.folder), "--baseline", str(before.folder), "--training", str(tmp_path)]
    asked += [
        "--markdown",
        str(tmp_path / "run.md"),
        "--tables",
        str(tmp_path / "t"),
        "--charts",
        str(tmp_path / "c"),
    ]
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == 0, result.output
    markdown = (tmp_path / "run.md").read_text(encoding="utf-8")
    assert "### Gate: fail" in markdown and "**cannot judge**" in markdown
    assert "### Against the baseline" in markdown
    assert (tmp_path / "c" / "training-loss.svg").is_file()
    with (tmp_path / "t" / "flips.csv").open(newline="", encoding="utf-8") as file:
        flips = list(csv.DictReader(file))
    assert len(flips) == len(compare_runs(before, run).flips)
    assert {row["effect"] for row in flips} == {"fixed", "regressed"}
    with (tmp_path / "t" / "gate.csv").open(newline="", encoding="utf-8") as file:
        assert [row["verdict"] for row in csv.DictReader(file)] == ["pass", "cannot judge", "fail"]


def test_runs_without_boxes_or_with_another_detector_have_no_view_of_boxes(run: Run) -> None:
    assert 'value="boxes"' in render(run)
    columns = [name for name in run.predictions.column_names if not name.startswith("true_")]
    folder.write_predictions(run.folder, run.predictions.select(columns))
    assert 'value="boxes"' not in render(Run.open(run.folder))
