"""The score at every threshold: ROC, its corner, precision against recall."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from framejudge.bench.run import DetectorResult, Results
from framejudge.bench.run.columns import Answers, Columns
from framejudge.bench.run.wording import decimals, interval, optional, shortened
from framejudge.reports.charts import curves
from framejudge.reports.charts.chart import HEIGHT_IN, WIDTH_IN, Chart, finished
from framejudge.reports.charts.chart_style import MUTED, colour_of, drawing, marker_of
from framejudge.reports.charts.inline_svg import LIVE
from framejudge.reports.charts.palette import ROLES, dash

PAPER = ROLES["paper"].light


def roc(results: Results, columns: Columns) -> Chart | None:
    """Draw every detector's ROC in one chart, its area in the legend and its operating point on it."""
    if not list(_of_both_classes(columns)):
        return None
    with drawing(WIDTH_IN, HEIGHT_IN) as (figure, axes):
        axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.8, linestyle="dotted")
        _draw_roc(axes, results, columns, clip_points=False)
        axes.set_xlim(-0.01, 1.0)
        axes.set_ylim(0, 1.01)
        legend = axes.legend(loc="lower right", title="area under the curve")
        legend.get_title().set_color(MUTED)
        _name_roc_axes(axes)
        return finished(
            figure,
            name="roc",
            title="ROC",
            caption="Each curve shows every threshold a detector could use; the mark is the one it does use.",
            alt=f"Receiver operating characteristic. {_areas(results, columns)}",
        )


def roc_corner(results: Results, columns: Columns) -> Chart | None:
    """Draw the upper left corner of the ROC, where good detectors differ."""
    if not list(_of_both_classes(columns)):
        return None
    with drawing(WIDTH_IN, HEIGHT_IN) as (figure, axes):
        _draw_roc(axes, results, columns, clip_points=True)
        axes.set_xlim(0, 0.2)
        axes.set_ylim(0.8, 1.004)
        axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
        axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
        _name_roc_axes(axes)
        return finished(
            figure,
            name="roc-corner",
            title="ROC, upper left corner",
            caption="The same curves enlarged: at most 20 % false alarms, at least 80 % recall.",
            alt=f"The corner of the ROC chart, enlarged. {_areas(results, columns)}",
        )


def precision_recall(columns: Columns) -> Chart | None:
    """Draw precision against recall of every detector."""
    shown = list(_of_both_classes(columns))
    if not shown:
        return None
    with drawing(WIDTH_IN, HEIGHT_IN) as (figure, axes):
        for d, answers in shown:
            judged = columns.judged(answers)
            curve = curves.precision_recall(columns.framed[judged], answers.scores[judged])
            label = shortened(answers.name)
            axes.plot(curve.x, curve.y, color=colour_of(d), linestyle=dash(d), label=label)
        axes.set_xlim(0, 1.01)
        axes.set_ylim(0, 1.01)
        axes.legend(loc="lower left")
        axes.set_xlabel("framed images found (recall)")
        axes.set_ylabel("alarms that are right (precision)")
        share = float(np.mean(columns.framed[columns.labelled]))
        return finished(
            figure,
            name="precision-recall",
            title="Precision and recall",
            caption=f"In this set, {share:.0%} of the images are framed. "
            "Where frames are rarer, precision is lower.",
            alt=f"Precision against recall of {', '.join(answers.name for _, answers in shown)}",
        )


def _of_both_classes(columns: Columns) -> Iterator[tuple[int, Answers]]:
    """Give the detectors that scored framed and plain images, with their positions."""
    for d, answers in enumerate(columns.detectors):
        if (columns.framed & answers.scored).any() and (columns.plain & answers.scored).any():
            yield d, answers


def _draw_roc(axes: Axes, results: Results, columns: Columns, *, clip_points: bool) -> None:
    for d, answers in _of_both_classes(columns):
        found = results.detectors[answers.name]
        judged = columns.judged(answers)
        curve = curves.roc(columns.framed[judged], answers.scores[judged])
        label = f"{shortened(answers.name)}  {_area(found)}"
        axes.plot(curve.x, curve.y, color=colour_of(d), linestyle=dash(d), label=label)
        if found.confusion is not None and found.recall.value is not None:
            axes.plot(
                [found.confusion.fp / (found.confusion.fp + found.confusion.tn)],
                [found.recall.value],
                color=colour_of(d),
                marker=marker_of(d),
                markersize=8,
                markeredgecolor=PAPER,
                markeredgewidth=1.2,
                linestyle="none",
                clip_on=clip_points,
                zorder=5,
                gid=f"{LIVE}point-{d}",
            )


def _name_roc_axes(axes: Axes) -> None:
    axes.set_xlabel("plain images called framed (false positive rate)")
    axes.set_ylabel("framed images found (recall)")


def _areas(results: Results, columns: Columns) -> str:
    names = [answers.name for _, answers in _of_both_classes(columns)]
    return "; ".join(f"{name}: area {_area(results.detectors[name])}" for name in names)


def _area(found: DetectorResult) -> str:
    spread = interval(found.auc, decimals(3))
    return optional(found.auc.value, decimals(3)) + (f" ({spread})" if spread else "")
