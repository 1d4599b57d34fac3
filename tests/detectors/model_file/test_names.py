"""Names that are model files, and the description that lies beside one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from framejudge.detectors.model_file.names import RUNTIMES, find_model_file, is_model_file


@pytest.mark.parametrize(
    ("name", "is_one"), [("own.onnx", True), ("a/B.KERAS", True), ("own.tflite", True), ("cnn-onnx", False)]
)
def test_a_model_file_is_known_by_its_suffix(name: str, is_one: bool) -> None:
    assert is_model_file(name) is is_one


def test_the_nearer_description_goes_first_and_other_files_are_none(tmp_path: Path) -> None:
    model = tmp_path / "own.onnx"
    model.touch()
    assert find_model_file(str(model)).given == (str(model),)
    (tmp_path / "own.json").write_text("{}")
    assert find_model_file(str(model)).description == tmp_path / "own.json"
    (tmp_path / "own.onnx.json").write_text("{}")
    assert find_model_file(str(model)).description == tmp_path / "own.onnx.json"
    (tmp_path / "own.onnx.json").write_text(json.dumps({"schema": "framejudge/calibration/1"}))
    assert find_model_file(str(model)).description == tmp_path / "own.json"
    assert find_model_file(str(model)).runtime == RUNTIMES[".onnx"]
