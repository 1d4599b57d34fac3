"""The parent's end of a worker: start it, ask it, and never leave it behind."""

from __future__ import annotations

import contextlib
import os
import re
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TypeVar, cast

from framejudge.bench.worker import child
from framejudge.bench.worker.child import wire
from framejudge.bench.worker.child.commands import (
    ANSWERS,
    Answer,
    Close,
    Command,
    Failed,
    Load,
    Loaded,
)
from framejudge.detectors import opened
from framejudge.detectors.registry import DetectorSpec

CHILD = Path(child.__file__).with_name("__main__.py")
A = TypeVar("A", bound=Answer)

DEFAULT_TIMEOUT_S = 300.0
CLOSE_TIMEOUT_S = 10.0
LAST_LINES_OF_STDERR = 3

THREAD_VARIABLES = (
    "OMP_NUM_THREADS",  # OpenMP: scikit-learn, PyTorch, OpenVINO
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "OPENCV_FOR_THREADS_NUM",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "ORT_NUM_THREADS",  # read by detectors: ONNX Runtime has no variable of its own
)


def thread_environment(threads: int) -> dict[str, str]:
    """Return the variables that hold numeric libraries to a number of threads."""
    return dict.fromkeys(THREAD_VARIABLES, str(threads))


def find_last_words(stderr: str) -> str:
    """Return what a dead process said about its end, in one line: where it crashed, or its last lines."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    crash = next((k for k, line in enumerate(lines) if line.startswith("Fatal Python error")), None)
    if crash is None:
        return " | ".join(lines[-LAST_LINES_OF_STDERR:])
    # faulthandler lists every thread, the crashed one as "Current thread", the innermost frame first.
    current = (k for k, line in enumerate(lines) if k > crash and line.startswith("Current thread"))
    start = next(current, crash)
    frame = next((line for line in lines[start:] if line.startswith("File ")), "")
    return " in ".join(part for part in (lines[crash], frame) if part)


class WorkerFailure(Exception):  # noqa: N818 - what happened to a detector, not a bug of ours
    """The detector could not go on: it could not be loaded, its process ended, or it took too long."""


@dataclass(frozen=True, slots=True)
class PlacedSpec(DetectorSpec):
    """A detector that lives in another environment: another version of it, say.

    Attributes
    ----------
    python
        The interpreter that runs it.
    folder
        Its process's current folder, where its module may lie; None for the parent's.
    environment
        Further variables, or others than the parent's.
    """

    python: str = sys.executable
    folder: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


class WorkerProcess:
    """A detector in a process of its own.

    A context manager: whatever happens, the process and all that it started are gone afterwards. While it
    works, the parent sleeps in a read.

    Parameters
    ----------
    spec
        The detector; a `PlacedSpec` says where it lives, and any other one lives where the parent does. One
        that is never loaded lets the worker decode.
    threads
        What the thread variables in its environment are set to.
    timeout_s
        How long one command may take before the detector counts as failed.
    slots
        Descriptors of memory that it shares with other workers.
    """

    def __init__(
        self,
        spec: DetectorSpec,
        *,
        threads: int,
        timeout_s: float = DEFAULT_TIMEOUT_S,
        slots: Sequence[int] = (),
    ) -> None:
        self._spec = spec
        self._timeout_s = timeout_s
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        placed = spec if isinstance(spec, PlacedSpec) else PlacedSpec(spec.name, spec.target)
        # -P: the child's folder stays off the path, where its modules would hide the detector's.
        self._process = subprocess.Popen(
            [placed.python, "-P", str(CHILD), opened.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            cwd=placed.folder,
            env={**os.environ, **placed.environment, **thread_environment(threads)},
            pass_fds=slots,
            start_new_session=True,  # a group of its own, to be ended as a whole
            bufsize=0,  # both pipes are used through their descriptors
        )

    def __enter__(self) -> WorkerProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._close()
        finally:
            self._kill()
            self._stderr.close()

    def load(self, cores: Sequence[int] | None = None) -> Loaded:
        """Import, make and load the detector, on these cores only where they are given."""
        spec = self._spec
        return self.ask(Load(spec.name, spec.target, spec.extra, spec.extra_module, cores))

    def ask(self, command: Command[A], *, longer_s: float = 0.0) -> A:
        """Send a command and sleep until its answer is here.

        Parameters
        ----------
        longer_s
            How much longer than usual it may take: of a schedule, for one.

        Raises
        ------
        WorkerFailure
            When the detector raised where it may not, its process ended, or the time is up.
        """
        answer = self._exchange(command, self._timeout_s + longer_s)
        if isinstance(answer, Failed):
            raise WorkerFailure(answer.reason)
        return cast("A", answer)  # the child's table of methods pairs commands and answers as their types do

    def _exchange(self, command: Command[Answer], timeout_s: float) -> Answer:
        deadline = time.monotonic() + timeout_s
        try:
            self._write(wire.encode(command))
            return wire.decode(lambda size: self._read(size, deadline), ANSWERS)
        except (BrokenPipeError, EOFError):
            raise WorkerFailure(self._describe_end(_name(command))) from None
        except TimeoutError:
            self._kill()
            raise WorkerFailure(f"no answer to {_name(command)!r} within {timeout_s:g} s") from None

    def _write(self, data: bytes) -> None:
        assert self._process.stdin is not None
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._process.stdin.fileno(), rest) :]

    def _read(self, size: int, deadline: float) -> bytes:
        assert self._process.stdout is not None
        descriptor = self._process.stdout.fileno()
        data = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(descriptor, selectors.EVENT_READ)
            while len(data) < size:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise TimeoutError
                part = os.read(descriptor, size - len(data))
                if not part:
                    raise EOFError
                data += part
        return bytes(data)

    def _describe_end(self, command: str) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(CLOSE_TIMEOUT_S)
        self._kill_group()
        code = self._process.wait()
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"exited with code {code}"
        self._stderr.seek(0)
        last_words = find_last_words(self._stderr.read().decode("utf-8", "replace"))
        return f"its process {how} during {command!r}" + (f": {last_words}" if last_words else "")

    def _close(self) -> None:
        if self._process.poll() is None:
            try:
                self._exchange(Close(), CLOSE_TIMEOUT_S)
                self._process.wait(CLOSE_TIMEOUT_S)
            except (WorkerFailure, subprocess.TimeoutExpired):
                pass  # every figure is here already; the process is killed next

    def _kill(self) -> None:
        self._kill_group()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def _kill_group(self) -> None:
        # The group is named after the worker and lives on while anything that it started does.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)


def _name(command: Command[Answer]) -> str:
    """Return a command's name in words."""
    return re.sub("(?<=[a-z])(?=[A-Z])", " ", type(command).__name__).lower()
