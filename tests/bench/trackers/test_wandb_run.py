"""A run of Weights & Biases, offline: files in a folder, nothing sent."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("wandb", reason="needs framejudge[wandb]; `tox -e trackers` has it")

from made.small_run import write_made_run

from framejudge.bench.run import Run
from framejudge.bench.trackers import wandb_run


def test_metrics_and_files_lie_in_an_offline_run(tmp_path: Path) -> None:
    run = Run.open(write_made_run(tmp_path / "first"))
    folder = Path(wandb_run.log_run(run, project="shop", folder=tmp_path))
    assert folder.name.startswith("offline-run-")
    (record,) = folder.glob("*.wandb")
    content = record.read_bytes()
    assert b"canny/accuracy" in content
    assert b"results.json" in content
