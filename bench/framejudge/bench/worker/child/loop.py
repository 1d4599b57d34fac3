"""The worker's loop: commands come through standard input, and answers leave through standard output.

The detector sees neither: what it prints goes to standard error, and it has nothing to read.
"""

from __future__ import annotations

import ctypes
import faulthandler
import os
import signal
import sys
from typing import BinaryIO

from .commands import COMMANDS, Close
from .wire import decode, encode
from .worker import Worker

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Answer commands until ``close``, or until nobody is left to send one."""
    _die_with_the_parent()
    faulthandler.enable()
    commands, answers = _take_over_the_pipes()
    worker = Worker()
    while True:
        try:
            command = decode(lambda size: _read_exactly(commands, size), COMMANDS)
        except EOFError:
            return
        answers.write(encode(worker.carry_out(command)))
        answers.flush()
        if isinstance(command, Close):
            return


def _die_with_the_parent() -> None:
    """Have the kernel end this process when its parent is killed, however busy the detector is."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _take_over_the_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Move commands and answers to descriptors of their own; a detector's prints go to standard error."""
    commands = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return commands, answers


def _read_exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data
