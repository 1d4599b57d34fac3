"""Work on pictures in threads, and one at a time where memory is too short for that."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def each_sparingly(work: Callable[[T], R | None], items: Iterable[T], threads: int) -> list[R | None]:
    """Return what the work gives for each item, in order; None where there is no memory for it even alone."""

    def attempt(item: T) -> tuple[R | None, bool]:
        try:
            return work(item), False
        except MemoryError:
            return None, True

    given = list(items)
    try:
        with ThreadPoolExecutor(threads) as pool:
            found = list(pool.map(attempt, given))
    except RuntimeError:  # no further thread can be started: memory is short
        found = [(None, True)] * len(given)
    return [
        attempt(item)[0] if starved else result for item, (result, starved) in zip(given, found, strict=True)
    ]
