"""The verdicts of a gate in words: a row a rule, with its minimum detectable effect."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from framejudge.bench.run import Run, gate_wording
from framejudge.bench.run.verdicts import GateResults, RuleVerdict, Verdict, read_gate
from framejudge.bench.run.wording import MINUS, NONE, count
from framejudge.datasets.codes import find_code
from framejudge.datasets.codes.muting import muted_line, shown

ORDER: tuple[Verdict, ...] = ("fail", "cannot judge", "pass")
"""Worst first: what needs a decision stands on top."""

KINDS = {"pass": "better", "fail": "worse", "cannot judge": "unknown"}


@dataclass(frozen=True, slots=True)
class GateRow:
    """One rule: what it is about, its four figures, and why that is the verdict.

    ``kind`` names the colour; the verdict says the same in words. ``under`` is how much was observed.
    """

    rule: str
    verdict: str
    kind: str
    figures: gate_wording.Stated
    under: str
    reason: str
    notes: Sequence[str]


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
    figures = gate_wording.stated(found)
    return GateRow(
        rule=found.rule.subject,
        verdict=found.verdict,
        kind=KINDS[found.verdict],
        figures=gate_wording.Stated(*map(_signed, figures.cells)),
        under=_observations(found),
        reason=f"{find_code(found.code)}: {found.reason}" if found.code else found.reason,
        notes=list(map(str, found.notices)),
    )


def _observations(found: RuleVerdict) -> str:
    figure = found.change or found.after
    if found.pairs:
        return count(found.pairs, "pair")
    return f"n = {figure.n:,}" if figure is not None and figure.n else ""


def _signed(text: str) -> str:
    return text if text == NONE else re.sub(r"(?<![\w-])-(?=\d)", MINUS, text)


def _notes(gate: GateResults) -> list[str]:
    notes = [*map(str, shown(gate.notices)), muted_line(gate.notices)]
    notes = [note for note in notes if note]
    if gate.interrupted:
        notes.insert(0, "the gate was interrupted: rules without a clear result by then cannot be judged")
    if gate.soft:
        notes.append("the gate only advises (--soft): it never fails a build")
    return notes
