"""One owner for an output folder: a second command on it is refused, and nobody's files are mixed."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from framejudge.datasets.errors import InputError

LOCK_FILE = ".framejudge.lock"
"""Lies in the folder while a command writes to it, and says which. It goes with the command.

The kernel holds the lock, not the file: one that a killed command left behind holds nobody off.
"""


@contextmanager
def owned(folder: Path) -> Iterator[None]:
    """Make a folder where it is missing, and be the only one that writes to it until the block ends.

    A folder that was made for it and is empty at the end is removed.

    Raises
    ------
    InputError
        When another command writes to it, or it cannot be made.
    """
    was_there = folder.is_dir()
    file = folder / LOCK_FILE
    lock = FileLock(file)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
        file.write_text(f"process {os.getpid()} on {socket.gethostname()}", encoding="utf-8")
    except Timeout:
        raise InputError(
            f"another command writes to this folder ({_owner(file)})",
            where=folder,
            fix="wait until it has ended, or give another folder",
        ) from None
    except OSError as problem:
        lock.release()
        what = f"cannot be written: {problem.strerror or problem}"
        raise InputError(what, where=folder, fix="give another folder") from problem
    try:
        yield
    finally:
        # While it is held: whoever opened it meanwhile was refused.
        file.unlink(missing_ok=True)
        lock.release()
        if not was_there and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def is_free(folder: Path) -> bool:
    """Whether a folder is missing, or holds nothing but the lock of whoever writes to it."""
    return not folder.is_dir() or all(path.name == LOCK_FILE for path in folder.iterdir())


def _owner(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8") or "it has just begun"
    except (OSError, UnicodeDecodeError):
        return "it has just begun, or just ended"
