"""A process of a pool that does not outlive the one that it works for, even when that one is killed."""

from __future__ import annotations

import multiprocessing
import os
import threading
from multiprocessing.connection import wait


def end_with_parent() -> None:
    """Have this process end when the one that started it does: to be called once, in a spawned process.

    Without it a process of a pool waits for ever for work from a parent that was killed. A thread watches
    the parent; a process that is stuck in native code ends when that returns. (The kernel's signal at a
    parent's death is none for this: it comes when the *thread* that started the process ends.)
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_wait_and_leave, args=(parent.sentinel,), daemon=True).start()


def _wait_and_leave(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
