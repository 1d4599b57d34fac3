"""Training a network: on fresh frames or a fixed set, with checkpoints, threshold from validation data.

Imports Keras and TensorFlow: the command line imports this module only to train.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import platform
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import keras
import numpy as np
import tensorflow as tf
from sklearn.metrics import log_loss, roc_auc_score

from framejudge.datasets.errors import InputError
from framejudge.datasets.replacing import replaced
from framejudge.detectors.network.architectures import FRAMED, PROFILE, SIDES, WHICH, build
from framejudge.detectors.network.augmentation import turn, vary_colours
from framejudge.detectors.network.calibration import best_threshold, fit_platt
from framejudge.detectors.network.detector import load_model, save_model
from framejudge.detectors.network.experiments import Experiment
from framejudge.detectors.network.learning_curves import diverged
from framejudge.detectors.network.muon import Muon
from framejudge.detectors.network.stream import (
    NO_SIDES,
    SHARD_PICTURES,
    Floats,
    Pictures,
    Shard,
)

BATCH = 64
OUR_MOMENTUM = 0.9
"""Of the published family; not published."""
OUR_WEIGHT_DECAY = 1e-3
SIDES_WEIGHT = 4.0
"""A side's mean error is about a hundredth, the cross-entropy a tenth."""
WARM_UP_STEPS = 200


@dataclass(frozen=True, slots=True)
class Plan:
    """What a training does.

    Attributes
    ----------
    architecture
        ``profile`` or an experiment's name.
    epochs
        Passes over a window of the stream.
    window_shards
        Shards of `SHARD_PICTURES` pictures in one epoch.
    fresh_shards
        Shards that are new in each epoch; the others were in the last one too.
    validation_shards
        Shards of the validation stream.
    learning_rate
        Peak rate of the recommended network's schedule; an experiment's name brings its own.
    vary_colours
        Swap channels, beside the flips.
    seed
        Of the initial weights, the order of pictures and the flips.
    initial
        A ``.keras`` file of the same architecture to start from; None for fresh weights.
    mixed_precision
        Compute in bfloat16; the weights stay, and are shipped, in float32.
    images
        Pictures of a fixed set, each seen once in an epoch; None for a stream, whose window says how many.
    patience
        Stop after so many epochs in which the validation loss did not fall, and keep the weights of the best
        epoch; None to train every epoch and keep the last.
    skipped_shards
        Shards at the head of the stream that are left out: those that ``initial`` was trained on.
    """

    architecture: str
    epochs: int = 30
    window_shards: int = 12
    fresh_shards: int = 3
    validation_shards: int = 2
    learning_rate: float = 1e-2
    vary_colours: bool = True
    seed: int = 0
    initial: str | None = None
    mixed_precision: bool = False
    images: int | None = None
    patience: int | None = None
    skipped_shards: int = 0

    @property
    def steps_per_epoch(self) -> int:
        """Whole batches of one epoch."""
        return (self.images or self.window_shards * SHARD_PICTURES) // BATCH


class Supply(Protocol):
    """Where pictures come from: a `PictureStream` or the fixed set of `LabelledPictures`."""

    @property
    def origin(self) -> Mapping[str, object]:
        """What a model file says of them."""
        ...

    @property
    def fingerprint(self) -> str:
        """Hash over everything that decides over the pictures."""
        ...

    def window(self, first: int, length: int, *, ahead: int = 0) -> Sequence[Shard]:
        """Return ``length`` shards from ``first`` on; ``ahead`` more will be asked for next."""
        ...


@dataclass(frozen=True, slots=True)
class Trained:
    """Where a training left its model, and its validation figures."""

    model: Path
    threshold: float
    accuracy: float
    auc: float


Progress = Callable[[dict[str, float]], None]


