"""Rows of runs with made-up scores and times, at made-up commits, for tests of whatever follows one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from framejudge.bench.figures.latency import Performance
from framejudge.bench.run import Comparison, Figure, Latency
from framejudge.bench.run.columns import Answers, Columns
from made.columns import made_columns
from made.run import ENVIRONMENT, edit_results, write_run

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
    return [
        _write(place / f"run-{k:02}", k, accuracy, time, facts or {}, files or {})
        for k, (accuracy, time) in enumerate(zip(accuracies, times, strict=True))
    ]


def _write(
    place: Path,
    k: int,
    accuracy: float,
    p50_ms: float,
    facts: Mapping[int, Mapping[str, str | bool | None]],
    files: Mapping[int, str],
) -> Path:
    started = f"2026-11-{1 + k:02}T10:00:00+00:00"
    hashes = [files[start] for start in sorted(files) if start <= k]
    columns = _columns(accuracy)
    p50 = Figure(value=p50_ms, low=p50_ms * 0.99, high=p50_ms * 1.01, method="order-statistics", n=200)
    none = Figure(value=None, reason="too few calls")
    latency = Latency(
        calls=200, threads=1, arrivals="closed loop", p50=p50, p90=p50, p95=p50, p99=none, p99_9=none
    )
    commit = {"commit": f"{k:040x}", "commit_time": started, "commit_branch": "main", "commit_dirty": False}
    write_run(
        place,
        columns,
        name="built-in",
        performances={"canny": Performance(latency_ms=latency)},
        environment={**ENVIRONMENT, **commit, **facts.get(k, {})},
        started=started,
        files={"canny": {"rules.py": hashes[-1] if hashes else "00"}},
    )
    ratio = Figure(value=2 / p50_ms, low=1.9 / p50_ms, high=2.1 / p50_ms, method="median-of-blocks", n=20)
    unknown = Figure(value=None, reason="not compared")
    edit_results(
        place,
        comparisons=[
            Comparison(
                a="cnn",
                b="canny",
                auc_difference=unknown,
                accuracy_difference=unknown,
                mcnemar_p=unknown,
                latency_ratio=ratio,
            )
        ],
    )
    return place


def _columns(accuracy: float) -> Columns:
    ease = np.random.default_rng(11).permutation(IMAGES) / IMAGES
    framed = np.arange(IMAGES) % 2 == 0
    says_framed = framed == (ease < accuracy)
    scores = np.where(says_framed, 0.6 + 0.3 * ease, 0.4 - 0.3 * ease)
    return made_columns(framed, Answers("canny", scores), a_group=2)
