"""The verdicts of a gate in words: a row a rule, with its minimum detectable effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from framejudge.bench.run import Run, gate_wording
from framejudge.bench.run.verdicts import GateResults, RuleVerdict, Verdict, read_gate
from framejudge.bench.run.wording import MINUS, NONE, count, interval

ORDER: tuple[Verdict, ...] = ("fail", "cannot judge", "pass")
"""Worst first: what needs a decision stands on top."""

KINDS = {"pass": "better", "fail": "worse", "cannot judge": "unknown"}


@dataclass(frozen=True, slots=True)
class GateRow:
    """One rule: what it asks, what was found, and the minimum detectable effect.

    ``kind`` names the colour; the verdict says the same in words.
    """

    rule: str
    verdict: str
    kind: str
    found: str
    under: str
    minimum_detectable_effect: str
    reason: str
    advice: Sequence[str]


@dataclass(frozen=True, slots=True)
class GateSummary:
    """What the first screen says of a gate."""

    verdict: str
    kind: str
    headline: str
    source: str
    rows: Sequence[GateRow]
    notes: Sequence[str]


def verdicts_on(run: Run) -> GateResults | None:
    """Return a gate's verdicts on a run; those on an earlier run in the same folder are none on this one."""
    gate = read_gate(run.folder)
    return gate if gate is not None and gate.finished >= run.manifest.started else None


def summarise(gate: GateResults) -> GateSummary:
    """Return a gate's verdicts in words, the worst first."""
    counts = gate.counts()
    said = {"fail": "failed", "cannot judge": "could not be judged", "pass": "passed"}
    parts = [f"{count(counts[verdict], 'rule')} {said[verdict]}" for verdict in ORDER if counts[verdict]]
    against = ", ".join(
        f"{one.where} ({one.identity})" if one.identity else one.where for one in gate.baselines
    )
    return GateSummary(
        verdict=gate.verdict,
        kind=KINDS[gate.verdict],
        headline="; ".join(parts) or "no rules",
        source=f"{gate.started[:16].replace('T', ' ')}{f', against {against}' if against else ''}",
        rows=[_row(one) for verdict in ORDER for one in gate.rules if one.verdict == verdict],
        notes=_notes(gate),
    )


def _row(found: RuleVerdict) -> GateRow:
    rule = found.rule
    return GateRow(
        rule=rule.name,
        verdict=found.verdict,
        kind=KINDS[found.verdict],
        found=_found(found),
        under=_under(found),
        minimum_detectable_effect=_signed(
            gate_wording.detectable(found.rule, found.minimum_detectable_effect)
        ),
        reason=found.reason,
        advice=found.advice,
    )


def _found(found: RuleVerdict) -> str:
    """Return the change where the rule is about one, else the value."""
    metric = found.rule.metric
    if found.change is not None and found.change.value is not None:
        return _signed(gate_wording.change(metric, found.change.value))
    if found.after is not None and found.after.value is not None:
        return gate_wording.value(metric, found.after.value)
    return NONE


def _under(found: RuleVerdict) -> str:
    figure = found.change or found.after
    if figure is None:
        return ""
    observations = count(found.pairs, "pair") if found.pairs else f"n = {figure.n:,}" if figure.n else ""
    return " · ".join(part for part in (_spread(found), observations) if part)


def _spread(found: RuleVerdict) -> str:
    metric = found.rule.metric
    if found.change is not None:
        return _signed(interval(found.change, lambda end: gate_wording.change(metric, end)))
    return interval(found.after, lambda end: gate_wording.value(metric, end)) if found.after else ""


def _signed(text: str) -> str:
    return text if text == NONE else text.replace("-", MINUS)


def _notes(gate: GateResults) -> list[str]:
    notes = list(gate.warnings)
    if gate.interrupted:
        notes.insert(0, "the gate was interrupted: rules without a clear result by then cannot be judged")
    if gate.soft:
        notes.append("the gate only advises (--soft): it never fails a build")
    return notes
