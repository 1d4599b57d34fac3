"""The networks as Keras models: uint8 pictures in, probability of a frame out.

Every model takes (N, size, size, 3) uint8 RGB and scales inside, so that a saved file needs nothing of ours.
Only Keras' own layers and operations are used: a file loads in safe mode, without custom code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from framejudge.datasets.errors import InputError
from framejudge.detectors.network.experiments import Experiment

if TYPE_CHECKING:
    import keras

PROFILE = "profile"
"""The recommended network; see `build_profile`."""

PROFILE_SIZE_PX = 128
PROFILE_DEPTHS = (16, 32, 48, 64)
PROFILE_SURROUNDINGS_DEPTH = 24
FRAMED, SIDES = "framed", "sides"


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
    """Build the recommended network: a convolutional trunk read out along rows and along columns.

    A frame is a band parallel to the picture's sides. Mean and maximum of the trunk's features over each
    row, and over each column, keep exactly what such a band shows: what runs along the whole side (mean)
    and whether anything breaks it (maximum), by distance from the side. The profiles are taken at three
    depths of the trunk, 2, 4 and 8 pixels wide, so that a line of one pixel is still seen; 1-D convolutions
    read them.

    A second output, ``sides``, gives the frame's depth at the left, top, right and bottom as fractions of the
    width or height. It is trained beside the first because it makes the trunk look at the band itself.
    """
    import keras
    from keras import layers

    picture = keras.Input((PROFILE_SIZE_PX, PROFILE_SIZE_PX, 3), dtype="uint8", name="picture")
    x = layers.Rescaling(1 / 127.5, offset=-1, name="scale")(picture)
    first, second, third, fourth = PROFILE_DEPTHS
    fine = _convolve(x, first, pool=True)
    middle = _convolve(fine, second, pool=True)
    coarse = _look_around(_convolve(_convolve(middle, third, pool=True), fourth, pool=False))
    rows = _read_profiles(*(_profile(x, axis=2) for x in (fine, middle, coarse)))
    columns = _read_profiles(*(_profile(x, axis=1) for x in (fine, middle, coarse)))
    x = layers.Concatenate()([rows, columns])
    x = layers.Dropout(0.1)(x)
    # Normalised: without it the error of the sides, mostly 0, can switch all of these units off for good.
    x = layers.Dense(48, use_bias=False)(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    framed = layers.Dense(1, activation="sigmoid", dtype="float32", name=FRAMED)(x)
    sides = layers.Dense(4, dtype="float32", name=SIDES)(x)
    return keras.Model(picture, {FRAMED: framed, SIDES: sides}, name=PROFILE)


def _convolve(x: Any, depth: int, *, pool: bool) -> Any:
    from keras import layers

    x = layers.Conv2D(depth, 3, padding="same", use_bias=False)(x)
    if pool:
        # Pooling before the normalisation gives the same maxima at a quarter of the cost.
        x = layers.MaxPooling2D()(x)
    return layers.ReLU()(layers.BatchNormalization()(x))


def _look_around(x: Any) -> Any:
    """Add to each place of (N, rows, columns, C) what its wide surroundings show, at half the resolution.

    A band and a product's own edge look alike through a window of 38 pixels, what the trunk sees. Here it
    grows to about 120 of 128, so that a place knows what the picture is of. The last normalisation starts
    at 0: a network trained without the surroundings can be given them without forgetting.
    """
    from keras import layers

    def convolve(x: Any, width: int) -> Any:
        x = layers.Conv2D(PROFILE_SURROUNDINGS_DEPTH, width, padding="same", use_bias=False)(x)
        return layers.ReLU()(layers.BatchNormalization()(x))

    seen = convolve(convolve(convolve(layers.MaxPooling2D()(x), 1), 3), 3)
    seen = layers.Conv2D(x.shape[-1], 1, use_bias=False)(seen)
    seen = layers.BatchNormalization(gamma_initializer="zeros")(seen)
    return layers.ReLU()(layers.Add()([x, layers.UpSampling2D()(seen)]))


def _profile(x: Any, *, axis: int) -> Any:
    """Return mean and maximum of (N, rows, columns, C) along an axis: (N, length, 2 C)."""
    from keras import layers, ops

    return layers.Concatenate()([ops.mean(x, axis=axis), ops.max(x, axis=axis)])


def _read_profiles(fine: Any, middle: Any, coarse: Any) -> Any:
    """Read profiles of lengths 64, 32 and 16, each half of the one before, into one vector."""
    from keras import layers

    def convolve(x: Any, depth: int, width: int, stride: int = 1) -> Any:
        x = layers.Conv1D(depth, width, stride, padding="same", use_bias=False)(x)
        return layers.ReLU()(layers.BatchNormalization()(x))

    x = layers.Concatenate()([convolve(fine, 32, 5, stride=2), middle])
    x = layers.Concatenate()([layers.MaxPooling1D(2)(convolve(x, 48, 3)), coarse])
    return layers.Flatten()(convolve(convolve(x, 48, 3), 24, 3))
