"""A run in MLflow: parameters, metrics, tags, files, and detectors as models with their signature."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import mlflow
import mlflow.pyfunc
import numpy as np
from mlflow.exceptions import MlflowException
from mlflow.models import ModelSignature
from mlflow.types import Schema, TensorSpec

from framejudge.bench.run import Run
from framejudge.bench.trackers.record import record_of
from framejudge.datasets.errors import InputError
from framejudge.detectors.opened import OpenedDetector
from framejudge.detectors.opening import open_detector
from framejudge.detectors.registry import find

SIGNATURE = ModelSignature(
    inputs=Schema([TensorSpec(np.dtype(np.uint8), (-1, -1, -1, 3))]),
    outputs=Schema([TensorSpec(np.dtype(np.float64), (-1,))]),
)
"""Pictures of one size as uint8 RGB in, the score of each in [0, 1] out."""

PARAM_MAX_CHARACTERS = 6000
"""The longest parameter that every MLflow store takes."""


class DetectorModel(mlflow.pyfunc.PythonModel):  # type: ignore[misc]  # mlflow's classes are untyped
    """A detector by its name, as MLflow serves it; framejudge has to be installed where it is loaded."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._detector: OpenedDetector | None = None

    def load_context(self, context: Any) -> None:
        """Open the detector."""
        self._detector = open_detector(find(self._name)).__enter__()

    def predict(self, context, model_input, params=None):  # type: ignore[no-untyped-def]  # MLflow reads hints as a schema
        """Return the score of each picture, shape (n,), float64 in [0, 1], of pictures (n, H, W, 3) uint8."""
        assert self._detector is not None  # MLflow calls load_context first
        return np.array([self._detector.predict(image) for image in np.asarray(model_input)])


def log_run(
    run: Run, *, uri: str | None = None, experiment: str | None = None, models: Sequence[str] = ()
) -> str:
    """Write a stored run to an MLflow store, as a run of its own.

    Parameters
    ----------
    uri
        The store: ``sqlite:///FILE`` or ``http://HOST``; None for what MLflow's own settings say
        (``MLFLOW_TRACKING_URI``).
    models
        Detectors of the run to be logged as models, too.

    Returns
    -------
    str
        MLflow's id of the run.

    Raises
    ------
    InputError
        Where the store cannot be reached or refuses something.
    """
    if uri is not None:
        mlflow.set_tracking_uri(uri)
    try:
        mlflow.set_experiment(experiment or "framejudge")
        return _log(run, models)
    except MlflowException as problem:
        raise InputError(
            f"MLflow refused the run: {str(problem).splitlines()[0]}",
            where=mlflow.get_tracking_uri(),
            fix="give another --tracking-uri, for example sqlite:///mlflow.db",
        ) from problem


def _log(run: Run, models: Sequence[str]) -> str:
    record = record_of(run)
    with mlflow.start_run(run_name=record.name) as active:
        mlflow.log_params(
            {_allowed(name): text[:PARAM_MAX_CHARACTERS] for name, text in record.params.items()}
        )
        mlflow.set_tags({_allowed(name): text for name, text in record.tags.items()})
        mlflow.log_metrics({_allowed(name): value for name, value in record.metrics.items()})
        for file in record.files:
            mlflow.log_artifact(str(file))
        for name in models:
            mlflow.pyfunc.log_model(
                name=re.sub(r"[^A-Za-z0-9_.-]", "_", name),
                python_model=DetectorModel(name),
                signature=SIGNATURE,
                input_example=np.full((1, 64, 64, 3), 255, dtype=np.uint8),
                pip_requirements=[f"framejudge=={run.manifest.version}"],
            )
        return str(active.info.run_id)


def _allowed(name: str) -> str:
    """Return a name with the characters that MLflow takes in names of parameters, tags and metrics."""
    return re.sub(r"[^A-Za-z0-9_./ :-]", "_", name)
