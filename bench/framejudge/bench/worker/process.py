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
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TypeVar, cast

from framejudge.bench import defaults
from framejudge.bench.worker import child
from framejudge.bench.worker.answers import check_answer
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
from framejudge.bench.worker.child.marker import SIZE, At, Marker, Stage
from framejudge.bench.worker.ends import End, WorkerEnded, WorkerFailure, ended, killed_for_memory, timed_out
from framejudge.detectors import opened
from framejudge.detectors.registry import DetectorSpec

CHILD = Path(child.__file__).with_name("__main__.py")
A = TypeVar("A", bound=Answer)

CLOSE_TIMEOUT_S = 10.0
"""So long a detector may take to give back what it holds."""

LAST_TRY_S = 0.5
"""So long the supervisor has to end a worker and all that it started; then both are killed from here."""

END_TIMEOUT_S = 5.0
"""So long a worker that has closed its detector, or its pipes, may take to end."""

NOTHING_COMES_S = 30.0
"""So long an answer may stay away while the worker is at nothing that takes time."""

FAR_AWAY = 2**30
"""Where the file behind the shared page would be written to: a detector's stray writes miss the page."""

STDERR_KEPT_BYTES = 2**16
STDERR_MAX_BYTES = 2**23
"""What a detector prints is kept as it comes up to here; then it is thrown away, and kept again."""

