"""Any binary image classifier as a detector: fed as its description says, its outputs read as a score."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.datasets.errors import InputError
from framejudge.detectors.model_file.description import ModelDescription
from framejudge.detectors.model_file.names import RUNTIMES
from framejudge.detectors.model_file.sessions import Session, open_session
from framejudge.detectors.network.model.checked.model_file import check_model_file
from framejudge.detectors.network.model.runtimes import threads_asked_for
from framejudge.detectors.protocol import Image

SUM_TOLERANCE = 1e-3
"""Two outputs of every tried picture that add up to 1 so nearly are probabilities; others are logits."""

PROBES = ((96, 96), (40, 200), (160, 120))
"""Height and width of made pictures that show what kind of outputs a model gives."""


@dataclass(frozen=True, slots=True)
class Input:
    """The pictures that a model takes: sides in pixels, channels first or last, type of a value."""

    height: int
    width: int
    channels_first: bool
    dtype: np.dtype[Any]


class ModelFileDetector:
    """A classifier from a file; its runtime is imported by `load`, not before."""

    def __init__(self, path: Path, description: ModelDescription) -> None:
        self._path = path
        self._description = description
        self._session: Session | None = None
        self._input: Input | None = None
        self._logits = description.output == "logit"
        if description.threshold is not None:
            self.threshold = description.threshold

    def load(self) -> None:
        """Check the file, have the runtime open it, and look at what it takes and gives.

        Raises
        ------
        InputError
            For a file that is refused, that its runtime cannot read, or that is no classifier of framed and
            plain pictures; without the runtime.
        """
        check_model_file(self._path)
        try:
            session = open_session(self._path, threads_asked_for())
        except InputError:
            raise
        except ImportError as problem:
            runtime = RUNTIMES[self._path.suffix.lower()]
            raise InputError(
                f"needs {problem.name or runtime.module}, which is not installed",
                where=self._path,
                fix=f"pip install 'framejudge[{runtime.extra}]'",
            ) from problem
        except Exception as problem:  # each runtime has types of its own for a foreign file
            raise InputError(
                f"cannot be opened ({type(problem).__name__}: {problem})",
                where=self._path,
                fix="export it again",
            ) from problem
        self._session, self._input = session, self._input_of(session)
        outputs = np.array([self._outputs(self.prepare(_made(*size))) for size in PROBES], np.float64)
        self._logits = self._gives_logits(outputs)

    def prepare(self, image: Image) -> npt.NDArray[Any]:
        """Resize, order and scale a picture as the model takes it, with a first axis of 1."""
        wanted = self._opened()[1]
        resized = cv2.resize(image, (wanted.width, wanted.height), interpolation=cv2.INTER_AREA)
        if self._description.channels == "BGR":
            resized = resized[..., ::-1]
        values = self._scaled(resized, wanted.dtype)
        ordered = values.transpose(2, 0, 1) if wanted.channels_first else values
        return np.ascontiguousarray(ordered[np.newaxis])

    def infer(self, prepared: npt.NDArray[Any]) -> float:
        """Return the probability of a frame for one prepared picture."""
        outputs = self._outputs(prepared).astype(np.float64)
        if len(outputs) == 2:
            if self._logits:
                powers = np.exp(outputs - outputs.max())
                outputs = powers / powers.sum()
            return float(np.clip(outputs[self._description.framed_class], 0, 1))
        score = 1 / (1 + np.exp(-outputs[0])) if self._logits else outputs[0]
        return float(score if self._description.framed_class else 1 - score)

    def predict(self, image: Image) -> float:
        """Return the probability of a frame, in [0, 1]."""
        self._opened()
        return self.infer(self.prepare(image))

    def close(self) -> None:
        """Let go of the runtime's memory."""
        self._session = self._input = None

    def _opened(self) -> tuple[Session, Input]:
        if self._session is None or self._input is None:
            self.load()
        assert self._session is not None and self._input is not None
        return self._session, self._input

    def _outputs(self, prepared: npt.NDArray[Any]) -> npt.NDArray[Any]:
        session = self._session
        assert session is not None
        outputs = session.run(prepared)
        if len(outputs) not in (1, 2):
            raise InputError(
                f"gives {len(outputs):,} values for a picture",
                where=self._path,
                fix="give a classifier of two classes, with 1 or 2 outputs",
            )
        return outputs

    def _input_of(self, session: Session) -> Input:
        shape, described = session.shape, self._description
        if len(shape) != 4 or shape[0] not in (None, 1) or 3 not in (shape[1], shape[3]):
            text = "x".join("?" if side is None else str(side) for side in shape)
            fix = "give a model of one RGB picture: 1 x height x width x 3, or 1 x 3 x height x width"
            raise InputError(
                f"takes {text or 'a single number'}, and no RGB picture", where=self._path, fix=fix
            )
        first = shape[3] != 3 if described.layout is None else described.layout == "NCHW"
        sides = shape[2:] if first else shape[1:3]
        size = described.size_px
        given = (size, size) if isinstance(size, int) else size or (None, None)
        height, width = (side or other for side, other in zip(sides, given, strict=True))
        if height is None or width is None:
            raise self._unsaid("takes pictures of any size", '{"size_px": 224}')
        if size is not None and given != (height, width):
            raise InputError(
                f"takes pictures of {width}x{height}, and its description says {given[1]}x{given[0]}",
                where=self._path,
                fix="leave size_px away",
            )
        is_float = np.issubdtype(session.dtype, np.floating)
        if is_float and described.scale is None and not session.scales_inside:
            raise self._unsaid(
                "takes floats, and nothing says how its pictures are scaled", '{"scale": "0..1"}'
            )
        return Input(int(height), int(width), first, session.dtype)

    def _unsaid(self, what: str, example: str) -> InputError:
        file = self._path.with_name(f"{self._path.name}.json").name
        fix = f"say so in {file} beside it, for example {example}"
        if "scale" in example:
            fix += ' ("0..255" and "-1..1" are possible too)'
        return InputError(what, where=self._path, fix=fix)

    def _scaled(self, pixels: npt.NDArray[Any], dtype: np.dtype[Any]) -> npt.NDArray[Any]:
        """Return pixels as the model's type; 8-bit whole numbers stand for 0 to 255 whatever their sign."""
        described = self._description
        if dtype == np.uint8:
            return pixels.astype(np.uint8)
        if dtype == np.int8:
            return (pixels.astype(np.int16) - 128).astype(np.int8)
        values: npt.NDArray[Any] = pixels.astype(np.float32)
        if described.scale == "0..1":
            values = values / 255
        elif described.scale == "-1..1":
            values = values / 127.5 - 1
        if described.mean is not None:
            values = values - np.asarray(described.mean, np.float32)
        if described.std is not None:
            values = values / np.asarray(described.std, np.float32)
        return values.astype(dtype)

    def _gives_logits(self, outputs: npt.NDArray[np.float64]) -> bool:
        """Find out what the outputs are where nobody says it."""
        if not np.isfinite(outputs).all():
            raise InputError("gives no numbers for made pictures", where=self._path, fix="check its scale")
        if self._description.output is not None:
            return self._description.output == "logit"
        inside = bool(((outputs >= 0) & (outputs <= 1)).all())
        if outputs.shape[1] == 1:
            return not inside
        return not (inside and bool((np.abs(outputs.sum(axis=1) - 1) <= SUM_TOLERANCE).all()))


def _made(height: int, width: int) -> Image:
    """Return a made picture: a slope with a coloured band around it."""
    slope = np.linspace(30, 220, width)[None, :, None] * np.linspace(0.4, 1, height)[:, None, None]
    picture = np.repeat(slope, 3, axis=2).astype(np.uint8)
    picture[: height // 8] = picture[-height // 8 :] = (190, 40, 60)
    return picture
