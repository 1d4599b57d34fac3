"""``bench dataset prelabel``: propose labels for a folder of images."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from framejudge.bench.cli import options
from framejudge.bench.exit_code import ExitCode

if TYPE_CHECKING:
    from framejudge.datasets.review.proposals import Prelabelled

NAMED_PROBLEMS = 20
"""How many unreadable files are named on the terminal; the table has all of them."""


def prelabel(
    images: Annotated[Path, typer.Argument(help="Folder of images, searched to any depth.")],
    detector: options.Detector = "canny",
    out: Annotated[
        Path | None, typer.Option(help="File of the labels table; by default IMAGES/labels.csv.")
    ] = None,
) -> int:
    """Propose a label for each image, the unsure ones first, for `bench dataset review`.

    The table gets the columns path, label (empty), proposed and score. A table that exists is continued: its
    labels stay. Exit code 3: somebody's detector failed on an image.
    """
    from framejudge.detectors.registry import find

    spec = find(detector)

    from framejudge.bench.cli.terminal.progress_bar import shown_progress
    from framejudge.datasets.review.proposals import DETECTOR_FAILED, Proposer
    from framejudge.datasets.review.proposals import prelabel as propose_labels
    from framejudge.detectors.blame import blamed_score
    from framejudge.detectors.opening import open_detector

    with open_detector(spec) as opened, shown_progress() as progress:
        proposer = Proposer(detector, partial(blamed_score, spec, opened), opened.threshold)
        done = propose_labels(images, out or images / "labels.csv", proposer, progress)
    _print_summary(done)
    failed = any(one.problem.startswith(DETECTOR_FAILED) for one in done.problems)
    return ExitCode.INCOMPLETE if failed else ExitCode.DONE


def _print_summary(done: Prelabelled) -> None:
    from framejudge.bench.cli.terminal.output import say

    kept = f" ({done.scored:,} scored now, {done.kept:,} rows kept)" if done.kept else ""
    say(f"{done.table}: {done.framed:,} proposed framed, {done.plain:,} plain{kept}")
    for problem in done.problems[:NAMED_PROBLEMS]:
        say(f"cannot be scored: {problem.path}: {problem.problem}", err=True)
    if len(done.problems) > NAMED_PROBLEMS:
        more = len(done.problems) - NAMED_PROBLEMS
        say(f"and {more:,} more; {done.table} has them all in its column problem", err=True)
    say(f"next: bench dataset review {done.table.parent}")
