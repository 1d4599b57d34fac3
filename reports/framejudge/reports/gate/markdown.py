"""A gate's verdicts as Markdown, for a pull request and a step summary."""

from __future__ import annotations

from framejudge.bench.run import gate_wording as wording
from framejudge.bench.run.verdicts import GateResults, RuleVerdict, Verdict
from framejudge.datasets.codes import find_code
from framejudge.datasets.codes.muting import muted_line, shown
from framejudge.datasets.printable import printable

SIGNS: dict[Verdict, str] = {"pass": "✅ pass", "fail": "❌ fail", "cannot judge": "⚠️ cannot judge"}


def gate_markdown(record: GateResults) -> str:
    """Return a heading with the verdict, a table with a row per rule, and what else should be known."""
    lines = [
        f"### framejudge gate: {SIGNS[record.verdict]}{' (soft)' if record.soft else ''}",
        "",
        headline(record),
        "",
        f"| verdict | rule | {' | '.join(wording.HEADINGS)} | why |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        *(_row(one) for one in record.rules),
    ]
    notes = [f"{one.rule.subject}: {notice}" for one in record.rules for notice in one.notices]
    notes += [*map(str, shown(record.notices)), muted_line(record.notices)]
    notes = [note for note in notes if note]
    if notes:
        lines += ["", "Notes:", "", *(f"- {_safe(note)}" for note in notes)]
    return "\n".join(lines) + "\n"


def headline(record: GateResults) -> str:
    """Return how many rules got which verdict, and what was compared with what."""
    counts = [f"{count} {verdict}" for verdict, count in record.counts().items() if count]
    against = ", ".join(_safe(one.where) for one in record.baselines) or "no baseline"
    cut = "; interrupted" if record.interrupted else ""
    return f"{', '.join(counts)}; {_safe(record.dataset)} against {against}{cut}."


def _row(one: RuleVerdict) -> str:
    why = f"{find_code(one.code)}: {one.reason}" if one.code else one.reason
    cells = (SIGNS[one.verdict], one.rule.subject, *wording.stated(one).cells, why)
    return f"| {' | '.join(_safe(cell) for cell in cells)} |"


def _safe(text: str) -> str:
    """Return a text that stays within its cell and holds no markup of its own."""
    for character in "\\`*_<>|":
        text = text.replace(character, f"\\{character}")
    return printable(" ".join(text.split()))
