"""The metrics of a run: their names, units, which way is better, and where a detector's result holds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from framejudge.bench.run.figure import Figure
from framejudge.bench.run.results import DetectorResult

Unit = Literal["", "ms", "1/s", "MiB", "px", "times"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric.

    Attributes
    ----------
    name
        As histories and reports write it. Rules name a percentile with its unit: ``p50_ms``.
    path
        Where a `DetectorResult` holds the figure; empty where it takes two detectors, or two versions of one.
    unit
        Empty for a pure number.
    higher_is_better
        Which way is better.
    share
        Whether it is a share, written in per cent; a change of it is written in points.
    measured
        Whether a machine gave it; False for what follows from labels and the detector's answers.
    """

    name: str
    path: str
    unit: Unit = ""
    higher_is_better: bool = True
    share: bool = False
    measured: bool = False

    def read(self, result: DetectorResult) -> Figure | None:
        """Return a detector's figure; None where it was not measured."""
        found: Any = result if self.path else None
        for name in self.path.split("."):
            found = None if found is None else getattr(found, name)
        return found if isinstance(found, Figure) else None


def _cost(name: str, unit: Unit = "ms", *, path: str | None = None) -> Metric:
    return Metric(name, name if path is None else path, unit, higher_is_better=False, measured=True)


def _box(name: str, unit: Unit = "", *, share: bool = False, higher_is_better: bool = False) -> Metric:
    return Metric(name, f"boxes.{name}", unit, higher_is_better, share)


PERCENTILES = ("p50", "p90", "p95", "p99", "p99_9")
THROUGHPUT = "images_per_second"
LATENCY_RATIO = "latency_ratio"
"""How many times as long as another detector of the same run: see `Results.latency_ratio`."""

LATENCY, LATENCY_TAIL = "latency", "latency_tail"
"""Of two versions that were measured in pairs: the median of all calls, and the slowest images."""

_OF_SCORES = (
    Metric("accuracy", "accuracy", share=True),
    Metric("balanced_accuracy", "balanced_accuracy", share=True),
    Metric("recall", "recall", share=True),
    Metric("specificity", "specificity", share=True),
    Metric("precision", "precision", share=True),
    Metric("f1", "f1"),
    Metric("auc", "auc"),
    Metric("brier", "brier", higher_is_better=False),
)
_OF_BOXES = (
    _box("within_tolerance", share=True, higher_is_better=True),
    _box("missed", share=True),
    _box("side_error_px_p50", "px"),
    _box("side_error_px_p95", "px"),
    _box("iou", higher_is_better=True),
    _box("content_cut", share=True),
    _box("plain_changed", share=True),
)
_MEASURED = (
    *(_cost(name, path=f"latency_ms.{name}") for name in PERCENTILES),
    *(_cost(name, path=f"stages_ms.{name}") for name in ("prepare", "infer")),
    Metric("load", "latency_ms.open_loop.load", higher_is_better=False, share=True, measured=True),
    *(_cost(name, path=f"latency_ms.open_loop.{name}") for name in ("call_p50", "call_p99")),
    Metric("highest_rate", "highest_rate.per_second", "1/s", measured=True),
    Metric(THROUGHPUT, THROUGHPUT, "1/s", measured=True),
    _cost("load_ms"),
    _cost("first_call_ms"),
    _cost("peak_memory_mib", "MiB"),
)
_OF_TWO = (_cost(LATENCY, path=""), _cost(LATENCY_TAIL, path=""), _cost(LATENCY_RATIO, "times", path=""))
METRICS: Mapping[str, Metric] = {one.name: one for one in (*_OF_SCORES, *_OF_BOXES, *_MEASURED, *_OF_TWO)}

QUALITY = tuple(one.name for one in _OF_SCORES)
"""What follows from scores and labels alone."""

PERCENTILES_MS = tuple(f"{name}_ms" for name in PERCENTILES)
"""Percentiles of latency, as rules name them."""


def find(name: str) -> Metric:
    """Return the metric that a rule or a history names.

    >>> find("p50_ms").name, find("latency_ratio:canny").unit
    ('p50', 'times')

    Raises
    ------
    KeyError
        For a name that is no metric's.
    """
    name = name.partition(":")[0]
    return METRICS[name.removesuffix("_ms") if name in PERCENTILES_MS else name]
