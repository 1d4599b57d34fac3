"""A run's timed calls in pytest-benchmark's JSON, so that its ``compare`` and dashboards can read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt

from framejudge.bench.run import DetectorResult, Run
from framejudge.bench.run.calls import nanoseconds
from framejudge.bench.run.results import Scalar
from framejudge.datasets.errors import InputError

FORMAT_VERSION = "5.0.0"
"""The release of pytest-benchmark whose fields these are."""

SHOWN_FIGURES = ("accuracy", "auc", "balanced_accuracy", "recall", "specificity")
STAGES = ("predict", "prepare", "infer")
UNVERSIONED = "unversioned"
"""What pytest-benchmark calls a commit where there is no repository."""

Floats = npt.NDArray[np.float64]


def pytest_benchmark_document(run: Run) -> dict[str, Any]:
    """Return a run as pytest-benchmark would have saved it: one benchmark per detector and timed stage.

    Times are seconds, one per call, in the order of the calls. Benchmarks of one stage form a group, so that
    ``pytest-benchmark compare`` puts detectors, and runs, into one table.

    Raises
    ------
    InputError
        Where the run timed nothing.
    """
    benchmarks = list(_benchmarks(run))
    if not benchmarks:
        raise InputError(
            "no call was timed, so there is nothing to export",
            where=run.folder,
            fix="leave --no-timing away",
        )
    facts = run.results.environment
    return {
        "machine_info": _machine_info(facts),
        "commit_info": _commit_info(facts),
        "benchmarks": benchmarks,
        "datetime": run.manifest.finished or run.manifest.started,
        "version": FORMAT_VERSION,
    }


def _benchmarks(run: Run) -> Iterator[dict[str, Any]]:
    for name, result in run.results.detectors.items():
        for stage in STAGES:
            seconds = nanoseconds(run.timings, name, stage) / 1e9
            if len(seconds):
                yield _benchmark(run, name, result, stage, seconds)


def _benchmark(run: Run, name: str, result: DetectorResult, stage: str, seconds: Floats) -> dict[str, Any]:
    dataset = run.results.dataset
    return {
        "group": stage,
        "name": f"{stage}[{name}]",
        "fullname": f"{dataset.name}::{stage}[{name}]",
        "params": {"detector": name},
        "param": name,
        "extra_info": {
            "dataset": dataset.name,
            "images_fingerprint": dataset.images_fingerprint,
            "labels_fingerprint": dataset.labels_fingerprint,
            "threads": run.manifest.request.threads,
            **{figure: asdict(getattr(result, figure)) for figure in SHOWN_FIGURES},
        },
        "options": {
            "disable_gc": True,
            "timer": "perf_counter_ns",
            "min_rounds": run.manifest.request.calls,
            "max_time": None,
            "min_time": None,
            "warmup": True,
        },
        "stats": {**statistics_of(seconds), "data": seconds.tolist(), "iterations": 1},
    }


def statistics_of(seconds: Floats) -> dict[str, float | int | str]:
    """Return pytest-benchmark's statistics of some rounds, shape (n,) in seconds, at least one.

    Quartiles are Tukey's hinges as pytest-benchmark computes them, and an outlier lies more than one standard
    deviation from the mean, or more than 1.5 interquartile ranges outside the quartiles.
    """
    data = np.sort(seconds)
    n = len(data)
    mean, total = float(np.mean(data)), float(np.sum(data))
    stddev = float(np.std(data, ddof=1)) if n > 1 else 0.0
    q1, q3 = _quartile(data), -_quartile(-data[::-1])
    iqr = q3 - q1
    within = data[(data >= q1 - 1.5 * iqr) & (data <= q3 + 1.5 * iqr)]
    far_from_mean = int(np.sum((data < mean - stddev) | (data > mean + stddev)))
    return {
        "min": float(data[0]),
        "max": float(data[-1]),
        "mean": mean,
        "stddev": stddev,
        "rounds": n,
        "median": float(np.median(data)),
        "iqr": iqr,
        "q1": q1,
        "q3": q3,
        "iqr_outliers": n - len(within),
        "stddev_outliers": far_from_mean,
        "outliers": f"{far_from_mean};{n - len(within)}",
        "ld15iqr": float(within[0]),
        "hd15iqr": float(within[-1]),
        "ops": n / total if total else 0.0,
        "total": total,
    }


def _quartile(data: Floats) -> float:
    """Return the first quartile of sorted data: the median of the lower half, or, of an odd number, its
    interpolation (Wikipedia's methods 2 and 3).
    """
    n = len(data)
    if n == 1:
        return float(data[0])
    if n % 2 == 0:
        return float(np.median(data[: n // 2]))
    whole, rest = divmod(n, 4)
    if rest == 1:
        return float(0.25 * data[whole - 1] + 0.75 * data[whole])
    return float(0.75 * data[whole] + 0.25 * data[whole + 1])


def _machine_info(facts: Mapping[str, Scalar]) -> dict[str, Any]:
    platform = str(facts.get("platform") or "")
    system, _, release = platform.partition("-")
    return {
        "node": "",  # a run does not record the machine's name
        "processor": facts.get("cpu") or "",
        "machine": facts.get("machine"),
        "python_compiler": "",
        "python_implementation": facts.get("implementation"),
        "python_implementation_version": facts.get("python"),
        "python_version": facts.get("python"),
        "python_build": [],
        "release": release,
        "system": system,
        "cpu": {"brand_raw": facts.get("cpu"), "count": facts.get("cores")},
    }


def _commit_info(facts: Mapping[str, Scalar]) -> dict[str, Any]:
    return {
        "id": facts.get("commit") or UNVERSIONED,
        "time": facts.get("commit_time"),
        "author_time": None,
        "dirty": bool(facts.get("commit_dirty")),
        "project": "framejudge",
        "branch": facts.get("commit_branch") or "(unknown)",
    }
