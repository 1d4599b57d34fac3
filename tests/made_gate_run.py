"""Runs of any size whose detectors are right where a test wants it: the input of a gate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from made_run import write_made_run

from framejudge.bench.engine.scoring import Scores
from framejudge.bench.figures import quality
from framejudge.bench.figures.quality import Truth
from framejudge.bench.run import (
    DetectorRecord,
    DetectorResult,
    Figure,
    ImageError,
    Latency,
    Run,
    folder,
    tables,
)
from framejudge.bench.run.results import Scalar

MACHINE: Mapping[str, Scalar] = {"cpu": "Some CPU @ 2.60GHz", "cores_available": 2}
MACHINE_NAME = "Some CPU @ 2.60GHz, 2 cores"

Right = npt.NDArray[np.bool_]


def right(images: int, wrong: int, *, first: int = 0) -> Right:
    """Return where a detector is right: everywhere but on ``wrong`` images from ``first`` on."""
    found = np.ones(images, dtype=bool)
    found[first : first + wrong] = False
    return found


def write_gate_run(
    place: Path,
    detectors: Mapping[str, Right | None],
    *,
    relabelled: int = 0,
    fingerprint: str = "3f" * 32,
    p50_ms: float = 2.0,
    environment: Mapping[str, Scalar] = MACHINE,
    without_score: int = 0,
    images_per_group: int = 1,
) -> Path:
    """Write a run whose images are framed and plain in turns; None stands for a detector that failed.

    The first ``relabelled`` images have the other label, whatever the detectors said; the last
    ``without_score`` ones have no score.
    """
    write_made_run(place)
    run = Run.open(place)
    images = next(len(one) for one in detectors.values() if one is not None)
    framed = np.arange(images) % 2 == 0
    labels = np.where(np.arange(images) < relabelled, ~framed, framed)
    truth = Truth(np.ones(images, dtype=bool), labels, np.arange(images) // images_per_group, {})
    scores = {name: _scores(framed, one, without_score) for name, one in detectors.items()}
    rows = [
        {
            "path": f"{k:05}.jpg",
            "group": f"photo-{k // images_per_group}",
            "label": "framed" if labels[k] else "plain",
            "detector": name,
            "score": None if np.isnan(found.scores[k]) else float(found.scores[k]),
            "attribute.style": "solid" if k % 4 < 2 else "striped",
        }
        for name, found in scores.items()
        for k in range(images)
    ]
    folder.write_predictions(place, pa.Table.from_pylist(rows, schema=tables.predictions_schema(["style"])))
    dataset = replace(
        run.results.dataset, images=images, images_fingerprint=fingerprint, name="shop", unreadable=0
    )
    results = replace(
        run.results,
        dataset=dataset,
        detectors={name: _result(truth, found, p50_ms) for name, found in scores.items()},
        slices=[],
        unreadable=[],
        warnings=[],
        environment=environment,
    )
    folder.write_results(place, results)
    record = DetectorRecord(target="mine:Detector", origin="made", files={})
    request = replace(run.manifest.request, detectors=list(detectors))
    folder.write_manifest(
        place, replace(run.manifest, request=request, detectors=dict.fromkeys(detectors, record))
    )
    return place


def _scores(framed: Right, right_on: Right | None, without_score: int) -> Scores:
    if right_on is None:
        return Scores(np.full(len(framed), np.nan), failure="RuntimeError: no weights here")
    said = np.where(right_on, framed, ~framed)
    values = np.where(said, 0.9, 0.1)
    values[len(values) - without_score :] = np.nan
    return Scores(values, dict.fromkeys(np.flatnonzero(np.isnan(values)).tolist(), "ValueError: odd"), 0.5)


def _result(truth: Truth, scores: Scores, p50_ms: float) -> DetectorResult:
    figure = Figure(value=p50_ms, low=0.98 * p50_ms, high=1.02 * p50_ms, method="order-statistic", n=500)
    latency = Latency(
        calls=500,
        threads=1,
        arrivals="closed loop",
        p50=figure,
        p90=figure,
        p95=figure,
        p99=figure,
        p99_9=figure,
    )
    errors = [
        ImageError(path=f"{k:05}.jpg", stage="predict", message=why) for k, why in scores.errors.items()
    ]
    return replace(quality.judge(truth, scores), latency_ms=latency, errors=errors)
