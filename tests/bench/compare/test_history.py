"""``bench history``: a metric over runs, its steps, and what is compared with what."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from made.history import write_history
from made.run import edit_results

from framejudge.bench.cli import main
from framejudge.bench.compare.history import build_history, open_runs
from framejudge.bench.run import Run, folder
from framejudge.bench.run.history import History, Series
from framejudge.datasets.errors import InputError
from framejudge.reports.page.history import render_history

TEN = [1.00, 1.02, 0.99, 1.01, 1.03, 1.21, 1.19, 1.22, 1.18, 1.20]


def history_of(place: Path, **options: object) -> History:
    runs, notices = open_runs([place])
    return build_history(runs, notices=notices, **options)  # type: ignore[arg-type]


def only(history: History) -> Series:
    (series,) = history.series
    return series


def test_a_loss_is_found_at_its_commit_with_its_likely_cause(tmp_path: Path) -> None:
    write_history(
        tmp_path,
        accuracies=[0.95, 0.95, 0.95, 0.90, 0.90],
        files={0: "aa", 3: "bb"},
        facts={k: {"version.opencv-python": "4.12" if k < 3 else "4.13"} for k in range(5)},
    )
    history = history_of(tmp_path)
    series = only(history)
    assert [point.figure.value for point in series.points] == [0.95, 0.95, 0.95, 0.90, 0.90]
    assert all(point.figure.low is not None for point in series.points)
    (step,) = series.steps
    assert history.runs[series.points[step.position].run].commit == f"{3:040x}"
    assert step.change.value == pytest.approx(-0.05)
    assert step.p < 0.01
    assert step.changed == ["files of canny: rules.py", "opencv-python 4.12 -> 4.13"]


def test_the_same_answers_have_no_step(tmp_path: Path) -> None:
    write_history(tmp_path, accuracies=[0.95] * 5)
    assert (only(history_of(tmp_path)).steps, only(history_of(tmp_path)).untested) == ([], None)


@pytest.mark.parametrize("metric", ["accuracy", "balanced_accuracy", "auc", "recall", "specificity", "brier"])
def test_every_figure_of_quality_shows_a_large_step(tmp_path: Path, metric: str) -> None:
    write_history(tmp_path, accuracies=[0.97, 0.97, 0.80, 0.80])
    history = history_of(tmp_path, metric=metric)
    (step,) = only(history).steps
    assert step.position == 2
    assert step.change.value is not None
    assert (step.change.value < 0) == history.higher_is_better


def test_a_slower_version_is_found_among_runs_of_one_machine(tmp_path: Path) -> None:
    write_history(tmp_path, accuracies=[0.95] * 10, p50_ms=TEN)
    series = only(history_of(tmp_path, metric="p50"))
    (step,) = series.steps
    assert (series.compared_by, series.machine) == ("ratio", "Some CPU @ 2.60GHz")
    assert step.position == 5
    assert step.change.value == pytest.approx(1.19, abs=0.02)


def test_a_ratio_is_read_from_the_side_that_the_run_compared(tmp_path: Path) -> None:
    write_history(tmp_path, accuracies=[0.95] * 10, p50_ms=TEN)
    history = history_of(tmp_path, metric="latency_ratio:cnn")
    first = only(history).points[0].figure
    assert (first.value, first.low, first.high) == pytest.approx((0.5, 1 / 2.1, 1 / 1.9))
    assert [step.position for step in only(history).steps] == [5]
    unknown = history_of(tmp_path, metric="latency_ratio:nobody")
    assert only(unknown).points[0].figure.reason == "not timed in turns with nobody"


def test_times_of_two_machines_are_never_one_series(tmp_path: Path) -> None:
    other = {k: {"cpu": "Another CPU"} for k in range(5, 10)}
    write_history(tmp_path, accuracies=[0.95] * 10, p50_ms=TEN, facts=other)
    history = history_of(tmp_path, metric="p50")
    assert [series.machine for series in history.series] == ["Some CPU @ 2.60GHz", "Another CPU"]
    assert [series.steps for series in history.series] == [[], []]
    assert all("5 runs of one machine" in (series.untested or "") for series in history.series)
    assert len(history_of(tmp_path, metric="accuracy").series) == 1


def test_times_of_other_arrivals_are_another_series(tmp_path: Path) -> None:
    places = write_history(tmp_path, accuracies=[0.95] * 3)
    run = Run.open(places[-1])
    canny = run.results.detectors["canny"]
    assert canny.latency_ms is not None
    scheduled = replace(canny, latency_ms=replace(canny.latency_ms, arrivals="poisson, 20 a second"))
    folder.write_results(places[-1], replace(run.results, detectors={"canny": scheduled}))
    assert [len(series.points) for series in history_of(tmp_path, metric="p50").series] == [2, 1]
    assert len(history_of(tmp_path, metric="accuracy").series) == 1


def test_other_images_are_another_series(tmp_path: Path) -> None:
    places = write_history(tmp_path, accuracies=[0.95, 0.95, 0.80])
    run = Run.open(places[-1])
    edit_results(places[-1], dataset=replace(run.results.dataset, images_fingerprint="99"))
    history = history_of(tmp_path)
    assert [len(series.points) for series in history.series] == [2, 1]
    assert history.series[1].untested == "one run: nothing to compare it with"


def test_the_labels_of_the_last_run_judge_all(tmp_path: Path) -> None:
    places = write_history(tmp_path, accuracies=[0.95] * 3)
    last = Run.open(places[-1])
    table = last.predictions
    labels = table["label"].to_pylist()
    labels[:40] = [{"framed": "plain", "plain": "framed"}[label] for label in labels[:40]]
    position = table.schema.get_field_index("label")
    folder.write_predictions(places[-1], table.set_column(position, table.schema.field(position), [labels]))
    dataset = replace(last.results.dataset, labels_fingerprint="b2" * 32)
    edit_results(places[-1], dataset=dataset)
    series = only(history_of(tmp_path))
    assert len({point.figure.value for point in series.points}) == 1
    assert series.steps == []
    assert "labels changed" in series.notes[0]


def test_runs_stand_in_the_order_of_their_commits(tmp_path: Path) -> None:
    times = {0: {"commit_time": "2026-11-30T00:00:00+02:00"}}
    write_history(tmp_path, accuracies=[0.8, 0.9, 0.9], facts=times)
    values = [point.figure.value for point in only(history_of(tmp_path)).points]
    assert values == [0.9, 0.9, 0.8]


def test_a_run_that_was_cut_short_is_passed_over_in_a_folder_and_refused_by_name(tmp_path: Path) -> None:
    places = write_history(tmp_path, accuracies=[0.95] * 3)
    (places[1] / "results.json").unlink()
    history = history_of(tmp_path)
    assert len(history.runs) == 2
    assert "cut short" in history.warnings[0] and history.notices[0].code == "FJ604"
    with pytest.raises(InputError, match="cut short"):
        open_runs([places[1]])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"metric": "speed"}, "there is no metric 'speed'"),
        ({"metric": "latency_ratio"}, "there is no metric 'latency_ratio'"),
        ({"detectors": ["cny"]}, "no run has a detector 'cny'"),
    ],
)
def test_what_is_not_there_is_refused(tmp_path: Path, options: dict[str, object], message: str) -> None:
    write_history(tmp_path, accuracies=[0.95])
    with pytest.raises(InputError, match=re.escape(message)):
        history_of(tmp_path, **options)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a run's folder"):
        open_runs([tmp_path])


class Page(HTMLParser):
    """Collects a page's tags with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize(
    "metric", ["accuracy", "auc", "p50", "peak_memory_mib", "images_per_second", "latency_ratio:cnn"]
)
def test_the_page_stands_alone(tmp_path: Path, metric: str) -> None:
    write_history(tmp_path, accuracies=[0.95] * 5 + [0.85] * 5, p50_ms=TEN)
    page = Page(render_history(history_of(tmp_path, metric=metric)))
    assert not [tag for tag, _ in page.tags if tag in ("script", "link", "img", "iframe")]
    assert not [value for _, found in page.tags for name, value in found.items() if name in ("src", "style")]
    policy = next(found["content"] for tag, found in page.tags if found.get("http-equiv"))
    assert policy is not None and policy.startswith("default-src 'none'")


