"""Verdicts on latency: from pairs that were measured; from stored runs there is advice alone."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from framejudge.bench.compare.runs import MACHINE_FACTS
from framejudge.bench.gate.accuracy.verdicts import StoredBaseline
from framejudge.bench.gate.latency.sequential import (
    Batch,
    Finding,
    Kind,
    LatencyRule,
    Outcome,
    SlowdownTest,
)
from framejudge.bench.run import Figure, Run
from framejudge.bench.run import gate_wording as wording
from framejudge.bench.run.metrics import LATENCY
from framejudge.bench.run.verdicts import GateRule, Measurement, RuleVerdict, Verdict
from framejudge.bench.run.wording import p_equals
from framejudge.datasets.codes import Notice
from framejudge.datasets.codes import gates as codes

VERDICTS: Mapping[Outcome, Verdict] = {"slower": "fail", "not slower": "pass", "too noisy": "cannot judge"}

STALE_LEVEL = 0.01
"""Below this p-value a version is called faster; no build fails by that, so looks are not counted."""

ONE_SESSION = "the median of all calls in this session; judged are the ratios within pairs"


@dataclass(frozen=True, slots=True)
class Timings:
    """What measuring pairs came to.

    Attributes
    ----------
    test
        With as many pairs as there were time for.
    problems
        Why a detector could not be measured, by its name.
    interrupted
        Whether it was ended early.
    medians_ms
        Of all calls of the old and of the new version, by detector: for a reader, nothing is judged by them.
    taken
        Pairs by detector, those of a look that was interrupted included.
    """

    test: SlowdownTest
    problems: Mapping[str, str] = field(default_factory=dict)
    interrupted: bool = False
    medians_ms: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    taken: Mapping[str, int] = field(default_factory=dict)


def latency_rule(rule: GateRule) -> LatencyRule:
    """Return a ``max_growth`` rule as the statistics take it."""
    assert rule.minimum_detectable_effect is not None
    kind: Kind = "median" if rule.metric == LATENCY else "tail"
    return LatencyRule(rule.detector, kind, rule.limit, rule.minimum_detectable_effect)


def judge_growth(rule: GateRule, timings: Timings) -> RuleVerdict:
    """Judge ``max_growth`` by the pairs that were measured."""
    problem = timings.problems.get(rule.detector)
    if problem is not None:
        return RuleVerdict(rule=rule, verdict="cannot judge", reason=problem, code=codes.NOT_MEASURED.number)
    key = latency_rule(rule)
    found = timings.test.finding(key)
    pairs = timings.taken.get(rule.detector, timings.test.pairs(rule.detector))
    if found is None or found.outcome is None:
        return RuleVerdict(
            rule=rule,
            verdict="cannot judge",
            reason=f"interrupted after {pairs} pairs, before the result was clear",
            pairs=pairs,
            code=codes.CUT_SHORT.number,
        )
    smallest = found.evidence.minimum_detectable_effect
    verdict = VERDICTS[found.outcome]
    medians = timings.medians_ms.get(rule.detector) if rule.metric == LATENCY else None
    stale = rule.metric == LATENCY and verdict == "pass" and found.evidence.p_faster <= STALE_LEVEL
    return RuleVerdict(
        rule=rule,
        verdict=verdict,
        reason=_reason(rule, found),
        before=None if medians is None else Figure(value=medians[0], reason=ONE_SESSION),
        after=None if medians is None else Figure(value=medians[1], reason=ONE_SESSION),
        change=found.evidence.growth,
        p=found.p,
        minimum_detectable_effect=smallest if math.isfinite(smallest) else None,
        pairs=pairs,
        stale=stale,
        code={"fail": codes.SLOWER.number, "cannot judge": codes.TOO_NOISY.number}.get(verdict, ""),
        notices=_notices(rule, timings, key, found, stale),
    )


def advise_growth(rule: GateRule, run: Run, baselines: Sequence[StoredBaseline]) -> RuleVerdict:
    """Say what stored runs can: how the median moved between two sessions, as advice."""
    return RuleVerdict(
        rule=rule,
        verdict="cannot judge",
        reason="a change of latency needs both versions in one session: give --detectors and --baseline "
        "git:REV, a model file or a detector",
        code=codes.SEVERAL_SESSIONS.number,
        notices=latency_advice(rule.detector, run, baselines),
    )


def latency_advice(detector: str, run: Run, baselines: Sequence[StoredBaseline]) -> list[Notice]:
    """Say how a detector's median moved since stored runs: several sessions, so no verdict follows."""
    now = _p50(run, detector)
    if now is None:
        return []
    before, elsewhere = [], 0
    for baseline in baselines:
        median = None if baseline.run is None else _p50(baseline.run, detector)
        if median is None or baseline.run is None:
            continue
        if _same_machine(run, baseline.run):
            before.append(median)
        else:
            elsewhere += 1
    found = []
    if before:
        old = float(np.median(before))
        which = "the baseline" if len(before) == 1 else f"the median of {len(before)} baselines"
        growth = wording.change(LATENCY, now / old - 1)
        text = (
            f"{detector}: p50 {old:.3g} -> {now:.3g} ms, {growth} against {which}; other sessions, so this "
            "is no verdict"
        )
        found.append(codes.LATENCY_MOVED.says(text, about=detector))
    if elsewhere:
        text = f"{detector}: {elsewhere} baselines were timed on another machine: not compared"
        found.append(codes.BASELINE_LEFT_OUT.says(text, about=detector))
    return found


