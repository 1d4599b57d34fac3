"""Scores: how they spread over framed and plain images, and whether they are calibrated."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter

from framejudge.bench.run import CalibrationBin, Results
from framejudge.bench.run.columns import Columns
from framejudge.bench.run.wording import shortened
from framejudge.reports.charts.chart import HEIGHT_IN, WIDTH_IN, Chart, finished
from framejudge.reports.charts.chart_style import INK, MUTED, colour_of, drawing, marker_of
from framejudge.reports.charts.inline_svg import LIVE
from framejudge.reports.charts.palette import ROLES, dash

PLAIN_CLASS = ROLES["plain"].light
HISTOGRAM_BINS = 40


def score_histogram(columns: Columns, d: int) -> Chart | None:
    """Draw how one detector's scores spread over framed and plain images."""
    answers = columns.detectors[d]
    if not columns.judged(answers).any():
        return None
    edges = np.linspace(0, 1, HISTOGRAM_BINS + 1)
    framed, plain = (
        np.histogram(answers.scores[of_class & answers.scored], bins=edges)[0]
        for of_class in (columns.framed, columns.plain)
    )
    with drawing(WIDTH_IN, 2.3) as (figure, axes):
        axes.stairs(plain, edges, fill=True, color=PLAIN_CLASS, alpha=0.55, label="plain", baseline=0)
        axes.stairs(framed, edges, fill=True, color=colour_of(d), alpha=0.3, baseline=0)
        axes.stairs(framed, edges, color=colour_of(d), linewidth=1.4, label="framed", baseline=0)
        axes.axvline(answers.threshold, color=INK, linewidth=1.3, gid=f"{LIVE}threshold")
        _count_axis(axes, max(int(framed.max()), int(plain.max()), 1))
        axes.set_xlim(0, 1)
        axes.grid(visible=False, axis="x")
        axes.set_xlabel("score (1 = surely framed)")
        axes.set_ylabel("images, log scale")
        axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2, borderaxespad=0.0)
        return finished(
            figure,
            name=f"scores-{d + 1}",
            title=f"Scores of {answers.name}",
            caption="Grey: plain images. Coloured: framed. Line: the threshold. "
            "The less they overlap, the better.",
            alt=f"Histogram of {answers.name}'s scores for {framed.sum()} framed and "
            f"{plain.sum()} plain images",
        )


def _count_axis(axes: Axes, top: int) -> None:
    axes.set_yscale("symlog", linthresh=1)
    powers = (10**k for k in range(math.ceil(math.log10(top)) + 1))
    axes.yaxis.set_major_locator(FixedLocator([0, *powers]))
    axes.yaxis.set_minor_locator(FixedLocator([]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.set_ylim(0, top * 1.6)


def reliability(results: Results) -> Chart | None:
    """Draw mean score against the share of truly framed images: a calibrated detector keeps the diagonal."""
    shown = [
        (position, name, _filled(found.calibration))
        for position, (name, found) in enumerate(results.detectors.items())
    ]
    shown = [(position, name, parts) for position, name, parts in shown if parts]
    if not shown:
        return None
    with drawing(WIDTH_IN, HEIGHT_IN) as (figure, axes):
        axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.8, linestyle="dotted")
        for position, name, parts in shown:
            _draw_calibration(axes, position, name, parts)
        axes.set_xlim(-0.02, 1.02)
        axes.set_ylim(-0.02, 1.02)
        axes.legend(loc="upper left")
        axes.set_xlabel("mean score of the images in a bin")
        axes.set_ylabel("share that is truly framed")
        return finished(
            figure,
            name="reliability",
            title="Reliability",
            caption="On the dotted diagonal a score of 0.8 means framed in 8 of 10 cases. "
            "Bars are 95 % intervals.",
            alt=f"Reliability diagram of {', '.join(name for _, name, _ in shown)}",
        )


def _filled(bins: Sequence[CalibrationBin]) -> list[CalibrationBin]:
    return [part for part in bins if part.mean_score is not None and part.framed_share.value is not None]


def _draw_calibration(axes: Axes, position: int, name: str, bins: Sequence[CalibrationBin]) -> None:
    colour = colour_of(position)
    for part in bins:
        share = part.framed_share
        if share.low is not None and share.high is not None:
            x = [part.mean_score or 0.0] * 2
            axes.plot(x, [share.low, share.high], color=colour, linewidth=1.0, alpha=0.7)
    axes.plot(
        [part.mean_score or 0.0 for part in bins],
        [part.framed_share.value or 0.0 for part in bins],
        color=colour,
        linestyle=dash(position),
        marker=marker_of(position),
        markersize=5,
        label=shortened(name),
    )
