"""A gate's verdicts as Markdown, for a pull request and a step summary."""

from __future__ import annotations

from framejudge.bench.run import gate_wording as wording
from framejudge.bench.run.verdicts import GateResults, RuleVerdict, Verdict

SIGNS: dict[Verdict, str] = {"pass": "✅ pass", "fail": "❌ fail", "cannot judge": "⚠️ cannot judge"}


def gate_markdown(record: GateResults) -> str:
    """Return a heading with the verdict, a table with a row per rule, and what else should be known."""
    lines = [
        f"### framejudge gate: {SIGNS[record.verdict]}{' (soft)' if record.soft else ''}",
        "",
        headline(record),
        "",
        "| verdict | detector | rule | before | now | change | minimum detectable effect |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        *(_row(one) for one in record.rules),
        "",
        *(f"- **{_safe(one.rule.name)}**: {_safe(one.reason)}" for one in record.rules),
    ]
    notes = [f"{one.rule.name}: {text}" for one in record.rules for text in one.advice] + record.warnings
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
    rule = one.rule
    metric = rule.metric if rule.to is None else f"{rule.metric} to {rule.to}"
    where = "" if rule.slice is None else f" [{rule.slice}]"
    cells = (
        SIGNS[one.verdict],
        rule.detector,
        f"{metric}{where} {rule.condition} {rule.limit:g}",
        wording.interval(rule.metric, one.before),
        wording.interval(rule.metric, one.after),
        wording.found_change(one),
        wording.detectable(rule, one.minimum_detectable_effect),
    )
    return f"| {' | '.join(_safe(cell) for cell in cells)} |"


def _safe(text: str) -> str:
    """Return a text that stays within its cell and holds no markup of its own."""
    for character in "\\`*_<>|":
        text = text.replace(character, f"\\{character}")
    return " ".join(text.split())
