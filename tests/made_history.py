"""Rows of runs with made-up scores and times, at made-up commits, for tests of whatever follows one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
from made_run import write_made_run

from framejudge.bench.run import Comparison, DetectorRecord, Figure, Run, folder, tables

IMAGES = 400


def write_history(
    place: Path,
    *,
    accuracies: Sequence[float],
    p50_ms: Sequence[float] | None = None,
    facts: Mapping[int, Mapping[str, str | bool | None]] | None = None,
    files: Mapping[int, str] | None = None,
) -> list[Path]:
    """Write a run of ``canny`` for each accuracy, an hour and a commit apart.

    An accuracy changes by as few images as it can. ``facts`` are the environment's by the run's position, and
    ``files`` the hash of the detector's file from a position on.
    """
    times = p50_ms or [1.0] * len(accuracies)
    made = write_made_run(place / "template")
    template = Run.open(made)
    written = []
    for k, (accuracy, time) in enumerate(zip(accuracies, times, strict=True)):
        written.append(_write(place / f"run-{k:02}", template, k, accuracy, time, facts or {}, files or {}))
    for file in made.iterdir():
        file.unlink()
    made.rmdir()
    return written


def _write(
    place: Path,
    template: Run,
    k: int,
    accuracy: float,
    p50_ms: float,
    facts: Mapping[int, Mapping[str, str | bool | None]],
    files: Mapping[int, str],
) -> Path:
    folder.claim(place, force=False)
    started = f"2026-11-{1 + k:02}T10:00:00+00:00"
    found = template.results.detectors["canny"]
    assert found.latency_ms is not None
    p50 = Figure(value=p50_ms, low=p50_ms * 0.99, high=p50_ms * 1.01, method="order-statistics", n=200)
    results = replace(
        template.results,
        detectors={"canny": replace(found, threshold=0.5, latency_ms=replace(found.latency_ms, p50=p50))},
        comparisons=[_ratio_to_cnn(template.results.comparisons[0], p50_ms)],
        environment={
            **template.results.environment,
            "commit": f"{k:040x}",
            "commit_time": started,
            "commit_branch": "main",
            "commit_dirty": False,
            **facts.get(k, {}),
        },
    )
    hashes = [files[start] for start in sorted(files) if start <= k]
    record = DetectorRecord(target="t", origin="built-in", files={"rules.py": hashes[-1] if hashes else "00"})
    manifest = replace(
        template.manifest,
        started=started,
        request=replace(template.manifest.request, detectors=["canny"]),
        detectors={"canny": record},
        environment=results.environment,
    )
    folder.write_manifest(place, manifest)
    folder.write_predictions(place, _predictions(accuracy))
    folder.write_timings(place, tables.TIMINGS.empty_table())
    folder.write_results(place, results)
    return place


def _ratio_to_cnn(comparison: Comparison, p50_ms: float) -> Comparison:
    ratio = Figure(value=2 / p50_ms, low=1.9 / p50_ms, high=2.1 / p50_ms, method="median-of-blocks", n=20)
    return replace(comparison, a="cnn", b="canny", latency_ratio=ratio)


def _predictions(accuracy: float) -> pa.Table:
    ease = np.random.default_rng(11).permutation(IMAGES) / IMAGES
    rows = []
    for k in range(IMAGES):
        framed = k % 2 == 0
        right = ease[k] < accuracy
        rows.append(
            {
                "path": f"{k:04}.jpg",
                "group": f"photo-{k // 2}",
                "label": "framed" if framed else "plain",
                "detector": "canny",
                "score": (0.6 + 0.3 * ease[k]) if framed == right else (0.4 - 0.3 * ease[k]),
                "predicted": "framed" if framed == right else "plain",
            }
        )
    return pa.Table.from_pylist(rows, schema=tables.predictions_schema([]))
