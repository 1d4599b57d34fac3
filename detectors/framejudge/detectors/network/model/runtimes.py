"""The recommended network on a production server's runtimes: LiteRT, ONNX Runtime, OpenVINO; no TensorFlow.

Each detector reads a file that `bench export` wrote and the ``.json`` beside it, and has the runtime score
one picture at a time.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from framejudge.datasets.errors import InputError
from framejudge.datasets.table.box import Box
from framejudge.detectors.network.locate.snapping import Snapping, read_snapping
from framejudge.detectors.network.model.architectures import FRAMED, SIDES
from framejudge.detectors.network.model.checked.description import read_description
from framejudge.detectors.network.model.checked.model_file import check_model_file
from framejudge.detectors.network.model.detector import WEIGHTS, resize
from framejudge.detectors.protocol import Image

Floats = npt.NDArray[np.float64]
Call = Callable[[npt.NDArray[np.uint8]], tuple[float, Floats | None]]
"""Takes one prepared picture, (1, size, size, 3) uint8; returns the probability of a frame.

Beside it, where the network gives them, the depths of the frame at the left, top, right and bottom, (4,), as
shares of the width or height.
"""

_THREADS_VARIABLES = ("ORT_NUM_THREADS", "OMP_NUM_THREADS")


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file of `bench export` and what its ``.json`` says about it."""

    path: Path
    threshold: float
    size_px: int
    sha256: str

    @classmethod
    def read(cls, path: Path) -> ExportedFile:
        """Read what stands beside an exported file.

        Raises
        ------
        InputError
            When it is missing or not what `bench export` writes.
        """
        beside = describing(path)
        facts = read_description(beside, fix="export with `bench export`")
        if facts.sha256 is None:
            raise InputError("no sha256 can be read", where=beside, fix="export with `bench export`")
        return cls(path, facts.threshold, facts.size_px, facts.sha256)

    def check(self) -> None:
        """Compare the file with the hash that was written beside it.

        Raises
        ------
        InputError
            When the file is missing or refused (`check_model_file`), or was changed or replaced after it was
            exported.
        """
        check_model_file(self.path)
        if hashlib.sha256(self.path.read_bytes()).hexdigest() != self.sha256:
            raise InputError(
                f"is not the file that {describing(self.path).name} describes: its SHA-256 differs",
                where=self.path,
                fix="export it again with `bench export`",
            )


def describing(path: Path) -> Path:
    """Return where an exported file's facts stand: ``cnn.onnx.json`` beside ``cnn.onnx``."""
    return path.with_name(f"{path.name}.json")


class ExportedDetector:
    """An exported network as a detector; the runtime is imported by `load`, not before.

    Parameters
    ----------
    path
        A file that `bench export` wrote.
    open_file
        Takes the file, its picture's side and the number of threads (0: as the runtime likes), and returns
        the compiled call.
    """

    def __init__(self, path: Path, open_file: Callable[[Path, int, int], Call]) -> None:
        self.exported = ExportedFile.read(path)
        self.threshold = self.exported.threshold
        self._open_file = open_file
        self._call: Call | None = None
        self._snapping: Snapping | None = None

    def load(self) -> None:
        """Check the file and have the runtime compile it for one picture.

        Raises
        ------
        InputError
            For a file that was tampered with, that the runtime cannot read, or without the runtime.
        """
        self.exported.check()
        try:
            self._call = self._open_file(self.exported.path, self.exported.size_px, threads_asked_for())
        except (ImportError, InputError):
            raise
        except Exception as problem:  # each runtime has types of its own for a foreign file
            raise InputError(
                f"cannot be read as an exported network ({type(problem).__name__})",
                where=self.exported.path,
                fix="export it again with `bench export`",
            ) from problem

    def predict(self, image: Image) -> float:
        """Return the probability of a frame, in [0, 1]."""
        return self.infer(self.prepare(image))

    def prepare(self, image: Image) -> npt.NDArray[np.uint8]:
        """Resize to the network's input, (1, size, size, 3) uint8."""
        return resize(image, self.exported.size_px)[np.newaxis]

    def infer(self, prepared: npt.NDArray[np.uint8]) -> float:
        """Return the probability of a frame for one prepared picture."""
        return self._opened()(prepared)[0]

    def locate(self, image: Image) -> Box | None:
        """Return the content box inside the frame in pixels, or None for a picture judged plain.

        Raises
        ------
        InputError
            For a network that does not know where a frame is.
        """
        score, sides = self.infer_sides(self.prepare(image))
        return None if score < self.threshold else self.place(image, sides, score)

    def infer_sides(self, prepared: npt.NDArray[np.uint8]) -> tuple[float, Floats | None]:
        """Return the probability of a frame, and its depths at the sides where the network gives them."""
        return self._opened()(prepared)

    def place(self, image: Image, sides: Floats | None, score: float) -> Box:
        """Return the content box for depths that `infer_sides` gave, moved onto edges in the picture.

        Raises
        ------
        InputError
            For a network that does not know where a frame is.
        """
        if sides is None:
            raise InputError(
                f"this network has no output {SIDES!r}", where=self.exported.path, fix="use canny to locate"
            )
        if self._snapping is None:
            self._snapping = read_snapping()
        return self._snapping.locate(image, sides, score)

    def close(self) -> None:
        """Let go of the runtime's memory."""
        self._call = None

    def _opened(self) -> Call:
        if self._call is None:
            self.load()
        assert self._call is not None
        return self._call


