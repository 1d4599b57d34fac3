"""Writing a trained network for production: plain Keras, SavedModel, LiteRT, ONNX.

Every file takes ``picture``, (N, size, size, 3) uint8 RGB, scales it inside, and gives ``framed``, the
probability of a frame, (N, 1) float32; the recommended network also gives ``sides``, (N, 4), the depths of
the frame at the left, top, right and bottom. None needs framejudge. Imports Keras and TensorFlow.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import shutil
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from framejudge.datasets.atomic_file import new_folder, replace_text, replaced
from framejudge.datasets.errors import InputError
from framejudge.detectors.network.model.architectures import FRAMED, SIDES
from framejudge.detectors.network.model.detector import WEIGHTS, ModelFile, load_model, save_model
from framejudge.detectors.network.model.runtimes import describing

SHIPPED = ("cnn", "cnn-2016")
RESIZE_LINE = "cv2.resize(image, ({size}, {size}), interpolation=cv2.INTER_AREA)"
"""What goes before every exported file; `detector.resize` is the same call."""


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write a network.

    Attributes
    ----------
    ending
        What follows the model's name in the file's name.
    write
        Takes the network and the file.
    """

    ending: str
    write: Callable[[keras.Model, Path], None]


def export(model: str, formats: Iterable[str], out: Path) -> list[Path]:
    """Write a network to ``out`` in each of the formats, and beside each file its facts as ``.json``.

    Parameters
    ----------
    model
        ``cnn``, ``cnn-2016``, or a ``.keras`` file of `bench train`.
    formats
        Names of `FORMATS`.

    Returns
    -------
        The files, one for each format.

    Raises
    ------
    InputError
        For an unknown format or model, a file that cannot be loaded safely, or one that would be replaced by
        its own export.
    """
    chosen = [_format(name) for name in formats]
    source = WEIGHTS / f"{model}.keras" if model in SHIPPED else Path(model)
    network = deployed(load_model(source), source)
    described = ModelFile.read(source)
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for name, form in chosen:
        path = out / f"{source.stem}{form.ending}"
        if path.exists() and path.samefile(source):
            raise InputError(
                "the export would replace the model itself", where=path, fix="choose another --out"
            )
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            # TensorFlow prints where it saved what, and the converters warn of one another.
            warnings.simplefilter("ignore")
            form.write(network, path)
        facts = {
            "format": name,
            "model": source.name,
            "model_sha256": _sha256(source),
            "resize": RESIZE_LINE.format(size=described.size_px),
            "sha256": None if path.is_dir() else _sha256(path),
            "size_px": described.size_px,
            "threshold": described.threshold,
        }
        replace_text(describing(path), json.dumps(facts, indent=2, sort_keys=True) + "\n")
        written.append(path)
    return written


def deployed(model: keras.Model, source: Path) -> keras.Model:
    """Return a network whose outputs are named: the probability and, where it has them, the sides.

    Raises
    ------
    InputError
        For a Keras model that is none of our networks.
    """
    outputs = getattr(model, "output", None)
    framed = outputs.get(FRAMED) if isinstance(outputs, dict) else outputs
    shape = getattr(model, "input_shape", ())
    if getattr(framed, "shape", None) != (None, 1) or len(shape) != 4:
        raise InputError(
            "a Keras model, but not one that takes pictures and gives one probability",
            where=source,
            fix="use a .keras file written by `bench train`",
        )
    named = {FRAMED: framed}
    if isinstance(outputs, dict) and SIDES in outputs:
        named[SIDES] = outputs[SIDES]
    network = keras.Model(model.input, named, name="frame")
    network(np.zeros((1, *shape[1:]), np.uint8))  # Keras writes only what was called
    return network


def _write_savedmodel(model: keras.Model, path: Path) -> None:
    with new_folder(path.with_name(f"{path.name}.new")) as draft:
        model.export(draft, format="tf_saved_model", verbose=False)
    if path.exists():
        shutil.rmtree(path)
    path.with_name(f"{path.name}.new").replace(path)


def _write_onnx(model: keras.Model, path: Path) -> None:
    try:
        with replaced(path) as draft:
            model.export(draft, format="onnx", verbose=False)
    except ImportError as problem:
        raise InputError(
            f"writing ONNX needs {problem.name or 'tf2onnx'}, which is not installed",
            fix="pip install 'framejudge[export]'",
        ) from problem


def _write_litert(model: keras.Model, path: Path) -> None:
    converted = tf.lite.TFLiteConverter.from_keras_model(model).convert()
    with replaced(path) as draft:
        draft.write_bytes(converted)


def _write_litert_int8(model: keras.Model, path: Path) -> None:
    """Write weights of 8 bits; activations get their scale from each picture as it comes.

    Measured against scales fixed beforehand on 300 drawn pictures: nearer to float32 (0.05 instead of 0.24 at
    most) and faster (0.6 instead of 1.1 ms).
    """
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converted = converter.convert()
    with replaced(path) as draft:
        draft.write_bytes(converted)


FORMATS: Mapping[str, Format] = {
    "keras": Format(".keras", save_model),
    "savedmodel": Format("-savedmodel", _write_savedmodel),
    "litert": Format(".tflite", _write_litert),
    "litert-int8": Format("-int8.tflite", _write_litert_int8),
    "onnx": Format(".onnx", _write_onnx),
}


def _format(name: str) -> tuple[str, Format]:
    if name not in FORMATS:
        raise InputError(f"unknown format {name!r}", where="--format", fix=f"use {', '.join(FORMATS)}")
    return name, FORMATS[name]


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
