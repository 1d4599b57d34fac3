"""Memory that workers share: one writes decoded pixels into a slot, others read them.

A slot is a file without a name that every worker inherits as a descriptor: it goes when the last process
does, however that ends.
"""

from __future__ import annotations

import math
import mmap
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .installed import Image

ALIGNMENT_BYTES = 64
"""Each picture begins at a multiple of it: as numpy's own memory does, so that vector code runs alike."""

Place = Sequence[int]
"""Where a picture lies: its first byte in the slot, its height and its width in pixels."""


class SlotWriter:
    """Slots as the worker sees them that writes.

    A slot stays mapped: its pages are used again and again.
    """

    def __init__(self) -> None:
        self._mapped: dict[int, mmap.mmap] = {}
        self._end = 0

    def begin(self, descriptor: int) -> None:
        """Write from the start of a slot on."""
        if descriptor not in self._mapped:
            self._mapped[descriptor] = mmap.mmap(descriptor, os.fstat(descriptor).st_size)
        self._memory = self._mapped[descriptor]
        self._end = 0

    def fits(self, image: Image, room_bytes: int) -> bool:
        """Whether a picture goes behind those that are there; the first one always has the whole slot."""
        return self._end + image.nbytes <= (room_bytes if self._end else len(self._memory))

    def add(self, image: Image) -> int:
        """Write a picture behind those that are there; return its first byte."""
        start = self._end
        np.frombuffer(self._memory, np.uint8, image.nbytes, start)[:] = image.reshape(-1)
        self._end += math.ceil(image.nbytes / ALIGNMENT_BYTES) * ALIGNMENT_BYTES
        return start


class SlotReader:
    """The pictures of a slot, as a private copy that costs nothing until somebody writes to it."""

    def __init__(self, descriptor: int, places: Sequence[Place]) -> None:
        length = max((start + 3 * height * width for start, height, width in places), default=0)
        self._memory = mmap.mmap(descriptor, length, access=mmap.ACCESS_COPY) if length else None
        self._places = places

    def images(self) -> list[Image]:
        """Return the pictures, shape (H, W, 3), writable and contiguous."""
        if self._memory is None:
            return []
        return [
            np.frombuffer(self._memory, np.uint8, 3 * height * width, start).reshape(height, width, 3)
            for start, height, width in self._places
        ]

    def close(self) -> None:
        """Give the memory back; where a detector has kept a picture, that keeps its pixels."""
        if self._memory is None:
            return
        try:
            self._memory.close()
        except BufferError:
            # Somebody holds an array. A page that was written to is private, whatever the slot gets next.
            pages = np.frombuffer(self._memory, np.uint8)[:: mmap.PAGESIZE]
            np.bitwise_or(pages, 0, out=pages)
