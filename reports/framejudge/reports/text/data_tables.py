"""The report's tables as plain rows, for CSV files: numbers in full, nothing where there is none."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np

from framejudge.bench.run import Figure, Run
from framejudge.bench.run.calls import CallTimes
from framejudge.bench.run.columns import FRAMED, Columns
from framejudge.bench.run.comparison import RunComparison
from framejudge.bench.run.images.drift import SetDrift
from framejudge.bench.run.metrics import METRICS
from framejudge.bench.run.verdicts import GateResults
from framejudge.datasets.atomic_file import replaced
from framejudge.reports.attached import Attached
from framejudge.reports.charts.curves import wrongness
from framejudge.reports.gate.table import verdicts_on
from framejudge.reports.text.mistakes import worst_first
from framejudge.reports.text.slowest import timed_detectors

Value: TypeAlias = str | int | float | None

FLIP_COLUMNS = ("detector", "path", "label", "effect", "score_before", "score_after")
GATE_COLUMNS = ("rule", "verdict", "before", "after", "change", "p", "minimum_detectable_effect", "reason")
SPREAD = ("low", "median", "high", "mean", "images")
DRIFT_COLUMNS = (
    "property",
    *(f"{key}_before" for key in SPREAD),
    *(f"{key}_after" for key in SPREAD),
    "distance",
    "superiority",
    "p",
    "shift",
)
FIGURE_COLUMNS = ("value", "low", "high", "n", "method", "reason")


@dataclass(frozen=True, slots=True)
class DataTable:
    """A table with the name of its file, its columns and its rows."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Value]]


def write_tables(run: Run, folder: Path, attached: Attached | None = None) -> list[Path]:
    """Write every table of a run as CSV (UTF-8, one header line) into a folder, made if missing."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for table in data_tables(run, attached):
        path = folder / f"{table.name}.csv"
        with (
            replaced(path) as draft,
            draft.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file,
        ):
            writer = csv.writer(file)
            writer.writerow(table.columns)
            writer.writerows(table.rows)
        written.append(path)
    return written


def data_tables(run: Run, attached: Attached | None = None) -> list[DataTable]:
    """Return figures, comparisons, slices, mistakes, latency an image, and images without a score.

    With a baseline, its changes and flips too; with a gate's verdicts in the run's folder, these.
    """
    compared, gate = (attached or Attached()).baseline, verdicts_on(run)
    further = []
    if compared is not None:
        further.append(
            DataTable("changes", ("detector", "figure", *FIGURE_COLUMNS), list(_changes(compared)))
        )
        further.append(DataTable("flips", FLIP_COLUMNS, list(_flips(compared))))
    if attached is not None and attached.drift is not None:
        further.append(DataTable("drift", DRIFT_COLUMNS, list(_drift(attached.drift))))
    if gate is not None:
        further.append(DataTable("gate", GATE_COLUMNS, list(_verdicts(gate))))
    columns = run.columns
    return [
        DataTable("figures", ("detector", "figure", *FIGURE_COLUMNS), list(_figures(run))),
        DataTable("comparisons", ("a", "b", "figure", *FIGURE_COLUMNS), list(_comparisons(run))),
        DataTable(
            "slices",
            ("attribute", "value", "detector", "images", "figure", *FIGURE_COLUMNS),
            list(_slices(run)),
        ),
        DataTable(
            "mistakes",
            ("detector", "path", "label", "score", "threshold", "wrongness", *columns.attributes),
            list(_mistakes(columns)),
        ),
        DataTable(
            "latency",
            ("path", "width_px", "height_px", "detector", "median_ms", "score"),
            list(_latency(columns, run.call_times)),
        ),
        DataTable("problems", ("path", "detector", "stage", "message"), list(_problems(run))),
        *further,
    ]


def _cells(figure: Figure) -> tuple[Value, ...]:
    return (figure.value, figure.low, figure.high, figure.n, figure.method, figure.reason)


def _figures(run: Run) -> Iterator[Sequence[Value]]:
    for name, found in run.results.detectors.items():
        for metric in METRICS.values():
            if (figure := metric.read(found)) is not None:
                yield (name, metric.name, *_cells(figure))


def _comparisons(run: Run) -> Iterator[Sequence[Value]]:
    for found in run.results.comparisons:
        for key in ("auc_difference", "accuracy_difference", "mcnemar_p", "latency_ratio"):
            yield (found.a, found.b, key, *_cells(getattr(found, key)))


def _slices(run: Run) -> Iterator[Sequence[Value]]:
    for part in run.results.slices:
        for key in ("accuracy", "recall", "specificity"):
            yield (part.attribute, part.value, part.detector, part.images, key, *_cells(getattr(part, key)))


def _mistakes(columns: Columns) -> Iterator[Sequence[Value]]:
    for answers in columns.detectors:
        images = worst_first(columns, answers)
        framed = columns.labels[images] == FRAMED
        distances = wrongness(answers.scores[images], framed, answers.threshold)
        for image, is_framed, distance in zip(images.tolist(), framed, distances, strict=True):
            attributes = (column.text(image) for column in columns.attributes.values())
            label = "framed" if is_framed else "plain"
            score = float(answers.scores[image])
            path, threshold = columns.path(image), answers.threshold
            yield (answers.name, path, label, score, threshold, float(distance), *attributes)


def _latency(columns: Columns, calls: CallTimes) -> Iterator[Sequence[Value]]:
    for d in timed_detectors(calls):
        answers, times_ms = columns.detectors[d], calls.per_image_ms[d]
        for image in np.flatnonzero(~np.isnan(times_ms)).tolist():
            width, height = (int(side) or None for side in columns.sizes[image])
            score = float(answers.scores[image])
            yield (
                columns.path(image),
                width,
                height,
                answers.name,
                float(times_ms[image]),
                None if np.isnan(score) else score,
            )


def _problems(run: Run) -> Iterator[Sequence[Value]]:
    for error in run.results.unreadable:
        yield (error.path, None, error.stage, error.message)
    for name, found in run.results.detectors.items():
        for error in found.errors:
            yield (error.path, name, error.stage, error.message)


def _changes(compared: RunComparison) -> Iterator[Sequence[Value]]:
    for change in compared.detectors:
        for key in ("accuracy_difference", "auc_difference", "mcnemar_p", "latency_ratio"):
            yield (change.detector, key, *_cells(getattr(change, key)))


def _flips(compared: RunComparison) -> Iterator[Sequence[Value]]:
    for flip in compared.flips:
        yield (flip.detector, flip.path, flip.label, flip.effect, flip.score_before, flip.score_after)


def _drift(found: SetDrift) -> Iterator[Sequence[Value]]:
    for one in found.properties:
        spreads = (getattr(side, key) for side in (one.before, one.after) for key in SPREAD)
        yield (one.property, *spreads, one.distance, one.superiority, one.p.value, one.size)


def _verdicts(gate: GateResults) -> Iterator[Sequence[Value]]:
    for one in gate.rules:
        figures = (None if figure is None else figure.value for figure in (one.before, one.after, one.change))
        yield (one.rule.name, one.verdict, *figures, one.p, one.minimum_detectable_effect, one.reason)
