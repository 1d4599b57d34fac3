"""How many images a question needs, beside published figures and the tests that are used in the end."""

import numpy as np
import pytest

from framejudge.bench.decide.sample_size import (
    design_effect,
    group_size,
    images_for_difference,
    images_for_interval,
    intraclass_correlation,
    power_of_difference,
)
from framejudge.bench.gate.accuracy.drop import LEVEL, MAX_DROP, drop_evidence
from framejudge.bench.statistics.paired import mcnemar
from framejudge.bench.statistics.proportions import proportion


def test_the_power_is_that_of_all_outcomes():
    """Every outcome of 12 images, weighed by its multinomial probability."""
    from math import factorial

    better, worse, images = 0.4, 0.1, 12
    expected = 0.0
    for wins in range(images + 1):
        for losses in range(images + 1 - wins):
            same = images - wins - losses
            chance = factorial(images) / factorial(wins) / factorial(losses) / factorial(same)
            chance *= better**wins * worse**losses * (1 - better - worse) ** same
            right = np.repeat([True, False, True], [wins, losses, same])
            other = np.repeat([False, True, True], [wins, losses, same])
            expected += chance * (wins > losses and mcnemar(right, other).value <= 0.05)
    assert power_of_difference(images, 0.3, 0.5) == pytest.approx(expected, abs=1e-6)


def test_connors_normal_form_lies_just_below():
    """Connor, Biometrics 43, 1987: an exact test needs somewhat more than the normal form."""
    z_level, z_power, disagreement, difference = 1.959964, 0.841621, 0.2, 0.1
    normal = (
        (z_level * disagreement**0.5 + z_power * (disagreement - difference**2) ** 0.5) / difference
    ) ** 2
    found = images_for_difference(difference, disagreement)
    assert normal < found < 1.12 * normal


def test_the_fewest_images_have_the_power_and_fewer_have_not():
    found = images_for_difference(0.02, 0.06, power=0.9)
    assert power_of_difference(found, 0.02, 0.06) >= 0.9 > power_of_difference(found - 1, 0.02, 0.06)


@pytest.mark.parametrize(
    ("difference", "disagreement", "tolerance"), [(0.1, 0.05, 0), (0, 0.1, 0), (0.005, 0.1, 0.005)]
)
def test_what_no_number_of_images_can_show(difference, disagreement, tolerance):
    assert images_for_difference(difference, disagreement, tolerance=tolerance) is None


def test_a_tiny_difference_needs_millions_and_an_answer_at_once():
    assert 5_000_000 < images_for_difference(0.0001, 0.01) < 10_000_000


@pytest.mark.parametrize("size", [1, 4])
def test_the_tests_reach_the_power_that_was_asked_for(size):
    """A bounded version of tests/benchmarks/decision_study.py: 400 sets, known to 4 points."""
    random = np.random.default_rng(size)
    disagreement, difference, correlation = 0.1, 0.05, 0.3 if size > 1 else 0.0
    effect = design_effect(size, correlation)
    compared = images_for_difference(difference, disagreement, effect=effect)
    gated = images_for_difference(difference, disagreement, level=LEVEL, tolerance=MAX_DROP, effect=effect)
    found = dropped = 0
    for _ in range(400):
        better, worse, groups = _pair(random, compared, size, difference, disagreement, correlation)
        found += mcnemar(better, worse, groups).value < 0.05 and better.sum() > worse.sum()
        before, now, groups = _pair(random, gated, size, difference, disagreement, correlation)
        evidence = drop_evidence(before, now, groups)
        dropped += -evidence.change.value > MAX_DROP and evidence.p_drop <= LEVEL
    assert 0.8 - 0.06 < found / 400 < 0.8 + 0.08
    assert 0.8 - 0.06 < dropped / 400 < 0.8 + 0.08


def _pair(random, images, size, difference, disagreement, correlation):
    """Return where two detectors are right; an image follows its group with the root of the correlation."""
    count = -(-images // size)
    chances = [(disagreement - difference) / 2, 1 - disagreement, (disagreement + difference) / 2]
    own, of_group = (random.choice(3, (count, k), p=chances) for k in (size, 1))
    follows = random.random((count, size)) < correlation**0.5
    outcome = np.where(follows, of_group, own).ravel()
    return outcome >= 1, outcome <= 1, np.arange(count).repeat(size)


@pytest.mark.parametrize(("half_width", "share"), [(0.01, 0.95), (0.05, 0.5), (0.02, 0.97)])
def test_the_interval_is_as_wide_as_it_was_planned(half_width, share):
    images = images_for_interval(half_width, share)

    def width(count):
        right = np.arange(count) < round(share * count)
        found = proportion(right)
        return found.high - found.low

    assert width(images + 20) <= 2.05 * half_width
    assert width(int(0.9 * images)) > 2 * half_width


def test_wilsons_textbook_size():
    """+- 5 points at a share of 0.5: 385 for Wald's interval, 4 (1.96 squared) fewer for Wilson's."""
    assert images_for_interval(0.05, 0.5) == 381


def test_groups_that_say_the_same_count_once():
    values = np.repeat([1.0, -1.0, 0.0, 1.0], 3)
    groups = np.repeat(["a", "b", "c", "d"], 3)
    assert intraclass_correlation(values, groups) == pytest.approx(1)
    assert group_size(groups, 12) == 3
    assert design_effect(3, 1.0) == 3
    assert (intraclass_correlation(values, None), group_size(None, 12)) == (0, 1)
    assert (intraclass_correlation(np.zeros(12), groups), design_effect(1, 0.3)) == (0, 1)


def test_the_correlation_is_found_again():
    random = np.random.default_rng(5)
    shared, own = random.normal(size=(5_000, 1)), random.normal(size=(5_000, 4))
    values = (0.3**0.5 * shared + 0.7**0.5 * own).ravel()
    assert intraclass_correlation(values, np.arange(20_000) // 4) == pytest.approx(0.3, abs=0.02)


def test_a_group_of_many_counts_for_its_images():
    assert group_size([*"aaaaaa", *"bcd"], 9) == pytest.approx((36 + 3) / 9)
