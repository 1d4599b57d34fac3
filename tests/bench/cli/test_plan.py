"""``bench plan`` on the command line, and the line of it that a gate prints."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from made.columns import made_columns
from made.run import write_run
from typer.testing import CliRunner

from framejudge.bench.cli.main import app
from framejudge.bench.cli.terminal.verdicts import print_verdicts
from framejudge.bench.gate.gating import gate_stored
from framejudge.bench.run.columns import Answers
from framejudge.datasets.errors import InputError


def plan(*words: str) -> str:
    result = CliRunner().invoke(app, ["plan", *words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def run_with(place: Path, wrong: range, images: int = 200, size: int = 1) -> Path:
    framed = np.arange(images) % 2 == 0
    is_wrong = np.isin(np.arange(images), list(wrong))
    answers = Answers("canny", np.where(framed ^ is_wrong, 0.9, 0.1))
    return write_run(place, made_columns(framed, answers, a_group=size))


def test_two_numbers_give_a_table() -> None:
    said = plan("--disagreement", "0.06", "--difference", "0.02", "--drop", "0.02", "--percentile", "p99")
    assert re.search(r"2 points +1,244", said)
    assert re.search(r"2 points +1,561", said)
    assert re.search(r"p99 +368", said)
    assert "found in 80.0 % of the sets" in said


def test_a_run_gives_a_table_a_chart_and_json(tmp_path: Path) -> None:
    run = run_with(tmp_path / "run", range(10), size=4)
    chart, file = tmp_path / "plan.svg", tmp_path / "plan.json"
    said = plan(str(run), "--chart", str(chart), "--json", str(file))
    assert "accuracy 95.0 %; 4 images of a photo" in said
    assert "labelled images needed" in chart.read_text(encoding="utf-8")
    rows = json.loads(file.read_text(encoding="utf-8"))["rows"]
    assert {row["kind"] for row in rows} == {"interval", "percentile"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "nothing to plan from"),
        (("--difference", "0.02"), "--difference"),
        (("--drop", "0.02", "--accuracy", "0.9"), "--drop"),
        (("--half-width", "0.02", "--disagreement", "0.1"), "--half-width"),
        (("--latency-ratio", "0.02", "--disagreement", "0.1"), "--latency-ratio"),
        (("--percentile", "fast"), "is no percentile"),
        (("--percentile", "p100"), "is no percentile"),
    ],
)
def test_what_is_missing_is_said(words: tuple[str, ...], said: str) -> None:
    with pytest.raises(InputError, match=said):
        plan(*words)


@pytest.mark.parametrize("size", [1, 4])
def test_a_gate_that_cannot_judge_says_how_many_images_would_do(
    tmp_path: Path, size: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """On 200 images a detector that gained 1.5 points was answered with a bare "cannot judge"."""
    before = run_with(tmp_path / "before", range(14), size=size)
    now = run_with(tmp_path / "now", range(9, 20), size=size)
    (rule,) = gate_stored(now, [str(before)]).rules
    assert rule.verdict == "cannot judge"
    print_verdicts(gate_stored(now, [str(before)]), None)
    told = " ".join(capsys.readouterr().out.split())
    for part in (
        "-0.50 points",
        "+1.50 points",
        "95 % interval",
        "minimum detectable",
        "drop of 2.00 points",
    ):
        assert part in told
    line = re.search(r"`bench (plan [^`]*)`", rule.reason)
    needed = re.search(r"would need about ([\d,]+) images", rule.reason)
    assert line and needed
    said = plan(*shlex.split(line[1])[1:])
    planned = re.search(r"2 points +([\d,]+)", said)
    assert planned
    exact, rounded = (int(found[1].replace(",", "")) for found in (planned, needed))
    assert rounded == pytest.approx(exact, rel=0.1)
    assert rounded > 200