def train(
    plan: Plan,
    training: Supply,
    validation: Supply,
    out: Path,
    progress: Progress | None = None,
    *,
    tensorboard: Path | None = None,
) -> Trained:
    """Train a network and write ``model.keras``, ``model.json`` and ``history.csv`` to ``out``.

    A killed training goes on from its last whole epoch when called again with the same plan and folder.
    ``progress`` gets each epoch's figures; ``tensorboard`` is a folder for TensorBoard's logs.

    Raises
    ------
    InputError
        When ``out`` holds the checkpoint of another plan, or of other pictures.
    """
    model = fit(plan, training, validation, out, progress, tensorboard=tensorboard)
    return finish(plan, model, held_pictures(plan, validation), training, out)


def fit(
    plan: Plan,
    training: Supply,
    validation: Supply,
    out: Path,
    progress: Progress | None = None,
    *,
    tensorboard: Path | None = None,
) -> keras.Model:
    """Train as `train` does and return the network, float32, not calibrated; only checkpoints are written.

    Raises
    ------
    InputError
        When ``out`` holds the checkpoint of another plan, or of other pictures.
    """
    keras.utils.set_random_seed(plan.seed)
    out.mkdir(parents=True, exist_ok=True)
    keras.mixed_precision.set_global_policy("mixed_bfloat16" if plan.mixed_precision else "float32")
    model = _compile(plan)
    checkpoint = _Checkpoint(model, plan, [training.fingerprint, validation.fingerprint], out)
    checkpoint.restore()
    if not checkpoint.finished:
        done = len(checkpoint.history)
        batches = tf.data.Dataset.from_generator(
            lambda: _batches(plan, training, first_epoch=done), output_signature=_signature(plan, model)
        )
        watch = _Watch(held_pictures(plan, validation), progress)
        logs = [] if tensorboard is None else [_TensorBoard(tensorboard)]
        model.fit(
            batches.prefetch(4),
            initial_epoch=done,
            epochs=plan.epochs,
            steps_per_epoch=plan.steps_per_epoch,
            verbose=0,
            callbacks=[watch, *logs, checkpoint],
        )
    checkpoint.choose_epoch()
    keras.mixed_precision.set_global_policy("float32")
    shipped = build(plan.architecture)
    shipped.set_weights(model.get_weights())
    return shipped


def held_pictures(plan: Plan, validation: Supply) -> Shard:
    """Return the pictures that a plan validates on."""
    return _join(validation.window(0, plan.validation_shards))


def _compile(plan: Plan) -> keras.Model:
    model = build(plan.architecture)
    if plan.initial is not None:
        _start_from(model, Path(plan.initial))
    if plan.architecture == PROFILE:
        steps = plan.epochs * plan.steps_per_epoch
        rate = keras.optimizers.schedules.CosineDecay(
            0.0, max(1, steps - WARM_UP_STEPS), warmup_target=plan.learning_rate, warmup_steps=WARM_UP_STEPS
        )
        model.compile(
            Muon(rate, weight_decay=OUR_WEIGHT_DECAY, adam_weight_decay=OUR_WEIGHT_DECAY),
            jit_compile=False,  # XLA compiles for minutes on a CPU, to no gain
            loss={FRAMED: "binary_crossentropy", SIDES: _sides_error, WHICH: _which_error},
            loss_weights={FRAMED: 1.0, SIDES: SIDES_WEIGHT, WHICH: 1.0},
            weighted_metrics={FRAMED: "accuracy"},
        )
        return model
    experiment = Experiment.from_name(plan.architecture)
    rate = keras.optimizers.schedules.InverseTimeDecay(experiment.learning_rate, 1, experiment.decay)
    optimisers: dict[str, Callable[[], Any]] = {
        "sgd": lambda: keras.optimizers.SGD(rate, momentum=OUR_MOMENTUM),
        "adam": lambda: keras.optimizers.Adam(rate),
        "rmsprop": lambda: keras.optimizers.RMSprop(rate),
        "muon": lambda: Muon(rate, weight_decay=None, adam_weight_decay=None),
    }
    model.compile(
        optimisers[experiment.optimiser](), loss="binary_crossentropy", weighted_metrics=["accuracy"]
    )
    return model


