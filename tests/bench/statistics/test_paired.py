"""Two detectors on the same images: McNemar's test and differences of accuracy."""

from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats import contingency_tables

from framejudge.bench.statistics import mover
from framejudge.bench.statistics.paired import SMALLEST_P, accuracy_difference, holm, mcnemar, swapping_p


def paired_answers(both: int, only_a: int, only_b: int, neither: int) -> tuple[np.ndarray, np.ndarray]:
    counts = [both, only_a, only_b, neither]
    return np.repeat([True, True, False, False], counts), np.repeat([True, False, True, False], counts)


def test_mcnemar_on_the_approval_ratings():
    """Agresti, "Categorical Data Analysis", table 10.1; R: binom.test(86, 236)."""
    interval = mcnemar(*paired_answers(794, 150, 86, 570))
    assert interval.value == pytest.approx(3.716e-5, rel=1e-3)
    assert (interval.low, interval.high, interval.n, interval.method) == (None, None, 1600, "mcnemar-exact")


@pytest.mark.parametrize(
    ("only_a", "only_b", "p"), [(1, 7, 18 / 256), (0, 6, 2 / 64), (3, 3, 1.0), (0, 0, 1.0)]
)
def test_mcnemar_by_hand(only_a, only_b, p):
    assert mcnemar(*paired_answers(10, only_a, only_b, 10)).value == pytest.approx(p)


@pytest.mark.parametrize(("only_a", "only_b"), [(1, 7), (5, 4), (12, 30)])
def test_the_clustered_test_is_mcnemars_where_no_group_repeats_a_disagreement(only_a, only_b):
    a, b = paired_answers(10, only_a, only_b, 11)
    groups = np.arange(len(a))
    groups[-1] = groups[-2]  # two images where neither is right
    clustered = mcnemar(a, b, groups)
    assert clustered.value == pytest.approx(mcnemar(a, b).value)
    assert clustered.method == "clustered-mcnemar-exact"


@given(differences=st.lists(st.integers(-3, 3), min_size=2, max_size=8))
def test_the_clustered_test_counts_all_ways_to_swap_groups(differences):
    groups = np.repeat(np.arange(len(differences)), 3)
    a = np.concatenate([np.arange(3) < max(0, one) for one in differences])
    b = np.concatenate([np.arange(3) < max(0, -one) for one in differences])
    observed = abs(sum(differences))
    swapped = [
        abs(np.dot(signs, differences)) >= observed for signs in product([-1, 1], repeat=len(differences))
    ]
    assert mcnemar(a, b, groups).value == pytest.approx(np.mean(swapped))


def test_disagreements_within_one_group_prove_little():
    a, b = paired_answers(100, 20, 0, 0)
    groups = np.concatenate([np.arange(100), np.repeat(100, 20)])
    assert mcnemar(a, b).value < 1e-5
    assert mcnemar(a, b, groups).value == 1


# Bonett and Price's interval by its formula, on Agresti's table.
def test_the_difference_of_accuracies_on_the_approval_ratings():
    interval = accuracy_difference(*paired_answers(794, 150, 86, 570))
    p, q = 151 / 1602, 87 / 1602
    reach = 1.959964 * np.sqrt((p + q - (p - q) ** 2) / 1602)
    assert interval.value == pytest.approx(64 / 1600)
    assert interval.low == pytest.approx(p - q - reach)
    assert interval.high == pytest.approx(p - q + reach)
    # Agresti's Wald interval of this example is (0.021, 0.059).
    assert (interval.low, interval.high) == pytest.approx((0.021, 0.059), abs=5e-4)


def test_two_detectors_that_never_differ_are_not_proved_equal():
    interval = accuracy_difference(*paired_answers(90, 0, 0, 10))
    assert interval.value == 0
    assert interval.low == pytest.approx(-interval.high)
    assert 0.01 < interval.high < 0.05


def test_differences_that_agree_within_groups_are_less_sure():
    a, b = paired_answers(240, 40, 20, 100)
    groups = np.arange(400) // 4
    alike = accuracy_difference(a, b, groups)
    mixed = accuracy_difference(a, b, np.arange(400) % 100)
    independent = accuracy_difference(a, b)
    assert alike.value == mixed.value == independent.value
    assert alike.high - alike.low > 1.7 * (independent.high - independent.low)
    assert mixed.high - mixed.low < 1.1 * (independent.high - independent.low)
    assert (alike.n, alike.method) == (100, "clustered-bonett-price")


