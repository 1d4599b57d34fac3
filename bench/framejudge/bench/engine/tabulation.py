"""A labelled set as columns, before any detector has seen it; timed calls as rows of timings.parquet."""

from __future__ import annotations

import os

import pyarrow as pa

from framejudge.bench.parts.labelled_columns import LabelledColumns
from framejudge.bench.run import tables
from framejudge.bench.run.columns import Columns
from framejudge.bench.timing.timed import TimingPass
from framejudge.datasets.images.fingerprint import labels_fingerprint
from framejudge.datasets.table.sample import Dataset


def columns_of(dataset: Dataset) -> Columns:
    """Return what a set's labels say of its images, before any detector has seen them."""
    names = sorted({name for sample in dataset for name in sample.attributes})
    return Columns.of_images(
        paths=(sample.path for sample in dataset),
        labels=(sample.label for sample in dataset),
        groups=(sample.group for sample in dataset),
        boxes={k: one.content_box for k, one in enumerate(dataset) if one.content_box is not None},
        attributes={name: [sample.attributes.get(name) for sample in dataset] for name in names},
    )


def labelled_columns(dataset: Dataset) -> LabelledColumns:
    """Return a set as a run keeps it."""
    return LabelledColumns(
        name=dataset.name,
        generated=dataset.generated,
        drawn=dataset.drawn,
        root=os.fspath(dataset.root.absolute()),
        labels_fingerprint=labels_fingerprint(dataset),
        columns=columns_of(dataset),
    )


def timings_table(columns: Columns, timing: TimingPass | None) -> pa.Table:
    """Return a row per successful call and stage."""
    if timing is None:
        return tables.TIMINGS.empty_table()
    paths = columns.paths.to_numpy(zero_copy_only=False)
    parts = []
    for name, one in timing.detectors.items():
        for stage, nanoseconds in one.calls.stages.items():
            done = nanoseconds >= 0
            rows = {
                "detector": [name] * int(done.sum()),
                "path": paths[timing.images[one.calls.positions[done]]].tolist(),
                "block": one.calls.blocks[done],
                "stage": [stage] * int(done.sum()),
                "nanoseconds": nanoseconds[done],
            }
            parts.append(pa.table(rows, schema=tables.TIMINGS))
    return pa.concat_tables(parts)
