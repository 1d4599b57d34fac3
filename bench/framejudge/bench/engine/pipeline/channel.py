"""What threads hand to each other: things that wait, and who waits for them."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Channel(Generic[T]):
    """Things in the order in which they came; who takes one sleeps until there is one."""

    def __init__(self) -> None:
        self._things: deque[T] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._takers = 0

    def put(self, thing: T) -> bool:
        """Add a thing; False where the channel is closed."""
        with self._changed:
            if self._closed:
                return False
            self._things.append(thing)
            self._changed.notify()
            return True

    def take(self) -> T | None:
        """Return the next thing, and wait for it; None once the channel is closed and empty."""
        with self._changed:
            self._takers += 1
            try:
                while not self._things and not self._closed:
                    self._changed.wait()
            finally:
                self._takers -= 1
            return self._things.popleft() if self._things else None

    def close(self) -> None:
        """Let nothing come any more; what is there can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def drain(self) -> list[T]:
        """Close, and return what nobody took."""
        with self._changed:
            self._closed = True
            left = list(self._things)
            self._things.clear()
            self._changed.notify_all()
            return left

    @property
    def backlog(self) -> int:
        """How many things wait beyond those that somebody waits for."""
        with self._changed:
            return len(self._things) - self._takers
