"""``bench dataset make``: draw a labelled set without any photo."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from framejudge.bench import limits
from framejudge.bench.cli import options


def make(
    out: Annotated[Path, typer.Option(help="Folder for the labelled set.")],
    count: Annotated[
        int, typer.Option(min=2, max=limits.IMAGES, help="Images to draw; half of them get a frame.")
    ] = 1000,
    seed: Annotated[
        int, typer.Option(min=0, max=limits.SEED, help="Random seed: the same seed draws the same set.")
    ] = 0,
    force: options.ForceSet = False,
    resume: options.ResumeSet = False,
) -> None:
    """Draw products, frames and hard negatives: a set to try things out, and no evidence about a real shop.

    With the default count and seed it is the set that `bench run` uses when none is given.
    """
    from framejudge.bench.cli.terminal.progress_bar import shown_progress
    from framejudge.datasets.drawing.builtin import make_generated_set

    options.check_one_of(force=force, resume=resume)
    with shown_progress() as progress:
        written = make_generated_set(
            out, count=count, seed=seed, force=force, resume=resume, progress=progress
        )
    typer.echo(f"{out}: {written.images} drawn images, {written.framed} framed and {written.plain} plain")
