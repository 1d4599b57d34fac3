"""``bench unframe``: crop frames away, leave everything else as it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from framejudge.bench import limits
from framejudge.bench.cli import options

if TYPE_CHECKING:
    from framejudge.bench.unframe.unframing import Job, Summary
    from framejudge.detectors.registry import DetectorSpec

NAMED = 10
"""Pictures that are named on the terminal; the record names all."""


def unframe(
    images: Annotated[
        list[Path], typer.Argument(metavar="IMAGES...", help="Picture files, or folders of them.")
    ],
    out: Annotated[Path, typer.Option(help="Folder for the results; nothing in it is ever overwritten.")],
    detector: Annotated[
        str,
        typer.Option("--detector", "--detectors", help=f"Detector that has locate(image): {options.NAMES}."),
    ] = "canny",
    threshold: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            callback=options.number,
            help="Crop a picture when its score is at least this; by default the detector's own value.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write no picture; say in dry-run.csv what would be done.")
    ] = False,
    review: Annotated[
        bool, typer.Option("--review", help="Also write review.html, a page of pictures before and after.")
    ] = False,
    processes: Annotated[
        int | None,
        typer.Option(min=1, max=limits.THREADS, help="Worker processes; by default one for each core."),
    ] = None,
) -> None:
    """Crop framed pictures to their content; copy the others byte for byte.

    unframe.csv in the output folder says what was done with each picture. After an interruption, the same
    command continues where it was. Pictures that cannot be read are named and left out.
    """
    from framejudge.detectors.registry import find

    spec = find(detector)
    from framejudge.bench.cli.terminal.output import say
    from framejudge.bench.cli.terminal.progress_bar import shown_progress
    from framejudge.bench.unframe.review_page import write_review
    from framejudge.bench.unframe.sources import find_sources
    from framejudge.bench.unframe.unframing import Job
    from framejudge.bench.unframe.unframing import unframe as unframe_all

    job = Job(spec, _threshold_of(spec) if threshold is None else threshold, out, dry_run)
    sources = find_sources(images, out)
    with shown_progress() as progress:
        summary = unframe_all(job, sources, processes=processes, progress=progress)
    _print_summary(job, summary)
    if review:
        say(f"review: {write_review(job, sources)}")


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
            f"no threshold for cropping is stored with {spec.name!r}",
            where="--detector",
            fix="give --threshold, above the score at which it says framed",
        )
    if dict(point.files) != files_of(spec):
        typer.echo(
            f"bench: {spec.name} has changed since its threshold for cropping was chosen ({point.date}); "
            "look at --review before you rely on it",
            err=True,
        )
    return point.threshold


def _print_summary(job: Job, summary: Summary) -> None:
    from framejudge.bench.cli.terminal.output import say
    from framejudge.bench.unframe.single import Action

    for outcome in [*summary.unreadable, *summary.skipped][:NAMED]:
        say(f"bench: {outcome.path}: {outcome.action}: {outcome.reason}", err=True)
    more = len(summary.unreadable) + len(summary.skipped) - NAMED
    if more > 0:
        typer.echo(f"bench: and {more:,} more, see {job.record}", err=True)
    parts = [f"{summary.counts.get(action, 0):,} {action}" for action in Action]
    if summary.done_before:
        parts.append(f"{summary.done_before:,} done before")
    would = "would be: " if job.dry_run else ""
    typer.echo(f"{would}{', '.join(parts)} (threshold {job.threshold:.4g})")
    say(f"record: {job.record}")
