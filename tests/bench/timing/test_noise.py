"""When a run calls its machine noisy."""

from __future__ import annotations

import pytest

from framejudge.bench.timing.noise import (
    CpuTime,
    MachineNoise,
    NoiseMeter,
    block_warning,
    cpu_time,
    governor_warning,
    load_warning,
    throttled_s,
)

STAT = "cpu  1000 200 300 4000 50 10 40 400 7 0\ncpu0 500 100 150 2000 25 5 20 200 3 0\nintr 1 2 3\n"


def test_cpu_time_adds_up_what_the_kernel_counts() -> None:
    assert cpu_time(STAT, ticks_per_s=100) == CpuTime(busy_s=15.5, steal_s=4.0, total_s=60.0)
    assert cpu_time("", ticks_per_s=100) is None


def test_a_quiet_machine_is_not_called_noisy() -> None:
    assert MachineNoise(steal_fraction=0.001, busy_cores=1.2).warnings(threads=1) == []
    assert MachineNoise(steal_fraction=None, busy_cores=None).warnings(threads=1) == []


def test_a_noisy_machine_is_called_noisy_with_advice() -> None:
    steal, others = MachineNoise(steal_fraction=0.05, busy_cores=3.5).warnings(threads=2)
    assert (steal.code, others.code) == ("FJ103", "FJ102")
    assert "5.0%" in steal.text and "dedicated machine" in steal.text
    assert "1.5 cores" in others.text and "stop them" in others.text


def test_a_machine_that_was_busy_before_the_run_is_reported() -> None:
    assert load_warning(0.9, cores=2) is None and load_warning(None, cores=2) is None
    found = load_warning(3.2, cores=2)
    assert found is not None and found.code == "FJ101"
    assert "3.2 on 2 cores" in found.text and "run again" in found.text


def test_blocks_that_differ_more_than_by_chance_are_reported() -> None:
    assert block_warning("canny", spread=0.09, by_chance=0.01) is None
    assert block_warning("canny", spread=0.30, by_chance=0.20) is None
    found = block_warning("canny", spread=0.30, by_chance=0.05)
    assert found is not None and (found.code, found.about) == ("FJ106", "canny")
    assert "30% between blocks of canny (chance: 5%)" in found.text


def test_the_meter_counts_the_work_of_this_process() -> None:
    meter = NoiseMeter()
    sum(k * k for k in range(3_000_000))
    noise = meter.read()
    assert noise.busy_cores is None or noise.busy_cores > 0
    assert noise.steal_fraction is None or 0 <= noise.steal_fraction <= 1


def test_a_container_that_stood_still_is_reported_with_advice() -> None:
    little = MachineNoise(0.0, 1.0, throttled_fraction=0.0005)
    assert little.warnings(threads=1) == []
    (warning,) = MachineNoise(0.0, 1.0, throttled_fraction=0.05).warnings(threads=1)
    assert warning.code == "FJ104"
    assert "stopped for 5.0% of the time" in warning.text and "raise the quota" in warning.text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("usage_usec 5\nnr_throttled 3\nthrottled_usec 1500000\n", 1.5),
        ("usage_usec 5\n", None),
        ("throttled_usec many", None),
        ("", None),
    ],
)
def test_throttled_time_is_read_from_the_container(text: str, expected: float | None) -> None:
    assert throttled_s(text) == expected


def test_a_governor_that_saves_power_is_reported_with_advice() -> None:
    found = governor_warning("powersave")
    assert found is not None and found.code == "FJ105" and "governor is powersave" in found.text
    assert governor_warning("performance") is None and governor_warning(None) is None
