"""Runs of any size whose detectors are right where a test wants it: the input of a gate."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from framejudge.bench.figures.latency import Performance
from framejudge.bench.run import Figure, Latency
from framejudge.bench.run.columns import Answers, texts_at
from framejudge.bench.run.results import Scalar
from made.columns import made_columns
from made.run import MACHINE, failed, write_run

MACHINE_NAME = "Some CPU @ 2.60GHz, 2 cores"

CANNY_TO_CNN = Figure(value=0.43, low=0.42, high=0.44, method="bootstrap over blocks", n=8)
"""How many times as long canny takes, where a run has both."""

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
    images = next(len(one) for one in detectors.values() if one is not None)
    framed = np.arange(images) % 2 == 0
    columns = made_columns(
        np.where(np.arange(images) < relabelled, ~framed, framed),
        *(_answers(name, framed, one, without_score) for name, one in detectors.items()),
        a_group=images_per_group,
        style=["solid" if k % 4 < 2 else "striped" for k in range(images)],
    )
    return write_run(
        place,
        columns,
        performances={name: Performance(latency_ms=_latency(p50_ms)) for name in detectors},
        ratios={("canny", "cnn"): CANNY_TO_CNN},
        name="shop",
        fingerprint=fingerprint,
        environment=environment,
    )


def _answers(name: str, framed: Right, right_on: Right | None, without_score: int) -> Answers:
    if right_on is None:
        return failed(name, len(framed), "RuntimeError: no weights here")
    values = np.where(np.where(right_on, framed, ~framed), 0.9, 0.1)
    values[len(values) - without_score :] = np.nan
    missing = np.flatnonzero(np.isnan(values)).tolist()
    return Answers(
        name,
        values,
        threshold_source="tuned",
        errors=texts_at(dict.fromkeys(missing, "ValueError: odd"), len(values)),
    )


def _latency(p50_ms: float) -> Latency:
    figure = Figure(value=p50_ms, low=0.98 * p50_ms, high=1.02 * p50_ms, method="order-statistic", n=500)
    return Latency(
        calls=500,
        threads=1,
        arrivals="closed loop",
        p50=figure,
        p90=figure,
        p95=figure,
        p99=figure,
        p99_9=figure,
    )
