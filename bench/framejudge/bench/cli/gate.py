"""``bench gate``: rules that a change must keep, each with one of three verdicts."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from types import FrameType

    from rich.table import Table

    from framejudge.bench.gate.rules import RuleSet
    from framejudge.bench.run.verdicts import GateResults, RuleVerdict
    from framejudge.reports.page.attached import Attached

COLOURS = {"pass": "green", "fail": "red", "cannot judge": "yellow"}


def gate(
    runs: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[RUN] [BASELINE...]",
            help="A stored run to judge, instead of --detectors; further ones are baselines like --baseline.",
        ),
    ] = None,
    detectors: Annotated[
        str | None, typer.Option(help="Detectors to measure: names or package.module:Class, with commas.")
    ] = None,
    baseline: Annotated[
        list[str] | None,
        typer.Option(
            metavar="RUN|git:REV|FILE|MODULE:CLASS",
            help="What to compare with; runs may be several. All but runs are measured in this session.",
        ),
    ] = None,
    rules: Annotated[
        Path | None,
        typer.Option(help="TOML file of rules; else framejudge-gate.toml, pyproject.toml, or default rules."),
    ] = None,
    dataset: Annotated[
        Path | None, typer.Option(help="Folder of a labelled set; without it, the built-in generated one.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the results; default runs/<date and time>.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace the run that is in the output folder.")
    ] = False,
    soft: Annotated[
        bool, typer.Option("--soft", help="Report, and exit with 0 whatever the verdict.")
    ] = False,
    junit: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the JUnit XML here too.")] = None,
    markdown: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the Markdown here too.")
    ] = None,
    install_command: Annotated[
        str,
        typer.Option(help="What installs a commit into its environment; {python} is its interpreter."),
    ] = "{python} -m pip install --quiet .",
    calls: Annotated[
        int | None, typer.Option(min=1, help="Timed calls of each process; default up to 300.")
    ] = None,
    threads: Annotated[int, typer.Option(min=1, help="Threads of a detector while it is timed.")] = 1,
    seed: Annotated[int, typer.Option(min=0, help="Of images and turns.")] = 0,
    timeout: Annotated[
        float, typer.Option(help="Seconds that a detector may take for one block of images.")
    ] = 300.0,
) -> int:
    """Judge a change: accuracy by images that flip, latency by pairs of processes that take turns.

    bench gate RUN --baseline RUN judges what is stored; bench gate --detectors canny --baseline git:main
    measures both versions in one session. Exit code 1: a rule failed; 4: one could not be judged.
    """
    from framejudge.bench.gate.rules import find_rules
    from framejudge.datasets.errors import InputError

    stored = [str(one) for one in runs or []]
    compared = list(baseline or [])
    rule_set = find_rules(Path(), rules)
    if detectors is None:
        if not stored:
            raise InputError(
                "nothing to judge", fix="give a stored run, or --detectors with --baseline to measure both"
            )
        record = _judge_stored(stored[0], compared + stored[1:], rule_set, soft=soft)
    else:
        record = _measure(
            detectors,
            compared + stored,
            rule_set,
            dataset=dataset,
            place=out,
            force=force,
            soft=soft,
            install=install_command,
            calls=calls,
            threads=threads,
            seed=seed,
            timeout=timeout,
        )
    _print(record, _write(record))
    _write_copies(record, junit, markdown)
    return record.exit_code


def _judge_stored(run: str, baselines: list[str], rules: RuleSet | None, *, soft: bool) -> GateResults:
    from framejudge.bench.gate.baseline.baselines import is_stored
    from framejudge.bench.gate.gating import gate_stored
    from framejudge.datasets.errors import InputError

    for one in baselines:
        if not is_stored(one):
            raise InputError(
                f"{one!r} is measured, and a stored run cannot be",
                where="--baseline",
                fix="give --detectors in place of a run",
            )
    return gate_stored(Path(run), baselines, rules=rules, soft=soft)


def _measure(
    detectors: str,
    baselines: list[str],
    rules: RuleSet | None,
    *,
    dataset: Path | None,
    place: Path | None,
    force: bool,
    soft: bool,
    install: str,
    calls: int | None,
    threads: int,
    seed: int,
    timeout: float,
) -> GateResults:
    from framejudge.bench.cli.run import place_for_now, read_set
    from framejudge.bench.cli.terminal.progress_bar import shown_progress
    from framejudge.bench.engine.running import check
    from framejudge.bench.gate.baseline.baselines import is_stored, old_versions
    from framejudge.bench.gate.gating import gate_measured
    from framejudge.bench.run import Request
    from framejudge.bench.run.folder import check_free, claim
    from framejudge.datasets.errors import InputError
    from framejudge.detectors.registry import find_all

    specs = find_all(detectors)
    request = Request(
        detectors=[spec.name for spec in specs],
        dataset=None if dataset is None else str(dataset),
        calls=0,
        threads=threads,
        prevalence=None,
        seed=seed,
        timeout_s=timeout,
    )
    check(request)
    place = place or place_for_now()
    check_free(place, force=force)
    measured = [one for one in baselines if not is_stored(one)]
    if len(measured) > 1:
        raise InputError(
            f"{' and '.join(measured)}: one old version at a time", where="--baseline", fix="give one of them"
        )
    signal.signal(signal.SIGTERM, _interrupt)
    with shown_progress() as progress:
        labelled_set = read_set(dataset, progress)
        if measured:
            progress.begin(f"preparing {measured[0]}", 1)
        old = old_versions(measured[0], specs, install=install) if measured else None
        claim(place, force=force)
        return gate_measured(
            request,
            labelled_set,
            specs,
            place,
            old=old,
            baselines=[one for one in baselines if is_stored(one)],
            rules=rules,
            soft=soft,
            pair_calls=calls,
            argv=["bench", *sys.argv[1:]],
            progress=progress,
        )


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Treat the end that a CI system announces like Ctrl-C: results are written first."""
    raise KeyboardInterrupt


