"""A trained network as a detector: one resize, one compiled call."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.datasets.atomic_file import replaced
from framejudge.datasets.errors import InputError
from framejudge.datasets.table.box import Box
from framejudge.detectors.network.locate.snapping import Snapping, read_snapping
from framejudge.detectors.network.model.architectures import FRAMED, SIDES
from framejudge.detectors.network.model.checked.description import read_description
from framejudge.detectors.network.model.checked.model_file import check_model_file
from framejudge.detectors.protocol import Image

WEIGHTS = Path(__file__).parent.parent / "weights"
BATCH = 64
"""Pictures in one compiled call where only throughput counts."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A ``.keras`` file and what was fixed with it, read from the ``.json`` beside it."""

    path: Path
    threshold: float
    size_px: int
    sha256: str | None = None

    @classmethod
    def read(cls, path: Path) -> ModelFile:
        """Read what stands beside a model file.

        Raises
        ------
        InputError
            When it is missing or not what `bench train` writes.
        """
        facts = read_description(path.with_suffix(".json"), fix="train with `bench train`")
        return cls(path, facts.threshold, facts.size_px, facts.sha256)

    def check(self) -> None:
        """Compare the file with the hash that was written beside it.

        Raises
        ------
        InputError
            When the file was changed or replaced after its threshold was fixed.
        """
        if self.sha256 is None or not self.path.is_file():
            return
        if hashlib.sha256(self.path.read_bytes()).hexdigest() != self.sha256:
            raise InputError(
                f"is not the file that {self.path.stem}.json describes: its SHA-256 differs",
                where=self.path,
                fix="put both files of one training there",
            )


def resize(image: Image, size_px: int) -> Image:
    """Resize a picture as every network here expects it: the one line that goes before the model."""
    return cv2.resize(image, (size_px, size_px), interpolation=cv2.INTER_AREA)  # type: ignore[return-value]


class NetworkDetector:
    """A network from a ``.keras`` file; TensorFlow is imported by `load`, not before.

    It locates where the network has the output ``sides`` (`LocatingDetector`).
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        self.model_file = ModelFile.read(Path(path))
        self.threshold = self.model_file.threshold
        self._size_px = self.model_file.size_px
        self._call_one: Callable[[Any], Any] | None = None
        self._call_batch: Callable[[Any], Any] | None = None
        self._model: Any = None

    def load(self) -> None:
        """Read the model in safe mode and compile it for one picture.

        A call with a fixed signature costs a fraction of ``model(x)`` and of ``model.predict(x)``.

        Raises
        ------
        InputError
            For a file that was tampered with, is not a Keras model or wants to run code of its own.
        """
        self.model_file.check()
        model = self._model = load_model(self.model_file.path)
        import tensorflow as tf

        size = self._size_px

        def score(pictures: Any) -> Any:
            outputs = model(pictures, training=False)
            return (outputs[FRAMED] if isinstance(outputs, dict) else outputs)[:, 0]

        one = tf.function(score, input_signature=[tf.TensorSpec((1, size, size, 3), tf.uint8)])
        self._call_one = one.get_concrete_function()
        self._call_batch = tf.function(
            score, input_signature=[tf.TensorSpec((BATCH, size, size, 3), tf.uint8)]
        )
        self._tensor = tf.constant

    def predict(self, image: Image) -> float:
        """Return the probability of a frame, in [0, 1]."""
        return self.infer(self.prepare(image))

    def prepare(self, image: Image) -> npt.NDArray[np.uint8]:
        """Resize to the network's input, (1, size, size, 3) uint8."""
        return resize(image, self._size_px)[np.newaxis]

    def infer(self, prepared: npt.NDArray[np.uint8]) -> float:
        """Return the probability of a frame for one prepared picture."""
        if self._call_one is None:
            self.load()
        assert self._call_one is not None
        return float(self._call_one(self._tensor(prepared)).numpy()[0])

    def predict_batch(self, images: Sequence[Image]) -> npt.NDArray[np.float64]:
        """Return the probabilities of (H, W, 3) pictures of any sizes, shape (n,)."""
        if self._call_batch is None:
            self.load()
        assert self._call_batch is not None
        scores = np.empty(len(images), np.float64)
        block = np.zeros((BATCH, self._size_px, self._size_px, 3), np.uint8)
        for start in range(0, len(images), BATCH):
            part = images[start : start + BATCH]
            for row, image in enumerate(part):
                block[row] = resize(image, self._size_px)
            # The block keeps its size, so that one compiled function serves every length.
            scores[start : start + len(part)] = self._call_batch(self._tensor(block)).numpy()[: len(part)]
        return scores

    def close(self) -> None:
        """Let go of the model."""
        self._call_one = self._call_batch = self._model = None


