"""How a detector behaves beside its answers, tried in a process of its own: memory, threads, prints, network.

`framejudge.detectors.contract` has the rules about the answers themselves.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from framejudge.detectors.opened import OpenedDetector
from framejudge.detectors.protocol import Image

HEAVY = ("tensorflow", "torch", "keras", "jax", "onnxruntime", "openvino", "ai_edge_litert", "transformers")
"""Modules that belong into `load`: a name is looked up, and a help text printed, without them."""

MOST_IMPORT_CPU_S = 10.0
ROUNDS, CALLS = 4, 30
LEAK_BYTES = 2 * 2**20
"""A round of calls that leaves so much behind leaks, if each of the last three does."""

MOST_BUSY_THREADS = 1.4
"""On the average at any moment; the process was asked to use one."""

LEAST_SAMPLES = 20
LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")


class RuleBrokenError(Exception):
    """A rule that a detector does not keep; its text says how."""


class _Watch:
    """What is known of the process from its start on: the folder it began in, and whom it called."""

    def __init__(self) -> None:
        self.folder = Path.cwd()
        self.called: list[str] = []
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "socket.getaddrinfo":
            host = arguments[0]
        elif event == "socket.connect" and isinstance(arguments[1], tuple):
            host = arguments[1][0]
        else:
            return
        name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host or "localhost")
        if not name.startswith(LOOPBACK) and name not in self.called:
            self.called.append(name)


_watches: list[_Watch] = []


def watch() -> _Watch:
    """Begin to watch the process, once; return what was seen."""
    if not _watches:
        _watches.append(_Watch())
    return _watches[0]


def import_is_quick(detector: OpenedDetector, pictures: Sequence[Image]) -> str:
    """Look at what importing and making it brought in, before it is loaded."""
    watch()
    heavy = [name for name in HEAVY if name in sys.modules]
    if heavy:
        raise RuleBrokenError(f"imports {', '.join(heavy)} with its module: import it inside load")
    seconds = time.process_time()
    if seconds > MOST_IMPORT_CPU_S:
        raise RuleBrokenError(f"takes {seconds:.0f} s of CPU to import: do the work inside load")
    return "nothing heavy before load"


def keeps_memory(detector: OpenedDetector, pictures: Sequence[Image]) -> str:
    """Call it again and again, and look whether each round leaves something behind."""
    if _resident_bytes() is None:
        return "not looked at on this system"
    picture, grown = pictures[0], []
    for _ in range(ROUNDS):
        before = _resident_bytes() or 0
        for _ in range(CALLS):
            detector.raw.predict(picture.copy())
        grown.append((_resident_bytes() or 0) - before)
    if min(grown[1:]) >= LEAK_BYTES:
        each = sum(grown[1:]) / len(grown[1:]) / CALLS / 2**10
        raise RuleBrokenError(
            f"leaks {each:,.0f} KiB a call: 100,000 images would take {each / 10.49:,.0f} GB"
        )
    return f"{ROUNDS * CALLS} calls leave nothing behind"


def keeps_to_threads(detector: OpenedDetector, pictures: Sequence[Image]) -> str:
    """Count the threads that are running or ready to run while it predicts; the process is to use one."""
    if not Path("/proc/self/task").is_dir():
        return "not looked at on this system"
    busy: list[int] = []
    done = threading.Event()
    sampler = threading.Thread(target=_count_busy_threads, args=(busy, done))
    detector.raw.predict(pictures[0].copy())
    sampler.start()
    for _ in range(CALLS):
        detector.raw.predict(pictures[0].copy())
    done.set()
    sampler.join()
    if len(busy) < LEAST_SAMPLES:
        return "too quick to tell"
    mean = sum(busy) / len(busy)
    if mean > MOST_BUSY_THREADS:
        raise RuleBrokenError(
            f"keeps {mean:.1f} threads busy where 1 is allowed: keep to OMP_NUM_THREADS and the like"
        )
    return f"{mean:.1f} busy, 1 allowed"


def prints_nothing(detector: OpenedDetector, pictures: Sequence[Image]) -> str:
    """Look whether it writes to standard output or error while it predicts."""
    detector.raw.predict(pictures[0].copy())  # a first call may greet
    with _captured() as file:
        for picture in pictures:
            detector.raw.predict(picture.copy())
    text = file.read_text(encoding="utf-8", errors="replace")
    file.unlink()
    if text:
        first = next(iter(text.strip().splitlines()), "")[:60]
        raise RuleBrokenError(f"prints while it predicts ({first!r}): use logging, or nothing")
    return "predict prints nothing"


def stays_in_its_folder(detector: OpenedDetector, pictures: Sequence[Image]) -> str:
    """Look whether the current folder is what it was."""
    if Path.cwd() != watch().folder:
        raise RuleBrokenError(f"changes the current folder to {Path.cwd()}: give absolute paths instead")
    return "the current folder stays"


def needs_no_network(detector: OpenedDetector, pictures: Sequence[Image]) -> str:
    """Look whether it asked for another machine since the process began."""
    called = watch().called
    if called:
        raise RuleBrokenError(f"asks the network for {', '.join(called[:3])}: bring what it needs with it")
    return "asked for no other machine"


IMPORT, NETWORK = "import", "network"

ALONE: Mapping[str, Callable[[OpenedDetector, Sequence[Image]], str]] = {
    IMPORT: import_is_quick,
    "memory": keeps_memory,
    "threads": keeps_to_threads,
    "prints": prints_nothing,
    "folder": stays_in_its_folder,
    NETWORK: needs_no_network,
}
"""Rules that mean something only in a process that does nothing else; the first goes before loading."""


def _resident_bytes() -> int | None:
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, IndexError, ValueError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")


def _count_busy_threads(busy: list[int], done: threading.Event) -> None:
    own = str(threading.get_native_id())
    while not done.is_set():
        states = []
        for task in os.scandir("/proc/self/task"):
            if task.name != own:
                try:
                    text = Path(task.path, "stat").read_text(encoding="ascii", errors="replace")
                except OSError:  # a thread that has just ended
                    continue
                states.append(text.rpartition(")")[2].split()[0])
        busy.append(states.count("R"))
        done.wait(0.002)


@contextmanager
def _captured() -> Iterator[Path]:
    """Send both standard streams of the process, C libraries included, to a file."""
    descriptor, name = tempfile.mkstemp(prefix="framejudge-")
    sys.stdout.flush()
    sys.stderr.flush()
    kept = os.dup(1), os.dup(2)
    try:
        os.dup2(descriptor, 1)
        os.dup2(descriptor, 2)
        yield Path(name)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for place, copy in zip((1, 2), kept, strict=True):
            os.dup2(copy, place)
            os.close(copy)
        os.close(descriptor)
