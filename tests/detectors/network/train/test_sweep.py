"""`bench sweep` on a tiny drawn set: its table, cross-validation, and going on after a kill."""

from __future__ import annotations

import csv
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from labelled_noise import write_labelled_noise
from typer.testing import CliRunner

from framejudge.bench.cli.main import app
from framejudge.datasets.errors import InputError
from framejudge.datasets.progress import Silence
from framejudge.datasets.table.reading import read_dataset
from framejudge.detectors.network.train import sweep as sweep_module
from framejudge.detectors.network.train import sweep_task
from framejudge.detectors.network.train.labelled_pictures import read_pictures, validation_parts
from framejudge.detectors.network.train.sweep import Settings, plan_tasks, sweep

NAME = "16_4_conv3_nofc_sgd_lr_0_05_decay_0"
OTHER = "16_4_conv3_fc4_sgd_lr_0_05_decay_0"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_labelled_noise(tmp_path_factory.mktemp("set"))


def test_pictures_come_resized_with_the_depths_of_their_frames(folder: Path, tmp_path: Path) -> None:
    dataset = read_dataset(folder)
    pictures = read_pictures(dataset, 16, cache=tmp_path)
    assert pictures.shard.pictures.shape == (160, 16, 16, 3)
    assert pictures.shard.framed.tolist() == [0, 1] * 80
    np.testing.assert_allclose(pictures.shard.sides[1], [0.25, 0, 0, 0])
    again = read_pictures(dataset, 16, cache=tmp_path)
    assert np.array_equal(again.shard.pictures, pictures.shard.pictures)
    assert again.origin == pictures.origin
    assert len(list(tmp_path.glob("*.npz"))) == 1


def test_no_photo_is_on_both_sides(folder: Path) -> None:
    dataset = read_dataset(folder)
    groups = read_pictures(dataset, 16).groups
    folds = validation_parts(dataset, folds=5, share=0.2, seed=0)
    (one,) = validation_parts(dataset, folds=None, share=0.25, seed=0)
    assert np.sum(folds, axis=0).tolist() == [1] * 160
    assert one.sum() == 40
    for mask in (*folds, one):
        assert not set(groups[mask]) & set(groups[~mask])


def test_a_set_of_one_label_is_refused(folder: Path) -> None:
    dataset = read_dataset(folder)
    framed = type(dataset)(
        dataset.name, dataset.root, tuple(each for each in dataset if each.label == "framed")
    )
    with pytest.raises(InputError, match="too few to train on"):
        read_pictures(framed, 16)


def test_a_split_with_a_side_of_one_label_is_refused(folder: Path) -> None:
    dataset = read_dataset(folder)
    plain = [each for each in dataset if each.label == "plain"]
    framed = [each for each in dataset if each.label == "framed"]
    rare = type(dataset)(dataset.name, dataset.root, (*plain, framed[0]))
    with pytest.raises(InputError, match=r"left to (train|validate) on, all of one label"):
        validation_parts(rare, folds=None, share=0.2, seed=0)


def test_a_split_that_leaves_less_than_a_batch_is_refused(folder: Path) -> None:
    dataset = read_dataset(folder)
    few = type(dataset)(dataset.name, dataset.root, tuple(dataset)[:80])
    with pytest.raises(InputError, match="40 images are left to train on"):
        validation_parts(few, folds=2, share=0.2, seed=0)


def test_a_sweep_does_not_go_on_once_the_labels_changed(folder: Path, tmp_path: Path) -> None:
    mine = shutil.copytree(folder, tmp_path / "set")
    (task,) = plan_tasks([NAME], Settings(str(mine), 3))
    sweep_module._write_task(task, tmp_path / "out")
    labels = (mine / "labels.csv").read_text(encoding="utf-8")
    (mine / "labels.csv").write_text(labels.replace("000.png,plain", "000.png,", 1), encoding="utf-8")
    (task,) = plan_tasks([NAME], Settings(str(mine), 3))
    with pytest.raises(InputError, match="other settings or labels"):
        sweep_module._write_task(task, tmp_path / "out")