def measurements(timings: Timings) -> list[Measurement]:
    """Return what was measured, a record per batch and detector."""
    batches = [timings.test.first, *([] if timings.test.again is None else [timings.test.again])]
    return [
        _measurement(batch, number, detector)
        for number, batch in enumerate(batches, start=1)
        for detector in batch.ratios
    ]


def _measurement(batch: Batch, number: int, detector: str) -> Measurement:
    ratios = batch.ratios[detector]
    per_pair = np.nanmedian(ratios, axis=1)
    found = next((finding for rule, finding in batch.findings.items() if rule.detector == detector), None)
    return Measurement(
        detector=detector,
        batch=number,
        pairs=len(ratios),
        images=ratios.shape[1],
        pair_growth=[float(one) for one in np.expm1(per_pair)],
        spread=0.0 if found is None else found.evidence.spread,
    )


def _reason(rule: GateRule, found: Finding) -> str:
    assert rule.minimum_detectable_effect is not None and found.evidence.growth.value is not None
    what = "" if rule.metric == LATENCY else "of the slowest images, noise taken off; "
    over = f"{what}over {found.pairs} pairs"
    if found.outcome == "slower":
        batch = "" if rule.metric == LATENCY else " of a second batch, as of the first"
        return f"{over}{batch}, {p_equals(found.p)}"
    if not math.isfinite(found.evidence.minimum_detectable_effect):
        return f"too few pairs: {over}"
    if found.outcome == "too noisy":
        spread = wording.amount(rule.metric, found.evidence.spread)
        if found.evidence.growth.value > rule.limit:
            asked = f"more than the limit, and not clearly more, {p_equals(found.p)}"
        else:
            asked = f"the rule asks to detect {wording.change(rule.metric, rule.minimum_detectable_effect)}"
        return f"too noisy: {over} that spread by {spread}; {asked}"
    return over


def _notices(rule: GateRule, timings: Timings, key: LatencyRule, found: Finding, stale: bool) -> list[Notice]:
    notices = []
    first = timings.test.first.findings[key]
    if first.outcome == "slower" and found.outcome != "slower":
        growth = first.evidence.growth.value
        assert growth is not None
        text = f"a first batch showed {wording.change(rule.metric, growth)}; fresh pairs did not confirm it"
        notices.append(codes.NOT_CONFIRMED.says(text, about=rule.detector))
    if stale:
        text = (
            "significantly faster than the baseline: make this version the new baseline, or a later change "
            "can lose all of the gain undetected"
        )
        notices.append(codes.STALE_BASELINE.says(text, about=rule.detector))
    return notices


def _p50(run: Run, detector: str) -> float | None:
    result = run.results.detectors.get(detector)
    return None if result is None or result.latency_ms is None else result.latency_ms.p50.value


def _same_machine(run: Run, other: Run) -> bool:
    here, there = run.results.environment, other.results.environment
    return all(here.get(name) == there.get(name) for name in MACHINE_FACTS)
