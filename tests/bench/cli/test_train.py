"""`bench train` on a fixed labelled set."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from labelled_noise import write_labelled_noise
from typer.testing import CliRunner

from framejudge.bench.cli.main import app
from framejudge.datasets.errors import InputError

NAME = "16_4_conv3_nofc_sgd_lr_0_05_decay_0"


def test_nothing_is_drawn_beside_a_fixed_set(tmp_path: Path) -> None:
    arguments = ["train", "--architecture", NAME, "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(app, [*arguments, "--dataset", str(tmp_path), "--photos", str(tmp_path)])
    assert isinstance(result.exception, InputError)
    assert "nothing is drawn" in str(result.exception)


@pytest.mark.parametrize("option", ["--images", "--fresh", "--processes", "--skip"])
def test_options_of_drawing_are_refused_beside_a_fixed_set(tmp_path: Path, option: str) -> None:
    value = {"--fresh": "0.5", "--processes": "2"}.get(option, "4096")
    arguments = ["train", "--architecture", NAME, "--out", str(tmp_path / "out"), "--dataset", str(tmp_path)]
    result = CliRunner().invoke(app, [*arguments, option, value])
    assert isinstance(result.exception, InputError)
    assert str(result.exception).startswith(f"{option}: --dataset is trained on as it is")


def test_a_share_to_validate_on_belongs_to_a_fixed_set(tmp_path: Path) -> None:
    arguments = ["train", "--architecture", NAME, "--out", str(tmp_path / "out"), "--validation-share", "0.3"]
    result = CliRunner().invoke(app, arguments)
    assert isinstance(result.exception, InputError)
    assert "--validation-share" in str(result.exception)


@pytest.mark.tensorflow
def test_a_training_on_a_fixed_set_reports_its_curves(tmp_path: Path) -> None:
    pytest.importorskip("tensorflow", reason="needs framejudge[tensorflow]")
    (tmp_path / "set").mkdir()
    folder, out = write_labelled_noise(tmp_path / "set"), tmp_path / "out"
    arguments = ["--architecture", NAME, "--dataset", str(folder), "--out", str(out), "--epochs", "2"]
    result = CliRunner().invoke(app, ["train", *arguments, "--tensorboard", str(tmp_path / "logs")])
    assert result.exit_code == 0, result.exception
    assert "after 2 epochs: too short to judge" in result.stdout
    facts = json.loads((out / "model.json").read_text(encoding="utf-8"))
    assert facts["images"] == 128
    assert facts["validation"]["images"] == 32
    assert NAME in (out / "training.md").read_text(encoding="utf-8")
    assert (out / "curves.svg").exists()
    assert list((tmp_path / "logs").iterdir())
