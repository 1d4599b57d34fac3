"""Memory for decoded blocks: a fixed number of slots, handed out and given back."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Sequence
from types import TracebackType

from framejudge.bench.engine.pipeline.channel import Channel
from framejudge.bench.parts.blocks import BATCH_PIXELS
from framejudge.datasets.images.decode import MAX_PIXELS

ROOM_BYTES = 3 * BATCH_PIXELS
"""What the images in a slot hold together, if they are not one alone."""

_CAPACITY_BYTES = 3 * max(MAX_PIXELS, BATCH_PIXELS) + 2**20
"""The largest image that can be decoded must fit; memory is taken only where something is written."""


class Slots:
    """So many slots; a context manager.

    Attributes
    ----------
    descriptors
        For workers that decode.
    readable
        The same for workers that hold a detector: one that writes to descriptors which are not its own must
        not change what the others see.
    """

    def __init__(self, count: int) -> None:
        self.descriptors: Sequence[int] = [_nameless_file() for _ in range(count)]
        self.readable: Sequence[int] = [_read_only(descriptor) for descriptor in self.descriptors]
        self._readable_of = dict(zip(self.descriptors, self.readable, strict=True))
        self._free: Channel[int] = Channel()
        for descriptor in self.descriptors:
            self._free.put(descriptor)

    def __enter__(self) -> Slots:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        for descriptor in {*self.descriptors, *self.readable}:
            os.close(descriptor)

    @property
    def free(self) -> int:
        """How many slots nobody has or waits for."""
        return max(0, self._free.backlog)

    def lease(self) -> Lease | None:
        """Return a free slot, and wait for it; None once nobody is to get any more."""
        descriptor = self._free.take()
        return None if descriptor is None else Lease(descriptor, self._readable_of[descriptor], self._free)

    def close(self) -> None:
        """Give out no more slots."""
        self._free.drain()


class Lease:
    """A slot in use; it is free again once all of its users have released it."""

    def __init__(self, descriptor: int, readable: int, free: Channel[int]) -> None:
        self.descriptor = descriptor
        self.readable = readable
        self._free = free
        self._users = 1
        self._lock = threading.Lock()

    def share(self) -> None:
        """Count another user."""
        with self._lock:
            self._users += 1

    def release(self) -> None:
        """Count a user less."""
        with self._lock:
            self._users -= 1
            if not self._users:
                self._free.put(self.descriptor)


def _read_only(descriptor: int) -> int:
    """Return another descriptor of a file, for reading only; the same one where the system has no /proc."""
    try:
        return os.open(f"/proc/self/fd/{descriptor}", os.O_RDONLY)
    except OSError:
        return descriptor


def _nameless_file() -> int:
    """Return the descriptor of a file that goes when the last process that has it does."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("framejudge")
    else:
        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    os.ftruncate(descriptor, _CAPACITY_BYTES)
    return descriptor
