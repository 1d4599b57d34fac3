"""The networks as Keras models: uint8 pictures in, probability of a frame out.

Every model takes (N, size, size, 3) uint8 RGB and scales inside, so that a saved file needs nothing of ours.
Only Keras' own layers and operations are used: a file loads in safe mode, without custom code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from framejudge.datasets.errors import InputError
from framejudge.detectors.network.model.experiments import Experiment

if TYPE_CHECKING:
    import keras

PROFILE = "profile"
"""The recommended network; see `build_profile`."""

PROFILE_SIZE_PX = 128
PROFILE_STRIP_PX = 40
"""How deep the network looks in from each side: more than 99 in 100 bands end before."""
PROFILE_DEPTHS = (16, 40, 64)
"""Filters of the trunk at 2, 4 and 4 pixels a place."""
PROFILE_CONTEXT_DEPTHS = (24, 40, 40)
FRAMED, SIDES, WHICH = "framed", "sides", "which"
_SIDES = 4
_OPPOSITE = (2, 3, 0, 1)
"""Of left, top, right, bottom."""


def build(name: str) -> keras.Model:
    """Build the network of a name: ``profile``, or an experiment's.

    Raises
    ------
    InputError
        For a name that is neither.
    """
    if name == PROFILE:
        return build_profile()
    if "_" not in name:
        raise InputError(
            f"unknown architecture {name!r}",
            where="--architecture",
            fix=f"use {PROFILE} or an experiment's name",
        )
    return build_experiment(Experiment.from_name(name))


def build_experiment(experiment: Experiment) -> keras.Model:
    """Build a network of the published family.

    The published best, exactly: four times [convolution 3x3 with 32 filters, same padding, ReLU; max
    pooling 2x2], flatten to 2,048, dropout, dense 16 with ReLU, dense 1 with sigmoid: 61,441 parameters.
    """
    import keras
    from keras import layers

    picture = keras.Input((experiment.size_px, experiment.size_px, 3), dtype="uint8", name="picture")
    x = layers.Rescaling(1 / 255, name="scale")(picture)
    strides = 2 if experiment.pooling == "stride" else 1
    for depth in experiment.depths:
        x = layers.Conv2D(depth, experiment.kernel_px, strides, padding="same", activation="relu")(x)
        if experiment.pooling == "avg":
            x = layers.AveragePooling2D(2)(x)
        elif experiment.pooling != "stride":
            x = layers.MaxPooling2D()(x)
    x = layers.GlobalAveragePooling2D()(x) if experiment.pooling == "global" else layers.Flatten()(x)
    x = layers.Dropout(experiment.dropout)(x)
    if experiment.dense is not None:
        x = layers.Dense(experiment.dense, activation="relu")(x)
    framed = layers.Dense(1, activation="sigmoid", dtype="float32", name=FRAMED)(x)
    return keras.Model(picture, framed, name="experiment")


def build_profile() -> keras.Model:
    """Build the recommended network: the four sides, each looked at in the same way, then judged together.

    A frame is a band along the picture's sides, and a band on the left is a band on the right turned around.
    So the picture is turned until each side has lain at the same place, and one trunk reads the four outer
    strips: every picture teaches four times, and no weight is spent on knowing a band in each direction.

    Mean and maximum of the trunk's features along the side keep exactly what a band shows: what runs along
    the whole side (mean) and whether anything breaks it (maximum; minimum), by distance from the side. These
    profiles are taken 2 and 4 pixels deep, so that a line of one pixel is still seen; 1-D convolutions read
    them. What the picture is of, a phone or a shirt, comes from the whole picture at a quarter of its size,
    turned the same way. At last each side is judged beside its opposite and the mean of all.

    Outputs: ``framed``, the probability (N, 1); ``sides``, the frame's depth at the left, top, right and
    bottom as fractions of the width or height, (N, 4); ``which``, logits of a band at each side, (N, 4). The
    last two also make the trunk look at the band itself.
    """
    import keras
    from keras import layers, ops

    picture = keras.Input((PROFILE_SIZE_PX, PROFILE_SIZE_PX, 3), dtype="uint8", name="picture")
    x = layers.Rescaling(1 / 127.5, offset=-1, name="scale")(picture)
    across = ops.transpose(x, (0, 2, 1, 3))
    turned = ops.concatenate([across, x, ops.flip(across, 1), ops.flip(x, 1)], axis=0)  # depth comes first
    context = _read_context(layers.AveragePooling2D(4)(turned))
    fine, middle, coarse = _read_strips(turned[:, :PROFILE_STRIP_PX], context)
    x = layers.Concatenate()([_read_profiles(_profile(fine), _profile(middle), _profile(coarse)), context])
    # Normalised: without it the error of the sides, mostly 0, can switch all of these units off for good.
    side = _dense(layers.Dropout(0.1)(x), 48)
    depth, band = ops.unstack(_of_each_side(layers.Dense(2, dtype="float32")(side)), axis=-1)
    framed = _judge_together(_of_each_side(side), _of_each_side(context))
    outputs = {
        FRAMED: layers.Dense(1, activation="sigmoid", dtype="float32", name=FRAMED)(framed),
        SIDES: layers.Identity(name=SIDES, dtype="float32")(ops.transpose(depth)),
        WHICH: layers.Identity(name=WHICH, dtype="float32")(ops.transpose(band)),
    }
    return keras.Model(picture, outputs, name=PROFILE)


def _of_each_side(x: Any) -> Any:
    """Return what is known of (4 N, C) sides as (4, N, C)."""
    from keras import ops

    return ops.reshape(x, (_SIDES, -1, x.shape[-1]))


def _judge_together(sides: Any, context: Any) -> Any:
    """Return what sides (4, N, C) say together, (N, 32): each beside its opposite and the mean of all."""
    from keras import layers, ops

    opposite = ops.take(sides, _OPPOSITE, axis=0)
    every = ops.zeros_like(sides) + ops.mean(sides, axis=0, keepdims=True)
    sides = layers.Dense(48, activation="relu")(layers.Concatenate()([sides, opposite, every]))
    together = [ops.mean(sides, axis=0), ops.max(sides, axis=0), ops.mean(context, axis=0)]
    return _dense(layers.Concatenate()(together), 32)


def _read_context(small: Any) -> Any:
    """Return what (N, 32, 32, 3) pictures are of, (N, 32)."""
    from keras import layers

    first, second, third = PROFILE_CONTEXT_DEPTHS
    x = layers.Conv2D(first, 5, 2, padding="same", activation="relu", kernel_initializer="he_normal")(small)
    x = _convolve(_convolve(x, second, 3, stride=2), third, 3)
    return _dense(layers.Flatten()(layers.MaxPooling2D()(x)), 32)


def _read_strips(strips: Any, context: Any) -> tuple[Any, Any, Any]:
    """Return features of strips (N, depth, along, 3), 2, 4 and 4 pixels deep; the last know the context."""
    from keras import layers

    def convolve(x: Any, depth: int, width: int, stride: int) -> Any:
        # Not normalised where the maps are large: that costs more time than the convolutions.
        layer = layers.Conv2D(
            depth, width, stride, padding="same", activation="relu", kernel_initializer="he_normal"
        )
        return layer(x)

    first, second, third = PROFILE_DEPTHS
    fine = convolve(strips, first, 5, 2)
    x = convolve(fine, second, 3, 2)
    middle = _add(x, layers.Conv2D(second, 3, padding="same", kernel_initializer=_small())(x))
    x = layers.Conv2D(third, 3, (1, 2), padding="same", use_bias=False)(middle)
    coarse = _add(layers.BatchNormalization()(x), layers.Reshape((1, 1, third))(layers.Dense(third)(context)))
    for _ in range(2):
        x = _convolve(_convolve(coarse, third // 2, 1), third // 2, 3)
        coarse = _add(coarse, _convolve(x, third, 1, begins_at_zero=True))
    return fine, middle, coarse


def _profile(x: Any) -> Any:
    """Return minimum, mean and maximum of (N, depth, along, C) along the side: (N, depth, 3 C)."""
    from keras import layers, ops

    return layers.Concatenate()([ops.min(x, axis=2), ops.mean(x, axis=2), ops.max(x, axis=2)])


def _read_profiles(fine: Any, middle: Any, coarse: Any) -> Any:
    """Read profiles of a side, the first twice as long as the others, into one vector."""
    from keras import layers

    def convolve(x: Any, depth: int, width: int, stride: int = 1) -> Any:
        x = layers.Conv1D(depth, width, stride, padding="same", use_bias=False)(x)
        return layers.ReLU()(layers.BatchNormalization()(x))

    x = layers.Concatenate()(
        [convolve(fine, 16, 3, stride=2), convolve(middle, 24, 1), convolve(coarse, 32, 1)]
    )
    return layers.Flatten()(convolve(convolve(x, 48, 3), 32, 3))


def _convolve(x: Any, depth: int, width: int, *, stride: int = 1, begins_at_zero: bool = False) -> Any:
    """Convolve and normalise; what begins at zero is there to be added, and adds nothing at first."""
    from keras import layers

    x = layers.Conv2D(depth, width, stride, padding="same", use_bias=False)(x)
    if begins_at_zero:
        return layers.BatchNormalization(gamma_initializer="zeros")(x)
    return layers.ReLU()(layers.BatchNormalization()(x))


def _dense(x: Any, units: int) -> Any:
    from keras import layers

    return layers.ReLU()(layers.BatchNormalization()(layers.Dense(units, use_bias=False)(x)))


def _add(x: Any, more: Any) -> Any:
    from keras import layers

    return layers.ReLU()(layers.Add()([x, more]))


def _small() -> keras.Initializer:
    import keras

    return keras.initializers.VarianceScaling(0.1)
