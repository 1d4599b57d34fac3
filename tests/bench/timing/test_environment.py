"""What a run records about its machine."""

from __future__ import annotations

import pytest

from framejudge.bench.timing.environment import cpu_model, cpu_quota, describe_machine, timer_resolution_ns


def test_cpu_model_is_the_first_one_named() -> None:
    assert cpu_model("processor\t: 0\nmodel name\t: Some CPU @ 2.60GHz\nmodel name : other\n") == (
        "Some CPU @ 2.60GHz"
    )
    assert cpu_model("processor : 0\n") is None


@pytest.mark.parametrize(("text", "quota"), [("150000 100000\n", 1.5), ("max 100000\n", None), ("", None)])
def test_cpu_quota_of_a_container(text: str, quota: float | None) -> None:
    assert cpu_quota(text) == quota


def test_the_machine_is_described_in_values_that_json_holds() -> None:
    facts = describe_machine()
    assert facts["cores_available"] and facts["version.numpy"]
    assert all(isinstance(value, str | int | float | None) for value in facts.values())


def test_the_clock_makes_steps() -> None:
    assert 0 < timer_resolution_ns() < 1_000_000
