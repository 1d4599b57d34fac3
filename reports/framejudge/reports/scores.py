"""A run's predictions and timings turned from rows into columns, one position an image."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from framejudge.bench.run import Run
from framejudge.bench.run.tables import ATTRIBUTE_PREFIX
from framejudge.reports.charts.curves import Floats, Ints

FRAMED, PLAIN, UNDECIDED = 1, 0, -1

Box: TypeAlias = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels, half-open."""


@dataclass(frozen=True, slots=True)
class Categories:
    """A column of few distinct texts: ``values[codes[i]]`` is image i's; code -1 where it has none."""

    codes: Ints
    values: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """What every detector said of every image.

    Attributes
    ----------
    paths
        One an image, in the run's order.
    labels
        (n,) `FRAMED`, `PLAIN` or `UNDECIDED`.
    detectors
        Names, in the run's order.
    thresholds
        (d,) a score at or above it means framed.
    scores
        (d, n) in [0, 1]; NaN where the detector gave none.
    latency_ms
        (d, n) median over an image's timed calls; NaN where it was not timed.
    calls_ms
        For each detector its timed calls.
    errors, explanations
        For each detector the message of an image that has one, by position.
    boxes
        For each detector the content box (left, top, right, bottom) that it found, in pixels, by position.
    true_boxes
        The content box of the labels, in pixels, by position.
    sizes
        (n, 2) width and height in pixels; 0 where not known.
    groups
        The source photo of each image.
    attributes
        The set's further columns by name.
    """

    paths: Sequence[str]
    labels: npt.NDArray[np.int8]
    detectors: Sequence[str]
    thresholds: Floats
    scores: Floats
    latency_ms: Floats
    calls_ms: Sequence[Floats]
    errors: Sequence[Mapping[int, str]]
    boxes: Sequence[Mapping[int, Box]]
    true_boxes: Mapping[int, Box]
    explanations: Sequence[Mapping[int, str]]
    sizes: Ints
    groups: Categories
    attributes: Mapping[str, Categories]

    def judged(self, detector: int) -> npt.NDArray[np.bool_]:
        """Return (n,) True where the image has a label and this detector's score."""
        return np.asarray(~np.isnan(self.scores[detector]) & (self.labels != UNDECIDED))

    def wrong(self, detector: int) -> npt.NDArray[np.bool_]:
        """Return (n,) True where this detector's answer differs from the label."""
        says_framed = self.scores[detector] >= self.thresholds[detector]
        return np.asarray(self.judged(detector) & (says_framed != (self.labels == FRAMED)))


def read_scores(run: Run) -> Scores:
    """Turn a run's tables into columns, in the order in which images first occur."""
    table = run.predictions
    names = list(run.results.detectors)
    path_codes, paths = _encoded(table["path"])
    detector_codes = _positions(table["detector"], names)
    first = np.full(len(paths), -1)
    first[path_codes[::-1]] = np.arange(len(path_codes))[::-1]

    scores = np.full((len(names), len(paths)), np.nan)
    known = detector_codes >= 0
    given = pc.cast(table["score"], pa.float64()).to_numpy(zero_copy_only=False)
    scores[detector_codes[known], path_codes[known]] = given[known]

    latency, calls = _latency(run.timings, names, paths)
    texts = [
        _by_position(table, column, detector_codes, path_codes, len(names))
        for column in ("error", "explanation")
    ]
    return Scores(
        paths=paths,
        labels=_labels(table["label"].take(pa.array(first))),
        detectors=names,
        thresholds=np.array([run.results.detectors[name].threshold for name in names]),
        scores=scores,
        latency_ms=latency,
        calls_ms=calls,
        errors=texts[0],
        boxes=_boxes(table, detector_codes, path_codes, len(names)),
        true_boxes=_true_boxes(table, path_codes),
        explanations=texts[1],
        sizes=np.stack([_integers(table, side)[first] for side in ("width", "height")], axis=1),
        groups=_categories(table["group"].take(pa.array(first))),
        attributes={
            name.removeprefix(ATTRIBUTE_PREFIX): _categories(table[name].take(pa.array(first)))
            for name in table.column_names
            if name.startswith(ATTRIBUTE_PREFIX)
        },
    )


def _encoded(column: pa.ChunkedArray) -> tuple[Ints, list[str]]:
    """Return each row's position in the list of distinct values, in order of first occurrence."""
    encoded = column.combine_chunks().dictionary_encode()
    codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)
    return codes.astype(np.int64), encoded.dictionary.to_pylist()


