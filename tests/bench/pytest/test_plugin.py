"""The fixture ``framejudge_run``: gates as tests, with a verdict that is never silent."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from drawn_set import draw_set
from made.small_run import write_made_run
from toy_detectors import write_toys

from framejudge.bench.pytest.judged_run import JudgedRun, Sessions
from framejudge.bench.run import Run
from framejudge.datasets.errors import InputError

pytest_plugins = ["pytester"]

HEAVY = ("numpy", "cv2", "sklearn", "scipy", "pyarrow", "pydantic", "matplotlib", "tensorflow", "PIL")


GATES = """
def test_kept(framejudge_run):
    framejudge_run("toys:Good", dataset="set").assert_at_least("accuracy", 0.9)

def test_measured_once(framejudge_run):
    assert framejudge_run("toys:Good", dataset="set") is framejudge_run("toys:Good", "set")

def test_broken(framejudge_run):
    framejudge_run("toys:Random", dataset="set").assert_at_least("accuracy", 0.9)

def test_unclear(framejudge_run):
    framejudge_run("toys:Good", dataset="set").assert_at_least("accuracy", 0.99)
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project with toy detectors, a set of 80 images and a few gates."""
    write_toys(pytester.path)
    draw_set(pytester.path / "set", framed=40, plain=40)
    pytester.makepyfile(test_gate=GATES)
    return pytester


def run_tests(project: pytest.Pytester, *options: str) -> pytest.RunResult:
    return project.runpytest_subprocess("-p", "no:cacheprovider", "-rs", *options)


def test_it_is_registered() -> None:
    (found,) = (one for one in entry_points(group="pytest11") if one.name == "framejudge")
    assert found.value == "framejudge.bench.pytest.plugin"


def test_loading_it_imports_nothing_heavy() -> None:
    script = "import sys, framejudge.bench.pytest.plugin; print(*sys.modules)"
    said = subprocess.run([sys.executable, "-P", "-c", script], check=True, capture_output=True, text=True)
    loaded = set(said.stdout.split())
    assert loaded.isdisjoint(HEAVY)
    assert {name for name in loaded if name.startswith("framejudge.")} == {
        "framejudge.bench",
        "framejudge.bench.pytest",
        "framejudge.bench.pytest.plugin",
    }


def test_three_outcomes(project: pytest.Pytester) -> None:
    result = run_tests(project)
    result.assert_outcomes(passed=2, failed=2)
    result.stdout.fnmatch_lines(
        [
            "FJ503 toys:Random accuracy: limit at least 0.9000, *no part of the interval keeps*",
            "cannot judge FJ513 toys:Good accuracy: *the limit lies within the interval*",
        ]
    )
    result.stdout.no_fnmatch_line("*judged_run.py*")


def test_what_cannot_be_judged_may_be_skipped_with_its_reason(project: pytest.Pytester) -> None:
    result = run_tests(project, "-k", "unclear", "-o", "framejudge_cannot_judge=skip")
    result.assert_outcomes(skipped=1, deselected=3)
    result.stdout.fnmatch_lines(
        ["SKIPPED*cannot judge FJ513 toys:Good accuracy: *the limit lies within the interval*"]
    )


def test_an_unknown_setting_is_refused(project: pytest.Pytester) -> None:
    result = run_tests(project, "-k", "kept", "-o", "framejudge_cannot_judge=pass")
    result.assert_outcomes(errors=1, deselected=3)
    result.stdout.fnmatch_lines(["*framejudge_cannot_judge = pass: give fail or skip*"])


@pytest.fixture
def judged(tmp_path: Path) -> JudgedRun:
    """A stored run of canny and cnn with made-up figures and times."""
    return JudgedRun(Run.open(write_made_run(tmp_path / "run")))


def test_a_ratio_to_another_detector(judged: JudgedRun) -> None:
    judged.assert_at_most("latency_ratio", 0.5, detector="canny", to="cnn")
    with pytest.raises(pytest.fail.Exception, match="no part of the interval keeps"):
        judged.assert_at_most("latency_ratio", 0.3, detector="canny", to="cnn")


def test_several_detectors_need_a_name(judged: JudgedRun) -> None:
    with pytest.raises(InputError, match="the run has 3 detectors; give detector='canny'"):
        judged.assert_at_least("accuracy", 0.5)


def test_a_failed_detector_cannot_be_judged(judged: JudgedRun) -> None:
    with pytest.raises(pytest.fail.Exception, match="cannot judge FJ519 mine:Broken"):
        judged.assert_at_least("accuracy", 0.0, detector="mine:Broken")


def test_a_time_needs_its_machine(judged: JudgedRun) -> None:
    with pytest.raises(InputError, match="an absolute time holds on one machine only"):
        judged.assert_at_most("p50_ms", 5.0, detector="canny")
    with pytest.raises(pytest.fail.Exception, match=r"cannot judge .* the limit holds on 'another'"):
        judged.assert_at_most("p50_ms", 5.0, detector="canny", machine="another")


def test_no_drop_against_a_stored_run(judged: JudgedRun, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="FJ902 baseline-missing"):
        judged.assert_no_drop(baseline=tmp_path / "nowhere", detector="canny")
    # 60 images can show no small drop, and say so; a large one that must not go unseen they can.
    with pytest.raises(pytest.fail.Exception, match="too few images"):
        judged.assert_no_drop(baseline=judged.run.folder, detector="canny")
    judged.assert_no_drop(baseline=judged.run.folder, detector="canny", minimum_detectable_effect=0.5)


def test_rules_from_a_file(judged: JudgedRun, tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text(
        '[[rule]]\ndetector = "cnn"\nmetric = "auc"\nmin = 0.8\n'
        '[[rule]]\ndetector = "canny"\nmetric = "auc"\nmin = 0.99\n',
        encoding="utf-8",
    )
    with pytest.raises(pytest.fail.Exception) as problem:
        judged.assert_rules(rules)
    assert str(problem.value).startswith("FJ503 canny auc: ")


def test_what_there_is_not_is_one_line(tmp_path: Path) -> None:
    sessions = Sessions(tmp_path)
    with pytest.raises(InputError):
        sessions.run("no-such-detector")
    with pytest.raises(InputError):
        sessions.run("canny", tmp_path / "nowhere")
