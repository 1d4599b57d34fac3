"""Training on a tiny stream: it learns, resumes, and writes what a detector reads."""

from __future__ import annotations

import hashlib
import json
from functools import partialmethod
from pathlib import Path

import numpy as np
import pytest

from framejudge.datasets.errors import InputError
from framejudge.detectors.network.model.architectures import PROFILE_SIZE_PX
from framejudge.detectors.network.model.detector import NetworkDetector, load_model
from framejudge.detectors.network.train.learning_curves import convergence, write_report
from framejudge.detectors.network.train.stream import NO_SIDES, Shard, training_source

pytest.importorskip("tensorflow", reason="needs framejudge[tensorflow]")
pytestmark = pytest.mark.tensorflow

# The modules below import TensorFlow.
import keras  # noqa: E402

from framejudge.detectors.network.train import plan as plan_module  # noqa: E402
from framejudge.detectors.network.train import training  # noqa: E402
from framejudge.detectors.network.train.checkpoint import Checkpoint, read_history  # noqa: E402
from framejudge.detectors.network.train.finishing import Trained  # noqa: E402
from framejudge.detectors.network.train.plan import Plan  # noqa: E402

EXPERIMENT = "32_4-4_conv3_fc8_dropout_0_1_sgd_lr_0_05_decay_0"
SHARD = 128


class MadeStream:
    """Noise pictures, the framed ones with a bright band on the left; no drawing processes."""

    def __init__(self, size_px: int) -> None:
        self.source = training_source(None, None, size_px)
        self.origin = {"buckets": list(self.source.buckets)}
        self.fingerprint = self.source.fingerprint

    def window(self, first: int, length: int, *, ahead: int = 0) -> list[Shard]:
        return [self._shard(index) for index in range(first, first + length)]

    def _shard(self, index: int) -> Shard:
        rng = np.random.default_rng(index)
        size = self.source.size_px
        pictures = rng.integers(0, 128, (SHARD, size, size, 3), dtype=np.uint8)
        framed = (np.arange(SHARD) % 2).astype(np.float32)
        pictures[framed == 1, :, : size // 8] = 250
        sides = np.zeros((SHARD, 4), np.float32)
        sides[framed == 1, 0] = 1 / 8
        return Shard(pictures, framed, sides)


@pytest.fixture(autouse=True)
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_module, "SHARD_PICTURES", SHARD)


@pytest.fixture(autouse=True)
def without_xla(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compile no training with XLA: it takes longer than these trainings."""
    monkeypatch.setattr(keras.Model, "compile", partialmethod(keras.Model.compile, jit_compile=False))


def train(out: Path, epochs: int, *, architecture: str = EXPERIMENT, seed: int = 1) -> Trained:
    size_px = PROFILE_SIZE_PX if architecture == "profile" else 32
    plan = Plan(architecture, epochs, window_shards=2, fresh_shards=1, validation_shards=1, seed=seed)
    stream = MadeStream(size_px)
    return training.train(plan, stream, stream, out)  # type: ignore[arg-type]  # the same two members


def test_a_training_learns_and_writes_what_a_detector_reads(tmp_path: Path) -> None:
    trained = train(tmp_path, 12)
    assert trained.auc > 0.95
    facts = json.loads(trained.model.with_suffix(".json").read_text(encoding="utf-8"))
    assert facts["sha256"] == hashlib.sha256(trained.model.read_bytes()).hexdigest()
    detector = NetworkDetector(trained.model)
    assert detector.threshold == trained.threshold
    shard = MadeStream(32).window(50, 1)[0]
    scores = detector.predict_batch(list(shard.pictures))
    assert np.mean((scores >= detector.threshold) == shard.framed) > 0.9
    history = read_history(tmp_path)
    assert [row["epoch"] for row in history] == list(range(12))
    assert all(0 <= row["val_auc"] <= 1 for row in history)


def test_sides_of_which_nothing_is_known_cost_nothing() -> None:
    sure = np.full((1, 4), 5.0, np.float32)
    unknown = np.full((1, 4), NO_SIDES, np.float32)
    assert float(training._which_error(unknown, sure)[0]) == 0.0
    bare, banded = np.zeros((1, 4), np.float32), np.full((1, 4), 0.1, np.float32)
    assert float(training._which_error(bare, sure)[0]) == pytest.approx(np.log1p(np.exp(5.0)), rel=1e-5)
    assert float(training._which_error(banded, sure)[0]) == pytest.approx(np.log1p(np.exp(-5.0)), rel=1e-4)


@pytest.fixture
def step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Train without a graph: tracing the profile network with its optimiser takes longer than ten steps."""
    eager = partialmethod(keras.Model.compile, run_eagerly=True)
    monkeypatch.setattr(keras.Model, "compile", eager)


@pytest.mark.usefixtures("step_by_step")
def test_the_profile_network_trains_every_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_module, "SHARD_PICTURES", 64)
    trained = train(tmp_path, 1, architecture="profile")
    (figures,) = read_history(tmp_path)
    assert figures["framed_loss"] > 0
    assert figures["sides_loss"] > 0
    assert figures["which_loss"] > 0
    assert NetworkDetector(trained.model).threshold == trained.threshold


