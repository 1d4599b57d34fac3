"""A labelled set as columns, before any detector has seen it; timed calls as rows of timings.parquet."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from framejudge.bench.run import tables
from framejudge.bench.run.columns import Columns
from framejudge.bench.timing.timed import TimingPass
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
