"""``bench report``: a run rendered for a reader; with corrected labels, judged against them first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from framejudge.bench.cli import options

if TYPE_CHECKING:
    from framejudge.bench.run import Figure, Run
    from framejudge.reports.attached import Attached

Baseline: TypeAlias = Annotated[
    Path | None, typer.Option(metavar="RUN", help="Show what changed since this run on the same images.")
]
Against: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        metavar="RUN",
        help="Show how its pictures differ from those of an earlier run: light, colours, sizes, classes.",
    ),
]
Labels: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        metavar="SET",
        help="Judge the stored scores against the labels of this set (a folder, or labels.csv).",
    ),
]
Trainings: TypeAlias = Annotated[
    list[Path] | None,
    typer.Option(
        "--training", metavar="DIR", help="Show how a network was trained: a folder of `bench train`."
    ),
]
Markdown: TypeAlias = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Also write a Markdown summary, for a pull request.")
]
Tables: TypeAlias = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Also write each table as CSV to this folder.")
]
Charts: TypeAlias = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Also write each chart as SVG and PNG to this folder.")
]
Out: TypeAlias = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="With --labels: folder for the new run; by default RUN-rejudged."),
]


def report(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A folder that `bench run` wrote.")],
    baseline: Baseline = None,
    against: Against = None,
    training: Trainings = None,
    markdown: Markdown = None,
    tables: Tables = None,
    charts: Charts = None,
    labels: Labels = None,
    prevalence: options.Prevalence = None,
    cost_miss: options.CostMiss = None,
    cost_false_alarm: options.CostFalseAlarm = None,
    latency_budget: options.LatencyBudget = None,
    latency_percentile: options.LatencyPercentile = None,
    out: Out = None,
    force: Annotated[
        bool, typer.Option("--force", help="With --labels: replace the run that is in that folder.")
    ] = False,
    mute: options.Mute = None,
) -> None:
    """Write a run's report.html again, from what its folder holds.

    With --labels, the stored scores are judged against the labels as they are now. No detector runs, and the
    figures are written to a folder of their own. Of a run that is not finished, the scores that there are get
    a report in RUN/so-far. With costs, a prevalence or a budget, the decision is made
    anew and kept in the run's folder.
    """
    from framejudge.bench import api
    from framejudge.bench.decide.terms import DecisionTable
    from framejudge.reports.attached import Attached
    from framejudge.reports.charts.training_history import read_training

    if labels is None and (out is not None or force):
        raise typer.BadParameter("--out and --force belong to --labels")
    muted = options.muted(mute)
    opened = api.open_so_far(run) if labels is None else _rejudged(run, labels, out, force=force)
    table = DecisionTable.of_options(
        prevalence,
        cost_miss,
        cost_false_alarm,
        latency_budget,
        latency_percentile and latency_percentile.value,
    )
    if not table.is_empty:
        opened = api.decide(opened.folder, table)
        _print_decision(opened)
    attached = Attached(
        baseline=None if baseline is None else api.compare(baseline, opened.folder),
        drift=None if against is None else api.drift(against, opened.folder),
        trainings=[read_training(folder, opened.manifest) for folder in training or ()],
        mute=muted,
    )
    _write(opened, attached, markdown=markdown, tables=tables, charts=charts)


def _print_decision(run: Run) -> None:
    from framejudge.bench.cli.terminal.decision import print_decision

    print_decision(run.results)


def _rejudged(run: Path, labels: Path, out: Path | None, *, force: bool) -> Run:
    from framejudge.bench import api
    from framejudge.bench.cli.terminal.progress_bar import shown_progress

    with shown_progress() as progress:
        after = api.rejudge(run, labels, out, force=force, progress=progress)
    _print_change(api.open_run(run), after)
    return after


def _write(
    run: Run, attached: Attached, *, markdown: Path | None, tables: Path | None, charts: Path | None
) -> None:
    """Write the report and what else was asked for; print the path of each file."""
    from framejudge.bench.cli.terminal.output import write_text, writing
    from framejudge.reports.charts.run_charts import write_charts
    from framejudge.reports.page.report import write_report
    from framejudge.reports.text.data_tables import write_tables
    from framejudge.reports.text.markdown import render_markdown

    with writing(run.folder):
        page = write_report(run.folder, attached)
    typer.echo(page)
    if markdown is not None:
        write_text(markdown, render_markdown(run, attached))
        typer.echo(markdown)
    for folder, write in ((charts, write_charts), (tables, write_tables)):
        if folder is not None:
            with writing(folder):
                written = write(run, folder, attached)
            typer.echo("\n".join(map(str, written)))


def _print_change(before: Run, after: Run) -> None:
    from framejudge.bench.cli.terminal.notices import print_notices
    from framejudge.bench.cli.terminal.output import plain_console

    record = after.manifest.rejudged
    changed = record.labels_changed if record is not None else 0
    typer.echo(f"{changed:,} of {after.results.dataset.images:,} images have another label than before")
    for name, found in after.results.detectors.items():
        old = before.results.detectors[name]
        typer.echo(
            f"{name}: accuracy {_share(old.accuracy)} -> {_share(found.accuracy)}, "
            f"AUC {_share(old.auc)} -> {_share(found.auc)}"
        )
    new = [one for one in after.results.notices if one not in before.results.notices]
    print_notices(plain_console(), new)


def _share(figure: Figure) -> str:
    from framejudge.bench.run.wording import decimals, optional

    return optional(figure.value, decimals(3))
