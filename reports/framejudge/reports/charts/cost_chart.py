"""Expected cost over the share of framed images: where another choice becomes the cheapest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, NullFormatter

from framejudge.bench.run import Results
from framejudge.bench.run.columns import Floats
from framejudge.bench.run.decision.costs import CALL_ALL, CALL_NONE, CostDecision, DetectorCost
from framejudge.bench.run.wording import percent, shortened
from framejudge.reports.charts.chart import WIDTH_IN, Chart, finished
from framejudge.reports.charts.chart_style import INK, MUTED, colour_of, drawing, number_axis
from framejudge.reports.charts.palette import dash

POINTS = 200
LOWEST, HIGHEST = 0.001, 0.9
"""Shares of framed images between which the chart is drawn, at least."""

PER = 1_000


def cost_over_prevalence(results: Results) -> Chart | None:
    """Draw each detector's expected cost over the prevalence; None where no costs were given."""
    decision = results.decision
    if decision is None or not decision.detectors or decision.choice is None:
        return None
    terms, positions = decision.terms, list(results.detectors)
    shares = _shares(decision)
    with drawing(WIDTH_IN, 3.3) as (figure, axes):
        for one in decision.detectors:
            position = positions.index(one.detector)
            axes.plot(
                shares,
                _costs(one, shares, terms.cost_miss, terms.cost_false_alarm),
                color=colour_of(position),
                linestyle=dash(position),
                label=shortened(one.detector),
            )
        _without_detector(axes, decision, shares)
        _turning_points(axes, decision)
        axes.axvline(decision.prevalence, color=INK, linewidth=0.8)
        number_axis(axes.yaxis)
        axes.set_xscale("log")
        axes.set_xlim(shares[0], shares[-1])
        axes.set_ylim(*_cost_range(decision, shares))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{share * 100:g} %"))
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.set_xlabel("share of framed images, log scale")
        axes.set_ylabel(f"expected cost per {PER:,} images")
        axes.legend(loc="best")
        return finished(
            figure,
            name="cost-prevalence",
            title="Expected cost by the share of framed images",
            caption="Lower is better. The vertical line is the share that was decided for. "
            "Rings: where another choice becomes the cheapest.",
            alt=f"Expected cost over the share of framed images. {_said(decision)}",
        )


def _shares(decision: CostDecision) -> Floats:
    turns = [one.prevalence.value for one in decision.turning_points if one.prevalence.value]
    low = min([LOWEST, decision.prevalence / 3, *(turn / 3 for turn in turns if turn > LOWEST / 30)])
    high = max([HIGHEST, decision.prevalence])
    return np.geomspace(low, min(high, 0.999), POINTS)


def _costs(one: DetectorCost, shares: Floats, miss: float, alarm: float) -> Floats:
    missed, alarmed = one.miss_rate or 0.0, one.false_alarm_rate or 0.0
    return PER * (shares * miss * missed + (1 - shares) * alarm * alarmed)


def _without_detector(axes: Axes, decision: CostDecision, shares: Floats) -> None:
    terms = decision.terms
    for name, cost, style in (
        (CALL_NONE, PER * shares * terms.cost_miss, "dotted"),
        (CALL_ALL, PER * (1 - shares) * terms.cost_false_alarm, (0, (1, 4))),
    ):
        axes.plot(shares, cost, color=MUTED, linestyle=style, linewidth=1.1, label=name)


def _turning_points(axes: Axes, decision: CostDecision) -> None:
    lines = {one.detector: one for one in decision.detectors}
    lines[CALL_NONE] = DetectorCost(detector="", cost=decision.detectors[0].cost, miss_rate=1.0)
    for point in decision.turning_points:
        share, below = point.prevalence.value, lines.get(point.below)
        if share and below is not None:
            terms = decision.terms
            cost = _costs(below, np.array([share]), terms.cost_miss, terms.cost_false_alarm)
            axes.plot([share], cost, marker="o", markerfacecolor="none", color=INK, markersize=8)


def _cost_range(decision: CostDecision, shares: Floats) -> tuple[float, float]:
    """Return the range that holds the detectors and the cheaper of doing without one."""
    terms = decision.terms
    drawn = [_costs(one, shares, terms.cost_miss, terms.cost_false_alarm) for one in decision.detectors]
    idle = PER * np.minimum(shares * terms.cost_miss, (1 - shares) * terms.cost_false_alarm)
    everything = np.concatenate([*drawn, idle])
    positive = everything[everything > 0]
    if not len(positive):
        return 0.1, 1.0
    return float(positive.min()) * 0.7, float(max(line.max() for line in (*drawn, idle))) * 1.5


def _said(decision: CostDecision) -> str:
    points: Sequence[str] = [
        f"{point.below} up to {percent(point.prevalence.value)}, then {point.above}"
        for point in decision.turning_points
        if point.prevalence.value is not None
    ]
    return "; ".join(points) or f"{decision.choice} is the cheapest everywhere"
