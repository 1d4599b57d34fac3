"""The report for other readers: Markdown, charts and tables as files, written by `bench report`."""

from __future__ import annotations

import csv
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from made.review_run import write_review_run
from made.small_run import write_made_run
from PIL import Image
from typer.testing import CliRunner

from framejudge.bench.cli.main import app, entry_point
from framejudge.bench.run import Run
from framejudge.reports.text.markdown import render_markdown
from framejudge.reports.text.mistakes import worst_first


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_review_run(tmp_path_factory.mktemp("files") / "run", images=120, detectors=5)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_bench_report_writes_what_it_is_asked_for(place: Path, tmp_path: Path) -> None:
    asked = ["report", str(place), "--markdown", str(tmp_path / "run.md")]
    asked += ["--charts", str(tmp_path / "charts"), "--tables", str(tmp_path / "tables")]
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == 0, result.output
    said = [Path(line) for line in result.output.splitlines()]
    assert all(path.is_file() for path in said)
    assert {path.suffix for path in said} == {".html", ".md", ".svg", ".png", ".csv"}
    assert {path.stem for path in said if path.suffix == ".svg"} == {
        path.stem for path in said if path.suffix == ".png"
    }

    texts = {path.stem: path.read_text(encoding="utf-8") for path in said if path.suffix == ".svg"}
    assert all(ET.fromstring(text).tag.endswith("svg") for text in texts.values())
    assert "area under the curve" in texts["roc"]
    with Image.open(tmp_path / "charts" / "roc.png") as picture:
        assert picture.width > 800


@pytest.mark.parametrize("option", ["--markdown", "--charts", "--tables"])
def test_a_place_that_cannot_be_written_is_one_line(
    place: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    option: str,
) -> None:
    (tmp_path / "file").touch()
    wanted = tmp_path / "file" / "below"
    monkeypatch.setattr(sys, "argv", ["bench", "report", str(place), option, str(wanted)])
    with pytest.raises(SystemExit) as ended:
        entry_point()
    said = capfd.readouterr()
    assert ended.value.code == 2
    assert said.err.startswith(f"bench: {wanted}: cannot be written: ") and said.err.count("\n") == 1
    assert said.out.splitlines() == [str(place / "report.html")]


def test_tables_hold_the_figures_in_full(place: Path, tmp_path: Path) -> None:
    CliRunner().invoke(app, ["report", str(place), "--tables", str(tmp_path)])
    run = Run.open(place)
    columns = run.columns
    figures = {(row["detector"], row["figure"]): row for row in _rows(tmp_path / "figures.csv")}
    accuracy = run.results.detectors["cnn"].accuracy
    assert float(figures["cnn", "accuracy"]["value"]) == accuracy.value
    assert float(figures["cnn", "accuracy"]["low"]) == accuracy.low
    assert figures["cnn", "p99_9"]["value"] == ""
    assert "3,688 calls" in figures["cnn", "p99_9"]["reason"]

    mistakes = [row for row in _rows(tmp_path / "mistakes.csv") if row["detector"] == "canny"]
    assert [row["path"] for row in mistakes] == [
        columns.path(image) for image in worst_first(columns, columns.detectors[0])
    ]
    assert mistakes[0]["style"] and float(mistakes[0]["wrongness"]) >= float(mistakes[-1]["wrongness"])

    latency = _rows(tmp_path / "latency.csv")
    assert len(latency) == int((~np.isnan(run.call_times.per_image_ms)).sum())
    problems = _rows(tmp_path / "problems.csv")
    assert {row["message"] for row in problems} == {
        "truncated after 1,024 bytes",
        "ValueError: no <edges> here",
    }


def test_markdown_says_what_the_page_says_and_escapes_names(place: Path) -> None:
    text = render_markdown(Run.open(place))
    assert text.startswith("## ")
    assert "**Warning:** this is a generated set" in text
    assert "| ROC area (AUC) |" in text
    assert "VeryLongDetectorName&lt;b\\>" in text and "<script" not in text
    assert "\\$edges\\_{all}\\$" in text
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    columns = {line.replace("\\|", "").count("|") for line in rows if not line.startswith("| slice")}
    assert max(columns) - min(columns) <= 1


def test_markdown_tells_of_failed_detectors_and_unreadable_images(tmp_path: Path) -> None:
    text = render_markdown(Run.open(write_made_run(tmp_path / "run")))
    assert "**mine:Broken** did not finish: ModuleNotFoundError: No module named 'mine'" in text
    assert "1 image cannot be read" in text


def test_no_run_there_is_an_input_error(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["report", str(tmp_path)])
    assert result.exit_code != 0
    assert "run.json" in str(result.exception)
