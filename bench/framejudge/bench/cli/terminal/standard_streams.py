"""Standard output and error that no reader, disk or terminal can turn into a crash.

What goes wrong with a standard stream is not the command's fault and never costs what it computes:

- the reader of a pipe has gone (``bench detectors | head -1``): the rest is dropped, and the exit code is the
  command's own, because the reader had what it wanted;
- the stream is closed or its disk is full (``>&-``, ``>/dev/full``): the command goes on to its end, says so
  in one line on standard error, and ends with 2 where it would have ended with 0;
- the terminal knows ASCII only: signs of ours become what one types for them, anything else its code;
- a name holds control characters: they are shown as their codes.

Imports nothing but the standard library at the top: it is in use before a command is known.
"""

from __future__ import annotations

import errno
import io
import os
import re
import sys
from typing import Any, TextIO

from framejudge.bench.exit_code import ExitCode
from framejudge.datasets.printable import in_ascii, printable_lines

_COLOURS = re.compile("(\x1b\\[[0-9;]*m)")
"""What rich and typer write to a terminal beside text; a name of a picture must never hold one."""


class SafeStream(io.TextIOBase):
    """A text stream in place of `sys.stdout` or `sys.stderr`; writing to it raises no `OSError`.

    It has no ``buffer``: click writes around a stream that it takes for misconfigured.

    Parameters
    ----------
    behind
        The stream itself.
    drawn
        Whether it takes every code of the terminal, for a library that draws and takes care of names itself.

    Attributes
    ----------
    problem
        Why text was lost, None where none was, or where a pipe's reader has gone.
    """

    def __init__(self, behind: TextIO, *, problem: OSError | None = None, drawn: bool = False) -> None:
        self.behind = behind
        self.problem = problem
        self._drawn = drawn
        self._ascii = not _takes(behind, "\u2265")
        self._terminal = behind.isatty()

    def write(self, text: str) -> int:
        """Write what can be written; the rest is lost, and `problem` says why."""
        try:
            self.behind.write(text if self._drawn else self._readable(text))
        except (OSError, ValueError) as problem:  # ValueError: somebody closed it
            self._lose(problem)
        return len(text)

    def flush(self) -> None:
        """Hand on what waits."""
        try:
            self.behind.flush()
        except (OSError, ValueError) as problem:
            self._lose(problem)

    def isatty(self) -> bool:
        """Return whether a person looks at it."""
        return self._terminal

    def fileno(self) -> int:
        """Return the descriptor."""
        return self.behind.fileno()

    def writable(self) -> bool:
        """Return True."""
        return True

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """How text becomes bytes."""
        return self.behind.encoding

    def _readable(self, text: str) -> str:
        parts = _COLOURS.split(text) if self._terminal else [text]
        shown = "".join(one if k % 2 else printable_lines(one) for k, one in enumerate(parts))
        return in_ascii(shown) if self._ascii and not shown.isascii() else shown

    def _lose(self, problem: OSError | ValueError) -> None:
        """Send what follows nowhere, so that Python does not stumble over it when it ends, either."""
        if not isinstance(problem, OSError):
            problem = OSError(errno.EBADF, os.strerror(errno.EBADF))
        if problem.errno != errno.EPIPE and self.problem is None:
            self.problem = problem
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, self.behind.fileno())
        except (OSError, ValueError):
            self.behind = _nowhere()
        finally:
            os.close(nowhere)


def make_safe() -> None:
    """Put a `SafeStream` in place of standard output and error, whatever state they are in.

    Descriptors 0 to 2 that are closed are opened on nothing first: the next file that is opened would get the
    number, and be written to by whatever prints.
    """
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest number that is free
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if isinstance(stream, SafeStream):
            continue
        if stream is None:
            closed = OSError(errno.EBADF, "it is closed")
            setattr(sys, name, SafeStream(_nowhere(), problem=closed))
            continue
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
        setattr(sys, name, SafeStream(stream))


def for_drawing(stream: TextIO) -> TextIO:
    """Return a stream on which a progress bar can move the cursor."""
    if not isinstance(stream, SafeStream):
        return stream
    drawn: Any = SafeStream(stream.behind, drawn=True)
    return drawn  # type: ignore[no-any-return]


def finish(code: int) -> int:
    """Hand on what waits in the streams; return the exit code, which text that was lost may change."""
    out, err = sys.stdout, sys.stderr
    out.flush()
    problem = out.problem if isinstance(out, SafeStream) else None
    if problem is not None:
        why = problem.strerror or str(problem)
        print(
            f"bench: standard output cannot be written: {why}; files that the command names are whole; "
            "give it another place",
            file=err,
        )
        code = code or ExitCode.INPUT_ERROR
    err.flush()
    return code


def _takes(stream: TextIO, text: str) -> bool:
    try:
        text.encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - it lives as long as the process
