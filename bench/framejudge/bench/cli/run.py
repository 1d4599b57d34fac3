"""``bench run``: measure detectors over a labelled set."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from framejudge.bench import defaults, limits
from framejudge.bench.cli import options
from framejudge.bench.cli.setup import config as config_file
from framejudge.bench.exit_code import ExitCode

if TYPE_CHECKING:
    from framejudge.bench.engine.sharding import ShardDone
    from framejudge.bench.run import Request, Run

NoTiming: TypeAlias = Annotated[bool, typer.Option("--no-timing", help="Score only; time nothing.")]
Calls: TypeAlias = Annotated[int, typer.Option(min=1, max=limits.CALLS, help="Timed calls of each detector.")]
MinSeconds: TypeAlias = Annotated[
    float,
    typer.Option(
        min=0,
        max=limits.WEEK_S,
        callback=options.number,
        help="Time each detector for at least so many seconds, decoding included.",
    ),
]
Arrivals: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="poisson:RATE",
        help="Images arrive at this rate per second, whether the last one is done or not; "
        "latency counts from the arrival.",
    ),
]
P99Under: TypeAlias = Annotated[
    float | None,
    typer.Option(
        metavar="MS",
        min=0.001,
        max=limits.P99_MS,
        callback=options.number,
        help="Find the highest rate that keeps p99 below so many milliseconds.",
    ),
]
Export: TypeAlias = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Also write the timed calls in pytest-benchmark's JSON format."),
]


Resume: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        metavar="RUN",
        help="Go on with the run in this folder that ended early: only what is missing is done. "
        "Other options may be left out; those that are given must be as they were.",
    ),
]
Shard: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="K/N",
        help="Score only the K-th of N shards of the set, and time nothing. `bench merge` puts all together.",
    ),
]

FIELDS = {
    "detectors": "detectors",
    "dataset": "dataset",
    "where": "where",
    "columns": "columns",
    "labels": "labels",
    "prevalence": "prevalence",
    "cost_miss": "decision",
    "cost_false_alarm": "decision",
    "latency_budget": "decision",
    "latency_percentile": "decision",
    "no_timing": "calls",
    "calls": "calls",
    "threads": "threads",
    "min_seconds": "min_seconds",
    "arrivals": "arrivals",
    "p99_under": "p99_under_ms",
    "seed": "seed",
    "timeout": "timeout_s",
    "max_memory": "max_memory_bytes",
    "max_crashes": "max_crashes",
    "mute": "mute",
}
"""The field of the request that each option decides."""


def run(
    context: typer.Context,
    config: config_file.Config = None,
    detectors: options.SomeDetectors = None,
    dataset: options.Dataset = None,
    where: options.Where = None,
    columns: options.Columns = None,
    labels: options.Labels = None,
    out: options.RunFolder = None,
    force: options.ForceRun = False,
    resume: Resume = None,
    shard: Shard = None,
    prevalence: options.Prevalence = None,
    cost_miss: options.CostMiss = None,
    cost_false_alarm: options.CostFalseAlarm = None,
    latency_budget: options.LatencyBudget = None,
    latency_percentile: options.LatencyPercentile = None,
    no_timing: NoTiming = False,
    calls: Calls = defaults.CALLS,
    threads: options.Threads = 1,
    min_seconds: MinSeconds = 0.0,
    arrivals: Arrivals = None,
    p99_under: P99Under = None,
    seed: options.TurnsSeed = 0,
    timeout: options.Timeout = defaults.TIMEOUT_S,
    max_memory: options.MaxMemory = None,
    max_crashes: options.MaxCrashes = defaults.MAX_CRASHES,
    export_pytest_benchmark: Export = None,
    mute: options.Mute = None,
) -> int:
    """Score every image with every detector, time them in turns, and write the figures and a report.

    Exit code 3: a detector failed; the others are complete.
    """
    names = _names(context, detectors, resume)
    from framejudge.bench import api
    from framejudge.bench.cli.terminal.progress_bar import resumable_progress
    from framejudge.bench.decide.terms import DecisionTable
    from framejudge.bench.run import Request

    request = Request(
        detectors=names,
        **options.of_set(dataset, where, columns, labels),
        calls=0 if no_timing else calls,
        threads=threads,
        seed=seed,
        timeout_s=timeout,
        max_memory_bytes=options.size(max_memory),
        max_crashes=max_crashes,
        min_seconds=min_seconds,
        arrivals=arrivals,
        p99_under_ms=p99_under,
        mute=sorted(options.muted(mute).numbers),
    )
    table = DecisionTable.of_options(
        prevalence,
        cost_miss,
        cost_false_alarm,
        latency_budget,
        latency_percentile and latency_percentile.value,
    )
    request = table.before_configuration(Path()).over(request)
    if export_pytest_benchmark is not None:
        _check_export(export_pytest_benchmark, calls=request.calls)
    with resumable_progress() as progress:
        argv = ["bench", *sys.argv[1:]]
        if resume is not None:
            finished = api.resume(resume, _given(context, request), progress=progress)
        elif shard is not None:
            finished = api.run_shard(request, shard, out, force=force, argv=argv, progress=progress)
        else:
            finished = api.run(request, out, force=force, argv=argv, progress=progress)
    return show(finished, export_pytest_benchmark)


def _names(context: typer.Context, detectors: str | None, resume: Path | None) -> list[str]:
    """Return the detectors that were named: a run that goes on knows its own."""
    if resume is not None:
        for name in ("out", "force", "shard"):
            if _is_given(context, name):
                raise typer.BadParameter(f"--resume names the run's folder: leave --{name} away")
    elif detectors is None:
        raise typer.BadParameter("Missing option '--detectors'")
    return [] if detectors is None else options.known(detectors)


def _given(context: typer.Context, request: Request) -> dict[str, Any]:
    """Return the fields of a request whose options were given."""
    return {field: getattr(request, field) for name, field in FIELDS.items() if _is_given(context, name)}


def _is_given(context: typer.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def show(finished: Run | ShardDone, export: Path | None = None) -> int:
    """Write the report of a run, print the figures that decide, and return the exit code."""
    from framejudge.bench.cli.terminal.summary import print_shard, print_summary
    from framejudge.bench.engine.error_log import read_error_logs
    from framejudge.bench.run import Run
    from framejudge.reports.page.report import write_report

    if not isinstance(finished, Run):
        print_shard(finished)
        return ExitCode.INCOMPLETE if finished.failures else ExitCode.DONE
    print_summary(finished, write_report(finished.folder))
    if "--debug" in sys.argv:
        typer.echo(read_error_logs(finished.folder), err=True)
    if export is not None:
        _export(finished, export)
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
