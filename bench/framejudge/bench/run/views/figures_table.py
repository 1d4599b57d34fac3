"""Every figure of a run as a tidy table: a row per detector and metric."""

from __future__ import annotations

import pyarrow as pa

from framejudge.bench.run.metrics import METRICS
from framejudge.bench.run.results import Results

FIGURES = pa.schema(
    [
        ("detector", pa.string()),
        ("metric", pa.string()),
        ("value", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("unit", pa.string()),
        ("method", pa.string()),
        ("n", pa.int64()),
        ("reason", pa.string()),
    ]
)
"""``value``, ``low``, ``high``: null where the data cannot support one, and then ``reason`` says why."""


def figures_table(results: Results) -> pa.Table:
    """Return a row per detector and metric that was measured, with the columns of `FIGURES`."""
    rows = [
        {
            "detector": name,
            "metric": metric.name,
            "value": figure.value,
            "low": figure.low,
            "high": figure.high,
            "unit": metric.unit,
            "method": figure.method,
            "n": figure.n,
            "reason": figure.reason,
        }
        for name, result in results.detectors.items()
        for metric in METRICS.values()
        if (figure := metric.read(result)) is not None
    ]
    return pa.Table.from_pylist(rows, schema=FIGURES)
