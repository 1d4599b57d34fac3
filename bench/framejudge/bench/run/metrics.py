"""The metrics of a run: their names, units, which way is better, and where a detector's result holds them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import attrgetter

from framejudge.bench.run.figure import Figure
from framejudge.bench.run.results import DetectorResult

Read = Callable[[DetectorResult], Figure | None]


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric.

    Attributes
    ----------
    read
        Returns the figure of a detector's result; None where it was not measured.
    unit
        Empty for a pure number.
    higher_is_better
        Which way is better.
    share
        Whether it is a share of images, so that a change of it is told in points.
    measured
        Whether a machine gave it; False for what follows from scores and labels alone.
    """

    read: Read
    unit: str = ""
    higher_is_better: bool = True
    share: bool = False
    measured: bool = False


def _percentile(name: str) -> Metric:
    def read(result: DetectorResult) -> Figure | None:
        return None if result.latency_ms is None else getattr(result.latency_ms, name)

    return Metric(read, "ms", higher_is_better=False, measured=True)


def _quality(name: str, *, share: bool = False, higher_is_better: bool = True) -> Metric:
    return Metric(attrgetter(name), share=share, higher_is_better=higher_is_better)


def _cost(name: str, unit: str) -> Metric:
    return Metric(attrgetter(name), unit, higher_is_better=False, measured=True)


PERCENTILES = ("p50", "p90", "p95", "p99", "p99_9")
THROUGHPUT = "images_per_second"
LATENCY_RATIO = "latency_ratio"
"""How many times as long as another detector of the same run: see `Results.latency_ratio`."""

METRICS: Mapping[str, Metric] = {
    "accuracy": _quality("accuracy", share=True),
    "balanced_accuracy": _quality("balanced_accuracy", share=True),
    "auc": _quality("auc"),
    "precision": _quality("precision", share=True),
    "recall": _quality("recall", share=True),
    "specificity": _quality("specificity", share=True),
    "f1": _quality("f1"),
    "brier": _quality("brier", higher_is_better=False),
    **{name: _percentile(name) for name in PERCENTILES},
    "load_ms": _cost("load_ms", "ms"),
    "first_call_ms": _cost("first_call_ms", "ms"),
    THROUGHPUT: Metric(attrgetter(THROUGHPUT), "1/s", measured=True),
    "peak_memory_mib": _cost("peak_memory_mib", "MiB"),
}

QUALITY = tuple(name for name, metric in METRICS.items() if not metric.measured)
"""What follows from scores and labels alone."""
