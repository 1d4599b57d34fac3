"""What a command's process ends with. Imports nothing of ours, so that every module may use it."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What a command's process ends with.

    Whatever the code, what was computed is on disk before the process ends.
    """

    DONE = 0
    FAILED = 1
    """A gate, an audit or a check failed."""
    INPUT_ERROR = 2
    """Wrong usage or input; one line says what, where and how to fix it."""
    INCOMPLETE = 3
    """A detector failed; the others finished."""
    CANNOT_JUDGE = 4
    """A gate could not be judged."""
    BUG = 70
    INTERRUPTED = 130
