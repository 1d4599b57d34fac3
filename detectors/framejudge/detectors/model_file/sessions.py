"""The three runtimes behind one call: an array of pictures in, the outputs of the classifier out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from framejudge.datasets.errors import InputError
from framejudge.detectors.network.model.architectures import FRAMED

Run = Callable[[npt.NDArray[Any]], npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Session:
    """An opened model file.

    Attributes
    ----------
    shape
        Of its input; None for a side that may be any.
    dtype
        Of its input.
    run
        Takes an array of that shape and type, and returns the outputs of one picture, (k,) float.
    scales_inside
        Whether the file itself is known to turn pixels of 0 to 255 into what its layers want.
    """

    shape: tuple[int | None, ...]
    dtype: np.dtype[Any]
    run: Run
    scales_inside: bool = False


def open_session(path: Path, threads: int) -> Session:
    """Open a file with its runtime; ``threads`` is 0 where the runtime may choose.

    Raises
    ------
    InputError
        For a file with several inputs, or several outputs none of which is called framed.
    ImportError
        Without the runtime.
    """
    return _OPENERS[path.suffix.lower()](path, threads)


def _open_keras(path: Path, threads: int) -> Session:
    from framejudge.detectors.network.model.detector import load_model

    model = load_model(path)
    import tensorflow as tf

    inputs = list(model.inputs or [])
    _check_one(inputs, "inputs", path)
    named = model.output if isinstance(model.output, dict) else {one.name: one for one in model.outputs}
    place = _output_of([(name, one.shape[-1]) for name, one in named.items()], path)
    (picture,) = inputs
    dtype = np.dtype(str(picture.dtype))

    @tf.function(input_signature=[tf.TensorSpec((1, *picture.shape[1:]), dtype)])  # type: ignore[untyped-decorator]
    def call(pictures: Any) -> Any:
        given = model(pictures, training=False)
        flat = list(given.values()) if isinstance(given, dict) else tf.nest.flatten(given)
        return tf.reshape(flat[place], [-1])

    def run(pictures: npt.NDArray[Any]) -> npt.NDArray[Any]:
        found: npt.NDArray[Any] = call(tf.constant(pictures)).numpy()
        return found

    shape = (None, *(None if side is None else int(side) for side in picture.shape[1:]))
    return Session(shape, dtype, run, scales_inside=_begins_with_scaling(model))


def _begins_with_scaling(model: Any) -> bool:
    """Whether Keras' own scaling is among the first layers, before anything is learnt from the pixels."""
    for layer in model.layers:
        kind = type(layer).__name__
        if kind in ("Rescaling", "Normalization"):
            return True
        if hasattr(layer, "layers"):  # a model inside the model, such as a backbone
            return _begins_with_scaling(layer)
        if layer.weights:
            return False
    return False


def _open_onnx(path: Path, threads: int) -> Session:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    inputs = session.get_inputs()
    _check_one(inputs, "inputs", path)
    (picture,) = inputs
    outputs = session.get_outputs()
    widths = [one.shape[-1] if one.shape and isinstance(one.shape[-1], int) else None for one in outputs]
    place = _output_of([(one.name, width) for one, width in zip(outputs, widths, strict=True)], path)
    wanted = [outputs[place].name]
    dtype = _ONNX_TYPES.get(picture.type)
    if dtype is None:
        raise InputError(f"takes {picture.type}, and no pictures", where=path, fix="give it float or uint8")

    def run(pictures: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return np.asarray(session.run(wanted, {picture.name: pictures})[0]).reshape(-1)

    shape = tuple(side if isinstance(side, int) else None for side in picture.shape)
    return Session(shape, np.dtype(dtype), run)


def _open_litert(path: Path, threads: int) -> Session:
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(str(path), num_threads=threads or None)
    inputs, outputs = interpreter.get_input_details(), interpreter.get_output_details()
    _check_one(inputs, "inputs", path)
    (picture,) = inputs
    output = outputs[_output_of([(one["name"], int(one["shape"][-1])) for one in outputs], path)]
    scale, zero = output["quantization"]
    signature = [None if side < 0 else int(side) for side in picture["shape_signature"]]
    sizes: list[tuple[int, ...]] = []

    def run(pictures: npt.NDArray[Any]) -> npt.NDArray[Any]:
        if pictures.shape not in sizes:
            sizes[:] = [pictures.shape]
            interpreter.resize_tensor_input(picture["index"], pictures.shape)
            interpreter.allocate_tensors()
        interpreter.set_tensor(picture["index"], pictures)
        interpreter.invoke()
        found = np.asarray(interpreter.get_tensor(output["index"])).reshape(-1)
        return (found.astype(np.float64) - zero) * scale if scale else found

    return Session(tuple(signature), np.dtype(picture["dtype"]), run)


def _check_one(found: Sequence[Any], what: str, path: Path) -> None:
    if len(found) != 1:
        raise InputError(f"has {len(found)} {what}", where=path, fix="give a model of one picture")


def _output_of(outputs: Sequence[tuple[str, int | None]], path: Path) -> int:
    """Return the place of the output that counts: the only one, or the one that is called or looks like it.

    Parameters
    ----------
    outputs
        Name and last side of each; None where that may be any.
    """
    if len(outputs) == 1:
        return 0
    names = [name.split(":")[0].rpartition("/")[2] for name, _ in outputs]
    called = [place for place, name in enumerate(names) if name == FRAMED]
    narrow = [place for place, (_, width) in enumerate(outputs) if width in (1, 2)]
    for found in (called, narrow):
        if len(found) == 1:
            return found[0]
    what = f"has {len(outputs)} outputs ({', '.join(names)})"
    raise InputError(what, where=path, fix=f"call the one that counts {FRAMED!r}")


_OPENERS: dict[str, Callable[[Path, int], Session]] = {
    ".keras": _open_keras,
    ".onnx": _open_onnx,
    ".tflite": _open_litert,
}
_ONNX_TYPES = {
    "tensor(float)": np.float32,
    "tensor(float16)": np.float16,
    "tensor(double)": np.float64,
    "tensor(uint8)": np.uint8,
}
