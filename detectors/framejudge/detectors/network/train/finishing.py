"""From trained weights to a model file: calibrated, with its threshold, its figures and where it comes from.

Imports Keras and TensorFlow.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from sklearn.metrics import roc_auc_score

from framejudge.datasets.atomic_file import replace_text
from framejudge.detectors.calibration import fit_platt, logit
from framejudge.detectors.network.model.architectures import FRAMED
from framejudge.detectors.network.model.detector import save_model
from framejudge.detectors.network.train.plan import Plan
from framejudge.detectors.network.train.stream import Floats, Pictures, Shard
from framejudge.detectors.thresholds import most_accurate_threshold


@dataclass(frozen=True, slots=True)
class Trained:
    """Where a training left its model, and its validation figures."""

    model: Path
    threshold: float
    accuracy: float
    auc: float


def finish(
    plan: Plan, model: keras.Model, validation: Shard, origin: Mapping[str, object], out: Path
) -> Trained:
    """Calibrate on the validation pictures, fix the threshold there, and write the model.

    ``origin`` is what the file is to say of the pictures that were trained on. The figures of a network that
    diverged, whose scores are no numbers, are None in the file.
    """
    scores = predict(model, validation.pictures)
    lost = not np.isfinite(scores).all()
    if not lost:
        _calibrate(model, scores, validation.framed)
        scores = predict(model, validation.pictures)
    threshold = 0.5 if lost else most_accurate_threshold(scores, validation.framed)
    path = out / "model.keras"
    save_model(model, path)
    trained = Trained(
        path,
        threshold,
        accuracy=float(np.mean((scores >= threshold) == validation.framed)),
        auc=float("nan") if lost else float(roc_auc_score(validation.framed, scores)),
    )
    facts = {
        "threshold": threshold,
        "size_px": int(model.input_shape[1]),
        "parameters": int(model.count_params()),
        "plan": {**asdict(plan), "initial": plan.initial and _sha256(Path(plan.initial))},
        **origin,
        "validation": {
            "images": len(scores),
            "accuracy": None if lost else trained.accuracy,
            "auc": None if lost else trained.auc,
        },
        "date": datetime.now(UTC).date().isoformat(),
        "versions": {
            "keras": keras.__version__,
            "tensorflow": tf.__version__,
            "python": platform.python_version(),
        },
        "sha256": _sha256(path),
    }
    replace_text(path.with_suffix(".json"), json.dumps(facts, indent=2, sort_keys=True) + "\n")
    return trained


def _calibrate(model: keras.Model, scores: Floats, framed: Floats) -> None:
    """Fold Platt scaling into the last layer, so that every exported file gives the same probability."""
    slope, shift = fit_platt(logit(scores), framed)
    last = model.get_layer(FRAMED)
    kernel, bias = last.get_weights()
    last.set_weights([kernel * slope, bias * slope + shift])


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def predict(model: keras.Model, pictures: Pictures) -> Floats:
    """Return the probabilities of (n, size, size, 3) uint8 pictures, shape (n,)."""
    outputs = model.predict(pictures, batch_size=256, verbose=0)
    return np.asarray(outputs[FRAMED] if isinstance(outputs, dict) else outputs, np.float64)[:, 0]
