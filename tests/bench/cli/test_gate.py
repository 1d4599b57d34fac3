"""``bench gate`` on stored runs: exit codes, and everything that is written before it exits."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from made.gate_run import right, write_gate_run

from framejudge.bench.cli import main
from framejudge.bench.run import folder
from framejudge.bench.run.verdicts import read_gate


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_gate_run(tmp_path / "good", {"canny": right(500, 20)})
    write_gate_run(tmp_path / "same", {"canny": right(500, 20)})
    write_gate_run(tmp_path / "bad", {"canny": right(500, 60)})
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def bench(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["bench", "gate", *arguments])
    with pytest.raises(SystemExit) as end:
        main.entry_point()
    assert isinstance(end.value.code, int)
    return end.value.code


def test_a_loss_fails_and_is_written_everywhere(
    runs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    summary = runs / "summary.md"
    summary.write_text("before\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    code = bench(
        monkeypatch, "bad", "--baseline", "good", "--junit", "ci/gate.xml", "--markdown", "ci/gate.md"
    )
    assert code == 1
    said = capsys.readouterr().out
    assert "::error title=fail FJ501 dropped%3A canny accuracy max_drop 0.005::" in said
    assert "40 images regressed, 0 fixed" in said and "minimum detectable" in said and "gate: fail" in said

    record = read_gate(runs / "bad")
    assert record is not None and record.verdict == "fail" and record.baselines[0].where == "good"
    assert ET.parse(runs / "ci" / "gate.xml").getroot()[0].get("failures") == "1"
    assert (runs / "bad" / "gate.xml").read_bytes() == (runs / "ci" / "gate.xml").read_bytes()
    markdown = (runs / "ci" / "gate.md").read_text(encoding="utf-8")
    assert "❌ fail" in markdown and (runs / "bad" / "gate.md").read_text(encoding="utf-8") == markdown
    assert summary.read_text(encoding="utf-8") == f"before\n{markdown}"
    assert 'id="baseline"' in (runs / "bad" / "report.html").read_text(encoding="utf-8")


def test_verdicts_become_exit_codes(
    runs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bench(monkeypatch, "good", "--baseline", "same") == 0
    assert bench(monkeypatch, "good", "--baseline", "nowhere") == 2
    assert bench(monkeypatch, "good", "--baseline", "nowhere", "--no-baseline-yet") == 0
    assert bench(monkeypatch, "good", "--baseline", "same", "--no-baseline-yet") == 2
    assert bench(monkeypatch, "bad", "--baseline", "good", "--soft") == 0
    # A shell expands runs/* to several words: those after the first are baselines, too.
    assert bench(monkeypatch, "good", "--baseline", "same", "same", "bad") == 0
    capsys.readouterr()


def test_a_copy_that_cannot_be_written_costs_no_verdict(
    runs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (runs / "file").touch()
    assert bench(monkeypatch, "bad", "--baseline", "good", "--junit", "file/gate.xml") == 2
    said = capsys.readouterr()
    assert "gate: fail" in said.out and (runs / "bad" / "gate.xml").is_file()
    assert said.err.startswith("bench: file/gate.xml: cannot be written: ") and said.err.count("\n") == 1


def test_a_replaced_run_keeps_no_verdict_of_the_former(
    runs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bench(monkeypatch, "good", "--baseline", "same") == 0
    capsys.readouterr()
    folder.claim(runs / "good", force=True)
    assert list((runs / "good").iterdir()) == []


def test_rules_beside_the_user_are_found(
    runs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = runs / "framejudge-gate.toml"
    rules.write_text('[[rule]]\ndetector = "canny"\nmetric = "accuracy"\nmin = 0.99\n', encoding="utf-8")
    assert bench(monkeypatch, "good") == 1
    assert "rules: framejudge-gate.toml" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "nothing to judge; give a stored run"),
        (("good", "--baseline", "git:main"), "a stored run cannot be; give --detectors"),
        (("nowhere",), "there is no such folder"),
        (("good", "--rules", "missing.toml"), "missing.toml: cannot be read"),
        (("--detectors", "cany"), "did you mean 'canny'?"),
        (("--detectors", "canny", "--baseline", "git:a", "--baseline", "git:b"), "one old version at a time"),
    ],
)
def test_a_bad_request_is_one_line(
    runs: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    message: str,
) -> None:
    assert bench(monkeypatch, *arguments) == 2
    told = capsys.readouterr().err
    assert message in told and told.count("\n") == 1
