"""``bench report``: a run rendered for a reader."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def report(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A folder that `bench run` wrote.")],
) -> None:
    """Write a run's report.html again, from what its folder holds."""
    from framejudge.reports.html import write_report

    typer.echo(write_report(run))
