"""A run in a real MLflow store, in a file of SQLite."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

mlflow = pytest.importorskip("mlflow", reason="needs framejudge[mlflow]; `tox -e trackers` has it")

from made.small_run import write_made_run  # noqa: E402

from framejudge.bench.run import Run  # noqa: E402
from framejudge.bench.trackers import mlflow_run  # noqa: E402
from framejudge.datasets.errors import InputError  # noqa: E402


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run.open(write_made_run(tmp_path / "first"))


def test_metrics_parameters_files_and_a_model_are_in_the_store(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    uri = f"sqlite:///{tmp_path}/store.db"
    written = mlflow_run.log_run(run, uri=uri, experiment="shop", models=["canny"])
    stored = mlflow.tracking.MlflowClient(uri).get_run(written)
    accuracy = run.results.detectors["canny"].accuracy
    assert stored.data.metrics["canny/accuracy"] == accuracy.value
    assert stored.data.metrics["canny/accuracy.low"] == accuracy.low
    assert stored.data.params["seed"] == "0"
    files = {one.path for one in mlflow.tracking.MlflowClient(uri).list_artifacts(written)}
    assert {"run.json", "results.json"} <= files
    model = mlflow.pyfunc.load_model(f"runs:/{written}/canny")
    assert model.metadata.signature.inputs.inputs[0].shape == (-1, -1, -1, 3)
    pictures = np.full((2, 80, 90, 3), 255, dtype=np.uint8)
    pictures[1, :9], pictures[1, -9:], pictures[1, :, :9], pictures[1, :, -9:] = (
        (200, 0, 0),
        (200, 0, 0),
        50,
        50,
    )
    scores = model.predict(pictures)
    assert scores.shape == (2,)
    assert scores[0] < scores[1]


def test_a_store_that_refuses_is_one_line(tmp_path: Path, run: Run) -> None:
    with pytest.raises(InputError, match="MLflow refused the run"):
        mlflow_run.log_run(run, uri="nosuch://store")
