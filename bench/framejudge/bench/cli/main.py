"""``bench``: the commands, and what happens when one fails.

Nothing here, and nothing at the top of a command's module, may import more than the standard library and
typer: ``bench --help`` answers within 0.3 s.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from typing import Any

import typer

from framejudge.bench.cli import (
    check,
    compare,
    detectors,
    gate,
    history,
    merge,
    plan,
    predict,
    report,
    run,
    unframe,
)
from framejudge.bench.cli.dataset import apply_review as dataset_apply_review
from framejudge.bench.cli.dataset import audit as dataset_audit
from framejudge.bench.cli.dataset import convert as dataset_convert
from framejudge.bench.cli.dataset import frame as dataset_frame
from framejudge.bench.cli.dataset import make as dataset_make
from framejudge.bench.cli.dataset import prelabel as dataset_prelabel
from framejudge.bench.cli.dataset import review as dataset_review
from framejudge.bench.cli.dataset import split as dataset_split
from framejudge.bench.cli.fitting import calibrate, export, sweep, train, tune
from framejudge.bench.cli.setup import doctor
from framejudge.bench.cli.sharing import log
from framejudge.bench.cli.terminal import standard_streams
from framejudge.bench.exit_code import ExitCode
from framejudge.datasets.printable import printable, shortened

app = typer.Typer(
    name="bench",
    help="Decide, on evidence, which frame detector to ship.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
dataset_app = typer.Typer(help="Draw, check, label, split and convert labelled sets.", no_args_is_help=True)
app.add_typer(dataset_app, name="dataset")
tune_app = typer.Typer(help="Fit a classical detector to your own pictures.", no_args_is_help=True)
app.add_typer(tune_app, name="tune")
tune_app.command("canny")(tune.canny)

app.command("run")(run.run)
app.command("compare")(compare.compare)
app.command("gate")(gate.gate)
app.command("plan")(plan.plan)
app.command("merge")(merge.merge)
app.command("report")(report.report)
app.command("history")(history.history)
app.command("detectors")(detectors.detectors)
app.command("check")(check.check)
app.command("predict")(predict.predict)
app.command("unframe")(unframe.unframe)
dataset_app.command("make")(dataset_make.make)
dataset_app.command("frame")(dataset_frame.frame)
dataset_app.command("split")(dataset_split.split)
dataset_app.command("audit")(dataset_audit.audit)
dataset_app.command("prelabel")(dataset_prelabel.prelabel)
dataset_app.command("review")(dataset_review.review)
dataset_app.command("apply-review")(dataset_apply_review.apply_review)
dataset_app.command("convert")(dataset_convert.convert)
app.command("train")(train.train)
app.command("sweep")(sweep.sweep)
app.command("calibrate")(calibrate.calibrate)
app.command("export")(export.export)
app.command("log")(log.log)
app.command("doctor")(doctor.doctor)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"framejudge {version('framejudge')}")
        raise typer.Exit


@app.callback()
def options(
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of an input error, too."),
    version: bool = typer.Option(
        False, "--version", callback=_print_version, is_eager=True, help="Show the version and exit."
    ),
) -> None:
    """Decide, on evidence, which frame detector to ship."""


def entry_point() -> None:
    """Run the command line and exit with one of `ExitCode`."""
    standard_streams.make_safe()
    sys.exit(standard_streams.finish(carry_out(sys.argv[1:])))


def carry_out(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code; what went wrong is printed already."""
    debug = "--debug" in arguments
    notes = ["what was written so far is kept"]
    try:
        result = app(args=list(arguments), prog_name="bench", standalone_mode=False)
    except Exception as problem:
        result = _report_failure(problem, debug=debug)
        notes = getattr(problem.__cause__, "__notes__", notes)  # typer turns Ctrl-C into an error of its own
    except KeyboardInterrupt as problem:
        result, notes = ExitCode.INTERRUPTED, getattr(problem, "__notes__", notes)
    if result == ExitCode.INTERRUPTED:
        print("; ".join(["interrupted", *notes]), file=sys.stderr)
    return result if isinstance(result, int) else ExitCode.DONE


def _report_failure(problem: Exception, *, debug: bool) -> ExitCode:
    """Say what went wrong: in one line where the user can fix it, else with a traceback."""
    import traceback

    if isinstance(problem, typer.Abort):
        return ExitCode.INTERRUPTED
    if isinstance(problem, _usage_error()):
        context = getattr(problem, "ctx", None)
        command = context.command_path if context else "bench"
        message = printable(shortened(problem.format_message().rstrip("."), 600)) + _range_of(problem)
        if message:  # without one, the help was asked for by giving no arguments, and is printed already
            print(f"bench: {message}; see `{command} --help`", file=sys.stderr)
        return ExitCode.INPUT_ERROR

    from framejudge.datasets.errors import InputError

    if isinstance(problem, MemoryError):
        problem = InputError("there is not enough memory", fix="make memory free, and run it again")
    if isinstance(problem, OSError) and problem.errno in OF_THE_MACHINE:
        problem = _as_input_error(problem)
    if isinstance(problem, InputError):
        if debug:
            traceback.print_exception(problem)
        print(f"bench: {problem}", file=sys.stderr)
        return ExitCode.INPUT_ERROR
    traceback.print_exception(problem)
    print("bench: this is a bug of framejudge; please report it with the lines above", file=sys.stderr)
    return ExitCode.BUG


OF_THE_MACHINE = frozenset(
    getattr(errno, name)
    for name in (
        *(
            "EACCES",
            "EPERM",
            "EROFS",
            "ENOSPC",
            "EDQUOT",
            "EFBIG",
            "EIO",
            "ENXIO",
            "ENODEV",
            "ESTALE",
            "EBUSY",
        ),
        *("ENAMETOOLONG", "ENOTDIR", "EISDIR", "ELOOP", "EMFILE", "ENFILE", "ENOMEM", "ETXTBSY", "EBUSY"),
    )
    if hasattr(errno, name)
)
"""Errors of the system that say something about disks, permissions and names, and nothing about our code."""


def _as_input_error(problem: OSError) -> Exception:
    """Return what the system refused as one line: the last net, where no function says more."""
    from framejudge.datasets.errors import InputError

    named = problem.filename2 or problem.filename or ""
    place = os.fsdecode(named) if isinstance(named, str | bytes) else str(named)
    found = InputError(
        f"the system refuses it: {problem.strerror or problem}",
        where=place,
        fix="make room, give the right, or give another place",
    )
    found.__cause__ = problem
    return found


def _range_of(problem: Any) -> str:
    """Return what numbers an option takes, after a wrong one; nothing for other options."""
    option = getattr(problem, "param", None)
    kind = getattr(option, "type", option)  # later typers keep the limits at the option itself
    least, most = getattr(kind, "min", None), getattr(kind, "max", None)
    return "" if least is None or most is None else f"; possible: {least:,.12g} to {most:,.12g}"


def _usage_error() -> type[Any]:
    """Return the class of all usage errors: click's, or that of the copy of click inside later typers."""
    return next(base for base in typer.BadParameter.__mro__ if base.__name__ == "ClickException")
