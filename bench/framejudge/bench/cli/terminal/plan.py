"""A plan in a terminal or a pipe: a table a question, and how each number was found."""

from __future__ import annotations

from collections.abc import Sequence

from rich.markup import escape
from rich.table import Table

from framejudge.bench.cli.terminal.output import plain_console
from framejudge.bench.decide.planning import Kind, Plan, PlanRow, Question, Subject
from framejudge.bench.gate.accuracy.drop import LEVEL
from framejudge.bench.run.wording import NONE, percent

TITLES: dict[Kind, str] = {
    "difference": "to see a difference of accuracy between two detectors",
    "drop": "to have a gate find a drop of accuracy",
    "interval": "to know an accuracy (95 % interval)",
    "latency ratio": "to know the ratio of two latencies (95 % interval)",
    "percentile": "to have a 95 % interval for a percentile of latency",
}


def print_plan(plan: Plan) -> None:
    """Print what the plan rests on, and a table for each kind of question."""
    console = plain_console()
    for subject in plan.subjects:
        console.print(escape(_known(subject)), soft_wrap=True)
    for kind, title in TITLES.items():
        rows = [row for row in plan.rows if row.kind == kind]
        if rows:
            console.print()
            console.print(f"[bold]{title}[/bold]{escape(_how(kind, plan.question))}", soft_wrap=True)
            console.print(_table(kind, rows))
    for reason in dict.fromkeys(f"{row.subject}: {row.reason}" for row in plan.rows if row.reason):
        console.print(f"[dim]{escape(reason.removeprefix(': '))}[/dim]", soft_wrap=True)


def _known(subject: Subject) -> str:
    parts = []
    if subject.accuracy is not None and subject.accuracy.value is not None:
        parts.append(f"accuracy {percent(subject.accuracy.value)}")
    if subject.disagreement is not None and subject.disagreement.value is not None:
        found = subject.disagreement
        spread = (
            ""
            if found.low is None or found.high is None
            else f" [{percent(found.low)}, {percent(found.high)}]"
        )
        parts.append(f"only one is right on {percent(subject.disagreement.value)}{spread} of the images")
    if subject.group_size > 1:
        parts.append(
            f"{subject.group_size:.3g} images of a photo, correlation {subject.correlation:.2f}: "
            f"{subject.effect:.2f} of them count as one"
        )
    return f"{subject.name or 'given'}: {'; '.join(parts)}"


def _how(kind: Kind, question: Question) -> str:
    power = f"found in {percent(question.power)} of the sets"
    if kind == "difference":
        shared = f", corrected for {question.pairs} pairs" if question.pairs > 1 else ""
        return f": McNemar's test at {percent(question.level)}{shared}, {power}"
    if kind == "drop":
        shared = f" over {question.rules} rules" if question.rules > 1 else ""
        return f": its test at {percent(LEVEL)}{shared}, max_drop {question.max_drop:g}, {power}"
    return ""


def _table(kind: Kind, rows: Sequence[PlanRow]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    headings = (
        ["of", "size", "images", "photos"]
        if kind not in ("percentile", "latency ratio")
        else ["of", "size", "calls"]
    )
    with_ends = any(row.low is not None or row.high is not None for row in rows)
    for heading in headings:
        table.add_column(heading, no_wrap=heading != "of", justify="left" if heading == "of" else "right")
    if with_ends:
        table.add_column("by the pilot's interval", no_wrap=True)
    for row in rows:
        cells = [escape(row.subject), _size(row)]
        cells += [_count(row.images), _count(row.groups)] if "images" in headings else [_count(row.calls)]
        if with_ends:
            cells.append(f"{_count(row.low)} to {_count(row.high)}")
        table.add_row(*cells)
    return table


def _size(row: PlanRow) -> str:
    if row.kind == "percentile":
        return f"p{round(100 * row.effect, 5):g}"
    if row.kind == "latency ratio":
        return f"+- {percent(row.effect)}"
    points = f"{100 * row.effect:g} {'point' if row.effect == 0.01 else 'points'}"
    return f"+- {points}" if row.kind == "interval" else points


def _count(number: int | None) -> str:
    return NONE if number is None else f"{number:,}"