class WeightedStream(MadeStream):
    """Half of the labels are wrong; the wrong ones weigh 0, the others ``right``."""

    def __init__(self, size_px: int, right: float) -> None:
        super().__init__(size_px)
        self.right = right

    def _shard(self, index: int) -> Shard:
        shard = super()._shard(index)
        right = np.arange(SHARD) < SHARD // 2
        framed = np.where(right, shard.framed, 1 - shard.framed)
        return Shard(shard.pictures, framed, shard.sides, self.right * right)


def test_a_training_can_begin_where_another_one_ended(tmp_path: Path) -> None:
    asked: list[int] = []

    class Asked(MadeStream):
        def window(self, first: int, length: int, *, ahead: int = 0) -> list[Shard]:
            asked.append(first)
            return super().window(first, length, ahead=ahead)

    plan = Plan(EXPERIMENT, 3, window_shards=2, fresh_shards=1, validation_shards=1, skipped_shards=40)
    training.fit(plan, Asked(32), MadeStream(32), tmp_path)
    assert asked[:3] == [40, 41, 42]


def test_what_weighs_nothing_teaches_nothing(tmp_path: Path) -> None:
    plan = Plan(EXPERIMENT, 12, window_shards=2, fresh_shards=1, validation_shards=1, seed=1)
    training.train(plan, WeightedStream(32, 2.0), MadeStream(32), tmp_path)
    last = read_history(tmp_path)[-1]
    assert last["accuracy"] > 0.8, "the wrong labels count"
    assert last["val_auc"] > 0.95


@pytest.mark.usefixtures("step_by_step")
def test_every_output_of_the_profile_network_is_weighted() -> None:
    plan = Plan("profile", 1, window_shards=1, fresh_shards=1, validation_shards=1, seed=1)
    model = training._compile(plan)
    for right, weighed in ((0.0, [False] * 3), (1.0, [True] * 3)):
        batch = next(training._batches(plan, WeightedStream(PROFILE_SIZE_PX, right), first_epoch=0))
        figures = model.test_on_batch(*batch, return_dict=True)
        assert [figures[f"{output}_loss"] > 0 for output in ("framed", "sides", "which")] == weighed


