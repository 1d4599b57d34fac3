"""``bench dataset make``: draw a labelled set without any photo."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def make(
    out: Annotated[Path, typer.Option(help="Folder for the labelled set.")],
    count: Annotated[int, typer.Option(min=2, help="Images to draw, half of them framed.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Of chance: the same seed draws the same set.")] = 0,
    force: Annotated[bool, typer.Option("--force", help="Replace the set in the output folder.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a set that was stopped.")] = False,
) -> None:
    """Draw products, frames and hard negatives: a set for trying things out, no evidence about a real shop.

    With the default count and seed it is the set that `bench run` uses when no other is given.
    """
    from framejudge.bench.cli.terminal.progress_bar import shown_progress
    from framejudge.datasets.drawing.builtin import make_generated_set
    from framejudge.datasets.errors import InputError

    if force and resume:
        raise InputError("--force and --resume exclude each other", fix="use one of them")
    with shown_progress() as progress:
        progress.begin("drawing", count)
        written = make_generated_set(
            out, count=count, seed=seed, force=force, resume=resume, progress=progress.advance
        )
    typer.echo(f"{out}: {written.images} drawn images, {written.framed} framed and {written.plain} plain")
