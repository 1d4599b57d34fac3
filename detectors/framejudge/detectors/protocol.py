"""The interface between framejudge and anyone's detector: one method, the rest optional."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

Image: TypeAlias = npt.NDArray[np.uint8]
"""A decoded picture: shape (H, W, 3), uint8, RGB."""

DEFAULT_THRESHOLD = 0.5
"""Used, and marked as a default, for a detector that brings no threshold of its own."""


class Detector(Protocol):
    """Says how surely a frame was drawn around a picture.

    Only ``predict`` is required. A whole plug-in::

        class Bright:
            def predict(self, image):
                return float(image[0].mean() / 255)

    and ``bench run --detectors canny,my_module:Bright`` compares it with the built-in ones.

    The optional members, exactly these:

    ``threshold: float``
        Scores at or above it mean framed. Fixed on tuning data, never on the set under test.
    ``load()`` / ``close()``
        Called once before the first and after the last prediction; timed apart.
    ``predict_batch(images) -> (n,) float array``
        Several images in one call; used where only throughput counts.
    ``prepare(image)`` and ``infer(prepared) -> float``
        Two stages whose composition is ``predict``; each is then timed too.
    ``locate(image) -> Box | None``
        The content box inside the frame, None for a plain picture.
    ``explain(image) -> Explanation``
        Why: a text, and lines in pixels.
    """

    def predict(self, image: Image) -> float:
        """Return a score in [0, 1] for a (H, W, 3) uint8 RGB picture; higher means more surely framed.

        NaN or a value outside [0, 1] counts as an error of that image.
        """
        ...


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line segment in pixels, from (x0, y0) to (x1, y1), and what it stands for."""

    x0: float
    y0: float
    x1: float
    y1: float
    kind: str = "edge"


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a detector scored a picture as it did, for a person to read."""

    text: str
    lines: tuple[Line, ...] = ()
