"""Changes of accuracy and of its kin between stored runs, paired by image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from framejudge.bench.decide.pilot import plan_command
from framejudge.bench.gate.accuracy.drop import LEVEL, DropEvidence, auc_drop_evidence, drop_evidence
from framejudge.bench.gate.accuracy.selection import (
    members,
    mostly_without_score,
    right,
    wrong_without_score,
)
from framejudge.bench.run import Run
from framejudge.bench.run import gate_wording as wording
from framejudge.bench.run.columns import Answers, Booleans
from framejudge.bench.run.figure import Figure
from framejudge.bench.run.verdicts import GateRule, RuleVerdict, Verdict
from framejudge.bench.run.wording import about, p_equals
from framejudge.bench.statistics import auc, proportions
from framejudge.bench.statistics.paired import holm
from framejudge.datasets.codes import Code, Notice
from framejudge.datasets.codes import gates as codes


@dataclass(frozen=True, slots=True)
class StoredBaseline:
    """A run to compare with, None where it may be missing; ``problems``: why it lacks a detector, by name."""

    where: str
    run: Run | None
    problems: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Uncompared:
    """Why a rule cannot be compared with a baseline."""

    code: Code
    why: str


@dataclass(frozen=True, slots=True)
class Compared:
    """A rule's metric in two runs, with what the pairs of answers say; ``rules`` share the level."""

    rule: GateRule
    before: Figure
    after: Figure
    evidence: DropEvidence
    notes: list[Notice] = field(default_factory=list)
    rules: int = 1


def judge_changes(
    rules: Sequence[GateRule], run: Run, baselines: Sequence[StoredBaseline]
) -> dict[GateRule, RuleVerdict]:
    """Judge every ``max_drop``; the detectors are in the run and did not fail.

    Of several baselines the one with the median change counts: one freak run moves nothing.
    """
    found: dict[GateRule, Compared | Uncompared] = {
        rule: _compare(rule, run, baselines, LEVEL / len(rules)) for rule in rules
    }
    compared = [one for one in found.values() if isinstance(one, Compared)]
    p_values = dict(
        zip((one.rule for one in compared), holm([one.evidence.p_drop for one in compared]), strict=True)
    )
    return {
        rule: _verdict(replace(one, rules=len(rules)), p_values[rule])
        if isinstance(one, Compared)
        else RuleVerdict(rule=rule, verdict="cannot judge", reason=one.why, code=one.code.number)
        for rule, one in found.items()
    }


def _verdict(one: Compared, p: float) -> RuleVerdict:
    rule, evidence = one.rule, one.evidence
    change = evidence.change.value
    assert change is not None and rule.minimum_detectable_effect is not None
    verdict: Verdict = "pass"
    reason, code = f"{_what(one)}; {_flips(evidence)}", ""
    if -change > rule.limit and p <= LEVEL:
        verdict, code = "fail", codes.DROPPED.number
        reason += f"; more was lost than the limit allows, {p_equals(p)}"
    elif -change > rule.limit:
        verdict, code = "cannot judge", codes.TOO_FEW_IMAGES.number
        reason += f"; a loss beyond the limit that chance could explain, {p_equals(p)}{_too_few_images(one)}"
    elif not _detects_enough(rule.minimum_detectable_effect, evidence):
        verdict, code = "cannot judge", codes.TOO_FEW_IMAGES.number
        reason += _too_few_images(one)
    stale = evidence.p_gain <= LEVEL and change > rule.limit
    notices = list(one.notes)
    if stale:
        text = (
            "significantly better than the baseline: store this run as the new baseline, or a later change "
            "can lose all of the gain undetected"
        )
        notices.append(codes.STALE_BASELINE.says(text, about=rule.detector))
    return RuleVerdict(
        rule=rule,
        verdict=verdict,
        reason=reason,
        before=one.before,
        after=one.after,
        change=evidence.change,
        p=p,
        minimum_detectable_effect=evidence.minimum_detectable_effect,
        stale=stale,
        code=code,
        notices=notices,
    )


def _too_few_images(one: Compared) -> str:
    """Say what the rule asks for, and how many images would do."""
    rule, evidence = one.rule, one.evidence
    asked = wording.amount(rule.metric, _asked(rule))
    said = f"; too few images: the rule asks to detect a drop of {asked}"
    if evidence.images_needed is None:
        return said
    said += f", which would need {about(evidence.images_needed, 'image')}"
    if evidence.pilot is None:
        return said
    command = plan_command(evidence.pilot, _asked(rule), max_drop=rule.limit, rules=one.rules)
    return f"{said}; `{command}` shows how"


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
    return f"{wording.value(metric, before)} -> {wording.value(metric, after)}"


def _flips(evidence: DropEvidence) -> str:
    if evidence.regressed is None:
        return "paired by image"
    return f"{evidence.regressed:,} images regressed, {evidence.fixed:,} fixed"


