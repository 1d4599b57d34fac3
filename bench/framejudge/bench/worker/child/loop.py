"""The worker's loop: commands come through one pipe, and answers leave through another.

The detector sees neither: what it prints goes to standard error, it has nothing to read, and the pipes lie at
high descriptors, which a program that it starts does not get.
"""

from __future__ import annotations

import faulthandler
import os
from typing import BinaryIO

from .commands import COMMANDS, Close
from .marker import PIPES_LOST, Marker, Stage
from .wire import BadFrameError, decode, encode
from .worker import Worker

HIGH_DESCRIPTOR = 1_000
"""A detector that closes or writes to every descriptor that it can think of rarely thinks of these."""


def main(marker: Marker) -> None:
    """Answer commands until ``close``, or until nobody is left to send one."""
    faulthandler.enable()
    commands, answers = _take_over_the_pipes()
    worker, number = Worker(marker), 0
    while True:
        number += 1
        try:
            command = decode(lambda size: _read_exactly(commands, size), COMMANDS, number)
            answer = encode(worker.carry_out(command), number)
            marker.begin(Stage.IDLE)
            answers.write(answer)
            answers.flush()
        except EOFError:
            return
        except (BadFrameError, OSError):
            os._exit(PIPES_LOST)
        if isinstance(command, Close):
            return


def _take_over_the_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Move commands and answers to descriptors of their own; a detector's prints go to standard error."""
    import fcntl  # neither is there on Windows, where the rest of this module imports
    import resource

    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    high = min(limit - 16, HIGH_DESCRIPTOR) if limit > 0 else HIGH_DESCRIPTOR
    commands = os.fdopen(fcntl.fcntl(0, fcntl.F_DUPFD_CLOEXEC, high), "rb")
    answers = os.fdopen(fcntl.fcntl(1, fcntl.F_DUPFD_CLOEXEC, high), "wb")
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