def test_the_page_shows_the_step(tmp_path: Path) -> None:
    write_history(tmp_path, accuracies=[0.95, 0.95, 0.85], files={0: "aa", 2: "bb"})
    page = Page(render_history(history_of(tmp_path)))
    assert "1 step found." in page.text
    assert "worse, \u22120.1000" in page.text
    assert "files of canny: rules.py" in page.text


def test_the_page_escapes_what_it_shows(tmp_path: Path) -> None:
    nasty = "<script>alert(1)</script>"
    write_history(tmp_path, accuracies=[0.95] * 2, facts={0: {"commit_branch": nasty, "cpu": nasty}})
    text = render_history(history_of(tmp_path, metric="p50"))
    assert nasty not in text
    assert "&lt;script&gt;" in text


def test_the_command_prints_and_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_history(tmp_path / "runs", accuracies=[0.95] * 3 + [0.85])
    monkeypatch.chdir(tmp_path)
    arguments = ["history", "runs", "--html", "history.html", "--json", "history.json"]
    monkeypatch.setattr(sys, "argv", ["bench", *arguments])
    with pytest.raises(SystemExit) as ended:
        main.entry_point()
    assert ended.value.code == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "canny: accuracy on built-in"
    assert re.match(r"  000000000 +2026-11-01 10:00  0\.950 \[0\.9\d\d, 0\.9\d\d\]$", lines[1])
    assert lines[4].startswith("  -- step: -0.100 [-0.1")
    stored = json.loads(Path("history.json").read_text(encoding="utf-8"))
    assert stored["series"][0]["steps"][0]["position"] == 3
    assert Path("history.html").read_text(encoding="utf-8").startswith("<!doctype html>")
