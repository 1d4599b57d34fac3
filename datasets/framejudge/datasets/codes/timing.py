"""FJ1..: what makes latencies less sure."""

from __future__ import annotations

from framejudge.datasets.codes.code import Code, Severity

MACHINE_BUSY = Code(
    "FJ101",
    "machine-busy",
    Severity.WARNING,
    "The machine was busy before the run",
    "The load average of the last minute, before the run, is above half of the cores that the run may use.",
    "What ran before may run on and take processor time and cache from the detectors.",
    "Wait until it is done and run again, or read ratios between detectors rather than milliseconds.",
)
OTHER_PROCESSES = Code(
    "FJ102",
    "other-processes",
    Severity.WARNING,
    "Other processes worked while detectors were timed",
    "The cores in use while detectors were timed, less their own threads, exceed 0.5.",
    "Latencies are longer than on a quiet machine, and the slowest calls most of all. Detectors take "
    "turns, so that ratios between them suffer less.",
    "Stop the other processes and run again, or read ratios rather than milliseconds.",
)
HYPERVISOR = Code(
    "FJ103",
    "hypervisor-steal",
    Severity.WARNING,
    "The hypervisor took time away",
    "More than 1 % of the processor time was stolen (`steal` in /proc/stat) while detectors were timed.",
    "Other guests of the same host make times jump. No interval of one session knows how much they will take "
    "tomorrow.",
    "Use a dedicated machine, or read ratios rather than milliseconds.",
)
THROTTLED = Code(
    "FJ104",
    "quota-throttled",
    Severity.WARNING,
    "The container stood still at its quota",
    "The container's cgroup was throttled for more than 0.1 % of the time.",
    "The slowest calls show the quota and not the detector.",
    "Raise the container's quota of processor time, or give fewer --threads.",
)
GOVERNOR = Code(
    "FJ105",
    "clock-governor",
    Severity.WARNING,
    "The processor changes its clock with the load",
    "The governor of the first core is powersave, ondemand, conservative or schedutil.",
    "The clock is raised only after work has come, so that calls after a pause are slower.",
    "Set it to performance (`cpupower frequency-set -g performance`) and run again.",
)
SPEED_MOVED = Code(
    "FJ106",
    "speed-moved",
    Severity.WARNING,
    "The speed moved between blocks of calls",
    "The medians of a detector's blocks differ by more than 10 %, and more than twice as much as random "
    "permutations of its calls over the blocks do.",
    "The machine was not the same throughout, so that the interval of a latency is too narrow.",
    "Close other programs and run again, or read ratios rather than milliseconds.",
)
