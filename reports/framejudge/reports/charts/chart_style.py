"""How every chart looks: the light palette, thin lines, no frame."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from framejudge.reports.charts.palette import ROLES

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
