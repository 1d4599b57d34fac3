"""``bench gate``: rules that a change must keep, each with one of three verdicts."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from framejudge.bench import defaults, limits
from framejudge.bench.cli import options

if TYPE_CHECKING:
    from types import FrameType

    from framejudge.bench.gate.request import GateRequest

Runs: TypeAlias = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="[RUN] [BASELINE...]",
        help="A stored run to judge, in place of --detectors; the ones after it are baselines.",
    ),
]
Baselines: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--baseline",
        metavar="RUN|git:REV|FILE|MODULE:CLASS",
        help="What to compare with. Stored runs may be several; anything else is measured in this session.",
    ),
]
Rules: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        help="TOML file of rules; by default framejudge-gate.toml, pyproject.toml, or the default rules."
    ),
]
Soft: TypeAlias = Annotated[
    bool, typer.Option("--soft", help="Report the verdict, and exit with 0 whatever it is.")
]
NoBaselineYet: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--no-baseline-yet",
        help="For a first gate: a baseline that does not exist fails nothing. Refused once it exists.",
    ),
]
Junit: TypeAlias = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Also write the verdicts as JUnit XML to this file.")
]
Markdown: TypeAlias = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Also write the verdicts as Markdown to this file.")
]
Calls: TypeAlias = Annotated[
    int | None,
    typer.Option(
        min=1, max=limits.CALLS, help="Timed calls of each process; by default one for each image, up to 300."
    ),
]
Install: TypeAlias = Annotated[
    str,
    typer.Option(
        help="Command that installs a commit into its environment; {python} is the environment's interpreter."
    ),
]


def gate(
    runs: Runs = None,
    detectors: options.SomeDetectors = None,
    baseline: Baselines = None,
    rules: Rules = None,
    dataset: options.Dataset = None,
    where: options.Where = None,
    columns: options.Columns = None,
    labels: options.Labels = None,
    out: options.RunFolder = None,
    force: options.ForceRun = False,
    soft: Soft = False,
    no_baseline_yet: NoBaselineYet = False,
    junit: Junit = None,
    markdown: Markdown = None,
    calls: Calls = None,
    threads: options.Threads = 1,
    seed: options.TurnsSeed = 0,
    timeout: options.Timeout = defaults.TIMEOUT_S,
    max_memory: options.MaxMemory = None,
    max_crashes: options.MaxCrashes = defaults.MAX_CRASHES,
    install_command: Install = defaults.INSTALL_COMMAND,
    mute: options.Mute = None,
) -> int:
    """Judge a change: accuracy by the images that flip, latency by pairs of processes that take turns.

    `bench gate RUN --baseline RUN` judges stored runs. `bench gate --detectors canny --baseline git:main`
    measures both versions in one session. Exit code 1: a rule failed; 2: wrong input, or a baseline that
    does not exist or cannot be read; 4: a rule could not be judged. Let none of them pass a build.
    """
    _check_options(runs, detectors, of_measuring=(dataset, where, columns, labels, out, calls, force))
    _forget_verdicts(runs, out if force else None, junit, markdown)
    names = [] if detectors is None else options.known(detectors)
    from framejudge.bench.gate.leniency import Leniency
    from framejudge.bench.gate.request import GateRequest
    from framejudge.bench.run import Request

    measure, stored = None, list(runs or [])
    if names:
        measure = Request(
            detectors=names,
            **options.of_set(dataset, where, columns, labels),
            calls=0,
            threads=threads,
            seed=seed,
            timeout_s=timeout,
            max_memory_bytes=options.size(max_memory),
            max_crashes=max_crashes,
        )
        _end_like_ctrl_c()
    request = GateRequest(
        run=stored.pop(0) if stored and measure is None else None,
        measure=measure,
        baselines=[*(baseline or []), *map(str, stored)],
        rules=rules,
        leniency=Leniency(soft, no_baseline_yet, options.muted(mute)),
        install=install_command,
        pair_calls=calls,
    )
    return _judge(request, out, force, junit, markdown)


def _judge(
    request: GateRequest, out: Path | None, force: bool, junit: Path | None, markdown: Path | None
) -> int:
    """Judge, write the verdicts for whoever reads them, and print them; return the exit code."""
    from framejudge.bench import api
    from framejudge.bench.cli.terminal.progress_bar import shown_progress

    with shown_progress() as progress:
        record = api.gate(request, out, force=force, argv=["bench", *sys.argv[1:]], progress=progress)
    from framejudge.bench.cli.gate_files import write_copies, write_files
    from framejudge.bench.cli.terminal.verdicts import print_verdicts

    print_verdicts(record, write_files(record))
    write_copies(record, junit, markdown)
    return record.exit_code


def _check_options(runs: list[Path] | None, detectors: str | None, of_measuring: Sequence[object]) -> None:
    """Refuse what a stored run cannot obey, so that nobody takes its verdict for one on another set."""
    if runs and detectors is None and any(of_measuring):
        raise typer.BadParameter(
            "a stored run is judged as it is: --dataset, --where, --columns, --labels, --out, --calls and "
            "--force belong to --detectors"
        )


def _forget_verdicts(runs: list[Path] | None, out: Path | None, *copies: Path | None) -> None:
    """Remove an earlier gate's verdicts: where this one is refused, nobody must find a green file."""
    places = [*(runs or [])[:1], *([] if out is None else [out])]
    if places:  # otherwise a misspelt detector is refused before anything heavy is imported
        from framejudge.bench.run.folder import RUN_FILE
        from framejudge.bench.run.verdicts import forget_verdicts

        for place in places:
            if (place / RUN_FILE).is_file():
                forget_verdicts(place)
    for path in copies:
        if path is not None and path.is_file():
            path.unlink()


def _end_like_ctrl_c() -> None:
    """Treat the end that a CI system announces like Ctrl-C: the results are written first."""
    import signal

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