NOT_AN_ANSWER = (
    "the detector disturbs its answers ({}): it writes to descriptors that are not its own, or a process "
    "that it forked goes on as if it were the worker"
)
A_COPY = (
    "a process that the detector forked came back as if it were the worker; a forked process has to end "
    "with os._exit"
)

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
        The detector; a `PlacedSpec` says where it lives, and any other one lives where the parent does. None
        for a worker that only decodes.
    threads
        What the thread variables in its environment are set to.
    timeout_s
        How long one step may take: to load, or one image. The process group is killed then.
    memory_bytes
        What the process and all that it started may hold; None for no limit.
    slots
        Descriptors of memory that it shares with other workers.
    """

    def __init__(
        self,
        spec: DetectorSpec | None,
        *,
        threads: int,
        timeout_s: float = defaults.TIMEOUT_S,
        memory_bytes: int | None = None,
        slots: Sequence[int] = (),
    ) -> None:
        self._spec = spec
        self._timeout_s = timeout_s
        self._memory_bytes = memory_bytes
        self._number = 0
        self._gone = False
        self._ending = threading.Lock()
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        with tempfile.TemporaryFile() as page:
            page.truncate(SIZE)
            self._marker = Marker(page.fileno())
            page.seek(FAR_AWAY)
            # The supervisor ends the worker when the other end of this pipe closes, whatever closes it.
            lifeline, self._lifeline = os.pipe()
            try:
                self._process = self._start(threads, page.fileno(), lifeline, slots)
            except BaseException:
                os.close(self._lifeline)
                self._stderr.close()
                raise
            finally:
                os.close(lifeline)
        assert self._process.stdin is not None
        os.set_blocking(self._process.stdin.fileno(), False)

    def _start(
        self, threads: int, marker: int, lifeline: int, slots: Sequence[int]
    ) -> subprocess.Popen[bytes]:
        spec = self._spec
        placed = spec if isinstance(spec, PlacedSpec) else PlacedSpec("", "")
        limit_kib = (self._memory_bytes or 0) // 1024
        return subprocess.Popen(
            # -P: the child's folder stays off the path, where its modules would hide the detector's.
            [placed.python, "-P", str(CHILD), opened.__file__, str(marker), str(lifeline), str(limit_kib)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            pass_fds=(marker, lifeline, *slots),
            cwd=placed.folder,
            env={**os.environ, **placed.environment, **thread_environment(threads)},
            start_new_session=True,
            bufsize=0,  # both pipes are used through their descriptors
        )

    def __enter__(self) -> WorkerProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                with contextlib.suppress(WorkerFailure):
                    self.close()  # every figure is here already
        finally:
            self.kill()

    @property
    def gone(self) -> bool:
        """Whether the process was ended."""
        return self._gone

    def load(self, cores: Sequence[int] | None = None) -> Loaded:
        """Import, make and load the detector, on these cores only where they are given."""
        spec = self._spec
        assert spec is not None
        extra, module = spec.extra, spec.extra_module
        return self.ask(Load(spec.name, spec.target, extra, module, cores, spec.given, spec.calibrations))

    def ask(self, command: Command[A], *, longer_s: float = 0.0) -> A:
        """Send a command and sleep until its answer is here.

        Parameters
        ----------
        longer_s
            How much longer than usual a step may take: where it waits for the next call of a schedule.

        Raises
        ------
        WorkerEnded
            When its process ended, or was killed because it took too long or too much memory.
        WorkerFailure
            When the detector raised where it may not, or the answer is none.
        """
        answer = self._exchange(command, self._timeout_s + longer_s)
        if isinstance(answer, Failed):
            raise WorkerFailure(answer.reason, answer.traceback)
        return cast("A", answer)  # the child's table of methods pairs commands and answers as their types do

    def close(self) -> None:
        """Let the detector give back what it holds; then the process and all that it started end.

        Raises
        ------
        WorkerFailure
            When it does not, or takes too long.
        """
        if self._gone or self._process.poll() is not None:
            return
        try:
            answer = self._exchange(Close(), min(CLOSE_TIMEOUT_S, self._timeout_s))
            if isinstance(answer, Failed):
                raise WorkerFailure(answer.reason, answer.traceback)
            with contextlib.suppress(subprocess.TimeoutExpired):  # a thread of the detector's may go on
                self._process.wait(LAST_TRY_S)
            self._check_no_copy()
        finally:
            self.kill()

    def _exchange(self, command: Command[Answer], timeout_s: float) -> Answer:
        if self._gone:
            raise WorkerFailure("its process was ended before")
        self._number += 1
        started_ns = time.monotonic_ns()

        def left_s() -> float:
            now_ns, at = time.monotonic_ns(), self._marker.read()
            since_ns = min(max(started_ns, at.since_ns), now_ns)
            patience_s = timeout_s if at.stage is not Stage.IDLE else max(timeout_s, NOTHING_COMES_S)
            return patience_s - (now_ns - since_ns) / 1e9

        try:
            self._write(wire.encode(command, self._number), left_s)
            answer = wire.decode(lambda size: self._read(size, left_s), ANSWERS, self._number)
            check_answer(command, answer)
            self._check_no_copy()
        except (BrokenPipeError, EOFError):
            raise WorkerEnded(self._find_end()) from None
        except TimeoutError:
            raise WorkerEnded(self._end_late(timeout_s)) from None
        except (wire.BadFrameError, ValueError) as problem:
            why = A_COPY if self._marker.copied else NOT_AN_ANSWER.format(problem)
            self.kill()
            raise WorkerFailure(why) from None
        self._forget_much_stderr()
        return answer

    def _check_no_copy(self) -> None:
        if self._marker.copied:
            self.kill()
            raise WorkerFailure(A_COPY)

    def _write(self, data: bytes, left_s: Callable[[], float]) -> None:
        assert self._process.stdin is not None
        descriptor = self._process.stdin.fileno()
        rest = memoryview(data)
        while rest:
            self._wait(descriptor, selectors.EVENT_WRITE, left_s)
            rest = rest[os.write(descriptor, rest) :]

    def _read(self, size: int, left_s: Callable[[], float]) -> bytes:
        assert self._process.stdout is not None
        descriptor = self._process.stdout.fileno()
        data = bytearray()
        while len(data) < size:
            self._wait(descriptor, selectors.EVENT_READ, left_s)
            part = os.read(descriptor, size - len(data))
            if not part:
                raise EOFError
            data += part
        return bytes(data)

    def _wait(self, descriptor: int, event: int, left_s: Callable[[], float]) -> None:
        """Sleep until a pipe is ready; every image that the worker begins gives it new time."""
        with selectors.DefaultSelector() as selector:
            selector.register(descriptor, event)
            while not selector.select(max(0.0, left_s())):
                if left_s() <= 0:
                    raise TimeoutError

    def _find_end(self) -> End:
        """Return how the process ended by itself."""
        at = self._marker.read()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(END_TIMEOUT_S)
        kib, code = self._marker.killed_at_kib, self._process.poll()
        words = self._read_stderr()
        self.kill()
        if kib and self._memory_bytes:
            return killed_for_memory(at.stage, at.position, self._memory_bytes)
        return ended(-signal.SIGKILL if code is None else code, at.stage, at.position, words)

    def _end_late(self, timeout_s: float) -> End:
        at: At = self._marker.read()
        self.kill()
        return timed_out(at.stage, at.position, timeout_s)

    def _read_stderr(self) -> str:
        size = self._stderr.seek(0, os.SEEK_END)
        self._stderr.seek(max(0, size - STDERR_KEPT_BYTES))
        return self._stderr.read().lstrip(b"\0").decode("utf-8", "replace")

    def _forget_much_stderr(self) -> None:
        if os.fstat(self._stderr.fileno()).st_size > STDERR_MAX_BYTES:
            os.ftruncate(self._stderr.fileno(), 0)

    def interrupt(self) -> None:
        """Have the supervisor end all of it, from another thread: whoever waits gets a `WorkerEnded`."""
        with self._ending:
            if not self._gone:
                os.write(self._lifeline, b"!")

    def kill(self) -> None:
        """End the worker, its group and all that it started, and wait until they are gone."""
        with self._ending:
            if self._gone:
                return
            self._gone = True
            os.close(self._lifeline)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(LAST_TRY_S)
        if not self._marker.cleared:
            # The supervisor was stopped or killed by the detector, or waits for a disk.
            for group in (self._process.pid, self._marker.pid):
                if group > 0:
                    with contextlib.suppress(ProcessLookupError, PermissionError):
                        os.killpg(group, signal.SIGKILL)
            self._process.wait()
        self._marker.close()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._stderr.close()


def command_text(command: Command[Answer]) -> str:
    """Return a command's name in words."""
    return re.sub("(?<=[a-z])(?=[A-Z])", " ", type(command).__name__).lower()
