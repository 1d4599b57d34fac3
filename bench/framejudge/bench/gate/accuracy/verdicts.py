"""Changes of accuracy and of its kin between stored runs, paired by image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from framejudge.bench.decide.pilot import plan_command
from framejudge.bench.gate.accuracy.drop import LEVEL, DropEvidence, auc_drop_evidence, drop_evidence
from framejudge.bench.gate.accuracy.selection import members, right
from framejudge.bench.run import Run
from framejudge.bench.run import gate_wording as wording
from framejudge.bench.run.columns import Answers, Booleans
from framejudge.bench.run.figure import Figure
from framejudge.bench.run.verdicts import GateRule, RuleVerdict, Verdict
from framejudge.bench.run.wording import about, interval, p_equals
from framejudge.bench.statistics import auc, proportions
from framejudge.bench.statistics.paired import holm


@dataclass(frozen=True, slots=True)
class StoredBaseline:
    """A run to compare with, or why it is none; ``problems`` says, by name, why it lacks a detector."""

    where: str
    run: Run | None
    problem: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Compared:
    """A rule's metric in two runs, with what the pairs of answers say; ``rules`` share the level."""

    rule: GateRule
    before: Figure
    after: Figure
    evidence: DropEvidence
    notes: list[str] = field(default_factory=list)
    rules: int = 1


def judge_changes(
    rules: Sequence[GateRule], run: Run, baselines: Sequence[StoredBaseline]
) -> dict[GateRule, RuleVerdict]:
    """Judge every ``max_drop``; the detectors are in the run and did not fail.

    Of several baselines the one with the median change counts: one freak run moves nothing.
    """
    found: dict[GateRule, Compared | str] = {
        rule: _compare(rule, run, baselines, LEVEL / len(rules)) for rule in rules
    }
    compared = [one for one in found.values() if isinstance(one, Compared)]
    p_values = dict(
        zip((one.rule for one in compared), holm([one.evidence.p_drop for one in compared]), strict=True)
    )
    return {
        rule: _verdict(replace(one, rules=len(rules)), p_values[rule])
        if isinstance(one, Compared)
        else RuleVerdict(rule=rule, verdict="cannot judge", reason=one)
        for rule, one in found.items()
    }


def _verdict(one: Compared, p: float) -> RuleVerdict:
    rule, evidence = one.rule, one.evidence
    change = evidence.change.value
    assert change is not None and rule.minimum_detectable_effect is not None
    detectable = wording.amount(rule.metric, evidence.minimum_detectable_effect)
    verdict: Verdict = "pass"
    reason = f"{_what(one)}, {_flips(evidence)}; minimum detectable effect: a drop of {detectable}"
    if -change > rule.limit and p <= LEVEL:
        verdict = "fail"
        reason = (
            f"{_what(one)}, {_flips(evidence)}: more than {wording.amount(rule.metric, rule.limit)} lost, "
            + p_equals(p)
        )
    elif not _detects_enough(rule.minimum_detectable_effect, evidence):
        verdict = "cannot judge"
        reason = _too_few_images(one, detectable)
    stale = evidence.p_gain <= LEVEL and change > rule.limit
    advice = list(one.notes)
    if stale:
        advice.append(
            "significantly better than the baseline: store this run as the new baseline, or a later change "
            "can lose all of the gain undetected"
        )
    return RuleVerdict(
        rule=rule,
        verdict=verdict,
        reason=reason,
        before=one.before,
        after=one.after,
        change=evidence.change,
        p=p,
        minimum_detectable_effect=evidence.minimum_detectable_effect,
        advice=advice,
        stale=stale,
    )


def _too_few_images(one: Compared, detectable: str) -> str:
    """Say what was measured, what the rule asks for, what could be found, and what would do."""
    rule, evidence = one.rule, one.evidence
    asked = wording.amount(rule.metric, _asked(rule))
    spread = interval(evidence.change, partial(wording.change, rule.metric))
    tolerated = wording.amount(rule.metric, rule.limit)
    said = (
        f"{_what(one)}{f' (95 % interval {spread})' if spread else ''}, {_flips(evidence)}; too few images: "
        f"the rule tolerates a drop of {tolerated} and asks that one of {asked} be found; "
        f"the minimum detectable effect is a drop of {detectable}"
    )
    needed = evidence.images_needed
    if needed is None:
        return said
    found = f"{said}. To find a drop of {asked} would need {about(needed, 'image')}"
    if evidence.pilot is None:
        return found
    command = plan_command(evidence.pilot, _asked(rule), max_drop=rule.limit, rules=one.rules)
    return f"{found}; `{command}` shows how"


def _asked(rule: GateRule) -> float:
    """Return the drop that a rule asks to be found."""
    assert rule.minimum_detectable_effect is not None  # every rule about a change has one
    return rule.minimum_detectable_effect


