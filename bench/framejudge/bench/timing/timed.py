"""What the timing pass measured, detector by detector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from framejudge.bench.timing.noise import MachineNoise
from framejudge.bench.timing.open_loop import Schedule
from framejudge.bench.worker.child.commands import RepeatTrials

Nanoseconds = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Calls:
    """Timed calls of one detector.

    Attributes
    ----------
    stages
        Nanoseconds, shape (calls,), by stage: ``predict``, ``decode``, and ``prepare`` and ``infer`` where
        the detector has them; in the open loop ``predict`` and ``response``, from the scheduled arrival to
        the answer; -1 where a call failed.
    positions
        Which call of the plan each one is, shape (calls,): calls of two detectors at one position are a pair.
    blocks
        The block that each belongs to, shape (calls,).
    loop_ns
        The whole of the timed loops, with what lies between the calls.
    busy_periods
        Shape (calls,): calls of one number waited for each other; None in the closed loop.
    """

    stages: Mapping[str, Nanoseconds]
    positions: npt.NDArray[np.int64]
    blocks: npt.NDArray[np.int64]
    loop_ns: int
    busy_periods: npt.NDArray[np.int64] | None = None


@dataclass(frozen=True, slots=True)
class Repeats:
    """Calls on pixels that a detector had seen, against calls on pixels that it could not have seen.

    Attributes
    ----------
    new, again, seen, control
        Nanoseconds, shape (trials,): new pixels, the same pixels at once again, pixels seen long before, and
        other new pixels; -1 where a call failed.
    cpu_new, cpu_again, cpu_seen, cpu_control
        The same calls by the work of the process.
    score_spread
        The most that two scores of the same pixels differ; None where no pixels were scored twice.
    """

    new: Nanoseconds
    again: Nanoseconds
    seen: Nanoseconds
    control: Nanoseconds
    cpu_new: Nanoseconds
    cpu_again: Nanoseconds
    cpu_seen: Nanoseconds
    cpu_control: Nanoseconds
    score_spread: float | None

    @classmethod
    def of(cls, trials: RepeatTrials) -> Repeats:
        """Return what a worker's trials come to, by the kind of call."""
        new, again, seen, control = trials.nanoseconds.T
        cpu_new, cpu_again, cpu_seen, cpu_control = trials.cpu_nanoseconds.T
        return cls(
            *(new, again, seen, control),
            *(cpu_new, cpu_again, cpu_seen, cpu_control),
            score_spread=trials.score_spread,
        )


@dataclass(frozen=True, slots=True)
class Timed:
    """What was timed of one detector; ``failure`` says why it could not go on."""

    calls: Calls
    load_ns: int | None = None
    first_call_ns: int | None = None
    warm_up_calls: int = 0
    peak_memory_kib: int | None = None
    repeats: Repeats | None = None
    rate_trials: Sequence[Schedule] = ()
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class Overhead:
    """What the harness adds to a call, measured with a detector that does nothing.

    ``timed_ns`` is what it adds inside the timed region, ``outside_ns`` per call outside it (medians).
    """

    timed_ns: float
    outside_ns: float


@dataclass(frozen=True, slots=True)
class TimingPass:
    """Every detector's calls by its name, and the conditions they were made under.

    ``images`` has the key of each planned call's image, shape (calls,).
    """

    images: npt.NDArray[np.int64]
    detectors: Mapping[str, Timed]
    overhead: Overhead
    cores: Sequence[int] | None
    noise: MachineNoise
    parent_cpu_fraction: float
