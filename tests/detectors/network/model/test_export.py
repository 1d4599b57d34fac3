"""Exported networks give the same score in programs that know nothing of framejudge."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from framejudge.datasets.errors import InputError
from framejudge.detectors.network.model.architectures import FRAMED, SIDES, build
from framejudge.detectors.network.model.detector import NetworkDetector
from framejudge.detectors.network.model.runtimes import describing

pytest.importorskip("tensorflow", reason="needs framejudge[tensorflow]")
pytestmark = pytest.mark.tensorflow

from framejudge.detectors.network.model.export import deployed, export  # noqa: E402  (imports TensorFlow)

INTERPRETER = """
import sys
sys.modules["framejudge"] = None  # importing it fails from here on
import cv2, json, numpy as np
for line in sys.stdin:
    asked = json.loads(line)
    file, facts = asked["file"], json.load(open(asked["file"] + ".json"))
    image = cv2.cvtColor(cv2.imread(asked["picture"]), cv2.COLOR_BGR2RGB)
    exec(asked["program"], {"file": file, "pictures": eval(facts["resize"])[None]})
    sys.stdout.flush()
"""
PROGRAMS = {
    "keras": """
import keras
print(float(keras.saving.load_model(file, safe_mode=True)(pictures)["framed"][0, 0]))
""",
    "savedmodel": """
import tensorflow as tf
network = tf.saved_model.load(file)  # kept: its variables go with it
print(float(network.serve(pictures)["framed"][0, 0]))
""",
    "litert": """
from ai_edge_litert.interpreter import Interpreter
print(float(Interpreter(file).get_signature_runner()(picture=pictures)["framed"][0, 0]))
""",
    "onnx": """
import onnxruntime
session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
print(float(session.run(["framed"], {"picture": pictures})[0][0, 0]))
""",
}
PROGRAMS["litert-int8"] = PROGRAMS["litert"]
NEEDS = {"litert": "ai_edge_litert", "litert-int8": "ai_edge_litert", "onnx": "onnxruntime"}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import keras

    path = tmp_path_factory.mktemp("trained") / "model.keras"
    keras.utils.set_random_seed(0)
    build("32_4-4_conv3_fc4_sgd_lr_0_01_decay_0").save(path)
    path.with_suffix(".json").write_text(json.dumps({"threshold": 0.4, "size_px": 32}), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("picture") / "picture.png"
    cv2.imwrite(str(path), np.random.default_rng(0).integers(0, 256, (50, 70, 3), dtype=np.uint8))
    return path


@pytest.fixture(scope="module")
def without_framejudge() -> Iterator[Callable[[str, Path, Path], float]]:
    """Run the program of a form in an interpreter that cannot import framejudge, one for all forms."""
    command = [sys.executable, "-I", "-c", INTERPRETER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:

        def score(form: str, path: Path, picture: Path) -> float:
            assert process.stdin is not None and process.stdout is not None
            asked = {"program": PROGRAMS[form], "file": str(path), "picture": str(picture)}
            process.stdin.write(json.dumps(asked) + "\n")
            process.stdin.flush()
            return float(process.stdout.readline())

        yield score
        process.kill()


@pytest.mark.parametrize("form", PROGRAMS)
def test_a_program_without_framejudge_gets_the_same_score(
    form: str,
    trained: Path,
    picture: Path,
    tmp_path: Path,
    without_framejudge: Callable[[str, Path, Path], float],
) -> None:
    if form in NEEDS:
        pytest.importorskip(NEEDS[form], reason="the runtime is not installed")
    if form == "onnx":
        pytest.importorskip("tf2onnx", reason="needs framejudge[export]")
    (path,) = export(str(trained), [form], tmp_path)
    expected = NetworkDetector(trained).predict(cv2.imread(str(picture))[..., ::-1])
    found = without_framejudge(form, path, picture)
    assert found == pytest.approx(expected, abs=0.02 if form == "litert-int8" else 1e-4)
    facts = json.loads(describing(path).read_text(encoding="utf-8"))
    assert facts["threshold"] == 0.4
    assert facts["format"] == form


def test_the_recommended_network_gives_the_sides_too() -> None:
    network = deployed(build("profile"), Path("profile.keras"))
    assert {name: output.shape for name, output in network.output.items()} == {
        FRAMED: (None, 1),
        SIDES: (None, 4),
    }


def test_an_unknown_format_gets_one_clear_line(trained: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"unknown format 'pickle'.*savedmodel"):
        export(str(trained), ["pickle"], tmp_path)


def test_an_export_does_not_replace_its_model(trained: Path) -> None:
    before = trained.read_bytes()
    with pytest.raises(InputError, match="another --out"):
        export(str(trained), ["keras"], trained.parent)
    assert trained.read_bytes() == before


def test_a_tampered_model_gets_one_clear_line(trained: Path, tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    path.write_bytes(trained.read_bytes()[:-200])
    with pytest.raises(InputError, match="no whole zip archive"):
        export(str(path), ["litert"], tmp_path / "out")


def test_a_keras_model_of_another_kind_gets_one_clear_line(tmp_path: Path) -> None:
    import keras

    path = tmp_path / "other.keras"
    inputs = keras.Input((3,))
    keras.Model(inputs, keras.layers.Dense(2)(inputs)).save(path)
    with pytest.raises(InputError, match="one probability"):
        export(str(path), ["litert"], tmp_path / "out")
