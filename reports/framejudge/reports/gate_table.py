"""The verdicts of a gate in words: a row a rule, with the smallest change that it could have seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from framejudge.bench.run import Figure, Run
from framejudge.bench.run.verdicts import GateResults, GateRule, RuleVerdict, Verdict, read_gate
from framejudge.reports.wording import (
    Format,
    count,
    fraction,
    growth,
    interval,
    milliseconds,
    number,
    percent,
    points,
)

SHARES = ("accuracy", "balanced_accuracy", "precision", "recall", "specificity", "within_tolerance")
FRACTIONS = ("auc", "f1", "brier", "iou")
ORDER: tuple[Verdict, ...] = ("fail", "cannot judge", "pass")
"""Worst first: what needs a decision stands on top."""

KINDS = {"pass": "better", "fail": "worse", "cannot judge": "unknown"}


@dataclass(frozen=True, slots=True)
class GateRow:
    """One rule: what it asks, what was found, and the smallest change that would have been seen.

    ``kind`` names the colour; the verdict says the same in words.
    """

    rule: str
    verdict: str
    kind: str
    found: str
    under: str
    smallest_seen: str
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
        headline="; ".join(parts) or "no rule was asked for",
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
        smallest_seen=_smallest(found),
        reason=found.reason,
        advice=found.advice,
    )


def _found(found: RuleVerdict) -> str:
    """Return the change where the rule is about one, else the value."""
    if found.change is not None and found.change.value is not None:
        sign = "+" if found.change.value > 0 else ""
        form, unit = _change_form(found.rule)
        return f"{sign}{form(found.change.value)}{unit}"
    if found.after is not None and found.after.value is not None:
        return _form(found.rule)(found.after.value)
    return "nothing"


def _under(found: RuleVerdict) -> str:
    figure = found.change or found.after
    form = _change_form(found.rule)[0] if found.change is not None else _form(found.rule)
    parts = [_spread(figure, form)]
    if found.pairs:
        parts.append(count(found.pairs, "pair"))
    elif figure is not None and figure.n:
        parts.append(f"n = {figure.n:,}")
    return " · ".join(part for part in parts if part)


def _spread(figure: Figure | None, form: Format) -> str:
    return "" if figure is None else interval(figure, form)


def _smallest(found: RuleVerdict) -> str:
    if found.smallest_seen is None:
        return "none"
    if found.before is None and found.change is None:
        return _form(found.rule)(found.smallest_seen)
    form, unit = _change_form(found.rule)
    return f"{form(found.smallest_seen)}{unit}"


def _form(rule: GateRule) -> Format:
    if rule.metric in SHARES:
        return percent
    if rule.metric in FRACTIONS:
        return fraction
    return milliseconds if rule.metric.startswith("p") or rule.metric.endswith("_ms") else number


def _change_form(rule: GateRule) -> tuple[Format, str]:
    """Return how a change is written: points of a share, a difference of an area, growth in per cent."""
    if rule.metric in SHARES:
        return points, " points"
    return (fraction, "") if rule.metric in FRACTIONS else (growth, "")


def _notes(gate: GateResults) -> list[str]:
    notes = list(gate.warnings)
    if gate.interrupted:
        notes.insert(0, "the gate was ended before it was done: rules that were not settled cannot be judged")
    if gate.soft:
        notes.append("the gate was asked to advise only: it never fails a build")
    return notes
