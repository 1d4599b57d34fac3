"""The networks as Keras models, and a file of one as a detector."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from framejudge.datasets.errors import InputError
from framejudge.detectors.network.model.architectures import FRAMED, PROFILE, SIDES, WHICH, build
from framejudge.detectors.network.model.detector import (
    WEIGHTS,
    NetworkDetector,
    load_model,
    resize,
    save_model,
)
from framejudge.detectors.network.model.experiments import PUBLISHED

pytest.importorskip("tensorflow", reason="needs framejudge[tensorflow]")
pytestmark = pytest.mark.tensorflow


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "model.keras"
    build("32_4-4_conv3_fc4_sgd_lr_0_01_decay_0").save(path)
    path.with_suffix(".json").write_text(json.dumps({"threshold": 0.4, "size_px": 32}), encoding="utf-8")
    return path


@pytest.fixture
def picture() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (50, 70, 3), dtype=np.uint8)


def test_the_published_network_has_the_published_parameters() -> None:
    assert build(PUBLISHED).count_params() == 61_441


def test_the_recommended_network_keeps_its_budget_and_its_range() -> None:
    model = build(PROFILE)
    assert model.count_params() <= 200_000
    outputs = model(np.random.default_rng(0).integers(0, 256, (3, 128, 128, 3), dtype=np.uint8))
    assert outputs[FRAMED].shape == (3, 1)
    assert outputs[SIDES].shape == (3, 4)
    assert outputs[WHICH].shape == (3, 4)
    assert np.all((outputs[FRAMED] >= 0) & (outputs[FRAMED] <= 1))


def test_the_recommended_network_sees_every_side_alike() -> None:
    """Turned or mirrored along an axis, a picture gets what its sides got, each at its new place."""
    model = build(PROFILE)
    picture = np.random.default_rng(0).integers(0, 256, (128, 128, 3), dtype=np.uint8)
    picture[:, :12] = 255
    turned = np.stack([picture, picture[:, ::-1], picture.transpose(1, 0, 2)])
    outputs = model(turned)
    # A side reads its own strip in one direction along it: mirrored across that direction, it reads another.
    for name in (SIDES, WHICH):
        one, mirrored, transposed = np.asarray(outputs[name])
        assert mirrored[[0, 2]] == pytest.approx(one[[2, 0]], abs=1e-4)
        assert transposed == pytest.approx(one[[1, 0, 3, 2]], abs=1e-4)
    one, _, transposed = np.asarray(outputs[FRAMED])[:, 0]
    assert transposed == pytest.approx(one, abs=1e-4)


def test_the_recommended_network_keeps_its_work() -> None:
    model = build(PROFILE)
    work = 0
    for layer in model.layers:
        if type(layer).__name__ in ("Conv1D", "Conv2D"):
            work += 4 * int(np.prod(layer.output.shape[1:-1])) * int(np.prod(layer.kernel.shape))
    assert work <= 80_000_000  # multiply-adds of the convolutions; four sides a picture


@pytest.mark.parametrize("part", ["_avgpool", "_stride", "_globalpool"])
@pytest.mark.parametrize("dense", ["nofc", "fc8"])
def test_every_published_axis_builds(part: str, dense: str) -> None:
    model = build(f"32_4-8_conv5{part}_{dense}_adam_lr_0_001_decay_0")
    assert model.output_shape == (None, 1)


def test_an_unknown_architecture_gets_one_clear_line() -> None:
    with pytest.raises(InputError, match="profile"):
        build("resnet")


def test_a_model_is_written_small_and_whole(tmp_path: Path) -> None:
    model = build(PROFILE)
    model.save(tmp_path / "stored.keras")
    save_model(model, tmp_path / "packed.keras")
    assert (tmp_path / "packed.keras").stat().st_size < (tmp_path / "stored.keras").stat().st_size
    assert sorted(path.name for path in tmp_path.iterdir()) == ["packed.keras", "stored.keras"]
    for read, kept in zip(
        load_model(tmp_path / "packed.keras").get_weights(), model.get_weights(), strict=True
    ):
        assert np.array_equal(read, kept)


def test_every_shipped_file_of_weights_is_small() -> None:
    sizes = {path.name: path.stat().st_size for path in WEIGHTS.iterdir()}
    assert {name for name, size in sizes.items() if size >= 1_000_000} == set()


def test_one_picture_and_a_batch_get_the_same_scores(saved: Path, picture: np.ndarray) -> None:
    detector = NetworkDetector(saved)
    detector.load()
    pictures = [picture, picture[::-1], picture[:20]] * 30
    one_by_one = [detector.predict(each) for each in pictures]
    assert detector.predict_batch(pictures) == pytest.approx(one_by_one, abs=1e-5)
    assert detector.threshold == 0.4


def test_the_score_is_the_model_of_the_resized_picture(saved: Path, picture: np.ndarray) -> None:
    expected = load_model(saved).predict(resize(picture, 32)[np.newaxis], verbose=0)[0, 0]
    assert NetworkDetector(saved).predict(picture) == pytest.approx(float(expected), abs=1e-5)


def test_a_foreign_or_missing_file_gets_one_clear_line(saved: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such model file"):
        load_model(tmp_path / "none.keras")
    damaged = tmp_path / "damaged.keras"
    damaged.write_bytes(saved.read_bytes()[:500])
    with pytest.raises(InputError, match="no whole zip archive"):
        load_model(damaged)
    with pytest.raises(InputError, match=r"damaged\.json"):
        NetworkDetector(damaged)


def test_a_model_that_was_replaced_after_its_threshold_was_fixed_is_refused(
    saved: Path, tmp_path: Path
) -> None:
    path = tmp_path / "model.keras"
    path.write_bytes(saved.read_bytes())
    facts = {"threshold": 0.4, "size_px": 32, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    path.with_suffix(".json").write_text(json.dumps(facts), encoding="utf-8")
    NetworkDetector(path).load()
    build("32_4-4_conv3_fc4_sgd_lr_0_01_decay_0").save(path)
    with pytest.raises(InputError, match="SHA-256 differs"):
        NetworkDetector(path).load()


def test_a_model_that_brings_code_is_refused(tmp_path: Path) -> None:
    import keras

    inputs = keras.Input((2,))
    model = keras.Model(inputs, keras.layers.Lambda(lambda x: x + 1)(inputs))
    model.save(tmp_path / "code.keras")
    with pytest.raises(InputError, match="brings code of its own"):
        load_model(tmp_path / "code.keras")
