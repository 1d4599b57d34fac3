"""A metric over runs as a chart: each run with its interval, the level between steps, the steps."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from framejudge.bench.run.history import History, Series
from framejudge.reports.charts.chart_style import INK, MUTED, drawing
from framejudge.reports.charts.palette import SERIES, series_index

WIDTH_IN, HEIGHT_IN = 9.2, 3.0
MAX_TICKS = 16
SHORT_COMMIT = 7


def draw_series(history: History, series: Series, position: int) -> Figure | None:
    """Draw one series in the colour of its position; None where no run has a value."""
    known = [k for k, point in enumerate(series.points) if point.figure.value is not None]
    if not known:
        return None
    colour = SERIES[series_index(position)].light
    values = np.array([series.points[k].figure.value for k in known], dtype=np.float64)
    with drawing(WIDTH_IN, HEIGHT_IN) as (figure, axes):
        axes.grid(visible=False, axis="x")
        for k in known:
            shown = series.points[k].figure
            if shown.low is not None and shown.high is not None:
                axes.plot([k, k], [shown.low, shown.high], color=colour, linewidth=1.6, alpha=0.55)
        edges = [0, *(step.position for step in series.steps), len(series.points)]
        for start, stop in pairwise(edges):
            inside = [value for k, value in zip(known, values, strict=True) if start <= k < stop]
            if inside:
                axes.plot(
                    [start - 0.4, stop - 0.6], [np.median(inside)] * 2, color=MUTED, linewidth=1.0, alpha=0.9
                )
        for step in series.steps:
            axes.axvline(step.position - 0.5, color=INK, linewidth=0.9, linestyle="dashed")
        axes.plot(known, values, color=colour, linestyle="none", marker="o", markersize=5)
        axes.set_xlim(-0.6, len(series.points) - 0.4)
        ticks = range(0, len(series.points), max(1, -(-len(series.points) // MAX_TICKS)))
        axes.xaxis.set_major_locator(FixedLocator(list(ticks)))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda k, _: _tick(history, series, round(k))))
        axes.tick_params(axis="x", rotation=35, length=0)
        axes.yaxis.set_major_locator(MaxNLocator(5))
        axes.set_ylabel(f"{history.metric}, {history.unit}" if history.unit else history.metric)
    return figure


def _tick(history: History, series: Series, k: int) -> str:
    run = history.runs[series.points[k].run]
    return run.started[5:16].replace("T", " ") if run.commit is None else run.commit[:SHORT_COMMIT]
