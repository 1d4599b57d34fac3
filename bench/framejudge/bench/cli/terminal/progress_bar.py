"""A progress bar on a terminal, nothing in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from framejudge.bench.cli.terminal.standard_streams import for_drawing
from framejudge.datasets.printable import printable
from framejudge.datasets.progress import Progress, Silence


class ProgressBar:
    """A line per stretch of work."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._current: TaskID | None = None

    def begin(self, what: str, total: int) -> None:
        """Start a line."""
        self._current = self._bars.add_task(printable(what), total=total)
        self._bars.refresh()

    def advance(self, steps: int) -> None:
        """Fill the current line."""
        if self._current is not None:
            self._bars.advance(self._current, steps)
            self._bars.refresh()

    def describe(self, what: str) -> None:
        """Change the current line's text."""
        if self._current is not None:
            self._bars.update(self._current, description=printable(what))
            self._bars.refresh()


@contextmanager
def resumable_progress() -> Iterator[Progress]:
    """Do what `shown_progress` does, for work that can go on: an interruption keeps the notes on how.

    Typer would make an exit code of it.
    """
    try:
        with shown_progress() as progress:
            yield progress
    except KeyboardInterrupt as problem:
        raise typer.Abort from problem


@contextmanager
def shown_progress(console: Console | None = None) -> Iterator[Progress]:
    """Yield a progress bar where the console (standard error) is a terminal, and silence elsewhere."""
    console = console or Console(file=for_drawing(sys.stderr))
    if not console.is_terminal:
        yield Silence()
        return
    what = TextColumn("{task.description}", markup=False)  # a detector may be called anything
    columns = (what, BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # Redrawn by hand: a thread that draws all the time would take a core from the detector that is timed.
    with Bars(*columns, console=console, auto_refresh=False, transient=True) as bars:
        yield ProgressBar(bars)
