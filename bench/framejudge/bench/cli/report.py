"""``bench report``: a run rendered for a reader; with corrected labels, judged against them first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from framejudge.bench.run import Figure, Run


def report(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A folder that `bench run` wrote.")],
    baseline: Annotated[
        Path | None, typer.Option(metavar="RUN", help="Show what changed since that run on the same images.")
    ] = None,
    training: Annotated[
        list[Path] | None,
        typer.Option(metavar="DIR", help="Show how a network was trained: a folder of `bench train`."),
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(
            metavar="SET", help="Judge the stored scores against this set's labels (a folder, or labels.csv)."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="With --labels: folder of the new run; default RUN-rejudged."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="With --labels: replace the run that is in that folder.")
    ] = False,
    markdown: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a Markdown summary too, for a pull request.")
    ] = None,
    charts: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write each chart as SVG and PNG too.")
    ] = None,
    tables: Annotated[Path | None, typer.Option(metavar="DIR", help="Write each table as CSV too.")] = None,
) -> None:
    """Write a run's report.html again, from what its folder holds.

    With --labels, no detector runs: the stored scores are judged against the labels as they are now, and the
    figures are written to a folder of their own.
    """
    from framejudge.bench.cli.terminal.output import write_text, writing
    from framejudge.bench.compare.runs import compare_runs
    from framejudge.bench.run import Run
    from framejudge.reports.charts.chart_files import write_charts
    from framejudge.reports.page.attached import Attached
    from framejudge.reports.page.html import write_report
    from framejudge.reports.page.training import read_training
    from framejudge.reports.text.data_tables import write_tables
    from framejudge.reports.text.markdown import render_markdown

    opened = Run.open(run)
    if labels is not None:
        opened = _rejudged(opened, labels, out or run.with_name(f"{run.name}-rejudged"), force=force)
    elif out is not None or force:
        raise typer.BadParameter("--out and --force belong to --labels")
    attached = Attached(
        baseline=None if baseline is None else compare_runs(Run.open(baseline), opened),
        trainings=[read_training(folder, opened.manifest) for folder in training or ()],
    )
    with writing(opened.folder):
        page = write_report(opened.folder, attached)
    typer.echo(page)
    if markdown is not None:
        write_text(markdown, render_markdown(opened, attached))
        typer.echo(markdown)
    for folder, write in ((charts, write_charts), (tables, write_tables)):
        if folder is not None:
            with writing(folder):
                written = write(opened, folder, attached)
            typer.echo("\n".join(map(str, written)))


def _rejudged(run: Run, labels: Path, place: Path, *, force: bool) -> Run:
    from framejudge.bench.cli.terminal.progress_bar import shown_progress
    from framejudge.bench.engine.rejudging import read_corrected, rejudge
    from framejudge.bench.run.folder import check_free, claim
    from framejudge.datasets.errors import InputError

    if place.resolve() == run.folder.resolve():
        raise InputError("the run's own figures would be lost", where=place, fix="give another --out")
    check_free(place, force=force)
    with shown_progress() as progress:
        corrected = read_corrected(run, labels, progress=progress)
    claim(place, force=force)
    after = rejudge(run, corrected, place)
    _print_change(run, after)
    return after


def _print_change(before: Run, after: Run) -> None:
    record = after.manifest.rejudged
    changed = record.labels_changed if record is not None else 0
    typer.echo(f"{changed:,} of {after.results.dataset.images:,} images have another label than before")
    for name, found in after.results.detectors.items():
        old = before.results.detectors[name]
        typer.echo(
            f"{name}: accuracy {_share(old.accuracy)} -> {_share(found.accuracy)}, "
            f"AUC {_share(old.auc)} -> {_share(found.auc)}"
        )
    new = set(after.results.warnings) - set(before.results.warnings)
    for warning in (warning for warning in after.results.warnings if warning in new):
        typer.echo(f"warning: {warning}")


def _share(figure: Figure) -> str:
    return "-" if figure.value is None else f"{figure.value:.3f}"
