"""The per-image table on disk: predictions.parquet read into columns, and columns written as its rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from framejudge.bench.run.columns import (
    LABELS,
    UNLABELLED,
    Answers,
    BoxArray,
    Categories,
    Columns,
    Positions,
    encoded,
    texts_at,
    where_located,
)
from framejudge.bench.run.results import WHILE_TIMED, DetectorResult, Results
from framejudge.bench.run.tables import ATTRIBUTE_PREFIX, predictions_schema

SIDES = ("left", "top", "right", "bottom")

_OF_ANSWERS = ("score", "predicted", "error", *(f"box_{side}" for side in SIDES), "explanation")
"""Columns that are one detector's; the others say the same in each detector's rows."""

_NAMES = pa.array(["plain", "framed"])
"""By code."""


def read_columns(table: pa.Table, results: Results | None = None) -> Columns:
    """Turn predictions into columns, in the order in which images first occur.

    Parameters
    ----------
    table
        A row per image and detector, as `framejudge.bench.run.tables` describes it; only
        ``path``, ``detector``, ``score`` and ``predicted`` have to be there.
    results
        The run's figures: which detectors, their thresholds, who failed, what could not be read. Without
        them, all detectors in the table, each with the lowest score that it called framed as its threshold.
    """
    answers = table.select([name for name in table.column_names if name in _OF_ANSWERS])
    path_codes, paths = encoded(table["path"])
    first = np.full(len(paths), -1, dtype=np.int64)
    first[path_codes[::-1]] = np.arange(len(path_codes))[::-1]
    of_images = table.drop_columns([*answers.column_names, "path"]).take(pa.array(first))
    found = read_images(of_images.append_column("path", paths))
    codes, names = encoded(table["detector"])
    rows = {name: np.flatnonzero(codes == code) for code, name in enumerate(names.to_pylist())}
    if results is not None:
        why = {error.path: error.message for error in results.unreadable}
        at = found.positions_of(pa.array(why, pa.string())).tolist()
        texts = {position: text for position, text in zip(at, why.values(), strict=True) if position >= 0}
        found = replace(found, unreadable=texts_at(texts, len(found)))
        rows = {name: rows.get(name, np.empty(0, dtype=np.int64)) for name in results.detectors}
    return found.answered(
        _answers(name, answers, own, path_codes[own], len(paths), results) for name, own in rows.items()
    )


def read_images(table: pa.Table) -> Columns:
    """Turn a row per image, as `images_table` writes it, into columns without answers."""
    labels = _labels(_column(table, "label"))
    true_boxes = _boxes(table, "true")
    return Columns(
        paths=table["path"].combine_chunks(),
        labels=labels,
        groups=Categories.of(_column(table, "group")),
        sizes=np.stack([_integers(table, side) for side in ("width", "height")], axis=1),
        true_boxes=true_boxes,
        located=where_located(labels, true_boxes),
        attributes={
            name.removeprefix(ATTRIBUTE_PREFIX): Categories.of(table[name])
            for name in table.column_names
            if name.startswith(ATTRIBUTE_PREFIX)
        },
    )


def images_table(columns: Columns) -> pa.Table:
    """Return a row per image: what all detectors' rows share."""
    return pa.table(
        {
            "path": columns.paths,
            "group": columns.groups.texts(),
            "label": _NAMES.take(pa.array(columns.labels, pa.int8(), mask=~columns.labelled)),
            **{
                name: pa.array(columns.sizes[:, k], mask=columns.sizes[:, k] <= 0)
                for k, name in enumerate(("width", "height"))
            },
            **_box_columns("true", columns.true_boxes, len(columns)),
            **{f"{ATTRIBUTE_PREFIX}{name}": column.texts() for name, column in columns.attributes.items()},
        }
    )


