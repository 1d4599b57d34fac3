"""A gate's verdicts in words, the same in the terminal, Markdown, JUnit, annotations and the report.

Each verdict says limit, measured, interval and minimum detectable effect, in this order, and then why.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from framejudge.bench.run import Figure
from framejudge.bench.run.metrics import find
from framejudge.bench.run.verdicts import GateRule, RuleVerdict
from framejudge.bench.run.wording import NONE, bracketed, optional

HEADINGS = ("limit", "measured", "95 % interval", "minimum detectable effect")
"""What stands above the four figures of a rule, in their order."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A verdict's four figures in words; `NONE` where there is no such figure."""

    limit: str
    measured: str
    interval: str
    minimum_detectable_effect: str

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """The figures in the order of `HEADINGS`."""
        return self.limit, self.measured, self.interval, self.minimum_detectable_effect


def stated(found: RuleVerdict) -> Stated:
    """Return a verdict's four figures: changes with their sign, values of a budget with their unit."""
    rule = found.rule
    figure = found.change if found.change is not None else found.after
    form = partial(value if found.change is None else change, rule.metric)
    return Stated(
        limit=limit(rule),
        measured=NONE if figure is None else optional(figure.value, form),
        interval=NONE if figure is None else _ends(figure, rule, found.change is not None),
        minimum_detectable_effect=detectable(rule, found.minimum_detectable_effect),
    )


def sentence(found: RuleVerdict) -> str:
    """Return a verdict in one line: the four figures, then the reason.

    >>> rule = GateRule(detector="canny", metric="latency", condition="max_growth", limit=0.03)
    >>> sentence(RuleVerdict(rule=rule, verdict="cannot judge", reason="the run was not timed"))
    'limit +3.0 %, not measured: the run was not timed'
    """
    figures = stated(found)
    if figures.measured == NONE:
        return f"limit {figures.limit}, not measured: {found.reason}"
    parts = [
        f"{heading} {cell}" for heading, cell in zip(HEADINGS, figures.cells, strict=True) if cell != NONE
    ]
    return f"{', '.join(parts)}: {found.reason}"


def limit(rule: GateRule) -> str:
    """Return what a rule allows."""
    if rule.condition == "max_growth":
        return f"+{amount(rule.metric, rule.limit)}"
    if rule.condition == "max_drop":
        return f"-{amount(rule.metric, rule.limit)}"
    side = "at least" if rule.condition == "min" else "at most"
    return f"{side} {value(rule.metric, rule.limit)}"


def value(metric: str, number: float) -> str:
    """Return a value of a metric with its unit."""
    unit = find(metric).unit
    if unit == "1/s":
        return f"{number:,.0f} a second"
    return f"{number:.3g} {unit}" if unit else f"{number:.4f}"


def interval(metric: str, figure: Figure | None) -> str:
    """Return a figure with its interval, `NONE` where it was not measured."""
    return NONE if figure is None else bracketed(figure, partial(value, metric))


def change(metric: str, number: float) -> str:
    """Return a change with its sign: points of a share, per cent of a time."""
    kind = find(metric)
    if kind.measured:
        return f"{number:+.1%}".replace("%", " %")
    return f"{100 * number:+.2f} points" if kind.share else f"{number:+.4f}"


def amount(metric: str, number: float) -> str:
    """Return the size of a change without its sign."""
    return change(metric, number).lstrip("+-")


def detectable(rule: GateRule, minimum_detectable_effect: float | None) -> str:
    """Return the minimum detectable effect in the unit of the rule."""
    if minimum_detectable_effect is None:
        return NONE
    if rule.condition == "max_growth":
        return f"+{amount(rule.metric, minimum_detectable_effect)}"
    if rule.condition == "max_drop":
        return f"-{amount(rule.metric, minimum_detectable_effect)}"
    side = "below" if rule.condition == "min" else "above"
    return f"{side} {value(rule.metric, minimum_detectable_effect)}"


def _ends(figure: Figure, rule: GateRule, of_change: bool) -> str:
    if figure.low is None and figure.high is None:
        return NONE
    low, high = (
        "unknown" if end is None else (change if of_change else value)(rule.metric, end)
        for end in (figure.low, figure.high)
    )
    unit = " points" if low.endswith(" points") and high.endswith(" points") else ""
    return f"{low.removesuffix(unit)} to {high}"
