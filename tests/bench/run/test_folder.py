"""A run's folder: what is written is read back, and what cannot be read is told in one line."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from made.small_run import write_made_run
from pydantic import TypeAdapter
from results_schema import results_schema

from framejudge.bench import run as run_package
from framejudge.bench.run import Results, Run, folder
from framejudge.datasets.errors import InputError


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return write_made_run(tmp_path / "run")


def test_what_was_written_is_read_back(place: Path) -> None:
    run = Run.open(place)
    assert list(run.results.detectors) == ["canny", "cnn", "mine:Broken"]
    assert run.predictions.num_rows == 3 * 61 and run.thumbnails.num_rows == 24
    assert set(run.timings["stage"].to_pylist()) == {"predict", "prepare", "infer"}
    folder.write_results(place, run.results)
    folder.write_manifest(place, run.manifest)
    assert Run.open(place) == run


def test_a_full_disk_is_told_and_leaves_the_file_as_it_was(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, before = Run.open(place), (place / "results.json").read_bytes()

    def full(self: Path, *args: object, **options: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(InputError, match=r"results\.json: cannot be written: No space left on device"):
        folder.write_results(place, run.results)
    assert (place / "results.json").read_bytes() == before
    assert not [path for path in place.iterdir() if path.name.startswith(".")]


def test_detectors_come_in_the_order_in_which_they_were_asked_for(place: Path) -> None:
    run = Run.open(place)
    request = replace(run.manifest.request, detectors=["mine:Broken", "cnn", "canny"])
    folder.write_manifest(place, replace(run.manifest, request=request))
    assert list(Run.open(place).results.detectors) == ["mine:Broken", "cnn", "canny"]


def test_results_are_json_with_sorted_keys_that_fit_the_schema(place: Path) -> None:
    text = (place / "results.json").read_text(encoding="utf-8")
    content = json.loads(text)
    assert content["schema"] == "framejudge/results/1"
    assert list(content) == sorted(content)
    assert set(content["detectors"]["canny"]["auc"]) == {"value", "low", "high", "method", "n", "reason"}
    TypeAdapter(Results).validate_json(text, strict=True)


def test_the_schema_in_the_package_is_in_step_with_the_dataclasses() -> None:
    written = Path(run_package.__file__).with_name("schema.json").read_text(encoding="utf-8")
    assert json.loads(written) == results_schema(), (
        "bring it up to date: python tests/results_schema.py > bench/framejudge/bench/run/schema.json"
    )


def test_fields_of_a_later_version_are_passed_over(place: Path) -> None:
    path = place / "results.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["detectors"]["canny"]["charm"] = {"value": 1}
    before = Run.open(place).results
    path.write_text(json.dumps(content), encoding="utf-8")
    assert Run.open(place).results == before


def test_writing_leaves_nothing_but_the_files(place: Path) -> None:
    assert {path.name for path in place.iterdir()} <= set(folder.RUN_FILES)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100])


def set_field(name: str, value: object) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        content = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps({**content, name: value}), encoding="utf-8")

    return change


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("run.json", Path.unlink, "not a run's folder: it has no run.json"),
        ("results.json", Path.unlink, "there is no results.json: the run was cut short; run it again"),
        ("results.json", truncate, "not JSON"),
        ("results.json", set_field("schema", "framejudge/results/2"), "reads 'framejudge/results/1'"),
        ("results.json", set_field("dataset", 7), "results.json: dataset: "),
        ("run.json", set_field("schema", None), "reads 'framejudge/run/1'"),
    ],
)
def test_a_folder_that_cannot_be_read_is_told_in_one_line(
    place: Path, name: str, change: Callable[[Path], None], said: str
) -> None:
    change(place / name)
    with pytest.raises(InputError) as told:
        Run.open(place)
    assert said in str(told.value) and str(place) in str(told.value) and "\n" not in str(told.value)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such folder"):
        Run.open(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("change", "said"), [(Path.unlink, "there is no timings.parquet"), (truncate, "not a parquet file")]
)
def test_a_broken_table_is_told_when_it_is_read(
    place: Path, change: Callable[[Path], None], said: str
) -> None:
    change(place / "timings.parquet")
    with pytest.raises(InputError, match=said):
        _ = Run.open(place).timings


def test_force_removes_the_files_of_a_run_and_nothing_else(place: Path) -> None:
    (place / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="exists already"):
        folder.claim(place, force=False)
    folder.claim(place, force=True)
    assert [path.name for path in place.iterdir()] == ["notes.txt"]
