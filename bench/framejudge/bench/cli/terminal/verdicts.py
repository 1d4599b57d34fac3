"""What a gate found, in a terminal or a pipe: a row for each rule, a line for what needs one, the verdict."""

from __future__ import annotations

from pathlib import Path

from rich.markup import escape
from rich.table import Table

from framejudge.bench.cli.terminal.notices import notice_line, print_notices
from framejudge.bench.cli.terminal.output import plain_console
from framejudge.bench.run import gate_wording as wording
from framejudge.bench.run.verdicts import GateResults, RuleVerdict
from framejudge.datasets.codes import find_code

COLOURS = {"pass": "green", "fail": "red", "cannot judge": "yellow"}


def print_verdicts(record: GateResults, report: Path | None) -> None:
    """Print each rule once, with its figures and verdict, why one was not kept, and where the report is."""
    console = plain_console()
    against = ", ".join(one.where for one in record.baselines) or "nothing: no baseline was given"
    console.print(f"{escape(record.dataset or record.run)} against {escape(against)}", soft_wrap=True)
    console.print(_table(record.rules))
    for one in record.rules:
        if one.verdict != "pass":
            console.print(_why(one), soft_wrap=True)
        for notice in one.notices:
            named = notice.text.startswith(one.rule.detector)
            console.print(notice_line(notice, of="" if named else one.rule.subject), soft_wrap=True)
    print_notices(console, record.notices)
    if record.interrupted:
        console.print("[yellow]interrupted[/yellow]: rules that were not clear by then cannot be judged")
    console.print(f"rules: {escape(record.rules_from)}", soft_wrap=True)
    if report is not None:
        console.print(f"report: {escape(str(report))}", soft_wrap=True)
    colour = COLOURS[record.verdict]
    softly = ", soft: exit code 0" if record.soft and record.verdict != "pass" else ""
    console.print(f"gate: [bold {colour}]{record.verdict}[/bold {colour}]{softly}")


def _table(rules: list[RuleVerdict]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("rule", overflow="fold")
    for heading in (*wording.HEADINGS, "verdict"):
        table.add_column(heading)
    for one in rules:
        colour = COLOURS[one.verdict]
        cells = map(escape, wording.stated(one).cells)
        table.add_row(escape(one.rule.subject), *cells, f"[{colour}]{one.verdict}[/{colour}]")
    return table


def _why(one: RuleVerdict) -> str:
    colour = COLOURS[one.verdict]
    code = f" {find_code(one.code)}" if one.code else ""
    return f"[{colour}]{one.verdict}[/{colour}]{code}: {escape(one.rule.subject)}: {escape(one.reason)}"
