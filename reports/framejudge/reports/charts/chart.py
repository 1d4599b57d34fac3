"""A finished chart: its drawing, where its axes lie, and what it says in words."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.figure import Figure

WIDTH_IN, HEIGHT_IN = 4.3, 3.6


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a chart's axes lie: the data range and its rectangle in the SVG's own units."""

    x_range: tuple[float, float]
    y_range: tuple[float, float]
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawn chart with what it says in words.

    Attributes
    ----------
    name
        Its file name, when charts are written as files.
    title
        A short heading.
    caption
        How to read it, in a sentence or two.
    alt
        What it shows, for someone who does not see it.
    figure
        The drawing.
    frame
        Where the axes lie, so that the page can move a point on them.
    """

    name: str
    title: str
    caption: str
    alt: str
    figure: Figure
    frame: Frame


def finished(figure: Figure, *, name: str, title: str, caption: str, alt: str) -> Chart:
    """Return a drawn figure as a chart; nothing may be added to it after this."""
    figure.draw_without_rendering()  # constrained layout moves the axes; only now are they where they stay
    figure.set_layout_engine("none")
    axes = figure.axes[0]
    height = figure.get_figheight() * figure.dpi
    box = axes.get_window_extent()
    frame = Frame(axes.get_xlim(), axes.get_ylim(), box.x0, height - box.y1, box.x1, height - box.y0)
    return Chart(name, title, caption, alt, figure, frame)
