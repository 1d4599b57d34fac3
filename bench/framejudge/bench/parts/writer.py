"""Parts on their way to the disk: a thread writes and syncs them, so that scoring never waits."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from framejudge.bench.parts import part_file
from framejudge.bench.parts.part_file import Part
from framejudge.datasets.atomic_file import write_all

MOST_TOGETHER = 64
"""Parts that are synced one after the other before their folders are, once for all of them."""


class _Queued(NamedTuple):
    file: Path | None
    part: Part | None
    written: Callable[[], None]


class PartWriter:
    """Writes parts in the order in which they come; a context manager, at whose end all are on the disk.

    Parameters
    ----------
    failed
        Called with the `OSError` that ended the writing, from the writer's thread; nothing is written any
        more after it.
    """

    def __init__(self, failed: Callable[[OSError], None]) -> None:
        self._failed = failed
        self._queue: queue.SimpleQueue[_Queued | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write_all, name="parts", daemon=True)

    def __enter__(self) -> PartWriter:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._queue.put(None)
        self._thread.join()

    def write(self, file: Path, part: Part, written: Callable[[], None]) -> None:
        """Have a part written; ``written`` is called, from the writer's thread, once it is on the disk."""
        self._queue.put(_Queued(file, part, written))

    def after_all(self, then: Callable[[], None]) -> None:
        """Have something called, from the writer's thread, once all that was given before is on the disk."""
        self._queue.put(_Queued(None, None, then))

    def _write_all(self) -> None:
        while together := self._next():
            try:
                write_all(
                    {
                        one.file: part_file.encode(one.part)
                        for one in together
                        if one.file is not None and one.part is not None
                    }
                )
            except OSError as problem:
                self._failed(problem)
                return
            for one in together:
                one.written()

    def _next(self) -> list[_Queued]:
        """Return what waits, at least one part; nothing at the end."""
        together: list[_Queued] = []
        while len(together) < MOST_TOGETHER:
            try:
                one = self._queue.get(block=not together)
            except queue.Empty:
                break
            if one is None:
                self._queue.put(None)  # for the call after this one
                break
            together.append(one)
        return together