def test_an_unknown_experiment_is_found_before_anything_is_trained(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="kernel conv4 is even"):
        plan_tasks([NAME, NAME.replace("conv3", "conv4")], Settings(str(folder), 1))


def test_a_task_stands_in_its_folder(folder: Path, tmp_path: Path) -> None:
    (task,) = plan_tasks([NAME], Settings(str(folder), 3, patience=2))
    sweep_module._write_task(task, tmp_path)
    assert sweep_module.Task.read(task.folder(tmp_path)) == task
    (other,) = plan_tasks([NAME], Settings(str(folder), 4))
    with pytest.raises(InputError, match="other settings"):
        sweep_module._write_task(other, tmp_path)


@pytest.mark.parametrize(("visible", "count"), [("", 0), ("-1", 0), ("0", 1), ("2,5", 2)])
def test_graphics_processors_are_counted_and_dealt(
    visible: str, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert sweep_module.count_gpus() == count
    dealt = [sweep_module._environment(place, 2, count)["CUDA_VISIBLE_DEVICES"] for place in range(2)]
    assert dealt == {0: [visible, visible], 1: ["0", "0"], 2: ["2", "5"]}[count]


@pytest.fixture
def trainings_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Train here: a process for each training would spend its time on importing TensorFlow."""
    run = sweep_module._run

    def do(arguments: list[str], *others: object) -> None:
        if arguments[0] == "--latency":
            run(arguments, *others)  # type: ignore[arg-type]
        else:
            sweep_task.train_task(Path(arguments[0]))

    monkeypatch.setattr(sweep_module, "_run", do)


@pytest.mark.tensorflow
@pytest.mark.usefixtures("trainings_in_this_process")
def test_the_table_of_a_sweep_that_was_killed_once(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("tensorflow", reason="needs framejudge[tensorflow]")
    do = sweep_module._run
    calls: list[list[str]] = []

    def die_at_the_second(arguments: list[str], *others: object) -> None:
        calls.append(arguments)
        if len(calls) == 2:
            raise KeyboardInterrupt
        do(arguments, *others)  # type: ignore[arg-type]

    settings = Settings(str(folder), 2, folds=2)
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(sweep_module, "_run", die_at_the_second)
        sweep([NAME], settings, tmp_path, jobs=1)
    finished = list(tmp_path.glob(f"*/*/{sweep_module.RESULT_FILE}"))
    assert len(finished) == 1
    before = finished[0].stat().st_mtime_ns

    arguments = ["sweep", NAME, "--dataset", str(folder), "--out", str(tmp_path)]
    result = CliRunner().invoke(app, [*arguments, "--epochs", "2", "--folds", "2", "--jobs", "1"])
    assert result.exit_code == 0, result.exception
    assert finished[0].stat().st_mtime_ns == before, "trained again"
    assert "160 validation pictures" in result.stdout
    with (tmp_path / "table.csv").open(newline="", encoding="utf-8") as stream:
        (row,) = csv.DictReader(stream)
    assert row["name"] == NAME
    assert 0 <= float(row["validation accuracy low"]) <= float(row["validation accuracy"]) <= 1
    assert float(row["latency p50 [ms]"]) > 0
    assert {"table.md", "curves.svg", "curves.png"} <= {path.name for path in tmp_path.iterdir()}


@pytest.mark.tensorflow
def test_what_a_task_complains_of_is_said_in_one_line(folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("tensorflow", reason="needs framejudge[tensorflow]")
    (task,) = plan_tasks([OTHER], Settings(str(folder), 1))
    sweep_module._write_task(task, tmp_path)
    content = (task.folder(tmp_path) / sweep_module.TASK_FILE).read_text(encoding="utf-8")
    (task.folder(tmp_path) / sweep_module.TASK_FILE).write_text(
        content.replace(str(folder), str(folder / "gone")), encoding="utf-8"
    )
    with pytest.raises(InputError, match="no such folder"):
        sweep_module._run([str(task.folder(tmp_path))], tmp_path / "log.txt", dict(os.environ), Silence())
