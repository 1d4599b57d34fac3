"""Absolute budgets: a figure of a run against a limit, judged on the side of its interval that is safe."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from framejudge.bench.figures import quality
from framejudge.bench.gate.accuracy.selection import members, mostly_without_score, right
from framejudge.bench.gate.machine import machine_name
from framejudge.bench.gate.rules import ON_ONE_MACHINE, SHARES_OF_RIGHT
from framejudge.bench.run import DetectorResult, Figure, Run
from framejudge.bench.run.columns import Answers, Columns, by_position
from framejudge.bench.run.metrics import QUALITY, find
from framejudge.bench.run.verdicts import GateRule, RuleVerdict, Verdict
from framejudge.bench.statistics import proportions
from framejudge.bench.statistics.interval import Floats
from framejudge.datasets.codes import Code, Notice
from framejudge.datasets.codes import gates as codes


def judge_budget(rule: GateRule, run: Run) -> RuleVerdict:
    """Judge ``min`` and ``max``: pass where the whole interval keeps the limit, fail where none of it does.

    In between, the rule cannot be judged. The detector is in the run and did not fail.
    """
    if rule.metric in ON_ONE_MACHINE and machine_name(run.results.environment) != rule.machine:
        return _unable(
            rule,
            codes.OTHER_MACHINE,
            f"measured on {machine_name(run.results.environment)!r}, and the limit holds on {rule.machine!r}",
        )
    if rule.to is not None and rule.to not in run.results.detectors:
        return _unable(rule, codes.NOT_IN_RUN, f"the run has no detector {rule.to!r} to compare with")
    figure = _figure(rule, run)
    notices = _notices(rule, run)
    if figure.low is None and figure.high is None:
        return RuleVerdict(
            rule=rule,
            verdict="cannot judge",
            reason=f"there is no interval: {figure.reason or 'measured once'}",
            after=figure,
            code=codes.NO_FIGURE.number,
            notices=notices,
        )
    return _against(rule, figure, notices)


def _against(rule: GateRule, figure: Figure, notices: list[Notice]) -> RuleVerdict:
    low = -np.inf if figure.low is None else figure.low
    high = np.inf if figure.high is None else figure.high
    if rule.condition == "min":
        kept, missed, side = low >= rule.limit, high < rule.limit, "low"
    else:
        kept, missed, side = high <= rule.limit, low > rule.limit, "high"
    verdict: Verdict = "cannot judge"
    code = codes.LIMIT_WITHIN_INTERVAL.number
    reason = (
        f"the limit lies within the interval: measure more, or give a limit that allows for the {side} end"
    )
    if kept:
        verdict, code, reason = "pass", "", "the whole interval keeps the limit"
    elif missed:
        verdict, code, reason = "fail", codes.LIMIT_MISSED.number, "no part of the interval keeps the limit"
    return RuleVerdict(
        rule=rule,
        verdict=verdict,
        reason=reason,
        after=figure,
        minimum_detectable_effect=_first_failing(rule, figure),
        code=code,
        notices=notices,
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
    if rule.slice is None and not result.errors:
        return whole
    columns = run.columns
    answers = columns.detector(rule.detector)
    chosen = members(columns, rule.metric, rule.slice)
    if not chosen.any():
        return Figure(value=None, reason=f"no labelled image is in {rule.slice or 'the set'}")
    if mostly_without_score(answers, chosen):
        return Figure(value=None, reason=f"{rule.detector} gave most images no score")
    if rule.metric in SHARES_OF_RIGHT:
        return proportions.proportion(right(columns, answers)[chosen], columns.groups.codes[chosen])
    worst = replace(answers, scores=_worst_without_score(answers, columns))
    figure: Figure = getattr(quality.assess_detector(columns.only(chosen), worst), rule.metric)
    return figure


def _worst_without_score(answers: Answers, columns: Columns) -> Floats:
    """Return scores as they are, and the worst one in [0, 1] where a readable image has none."""
    missing = ~answers.scored & columns.labelled
    for k in by_position(columns.unreadable):
        missing[k] = False  # nobody could score it
    return np.asarray(np.where(missing, np.where(columns.framed, 0.0, 1.0), answers.scores), dtype=np.float64)


def _notices(rule: GateRule, run: Run) -> list[Notice]:
    errors = len(run.results.detectors[rule.detector].errors)
    if not errors or rule.metric not in QUALITY:
        return []
    text = f"{errors:,} images have no score of {rule.detector}; here they count as wrong"
    return [codes.COUNTED_AS_WRONG.says(text, about=rule.detector)]


def _unable(rule: GateRule, code: Code, reason: str) -> RuleVerdict:
    return RuleVerdict(rule=rule, verdict="cannot judge", reason=reason, code=code.number)