def _compare(
    rule: GateRule, run: Run, baselines: Sequence[StoredBaseline], level: float
) -> Compared | Uncompared:
    """Compare with each baseline that can be; return the median of them, or why there is none."""
    tried = [_compare_with(rule, run, baseline, level) for baseline in baselines]
    compared = sorted(
        (one for one in tried if isinstance(one, Compared)), key=lambda one: one.evidence.change.value or 0.0
    )
    problems = list(dict.fromkeys(one for one in tried if isinstance(one, Uncompared)))
    if not problems and not compared:
        return Uncompared(codes.NO_BASELINE, "no baseline: give a stored run with --baseline")
    if not compared:
        return Uncompared(problems[0].code, "; ".join(one.why for one in problems))
    median = compared[(len(compared) - 1) // 2]
    notes = [*median.notes, *(codes.BASELINE_LEFT_OUT.says(f"left out: {one.why}") for one in problems)]
    if len(compared) > 1:
        notes.append(codes.SEVERAL_BASELINES.says(f"the median of {len(compared)} baselines"))
    return replace(median, notes=notes)


def _compare_with(rule: GateRule, run: Run, baseline: StoredBaseline, level: float) -> Compared | Uncompared:
    if baseline.run is None:
        return Uncompared(codes.NO_BASELINE, f"no baseline yet: there is no {baseline.where}")
    if rule.detector in baseline.problems:
        return Uncompared(codes.NOT_IN_BASELINE, baseline.problems[rule.detector])
    old = baseline.run.results
    if old.dataset.images_fingerprint != run.results.dataset.images_fingerprint:
        return Uncompared(
            codes.OTHER_SET,
            f"the baseline {baseline.where} is on another set: {old.dataset.name!r} with "
            f"{old.dataset.images:,} images, fingerprint {old.dataset.images_fingerprint[:12]}",
        )
    if rule.detector not in old.detectors:
        return Uncompared(
            codes.NOT_IN_BASELINE,
            f"the baseline {baseline.where} has no {rule.detector!r}: a new detector has nothing to lose yet",
        )
    if old.detectors[rule.detector].status == "failed":
        return Uncompared(codes.NOT_MEASURED, f"{rule.detector} failed in the baseline {baseline.where}")
    return _paired(rule, run, baseline.run, level)


def _paired(rule: GateRule, run: Run, baseline: Run, level: float) -> Compared | Uncompared:
    columns = run.columns
    old = baseline.columns.take(baseline.columns.positions_of(columns.paths))
    was, now = old.detector(rule.detector), columns.detector(rule.detector)
    chosen = members(columns, rule.metric, rule.slice)
    if not chosen.any():
        return Uncompared(codes.NO_FIGURE, f"no labelled image is in {rule.slice or 'the set'}")
    for answers, which in ((now, "the run"), (was, "the baseline")):
        if mostly_without_score(answers, chosen):
            why = f"{rule.detector} gave most images no score in {which}: there is nothing to compare"
            return Uncompared(codes.NO_FIGURE, why)
    notes = _notes(int(np.sum(old.labels != columns.labels)), was, now, chosen)
    framed, groups = columns.framed[chosen], columns.groups.codes[chosen]
    if rule.metric == "auc":
        if framed.all() or not framed.any():
            return Uncompared(codes.NO_FIGURE, "an AUC needs images of both classes")
        scores = tuple(wrong_without_score(one, columns.framed)[chosen] for one in (was, now))
        before, after = (auc.auc(framed, one, groups) for one in scores)
        evidence = auc_drop_evidence(
            framed, scores[0], scores[1], groups, max_drop=rule.limit, level=level, asked=_asked(rule)
        )
        return Compared(rule, before, after, evidence, notes)
    agree = right(columns, was)[chosen], right(columns, now)[chosen]
    before, after = (proportions.proportion(one, groups) for one in agree)
    evidence = drop_evidence(*agree, groups, max_drop=rule.limit, level=level, asked=_asked(rule))
    return Compared(rule, before, after, evidence, notes)


def _notes(relabelled: int, old: Answers, new: Answers, chosen: Booleans) -> list[Notice]:
    notes = []
    if relabelled:
        text = f"{relabelled:,} labels differ from the baseline's: the labels of this run judge both"
        notes.append(codes.LABELS_DIFFER.says(text))
    for answers, which in ((old, "before"), (new, "now")):
        missing = int(np.sum(chosen & ~answers.scored))
        if missing:
            text = f"{missing:,} images have no score {which}: there they count as wrong"
            notes.append(codes.COUNTED_AS_WRONG.says(text, about=new.name))
    if old.threshold != new.threshold:
        text = f"threshold {old.threshold:g} -> {new.threshold:g}"
        notes.append(codes.THRESHOLD_DIFFERS.says(text, about=new.name))
    return notes
