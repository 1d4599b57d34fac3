"""``bench run``: measure detectors over a labelled set."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from framejudge.bench.progress import Progress
    from framejudge.bench.run import Run
    from framejudge.datasets.table.sample import Dataset

DEFAULT_CALLS = 500
DEFAULT_TIMEOUT_S = 300.0


def run(
    detectors: Annotated[
        str,
        typer.Option(help="Names, separated by commas: see `bench detectors`, or package.module:Class."),
    ],
    dataset: Annotated[
        Path | None,
        typer.Option(help="Folder of a labelled set; without it, the built-in generated one."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the results; default runs/<date and time>.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace the run that is in the output folder.")
    ] = False,
    calls: Annotated[int, typer.Option(min=1, help="Timed calls of each detector.")] = DEFAULT_CALLS,
    min_seconds: Annotated[
        float, typer.Option(min=0, help="Time each detector at least so long, decoding included.")
    ] = 0.0,
    arrivals: Annotated[
        str | None,
        typer.Option(
            metavar="poisson:RATE",
            help="Images arrive at this rate a second, done or not; latency counts from the arrival.",
        ),
    ] = None,
    p99_under: Annotated[
        float | None,
        typer.Option(metavar="MS", help="Find the highest rate that keeps p99 under so many milliseconds."),
    ] = None,
    threads: Annotated[int, typer.Option(min=1, help="Threads of a detector while it is timed.")] = 1,
    no_timing: Annotated[bool, typer.Option("--no-timing", help="Leave the timing pass out.")] = False,
    prevalence: Annotated[
        float | None,
        typer.Option(help="Your real share of framed images; accuracy and precision are reweighted to it."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the order in which detectors take turns.")] = 0,
    timeout: Annotated[
        float, typer.Option(help="Seconds that a detector may take for one block of images.")
    ] = DEFAULT_TIMEOUT_S,
    export_pytest_benchmark: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the timed calls as pytest-benchmark's JSON too."),
    ] = None,
) -> int:
    """Score every image with every detector, time them in turns, and write figures and a report.

    Exit code 3 says that a detector failed; the others are complete then.
    """
    from framejudge.bench.cli.main import ExitCode
    from framejudge.bench.cli.terminal.progress_bar import shown_progress
    from framejudge.bench.cli.terminal.summary import print_summary
    from framejudge.bench.engine.running import check
    from framejudge.bench.engine.running import run as run_detectors
    from framejudge.bench.run import Request
    from framejudge.bench.run.folder import check_free, claim
    from framejudge.detectors.registry import find_all
    from framejudge.reports.page.html import write_report

    specs = find_all(detectors)
    request = Request(
        detectors=[spec.name for spec in specs],
        dataset=None if dataset is None else str(dataset),
        calls=0 if no_timing else calls,
        threads=threads,
        prevalence=prevalence,
        seed=seed,
        timeout_s=timeout,
        min_seconds=min_seconds,
        arrivals=arrivals,
        p99_under_ms=p99_under,
    )
    check(request)
    if export_pytest_benchmark is not None:
        _check_export(export_pytest_benchmark, calls=request.calls)
    place = out or place_for_now()
    check_free(place, force=force)
    with shown_progress() as progress:
        labelled_set = read_set(dataset, progress)
        claim(place, force=force)
        finished = run_detectors(
            request, labelled_set, specs, place, argv=["bench", *sys.argv[1:]], progress=progress
        )
    report = write_report(place)
    print_summary(finished, report)
    if export_pytest_benchmark is not None:
        _export(finished, export_pytest_benchmark)
    failed = any(one.status == "failed" for one in finished.results.detectors.values())
    return ExitCode.INCOMPLETE if failed else ExitCode.DONE


def _check_export(file: Path, *, calls: int) -> None:
    """Refuse, before anything is measured, an export that could not be written afterwards."""
    from framejudge.datasets.errors import InputError

    if not calls:
        raise InputError(
            "without timing there is nothing to export",
            where="--export-pytest-benchmark",
            fix="leave --no-timing away",
        )
    if file.is_dir() or not file.absolute().parent.is_dir():
        raise InputError("cannot be written", where=file, fix="give a file in a folder that exists")


def _export(run: Run, file: Path) -> None:
    """Write the export; where every detector failed there is none, and the exit code says why."""
    import json

    from framejudge.bench.cli.terminal.output import write_text
    from framejudge.bench.pytest.benchmark_export import pytest_benchmark_document

    if not run.timings.num_rows:
        typer.echo("pytest-benchmark: no call was timed, nothing to export")
        return
    document = pytest_benchmark_document(run)
    write_text(file, json.dumps(document, indent=1, allow_nan=False) + "\n")
    typer.echo(f"pytest-benchmark: {file}")


def read_set(path: Path | None, progress: Progress) -> Dataset:
    """Read the labelled set that ``--dataset`` names; without one, the built-in set, drawn where needed."""
    if path is not None:
        from framejudge.datasets.table.reading import read_dataset

        return read_dataset(path)
    from framejudge.datasets.drawing.builtin import BUILT_IN_COUNT, built_in_dataset

    drawn = 0

    def advance(images: int) -> None:
        nonlocal drawn
        if not drawn:  # only the first run ever has something to draw
            progress.begin("drawing the built-in set", BUILT_IN_COUNT)
        drawn += images
        progress.advance(images)

    return built_in_dataset(progress=advance)


def place_for_now() -> Path:
    """Return a folder below runs/ that is named after the moment; a number goes on where it is taken."""
    from datetime import datetime
    from itertools import chain, count

    name = datetime.now().strftime("%Y-%m-%d-%H%M%S")
    places = (Path("runs") / f"{name}{suffix}" for suffix in chain([""], (f"-{k}" for k in count(2))))
    return next(place for place in places if not place.exists())
