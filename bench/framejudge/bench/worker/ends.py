"""How a worker can end, and what is said of it."""

from __future__ import annotations

import re
import signal
from dataclasses import dataclass
from enum import Enum
from itertools import takewhile

from framejudge.bench.worker.child.marker import PIPES_LOST, Stage
from framejudge.bench.worker.limits import size_text
from framejudge.detectors.opened import one_line

LAST_LINES_OF_STDERR = 3

_INSTALLED = re.compile(r"[/\\]lib[/\\]python3|[/\\](site|dist)-packages[/\\]|[/\\]framejudge[/\\]")
"""Files that nobody who reads about a crash has written."""

_ENDED = re.compile(r"its process (was ended|exited|lost)|no score within|killed: out of memory")


class WorkerFailure(Exception):  # noqa: N818 - what happened to a detector, not a bug of ours
    """The detector could not go on: it could not be loaded, its process ended, or it took too long.

    ``traceback`` is where it raised, if it did.
    """

    def __init__(self, reason: str, traceback: str | None = None) -> None:
        super().__init__(reason)
        self.traceback = traceback


class Cause(Enum):
    """What ended a worker."""

    CRASH = "crash"
    EXIT = "exit"
    TIMEOUT = "timeout"
    MEMORY = "memory"


@dataclass(frozen=True, slots=True)
class End:
    """The end of a worker.

    Attributes
    ----------
    what
        In words, without what it was at.
    stage, position
        What it was at, and with which image of the command; -1 where that is not known.
    last_words
        What it wrote to standard error, in one line.
    stderr
        The last of what it wrote there.
    """

    cause: Cause
    what: str
    stage: Stage
    position: int
    last_words: str = ""
    stderr: str = ""

    @property
    def text(self) -> str:
        """What happened, in one line."""
        if self.cause is Cause.TIMEOUT:
            return self.what
        where = f" in {self.stage.text}" if self.stage is not Stage.IDLE else ""
        return f"{self.what}{where}" + (f": {self.last_words}" if self.last_words else "")


class WorkerEnded(WorkerFailure):
    """The worker's process is gone, by itself or because it took too much; another may go on."""

    def __init__(self, end: End) -> None:
        super().__init__(end.text)
        self.end = end


_WHAT_IS_LATE = {
    Stage.LOAD: "load did not end",
    Stage.DECODE: "not decoded",
    Stage.BATCH: "no scores of a batch",
    Stage.PREDICT: "no score",
    Stage.LOCATE: "no box",
    Stage.EXPLAIN: "no explanation",
    Stage.CLOSE: "close did not end",
    Stage.CHECK: "no answer",
    Stage.IDLE: "no answer",
}


def timed_out(stage: Stage, position: int, timeout_s: float) -> End:
    """Return the end of a worker that was killed because a step took too long."""
    return End(Cause.TIMEOUT, f"{_WHAT_IS_LATE[stage]} within {timeout_s:g} s", stage, position)


def killed_for_memory(stage: Stage, position: int, limit_bytes: int) -> End:
    """Return the end of a worker that was killed because it held too much memory."""
    return End(Cause.MEMORY, f"killed: out of memory (limit {size_text(limit_bytes)})", stage, position)


def ended(code: int, stage: Stage, position: int, stderr: str) -> End:
    """Return the end of a process by its exit code, negative for a signal, and what it wrote."""
    words = one_line(find_last_words(stderr))
    if code < 0:
        what = f"its process was ended by {signal_name(-code)}"
        return End(Cause.CRASH, what, stage, position, words, stderr)
    what = f"its process exited with code {code}"
    if code == PIPES_LOST:
        what = (
            "its process lost its pipes: the detector closes descriptors that are not its own, or reads them"
        )
    return End(Cause.EXIT, what, stage, position, words, stderr)


def ended_the_process(error: str) -> bool:
    """Whether an image's error tells of the end of a worker, as `End.text` does."""
    return _ENDED.match(error) is not None


def signal_name(number: int) -> str:
    """Return a signal's name; real-time signals have a number only."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def find_last_words(stderr: str) -> str:
    """Return what a dead process said about its end, in one line: where it crashed, or its last lines."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    crash = next((k for k, line in enumerate(lines) if line.startswith("Fatal Python error")), None)
    if crash is None:
        return " | ".join(lines[-LAST_LINES_OF_STDERR:])
    # faulthandler lists every thread, the crashed one as "Current thread", the innermost frame first.
    current = (k for k, line in enumerate(lines) if k > crash and line.startswith("Current thread"))
    start = next(current, crash)
    frames = list(takewhile(lambda line: line.startswith("File "), lines[start + 1 :]))
    theirs = (frame for frame in frames if not _INSTALLED.search(frame))
    frame = next(theirs, frames[0] if frames else "")
    return " in ".join(part for part in (lines[crash], frame) if part)
