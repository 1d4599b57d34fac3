"""Intervals of proportions against published values, and the clustered ones against their own limits."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from framejudge.bench.run import Figure
from framejudge.bench.statistics import proportions, rates
from framejudge.bench.statistics.interval import CONFIDENCE


def counts(successes: int, n: int) -> np.ndarray:
    return np.arange(n) < successes


# Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17, 1998.
@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_is_newcombes_method_3(successes, n, low, high):
    interval = proportions.wilson(successes, n)
    assert (interval.low, interval.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(81, 263, 0.2527, 0.3676), (15, 148, 0.0578, 0.1617), (0, 20, 0.0, 0.1684), (1, 29, 0.0009, 0.1776)],
)
def test_clopper_pearson_is_newcombes_method_5(successes, n, low, high):
    interval = proportions.clopper_pearson(successes, n)
    assert (interval.low, interval.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@pytest.mark.parametrize(
    ("successes", "method"),
    [
        (50, "wilson"),
        (92, "wilson"),
        (93, "clopper-pearson"),
        (7, "clopper-pearson"),
        (100, "clopper-pearson-one-sided"),
        (0, "clopper-pearson-one-sided"),
    ],
)
def test_few_mistakes_are_judged_exactly(successes, method):
    interval = proportions.proportion(counts(successes, 100))
    assert (interval.method, interval.n, interval.value) == (method, 100, successes / 100)


def test_no_mistake_gives_the_rule_of_three():
    interval = proportions.proportion(np.ones(100, bool))
    assert interval.value == interval.high == 1
    assert interval.low == pytest.approx(0.05**0.01)
    assert 1 - interval.low == pytest.approx(3 / 100, rel=0.02)
    mirrored = proportions.proportion(np.zeros(100, bool))
    assert (mirrored.low, mirrored.high) == (0, pytest.approx(1 - interval.low))


@pytest.mark.parametrize("n", [50, 100, 250, 1000])
def test_no_true_share_is_held_by_less_than_92_percent_of_intervals(n):
    """Not simulated: the coverage at each true share is a sum of binomial probabilities."""
    intervals = [proportions.proportion(counts(successes, n)) for successes in range(n + 1)]
    low, high = (np.array(ends) for ends in list(zip(*(one.ends for one in intervals), strict=True))[1:])
    shares = np.concatenate([np.linspace(0.1, 15, 400) / n, np.linspace(15 / n, 0.5, 200)])
    held = (low <= shares[:, None]) & (shares[:, None] <= high)
    covered = (stats.binom.pmf(np.arange(n + 1), n, shares[:, None]) * held).sum(axis=1)
    assert covered.min() > 0.925
    assert 0.94 < covered[shares * n >= 5].mean() < 0.965


def test_nothing_observed_is_null_with_a_reason():
    interval = proportions.proportion(np.zeros(0, bool))
    assert interval == Figure(value=None, reason="no observation")


def test_distinct_groups_are_no_groups():
    successes = counts(60, 80)
    assert proportions.proportion(successes, np.arange(80)) == proportions.proportion(successes)


def test_images_that_agree_within_groups_count_once_a_group():
    groups = np.repeat(np.arange(40), 4)
    interval = proportions.proportion(np.repeat(counts(30, 40), 4), groups)
    # The ratio estimator's design effect is 4 * 40 / 39 here, and Student has 39 degrees of freedom.
    quantile = stats.t.ppf(0.975, 39)
    expected = proportions.wilson(30 * 39 / 40, 39, 1 - 2 * stats.norm.sf(quantile))
    assert interval.low == pytest.approx(expected.low)
    assert interval.high == pytest.approx(expected.high)
    assert (interval.value, interval.n, interval.method) == (0.75, 40, "clustered-wilson")


def test_images_that_do_not_agree_within_groups_are_nearly_independent():
    successes = np.random.default_rng(3).random(4000) < 0.8
    clustered = proportions.proportion(successes, np.arange(4000) // 4)
    independent = proportions.proportion(successes)
    assert clustered.high - clustered.low == pytest.approx(independent.high - independent.low, rel=0.1)


def test_no_mistake_in_groups_counts_each_group_once():
    interval = proportions.proportion(np.ones(100, bool), np.arange(100) // 4)
    assert interval.low == pytest.approx(0.05 ** (1 / 25))
    assert interval.method == "clustered-clopper-pearson-one-sided"


def test_a_single_group_has_no_interval():
    interval = proportions.proportion(counts(3, 4), ["photo"] * 4)
    assert (interval.value, interval.low, interval.high) == (0.75, None, None)
    assert interval.reason == "all images are of one group: no interval"


group_lists = st.none() | st.lists(st.integers(0, 9), min_size=30, max_size=30)


@given(successes=st.lists(st.booleans(), min_size=30, max_size=30), groups=group_lists)
def test_an_interval_holds_its_value_and_mirrors(successes, groups):
    successes = np.array(successes)
    interval = proportions.proportion(successes, groups)
    mirrored = proportions.proportion(~successes, groups)
    assert interval.value == pytest.approx(successes.mean())
    if interval.low is None:
        assert interval.reason
    assume(interval.low is not None)
    assert 0 <= interval.low <= interval.value <= interval.high <= 1
    assert mirrored.low == pytest.approx(1 - interval.high, abs=1e-9)
    assert mirrored.high == pytest.approx(1 - interval.low, abs=1e-9)


@given(successes=st.lists(st.booleans(), min_size=30, max_size=30), groups=group_lists)
def test_more_confidence_is_never_a_shorter_interval(successes, groups):
    successes = np.array(successes)
    narrow = proportions.proportion(successes, groups, confidence=0.8)
    wide = proportions.proportion(successes, groups, confidence=CONFIDENCE)
    assume(narrow.low is not None)
    assert wide.low <= narrow.low + 1e-12
    assert wide.high >= narrow.high - 1e-12


# Figures made of several proportions


def confusion(tp: int, fp: int, fn: int, tn: int) -> tuple[np.ndarray, np.ndarray]:
    labels = np.repeat([True, False, True, False], [tp, fp, fn, tn])
    predicted = np.repeat([True, True, False, False], [tp, fp, fn, tn])
    return labels, predicted


def test_f1_is_carried_over_from_the_jaccard_index():
    interval = rates.f1(*confusion(tp=80, fp=10, fn=10, tn=300))
    jaccard = proportions.wilson(80, 100)
    assert interval.value == pytest.approx(160 / 180)
    assert interval.low == pytest.approx(2 * jaccard.low / (1 + jaccard.low))
    assert interval.high == pytest.approx(2 * jaccard.high / (1 + jaccard.high))
    assert (interval.n, interval.method) == (100, "wilson of tp/(tp+fp+fn)")


def test_f1_without_anything_framed_is_null():
    interval = rates.f1(*confusion(tp=0, fp=0, fn=0, tn=5))
    assert (interval.value, interval.reason) == (None, "no image is framed or called framed")


def test_f1_without_a_mistake_is_bounded_on_one_side():
    interval = rates.f1(*confusion(tp=50, fp=0, fn=0, tn=50))
    assert (interval.value, interval.high) == (1, 1)
    assert 0.9 < interval.low < 1


def test_balanced_accuracy_joins_two_intervals():
    labels, predicted = confusion(tp=40, fp=20, fn=10, tn=80)
    interval = rates.balanced_accuracy(labels, predicted)
    recall, specificity = proportions.wilson(40, 50), proportions.wilson(80, 100)
    below = np.hypot(recall.value - recall.low, specificity.value - specificity.low) / 2
    above = np.hypot(recall.high - recall.value, specificity.high - specificity.value) / 2
    assert interval.value == pytest.approx(0.8)
    assert interval.low == pytest.approx(0.8 - below)
    assert interval.high == pytest.approx(0.8 + above)


def test_a_shop_with_half_its_images_framed_has_the_balanced_accuracy():
    labels, predicted = confusion(tp=45, fp=20, fn=5, tn=80)
    assert rates.accuracy_at_prevalence(labels, predicted, 0.5) == rates.balanced_accuracy(labels, predicted)


def test_figures_at_a_prevalence_are_those_of_a_set_with_it():
    labels, predicted = confusion(tp=45, fp=20, fn=5, tn=80)
    assert rates.accuracy_at_prevalence(labels, predicted, 1 / 3).value == pytest.approx(125 / 150)
    assert rates.precision_at_prevalence(labels, predicted, 1 / 3).value == pytest.approx(45 / 65)
    assert rates.precision_at_prevalence(labels, predicted, 0.01).value == pytest.approx(
        0.009 / (0.009 + 0.198)
    )


def test_precision_without_a_false_alarm_is_bounded_below():
    interval = rates.precision_at_prevalence(*confusion(tp=45, fp=0, fn=5, tn=80), 0.05)
    assert (interval.value, interval.high) == (1, 1)
    assert 0.3 < interval.low < 0.7


def test_precision_without_a_hit_is_bounded_above():
    interval = rates.precision_at_prevalence(*confusion(tp=0, fp=10, fn=50, tn=80), 0.05)
    assert (interval.value, interval.low) == (0, 0)
    assert 0 < interval.high < 0.1


@pytest.mark.parametrize("function", [rates.accuracy_at_prevalence, rates.precision_at_prevalence])
def test_figures_at_a_prevalence_say_why_they_are_null(function):
    assert function(*confusion(1, 0, 1, 0), 0.5).reason == "needs images of both classes"
    labels, predicted = confusion(3, 1, 1, 3)
    grouped = function(labels, predicted, 0.5, labels.astype(int))
    assert grouped.reason == "all images of a class are of one group"
    with pytest.raises(ValueError, match="between 0 and 1"):
        function(labels, predicted, 1.0)


def test_precision_is_null_where_nothing_is_called_framed():
    assert rates.precision_at_prevalence(*confusion(0, 0, 5, 5), 0.5).reason == "no image was called framed"


def test_photos_whose_images_err_in_opposite_ways_make_the_balanced_accuracy_surer():
    # In each group a framed and a plain image: a high score of the photo helps the one and hurts the other.
    labels = np.tile([True, False], 100)
    groups = np.arange(200) // 2
    opposite = np.select([groups % 5 == 0, groups % 5 == 1], [False, True], labels)
    joined = rates.balanced_accuracy(labels, opposite, groups)
    alone = rates.balanced_accuracy(labels, opposite)
    assert joined.high - joined.low < alone.high - alone.low


table = st.tuples(*[st.integers(0, 30)] * 4)


@given(cells=table, prevalence=st.floats(0.01, 0.99))
def test_rates_hold_their_value(cells, prevalence):
    labels, predicted = confusion(*cells)
    intervals = [
        rates.f1(labels, predicted),
        rates.balanced_accuracy(labels, predicted),
        rates.accuracy_at_prevalence(labels, predicted, prevalence),
        rates.precision_at_prevalence(labels, predicted, prevalence),
    ]
    known = [interval for interval in intervals if interval.value is not None]
    assert all(interval.reason for interval in intervals if interval.value is None)
    assume(len(known) == len(intervals))
    for interval in known:
        assert 0 <= interval.low <= interval.value + 1e-12
        assert interval.value - 1e-12 <= interval.high <= 1


@pytest.mark.parametrize("group_count", [2, 3, 4])
def test_few_large_groups_give_a_wide_interval_and_no_nan(group_count):
    """Student's quantile of two groups is 12.7: its tail vanishes beside 1."""
    per_group = 40
    successes = np.tile(np.arange(per_group) < 24, group_count)
    interval = proportions.proportion(successes, np.repeat(np.arange(group_count), per_group))
    assert interval.method == "clustered-wilson"
    assert interval.low is not None
    assert interval.high is not None
    assert 0 <= interval.low < interval.value < interval.high <= 1
    assert interval.high - interval.low > 2 * 1.96 * np.sqrt(0.24 / len(successes))


@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99])
def test_intervals_are_those_of_statsmodels(confidence: float) -> None:
    for n in (1.0, 2.5, 8.0, 37.0, 1000.0):
        for share in (0.0, 0.01, 0.3, 0.5, 0.999, 1.0):
            for ours, method in ((proportions.wilson, "wilson"), (proportions.clopper_pearson, "beta")):
                theirs = proportion_confint(share * n, n, alpha=1 - confidence, method=method)
                found = ours(share * n, n, confidence)
                assert (found.low, found.high) == pytest.approx(theirs, rel=1e-12, abs=1e-14)
