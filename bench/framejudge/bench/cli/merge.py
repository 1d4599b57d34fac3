"""``bench merge``: the shards of a run put together."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from framejudge.bench.cli import options

Shards: TypeAlias = Annotated[
    list[Path],
    typer.Argument(metavar="SHARD...", help="Folders that `bench run --shard` wrote, all of them."),
]


def merge(shards: Shards, out: options.RunFolder = None, force: options.ForceRun = False) -> int:
    """Put the shards of a run together: the figures are those of one run over the whole set.

    Nothing is scored again and nothing is timed; `bench run --resume RUN` times what was merged, where the
    shards were asked for it.
    """
    from framejudge.bench import api
    from framejudge.bench.cli.run import show
    from framejudge.bench.cli.terminal.progress_bar import resumable_progress

    with resumable_progress() as progress:
        merged = api.merge(shards, out, force=force, argv=["bench", *sys.argv[1:]], progress=progress)
    return show(merged)
