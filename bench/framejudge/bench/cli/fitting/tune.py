"""``bench tune``: fit a classical detector's boosted trees to a labelled set."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from framejudge.bench import limits
from framejudge.bench.cli import options


def canny(
    dataset: Annotated[
        Path, typer.Option(help="Labelled set to tune on. Never use the one that you test on.")
    ],
    out: Annotated[Path, typer.Option(help="File for the trees, in JSON.")],
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
    seed: Annotated[int, typer.Option(min=0, max=limits.SEED, help="Random seed for growing the trees.")] = 0,
    where: options.Where = None,
    columns: options.Columns = None,
    labels: options.Labels = None,
) -> None:
    """Fit the boosted trees of canny to a labelled set; print its accuracy, cross-validated by group.

    Framed images need their content box (left, top, right, bottom in labels.csv): it says which line belongs
    to the frame. The file records what it was fitted on.
    """
    from framejudge.bench.cli.terminal.output import check_new_file, writing
    from framejudge.bench.cli.terminal.progress_bar import shown_progress
    from framejudge.bench.tuning import tune_canny
    from framejudge.datasets.table.reading import read_dataset
    from framejudge.detectors.canny.parameters import write_parameters

    check_new_file(out, force=force)
    reading = options.reading(where, columns, labels)
    with shown_progress() as progress:
        tuned = tune_canny(read_dataset(dataset, reading), seed=seed, progress=progress)
    with writing(out):
        write_parameters(tuned.fit.parameters, out)
    for problem in tuned.unreadable:
        typer.echo(f"bench: left out: {problem}", err=True)
    for name, value in tuned.fit.parameters.provenance["cross_validation"].items():
        typer.echo(f"{name:18} {value}")
    typer.echo(out)
