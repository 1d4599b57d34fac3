"""``bench history``: a metric over a row of runs, and the step where it changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from framejudge.bench.run import Figure
    from framejudge.bench.run.history import History, HistoryRun, Series, Step

SHORT_COMMIT = 9


def history(
    runs: Annotated[
        list[Path], typer.Argument(metavar="RUNS...", help="Folders of runs, or one folder that holds them.")
    ],
    metric: Annotated[
        str,
        typer.Option(
            help="Metric: accuracy, auc, p50, ..., or latency_ratio:OTHER, the time relative to OTHER."
        ),
    ] = "accuracy",
    detectors: Annotated[
        str | None,
        typer.Option(
            "--detectors",
            "--detector",
            metavar="A,B",
            help="Detectors to follow, separated by commas; by default all.",
        ),
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Also write the history as one HTML file.")
    ] = None,
    json: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Also write the history as JSON.")
    ] = None,
) -> None:
    """Follow a metric over commits, with its intervals, and find the step where it changed."""
    from framejudge.bench.cli.terminal.output import write_text
    from framejudge.bench.compare.history import build_history, open_runs

    opened, notices = open_runs(runs)
    names = [name.strip() for name in (detectors or "").split(",") if name.strip()]
    found = build_history(opened, metric=metric, detectors=names, notices=notices)
    _print(found)
    if html is not None:
        from framejudge.reports.page.history import render_history

        write_text(html, render_history(found))
        typer.echo(html)
    if json is not None:
        write_text(json, _json(found))
        typer.echo(json)


def _print(found: History) -> None:
    from framejudge.bench.cli.terminal.notices import print_notices
    from framejudge.bench.cli.terminal.output import plain_console

    console = plain_console()
    for series in found.series:
        _print_series(console, found, series)
    console.print("[dim]In brackets: 95 % intervals.[/dim]")
    print_notices(console, found.notices)


def _print_series(console: Console, found: History, series: Series) -> None:
    from rich.markup import escape

    where = "" if series.machine is None else f", on {series.machine}"
    heading = f"{series.detector}: {found.metric} on {series.dataset}{where}"
    console.print(f"[bold]{escape(heading)}[/bold]", soft_wrap=True)
    steps = {step.position: step for step in series.steps}
    for position, point in enumerate(series.points):
        if position in steps:
            console.print(escape(f"  -- {_step(series, steps[position])}"), soft_wrap=True)
        run = found.runs[point.run]
        line = f"  {_commit(run):<{SHORT_COMMIT + 2}} {run.started[:16].replace('T', ' ')}"
        console.print(escape(f"{line}  {_value(point.figure, found.unit)}"), soft_wrap=True)
    if not series.steps:
        console.print(
            escape(f"  no step: {series.untested or 'chance explains the differences'}"), soft_wrap=True
        )
    for note in series.notes:
        console.print(escape(f"  note: {note}"), soft_wrap=True)


def _commit(run: HistoryRun) -> str:
    """Return a commit in short, with a star where files differed from it."""
    if run.commit is None:
        return "no commit"
    return f"{run.commit[:SHORT_COMMIT]}{'*' if run.dirty else ''}"


def _value(figure: Figure, unit: str) -> str:
    from framejudge.bench.run.wording import bracketed, decimals, digits

    text = bracketed(figure, digits(4) if unit else decimals(3))
    return f"{text} ({figure.reason})" if figure.value is None else f"{text} {unit}".rstrip()


def _step(series: Series, step: Step) -> str:
    from framejudge.bench.run.wording import bracketed, decimals, p_equals, signed

    ratio = series.compared_by == "ratio"
    change = bracketed(step.change, decimals(3) if ratio else signed(decimals(3)))
    because = f"; changed here: {'; '.join(step.changed)}" if step.changed else ""
    return f"step: {change}{' times' if ratio else ''}, {p_equals(step.p)}{because}"


def _json(found: History) -> str:
    import json
    from dataclasses import asdict

    return json.dumps(asdict(found), indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"
