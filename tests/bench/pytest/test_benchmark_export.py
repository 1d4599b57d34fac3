"""``--export-pytest-benchmark``: the fields of pytest-benchmark's JSON, and the real tool reads them."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from drawn_set import draw_set
from made.small_run import write_made_run
from toy_detectors import write_toys

from framejudge.bench.cli import main
from framejudge.bench.cli.run import _check_export
from framejudge.bench.pytest.benchmark_export import pytest_benchmark_document, statistics_of
from framejudge.bench.run import Run, folder, tables
from framejudge.datasets.errors import InputError

COMPARE = "from pytest_benchmark.cli import main; main()"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run.open(write_made_run(tmp_path / "run"))


def test_every_timed_stage_of_a_detector_is_a_benchmark(run: Run) -> None:
    document = pytest_benchmark_document(run)
    names = {one["fullname"]: one["group"] for one in document["benchmarks"]}
    assert names == {
        "built-in::predict[canny]": "predict",
        "built-in::predict[cnn]": "predict",
        "built-in::prepare[cnn]": "prepare",
        "built-in::infer[cnn]": "infer",
    }


def test_times_are_the_calls_in_seconds(run: Run) -> None:
    first = pytest_benchmark_document(run)["benchmarks"][0]
    rows = [row for row in run.timings.to_pylist() if row["detector"] == "canny"]
    assert first["stats"]["data"] == pytest.approx([row["nanoseconds"] / 1e9 for row in rows], rel=1e-12)
    assert first["stats"]["rounds"] == 200
    assert first["extra_info"]["accuracy"]["value"] == run.results.detectors["canny"].accuracy.value


def test_the_commit_is_named(run: Run) -> None:
    facts = {"commit": "ab" * 20, "commit_time": "2026-11-21T10:00:00+00:00", "commit_dirty": True}
    dated = replace(run, results=replace(run.results, environment={**run.results.environment, **facts}))
    info = pytest_benchmark_document(dated)["commit_info"]
    assert (info["id"], info["time"], info["dirty"]) == ("ab" * 20, "2026-11-21T10:00:00+00:00", True)
    assert pytest_benchmark_document(run)["commit_info"]["id"] == "unversioned"


@pytest.mark.parametrize("rounds", [1, 2, 3, 4, 5, 6, 7, 100, 101, 102, 103])
def test_statistics_are_those_of_pytest_benchmark(rounds: int) -> None:
    stats = pytest.importorskip("pytest_benchmark.stats").Stats()
    seconds = np.random.default_rng(rounds).lognormal(-7, 0.4, rounds)
    for one in seconds.tolist():
        stats.update(one)
    ours, theirs = statistics_of(seconds), stats.as_dict()
    assert ours.keys() == theirs.keys()
    for name, value in theirs.items():
        assert ours[name] == (value if isinstance(value, str) else pytest.approx(value, rel=1e-9)), name


def test_the_real_tool_compares_two_exports(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("pytest_benchmark")
    files = [tmp_path / "before.json", tmp_path / "after.json"]
    for file in files:
        file.write_text(json.dumps(pytest_benchmark_document(run), allow_nan=False), encoding="utf-8")
    table = tmp_path / "table.csv"
    said = subprocess.run(
        [sys.executable, "-c", COMPARE, "compare", *map(str, files), "--csv", str(table)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert said.returncode == 0, said.stderr
    assert "benchmark 'predict': 4 tests" in said.stdout
    assert len(table.read_text(encoding="utf-8").splitlines()) == 1 + 2 * 4


def test_a_run_without_timing_has_nothing_to_export(run: Run) -> None:
    folder.write_timings(run.folder, tables.TIMINGS.empty_table())
    with pytest.raises(InputError, match="no call was timed"):
        pytest_benchmark_document(Run.open(run.folder))


@pytest.mark.parametrize("file", [".", "missing/out.json"])
def test_a_place_that_cannot_be_written_is_refused_beforehand(
    file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="cannot be written"):
        _check_export(Path(file), calls=10)
    with pytest.raises(InputError, match="without timing"):
        _check_export(Path("out.json"), calls=0)


def test_bench_run_writes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    write_toys(tmp_path)
    draw_set(tmp_path / "set")
    monkeypatch.chdir(tmp_path)
    arguments = ["run", "--detectors", "toys:Good", "--dataset", "set", "--out", "out", "--calls", "10"]
    monkeypatch.setattr(sys, "argv", ["bench", *arguments, "--export-pytest-benchmark", "out.json"])
    with pytest.raises(SystemExit) as ended:
        main.entry_point()
    assert ended.value.code == 0
    assert capfd.readouterr().out.splitlines()[-1] == "pytest-benchmark: out.json"
    (benchmark,) = json.loads(Path("out.json").read_text(encoding="utf-8"))["benchmarks"]
    assert (benchmark["name"], benchmark["stats"]["rounds"]) == ("predict[toys:Good]", 10)
