"""``bench doctor``: what this machine has, what it lacks, and the line that installs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from framejudge.bench.exit_code import ExitCode

if TYPE_CHECKING:
    from framejudge.bench.doctor import Finding

LoadRuntimes: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--load", help="Also open every built-in detector in a process of its own (slow: TensorFlow)."
    ),
]
AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else.")]


def doctor(load: LoadRuntimes = False, json: AsJson = False) -> int:
    """Report what this machine has, what is missing, and the line that installs it.

    Looks at versions, cores and their quota, network runtimes, GPU, noise of the machine and the cache. Exit
    code 3: with --load, an installed detector could not be opened.
    """
    from framejudge.bench.doctor import State, examine, open_detectors

    found = examine()
    opened = open_detectors() if load else []
    if json:
        _print_json([*found, *opened])
    else:
        _print([*found, *opened])
    broken = any(one.state is State.BROKEN for one in opened)
    return ExitCode.INCOMPLETE if broken else ExitCode.DONE


def _print(found: list[Finding]) -> None:
    from rich.markup import escape

    from framejudge.bench.cli.terminal.output import plain_console
    from framejudge.bench.doctor import State

    colours = {State.OK: "green", State.DEGRADED: "yellow", State.MISSING: "dim", State.BROKEN: "red"}
    width = max(len(one.name) for one in found)
    console = plain_console()
    for one in found:
        name = escape(one.name.ljust(width))
        console.print(f"[{colours[one.state]}]{name}[/]  {escape(one.found)}", soft_wrap=True)
        if one.fix is not None:
            console.print(f"{' ' * width}  fix: {escape(one.fix)}", soft_wrap=True)


def _print_json(found: list[Finding]) -> None:
    import dataclasses
    import json

    typer.echo(json.dumps({"findings": [dataclasses.asdict(one) for one in found]}, indent=1))
