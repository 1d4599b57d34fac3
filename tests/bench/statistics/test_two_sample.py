"""Two samples of numbers, with groups: distance, effect and p-value."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from framejudge.bench.statistics.two_sample import shift

RANDOM = np.random.default_rng(4)


def alone(values: np.ndarray) -> np.ndarray:
    return np.arange(len(values))


def test_distance_and_superiority_are_those_of_scipy() -> None:
    before = RANDOM.normal(0, 1, 80).round(1)  # with ties
    after = RANDOM.normal(0.6, 1.5, 60).round(1)
    found = shift(before, after, alone(before), alone(after))
    exact = stats.ks_2samp(before, after)
    assert found.distance == pytest.approx(exact.statistic, abs=1e-6)
    u = stats.mannwhitneyu(after, before).statistic
    assert found.superiority == pytest.approx(u / (80 * 60))
    assert found.p.value == pytest.approx(exact.pvalue, abs=0.02)


def test_equal_samples_show_no_shift() -> None:
    values = RANDOM.normal(0, 1, 50)
    found = shift(values, values, alone(values), alone(values))
    assert (found.distance, found.superiority, found.p.value) == (0, 0.5, 1)


def test_a_wide_shift_has_the_smallest_p() -> None:
    found = shift(np.zeros(50), np.ones(50), np.arange(50), np.arange(50))
    assert (found.distance, found.superiority, found.p.value) == (1, 1, 1 / 2000)


def test_images_of_one_group_are_no_evidence_of_their_own() -> None:
    # Five photos a set, 40 images of each: alone they would be 200 images, and a clear shift.
    photos = RANDOM.normal(0, 1, 10)
    values = np.repeat(photos, 40) + RANDOM.normal(0, 0.01, 400)
    groups = np.repeat(np.arange(5), 40)
    before, after = values[:200], values[200:]
    assert (shift(before, after, alone(before), alone(after)).p.value or 0) < 0.01
    assert (shift(before, after, groups, groups).p.value or 0) > 0.05


def test_false_alarms_stay_at_the_level_with_groups() -> None:
    random = np.random.default_rng(9)
    found = []
    for _ in range(60):
        values = np.repeat(random.normal(0, 1, 40), 4) + random.normal(0, 0.3, 160)
        groups = np.repeat(np.arange(20), 4)
        found.append(shift(values[:80], values[80:], groups, groups, seed=len(found)).p.value)
    assert sum(p < 0.05 for p in found) <= 8  # 3 expected; 9 or more in one of 400 such trials
