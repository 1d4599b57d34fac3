"""Where a run happened: machine, versions, clock."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from pathlib import Path

from framejudge.bench.timing.gpu import gpus

PACKAGES = (
    "framejudge",
    "numpy",
    "opencv-python",
    "opencv-python-headless",
    "pillow",
    "scikit-image",
    "scikit-learn",
    "scipy",
    "tensorflow",
    "tensorflow-cpu",
    "keras",
    "onnxruntime",
    "ai-edge-litert",
    "openvino",
)
"""Packages whose versions are recorded where they are installed; read from metadata, nothing is imported."""

CLOCK_SAMPLES = 20_000


def available_cores() -> list[int]:
    """Return the cores that this process may use; where the system does not say, all of them."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def pinned_cores(threads: int) -> list[int] | None:
    """Return the cores that timed detectors are held to; None where the system cannot pin.

    The last ones, because interrupts and the rest of the system tend to live on the first.
    """
    if not hasattr(os, "sched_setaffinity"):
        return None
    return available_cores()[-threads:]


def describe_machine() -> dict[str, str | int | float | None]:
    """Return facts about machine, system and packages, by name."""
    facts: dict[str, str | int | float | None] = {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "platform": platform.platform(),
        "machine": platform.machine(),
        "cpu": cpu_model(system_text("/proc/cpuinfo")) or platform.processor() or None,
        "cores": os.cpu_count(),
        "cores_available": len(available_cores()),
        "cpu_governor": system_text("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor").strip() or None,
        "cpu_quota": cpu_quota(system_text("/sys/fs/cgroup/cpu.max")),
        "memory_mib": memory_mib(),
        "gpu": "; ".join(f"{one.name}, {one.memory}, driver {one.driver}" for one in gpus()) or None,
        "timer_resolution_ns": timer_resolution_ns(),
    }
    return facts | {f"version.{name}": found for name, found in versions().items()}


def timer_resolution_ns() -> int:
    """Return the smallest step that the clock of the timed loop was seen to make, in nanoseconds."""
    readings = [time.perf_counter_ns() for _ in range(CLOCK_SAMPLES)]
    steps = (later - earlier for earlier, later in pairwise(readings))
    return min((step for step in steps if step > 0), default=0)


def cpu_model(cpuinfo: str) -> str | None:
    """Return the processor's name from the text of /proc/cpuinfo, None where it has none."""
    for line in cpuinfo.splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return None


def cpu_quota(cpu_max: str) -> float | None:
    """Return the cores that a container may use, from the text of cgroup's cpu.max; None without a limit."""
    quota, _, period = cpu_max.strip().partition(" ")
    if not quota.isdigit() or not period.isdigit():
        return None
    return int(quota) / int(period)


def framejudge_version() -> str:
    """Return the installed version of framejudge."""
    return versions().get("framejudge", "unknown")


def system_text(path: str) -> str:
    """Return what the kernel says in one of its files; nothing where there is no such file."""
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def available_memory_kib() -> int | None:
    """Return the memory that programs may still take, in KiB; None where the system does not say."""
    for line in system_text("/proc/meminfo").splitlines():
        name, _, value = line.partition(":")
        if name == "MemAvailable":
            return int(value.split()[0])
    return None


def memory_mib() -> int | None:
    """Return the machine's memory in MiB, None where the system does not say."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20
    except (AttributeError, ValueError, OSError):  # no sysconf on Windows
        return None


def versions() -> Mapping[str, str]:
    """Return the versions of those packages that are installed and that scores can depend on, by name."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
