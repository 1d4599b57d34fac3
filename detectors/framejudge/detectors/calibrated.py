"""A detector with a calibration of one's own: its scores become probabilities, its threshold fits the shop.

The file is one of `bench calibrate`. This needs the standard library and numpy: it runs in workers, too.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from framejudge.datasets.atomic_file import replace_text
from framejudge.datasets.errors import InputError
from framejudge.detectors.protocol import Image

SCHEMA = "framejudge/calibration/1"
LEAST_ODDS = 1e-7
"""Scores nearer than this to 0 or 1 count as this near: their log-odds stay finite."""

DIGEST_LETTERS = 16
"""Of the SHA-256 of an image's pixels: enough to know it again among millions."""

_FIX = "write it anew with `bench calibrate`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """``P(framed) = sigmoid(slope * log_odds(score) + shift)``, and the probability that means framed.

    Attributes
    ----------
    detector, target
        The name that it was fitted for, and the class that this stood for.
    weights
        SHA-256 of the files that the detector's scores came from, by name: it belongs to them alone.
    slope, shift
        ``slope`` is above 0.
    threshold
        Probabilities at or above it mean framed, in [0, 1].
    fitted_on
        The labelled images: their set, how many, and which; see `framejudge.bench.decide.calibrating`.
    figures
        Before and after, for people to read.
    """

    detector: str
    target: str
    weights: Mapping[str, str]
    slope: float
    shift: float
    threshold: float
    fitted_on: Mapping[str, Any] = field(default_factory=dict)
    figures: Mapping[str, Any] = field(default_factory=dict)

    def probability(self, scores: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return the probability of a frame for scores of any shape; NaN, or a score that is none, stays."""
        values = np.asarray(scores, np.float64)
        inside = np.clip(values, LEAST_ODDS, 1 - LEAST_ODDS)
        odds = self.slope * np.log(inside / (1 - inside)) + self.shift
        return np.where((values >= 0) & (values <= 1), 1 / (1 + np.exp(-odds)), values)

    def score_at(self, probability: float) -> float:
        """Return the detector's own score that has a probability."""
        inside = min(max(probability, LEAST_ODDS), 1 - LEAST_ODDS)
        odds = (math.log(inside / (1 - inside)) - self.shift) / self.slope
        return 1 / (1 + math.exp(-min(max(odds, -700.0), 700.0)))


class CalibratedDetector:
    """A detector whose scores are the probabilities of a calibration; it offers whatever the detector offers.

    ``threshold`` is on the scale of the probabilities; the detector itself gets it on its own scale.
    """

    def __init__(self, detector: Any, calibration: Calibration) -> None:
        self._detector = detector
        self._calibration = calibration
        self.threshold = calibration.threshold

    @property
    def threshold(self) -> float:
        """Probabilities at or above it mean framed."""
        return self._threshold

    @threshold.setter
    def threshold(self, value: float) -> None:
        self._threshold = value
        if hasattr(self._detector, "threshold"):  # locate and explain ask for it
            self._detector.threshold = self._calibration.score_at(value)

    def predict(self, image: Image) -> float:
        """Return the probability of a frame, in [0, 1]."""
        return self._calibrated(self._detector.predict(image))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # of a half-made object, for one
            raise AttributeError(name)
        member = getattr(self._detector, name)
        if name == "infer":
            return lambda prepared: self._calibrated(member(prepared))
        if name == "predict_batch":
            return lambda images: self._batch(member, images)
        return member

    def _calibrated(self, score: float) -> float:
        return float(self._calibration.probability(score))

    def _batch(self, predict_batch: Any, images: Sequence[Image]) -> npt.NDArray[np.float64]:
        return self._calibration.probability(predict_batch(images))


def read_calibration(file: Path) -> Calibration:
    """Read a file of `bench calibrate`.

    Raises
    ------
    InputError
        Where it cannot be read, or is none.
    """
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        if document.pop("schema") != SCHEMA:
            raise ValueError(f"its schema is not {SCHEMA!r}")
        found = Calibration(**document)
        numbers = (float(found.slope), float(found.shift), float(found.threshold))
        if not (all(map(math.isfinite, numbers)) and found.slope > 0 and 0 <= found.threshold <= 1):
            raise ValueError(f"slope, shift and threshold {numbers} make no probability")
        dict(found.weights)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise InputError(f"no calibration can be read ({problem})", where=file, fix=_FIX) from problem
    return found


def write_calibration(calibration: Calibration, file: Path) -> None:
    """Write a file that `read_calibration` reads.

    Raises
    ------
    InputError
        When the disk is full or the folder cannot be written.
    """
    document = {"schema": SCHEMA, **asdict(calibration)}
    replace_text(file, json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def seen_before(calibration: Calibration, digests: Sequence[str | None]) -> int:
    """Return how many images, by the SHA-256 of their pixels, a calibration was fitted on."""
    known = set(calibration.fitted_on.get("images_sha256", ()))
    return sum(digest is not None and digest[:DIGEST_LETTERS] in known for digest in digests)
