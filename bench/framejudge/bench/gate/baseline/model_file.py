"""A model file as the old version of a detector."""

from __future__ import annotations

import importlib
import os
from pathlib import Path

from framejudge.bench.worker.process import PlacedSpec
from framejudge.datasets.errors import InputError
from framejudge.detectors.protocol import Detector

FILE_VARIABLE = "FRAMEJUDGE_GATE_MODEL"
DETECTORS = {
    ".keras": "framejudge.detectors.network.model.detector:NetworkDetector",
    ".onnx": "framejudge.detectors.network.model.runtimes:OnnxDetector",
    ".tflite": "framejudge.detectors.network.model.runtimes:LitertDetector",
}
"""What reads a file, by its suffix."""

SUFFIXES = tuple(DETECTORS)


def place_model_file(name: str, path: Path) -> PlacedSpec:
    """Return a detector of this name that lives in a model file, as `bench train` or `bench export` wrote it.

    Raises
    ------
    InputError
        For a file that no detector of ours reads.
    """
    if path.suffix not in SUFFIXES:
        raise InputError(
            f"a {path.suffix or 'nameless'} file is no model that can be a baseline",
            where=path,
            fix=f"give a {', '.join(SUFFIXES)} file, a run's folder, git:REV or package.module:Class",
        )
    return PlacedSpec(
        name=name,
        target="framejudge.bench.gate.baseline.model_file:open_model_file",
        origin=f"model file {path}",
        environment={FILE_VARIABLE: os.fspath(path.absolute())},
    )


def open_model_file() -> Detector:
    """Return the detector whose file the environment names; called in a worker."""
    path = Path(os.environ[FILE_VARIABLE])
    module, _, name = DETECTORS[path.suffix].partition(":")
    detector: Detector = getattr(importlib.import_module(module), name)(path)
    return detector
