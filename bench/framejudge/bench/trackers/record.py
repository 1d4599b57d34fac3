"""What every tracker is given of a run: parameters, metrics with both ends of their intervals, files."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from framejudge.bench.run import DetectorResult, Run
from framejudge.bench.run.metrics import METRICS

FILES = ("run.json", "results.json", "report.html")
"""What a reader of the tracker's page can open; tables of single images stay in the run's folder."""


@dataclass(frozen=True, slots=True)
class Record:
    """A run as a tracker keeps it.

    Attributes
    ----------
    name
        The run's folder.
    params
        What was asked, and on which set: one text each.
    tags
        Fingerprints, versions, and where the run happened: one text each.
    metrics
        ``DETECTOR/METRIC``, and where it has an interval ``DETECTOR/METRIC.low`` and ``.high``; times in
        milliseconds, memory in MiB, shares between 0 and 1.
    files
        Files of the run's folder that exist.
    """

    name: str
    params: Mapping[str, str]
    tags: Mapping[str, str]
    metrics: Mapping[str, float]
    files: tuple[Path, ...]


def record_of(run: Run) -> Record:
    """Return what a tracker keeps of a stored run."""
    request, results = run.manifest.request, run.results
    asked = {name: value for name, value in dataclasses.asdict(request).items() if value is not None}
    params = {name: _text(value) for name, value in asked.items()}
    params |= {f"{name}.threshold": f"{one.threshold:.6g}" for name, one in results.detectors.items()}
    tags = {
        "framejudge.version": run.manifest.version,
        "framejudge.started": run.manifest.started,
        "framejudge.images_fingerprint": results.dataset.images_fingerprint,
        "framejudge.labels_fingerprint": results.dataset.labels_fingerprint,
        **{f"environment.{name}": _text(value) for name, value in results.environment.items()},
        **{f"status.{name}": one.status for name, one in results.detectors.items()},
    }
    metrics = {"images": float(results.dataset.images)}
    for name, one in results.detectors.items():
        metrics |= {f"{name}/{metric}": value for metric, value in _metrics(one)}
    files = tuple(run.folder / file for file in FILES if (run.folder / file).is_file())
    return Record(run.folder.resolve().name, params, tags, metrics, files)


def _metrics(result: DetectorResult) -> Iterator[tuple[str, float]]:
    for metric in METRICS.values():
        figure = metric.read(result)
        if figure is None:
            continue
        for ending, value in zip(("", ".low", ".high"), figure.ends, strict=True):
            if value is not None:
                yield metric.name + ending, value


def _text(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
