"""Noise of the machine: what else ran while detectors were timed, and when figures are less sure for it."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass
from typing import NamedTuple

from framejudge.bench.timing.environment import system_text
from framejudge.datasets.codes import Notice
from framejudge.datasets.codes import timing as codes

NOISY_STEAL_FRACTION = 0.01
NOISY_OTHER_CORES = 0.5
NOISY_LOAD_PER_CORE = 0.5
NOISY_BLOCK_SPREAD = 0.10
NOISY_TIMES_CHANCE = 2.0
NOISY_THROTTLED_FRACTION = 0.001
SLOW_GOVERNORS = frozenset({"powersave", "ondemand", "conservative", "schedutil"})
"""They raise the clock after work has come: short calls with pauses in between run slower."""


class CpuTime(NamedTuple):
    """Seconds that the machine's cores spent so far, over all cores."""

    busy_s: float
    steal_s: float
    total_s: float


def cpu_time(stat: str, ticks_per_s: int) -> CpuTime | None:
    """Return the seconds from the text of /proc/stat, None where there is no such text."""
    first = stat.partition("\n")[0].split()
    if len(first) < 9 or first[0] != "cpu":
        return None
    user, nice, system, idle, wait, irq, soft_irq, steal = (int(part) / ticks_per_s for part in first[1:9])
    busy = user + nice + system + irq + soft_irq
    return CpuTime(busy, steal, busy + idle + wait + steal)


@dataclass(frozen=True, slots=True)
class MachineNoise:
    """What else the machine did over a stretch of time; None where the system does not say.

    ``steal_fraction`` is the share of the time in which a hypervisor ran somebody else; ``busy_cores`` counts
    the cores in use, by the measured detector (``threads`` of them) and by everything else;
    ``throttled_fraction`` is the share in which the container had used up its quota and stood still.
    """

    steal_fraction: float | None
    busy_cores: float | None
    throttled_fraction: float | None = None

    def warnings(self, threads: int) -> list[Notice]:
        """Say what made the latency figures less sure, with advice."""
        found = []
        if self.steal_fraction is not None and self.steal_fraction > NOISY_STEAL_FRACTION:
            text = (
                f"the hypervisor took {self.steal_fraction:.1%} of the time while detectors were timed: "
                "latencies are less sure than their intervals say; use a dedicated machine"
            )
            found.append(codes.HYPERVISOR.says(text))
        if self.busy_cores is not None and self.busy_cores > threads + NOISY_OTHER_CORES:
            others = self.busy_cores - threads
            text = (
                f"other processes kept {others:.1f} cores busy while detectors were timed: "
                "stop them and run again, or read ratios rather than milliseconds"
            )
            found.append(codes.OTHER_PROCESSES.says(text))
        if self.throttled_fraction is not None and self.throttled_fraction > NOISY_THROTTLED_FRACTION:
            text = (
                f"the container was stopped for {self.throttled_fraction:.1%} of the time, its quota of "
                "processor time being used up: the slowest calls show that and not the detector; raise the "
                "quota, or give fewer --threads"
            )
            found.append(codes.THROTTLED.says(text))
        return found


class NoiseMeter:
    """Watches the machine from its creation to `read`, at no cost in between."""

    def __init__(self) -> None:
        self._start_s = time.monotonic()
        self._before = _cpu_time_now()
        self._throttled_s = _throttled_s_now()

    def read(self) -> MachineNoise:
        """Return the noise of the machine since the start."""
        after = _cpu_time_now()
        elapsed_s = time.monotonic() - self._start_s
        stood_still_s = _throttled_s_now()
        if self._before is None or after is None or elapsed_s <= 0:
            return MachineNoise(None, None)
        total_s = after.total_s - self._before.total_s
        steal_s = after.steal_s - self._before.steal_s
        return MachineNoise(
            steal_fraction=steal_s / total_s if total_s > 0 else None,
            busy_cores=(after.busy_s - self._before.busy_s) / elapsed_s,
            throttled_fraction=None
            if self._throttled_s is None or stood_still_s is None
            else (stood_still_s - self._throttled_s) / elapsed_s,
        )


def governor_warning(governor: str | None) -> Notice | None:
    """Say that the processor changes its clock with the load, with advice; None where it does not."""
    if governor not in SLOW_GOVERNORS:
        return None
    return codes.GOVERNOR.says(
        f"the processor's governor is {governor}: it changes its clock with the load, and calls after a "
        "pause are slower; set it to performance (cpupower frequency-set -g performance) and run again"
    )


def throttled_s(cpu_stat: str) -> float | None:
    """Return how long a container stood still so far, from the text of cgroup's cpu.stat; None without it."""
    for line in cpu_stat.splitlines():
        name, _, value = line.partition(" ")
        if name == "throttled_usec" and value.strip().isdigit():
            return int(value) / 1e6
    return None


def load_warning(load: float | None, cores: int) -> Notice | None:
    """Say that the machine was busy before the run began, with advice; None where it was not."""
    if load is None or load <= NOISY_LOAD_PER_CORE * cores:
        return None
    return codes.MACHINE_BUSY.says(
        f"the load average was {load:.1f} on {cores} cores before the run: something else was running; "
        "wait until it is done and run again, or read ratios rather than milliseconds"
    )


def block_warning(name: str, spread: float, by_chance: float) -> Notice | None:
    """Say that a detector's blocks differ more than its images do, with advice; None where they do not."""
    if spread <= max(NOISY_BLOCK_SPREAD, NOISY_TIMES_CHANCE * by_chance):
        return None
    return codes.SPEED_MOVED.says(
        f"the speed moved by {spread:.0%} between blocks of {name} (chance: {by_chance:.0%}): the machine "
        "was not steady; close other programs and run again, or read ratios rather than milliseconds",
        about=name,
    )


def load_average() -> float | None:
    """Return the one-minute load average, None where the system has none."""
    try:
        return os.getloadavg()[0]
    except (AttributeError, OSError):  # not on Windows
        return None


def _cpu_time_now() -> CpuTime | None:
    return cpu_time(system_text("/proc/stat"), os.sysconf("SC_CLK_TCK")) if sys.platform == "linux" else None


def _throttled_s_now() -> float | None:
    return throttled_s(system_text("/sys/fs/cgroup/cpu.stat"))
