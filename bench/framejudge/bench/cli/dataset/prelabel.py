"""``bench dataset prelabel``: propose labels for a folder of images."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

TOLD_PROBLEMS = 20
"""How many unreadable files are named on the terminal; the table has all of them."""


def prelabel(
    images: Annotated[Path, typer.Argument(help="Folder of images, searched to any depth.")],
    detector: Annotated[str, typer.Option(help="A name, or package.module:Class.")] = "canny",
    out: Annotated[Path | None, typer.Option(help="The labels table; default IMAGES/labels.csv.")] = None,
) -> None:
    """Propose labels with scores, the unsure first, for `bench dataset review`.

    Writes path, an empty label, proposed and score. A table that is there already is continued: its labels
    stay.
    """
    import sys

    from framejudge.bench.cli.terminal.progress_bar import shown_progress
    from framejudge.datasets.review.proposals import Proposer
    from framejudge.datasets.review.proposals import prelabel as propose_labels
    from framejudge.detectors.protocol import DEFAULT_THRESHOLD
    from framejudge.detectors.registry import create, find

    made = create(find(detector))
    getattr(made, "load", lambda: None)()
    try:
        proposer = Proposer(detector, made.predict, float(getattr(made, "threshold", DEFAULT_THRESHOLD)))
        with shown_progress() as bar:

            def advance(scored: int, total: int) -> None:
                if scored == 1:
                    bar.begin("scoring", total)
                bar.advance(1)

            done = propose_labels(images, out or images / "labels.csv", proposer, advance)
    finally:
        getattr(made, "close", lambda: None)()

    print(f"{done.table}: {done.framed:,} proposed framed, {done.plain:,} plain", end="")
    print(f" ({done.scored:,} scored now, {done.kept:,} rows kept)" if done.kept else "")
    for problem in done.problems[:TOLD_PROBLEMS]:
        print(f"cannot be scored: {problem.path}: {problem.problem}", file=sys.stderr)
    if len(done.problems) > TOLD_PROBLEMS:
        more = len(done.problems) - TOLD_PROBLEMS
        print(f"and {more:,} more; {done.table} has them all in its column problem", file=sys.stderr)
    print(f"next: bench dataset review {done.table.parent}")
