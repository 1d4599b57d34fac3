"""The worker's supervisor: whatever happens, the worker and all that it started end, and this process last.

The process that the parent starts is the supervisor. It forks the worker while nothing is imported yet and no
thread runs, and then only waits. On Linux orphans of the worker, a daemon that left its session among them,
become the supervisor's children, so that it can find them. It needs nothing but the standard library.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import sys
from collections.abc import Iterator
from time import monotonic
from typing import NoReturn

from .marker import Marker

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_CHILD_SUBREAPER = 36

LOOK_S = 1.0
"""So often the supervisor looks whether its parent is still there, beside the pipe that says so."""

MEMORY_LOOK_S = 0.02
"""So often it measures the worker where memory is limited: an allocation grows by some 50 MB meanwhile."""

FAMILY_LOOK_S = 0.25
"""So often it looks for processes that the worker started, where memory is limited."""

LAST_TRY_S = 3.0
"""So long it goes on killing; a process that waits for a broken disk cannot be ended."""

IGNORED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


def become_worker(marker: Marker, lifeline: int, limit_kib: int) -> None:
    """Fork: return in the worker, and stay in the supervisor until the worker is gone.

    Parameters
    ----------
    lifeline
        The reading end of a pipe that the parent holds the other end of.
    limit_kib
        What the worker and all that it started may hold; 0 for no limit.
    """
    if sys.platform == "linux":
        _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    parent, supervisor = os.getppid(), os.getpid()
    wake, woken = os.pipe()  # a signal wakes the supervisor, if only it is written down somewhere
    for end in (wake, woken):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
    worker = os.fork()
    if worker:
        _supervise(worker, parent, marker, lifeline, wake, limit_kib)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for descriptor in (wake, woken, lifeline):
        os.close(descriptor)
    os.setpgid(0, 0)  # what the detector sends to its own group does not reach the supervisor
    if sys.platform == "linux":
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != supervisor:
            os._exit(0)
    marker.own()


def _supervise(
    worker: int, parent: int, marker: Marker, lifeline: int, wake: int, limit_kib: int
) -> NoReturn:
    for number in IGNORED:
        signal.signal(number, signal.SIG_IGN)
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):  # the worker's pipes must end with the worker
        os.dup2(nothing, descriptor)
    status = _wait(worker, parent, marker, lifeline, wake, limit_kib)
    _end_all(worker)
    marker.note_cleared()
    if status is None or os.WIFEXITED(status):
        os._exit(0 if status is None else os.WEXITSTATUS(status))
    _end_like(os.WTERMSIG(status))


def _wait(worker: int, parent: int, marker: Marker, lifeline: int, wake: int, limit_kib: int) -> int | None:
    """Wait for the worker's end and return its status; None where the parent wants it ended, or is gone."""
    poll = select.poll()
    poll.register(lifeline, select.POLLIN)
    poll.register(wake, select.POLLIN)
    family: list[int] = []
    next_look = 0.0
    while True:
        found = dict(poll.poll((MEMORY_LOOK_S if limit_kib else LOOK_S) * 1e3))
        if wake in found:
            os.read(wake, 4096)
        for pid, status in _reaped():
            if pid == worker:
                return status
        if lifeline in found or os.getppid() != parent:
            return None
        if limit_kib:
            if monotonic() >= next_look:
                family, next_look = [worker, *_descendants(worker)], monotonic() + FAMILY_LOOK_S
            held = held_kib(family, limit_kib)
            if held > limit_kib:
                marker.note_memory(held)
                os.kill(worker, signal.SIGKILL)


def _reaped() -> Iterator[tuple[int, int]]:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        yield pid, status


def _end_all(worker: int) -> None:
    """Kill the worker, its group and every child, until there is none: their children become ours."""
    deadline = monotonic() + LAST_TRY_S
    while monotonic() < deadline:
        for kill, pid in [(os.killpg, worker), *((os.kill, child) for child in _descendants(os.getpid()))]:
            try:
                kill(pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                continue
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                continue
        except ChildProcessError:
            return
        select.select([], [], [], 0.002)


def _end_like(number: int) -> NoReturn:
    """End by the signal that the worker ended by, so that the parent sees it; without a second core file."""
    import resource  # not there on Windows, where the rest of this module imports

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        _prctl(_PR_SET_DUMPABLE, 0)
    if number not in (signal.SIGKILL, signal.SIGSTOP):
        signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [number])
    os.kill(os.getpid(), number)
    os._exit(128 + number)


def _descendants(ancestor: int) -> list[int]:
    """Return the processes below one, children first; [] where there is no /proc."""
    try:
        parents = {int(name): _parent_of(name) for name in os.listdir("/proc") if name.isdigit()}  # noqa: PTH208
    except OSError:
        return []
    found, latest = [], [ancestor]
    while latest:
        latest = [pid for pid, parent in parents.items() if parent in latest]
        found += latest
    return found


def _parent_of(pid: str) -> int:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123 - pathlib is not imported here
            # The name of a program may hold blanks and parentheses.
            return int(file.read().rpartition(b")")[2].split()[1])
    except (OSError, ValueError, IndexError):
        return -1


def held_kib(family: list[int], limit_kib: int) -> int:
    """Return the memory that processes hold together, in KiB.

    The resident sizes are cheap to read and count shared pages more than once; only where their sum is over
    the limit are the proportional shares read, of which each shared page is counted once.
    """
    page_kib = os.sysconf("SC_PAGE_SIZE") // 1024
    held = sum(_read_number(f"/proc/{pid}/statm", 1) * page_kib for pid in family)
    return held if held <= limit_kib or len(family) == 1 else sum(_share_kib(pid, page_kib) for pid in family)


def _share_kib(pid: int, page_kib: int) -> int:
    try:
        with open(f"/proc/{pid}/smaps_rollup", "rb") as file:  # noqa: PTH123
            lines = (line.split() for line in file)
            return next(int(words[1]) for words in lines if words[0] == b"Pss:")
    except (OSError, StopIteration, ValueError):
        return _read_number(f"/proc/{pid}/statm", 1) * page_kib


def _read_number(path: str, word: int) -> int:
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            return int(file.read().split()[word])
    except (OSError, ValueError, IndexError):
        return 0


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
