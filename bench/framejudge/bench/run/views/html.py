"""A run's figures that decide, as a table of HTML: what a notebook shows of a run."""

from __future__ import annotations

from html import escape

from framejudge.bench.run.metrics import METRICS
from framejudge.bench.run.results import DetectorResult, Results
from framejudge.bench.run.wording import NONE, bracketed, decimals

SHOWN = {"accuracy": 3, "auc": 3, "recall": 3, "specificity": 3, "p50": 2, "p99": 2}
"""Metrics in the table, with their decimal places."""


def html_of(results: Results) -> str:
    """Return one table: a row per detector, figures with their 95 % intervals."""
    heads = [f"{name} {METRICS[name].unit}".strip() for name in SHOWN]
    head = "".join(f"<th>{escape(text)}</th>" for text in ("detector", *heads))
    rows = "".join(f"<tr>{_cells(name, one)}</tr>" for name, one in results.detectors.items())
    dataset = results.dataset
    counts = f"{dataset.images:,} images, {dataset.framed:,} framed"
    caption = escape(f"{dataset.name}: {counts}; in brackets: 95 % intervals")
    head, body = f"<thead><tr>{head}</tr></thead>", f"<tbody>{rows}</tbody>"
    return f"<table><caption>{caption}</caption>{head}{body}</table>"


def _cells(name: str, one: DetectorResult) -> str:
    if one.status == "failed":
        why = escape(one.failure or "it failed")
        return f'<th scope="row">{escape(name)}</th><td colspan="{len(SHOWN)}">failed: {why}</td>'
    cells = (_shown(one, metric, places) for metric, places in SHOWN.items())
    return f'<th scope="row">{escape(name)}</th>' + "".join(f"<td>{escape(text)}</td>" for text in cells)


def _shown(one: DetectorResult, metric: str, places: int) -> str:
    figure = METRICS[metric].read(one)
    return NONE if figure is None else bracketed(figure, decimals(places))
