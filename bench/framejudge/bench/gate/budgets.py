"""Absolute budgets: a figure of a run against a limit, judged on the side of its interval that is safe."""

from __future__ import annotations

import numpy as np

from framejudge.bench.figures import quality
from framejudge.bench.gate.accuracy.selection import members, right
from framejudge.bench.gate.machine import machine_name
from framejudge.bench.gate.rules import ON_ONE_MACHINE, SHARES_OF_RIGHT
from framejudge.bench.run import DetectorResult, Figure, Run
from framejudge.bench.run import gate_wording as wording
from framejudge.bench.run.metrics import find
from framejudge.bench.run.verdicts import GateRule, RuleVerdict, Verdict
from framejudge.bench.statistics import proportions


def judge_budget(rule: GateRule, run: Run) -> RuleVerdict:
    """Judge ``min`` and ``max``: pass where the whole interval keeps the limit, fail where none of it does.

    In between, the rule cannot be judged. The detector is in the run and did not fail.
    """
    if rule.metric in ON_ONE_MACHINE and machine_name(run.results.environment) != rule.machine:
        return _unable(
            rule,
            f"measured on {machine_name(run.results.environment)!r}, and the limit holds on {rule.machine!r}",
        )
    if rule.to is not None and rule.to not in run.results.detectors:
        return _unable(rule, f"the run has no detector {rule.to!r} to compare with")
    figure = _figure(rule, run)
    advice = _advice(rule, run)
    if figure.low is None and figure.high is None:
        return RuleVerdict(
            rule=rule,
            verdict="cannot judge",
            reason=f"there is no interval: {figure.reason or 'measured once'}",
            after=figure,
            advice=advice,
        )
    return _against(rule, figure, advice)


def _against(rule: GateRule, figure: Figure, advice: list[str]) -> RuleVerdict:
    low = -np.inf if figure.low is None else figure.low
    high = np.inf if figure.high is None else figure.high
    text = wording.interval(rule.metric, figure)
    limit = wording.value(rule.metric, rule.limit)
    if rule.condition == "min":
        kept, missed, what, side = low >= rule.limit, high < rule.limit, "at least", "low"
    else:
        kept, missed, what, side = high <= rule.limit, low > rule.limit, "at most", "high"
    verdict: Verdict = "cannot judge"
    reason = (
        f"{text} is on both sides of {limit}: measure more, or give a limit that allows for the {side} end"
    )
    if kept:
        verdict, reason = "pass", f"{text}: the whole interval is {what} {limit}"
    elif missed:
        verdict, reason = "fail", f"{text}: no part of the interval is {what} {limit}"
    return RuleVerdict(
        rule=rule,
        verdict=verdict,
        reason=reason,
        after=figure,
        minimum_detectable_effect=_first_failing(rule, figure),
        advice=advice,
    )


def _first_failing(rule: GateRule, figure: Figure) -> float | None:
    """Return the value at which an interval as wide as this one would just miss the limit."""
    if figure.value is None:
        return None
    if rule.condition == "min":
        return None if figure.high is None else rule.limit - (figure.high - figure.value)
    return None if figure.low is None else rule.limit + (figure.value - figure.low)


def _figure(rule: GateRule, run: Run) -> Figure:
    result = run.results.detectors[rule.detector]
    if rule.to is not None:
        return run.results.latency_ratio(rule.detector, rule.to)
    metric = find(rule.metric)
    if metric.measured:
        return metric.read(result) or Figure(value=None, reason="not timed")
    return _quality(rule, run, result)


def _quality(rule: GateRule, run: Run, result: DetectorResult) -> Figure:
    """Return a figure of the run, or one made anew for a slice; an image without a score counts as wrong."""
    whole: Figure = getattr(result, rule.metric)
    if rule.slice is None and not (result.errors and rule.metric in SHARES_OF_RIGHT):
        return whole
    columns = run.columns
    answers = columns.detector(rule.detector)
    chosen = members(columns, rule.metric, rule.slice)
    if not chosen.any():
        return Figure(value=None, reason=f"no labelled image is in {rule.slice or 'the set'}")
    if rule.metric in SHARES_OF_RIGHT:
        return proportions.proportion(right(columns, answers)[chosen], columns.groups.codes[chosen])
    figure: Figure = getattr(quality.assess_detector(columns.only(chosen), answers), rule.metric)
    return figure


def _advice(rule: GateRule, run: Run) -> list[str]:
    errors = len(run.results.detectors[rule.detector].errors)
    if not errors:
        return []
    treated = "count as wrong" if rule.metric in SHARES_OF_RIGHT else "count nowhere"
    return [f"{errors:,} images have no score of {rule.detector}; here they {treated}"]


def _unable(rule: GateRule, reason: str) -> RuleVerdict:
    return RuleVerdict(rule=rule, verdict="cannot judge", reason=reason)
