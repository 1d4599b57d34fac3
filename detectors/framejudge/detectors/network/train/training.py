"""Training a network: the loop, its losses, its batches.

Imports Keras and TensorFlow: the command line imports this module only to train.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import keras
import numpy as np
import tensorflow as tf
from sklearn.metrics import log_loss, roc_auc_score

from framejudge.datasets.errors import InputError
from framejudge.detectors.network.model.architectures import FRAMED, PROFILE, SIDES, WHICH, build
from framejudge.detectors.network.model.detector import load_model
from framejudge.detectors.network.model.experiments import Experiment
from framejudge.detectors.network.train.augmentation import turn, vary_colours
from framejudge.detectors.network.train.checkpoint import Checkpoint
from framejudge.detectors.network.train.finishing import Trained, finish, predict
from framejudge.detectors.network.train.muon import Muon
from framejudge.detectors.network.train.plan import BATCH, Plan
from framejudge.detectors.network.train.stream import NO_SIDES, Pictures, Shard

OUR_MOMENTUM = 0.9
"""Of the published family; not published."""
OUR_WEIGHT_DECAY = 1e-3
SIDES_WEIGHT = 4.0
"""A side's mean error is about a hundredth, the cross-entropy a tenth."""
WARM_UP_STEPS = 200
AVERAGE_MOMENTUM = 0.998
"""Of the moving average of weights: it reaches back over about 500 steps."""


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

    @property
    def together(self) -> int:
        """How many pictures in a row belong into one batch."""
        ...

    def window(self, first: int, length: int, *, ahead: int = 0) -> Sequence[Shard]:
        """Return ``length`` shards from ``first`` on; ``ahead`` more will be asked for next."""
        ...


EpochEnd = Callable[[dict[str, float]], None]


def train(
    plan: Plan,
    training: Supply,
    validation: Supply,
    out: Path,
    on_epoch: EpochEnd | None = None,
    *,
    tensorboard: Path | None = None,
) -> Trained:
    """Train a network and write ``model.keras``, ``model.json`` and ``history.csv`` to ``out``.

    A killed training goes on from its last whole epoch when called again with the same plan and folder.
    ``on_epoch`` gets each epoch's figures; ``tensorboard`` is a folder for TensorBoard's logs.

    Raises
    ------
    InputError
        When ``out`` holds the checkpoint of another plan, or of other pictures.
    """
    model = fit(plan, training, validation, out, on_epoch, tensorboard=tensorboard)
    return finish(plan, model, validation_pictures(plan, validation), training.origin, out)


def fit(
    plan: Plan,
    training: Supply,
    validation: Supply,
    out: Path,
    on_epoch: EpochEnd | None = None,
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
    checkpoint = Checkpoint(model, plan, [training.fingerprint, validation.fingerprint], out)
    checkpoint.restore()
    if not checkpoint.finished:
        done = len(checkpoint.history)
        batches = tf.data.Dataset.from_generator(
            lambda: _batches(plan, training, first_epoch=done), output_signature=_signature(plan, model)
        )
        watch = _Watch(validation_pictures(plan, validation), on_epoch)
        logs = [] if tensorboard is None else [_TensorBoard(tensorboard)]
        model.fit(
            batches.prefetch(4),
            initial_epoch=done,
            epochs=plan.epochs,
            steps_per_epoch=plan.steps_per_epoch,
            verbose=0,
            callbacks=[watch, *logs, checkpoint],
        )
    elif plan.averaged:  # what Keras does at the end of a training
        model.optimizer.finalize_variable_values(model.trainable_variables)
    checkpoint.choose_epoch()
    keras.mixed_precision.set_global_policy("float32")
    shipped = build(plan.architecture)
    shipped.set_weights(model.get_weights())
    return shipped


def validation_pictures(plan: Plan, validation: Supply) -> Shard:
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
            Muon(
                rate,
                weight_decay=OUR_WEIGHT_DECAY,
                adam_weight_decay=OUR_WEIGHT_DECAY,
                use_ema=plan.averaged,
                ema_momentum=AVERAGE_MOMENTUM,
            ),
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
        rows = np.arange(ends[-1]).reshape(-1, plan.together)
        order = rows[rng.permutation(len(rows))].ravel()
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

    def __init__(self, validation: Shard, on_epoch: EpochEnd | None) -> None:
        super().__init__()
        self._validation = validation
        self._on_epoch = on_epoch
        self._started = 0.0

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self._started = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        assert logs is not None  # Keras always passes the epoch's figures
        logs["seconds"] = time.monotonic() - self._started
        scores = predict(self.model, self._validation.pictures)
        if not np.isfinite(scores).all():
            logs |= dict.fromkeys(("val_accuracy", "val_auc", "val_loss"), float("nan"))
            return
        logs["val_accuracy"] = float(np.mean((scores >= 0.5) == self._validation.framed))
        logs["val_auc"] = float(roc_auc_score(self._validation.framed, scores))
        logs["val_loss"] = float(log_loss(self._validation.framed, np.clip(scores, 1e-7, 1 - 1e-7)))
        if self._on_epoch:
            self._on_epoch({"epoch": epoch + 1, **logs})


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


def _join(shards: Sequence[Shard]) -> Shard:
    return Shard(
        np.concatenate([shard.pictures for shard in shards]),
        np.concatenate([shard.framed for shard in shards]),
        np.concatenate([shard.sides for shard in shards]),
    )