def _start_from(model: keras.Model, path: Path) -> None:
    """Give a model the weights of a trained one.

    Raises
    ------
    InputError
        When the file cannot be read or holds another architecture.
    """
    weights = load_model(path).get_weights()
    if [each.shape for each in weights] != [each.shape for each in model.get_weights()]:
        raise InputError(f"is not a {model.name} network", where=path, fix="start from the same architecture")
    model.set_weights(weights)


def _sides_error(truth: Any, predicted: Any) -> Any:
    """Mean absolute error of the four depths, over the sides whose truth is known."""
    known = keras.ops.cast(truth > NO_SIDES, predicted.dtype)
    return keras.ops.mean(keras.ops.abs(truth - predicted) * known, axis=-1)


def _which_error(truth: Any, predicted: Any) -> Any:
    """Mean cross-entropy of whether each side has a band, from depths and logits, over the known sides."""
    known = keras.ops.cast(truth > NO_SIDES, predicted.dtype)
    banded = keras.ops.cast(truth > 0, predicted.dtype)
    return keras.ops.mean((keras.ops.softplus(predicted) - predicted * banded) * known, axis=-1)


def _signature(plan: Plan, model: keras.Model) -> Any:
    pictures = tf.TensorSpec((BATCH, *model.input_shape[1:]), tf.uint8)
    framed, weights = tf.TensorSpec((BATCH, 1), tf.float32), tf.TensorSpec((BATCH,), tf.float32)
    if plan.architecture == PROFILE:
        sides = tf.TensorSpec((BATCH, 4), tf.float32)
        return pictures, {FRAMED: framed, SIDES: sides, WHICH: sides}, _of_each_output(weights)
    return pictures, framed, weights


def _of_each_output(weights: Any) -> dict[str, Any]:
    return {FRAMED: weights, SIDES: weights, WHICH: weights}


def _batches(plan: Plan, supply: Supply, first_epoch: int) -> Iterator[tuple[Pictures, Any, Any]]:
    """Yield the batches of each epoch from ``first_epoch`` on; a function of plan and epoch alone."""
    for epoch in range(first_epoch, plan.epochs):
        rng = np.random.default_rng([plan.seed, epoch])
        first = plan.skipped_shards + epoch * plan.fresh_shards
        shards = supply.window(first, plan.window_shards, ahead=plan.fresh_shards)
        ends = np.cumsum([len(shard.framed) for shard in shards])
        order = rng.permutation(ends[-1])
        for start in range(0, plan.steps_per_epoch * BATCH, BATCH):
            chosen = np.sort(order[start : start + BATCH])
            of_shard = np.searchsorted(ends, chosen, side="right")
            where = [(shard, int(index - ends[shard])) for shard, index in zip(of_shard, chosen, strict=True)]
            pictures = np.stack([shards[shard].pictures[row] for shard, row in where])
            framed = np.array([[shards[shard].framed[row]] for shard, row in where], np.float32)
            sides = np.stack([shards[shard].sides[row] for shard, row in where])
            weights = np.array([_weight(shards[shard], row) for shard, row in where], np.float32)
            pictures, sides = turn(pictures, sides, rng)
            if plan.vary_colours:
                pictures = vary_colours(pictures, rng)
            if plan.architecture == PROFILE:
                yield pictures, {FRAMED: framed, SIDES: sides, WHICH: sides}, _of_each_output(weights)
            else:
                yield pictures, framed, weights


def _weight(shard: Shard, row: int) -> float:
    return 1.0 if shard.weights is None else float(shard.weights[row])