def _positions(column: pa.ChunkedArray, names: Sequence[str]) -> Ints:
    codes, values = _encoded(column)
    lookup = np.array([names.index(value) if value in names else -1 for value in values] + [-1])
    return np.asarray(lookup[codes], dtype=np.int64)


def _categories(column: pa.ChunkedArray) -> Categories:
    codes, values = _encoded(column)
    return Categories(codes, values)


def _labels(column: pa.ChunkedArray) -> npt.NDArray[np.int8]:
    codes, values = _encoded(column)
    meaning = {"framed": FRAMED, "plain": PLAIN}
    lookup = np.array([meaning.get(value, UNDECIDED) for value in values] + [UNDECIDED], dtype=np.int8)
    return np.asarray(lookup[codes], dtype=np.int8)


def _integers(table: pa.Table, name: str) -> Ints:
    if name not in table.column_names:
        return np.zeros(table.num_rows, dtype=np.int64)
    filled = pc.fill_null(pc.cast(table[name], pa.int64()), 0)
    return np.asarray(filled.to_numpy(), dtype=np.int64)


def _by_position(
    table: pa.Table, name: str, detector_codes: Ints, path_codes: Ints, detectors: int
) -> list[dict[int, str]]:
    """Return the texts of a sparse column: for each detector, by image position."""
    found: list[dict[int, str]] = [{} for _ in range(detectors)]
    if name not in table.column_names:
        return found
    rows = np.flatnonzero(pc.is_valid(table[name]).to_numpy())
    for row, text in zip(rows, table[name].take(pa.array(rows)).to_pylist(), strict=True):
        if detector_codes[row] >= 0:
            found[detector_codes[row]][int(path_codes[row])] = text
    return found


def _boxes(table: pa.Table, detector_codes: Ints, path_codes: Ints, detectors: int) -> list[dict[int, Box]]:
    found: list[dict[int, Box]] = [{} for _ in range(detectors)]
    for row, box in _sparse_boxes(table, "box"):
        if detector_codes[row] >= 0:
            found[detector_codes[row]][int(path_codes[row])] = box
    return found


def _true_boxes(table: pa.Table, path_codes: Ints) -> dict[int, Box]:
    """Return the labels' content boxes; each detector's rows repeat them."""
    return {int(path_codes[row]): box for row, box in _sparse_boxes(table, "true")}


def _sparse_boxes(table: pa.Table, prefix: str) -> Iterator[tuple[int, Box]]:
    """Yield the rows that hold a box, where the run has such columns."""
    sides = [f"{prefix}_{side}" for side in ("left", "top", "right", "bottom")]
    if not set(sides) <= set(table.column_names):
        return
    rows = np.flatnonzero(pc.is_valid(table[sides[0]]).to_numpy())
    columns = [_integers(table, side)[rows].tolist() for side in sides]
    for row, left, top, right, bottom in zip(rows.tolist(), *columns, strict=True):
        yield row, (left, top, right, bottom)


def _latency(timings: pa.Table, names: Sequence[str], paths: Sequence[str]) -> tuple[Floats, list[Floats]]:
    """Return the (d, n) median milliseconds an image, and every call of each detector.

    Where images arrived by a schedule, both count from the arrival, as the run's percentiles do.
    """
    scheduled = pc.any(pc.equal(timings["stage"], "response")).as_py()
    whole = timings.filter(pc.equal(timings["stage"], "response" if scheduled else "predict"))
    detector_codes = _positions(whole["detector"], names)
    codes, timed = _encoded(whole["path"])
    position = {path: index for index, path in enumerate(paths)}
    lookup = np.array([position.get(path, -1) for path in timed] + [-1])
    path_codes = lookup[codes]
    milliseconds = whole["nanoseconds"].to_numpy() / 1e6
    medians = np.full((len(names), len(paths)), np.nan)
    for detector in range(len(names)):
        rows = np.flatnonzero((detector_codes == detector) & (path_codes >= 0))
        rows = rows[np.lexsort((milliseconds[rows], path_codes[rows]))]
        images, starts, counts = np.unique(path_codes[rows], return_index=True, return_counts=True)
        lower, upper = rows[starts + (counts - 1) // 2], rows[starts + counts // 2]
        medians[detector, images] = (milliseconds[lower] + milliseconds[upper]) / 2
    return medians, [milliseconds[detector_codes == detector] for detector in range(len(names))]