def predictions_table(columns: Columns) -> pa.Table:
    """Return a row per image and detector, detector by detector in the order of the images."""
    schema = predictions_schema(columns.attributes)
    images = images_table(columns)
    shared = {name: images[name] for name in images.column_names}
    no_texts = pa.nulls(len(columns), pa.string())
    parts = [
        pa.table(
            {
                **shared,
                "detector": pa.repeat(answers.name, len(columns)),
                "score": pa.array(answers.scores, mask=~answers.scored),
                "predicted": _NAMES.take(pa.array(answers.says_framed.astype(np.int8), mask=~answers.scored)),
                "error": no_texts if answers.errors is None else answers.errors,
                **_box_columns("box", answers.boxes, len(columns)),
                "explanation": no_texts if answers.explanations is None else answers.explanations,
            },
            schema=schema,
        )
        for answers in columns.detectors
    ]
    return pa.concat_tables(parts) if parts else schema.empty_table()


def _answers(
    name: str, table: pa.Table, rows: Positions, at: Positions, images: int, results: Results | None
) -> Answers:
    """Return a detector's rows, each at its image's position."""
    own = table.take(pa.array(rows))
    where = np.full(images, -1, dtype=np.int64)
    where[at] = np.arange(len(at))
    given = pc.cast(own["score"], pa.float64()).to_numpy().astype(np.float64)
    boxes = _boxes(own, "box")
    answers = Answers(
        name,
        given,
        errors=_texts(own, "error"),
        boxes=boxes if np.isfinite(boxes).any() else None,
        explanations=_texts(own, "explanation"),
    ).take(where)
    if results is None:
        called = own.filter(pc.equal(own["predicted"], "framed"))["score"]
        return replace(answers, threshold=pc.min(called).as_py() if len(called) else 1.0)
    result = results.detectors[name]
    asked = result.boxes is not None
    return replace(
        answers,
        threshold=result.threshold,
        threshold_source=result.threshold_source,
        failure=_scoring_failure(result),
        boxes=np.full((images, 4), np.nan) if asked and answers.boxes is None else answers.boxes,
    )


def _scoring_failure(result: DetectorResult) -> str | None:
    """Return why a detector's scores are not judged; one that failed while it was timed had scored before."""
    failure = result.failure or "it failed"
    return None if result.status == "complete" or failure.startswith(WHILE_TIMED) else failure


def _column(table: pa.Table, name: str) -> pa.ChunkedArray | pa.Array:
    """Return a column of texts; null everywhere in a table that knows no such column."""
    return table[name] if name in table.column_names else pa.nulls(table.num_rows, pa.string())


def _labels(texts: pa.ChunkedArray | pa.Array) -> npt.NDArray[np.int8]:
    codes, values = encoded(texts)
    meaning = [LABELS.get(value, UNLABELLED) for value in values.to_pylist()]
    return np.array([*meaning, UNLABELLED], dtype=np.int8)[codes]


def _integers(table: pa.Table, name: str) -> npt.NDArray[np.int32]:
    if name not in table.column_names:
        return np.zeros(table.num_rows, dtype=np.int32)
    return np.asarray(pc.fill_null(table[name], 0).to_numpy(), dtype=np.int32)


def _boxes(table: pa.Table, prefix: str) -> BoxArray:
    boxes = np.full((table.num_rows, 4), np.nan)
    for side, name in enumerate(SIDES):
        if f"{prefix}_{name}" in table.column_names:
            boxes[:, side] = pc.cast(table[f"{prefix}_{name}"], pa.float64()).to_numpy()
    return boxes


def _box_columns(prefix: str, boxes: BoxArray | None, images: int) -> dict[str, pa.Array]:
    if boxes is None:
        return {f"{prefix}_{side}": pa.nulls(images, pa.int32()) for side in SIDES}
    missing = np.isnan(boxes[:, 0])
    whole = np.where(missing[:, None], 0, boxes).astype(np.int32)
    return {f"{prefix}_{side}": pa.array(whole[:, k], mask=missing) for k, side in enumerate(SIDES)}


def _texts(table: pa.Table, name: str) -> pa.StringArray | None:
    """Return a column of texts, None where no row has one or the run knows no such column."""
    if name not in table.column_names or table[name].null_count == table.num_rows:
        return None
    return table[name].combine_chunks()
