"""What a run decides, in a terminal or a pipe: the report's sentence, and what it rests on."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from framejudge.bench.cli.terminal.output import plain_console
from framejudge.bench.run import Results
from framejudge.reports.text.costs import CostTable
from framejudge.reports.text.decision import decide
from framejudge.reports.text.pairs import PairCell, pair_rows

PAIRS_SHOWN = 10


def print_decision(results: Results, console: Console | None = None) -> None:
    """Print the headline of the report, and with costs the table of costs and its notes."""
    console = console or plain_console()
    decision = decide(results)
    console.print(f"[bold]{escape(decision.headline)}[/bold]", soft_wrap=True)
    if decision.costs is not None and decision.costs.rows:
        console.print(_table(decision.costs))
    for note in decision.notes:
        console.print(escape(note), soft_wrap=True)


def _table(costs: CostTable) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("choice", overflow="fold")
    headings = [costs.cost_title, "cheapest"]
    if costs.latency_title:
        headings += [costs.latency_title, "budget"]
    for heading in headings:
        table.add_column(heading, no_wrap=True)
    for row in costs.rows:
        cells = [f"{row.cost} [{row.spread}]" if row.spread else row.cost, row.cheapest]
        if costs.latency_title:
            cells += [row.latency, row.budget]
        table.add_row(*map(escape, (row.choice, *cells)))
    return table


def print_pairs(results: Results, console: Console | None = None) -> None:
    """Print every two detectors side by side, where there are more than two; the report has all of many."""
    rows = pair_rows(results)
    if not rows:
        return
    console = console or plain_console()
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("more accurate", "than"):
        table.add_column(heading, overflow="fold")
    for heading in ("by (points)", "p", "AUC difference", "latency, times"):
        table.add_column(heading, no_wrap=True)
    for row in rows[:PAIRS_SHOWN]:
        cells = (row.accuracy, row.p, row.auc, row.latency)
        table.add_row(escape(row.better), escape(row.worse), *(_bracketed(cell) for cell in cells))
    console.print(table)
    if len(rows) > PAIRS_SHOWN:
        console.print(f"[dim]and {len(rows) - PAIRS_SHOWN} more pairs in the report[/dim]")


def _bracketed(cell: PairCell) -> str:
    """Return a figure with its interval; why it is missing stands in the report."""
    return escape(f"{cell.text} [{cell.under}]" if cell.under and " to " in cell.under else cell.text)
