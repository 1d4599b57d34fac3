"""What this machine has, what it lacks, and the line that installs what is missing.

Nothing heavy is imported: packages are looked up in their metadata. The answer takes a second, most of which
goes into watching how busy the machine is.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from platformdirs import user_cache_path

from framejudge.bench.timing import environment, noise
from framejudge.bench.timing.gpu import gpus

WATCH_S = 1.0
"""How long the machine is watched for what else runs on it."""

CACHE_NAME = "framejudge"
"""The folder below the user's cache that the built-in set lies in."""


class State(StrEnum):
    """How a finding is to be read."""

    OK = "ok"
    DEGRADED = "degraded"
    MISSING = "missing"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes
    ----------
    name
        What was looked at.
    found
        What was found, in a few words.
    state
        ``missing``: some command needs it and it is not there; ``degraded``: some figure is less sure;
        ``broken``: it is there and fails.
    fix
        The line to type or the thing to do; None where nothing is to be done.
    """

    name: str
    found: str
    state: State = State.OK
    fix: str | None = None


@dataclass(frozen=True, slots=True)
class Extra:
    """An optional dependency: what it is called, which module shows that it is there, what it is for."""

    name: str
    module: str
    package: str
    use: str


EXTRAS = (
    Extra("tensorflow", "tensorflow", "tensorflow", "detectors cnn and cnn-2016, training"),
    Extra(
        "litert", "ai_edge_litert", "ai-edge-litert", "detectors cnn-litert, cnn-litert-int8, .tflite files"
    ),
    Extra("onnx", "onnxruntime", "onnxruntime", "detector cnn-onnx, .onnx files"),
    Extra("openvino", "openvino", "openvino", "detectors cnn-openvino, cnn-openvino-bf16"),
    Extra("export", "tf2onnx", "tf2onnx", "bench export --format onnx"),
    Extra("audit", "cleanlab", "cleanlab", "suspicious labels in bench dataset audit"),
    Extra("review", "starlette", "starlette", "the labelling page of bench dataset review"),
)


def examine(*, watch_s: float = WATCH_S) -> list[Finding]:
    """Look at versions, cores, runtimes, GPU, noise and cache.

    Parameters
    ----------
    watch_s
        Seconds for which the machine is watched; 0 leaves its noise out.
    """
    found = [*_versions(), *_cores(), *_extras(), _gpu(), *_platform(), _cache()]
    return found + (_noise(watch_s) if watch_s > 0 else [])


def _versions() -> Iterator[Finding]:
    yield Finding("framejudge", environment.framejudge_version())
    yield Finding("Python", f"{platform.python_version()} on {platform.platform()}")
    opencv = [
        f"{name} {found}" for name, found in environment.versions().items() if name.startswith("opencv")
    ]
    if not opencv:
        yield Finding("OpenCV", "not installed", State.MISSING, "pip install opencv-python-headless")
    else:
        yield Finding("OpenCV", ", ".join(opencv))


def _cores() -> Iterator[Finding]:
    usable, quota = environment.available_cores(), _quota()
    text = f"{len(usable)} of {os.cpu_count()} usable"
    if quota is None:
        yield Finding("cores", text)
    else:
        slow = quota < len(usable)
        yield Finding(
            "cores",
            f"{text}; the container may use {quota:g} at a time",
            State.DEGRADED if slow else State.OK,
            f"raise the quota, or give --threads {max(1, int(quota))}" if slow else None,
        )
    set_here = {name: os.environ[name] for name in ("OMP_NUM_THREADS",) if name in os.environ}
    if set_here:
        # Detectors get their own value while they are timed; this one holds for the rest.
        yield Finding("threads", ", ".join(f"{name}={value}" for name, value in set_here.items()))
    memory = environment.memory_mib()
    yield Finding("memory", "not known" if memory is None else f"{memory / 1024:.1f} GiB")


def _quota() -> float | None:
    return environment.cpu_quota(environment.system_text("/sys/fs/cgroup/cpu.max"))


def _extras() -> Iterator[Finding]:
    for extra in EXTRAS:
        if importlib.util.find_spec(extra.module) is not None:
            yield Finding(extra.package, installed(extra.package) or "installed")
        else:
            yield Finding(
                extra.package,
                f"not installed; for {extra.use}",
                State.MISSING,
                f"pip install 'framejudge[{extra.name}]'",
            )


def _gpu() -> Finding:
    found = gpus()
    if found:
        return Finding("GPU", "; ".join(f"{one.name}, {one.memory}, driver {one.driver}" for one in found))
    return Finding("GPU", "none found; everything runs on the processor")


def _platform() -> Iterator[Finding]:
    """Report what this system cannot do, and what that means for figures."""
    lacks = [
        (hasattr(os, "sched_setaffinity"), "timed detectors are not held to cores of their own"),
        (Path("/proc/stat").exists(), "what else ran while detectors were timed is not known"),
        (hasattr(os, "killpg"), "processes that a detector starts may outlive it"),
        (sys.platform == "linux", "a detector's process may outlive a killed run"),
    ]
    missing = [meaning for there, meaning in lacks if not there]
    if missing:
        yield Finding("system", "; ".join(missing), State.DEGRADED, "measure latency on Linux")
    governor = environment.system_text("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor").strip()
    if governor:
        slow = governor in noise.SLOW_GOVERNORS
        fix = "cpupower frequency-set -g performance" if slow else None
        yield Finding("processor's governor", governor, State.DEGRADED if slow else State.OK, fix)
    yield Finding("timer", f"steps of {environment.timer_resolution_ns()} ns")


def _noise(watch_s: float) -> list[Finding]:
    meter = noise.NoiseMeter()
    time.sleep(watch_s)
    seen = meter.read()
    if seen.busy_cores is None or seen.steal_fraction is None:
        return [Finding("noise", "not known on this system", State.DEGRADED)]
    noisy = seen.busy_cores > noise.NOISY_OTHER_CORES or seen.steal_fraction > noise.NOISY_STEAL_FRACTION
    text = (
        f"{seen.busy_cores:.1f} cores busy for {watch_s:g} s, "
        f"{seen.steal_fraction:.1%} of the time taken by the hypervisor"
    )
    fix = "stop other programs before latency is measured" if noisy else None
    return [Finding("noise", text, State.DEGRADED if noisy else State.OK, fix)]


def _cache() -> Finding:
    folder = user_cache_path(CACHE_NAME)
    if not folder.is_dir():
        return Finding("cache", f"{folder}: nothing in it yet")
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return Finding("cache", f"{folder}: {size / 2**20:.0f} MiB")


def installed(package: str) -> str | None:
    """Return the version of an installed package, None without it."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def open_detectors() -> list[Finding]:
    """Open every built-in detector whose runtime is installed, each in a process of its own.

    A detector that cannot be opened is a finding, no error.
    """
    from framejudge.bench.worker.ends import WorkerFailure
    from framejudge.bench.worker.process import WorkerProcess
    from framejudge.detectors.registry import BUILT_IN

    found = []
    for spec in BUILT_IN.values():
        if spec.extra_module is not None and importlib.util.find_spec(spec.extra_module) is None:
            continue
        try:
            with WorkerProcess(spec, threads=1) as process:
                seconds = process.load().nanoseconds / 1e9
        except WorkerFailure as problem:
            found.append(Finding(f"detector {spec.name}", str(problem), State.BROKEN))
        else:
            found.append(Finding(f"detector {spec.name}", f"opened in {seconds:.1f} s"))
    return found
