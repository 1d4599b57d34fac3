"""`bench log`: what it refuses before a tracker is imported."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from made.small_run import write_made_run

from framejudge.bench.cli.sharing import log
from framejudge.datasets.errors import InputError


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_made_run(tmp_path_factory.mktemp("runs") / "first")


@pytest.mark.parametrize("tracker", list(log.Tracker))
def test_a_tracker_that_is_missing_comes_with_the_line_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, run: Path, tracker: log.Tracker
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=rf"pip install 'framejudge\[{tracker}\]'"):
        log.log(run, tracker)


def test_a_model_of_another_run_is_refused(monkeypatch: pytest.MonkeyPatch, run: Path) -> None:
    monkeypatch.setattr(log, "_check_installed", lambda tracker: None)
    with pytest.raises(InputError, match="'hog' is not in this run"):
        log.log(run, log.Tracker.MLFLOW, models="hog")