def _detects_enough(asked: float, evidence: DropEvidence) -> bool:
    """Return whether a drop of ``asked`` would have failed, or the interval rules it out."""
    return evidence.minimum_detectable_effect <= asked or _excluded(evidence.change, asked)


def _excluded(change: Figure, drop: float) -> bool:
    """Return whether so large a drop lies outside the interval: then no churn can hide it."""
    return change.low is not None and change.low > -drop


def _what(one: Compared) -> str:
    before, after = one.before.value, one.after.value
    assert before is not None and after is not None
    metric = one.rule.metric
    return (
        f"{wording.value(metric, before)} -> {wording.value(metric, after)}, "
        f"{wording.change(metric, after - before)}"
    )


def _flips(evidence: DropEvidence) -> str:
    if evidence.regressed is None:
        return "paired by image"
    return f"{evidence.regressed:,} images regressed, {evidence.fixed:,} fixed"


def _compare(rule: GateRule, run: Run, baselines: Sequence[StoredBaseline], level: float) -> Compared | str:
    """Compare with each baseline that can be; return the median of them, or why there is none."""
    tried = [_compare_with(rule, run, baseline, level) for baseline in baselines]
    compared = sorted(
        (one for one in tried if isinstance(one, Compared)), key=lambda one: one.evidence.change.value or 0.0
    )
    problems = [one for one in tried if isinstance(one, str)]
    if not compared:
        return "; ".join(dict.fromkeys(problems)) or "no baseline: give a stored run with --baseline"
    median = compared[(len(compared) - 1) // 2]
    notes = [*median.notes, *(f"left out: {problem}" for problem in dict.fromkeys(problems))]
    if len(compared) > 1:
        notes.append(f"the median of {len(compared)} baselines")
    return replace(median, notes=notes)


def _compare_with(rule: GateRule, run: Run, baseline: StoredBaseline, level: float) -> Compared | str:
    if baseline.run is None:
        return baseline.problem
    if rule.detector in baseline.problems:
        return baseline.problems[rule.detector]
    old = baseline.run.results
    if old.dataset.images_fingerprint != run.results.dataset.images_fingerprint:
        return (
            f"the baseline {baseline.where} is on another set: {old.dataset.name!r} with "
            f"{old.dataset.images:,} images, fingerprint {old.dataset.images_fingerprint[:12]}"
        )
    if rule.detector not in old.detectors:
        return (
            f"the baseline {baseline.where} has no {rule.detector!r}: a new detector has nothing to lose yet"
        )
    if old.detectors[rule.detector].status == "failed":
        return f"{rule.detector} failed in the baseline {baseline.where}"
    return _paired(rule, run, baseline.run, level)


def _paired(rule: GateRule, run: Run, baseline: Run, level: float) -> Compared | str:
    columns = run.columns
    old = baseline.columns.take(baseline.columns.positions_of(columns.paths))
    was, now = old.detector(rule.detector), columns.detector(rule.detector)
    chosen = members(columns, rule.metric, rule.slice)
    if rule.metric == "auc":
        chosen = chosen & was.scored & now.scored
    if not chosen.any():
        return f"no labelled image is in {rule.slice or 'the set'}"
    notes = _notes(int(np.sum(old.labels != columns.labels)), was, now, chosen)
    framed, groups = columns.framed[chosen], columns.groups.codes[chosen]
    if rule.metric == "auc":
        if framed.all() or not framed.any():
            return "an AUC needs images of both classes"
        scores = was.scores[chosen], now.scores[chosen]
        before, after = (auc.auc(framed, one, groups) for one in scores)
        evidence = auc_drop_evidence(
            framed, *scores, groups, max_drop=rule.limit, level=level, asked=_asked(rule)
        )
        return Compared(rule, before, after, evidence, notes)
    agree = right(columns, was)[chosen], right(columns, now)[chosen]
    before, after = (proportions.proportion(one, groups) for one in agree)
    evidence = drop_evidence(*agree, groups, max_drop=rule.limit, level=level, asked=_asked(rule))
    return Compared(rule, before, after, evidence, notes)


def _notes(relabelled: int, old: Answers, new: Answers, chosen: Booleans) -> list[str]:
    notes = []
    if relabelled:
        notes.append(f"{relabelled:,} labels differ from the baseline's: the labels of this run judge both")
    for answers, which in ((old, "before"), (new, "now")):
        missing = int(np.sum(chosen & ~answers.scored))
        if missing:
            notes.append(f"{missing:,} images have no score {which}: there they count as wrong")
    if old.threshold != new.threshold:
        notes.append(f"threshold {old.threshold:g} -> {new.threshold:g}")
    return notes
