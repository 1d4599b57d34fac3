"""Scores and times as the rows of predictions.parquet and timings.parquet."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from framejudge.bench.engine.explaining import Explanations
from framejudge.bench.engine.scoring import Images, Scores, ScoringPass
from framejudge.bench.figures.localisation import BoxArray, BoxTruth
from framejudge.bench.run import tables
from framejudge.bench.timing.timed import TimingPass
from framejudge.datasets.table.sample import Dataset


def predictions_table(
    dataset: Dataset, scoring: ScoringPass, explanations: Explanations | None = None
) -> pa.Table:
    """Return a row per image and detector, detector by detector in the set's order."""
    attributes = sorted({name for sample in dataset for name in sample.attributes})
    schema = tables.predictions_schema(attributes)
    images = {
        "path": [sample.path for sample in dataset],
        "group": [sample.group for sample in dataset],
        "label": [sample.label for sample in dataset],
        "width": [width if width >= 0 else None for width in scoring.images.sizes[:, 0].tolist()],
        "height": [height if height >= 0 else None for height in scoring.images.sizes[:, 1].tolist()],
        **box_columns("true", BoxTruth.of(dataset).boxes),
        **{
            f"{tables.ATTRIBUTE_PREFIX}{name}": [sample.attributes.get(name) for sample in dataset]
            for name in attributes
        },
    }
    parts = [
        pa.table(
            {
                **images,
                **_answers(dataset, name, scores, scoring.images),
                **box_columns("box", _boxes_of(scores)),
                "explanation": [(explanations or {}).get(name, {}).get(k) for k in range(len(dataset))],
            },
            schema=schema,
        )
        for name, scores in scoring.detectors.items()
    ]
    return pa.concat_tables(parts)


def _answers(
    dataset: Dataset, name: str, scores: Scores, images: Images
) -> dict[str, Sequence[str | float | None]]:
    has_score = np.isfinite(scores.scores).tolist()
    framed = (scores.scores >= scores.decision_threshold).tolist()
    errors = [
        None
        if scored or sample.label is None
        else images.unreadable.get(k) or scores.errors.get(k) or scores.failure
        for k, (sample, scored) in enumerate(zip(dataset, has_score, strict=True))
    ]
    return {
        "detector": [name] * len(dataset),
        "score": [
            score if scored else None for score, scored in zip(scores.scores.tolist(), has_score, strict=True)
        ],
        "predicted": [
            ("framed" if positive else "plain") if scored else None
            for positive, scored in zip(framed, has_score, strict=True)
        ],
        "error": errors,
    }


def _boxes_of(scores: Scores) -> BoxArray:
    return np.full((len(scores.scores), 4), np.nan) if scores.boxes is None else scores.boxes


def box_columns(prefix: str, boxes: BoxArray) -> dict[str, pa.Array]:
    """Return the four columns of boxes, null where there is none."""
    missing = np.isnan(boxes)
    return {
        f"{prefix}_{side}": pa.array(np.where(missing[:, k], 0, boxes[:, k]), pa.int32(), mask=missing[:, k])
        for k, side in enumerate(("left", "top", "right", "bottom"))
    }


def timings_table(dataset: Dataset, timing: TimingPass | None) -> pa.Table:
    """Return a row per successful call and stage."""
    if timing is None:
        return tables.TIMINGS.empty_table()
    paths = np.array([sample.path for sample in dataset], dtype=object)
    parts = []
    for name, one in timing.detectors.items():
        for stage, nanoseconds in one.calls.stages.items():
            done = nanoseconds >= 0
            columns = {
                "detector": [name] * int(done.sum()),
                "path": paths[timing.images[one.calls.positions[done]]].tolist(),
                "block": one.calls.blocks[done],
                "stage": [stage] * int(done.sum()),
                "nanoseconds": nanoseconds[done],
            }
            parts.append(pa.table(columns, schema=tables.TIMINGS))
    return pa.concat_tables(parts)