def _write(record: GateResults) -> Path | None:
    """Write everything that others read; return the report where there is a run to report."""
    import os

    from framejudge.bench.cli.terminal.output import write_text
    from framejudge.bench.run.folder import RESULTS_FILE
    from framejudge.bench.run.verdicts import JUNIT_FILE, MARKDOWN_FILE
    from framejudge.reports.gate.annotations import github_annotations
    from framejudge.reports.gate.junit import gate_junit
    from framejudge.reports.gate.markdown import gate_markdown
    from framejudge.reports.page.html import write_report

    place = Path(record.run)
    text = gate_markdown(record)
    write_text(place / JUNIT_FILE, gate_junit(record))
    write_text(place / MARKDOWN_FILE, text)
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        with Path(summary).open("a", encoding="utf-8") as stream:
            stream.write(text)
    if os.environ.get("GITHUB_ACTIONS") == "true":
        for line in github_annotations(record):
            print(line)
    return write_report(place, _attached(record)) if (place / RESULTS_FILE).is_file() else None


def _write_copies(record: GateResults, junit: Path | None, markdown: Path | None) -> None:
    """Write what --junit and --markdown ask for: last, so that a bad path costs no verdict."""
    from framejudge.bench.cli.terminal.output import write_text, writing
    from framejudge.reports.gate.junit import gate_junit
    from framejudge.reports.gate.markdown import gate_markdown

    for path, render in ((junit, gate_junit), (markdown, gate_markdown)):
        if path is not None:
            with writing(path):
                path.parent.mkdir(parents=True, exist_ok=True)
            write_text(path, render(record))


def _attached(record: GateResults) -> Attached | None:
    """Return what changed against the newest stored baseline, where it can be compared."""
    from framejudge.bench.compare.runs import compare_runs
    from framejudge.bench.run import Run
    from framejudge.datasets.errors import InputError
    from framejudge.reports.page.attached import Attached

    stored = [one for one in record.baselines if one.kind == "run"]
    if not stored:
        return None
    newest = max(stored, key=lambda one: one.identity)
    try:
        return Attached(baseline=compare_runs(Run.open(Path(newest.where)), Run.open(Path(record.run))))
    except InputError:  # the verdicts say why it cannot be compared
        return None


def _print(record: GateResults, report: Path | None) -> None:
    from rich.markup import escape

    from framejudge.bench.cli.terminal.output import plain_console

    console = plain_console()
    against = ", ".join(one.where for one in record.baselines) or "nothing: no baseline was given"
    console.print(f"{escape(record.dataset or record.run)} against {escape(against)}", soft_wrap=True)
    console.print(_table(record.rules))
    for one in record.rules:
        colour = COLOURS[one.verdict]
        console.print(
            f"[{colour}]{one.verdict}[/{colour}] {escape(one.rule.name)}: {escape(one.reason)}",
            soft_wrap=True,
        )
        for text in one.advice:
            console.print(f"  [dim]note: {escape(text)}[/dim]", soft_wrap=True)
    for text in record.warnings:
        console.print(f"[yellow]warning[/yellow]: {escape(text)}", soft_wrap=True)
    if record.interrupted:
        console.print("[yellow]interrupted[/yellow]: rules that were not clear by then cannot be judged")
    colour = COLOURS[record.verdict]
    console.print(f"rules: {escape(record.rules_from)}", soft_wrap=True)
    if report is not None:
        console.print(f"report: {escape(str(report))}", soft_wrap=True)
    softly = ", soft: exit code 0" if record.soft and record.verdict != "pass" else ""
    console.print(f"gate: [bold {colour}]{record.verdict}[/bold {colour}]{softly}")


def _table(rules: list[RuleVerdict]) -> Table:
    from rich.markup import escape
    from rich.table import Table

    from framejudge.bench.run import gate_wording as wording

    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("rule", overflow="fold")
    for heading in ("change", "p", "smallest seen", "verdict"):
        table.add_column(heading, no_wrap=True)
    for one in rules:
        change = None if one.change is None else one.change.value
        colour = COLOURS[one.verdict]
        table.add_row(
            escape(one.rule.name),
            "-" if change is None else wording.change(one.rule.metric, change),
            wording.p_value(one.p),
            wording.sees(one.rule, one.smallest_seen),
            f"[{colour}]{one.verdict}[/{colour}]",
        )
    return table
