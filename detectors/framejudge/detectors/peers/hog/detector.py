"""The detector: scikit-image's HOG of the picture at a fixed size, times one weight each."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from math import exp
from os import PathLike
from pathlib import Path
from typing import Any, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt
from skimage.feature import hog

from framejudge.datasets.atomic_file import replace_text
from framejudge.datasets.errors import InputError
from framejudge.datasets.text_files import read_json
from framejudge.detectors.protocol import Image

Floats: TypeAlias = npt.NDArray[np.float32]

SCHEMA = "framejudge/hog/1"
DEFAULT_FILE = Path(__file__).with_name("hog.json")
FIX = "fit one with `python -m framejudge.detectors.peers.hog.training`"

SIDE_PX = 96
CELL_PX = 8
BLOCK_CELLS = 2
ORIENTATIONS = 9
"""Cells, blocks and orientations as Dalal and Triggs found best for people."""

FEATURES = (SIDE_PX // CELL_PX - BLOCK_CELLS + 1) ** 2 * BLOCK_CELLS**2 * ORIENTATIONS


@dataclass(frozen=True, slots=True)
class LinearModel:
    """What is fitted: log-odds = ``weights @ features + intercept``.

    Attributes
    ----------
    weights
        Shape (`FEATURES`,).
    threshold
        Scores at or above it mean framed.
    provenance
        Where the numbers come from; not used in any calculation.
    """

    weights: Floats
    intercept: float
    threshold: float
    provenance: dict[str, Any] = field(default_factory=dict)


class HogDetector:
    """Histograms of oriented gradients and a linear model.

    Parameters
    ----------
    model
        A file that ``python -m framejudge.detectors.peers.hog.training`` wrote; by default the package's own.

    Raises
    ------
    InputError
        When the file cannot be read.

    References
    ----------
    .. [1] N. Dalal, B. Triggs, "Histograms of oriented gradients for human detection", CVPR 2005.
    """

    def __init__(self, model: str | PathLike[str] | None = None) -> None:
        self._model = read_model(DEFAULT_FILE if model is None else Path(model))
        self.threshold = self._model.threshold

    def prepare(self, image: Image) -> Floats:
        """Compute the features of a (H, W, 3) uint8 RGB picture; (`FEATURES`,)."""
        return features(image)

    def infer(self, prepared: Floats) -> float:
        """Return how surely a frame was drawn around the picture, in [0, 1]."""
        log_odds = float(prepared @ self._model.weights) + self._model.intercept
        return 1 / (1 + exp(-log_odds)) if log_odds > 0 else 1 - 1 / (1 + exp(log_odds))

    def predict(self, image: Image) -> float:
        """Return how surely a frame was drawn around the picture, in [0, 1]."""
        return self.infer(self.prepare(image))


def features(image: Image) -> Floats:
    """Return the HOG of a picture at `SIDE_PX`, the channel of the steepest gradient taken at each pixel."""
    small = cv2.resize(image, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)
    described = hog(
        small,
        orientations=ORIENTATIONS,
        pixels_per_cell=(CELL_PX, CELL_PX),
        cells_per_block=(BLOCK_CELLS, BLOCK_CELLS),
        block_norm="L2-Hys",
        channel_axis=2,
    )
    return np.asarray(described, np.float32)


def read_model(path: Path) -> LinearModel:
    """Read a model's plain numbers.

    Raises
    ------
    InputError
        When the file is missing, malformed, or was fitted for other features.
    """
    try:
        document = read_json(path)
        if document["schema"] != SCHEMA:
            raise ValueError(f"schema is {document['schema']!r}, not {SCHEMA!r}")
        weights = np.array(document["weights"], np.float32)
        intercept, threshold = float(document["intercept"]), float(document["threshold"])
        if weights.shape != (FEATURES,):
            raise ValueError(f"weights of shape {weights.shape}, not ({FEATURES},)")
        if not (np.isfinite(weights).all() and np.isfinite(intercept) and 0 <= threshold <= 1):
            raise ValueError("a number is out of its range")
        return LinearModel(weights, intercept, threshold, dict(document["provenance"]))
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise InputError(f"not a readable model: {problem!r}", where=path, fix=FIX) from problem


def write_model(model: LinearModel, path: Path) -> None:
    """Write a model as JSON: provenance, threshold, and weights of five digits, a block a line."""
    head = {
        "schema": SCHEMA,
        "provenance": model.provenance,
        "threshold": round(model.threshold, 4),
        "intercept": round(model.intercept, 5),
    }
    by_block = model.weights.reshape(-1, BLOCK_CELLS**2 * ORIENTATIONS)
    rows = ",\n".join(", ".join(f"{weight:.5g}" for weight in block) for block in by_block.tolist())
    replace_text(path, f'{json.dumps(head, indent=1)[:-2]},\n "weights": [\n{rows}\n]\n}}\n')