def test_what_belongs_together_comes_in_one_batch() -> None:
    """A picture framed and plain: rows 2 k and 2 k + 1 of a shard, marked here by their first pixel."""

    class Pairs(MadeStream):
        def _shard(self, index: int) -> Shard:
            shard = super()._shard(index)
            shard.pictures[:] = (np.arange(SHARD, dtype=np.uint8) // 2)[:, None, None, None]
            return shard

    plan = Plan(EXPERIMENT, 1, window_shards=2, fresh_shards=1, validation_shards=1, together=2)
    batches = list(training._batches(plan, Pairs(32), first_epoch=0))  # type: ignore[arg-type]
    assert len(batches) == plan.steps_per_epoch
    for pictures, framed, _ in batches:
        marks = np.asarray(pictures)[:, 0, 0, 0]
        assert sorted(marks[framed[:, 0] == 1]) == sorted(marks[framed[:, 0] == 0])


@pytest.mark.usefixtures("step_by_step")
def test_the_average_of_the_weights_is_shipped_when_asked(tmp_path: Path) -> None:
    stream = MadeStream(PROFILE_SIZE_PX)
    plan = Plan("profile", 1, averaged=True, window_shards=1, fresh_shards=1, validation_shards=1)
    shipped = training.fit(plan, stream, stream, tmp_path).get_weights()  # type: ignore[arg-type]
    with np.load(tmp_path / "checkpoint-1.npz") as arrays:
        last = [arrays[name] for name in arrays.files[: len(shipped)]]
    assert any(not np.allclose(one, other) for one, other in zip(shipped, last, strict=True))
    again = training.fit(plan, stream, stream, tmp_path).get_weights()  # type: ignore[arg-type]
    for one, other in zip(shipped, again, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


@pytest.mark.parametrize("optimiser", ["sgd_lr_0_05", "muon_lr_0_01"])
def test_a_training_killed_between_epochs_ends_with_the_same_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, optimiser: str
) -> None:
    architecture = EXPERIMENT.replace("sgd_lr_0_05", optimiser)
    whole = train(tmp_path / "whole", 2, architecture=architecture)

    def kill_after_the_first(self: object, epoch: int, logs: object = None) -> None:
        on_epoch_end(self, epoch, logs)
        raise KeyboardInterrupt

    on_epoch_end = Checkpoint.on_epoch_end
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Checkpoint, "on_epoch_end", kill_after_the_first)
        train(tmp_path / "killed", 2, architecture=architecture)
    resumed = train(tmp_path / "killed", 2, architecture=architecture)
    assert len(read_history(tmp_path / "killed")) == 2
    for one, other in zip(weights(whole.model), weights(resumed.model), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_patience_stops_and_keeps_the_best_epoch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    losses = iter([0.9, 0.5, 0.6, 0.7, 0.4])
    monkeypatch.setattr(training, "log_loss", lambda *_: next(losses))
    kept: list[list[np.ndarray]] = []
    on_epoch_end = training._Watch.on_epoch_end

    def keep_weights(self: object, epoch: int, logs: dict[str, float]) -> None:
        on_epoch_end(self, epoch, logs)
        kept.append(self.model.get_weights())  # type: ignore[attr-defined]

    monkeypatch.setattr(training._Watch, "on_epoch_end", keep_weights)
    plan = Plan(EXPERIMENT, 5, window_shards=2, fresh_shards=1, validation_shards=1, patience=2)
    stream = MadeStream(32)
    model = training.fit(plan, stream, stream, tmp_path)
    assert len(read_history(tmp_path)) == 4
    for one, other in zip(model.get_weights(), kept[1], strict=True):
        np.testing.assert_array_equal(one, other)
    again = training.fit(plan, stream, stream, tmp_path)
    assert len(kept) == 4, "trained on"
    np.testing.assert_array_equal(again.get_weights()[0], kept[1][0])


def test_logs_for_tensorboard_are_written_when_asked(tmp_path: Path) -> None:
    plan = Plan(EXPERIMENT, 1, window_shards=1, fresh_shards=1, validation_shards=1)
    stream = MadeStream(32)
    training.fit(plan, stream, stream, tmp_path / "out", tensorboard=tmp_path / "logs")
    (events,) = (tmp_path / "logs").iterdir()
    assert b"val_accuracy" in events.read_bytes()


def test_another_plan_does_not_go_on_in_the_same_folder(tmp_path: Path) -> None:
    train(tmp_path, 1)
    with pytest.raises(InputError, match="another seed"):
        train(tmp_path, 1, seed=2)


def test_other_pictures_do_not_go_on_in_the_same_folder(tmp_path: Path) -> None:
    train(tmp_path, 1)
    stream, other = MadeStream(32), MadeStream(32)
    other.fingerprint = "another recipe"
    plan = Plan(EXPERIMENT, 1, window_shards=2, fresh_shards=1, validation_shards=1, seed=1)
    with pytest.raises(InputError, match="holds a training on other pictures"):
        training.train(plan, other, stream, tmp_path)


def test_a_training_that_diverges_stops_and_says_so(tmp_path: Path) -> None:
    plan = Plan(
        EXPERIMENT.replace("lr_0_05", "lr_10000000000"),
        4,
        window_shards=2,
        fresh_shards=1,
        validation_shards=1,
    )
    stream = MadeStream(32)
    trained = training.train(plan, stream, stream, tmp_path)
    history = read_history(tmp_path)
    assert len(history) == 1
    assert convergence(history) == "diverges: its loss is no longer a number"
    assert write_report(EXPERIMENT, history, tmp_path).exists()
    facts = json.loads(trained.model.with_suffix(".json").read_text(encoding="utf-8"))
    assert facts["validation"]["auc"] is None
    training.fit(plan, stream, stream, tmp_path)
    assert len(read_history(tmp_path)) == 1, "trained on"


def weights(path: Path) -> list[np.ndarray]:
    return load_model(path).get_weights()  # type: ignore[no-any-return]
