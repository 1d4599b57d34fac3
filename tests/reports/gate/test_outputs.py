"""A gate's verdicts for machines and people: gate.json, JUnit XML, Markdown, GitHub's annotations."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import fields, replace
from pathlib import Path

import pytest

from framejudge.bench.run import Figure
from framejudge.bench.run.verdicts import (
    SCHEMA,
    Baseline,
    GateResults,
    GateRule,
    RuleVerdict,
    read_gate,
    write_gate,
)
from framejudge.datasets.codes.sets import GENERATED
from framejudge.datasets.errors import InputError
from framejudge.reports.gate.annotations import github_annotations
from framejudge.reports.gate.junit import gate_junit
from framejudge.reports.gate.markdown import gate_markdown

NASTY = "toys:<Good> | 100 %\n::error::`x`\x07"


def rule(detector: str, metric: str = "accuracy") -> GateRule:
    return GateRule(
        detector=detector, metric=metric, condition="max_drop", limit=0.005, minimum_detectable_effect=0.02
    )


@pytest.fixture
def record() -> GateResults:
    figure = Figure(value=0.9, low=0.88, high=0.92, method="wilson", n=900)
    change = Figure(value=-0.02, low=-0.03, high=-0.01)
    return GateResults(
        schema=SCHEMA,
        version="0.1.0",
        started="2026-11-21T10:15:00+00:00",
        finished="2026-11-21T10:16:00+00:00",
        verdict="fail",
        soft=False,
        interrupted=False,
        exit_code=1,
        run="runs/now",
        dataset="shop",
        baselines=[Baseline(kind="git", where="git:main", identity="c0ffee")],
        rules_from="framejudge-gate.toml",
        rules=[
            RuleVerdict(
                rule=rule("canny"),
                verdict="fail",
                reason="50 % of it lost",
                code="FJ501",
                before=figure,
                after=figure,
                change=change,
                p=0.0001,
                minimum_detectable_effect=0.007,
            ),
            RuleVerdict(rule=rule("cnn"), verdict="pass", reason="fine", advice=["store it"], stale=True),
            RuleVerdict(rule=rule(NASTY), verdict="cannot judge", reason=NASTY),
        ],
        notices=[GENERATED.says("the set was generated")],
    )


def test_gate_json_comes_back_as_it_was(record: GateResults, tmp_path: Path) -> None:
    path = write_gate(tmp_path, record)
    assert read_gate(tmp_path) == record
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
    content = json.loads(path.read_text(encoding="utf-8"))
    assert content["schema"] == "framejudge/gate/1" and set(content) == {
        one.name for one in fields(GateResults)
    }


def test_a_later_version_may_add_fields(record: GateResults, tmp_path: Path) -> None:
    path = write_gate(tmp_path, record)
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**content, "new": 1}), encoding="utf-8")
    assert read_gate(tmp_path) == record


@pytest.mark.parametrize(
    ("content", "message"),
    [("{", "not JSON"), ('{"schema": "framejudge/gate/2"}', "its schema is"), ("[]", "its schema is")],
)
def test_a_broken_gate_json(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "gate.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_gate(tmp_path)


def test_gate_json_without_a_field(record: GateResults, tmp_path: Path) -> None:
    path = write_gate(tmp_path, record)
    content = json.loads(path.read_text(encoding="utf-8"))
    del content["verdict"]
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(InputError, match="verdict: Field required"):
        read_gate(tmp_path)


def test_a_run_without_a_gate(tmp_path: Path) -> None:
    assert read_gate(tmp_path) is None


def test_junit_has_a_case_per_rule(record: GateResults) -> None:
    suite = ET.fromstring(gate_junit(record))[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "1", "1")
    failed, passed, unsure = suite.findall("testcase")
    assert failed.get("classname") == "gate.canny" and "max_drop" in (failed.get("name") or "")
    (failure,) = failed.findall("failure")
    assert failure.get("message") == (
        "limit -0.50 points, measured -2.00 points, 95 % interval -3.00 to -1.00 points, minimum "
        "detectable effect -0.70 points: 50 % of it lost"
    )
    assert failure.get("type") == "FJ501 dropped"
    assert suite.findtext("system-out") == "FJ301 generated-set: the set was generated"
    assert not passed.findall("failure") and not passed.findall("error")
    assert len(unsure.findall("error")) == 1 and "<Good>" in (unsure.get("name") or "")
    assert "store it" in (passed.findtext("system-out") or "")


def test_a_soft_gates_junit_fails_nothing(record: GateResults) -> None:
    suite = ET.fromstring(gate_junit(replace(record, soft=True)))[0]
    assert (suite.get("failures"), suite.get("errors"), suite.get("skipped")) == ("0", "0", "2")


def test_markdown_is_one_table_whatever_names_hold(record: GateResults) -> None:
    text = gate_markdown(record)
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert len(rows) == 5
    assert all(line.replace("\\|", "").count("|") == 8 for line in rows)
    assert "❌ fail" in text and "git:main" in text and "-2.00 points" in text
    assert "\\<Good\\>" in text and "<Good>" not in text


def test_annotations_are_one_line_each(record: GateResults) -> None:
    fail, unsure, stale, warning = github_annotations(record)
    assert fail.startswith("::error title=fail FJ501 dropped%3A") and fail.endswith(": 50 %25 of it lost")
    assert unsure.startswith("::error ") and "\n" not in unsure
    assert warning == "::warning title=FJ301 generated-set::the set was generated"
    assert stale.startswith("::notice ") and stale.endswith("::store it")
    assert github_annotations(replace(record, soft=True))[0].startswith("::warning ")
