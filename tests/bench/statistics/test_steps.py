"""Change points: found where there is one, not where there is none, with the tests that they generalise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from framejudge.bench.statistics.paired import mcnemar
from framejudge.bench.statistics.steps import (
    RANK_MIN_RUNS,
    RANK_SIGNIFICANCE,
    paired_steps,
    rank_steps,
)


def correctness(levels: list[float], n: int = 1_000, seed: int = 1) -> np.ndarray:
    """Return who is right in each run, shape (runs, n): a level changes by as few images as it can."""
    ease = np.random.default_rng(seed).random(n)
    return np.array([ease < level for level in levels])


def steps_in(right: np.ndarray, **options: float) -> list[tuple[int, float, float]]:
    parts = right / right.shape[1]
    found = paired_steps(parts.sum(axis=1), parts, **options)
    return [(one.position, one.change.value or 0.0, one.p) for one in found]


def test_a_loss_of_two_points_is_found_where_it_happened() -> None:
    right = correctness([0.95] * 4 + [0.93] * 3)
    ((position, change, p),) = steps_in(right)
    assert position == 4
    assert change == pytest.approx(right[4].mean() - right[3].mean())
    assert p < 0.001


def test_the_newest_run_alone_can_be_a_step() -> None:
    assert [position for position, *_ in steps_in(correctness([0.95] * 6 + [0.93]))] == [6]


def test_two_steps_up_and_down() -> None:
    assert [position for position, *_ in steps_in(correctness([0.95] * 3 + [0.91] * 2 + [0.96] * 4))] == [
        3,
        5,
    ]


def test_a_deterministic_detector_never_changes() -> None:
    assert steps_in(correctness([0.95] * 10)) == []


def test_two_runs_give_mcnemars_exact_p() -> None:
    right = correctness([0.95, 0.95])
    right[1, :40] = ~right[1, :40]
    expected = mcnemar(right[0], right[1]).value
    ((_, _, p),) = steps_in(right, level=1.0)
    assert p == pytest.approx(expected, abs=0.02)


def test_the_interval_holds_for_the_chosen_place() -> None:
    right = correctness([0.95] * 4 + [0.92] * 4)
    parts = right / right.shape[1]
    (step,) = paired_steps(parts.sum(axis=1), parts)
    assert step.change.low is not None and step.change.high is not None
    assert step.change.low < step.change.value < step.change.high < 0
    assert step.change.method == "paired-largest-change"


def test_random_answers_are_rarely_called_a_step() -> None:
    random = np.random.default_rng(5)
    found = [bool(steps_in(random.random((6, 200)) < 0.9, level=0.05)) for _ in range(100)]
    assert sum(found) <= stats.binom.ppf(0.999, len(found), 0.05)


def noise(runs: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 0.03, runs)


def test_a_latency_that_grew_is_found_with_its_ratio() -> None:
    logs = noise(12, seed=2) + np.where(np.arange(12) >= 7, np.log(1.2), 0.0)
    (step,) = rank_steps(logs)
    assert step.position == 7
    assert step.change.low is not None and step.change.high is not None
    assert step.change.low < np.log(1.2) < step.change.high


def test_one_slow_run_is_an_outlier() -> None:
    logs = noise(12, seed=3)
    logs[6] += 1.0
    assert rank_steps(logs) == []


def test_a_smaller_rank_than_the_level_needs_eight_runs() -> None:
    clear = np.array([0.0, 0.01, 0.02, 0.03, 1.0, 1.01, 1.02, 1.03])
    assert len(clear) == RANK_MIN_RUNS
    (step,) = rank_steps(clear)
    # Of 70 ways to split eight runs in two halves, two are as far apart.
    assert step.p == pytest.approx(2 / 70, abs=0.006)
    assert rank_steps(clear[1:]) == []


def test_speeds_without_a_step_are_rarely_called_one() -> None:
    found = [bool(rank_steps(noise(12, seed))) for seed in range(60)]
    assert sum(found) <= stats.binom.ppf(0.999, len(found), RANK_SIGNIFICANCE)


@settings(max_examples=20)
@given(st.lists(st.integers(0, 3), min_size=8, max_size=14), st.integers(1, 1_000))
def test_rank_steps_do_not_depend_on_the_unit(values: list[int], factor: int) -> None:
    one, other = np.array(values, dtype=float), np.array(values, dtype=float) * factor
    assert [step.position for step in rank_steps(one)] == [step.position for step in rank_steps(other)]
