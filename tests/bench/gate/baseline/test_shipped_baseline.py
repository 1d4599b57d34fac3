"""The baseline that our own repository is gated by: what `tox -e gate` reads."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from made.small_run import write_made_run

from framejudge.bench.gate.rules import read_rules
from framejudge.bench.run import Run, folder

GATE = Path(__file__).parents[3] / "gate"
MAX_BYTES = 300_000


def test_every_rule_has_its_detector_in_the_baseline() -> None:
    baseline = Run.open(GATE / "baseline")
    for rule in read_rules(GATE / "rules.toml").rules:
        assert baseline.results.detectors[rule.detector].status == "complete"
    assert baseline.predictions.num_rows == baseline.results.dataset.images


def test_it_is_small_and_names_no_machine() -> None:
    files = list((GATE / "baseline").iterdir())
    assert sum(file.stat().st_size for file in files) < MAX_BYTES
    run = Run.open(GATE / "baseline")
    assert run.manifest.dataset_root == ""
    assert not {"cpu", "platform"} & set(run.results.environment)


@pytest.fixture
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("store_baseline", GATE / "store_baseline.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_storing_keeps_scores_and_drops_the_machine(script: ModuleType, tmp_path: Path) -> None:
    run = Run.open(write_made_run(tmp_path / "run"))
    folder.write_results(
        run.folder, replace(run.results, environment={**run.results.environment, "commit": "ab" * 20})
    )
    run = Run.open(run.folder)
    script.store(run, tmp_path / "stored")
    stored = Run.open(tmp_path / "stored")
    assert stored.predictions["score"].equals(run.predictions["score"])
    assert stored.results.detectors == run.results.detectors
    assert stored.results.environment["commit"] == "ab" * 20
    assert "Some CPU" not in (tmp_path / "stored" / "results.json").read_text(encoding="utf-8")
    assert {file.name for file in stored.folder.iterdir()} == {
        "predictions.parquet",
        "results.json",
        "run.json",
    }
