"""How every chart looks: the light palette, thin lines, no frame, logarithmic axes, colours and marks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.axis import XAxis, YAxis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from framejudge.bench.run.wording import duration_tick
from framejudge.reports.charts.palette import MARKERS, ROLES, SERIES, series_index

INK, MUTED, LINE = ROLES["ink"].light, ROLES["muted"].light, ROLES["line"].light

_STYLE = {
    "figure.dpi": 72,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "font.size": 9,
    "font.family": "DejaVu Sans",
    "axes.titlesize": 9,
    "axes.labelsize": 9,
    "axes.labelcolor": MUTED,
    "axes.edgecolor": MUTED,
    "axes.linewidth": 0.7,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": LINE,
    "grid.linewidth": 0.6,
    "text.color": INK,
    "text.parse_math": False,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.7,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "legend.handlelength": 2.2,
    "lines.linewidth": 1.7,
    "path.simplify": False,  # curves are thinned already, and it would drop the dots of a cloud
    "lines.markersize": 6,
}


@contextmanager
def drawing(width_in: float, height_in: float) -> Iterator[tuple[Figure, Axes]]:
    """Yield an empty figure of one chart; what is drawn on it meanwhile has the common style."""
    with mpl.rc_context(cast("Any", _STYLE)):  # its stubs want a literal of 300 names
        figure = Figure(figsize=(width_in, height_in), layout="constrained")
        yield figure, figure.add_subplot()


def duration_axis(axis: XAxis | YAxis, low: float, high: float) -> None:
    """Make an axis logarithmic, from one duration to another in milliseconds, each tick with its unit."""
    axes = axis.axes
    (axes.set_xscale if axis is axes.xaxis else axes.set_yscale)("log")
    (axes.set_xlim if axis is axes.xaxis else axes.set_ylim)(low, high)
    subs = (1.0, 2.0, 5.0) if high / low < 30 else (1.0, 3.0) if high / low < 1_000 else (1.0,)
    axis.set_major_locator(LogLocator(base=10, subs=subs, numticks=20))
    axis.set_major_formatter(FuncFormatter(lambda value, _: duration_tick(value)))
    axis.set_minor_formatter(NullFormatter())


def number_axis(axis: XAxis | YAxis) -> None:
    """Make an axis logarithmic, with plain numbers at its ticks."""
    axes = axis.axes
    (axes.set_xscale if axis is axes.xaxis else axes.set_yscale)("log")
    axis.set_major_locator(LogLocator(base=10, subs=(1.0, 2.0, 5.0)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


def colour_of(position: int) -> str:
    """Return the colour of the detector at a position."""
    return SERIES[series_index(position)].light


def marker_of(position: int) -> str:
    """Return the mark of the detector at a position."""
    return MARKERS[series_index(position)]
