"""``bench unframe``: crop frames away, leave everything else as it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from framejudge.bench.unframe.unframing import Job, Summary
    from framejudge.detectors.registry import DetectorSpec

TOLD = 10
"""Pictures that are named on the terminal; the record names all."""


def unframe(
    images: Annotated[
        list[Path], typer.Argument(metavar="IMAGES...", help="Picture files, or folders of them.")
    ],
    out: Annotated[Path, typer.Option(help="Folder for the results; nothing in it is ever overwritten.")],
    detector: Annotated[str, typer.Option(help="canny, cnn, or any other with locate(image).")] = "canny",
    threshold: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            help="Score from which on a frame goes; without it, the one that is stored with the detector.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write no picture, only what would be done: dry-run.csv.")
    ] = False,
    review: Annotated[
        bool, typer.Option("--review", help="Write a page with before and after: review.html.")
    ] = False,
    processes: Annotated[
        int | None, typer.Option(min=1, help="How many work at a time; by default one on each core.")
    ] = None,
) -> None:
    """Crop framed pictures to their content; copy the others byte for byte.

    What was done with each is in unframe.csv in the output folder. Stopped, the same command goes on where it
    was. Pictures that cannot be read are told and left out.
    """
    from framejudge.bench.cli.terminal.progress_bar import shown_progress
    from framejudge.bench.unframe.review_page import write_review
    from framejudge.bench.unframe.sources import find_sources
    from framejudge.bench.unframe.unframing import Job
    from framejudge.bench.unframe.unframing import unframe as unframe_all
    from framejudge.detectors.registry import find

    spec = find(detector)
    job = Job(spec, _threshold_of(spec) if threshold is None else threshold, out, dry_run)
    sources = find_sources(images, out)
    with shown_progress() as progress:
        summary = unframe_all(job, sources, processes=processes, progress=progress)
    _tell(job, summary)
    if review:
        typer.echo(f"review: {write_review(job, sources)}")


def _threshold_of(spec: DetectorSpec) -> float:
    """Return the threshold that is stored with a detector.

    Raises
    ------
    InputError
        Where there is none.
    """
    from framejudge.bench.unframe.operating_point import files_of, read_operating_point
    from framejudge.datasets.errors import InputError

    point = read_operating_point(spec)
    if point is None:
        raise InputError(
            f"nobody has chosen how sure {spec.name!r} must be before a picture is cut",
            where="--detector",
            fix="give --threshold, higher than the one from which on it says framed",
        )
    if dict(point.files) != files_of(spec):
        typer.echo(
            f"bench: {spec.name} has changed since its threshold for unframing was chosen ({point.date}); "
            "look at --review before you rely on it",
            err=True,
        )
    return point.threshold


def _tell(job: Job, summary: Summary) -> None:
    from framejudge.bench.unframe.single import Action

    for outcome in [*summary.unreadable, *summary.skipped][:TOLD]:
        typer.echo(f"bench: {outcome.path}: {outcome.action}: {outcome.reason}", err=True)
    more = len(summary.unreadable) + len(summary.skipped) - TOLD
    if more > 0:
        typer.echo(f"bench: and {more:,} more, see {job.record}", err=True)
    parts = [f"{summary.counts.get(action, 0):,} {action}" for action in Action]
    if summary.done_before:
        parts.append(f"{summary.done_before:,} done before")
    would = "would be: " if job.dry_run else ""
    typer.echo(f"{would}{', '.join(parts)} (threshold {job.threshold:.4g})")
    typer.echo(f"record: {job.record}")
