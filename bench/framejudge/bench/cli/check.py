"""``bench check``: whether a detector keeps to the interface."""

from __future__ import annotations

from typing import Annotated

import typer

from framejudge.bench import defaults
from framejudge.bench.cli import options
from framejudge.bench.exit_code import ExitCode


def check(
    detector: Annotated[str, typer.Argument(help=f"Detector: {options.NAMES}.")],
    timeout: options.Timeout = defaults.CHECK_TIMEOUT_S,
) -> int:
    """Try a detector on a few generated pictures, and report which rules of the interface it keeps.

    Its optional members are tried too: threshold, load, close, predict_batch, prepare with infer, locate,
    explain. So are memory, threads, prints, the current folder and the network. It runs in a process of its
    own, which it may crash. Exit code 1: a rule is broken.
    """
    from framejudge.detectors.registry import find

    spec = find(detector)
    from rich.markup import escape
    from rich.table import Table

    from framejudge.bench.cli.terminal.output import plain_console
    from framejudge.bench.worker.checking import check_isolated

    findings = check_isolated(spec, timeout_s=timeout)
    table = Table("", "rule", "seen", box=None, show_header=False)
    for finding in findings:
        table.add_row("ok" if finding.kept else "FAILED", escape(finding.rule), escape(finding.text))
    console = plain_console()
    console.print(table)
    broken = sum(not finding.kept for finding in findings)
    console.print(
        f"{detector}: {broken} of {len(findings)} rules broken"
        if broken
        else f"{detector} keeps to the interface",
        markup=False,
    )
    return ExitCode.FAILED if broken else ExitCode.DONE
