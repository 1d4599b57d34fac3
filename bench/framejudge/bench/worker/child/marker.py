"""What the worker is at just now, in memory that its parent sees too, even after a crash."""

from __future__ import annotations

import mmap
import os
import struct
from enum import IntEnum
from time import monotonic_ns
from typing import NamedTuple

SIZE = mmap.PAGESIZE

PIPES_LOST = 97
"""The worker's exit code where its pipes were closed, or somebody else read from them."""

_AT = struct.Struct("<qii")
_PROCESS = struct.Struct("<qqB")
_PROCESS_AT = 64
_CLEARED_AT = 128


class Stage(IntEnum):
    """What a worker can be at; ``text`` is what a reader is told."""

    IDLE = 0
    LOAD = 1
    DECODE = 2
    BATCH = 3
    PREDICT = 4
    LOCATE = 5
    EXPLAIN = 6
    CLOSE = 7
    CHECK = 8

    @property
    def text(self) -> str:
        """The method that the worker was in."""
        return {Stage.IDLE: "between two calls", Stage.BATCH: "predict_batch"}.get(self, self.name.lower())


class At(NamedTuple):
    """When a worker last began something (by the monotonic clock), what, and with which image."""

    since_ns: int
    stage: Stage
    position: int


class Marker:
    """A page of memory that the worker, its supervisor and the parent share.

    The worker writes down what it begins, outside every timed region. So the parent knows after a
    crash which image it was, and how long the worker has been at it.

    Parameters
    ----------
    descriptor
        Of a file of `SIZE` bytes.
    """

    def __init__(self, descriptor: int) -> None:
        self._memory = mmap.mmap(descriptor, SIZE)
        self._owner = os.getpid()

    def own(self) -> None:
        """Make this process the one that the page is about."""
        self._owner = os.getpid()
        self._write_process(self._owner, 0, copied=False)

    def begin(self, stage: Stage, position: int = -1) -> None:
        """Note what begins now; a process that the detector forked, and that comes back here, ends.

        It would do all the work of the worker a second time.
        """
        if os.getpid() != self._owner:
            self._leave_as_copy()
        _AT.pack_into(self._memory, 0, monotonic_ns(), stage, position)

    def note_memory(self, kib: int) -> None:
        """Note that the worker is killed because it and what it started hold so much."""
        self._write_process(self.pid, kib, copied=self.copied)

    def read(self) -> At:
        """Return what the worker began last; `Stage.IDLE` where the page makes no sense."""
        since_ns, stage, position = _AT.unpack_from(self._memory, 0)
        try:
            return At(since_ns, Stage(stage), position)
        except ValueError:  # a stray write
            return At(since_ns, Stage.IDLE, -1)

    @property
    def pid(self) -> int:
        """The worker's process."""
        return int(_PROCESS.unpack_from(self._memory, _PROCESS_AT)[0])

    @property
    def killed_at_kib(self) -> int:
        """How much memory it was killed for; 0 where it was not."""
        return int(_PROCESS.unpack_from(self._memory, _PROCESS_AT)[1])

    @property
    def copied(self) -> bool:
        """Whether a process that the detector forked came back as if it were the worker."""
        return bool(_PROCESS.unpack_from(self._memory, _PROCESS_AT)[2])

    @property
    def cleared(self) -> bool:
        """Whether the supervisor has ended the worker and all that it started."""
        return bool(self._memory[_CLEARED_AT])

    def note_cleared(self) -> None:
        """Note that nothing is left of the worker."""
        self._memory[_CLEARED_AT] = 1

    def close(self) -> None:
        """Give the memory back."""
        self._memory.close()

    def _leave_as_copy(self) -> None:
        self._write_process(self.pid, self.killed_at_kib, copied=True)
        os._exit(0)

    def _write_process(self, pid: int, kib: int, *, copied: bool) -> None:
        _PROCESS.pack_into(self._memory, _PROCESS_AT, pid, kib, copied)
