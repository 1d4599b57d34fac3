"""What `bench doctor` finds, and says about what is missing."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec

import pytest
from typer.testing import CliRunner

from framejudge.bench import doctor
from framejudge.bench.doctor import EXTRAS, Finding, State, examine
from framejudge.bench.timing import environment
from framejudge.detectors.registry import BUILT_IN


def found(findings: list[Finding], name: str) -> Finding:
    return next(one for one in findings if one.name == name)


def test_every_runtime_that_a_built_in_detector_needs_is_looked_for() -> None:
    needed = {(spec.extra, spec.extra_module) for spec in BUILT_IN.values() if spec.extra is not None}
    assert needed
    assert needed <= {(extra.name, extra.module) for extra in EXTRAS}


def test_a_missing_package_comes_with_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real: Callable[[str], ModuleSpec | None] = importlib.util.find_spec
    monkeypatch.setattr(
        doctor.importlib.util, "find_spec", lambda name: None if name == "onnxruntime" else real(name)
    )
    one = found(examine(watch_s=0), "onnxruntime")
    assert one.state is State.MISSING
    assert one.fix == "pip install 'framejudge[onnx]'"
    assert "cnn-onnx" in one.found


@pytest.mark.parametrize(("quota", "state"), [("50000 100000", State.DEGRADED), ("max 100000", State.OK)])
def test_a_quota_below_the_cores_is_said(monkeypatch: pytest.MonkeyPatch, quota: str, state: State) -> None:
    texts = {"/sys/fs/cgroup/cpu.max": quota}
    monkeypatch.setattr(environment, "system_text", lambda path: texts.get(path, ""))
    assert found(examine(watch_s=0), "cores").state is state


def test_a_system_without_pinning_says_what_that_means(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(doctor.os, "sched_setaffinity", raising=False)
    one = found(examine(watch_s=0), "system")
    assert one.state is State.DEGRADED
    assert "not held to cores" in one.found


def test_json_holds_the_same_findings_and_nothing_else() -> None:
    from framejudge.bench.cli.main import app

    shown = CliRunner().invoke(app, ["doctor", "--json"])
    names = [one["name"] for one in json.loads(shown.stdout)["findings"]]
    assert {"framejudge", "Python", "cores", "memory", "GPU", "cache", "noise"} <= set(names)


def test_neither_tensorflow_nor_opencv_is_imported() -> None:
    code = (
        "import sys; from framejudge.bench.doctor import examine; examine(watch_s=0);"
        "print({'tensorflow', 'cv2', 'pyarrow', 'scipy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_the_version_and_the_module_answer() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "framejudge.bench", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"framejudge {environment.framejudge_version()}\n"
