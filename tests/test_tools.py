"""The tools that run as ``python -m``: a bad input is one line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    "arguments",
    [
        ("framejudge.bench.unframe.operating_point", "nowhere", "--detector", "canny"),
        ("framejudge.detectors.peers.hog.training", "nowhere", "nowhere", "out.json"),
        ("framejudge.detectors.canny_2016.tuning", "nowhere"),
        ("framejudge.detectors.duo.fitting", "out.json", "nowhere"),
        ("framejudge.detectors.network.locate.fit_snapping", "nowhere"),
        ("framejudge.detectors.network.train.fit_threshold", "nowhere.keras", "nowhere"),
    ],
)
def test_a_missing_set_is_told_in_one_line(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2, done.stderr
    assert "nowhere" in done.stderr
    assert len(done.stderr.splitlines()) == 1
