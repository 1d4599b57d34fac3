"""What the page's script works on: scores, times and attributes of every image, in compact columns.

A column of numbers is ``{"type": "f4", "bytes": BASE64}``, little-endian; texts that repeat are stored once.
100,000 images with 5 detectors so take about 10 MB.
"""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from framejudge.bench.run import Run
from framejudge.bench.run.columns import Answers, BoxArray, Categories, Columns, Positions, by_position
from framejudge.bench.run.comparison import RunComparison
from framejudge.reports.page.shown import distribution
from framejudge.reports.text.baseline import flips_by_detector

MOST_EXACT_SCORES = 200_000
"""Beyond, scores take four bytes each: a page of 100,000 images and five detectors stays below 15 MB."""

_SAFE = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


def embedded(value: object) -> str:
    """Return JSON that may stand inside an HTML script element, whatever texts it holds."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.translate(_SAFE)


def page_data(
    run: Run, compared: RunComparison | None = None, shown: Positions | None = None
) -> dict[str, Any]:
    """Return the data of a run for the page's script.

    Parameters
    ----------
    shown
        Positions of the images that the page carries, ascending; None for all.
    """
    results = run.results
    columns = run.columns if shown is None else run.columns.take(shown)
    times_ms = run.call_times.per_image_ms
    paths = columns.paths.to_pylist()
    # A run made by hand may list images that no row is about; they come after the others.
    known = set(paths if shown is None else run.columns.paths.to_pylist()) if results.unreadable else set()
    beside = [error for error in results.unreadable if error.path not in known]
    extra = len(beside)
    unreadable = by_position(columns.unreadable) | {
        len(columns) + k: error.message for k, error in enumerate(beside)
    }
    return {
        "run": run.manifest.started,
        "root": _images_root(run),
        "images_fingerprint": results.dataset.images_fingerprint,
        "detectors": [
            {"name": name, "threshold": found.threshold, "complete": found.status == "complete"}
            for name, found in results.detectors.items()
        ],
        "paths": [*paths, *(error.path for error in beside)],
        "labels": _column(_padded(columns.labels, extra, -1)),
        "scores": [_column(_padded(_scores(one, columns), extra, np.nan)) for one in columns.detectors],
        "at": None if shown is None else _column(shown),
        "distributions": None
        if shown is None
        else [_distribution(run, one) for one in run.columns.detectors],
        "latency": [
            _sparse((column if shown is None else column[shown]).astype(np.float32)) for column in times_ms
        ],
        "widths": _column(_padded(columns.sizes[:, 0], extra, 0)),
        "heights": _column(_padded(columns.sizes[:, 1], extra, 0)),
        "groups": _texts("group", columns.groups, extra) if _repeats(columns.groups) else None,
        "attributes": [_texts(name, column, extra) for name, column in columns.attributes.items()],
        "errors": [
            {k: why for k, why in by_position(one.errors).items() if k not in unreadable}
            for one in columns.detectors
        ],
        "boxes": [_boxes(one.boxes) for one in columns.detectors],
        "true_boxes": _boxes(columns.true_boxes),
        "flips": None if compared is None else _flips(compared, columns),
        "explanations": [by_position(one.explanations) for one in columns.detectors],
        "unreadable": unreadable,
    }


def _scores(answers: Answers, columns: Columns) -> npt.NDArray[Any]:
    """Return a detector's scores; of very many, rounded to seven digits on their side of the threshold."""
    if len(columns) * len(columns.detectors) <= MOST_EXACT_SCORES:
        return answers.scores
    rounded = answers.scores.astype(np.float32)
    says_framed = rounded >= answers.threshold
    beside = np.where(says_framed, np.float32(-1), np.float32(2))
    moved = says_framed != answers.says_framed
    rounded[moved] = np.nextafter(rounded[moved], beside[moved])
    return rounded


def _distribution(run: Run, answers: Answers) -> dict[str, Any]:
    values, framed, plain = distribution(run.columns, answers.scores, answers.threshold)
    return {"values": _column(values), "framed": _column(framed), "plain": _column(plain)}


def _images_root(run: Run) -> str:
    """Return the address of the set's folder as seen from the report: it holds while neither is moved."""
    way = os.path.relpath(run.manifest.dataset_root, run.folder.absolute())
    return f"./{quote(Path(way).as_posix())}/"


def _repeats(groups: Categories) -> bool:
    return len(groups.values) < len(groups.codes)


def _texts(name: str, column: Categories, extra: int) -> dict[str, Any]:
    return {
        "name": name,
        "values": column.values.to_pylist(),
        "codes": _column(_padded(column.codes, extra, -1)),
    }


def _padded(column: npt.NDArray[Any], extra: int, filler: float) -> npt.NDArray[Any]:
    return np.concatenate([column, np.full(extra, filler, dtype=column.dtype)])


def _sparse(values: npt.NDArray[np.float32]) -> dict[str, Any] | None:
    """Return where a column has values, and which; a timing pass takes a few hundred of all images."""
    at = np.flatnonzero(~np.isnan(values))
    return {"at": _column(at), "values": _column(values[at])} if len(at) else None


def _flips(compared: RunComparison, columns: Columns) -> list[dict[str, Any]]:
    """Return for each detector which images it judges otherwise than in the baseline, and its score there."""
    by_detector = flips_by_detector(compared)
    found = []
    for answers in columns.detectors:
        flips = by_detector.get(answers.name, ())
        at = columns.positions_of(pa.array([flip.path for flip in flips], pa.string()))
        before = np.array([flip.score_before for flip in flips], dtype=np.float32)  # to be read, not compared
        found.append({"at": _column(at[at >= 0]), "before": _column(before[at >= 0])})
    return found


def _boxes(boxes: BoxArray | None) -> dict[str, Any]:
    at = np.flatnonzero([] if boxes is None else np.isfinite(boxes[:, 0]))
    sides = at if boxes is None else boxes[at].astype(np.int64).ravel()
    return {"at": _column(at), "values": _column(sides)}


def _column(values: npt.NDArray[Any]) -> dict[str, str]:
    """Return numbers in the smallest type that holds each of them exactly."""
    candidates = ("f4", "f8") if values.dtype.kind == "f" else ("i1", "i2", "i4")
    for name in candidates:
        stored = values.astype(f"<{name}")
        if np.array_equal(stored.astype(values.dtype), values, equal_nan=values.dtype.kind == "f"):
            break
    return {"type": name, "bytes": base64.b64encode(stored.tobytes()).decode()}
