"""Both versions in one session: pairs of processes, and what is written when they are interrupted."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from drawn_set import draw_set
from toy_detectors import write_toys

from framejudge.bench.gate.baseline.baselines import OldVersions, is_stored, old_versions
from framejudge.bench.gate.gating import gate_measured
from framejudge.bench.gate.latency.pairs import Candidate, PairTaker, PairTimes, pair_log_ratios
from framejudge.bench.run import Request, Run, folder
from framejudge.bench.run.verdicts import Baseline, GateResults, read_gate
from framejudge.bench.worker.ends import WorkerFailure
from framejudge.bench.worker.process import PlacedSpec
from framejudge.datasets.errors import InputError
from framejudge.datasets.progress import Silence
from framejudge.datasets.table.reading import read_dataset
from framejudge.detectors.network.model.detector import WEIGHTS
from framejudge.detectors.network.model.runtimes import describing
from framejudge.detectors.registry import create, find

REQUEST = Request(
    detectors=["toys:Good"], dataset="set", calls=0, threads=1, prevalence=None, seed=0, timeout_s=300.0
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_toys(tmp_path)
    draw_set(tmp_path / "set")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def taker(project: Path, old: str, *, calls: int | None = 40) -> PairTaker:
    images = [str(path) for path in sorted((project / "set" / "images").iterdir())]
    candidate = Candidate("toys:Good", find(old), find("toys:Good"))
    return PairTaker([candidate], images, calls=calls, threads=1, seed=0, timeout_s=300.0, progress=Silence())


def against(old: str) -> OldVersions:
    return OldVersions(
        Baseline(kind="detector", where=old),
        [Candidate("toys:Good", replace(find(old), name="toys:Good"), find("toys:Good"))],
    )


def measure(project: Path, old: str, progress: Silence | None = None) -> GateResults:
    place = project / "out"
    folder.claim(place, force=True)
    return gate_measured(
        REQUEST,
        read_dataset(project / "set"),
        [find("toys:Good")],
        place,
        old=against(old),
        pair_calls=20,
        looks=(1,),
        progress=progress,
    )


class InterruptedAt(Silence):
    """Ctrl-C when a stretch of work begins."""

    def __init__(self, what: str) -> None:
        self.what = what

    def begin(self, what: str, total: int) -> None:
        if what.startswith(self.what):
            raise KeyboardInterrupt


def test_a_pair_has_a_ratio_for_every_image(project: Path) -> None:
    take = taker(project, "toys:Staged")
    ratios = take({"toys:Good": 1})["toys:Good"]
    assert ratios.shape == (1, 16) and np.isfinite(ratios).all()
    (pair,) = take.taken
    assert len(pair.images) == len(pair.old_ns) == len(pair.new_ns) == 40
    assert (pair.old_ns > 0).all() and (pair.new_ns > 0).all() and not take.problems


def test_a_version_that_cannot_be_loaded_is_named(project: Path) -> None:
    take = taker(project, "toys:Unloadable")
    assert take({"toys:Good": 2}) == {}
    assert "the old version cannot be timed" in take.problems["toys:Good"]
    assert "no weights here" in take.problems["toys:Good"] and not take.taken


def test_ratios_of_images_from_their_median_calls() -> None:
    images = np.array([0, 1, 2, 2, 0, 1, 1, 2])
    old = np.array([10, 20, -1, -1, 10, 20, 20, -1])
    new = np.array([20, 20, 30, 30, 20, 10, 40, 30])
    pair = PairTimes("canny", images, old, new)
    ratios = pair_log_ratios(pair, 3)
    assert ratios[:2] == pytest.approx([np.log(2), 0]) and np.isnan(ratios[2])
    with pytest.raises(WorkerFailure, match="no call succeeded in both"):
        pair_log_ratios(PairTimes("canny", images, np.full(8, -1), new), 3)


def test_both_versions_are_scored_timed_and_judged(project: Path) -> None:
    record = measure(project, "toys:Random")
    accuracy, latency, tail = record.rules
    assert accuracy.before is not None and accuracy.after is not None
    assert accuracy.before.value != accuracy.after.value == 1.0
    assert latency.verdict == tail.verdict == "cannot judge"  # one pair says nothing
    assert latency.before is not None and latency.before.value is not None and latency.before.value > 0
    assert latency.pairs == 1 and "too few pairs" in latency.reason
    assert record.exit_code == 4 and read_gate(project / "out") == record
    (measurement,) = record.measurements
    assert (measurement.pairs, measurement.images, len(measurement.pair_growth)) == (1, 16, 1)
    table = pq.read_table(project / "out" / "gate-pairs.parquet").to_pandas()
    assert sorted(table["version"].unique()) == ["new", "old"] and len(table) == 2 * 20
    assert Run.open(project / "out" / "baseline").results.detectors["toys:Good"].status == "complete"


def test_an_old_version_that_fails_cannot_be_judged_against(project: Path) -> None:
    record = measure(project, "toys:Unloadable")
    assert record.exit_code == 4 and {one.verdict for one in record.rules} == {"cannot judge"}
    assert record.rules and all(
        "no weights here" in one.reason or "failed in the baseline" in one.reason for one in record.rules
    )


def test_interrupted_while_timing_what_was_scored_is_judged(project: Path) -> None:
    record = measure(project, "toys:Good", InterruptedAt("timing pairs"))
    accuracy, latency, _ = record.rules
    assert record.interrupted and record.exit_code == 130
    assert accuracy.change is not None and accuracy.change.value == 0
    assert latency.verdict == "cannot judge" and "interrupted after 0 pairs" in latency.reason
    assert read_gate(project / "out") == record


def test_interrupted_before_anything_was_scored(project: Path) -> None:
    record = measure(project, "toys:Good", InterruptedAt("scoring"))
    assert record.exit_code == 130 and {one.verdict for one in record.rules} == {"cannot judge"}
    assert read_gate(project / "out") == record


@pytest.mark.parametrize(
    ("baseline", "stored"),
    [("runs/first", True), ("git:main", False), ("model.keras", False), ("toys:Good", False)],
)
def test_which_baselines_are_measured(baseline: str, stored: bool) -> None:
    assert is_stored(baseline) is stored


def test_a_detector_as_baseline(project: Path) -> None:
    (candidate,) = old_versions("toys:Random", [find("toys:Good")]).candidates
    assert (candidate.name, candidate.old.target, candidate.new.target) == (
        "toys:Good",
        "toys:Random",
        "toys:Good",
    )
    with pytest.raises(InputError, match="one old detector for 2 new ones"):
        old_versions("toys:Random", [find("toys:Good"), find("canny")])


@pytest.mark.parametrize("name", ["cnn.keras", "cnn.onnx", "cnn.tflite"])
def test_a_model_file_opens_with_its_own_threshold(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = WEIGHTS / name
    (candidate,) = old_versions(str(path), [find("cnn")]).candidates
    assert isinstance(candidate.old, PlacedSpec)
    for variable, value in candidate.old.environment.items():
        monkeypatch.setenv(variable, value)
    described = describing(path) if path.suffix != ".keras" else path.with_suffix(".json")
    expected = json.loads(described.read_text(encoding="utf-8"))["threshold"]
    assert create(candidate.old).threshold == pytest.approx(expected)  # type: ignore[attr-defined]


def test_a_model_file_as_baseline(project: Path) -> None:
    with pytest.raises(InputError, match="there is no such"):
        old_versions("old.keras", [find("cnn")])
    (project / "old.keras").write_bytes(b"model")
    with pytest.raises(InputError, match="refused, and not opened"):
        old_versions("old.keras", [find("cnn")])
    shutil.copy(WEIGHTS / "cnn-2016.keras", project / "old.keras")
    found = old_versions("old.keras", [find("cnn")])
    assert found.baseline.kind == "file" and len(found.baseline.identity) == 64
    assert found.candidates[0].old.name == "cnn"
