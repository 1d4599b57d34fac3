"""Figures of a gate as a person reads them."""

from __future__ import annotations

from framejudge.bench.run import Figure
from framejudge.bench.run.verdicts import GateRule

POINTS = ("accuracy", "balanced_accuracy", "recall", "specificity", "precision")


def value(metric: str, number: float) -> str:
    """Return a value of a metric with its unit."""
    if metric.endswith("_ms") or metric == "latency":
        return f"{number:.3g} ms"
    if metric == "latency_ratio":
        return f"{number:.3g} times"
    if metric == "images_per_second":
        return f"{number:,.0f} a second"
    return f"{number:.4f}"


def interval(metric: str, figure: Figure) -> str:
    """Return a figure with its interval."""
    if figure.value is None:
        return "-" if figure.high is None else f"at most {value(metric, figure.high)}"
    if figure.low is None or figure.high is None:
        return value(metric, figure.value)
    return f"{value(metric, figure.value)} [{value(metric, figure.low)}, {value(metric, figure.high)}]"


def change(metric: str, number: float) -> str:
    """Return a change with its sign: points of a share, per cent of a time."""
    if metric.startswith("latency"):
        return f"{number:+.1%}".replace("%", " %")
    return f"{100 * number:+.2f} points" if metric in POINTS else f"{number:+.4f}"


def amount(metric: str, number: float) -> str:
    """Return the size of a change without its sign."""
    return change(metric, number).lstrip("+-")


def detectable(rule: GateRule, minimum_detectable_effect: float | None) -> str:
    """Return the minimum detectable effect in the unit of the rule."""
    if minimum_detectable_effect is None:
        return "nothing"
    if rule.condition == "max_growth":
        return f"+{amount(rule.metric, minimum_detectable_effect)}"
    if rule.condition == "max_drop":
        return f"-{amount(rule.metric, minimum_detectable_effect)}"
    side = "below" if rule.condition == "min" else "above"
    return f"{side} {value(rule.metric, minimum_detectable_effect)}"


def p_value(p: float | None) -> str:
    """Return a p-value in few digits."""
    if p is None:
        return "-"
    return "<0.0001" if p < 0.0001 else f"{p:.2g}"
