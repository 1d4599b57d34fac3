"""The network on runtimes other than TensorFlow, from the files that are shipped."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from framejudge.datasets.drawing.materials import Materials
from framejudge.datasets.drawing.recipe import draw_for_network, load_recipe
from framejudge.datasets.errors import InputError
from framejudge.detectors.network.model.detector import WEIGHTS
from framejudge.detectors.network.model.runtimes import (
    ExportedDetector,
    ExportedFile,
    LitertDetector,
    OnnxDetector,
    describing,
)
from framejudge.detectors.registry import create, find

FLOAT32 = {"cnn-litert": "ai_edge_litert", "cnn-onnx": "onnxruntime", "cnn-openvino": "openvino"}
NARROW = {"cnn-litert-int8": "ai_edge_litert", "cnn-openvino-bf16": "openvino"}
EXPORTS = ("cnn.tflite", "cnn-int8.tflite", "cnn.onnx")
PICTURES = 24


@pytest.fixture(scope="module")
def pictures() -> list[np.ndarray]:
    recipe, materials = load_recipe("training"), Materials.read(None, None)
    return [draw_for_network(recipe, materials, index, 200).pixels for index in range(PICTURES)]


@pytest.fixture(scope="module")
def keras_scores(pictures: list[np.ndarray]) -> np.ndarray:
    pytest.importorskip("tensorflow", reason="needs framejudge[tensorflow]")
    return create(find("cnn")).predict_batch(pictures)  # type: ignore[attr-defined,no-any-return]


def loaded(name: str, module: str) -> ExportedDetector:
    pytest.importorskip(module, reason=f"needs framejudge[{find(name).extra}]")
    detector = create(find(name))
    assert isinstance(detector, ExportedDetector)
    try:
        detector.load()
    except InputError as problem:
        if "does not compute in bfloat16" in str(problem):
            pytest.skip("this CPU does not compute in bfloat16")
        raise
    return detector


@pytest.mark.tensorflow
@pytest.mark.parametrize(("name", "module"), FLOAT32.items())
def test_float32_scores_are_those_of_keras(
    name: str, module: str, pictures: list[np.ndarray], keras_scores: np.ndarray
) -> None:
    detector = loaded(name, module)
    scores = [detector.predict(picture) for picture in pictures]
    np.testing.assert_allclose(scores, keras_scores, atol=1e-3)


@pytest.mark.tensorflow
@pytest.mark.parametrize(("name", "module"), NARROW.items())
def test_narrow_arithmetic_stays_near(
    name: str, module: str, pictures: list[np.ndarray], keras_scores: np.ndarray
) -> None:
    detector = loaded(name, module)
    scores = np.array([detector.predict(picture) for picture in pictures])
    assert np.mean(np.abs(scores - keras_scores)) < 0.02


WITHOUT_TENSORFLOW = """
import sys
sys.modules["tensorflow"] = sys.modules["keras"] = None  # importing them fails from here on
import numpy as np
from framejudge.detectors.registry import create, find
print(create(find(sys.argv[1])).predict(np.full((60, 80, 3), 200, np.uint8)))
"""


@pytest.mark.parametrize(("name", "module"), FLOAT32.items())
def test_production_needs_no_tensorflow(name: str, module: str) -> None:
    pytest.importorskip(module, reason=f"needs framejudge[{find(name).extra}]")
    program = [sys.executable, "-c", WITHOUT_TENSORFLOW, name]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert 0 <= float(done.stdout) <= 1


@pytest.mark.tensorflow
@pytest.mark.parametrize(("name", "module"), FLOAT32.items())
def test_frames_are_located_as_by_keras(name: str, module: str, pictures: list[np.ndarray]) -> None:
    pytest.importorskip("tensorflow", reason="needs framejudge[tensorflow]")
    detector, reference = loaded(name, module), create(find("cnn"))
    boxes = [detector.locate(picture) for picture in pictures]
    assert boxes == [reference.locate(picture) for picture in pictures]  # type: ignore[attr-defined]
    assert any(box is not None for box in boxes)
    assert any(box is None for box in boxes)


@pytest.mark.parametrize(("name", "module"), {**FLOAT32, **NARROW}.items())
def test_a_runtime_that_is_missing_is_named_with_its_install_line(
    name: str, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda wanted: None if wanted == module else find_spec(wanted)
    )
    with pytest.raises(InputError, match=rf"pip install 'framejudge\[{find(name).extra}\]'"):
        create(find(name))


@pytest.mark.parametrize("name", EXPORTS)
def test_shipped_exports_are_made_from_the_shipped_model(name: str) -> None:
    model = hashlib.sha256((WEIGHTS / "cnn.keras").read_bytes()).hexdigest()
    trained = json.loads((WEIGHTS / "cnn.json").read_text(encoding="utf-8"))
    exported = json.loads(describing(WEIGHTS / name).read_text(encoding="utf-8"))
    assert trained["sha256"] == model
    assert exported["model_sha256"] == model, "export again: docs/network.md says how"
    assert exported["threshold"] == trained["threshold"]
    assert exported["resize"] in (WEIGHTS / "cnn.md").read_text(encoding="utf-8")
    ExportedFile.read(WEIGHTS / name).check()
    assert (WEIGHTS / name).stat().st_size < 1_000_000


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for path in (WEIGHTS / "cnn.onnx", describing(WEIGHTS / "cnn.onnx")):
        shutil.copy(path, tmp_path)
    return tmp_path / "cnn.onnx"


def replace(path: Path, content: bytes) -> None:
    """Write another file and let its facts agree with it."""
    path.write_bytes(content)
    facts = json.loads(describing(path).read_text(encoding="utf-8"))
    facts["sha256"] = hashlib.sha256(content).hexdigest()
    describing(path).write_text(json.dumps(facts), encoding="utf-8")


def test_a_tampered_file_is_refused(copied: Path) -> None:
    content = bytearray(copied.read_bytes())
    content[len(content) // 2] ^= 1
    copied.write_bytes(content)
    with pytest.raises(InputError, match="SHA-256 differs"):
        OnnxDetector(copied).load()


def test_a_missing_file_gets_one_clear_line(copied: Path) -> None:
    copied.unlink()
    with pytest.raises(InputError, match="no such model file"):
        OnnxDetector(copied).load()
    describing(copied).unlink()
    with pytest.raises(InputError, match=r"cnn\.onnx\.json"):
        OnnxDetector(copied)


@pytest.mark.parametrize(
    ("detector", "module"), [(OnnxDetector, "onnxruntime"), (LitertDetector, "ai_edge_litert")]
)
def test_a_foreign_file_gets_one_clear_line(detector: type, module: str, copied: Path) -> None:
    pytest.importorskip(module, reason="the runtime is not installed")
    replace(copied, b"not a network" * 100)
    with pytest.raises(InputError, match="refused, and not opened"):
        detector(copied).load()


def test_another_network_gets_one_clear_line(copied: Path) -> None:
    pytest.importorskip("onnxruntime", reason="needs framejudge[onnx]")
    facts = json.loads(describing(copied).read_text(encoding="utf-8"))
    describing(copied).write_text(json.dumps({**facts, "size_px": 64}), encoding="utf-8")
    with pytest.raises(InputError, match="not pictures of 64x64x3"):
        OnnxDetector(copied).load()