class LitertDetector(ExportedDetector):
    """LiteRT, once TensorFlow Lite, in float32."""

    def __init__(self, path: Path = WEIGHTS / "cnn.tflite") -> None:
        super().__init__(path, open_litert)


class LitertInt8Detector(LitertDetector):
    """LiteRT with weights of 8 bits and arithmetic of 8 bits."""

    def __init__(self, path: Path = WEIGHTS / "cnn-int8.tflite") -> None:
        super().__init__(path)


class OnnxDetector(ExportedDetector):
    """ONNX Runtime in float32."""

    def __init__(self, path: Path = WEIGHTS / "cnn.onnx") -> None:
        super().__init__(path, open_onnx)


class OpenvinoDetector(ExportedDetector):
    """OpenVINO in float32, from the ONNX file."""

    def __init__(self, path: Path = WEIGHTS / "cnn.onnx") -> None:
        super().__init__(path, open_openvino)


class OpenvinoBf16Detector(ExportedDetector):
    """OpenVINO in bfloat16, from the ONNX file, on CPUs that compute in it."""

    def __init__(self, path: Path = WEIGHTS / "cnn.onnx") -> None:
        super().__init__(path, open_openvino_bf16)


def open_litert(path: Path, size_px: int, threads: int) -> Call:
    """Open a ``.tflite`` file with LiteRT."""
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(str(path), num_threads=threads or None)
    (picture,) = interpreter.get_input_details()
    _check_input(picture["shape_signature"], size_px, path)
    # LiteRT keeps no order of outputs, and names them only in a slower interface: identified by their widths.
    places = {int(each["shape"][-1]): each["index"] for each in interpreter.get_output_details()}
    framed, sides = places[1], places.get(4)
    interpreter.allocate_tensors()

    def call(prepared: npt.NDArray[np.uint8]) -> tuple[float, Floats | None]:
        interpreter.set_tensor(picture["index"], prepared)
        interpreter.invoke()
        return (
            float(interpreter.get_tensor(framed)[0, 0]),
            None if sides is None else interpreter.get_tensor(sides)[0].astype(np.float64),
        )

    return call


def open_onnx(path: Path, size_px: int, threads: int) -> Call:
    """Open an ``.onnx`` file with ONNX Runtime on the CPU."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    (picture,) = session.get_inputs()
    _check_input(picture.shape, size_px, path)
    given = {each.name for each in session.get_outputs()}
    wanted, name = [FRAMED, SIDES] if SIDES in given else [FRAMED], picture.name

    def call(prepared: npt.NDArray[np.uint8]) -> tuple[float, Floats | None]:
        framed, *sides = session.run(wanted, {name: prepared})
        return float(framed[0, 0]), sides[0][0].astype(np.float64) if sides else None

    return call


def open_openvino(path: Path, size_px: int, threads: int) -> Call:
    """Open an ``.onnx`` file with OpenVINO in float32."""
    return _open_openvino(path, size_px, threads, precision="f32")


def open_openvino_bf16(path: Path, size_px: int, threads: int) -> Call:
    """Open an ``.onnx`` file with OpenVINO in bfloat16.

    Raises
    ------
    InputError
        On a CPU that does not compute in bfloat16.
    """
    return _open_openvino(path, size_px, threads, precision="bf16")


def _open_openvino(path: Path, size_px: int, threads: int, *, precision: str) -> Call:
    import openvino

    core = openvino.Core()
    if precision == "bf16" and "BF16" not in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
        raise InputError("this CPU does not compute in bfloat16", fix="use the float32 detector")
    model = core.read_model(path)
    _check_input(
        [each.get_length() if each.is_static else -1 for each in model.input().partial_shape], size_px, path
    )
    model.reshape([1, size_px, size_px, 3])
    # Named each time: left to itself OpenVINO takes bfloat16 where the CPU has it.
    settings: dict[str, Any] = {"INFERENCE_PRECISION_HINT": precision, "PERFORMANCE_HINT": "LATENCY"}
    if threads:
        settings["INFERENCE_NUM_THREADS"] = threads
    compiled = core.compile_model(model, "CPU", settings)
    given = {name for each in compiled.outputs for name in each.names}
    request = compiled.create_infer_request()

    def call(prepared: npt.NDArray[np.uint8]) -> tuple[float, Floats | None]:
        request.infer({0: prepared})
        return (
            float(request.get_tensor(FRAMED).data[0, 0]),
            request.get_tensor(SIDES).data[0].astype(np.float64) if SIDES in given else None,
        )

    return call


def _check_input(shape: Any, size_px: int, path: Path) -> None:
    """Refuse another network's file before it is called with pictures that do not fit."""
    if [*shape[1:]] != [size_px, size_px, 3]:
        raise InputError(
            f"takes {[*shape]}, not pictures of {size_px}x{size_px}x3",
            where=path,
            fix="export it again with `bench export`",
        )


def threads_asked_for() -> int:
    """Return the number of threads that the environment asks for; 0 where it does not."""
    for variable in _THREADS_VARIABLES:
        if os.environ.get(variable, "").isdigit():
            return int(os.environ[variable])
    return 0