class LocatingDetector(NetworkDetector):
    """A network with the output ``sides``: it says where the frame is too, by what `fit_snapping` fitted."""

    def __init__(self, path: str | PathLike[str]) -> None:
        super().__init__(path)
        self._snapping: Snapping | None = None
        self._call_sides: Callable[[Any], Any] | None = None

    def locate(self, image: Image) -> Box | None:
        """Return the content box inside the frame in pixels, or None for a picture judged plain.

        Raises
        ------
        InputError
            For a network that does not know where a frame is.
        """
        score, sides = self.infer_sides(self.prepare(image))
        if score < self.threshold:
            return None
        if self._snapping is None:
            self._snapping = read_snapping()
        return self._snapping.locate(image, sides, score)

    def infer_sides(self, prepared: npt.NDArray[np.uint8]) -> tuple[float, npt.NDArray[np.float64]]:
        """Return the probability of a frame, and its depths at the left, top, right and bottom.

        The depths, shape (4,), are shares of the width or height; about 0 where there is no band.
        """
        if self._call_sides is None:
            self._call_sides = self._compile_sides()
        framed, sides = self._call_sides(self._tensor(prepared))
        return float(framed.numpy()[0, 0]), np.asarray(sides.numpy()[0], np.float64)

    def close(self) -> None:
        """Let go of the model."""
        super().close()
        self._call_sides = None

    def _compile_sides(self) -> Callable[[Any], Any]:
        if self._model is None:
            self.load()
        import tensorflow as tf

        model, size = self._model, self._size_px
        if SIDES not in model.output_names:
            raise InputError(
                f"this network has no output {SIDES!r}", where=self.model_file.path, fix="use canny to locate"
            )

        def call(pictures: Any) -> Any:
            outputs = model(pictures, training=False)
            return outputs[FRAMED], outputs[SIDES]

        compiled: Callable[[Any], Any] = tf.function(
            call, input_signature=[tf.TensorSpec((1, size, size, 3), tf.uint8)]
        ).get_concrete_function()
        return compiled


class CnnDetector(LocatingDetector):
    """The recommended network."""

    def __init__(self) -> None:
        super().__init__(WEIGHTS / "cnn.keras")


class Cnn2016Detector(NetworkDetector):
    """The published network, with weights of ours."""

    def __init__(self) -> None:
        super().__init__(WEIGHTS / "cnn-2016.keras")


def load_model(path: Path) -> Any:
    """Load a ``.keras`` file safely: no custom code, no pickle, no optimizer.

    Raises
    ------
    InputError
        For a file that is missing, damaged, foreign, or wants to run code of its own.
    """
    check_model_file(path)
    import keras

    try:
        return keras.saving.load_model(path, compile=False, safe_mode=True)
    except Exception as problem:  # Keras raises many types for a damaged or foreign file
        raise InputError(
            f"not a Keras model that can be loaded safely ({type(problem).__name__})",
            where=path,
            fix="use a .keras file written by `bench train`",
        ) from problem


def save_model(model: Any, path: Path) -> None:
    """Write a ``.keras`` file, compressed: Keras stores its parts as they are, empty space included."""
    plain = path.with_suffix(".plain.keras")
    try:
        model.save(plain)
        with (
            replaced(path) as draft,
            zipfile.ZipFile(plain) as parts,
            zipfile.ZipFile(draft, "w") as packed,
        ):
            for part in parts.infolist():
                packed.writestr(part.filename, parts.read(part), zipfile.ZIP_DEFLATED)
    finally:
        plain.unlink(missing_ok=True)
