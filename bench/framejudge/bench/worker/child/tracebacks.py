"""Where a detector's exceptions were raised: the first few of a process, as text."""

from __future__ import annotations

import traceback
from pathlib import Path
from types import TracebackType

from . import opened

KEPT = 5
"""Tracebacks of one detector: the first show what is wrong, and a run may have an error for each image."""

MAX_CHARACTERS = 8_000

_OURS = Path(__file__).parent


class Tracebacks:
    """Collects tracebacks by the position of the image in its block; -1 where there is none."""

    def __init__(self) -> None:
        self._found: list[tuple[int, str]] = []
        self._seen = 0

    def add(self, problem: BaseException, position: int = -1) -> None:
        """Keep an exception's traceback, if it is one of the first."""
        if self._seen < KEPT:
            self._seen += 1
            self._found.append((position, traceback_text(problem)))

    def take(self) -> list[tuple[int, str]]:
        """Return what was collected since the last time."""
        found, self._found = self._found, []
        return found


def traceback_text(problem: BaseException) -> str:
    """Return a traceback from the detector's first line on, not from ours."""
    try:
        text = "".join(traceback.format_exception(type(problem), problem, _theirs(problem.__traceback__)))
    except BaseException as another:  # an exception's class may do what it likes
        text = f"no traceback: formatting it raised {type(another).__name__}"
    return text if len(text) <= MAX_CHARACTERS else f"... (cut)\n{text[-MAX_CHARACTERS:]}"


def _theirs(trace: TracebackType | None) -> TracebackType | None:
    """Return a traceback without the frames of ours that it begins with."""
    rest = trace
    while rest is not None:
        file = Path(rest.tb_frame.f_code.co_filename)
        if file.parent != _OURS and file != Path(opened.OpenedDetector.predict.__code__.co_filename):
            return rest
        rest = rest.tb_next
    return trace