def test_no_difference_at_all_in_groups_counts_each_group_once():
    grouped = accuracy_difference(*paired_answers(400, 0, 0, 0), np.arange(400) // 4)
    independent = accuracy_difference(*paired_answers(100, 0, 0, 0))
    assert grouped.high == pytest.approx(independent.high, rel=0.03)


def test_what_the_data_cannot_support_is_null_with_a_reason():
    nothing = np.zeros(0, bool)
    assert (
        accuracy_difference(nothing, nothing).reason == mcnemar(nothing, nothing).reason == "no observation"
    )
    a, b = paired_answers(3, 2, 1, 0)
    one_group = accuracy_difference(a, b, [0] * 6)
    assert (one_group.value, one_group.low) == (pytest.approx(1 / 6), None)


answers = st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 6)), min_size=2, max_size=40)


@given(rows=answers)
def test_exchanging_the_detectors_turns_the_difference_and_keeps_the_test(rows):
    a, b, groups = (np.array(column) for column in zip(*rows, strict=True))
    there, back = accuracy_difference(a, b, groups), accuracy_difference(b, a, groups)
    assert there.value == pytest.approx(-back.value)
    assert mcnemar(a, b, groups).value == pytest.approx(mcnemar(b, a, groups).value)
    assume(there.low is not None)
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))
    assert -1 <= there.low <= there.value <= there.high <= 1


def test_holm_is_the_textbooks():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []


def test_a_ratio_of_equal_parts():
    part = mover.Estimate(0.5, 0.4, 0.6)
    value, low, high = mover.ratio(part, part)
    assert value == 1
    assert low == pytest.approx(1 / high)  # the two ways round say the same


def test_a_ratio_with_a_vanishing_denominator_is_bounded_below_only():
    value, low, high = mover.ratio(mover.Estimate(0.5, 0.4, 0.6), mover.Estimate(0.0, 0.0, 0.1))
    assert value == high == np.inf
    assert 3 < low < 5


@given(values=st.tuples(*[st.floats(0.01, 10)] * 6), weight=st.floats(-2, 2), correlation=st.floats(-1, 1))
def test_a_weighted_sum_holds_its_value(values, weight, correlation):
    parts = [mover.Estimate(mid, mid - below, mid + above) for mid, below, above in (values[:3], values[3:])]
    value, low, high = mover.weighted_sum(*parts, (1.0, weight), correlation)
    assert value == pytest.approx(values[0] + weight * values[3])
    assert low <= value <= high


@pytest.mark.parametrize(("only_a", "only_b"), [(0, 0), (1, 0), (3, 4), (5, 20), (100, 140), (2000, 1900)])
def test_mcnemar_is_that_of_statsmodels(only_a: int, only_b: int) -> None:
    correct_a = np.array([True] * (only_a + 50) + [False] * only_b)
    correct_b = np.array([False] * only_a + [True] * (50 + only_b))
    theirs = contingency_tables.mcnemar([[50, only_a], [only_b, 0]], exact=True).pvalue
    assert mcnemar(correct_a, correct_b).value == pytest.approx(min(1.0, theirs), rel=1e-12)


def test_swapping_many_groups_agrees_with_the_normal_distribution() -> None:
    random = np.random.default_rng(6)
    sums = random.choice([-2, -1, 0, 1, 2], p=[0.05, 0.14, 0.6, 0.16, 0.05], size=40_000)
    z = abs(sums.sum()) / np.sqrt(np.sum(sums.astype(float) ** 2))
    assert swapping_p(sums) == pytest.approx(2 * stats.norm.sf(z), rel=0.05)


def test_swapping_gives_no_chance_below_the_smallest() -> None:
    assert swapping_p(np.ones(10_000, dtype=np.int64)) == SMALLEST_P
    assert swapping_p(np.ones(50, dtype=np.int64)) == pytest.approx(2 * 0.5**50)
