"""Figures of a gate as a person reads them."""

from __future__ import annotations

from functools import partial

from framejudge.bench.run import Figure
from framejudge.bench.run.metrics import find
from framejudge.bench.run.verdicts import GateRule, RuleVerdict
from framejudge.bench.run.wording import NONE, bracketed, optional


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


def found_change(found: RuleVerdict) -> str:
    """Return the change that a rule found, `NONE` where it found none."""
    difference = None if found.change is None else found.change.value
    return optional(difference, partial(change, found.rule.metric))


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
