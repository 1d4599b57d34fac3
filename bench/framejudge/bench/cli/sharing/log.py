"""``bench log``: a stored run in an experiment tracker."""

from __future__ import annotations

import importlib.util
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeAlias

import typer


class Tracker(StrEnum):
    """Where a run can be logged."""

    MLFLOW = "mlflow"
    WANDB = "wandb"


RunPlace: TypeAlias = Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a stored run.")]
To: TypeAlias = Annotated[Tracker, typer.Option("--to", help="Tracker to log the run in.")]
Experiment: TypeAlias = Annotated[
    str | None,
    typer.Option(help="MLflow's experiment, or the project of Weights & Biases; by default framejudge."),
]
Uri: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--tracking-uri", help="MLflow's store, for example file:mlruns; by default MLFLOW_TRACKING_URI."
    ),
]
Models: TypeAlias = Annotated[
    str | None,
    typer.Option("--models", metavar="A,B", help="Detectors to log in MLflow as models with a signature."),
]
Online: TypeAlias = Annotated[
    bool, typer.Option("--online", help="Send to the server of Weights & Biases; by default files stay here.")
]


def log(
    run: RunPlace,
    to: To,
    experiment: Experiment = None,
    tracking_uri: Uri = None,
    models: Models = None,
    online: Online = False,
) -> None:
    """Log a stored run in MLflow or Weights & Biases: parameters, metrics with intervals, files, report."""
    from framejudge.bench.api import open_run
    from framejudge.datasets.errors import InputError

    stored = open_run(run)
    _check_installed(to)
    names = [name.strip() for name in (models or "").split(",") if name.strip()]
    unknown = sorted(set(names) - set(stored.results.detectors))
    if unknown:
        has = ", ".join(stored.results.detectors)
        raise InputError(f"{unknown[0]!r} is not in this run", where="--models", fix=f"it has {has}")
    if to is Tracker.MLFLOW:
        from framejudge.bench.trackers import mlflow_run

        written = mlflow_run.log_run(stored, uri=tracking_uri, experiment=experiment, models=names)
        typer.echo(f"MLflow run: {written}")
    else:
        from framejudge.bench.trackers import wandb_run

        written = wandb_run.log_run(stored, project=experiment, online=online)
        typer.echo(f"Weights & Biases: {written}")
        if not online:
            typer.echo(f"send it with: wandb sync {written}")


def _check_installed(tracker: Tracker) -> None:
    from framejudge.datasets.errors import InputError

    if importlib.util.find_spec(tracker) is None:
        raise InputError(f"{tracker} is not installed", fix=f"pip install 'framejudge[{tracker}]'")
