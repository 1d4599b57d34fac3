"""How many images a question needs over the size of the effect: the curve of ``bench plan``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from matplotlib.ticker import FuncFormatter, NullFormatter

from framejudge.bench.run.wording import shortened
from framejudge.reports.charts.chart import WIDTH_IN, Chart, finished
from framejudge.reports.charts.chart_style import colour_of, drawing, marker_of, number_axis
from framejudge.reports.charts.inline_svg import to_svg
from framejudge.reports.charts.palette import ROLES, dash


@dataclass(frozen=True, slots=True)
class Curve:
    """One question: the size of an effect, as a share, with the images that it needs."""

    label: str
    points: list[tuple[float, int]]


def images_over_effect(curves: list[Curve]) -> Chart:
    """Draw the images needed over the effect, both logarithmic."""
    with drawing(WIDTH_IN, 3.6) as (figure, axes):
        for position, curve in enumerate(curves):
            effects, images = zip(*sorted(curve.points), strict=True)
            axes.plot(
                effects,
                images,
                color=colour_of(position),
                linestyle=dash(position),
                marker=marker_of(position),
                label=shortened(curve.label, 40),
            )
        number_axis(axes.xaxis)
        number_axis(axes.yaxis)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:g}"))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda images, _: f"{images:,.0f}"))
        axes.yaxis.set_minor_formatter(NullFormatter())
        axes.set_xlabel("accuracy points, log scale")
        axes.set_ylabel("labelled images needed")
        if curves:
            axes.legend(loc="best")
        said = (
            f"{one.label}: {', '.join(f'{100 * e:g} points {n:,}' for e, n in one.points)}" for one in curves
        )
        return finished(
            figure,
            name="plan",
            title="Images needed",
            caption="Half of the effect needs about four times as many images.",
            alt=f"Labelled images needed over the size of the effect. {'; '.join(said)}",
        )


def write_plan_chart(chart: Chart, path: Path) -> None:
    """Write the chart as SVG with real text."""
    chart.figure.set_facecolor(ROLES["paper"].light)
    path.write_text(to_svg(chart.figure), encoding="utf-8")
