"""What a gate found, in a terminal or a pipe: a table, a line for each rule, the verdict."""

from __future__ import annotations

from pathlib import Path

from rich.markup import escape
from rich.table import Table

from framejudge.bench.cli.terminal.output import plain_console
from framejudge.bench.run import gate_wording as wording
from framejudge.bench.run.verdicts import GateResults, RuleVerdict
from framejudge.bench.run.wording import p_value

COLOURS = {"pass": "green", "fail": "red", "cannot judge": "yellow"}


def print_verdicts(record: GateResults, report: Path | None) -> None:
    """Print each rule with its verdict, what to know about it, and where the report is."""
    console = plain_console()
    against = ", ".join(one.where for one in record.baselines) or "nothing: no baseline was given"
    console.print(f"{escape(record.dataset or record.run)} against {escape(against)}", soft_wrap=True)
    console.print(_table(record.rules))
    for one in record.rules:
        colour = COLOURS[one.verdict]
        console.print(
            f"[{colour}]{one.verdict}[/{colour}] {escape(one.rule.name)}: {escape(one.reason)}",
            soft_wrap=True,
        )
        for text in one.advice:
            console.print(f"  [dim]note: {escape(text)}[/dim]", soft_wrap=True)
    for text in record.warnings:
        console.print(f"[yellow]warning[/yellow]: {escape(text)}", soft_wrap=True)
    if record.interrupted:
        console.print("[yellow]interrupted[/yellow]: rules that were not clear by then cannot be judged")
    colour = COLOURS[record.verdict]
    console.print(f"rules: {escape(record.rules_from)}", soft_wrap=True)
    if report is not None:
        console.print(f"report: {escape(str(report))}", soft_wrap=True)
    softly = ", soft: exit code 0" if record.soft and record.verdict != "pass" else ""
    console.print(f"gate: [bold {colour}]{record.verdict}[/bold {colour}]{softly}")


def _table(rules: list[RuleVerdict]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("rule", overflow="fold")
    for heading in ("change", "p", "minimum detectable", "verdict"):
        table.add_column(heading, no_wrap=True)
    for one in rules:
        colour = COLOURS[one.verdict]
        table.add_row(
            escape(one.rule.name),
            wording.found_change(one),
            p_value(one.p),
            wording.detectable(one.rule, one.minimum_detectable_effect),
            f"[{colour}]{one.verdict}[/{colour}]",
        )
    return table