class _Watch(keras.callbacks.Callback):  # type: ignore[misc]  # Keras is untyped
    """Adds validation accuracy, AUC and loss to an epoch's figures."""

    def __init__(self, held: Shard, progress: Progress | None) -> None:
        super().__init__()
        self._held = held
        self._progress = progress
        self._started = 0.0

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self._started = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        assert logs is not None  # Keras always passes the epoch's figures
        logs["seconds"] = time.monotonic() - self._started
        scores = predict(self.model, self._held.pictures)
        if not np.isfinite(scores).all():
            self.model.stop_training = True  # nothing brings such weights back
            logs |= dict.fromkeys(("val_accuracy", "val_auc", "val_loss"), float("nan"))
            return
        logs["val_accuracy"] = float(np.mean((scores >= 0.5) == self._held.framed))
        logs["val_auc"] = float(roc_auc_score(self._held.framed, scores))
        logs["val_loss"] = float(log_loss(self._held.framed, np.clip(scores, 1e-7, 1 - 1e-7)))
        if self._progress:
            self._progress({"epoch": epoch + 1, **logs})


class _TensorBoard(keras.callbacks.Callback):  # type: ignore[misc]  # Keras is untyped
    """Writes each epoch's figures as TensorBoard's scalars; needs TensorFlow alone, not TensorBoard."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._writer = tf.summary.create_file_writer(str(folder))
        plugin = tf.compat.v1.SummaryMetadata.PluginData(plugin_name="scalars")
        self._metadata = tf.compat.v1.SummaryMetadata(plugin_data=plugin)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        with self._writer.as_default():
            for name, value in (logs or {}).items():
                tf.summary.write(name, tf.constant(value, tf.float32), step=epoch, metadata=self._metadata)
        self._writer.flush()


class _Checkpoint(keras.callbacks.Callback):  # type: ignore[misc]  # Keras is untyped
    """Weights, optimizer and figures after each whole epoch, replaced in one step."""

    def __init__(self, model: keras.Model, plan: Plan, pictures: Sequence[str], out: Path) -> None:
        super().__init__()
        self._model = model
        self._pictures = list(pictures)
        self._epochs = plan.epochs
        self._patience = plan.patience
        self._plan = json.loads(json.dumps(asdict(plan)))
        self._state = out / "checkpoint.json"
        self._best = out / "best.npz"
        self._out = out
        self.history: list[dict[str, float]] = []

    @property
    def finished(self) -> bool:
        """Whether every epoch was trained, the last ones brought nothing, or the loss is no number."""
        return len(self.history) >= self._epochs or self._out_of_patience or diverged(self.history)

    @property
    def _out_of_patience(self) -> bool:
        if self._patience is None or not self.history:
            return False
        return len(self.history) - 1 - self._best_epoch >= self._patience

    @property
    def _best_epoch(self) -> int:
        losses = np.array([figures["val_loss"] for figures in self.history])
        return int(np.argmin(np.where(np.isnan(losses), np.inf, losses)))

    def restore(self) -> None:
        """Load the last checkpoint, if there is one, into the model."""
        if not self._state.exists():
            return
        state = json.loads(self._state.read_text(encoding="utf-8"))
        if state["plan"] != self._plan:
            changed = sorted(key for key in self._plan if state["plan"].get(key) != self._plan[key])
            raise InputError(
                f"holds a training with another {', '.join(changed) or 'version of framejudge'}",
                where=self._out,
                fix="choose another --out",
            )
        if state.get("pictures", self._pictures) != self._pictures:
            raise InputError(
                "holds a training on other pictures: the recipe, the photos, the set or --focus has changed",
                where=self._out,
                fix="choose another --out",
            )
        self._model.optimizer.build(self._model.trainable_variables)
        _assign(self._variables(), self._out / state["weights"])
        self.history = state["history"]

    def choose_epoch(self) -> None:
        """Give the model the weights of its best epoch where the plan has patience; else keep the last."""
        if self._patience is not None:
            _assign(self._model.variables, self._best)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self.history.append({"epoch": epoch, **(logs or {})})
        if self._patience is not None and self._best_epoch == epoch:
            _save(self._model.variables, self._best)
        name = f"checkpoint-{epoch + 1}.npz"
        _save(self._variables(), self._out / name)
        state = {
            "plan": self._plan,
            "pictures": self._pictures,
            "weights": name,
            "history": self.history,
        }
        _write_text(self._state, json.dumps(state))
        _write_text(self._out / "history.csv", _as_csv(self.history))
        for old in self._out.glob("checkpoint-*.npz"):
            if old.name != name:
                old.unlink()
        if self._out_of_patience:
            self._model.stop_training = True

    def _variables(self) -> list[Any]:
        return [*self._model.variables, *self._model.optimizer.variables]


def _save(variables: Sequence[Any], path: Path) -> None:
    with replaced(path) as draft, draft.open("wb") as stream:
        np.savez(stream, *[np.asarray(variable) for variable in variables])


def _assign(variables: Sequence[Any], path: Path) -> None:
    with np.load(path) as arrays:
        for variable, name in zip(variables, arrays.files, strict=True):
            variable.assign(arrays[name])


def _write_text(path: Path, text: str) -> None:
    with replaced(path) as draft:
        draft.write_text(text, encoding="utf-8")


def _as_csv(history: Sequence[Mapping[str, float]]) -> str:
    table = io.StringIO()
    writer = csv.DictWriter(table, list(history[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(history)
    return table.getvalue()


def predict(model: keras.Model, pictures: Pictures) -> Floats:
    """Return the probabilities of (n, size, size, 3) uint8 pictures, shape (n,)."""
    outputs = model.predict(pictures, batch_size=256, verbose=0)
    return np.asarray(outputs[FRAMED] if isinstance(outputs, dict) else outputs, np.float64)[:, 0]


def _join(shards: Sequence[Shard]) -> Shard:
    return Shard(
        np.concatenate([shard.pictures for shard in shards]),
        np.concatenate([shard.framed for shard in shards]),
        np.concatenate([shard.sides for shard in shards]),
    )


def finish(plan: Plan, model: keras.Model, held: Shard, training: Supply, out: Path) -> Trained:
    """Calibrate on the validation pictures, fix the threshold there, and write the model.

    The figures of a network that diverged, whose scores are no numbers, are None in the file.
    """
    lost = not np.isfinite(predict(model, held.pictures)).all()
    if not lost:
        _calibrate(model, held)
    scores = predict(model, held.pictures)
    threshold = 0.5 if lost else best_threshold(scores, held.framed)
    path = out / "model.keras"
    save_model(model, path)
    trained = Trained(
        path,
        threshold,
        accuracy=float(np.mean((scores >= threshold) == held.framed)),
        auc=float("nan") if lost else float(roc_auc_score(held.framed, scores)),
    )
    facts = {
        "threshold": threshold,
        "size_px": int(model.input_shape[1]),
        "parameters": int(model.count_params()),
        "plan": {**asdict(plan), "initial": plan.initial and _sha256(Path(plan.initial))},
        **training.origin,
        "validation": {
            "images": len(scores),
            "accuracy": None if lost else trained.accuracy,
            "auc": None if lost else trained.auc,
        },
        "date": datetime.now(UTC).date().isoformat(),
        "versions": {
            "keras": keras.__version__,
            "tensorflow": tf.__version__,
            "python": platform.python_version(),
        },
        "sha256": _sha256(path),
    }
    path.with_suffix(".json").write_text(json.dumps(facts, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return trained


def _calibrate(model: keras.Model, held: Shard) -> None:
    """Fold Platt scaling into the last layer, so that every exported file gives the same probability."""
    slope, shift = fit_platt(predict(model, held.pictures), held.framed)
    last = model.get_layer(FRAMED)
    kernel, bias = last.get_weights()
    last.set_weights([kernel * slope, bias * slope + shift])


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_history(out: Path) -> list[dict[str, float]]:
    """Return a training's figures, one dictionary an epoch."""
    with (out / "history.csv").open(newline="", encoding="utf-8") as lines:
        return [{key: float(value) for key, value in row.items()} for row in csv.DictReader(lines)]
