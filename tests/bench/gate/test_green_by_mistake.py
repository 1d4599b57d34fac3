"""Ways in which a gate could look green though nobody knows that nothing is wrong: each ends otherwise."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made.gate_run import right, write_gate_run

from framejudge.bench.cli.main import entry_point
from framejudge.bench.gate.gating import gate_stored
from framejudge.bench.gate.leniency import Leniency
from framejudge.bench.gate.rules import RuleSet, find_rules, parse_rules
from framejudge.bench.run import Run
from framejudge.bench.run.folder import write_manifest
from framejudge.bench.run.verdicts import GateResults
from framejudge.datasets.codes import MuteList
from framejudge.datasets.errors import InputError

IMAGES = 1_000
NOT_YET = Leniency(no_baseline_yet=True)


@pytest.fixture
def now(tmp_path: Path) -> Path:
    return write_gate_run(tmp_path / "now", {"canny": right(IMAGES, 60)})


@pytest.fixture
def before(tmp_path: Path) -> Path:
    return write_gate_run(tmp_path / "before", {"canny": right(IMAGES, 60)})


def rules(**rule: object) -> RuleSet:
    return RuleSet(parse_rules({"rule": [{"detector": "canny", **rule}]}, "rules.toml"), "rules.toml")


def codes(record: GateResults) -> list[str]:
    return [one.code for one in record.rules]


def noticed(record: GateResults) -> set[str]:
    return {one.code for one in record.notices}


def bench(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    """Run the command line in the current folder."""
    monkeypatch.setattr(sys, "argv", ["bench", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        entry_point()
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.mark.parametrize("break_it", ["missing", "damaged", "cut short"])
def test_a_baseline_that_is_missing_or_cannot_be_read_is_an_error(
    now: Path,
    before: Path,
    break_it: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if break_it == "missing":
        shutil.rmtree(before)
    elif break_it == "damaged":
        (before / "results.json").write_text("{", encoding="utf-8")
    else:
        (before / "results.json").unlink()
    assert bench(monkeypatch, "gate", now, "--baseline", before) == 2
    said = capsys.readouterr().err
    assert ("FJ902 baseline-missing" if break_it == "missing" else "FJ903 baseline-unreadable") in said
    assert said.count("\n") == 1


def test_one_baseline_of_several_that_is_missing_is_an_error_too(now: Path, before: Path) -> None:
    with pytest.raises(InputError, match="FJ902"):
        gate_stored(now, [str(before), "nowhere"])


def test_an_earlier_green_verdict_does_not_outlive_a_gate_that_is_refused(
    now: Path, before: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copy.xml"
    assert bench(monkeypatch, "gate", now, "--baseline", before, "--junit", copy) == 0
    assert copy.is_file() and (now / "gate.xml").is_file() and (now / "gate.json").is_file()
    assert bench(monkeypatch, "gate", now, "--baseline", "nowhere", "--junit", copy) == 2
    assert not copy.exists() and not list(now.glob("gate.*"))


def test_no_baseline_yet_is_allowed_once(now: Path, before: Path) -> None:
    record = gate_stored(now, ["nowhere"], leniency=NOT_YET)
    assert record.exit_code == 0 and codes(record) == ["FJ515"] and "FJ542" in noticed(record)
    assert record.rules[0].verdict == "cannot judge"
    with pytest.raises(InputError, match="leave the option out"):
        gate_stored(now, [str(before)], leniency=NOT_YET)


def test_no_baseline_yet_allows_nothing_else(now: Path) -> None:
    asked = RuleSet(
        (*rules(metric="accuracy", max_drop=0.005).rules, *rules(metric="auc", min=0.999).rules), "r"
    )
    assert gate_stored(now, ["nowhere"], rules=asked, leniency=NOT_YET).exit_code == 1


def test_a_run_is_no_baseline_of_itself(now: Path) -> None:
    with pytest.raises(InputError, match="FJ904"):
        gate_stored(now, [str(now / ".." / "now")])


def test_without_any_baseline(now: Path) -> None:
    record = gate_stored(now)
    assert record.exit_code == 4 and codes(record) == ["FJ515"]


def test_a_baseline_of_another_set(now: Path, tmp_path: Path) -> None:
    other = write_gate_run(tmp_path / "other", {"canny": right(IMAGES, 60)}, fingerprint="77" * 32)
    record = gate_stored(now, [str(other)])
    assert record.exit_code == 4 and codes(record) == ["FJ516"]


def test_a_detector_that_scored_nothing_in_both_runs(tmp_path: Path) -> None:
    runs = [
        write_gate_run(tmp_path / name, {"canny": right(IMAGES, 0)}, without_score=IMAGES - 1)
        for name in ("now", "before")
    ]
    for metric in ("accuracy", "auc", "recall"):
        record = gate_stored(runs[0], [str(runs[1])], rules=rules(metric=metric, max_drop=0.005))
        assert record.exit_code == 4 and codes(record) == ["FJ514"]


@pytest.mark.parametrize("metric", ["accuracy", "auc", "precision", "f1", "balanced_accuracy"])
def test_a_detector_that_fails_on_what_is_hard_gains_no_figure(tmp_path: Path, metric: str) -> None:
    # Right on every image that it scored; 300 of 1,000 have no score.
    run = write_gate_run(tmp_path / "now", {"canny": right(IMAGES, 0)}, without_score=300)
    record = gate_stored(run, rules=rules(metric=metric, min=0.95))
    assert record.verdict == "fail" and [one.code for one in record.rules[0].notices] == ["FJ534"]


def test_an_auc_that_rises_because_the_detector_fails_has_dropped(before: Path, tmp_path: Path) -> None:
    run = write_gate_run(tmp_path / "now", {"canny": right(IMAGES, 60)}, without_score=200)
    record = gate_stored(run, [str(before)], rules=rules(metric="auc", max_drop=0.005))
    assert record.verdict == "fail" and codes(record) == ["FJ501"]


def test_a_rule_about_a_detector_or_a_slice_that_is_not_there(now: Path, before: Path) -> None:
    gone = RuleSet(parse_rules({"rule": [{"detector": "cany", "metric": "accuracy", "min": 0.1}]}, "r"), "r")
    record = gate_stored(now, rules=gone)
    assert record.exit_code == 4 and codes(record) == ["FJ518"] and "FJ539" in noticed(record)
    for condition in ({"min": 0.1}, {"max_drop": 0.005}):
        asked = rules(metric="accuracy", slice="style=dotted", **condition)
        record = gate_stored(now, [str(before)], rules=asked)
        assert record.exit_code == 4 and codes(record) == ["FJ514"]


def test_a_set_without_a_labelled_image(tmp_path: Path, before: Path) -> None:
    run = write_gate_run(tmp_path / "now", {"canny": right(4, 0)})
    record = gate_stored(run, rules=rules(metric="accuracy", min=0.9))
    assert record.exit_code == 4 and codes(record) == ["FJ513"]  # 4 of 4 right: the interval is wide
    record = gate_stored(run, rules=rules(metric="auc", min=0.9))
    assert record.exit_code != 0


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("framejudge-gate.toml", '[[rules]]\ndetector = "canny"\nmetric = "accuracy"\nmin = 0.9\n'),
        ("framejudge-gate.toml", "[rule]\n"),
        ("framejudge-gate.toml", ""),
        ("framejudge-gate.toml", '[[rule]]\ndetector = "canny"\nmetric = "accuracy"\nmin = nan\n'),
        ("framejudge-gate.toml", '[[rule]]\ndetector = "canny"\nmetric = "accuracy"\nmax_drop = inf\n'),
        ("framejudge_gate.toml", '[[rule]]\ndetector = "canny"\nmetric = "accuracy"\nmin = 0.9\n'),
        ("framejudge-gates.toml", '[[rule]]\ndetector = "canny"\nmetric = "accuracy"\nmin = 0.9\n'),
        (
            "pyproject.toml",
            '[[tool.framejudge.gates.rule]]\ndetector = "canny"\nmetric = "accuracy"\nmin = 0.9\n',
        ),
        (
            "pyproject.toml",
            '[[tool.framejudge.Gate.rule]]\ndetector = "canny"\nmetric = "accuracy"\nmin = 0.9\n',
        ),
        ("pyproject.toml", "[tool]\nframejudge = 3\n"),
        ("pyproject.toml", "[tool.framejudge.gate]\nrules = []\n"),
    ],
)
def test_rules_with_a_misspelling_are_refused_and_not_passed_over(
    tmp_path: Path, name: str, text: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        find_rules(tmp_path)


def test_a_misplaced_table_has_a_code(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.framejudge.gates]\n", encoding="utf-8")
    with pytest.raises(InputError, match="FJ905 rules-misplaced"):
        find_rules(tmp_path)


def test_rules_behind_a_link_that_leads_nowhere_are_refused(tmp_path: Path) -> None:
    (tmp_path / "framejudge-gate.toml").symlink_to(tmp_path / "gone.toml")
    with pytest.raises(InputError, match="cannot be read"):
        find_rules(tmp_path)


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_figures_that_are_no_numbers_are_refused(now: Path, word: str) -> None:
    file = now / "results.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    content["detectors"]["canny"]["accuracy"]["low"] = "HERE"
    file.write_text(json.dumps(content).replace('"HERE"', word), encoding="utf-8")
    with pytest.raises(InputError, match=f"{word} is no JSON"):
        gate_stored(now, rules=rules(metric="accuracy", min=0.9))


@pytest.mark.parametrize("lost", ["results.json", "predictions.parquet", "run.json"])
def test_a_run_that_is_not_complete_is_refused(now: Path, before: Path, lost: str) -> None:
    (now / lost).unlink()
    with pytest.raises(InputError):
        gate_stored(now, [str(before)])


def test_a_detector_that_failed_is_no_pass_though_no_rule_names_it(tmp_path: Path) -> None:
    run = write_gate_run(tmp_path / "now", {"canny": right(IMAGES, 20), "cnn": None})
    record = gate_stored(run, rules=rules(metric="accuracy", min=0.9))
    assert record.verdict == "pass" and record.exit_code == 3


def test_a_loss_beyond_the_limit_that_chance_could_explain_is_no_pass(before: Path, tmp_path: Path) -> None:
    run = write_gate_run(tmp_path / "now", {"canny": right(IMAGES, 66)})
    record = gate_stored(run, [str(before)])
    assert record.exit_code == 4 and codes(record) == ["FJ511"]
    assert "chance could explain" in record.rules[0].reason


def test_a_run_that_is_left_over_from_before_its_baseline_is_named(now: Path, before: Path) -> None:
    write_manifest(before, replace(Run.open(before).manifest, started="2027-01-01T00:00:00+00:00"))
    assert "FJ541" in noticed(gate_stored(now, [str(before)]))


def test_a_version_that_is_its_own_baseline_is_named(now: Path, before: Path) -> None:
    assert "FJ540" in noticed(gate_stored(now, [str(before)]))
    quiet = gate_stored(now, [str(before)], leniency=Leniency(mute=MuteList(frozenset({"FJ540"}))))
    assert [one.muted for one in quiet.notices if one.code == "FJ540"] == [True]


def test_options_that_a_stored_run_cannot_obey_are_refused(
    now: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bench(monkeypatch, "gate", now, "--baseline", "x", "--dataset", "elsewhere") == 2


def test_every_rule_is_printed_once(
    now: Path, before: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bench(monkeypatch, "gate", now, "--baseline", before) == 0
    said = capsys.readouterr().out
    assert said.count("canny accuracy") == 1 and said.count("minimum detectable") == 1
    header = next(line for line in said.splitlines() if line.startswith("rule "))
    places = [header.index(word) for word in ("limit", "measured", "95 % interval", "effect", "verdict")]
    assert places == sorted(places)


def test_a_perfect_auc_of_few_images_is_no_proof(tmp_path: Path) -> None:
    run = write_gate_run(tmp_path / "now", {"canny": right(8, 0)})
    assert gate_stored(run, rules=rules(metric="auc", min=0.99)).exit_code != 0


def test_scores_that_are_no_numbers_are_no_scores() -> None:
    from made.columns import made_columns

    from framejudge.bench.gate.accuracy.selection import mostly_without_score
    from framejudge.bench.run.columns import Answers, texts_at

    answers = Answers("canny", np.full(4, np.nan), threshold_source="tuned", errors=texts_at({}, 4))
    columns = made_columns(np.array([True, False, True, False]), answers)
    assert mostly_without_score(columns.detectors[0], columns.labelled)
