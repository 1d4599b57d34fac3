"""A sample of ``kill_points.py``, which `tox -e kill-points` runs as a whole."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest


def strace_works() -> bool:
    """Whether there is strace, and it may trace."""
    if shutil.which("strace") is None:
        return False
    return subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], check=False).returncode == 0


@pytest.fixture
def study() -> ModuleType:
    spec = importlib.util.spec_from_file_location("kill_points", Path(__file__).with_name("kill_points.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["kill_points"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(not strace_works(), reason="needs strace that may trace: apt install strace")
def test_killed_and_failing_runs_end_with_the_bytes_of_one_that_was_not(
    study: ModuleType, tmp_path: Path
) -> None:
    place = study.Place(tmp_path)
    assert place.run(resume=False).returncode == 0
    expected = place.final()
    assert place.calls() == study.IMAGES
    killed_twice = (study.Fault("fsync", 9), study.Fault("rename", 2))
    assert study.try_faults(place, killed_twice, expected) == []
    assert study.try_faults(place, [study.Fault("fsync", 8, "error=ENOSPC")], expected) == []
