"""What a detector may take before it, or an image, is given up."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass

from framejudge.bench import defaults
from framejudge.bench.run import Request
from framejudge.datasets.errors import InputError

MIN_MEMORY_BYTES = 2**27
"""Python, numpy and the decoder alone hold some 60 MB."""

_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "ki": 2**10, "mi": 2**20, "gi": 2**30}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmg]i?)?b?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a detector may take.

    Attributes
    ----------
    timeout_s
        For one step: to load, or for one image. A batch gets the time of one image, and is split then.
    memory_bytes
        What its process and all that it started may hold in memory together; None for no limit.
    crashes
        Images that may end its process: with so many it is given up.
    """

    timeout_s: float = defaults.TIMEOUT_S
    memory_bytes: int | None = None
    crashes: int = defaults.MAX_CRASHES

    @classmethod
    def of(cls, request: Request) -> Limits:
        """Return what was asked for."""
        return cls(request.timeout_s, request.max_memory_bytes, request.max_crashes)


class CrashCount:
    """Images that ended a detector's process, counted over all of its processes; threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.images = 0

    def add(self) -> int:
        """Count one more, and return how many there are."""
        with self._lock:
            self.images += 1
            return self.images


def parse_size(text: str | None) -> int | None:
    """Return the bytes that ``2GB``, ``500MB`` or ``1.5GiB`` mean; None for None.

    Raises
    ------
    InputError
        For anything else, and for less than a worker itself needs.
    """
    if text is None:
        return None
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        raise InputError(f"{text!r} is no amount of memory", where="--max-memory", fix="for example 2GB")
    number, unit = found.groups()
    size = int(float(number) * _UNITS[(unit or "").lower()])
    if size < MIN_MEMORY_BYTES:
        raise InputError(
            f"{text} is less than a detector's process needs without a detector",
            where="--max-memory",
            fix=f"give at least {size_text(MIN_MEMORY_BYTES)}, for example 2GB",
        )
    return size


def size_text(size: int) -> str:
    """Return a number of bytes as a reader gives it: 2 GB, 512 MiB."""
    for name, unit in (("GB", 10**9), ("GiB", 2**30), ("MB", 10**6), ("MiB", 2**20)):
        if size >= unit and size % unit == 0:
            return f"{size // unit} {name}"
    return f"{size / 10**9:.3g} GB"
