"""``bench report``: a run rendered for a reader."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def report(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A folder that `bench run` wrote.")],
    markdown: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a Markdown summary too, for a pull request.")
    ] = None,
    charts: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write each chart as SVG and PNG too.")
    ] = None,
    tables: Annotated[Path | None, typer.Option(metavar="DIR", help="Write each table as CSV too.")] = None,
) -> None:
    """Write a run's report.html again, from what its folder holds."""
    from framejudge.bench.run import Run
    from framejudge.reports.chart_files import write_charts
    from framejudge.reports.data_tables import write_tables
    from framejudge.reports.html import write_report
    from framejudge.reports.markdown import render_markdown

    typer.echo(write_report(run))
    opened = Run.open(run)
    if markdown is not None:
        markdown.write_text(render_markdown(opened), encoding="utf-8")
        typer.echo(markdown)
    for folder, write in ((charts, write_charts), (tables, write_tables)):
        if folder is not None:
            for path in write(opened, folder):
                typer.echo(path)
