"""Classifiers of other people: what they take is found out or asked for, what they give becomes a score."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from framejudge.datasets.errors import InputError
from framejudge.detectors.model_file import classifier
from framejudge.detectors.model_file.classifier import ModelFileDetector
from framejudge.detectors.model_file.description import describe_model
from framejudge.detectors.model_file.sessions import Session
from framejudge.detectors.network.model.detector import WEIGHTS
from framejudge.detectors.opening import open_detector
from framejudge.detectors.registry import create, file_hashes, find

RED, BLUE = (255, 0, 0), (0, 0, 255)


def plain_picture(colour: tuple[int, int, int], height: int = 20, width: int = 30) -> Any:
    return np.full((height, width, 3), colour, np.uint8)


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., ModelFileDetector]:
    """Return a way to make a detector whose runtime is a function of the array that it would get."""

    def open_with(run: Any, *, shape: Any = (None, 8, 8, 3), dtype: Any = np.uint8, **said: Any) -> Any:
        session = Session(shape, np.dtype(dtype), run)
        monkeypatch.setattr(classifier, "check_model_file", lambda path: None)
        monkeypatch.setattr(classifier, "open_session", lambda path, threads: session)
        detector = ModelFileDetector(tmp_path / "own.onnx", describe_model(said, tmp_path / "own.json"))
        detector.load()
        return detector

    return open_with


def first_channel(pictures: Any) -> Any:
    return pictures[0, ..., 0].astype(float).mean(keepdims=True).reshape(-1)[:1] / 255


def test_a_single_probability_is_the_score(opened: Any) -> None:
    detector = opened(first_channel)
    assert detector.predict(plain_picture(RED)) == 1
    assert detector.predict(plain_picture(BLUE)) == 0
    assert not hasattr(detector, "threshold")


def test_the_class_the_channels_and_the_threshold_are_as_described(opened: Any) -> None:
    assert opened(first_channel, framed_class=0).predict(plain_picture(RED)) == 0
    assert opened(first_channel, channels="BGR").predict(plain_picture(BLUE)) == 1
    assert opened(first_channel, threshold=0.3).threshold == 0.3


def test_what_the_outputs_are_is_found_out(opened: Any) -> None:
    def two(pictures: Any) -> Any:
        share = first_channel(pictures)[0]
        return np.array([1 - share, share])

    def logits(pictures: Any) -> Any:
        return 4 * two(pictures) - 2

    assert opened(two).predict(plain_picture(RED)) == 1
    assert opened(logits).predict(plain_picture(RED)) == pytest.approx(1 / (1 + np.exp(-4)))
    assert opened(logits, framed_class=0).predict(plain_picture(RED)) == pytest.approx(1 / (1 + np.exp(4)))
    one = opened(lambda pictures: 8 * first_channel(pictures) - 4)
    assert one.predict(plain_picture(RED)) == pytest.approx(1 / (1 + np.exp(-4)))
    said = opened(first_channel, output="logit")
    assert said.predict(plain_picture(BLUE)) == 0.5


@pytest.mark.parametrize(
    ("dtype", "said", "lowest", "highest"),
    [
        (np.uint8, {}, 0, 255),
        (np.int8, {}, -128, 127),
        (np.float32, {"scale": "0..255"}, 0, 255),
        (np.float32, {"scale": "0..1"}, 0, 1),
        (np.float16, {"scale": "-1..1"}, -1, 1),
        (np.float32, {"scale": "0..1", "mean": (0.5, 0.5, 0.5), "std": (0.25, 0.25, 0.25)}, -2, 2),
    ],
)
def test_pixels_become_what_the_model_wants(
    opened: Any, dtype: Any, said: dict[str, Any], lowest: float, highest: float
) -> None:
    detector = opened(lambda pictures: np.array([0.5]), dtype=dtype, **said)
    prepared = detector.prepare(plain_picture(RED))
    assert prepared.dtype == dtype and prepared.shape == (1, 8, 8, 3)
    assert prepared[0, 0, 0].tolist() == [highest, lowest, lowest]


@pytest.mark.parametrize(
    ("shape", "said", "prepared"),
    [
        ((1, 3, 8, 4), {}, (1, 3, 8, 4)),
        ((None, 8, 4, 3), {}, (1, 8, 4, 3)),
        ((None, None, None, 3), {"size_px": 16}, (1, 16, 16, 3)),
        ((None, 3, None, None), {"size_px": (6, 5)}, (1, 3, 6, 5)),
        ((None, 3, 3, 3), {"layout": "NCHW"}, (1, 3, 3, 3)),
    ],
)
def test_layout_and_size_are_read_from_the_file(
    opened: Any, shape: Any, said: dict[str, Any], prepared: Any
) -> None:
    detector = opened(lambda pictures: np.array([0.5]), shape=shape, **said)
    assert detector.prepare(plain_picture(RED, 50, 40)).shape == prepared


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"shape": (None, 10)}, "takes ?x10, and no RGB picture"),
        ({"shape": (None, 8, 8, 1)}, "takes ?x8x8x1, and no RGB picture"),
        ({"shape": (16, 8, 8, 3)}, "takes 16x8x8x3, and no RGB picture"),
        ({"shape": (None, None, None, 3)}, 'takes pictures of any size; say so in own.onnx.json beside it'),
        ({"size_px": 9}, "takes pictures of 8x8, and its description says 9x9"),
        ({"dtype": np.float32}, 'nothing says how its pictures are scaled; say so in own.onnx.json'),
        ({"run": lambda pictures: np.zeros(1000)}, "gives 1,000 values for a picture"),
        ({"run": lambda pictures: np.array([np.nan])}, "gives no numbers"),
    ],
)  # fmt: skip
def test_what_is_no_classifier_of_pictures_is_one_line(
    opened: Any, options: dict[str, Any], said: str
) -> None:
    run = options.pop("run", lambda pictures: np.array([0.5]))
    with pytest.raises(InputError) as raised:
        opened(run, **options)
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not readable as JSON"),
        ("[]", "not a JSON object"),
        ('{"treshold": 0.4}', "treshold: Extra inputs are not permitted; there are schema, threshold, scale"),
        ('{"threshold": 2}', "threshold: Input should be less than or equal to 1"),
        ('{"scale": "0-1"}', "scale: Input should be '0..255', '0..1' or '-1..1'"),
    ],
)
def test_a_description_is_checked_field_by_field(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "own.onnx").touch()
    (tmp_path / "own.json").write_text(text)
    with pytest.raises(InputError) as raised:
        create(find(str(tmp_path / "own.onnx")))
    assert said in str(raised.value)


@pytest.mark.parametrize(("file", "like"), [("cnn.onnx", "cnn-onnx"), ("cnn.tflite", "cnn-litert")])
def test_a_file_without_a_description_runs_as_it_is(tmp_path: Path, file: str, like: str) -> None:
    spec = find(like)
    pytest.importorskip(str(spec.extra_module))
    shutil.copy(WEIGHTS / file, tmp_path / f"own{Path(file).suffix}")
    picture = np.random.default_rng(4).integers(0, 255, (90, 120, 3), dtype=np.uint8)
    own = find(str(tmp_path / f"own{Path(file).suffix}"))
    with open_detector(own) as ours, open_detector(spec) as theirs:
        assert ours.predict(picture) == pytest.approx(theirs.predict(picture), abs=1e-6)
        assert (ours.own_threshold, ours.locates) == (None, False)
    assert (
        file_hashes(own)[f"own{Path(file).suffix}"]
        == file_hashes(spec)[f"framejudge/detectors/network/weights/{file}"]
    )


@pytest.mark.parametrize(("file", "extra"), [("cnn.onnx", "onnxruntime"), ("cnn.tflite", "ai_edge_litert")])
def test_a_file_of_bench_export_keeps_its_threshold_and_locates(
    tmp_path: Path, file: str, extra: str
) -> None:
    pytest.importorskip(extra)
    for name in (file, f"{file}.json"):
        shutil.copy(WEIGHTS / name, tmp_path / name)
    spec = find(str(tmp_path / file))
    with open_detector(spec) as detector:
        threshold = json.loads((WEIGHTS / f"{file}.json").read_text())["threshold"]
        assert (detector.own_threshold, detector.locates) == (threshold, True)
    (tmp_path / file).rename(tmp_path / f"other{Path(file).suffix}")
    with pytest.raises(InputError, match=r"call it other\.\w+\.json"):
        create(find(f"{tmp_path / 'other'}{Path(file).suffix}+{tmp_path / file}.json"))


def test_a_keras_file_says_itself_how_it_scales(tmp_path: Path) -> None:
    keras = pytest.importorskip("keras")
    picture = keras.Input((16, 16, 3))
    scaled = keras.layers.Rescaling(1 / 255)(picture)
    mean = keras.layers.GlobalAveragePooling2D()(scaled)
    layer = keras.layers.Dense(1, activation="sigmoid", kernel_initializer="ones")
    keras.Model(picture, layer(mean)).save(tmp_path / "own.keras")
    with open_detector(find(str(tmp_path / "own.keras"))) as detector:
        assert detector.predict(plain_picture(RED)) == pytest.approx(1 / (1 + np.exp(-1)), abs=1e-6)
