"""Percentiles and ratios of latency: how many calls they need, and how wide they are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from framejudge.bench.statistics.percentiles import (
    _binomial_quantile,
    percentile,
    required_calls,
)
from framejudge.bench.statistics.ratio import latency_ratio, paired_ratio


@pytest.mark.parametrize(("q", "calls"), [(0.5, 6), (0.9, 36), (0.95, 72), (0.99, 368), (0.999, 3688)])
def test_calls_for_a_two_sided_interval(q, calls):
    assert required_calls(q) == calls
    # The definition: the largest of so many calls lies below the percentile with at most 2.5 %.
    assert q**calls <= 0.025 < q ** (calls - 1)
    assert percentile(np.arange(calls), q).value is not None
    assert percentile(np.arange(calls - 1), q).value is None


def test_median_ranks_of_the_textbook():
    """Hahn and Meeker, "Statistical Intervals": ranks for the median of 10 and of 25 observations."""
    ten = percentile(np.arange(1, 11), 0.5)
    assert (ten.low, ten.high) == (2, 9)
    twenty_five = percentile(np.arange(1, 26), 0.5)
    assert (twenty_five.low, twenty_five.high) == (8, 18)
    assert (twenty_five.value, twenty_five.n, twenty_five.method) == (13, 25, "order-statistic")


@given(n=st.integers(36, 6000), q=st.sampled_from([0.5, 0.9, 0.95, 0.99, 0.999]))
def test_the_ranks_cover_what_they_promise_and_no_rank_can_be_spared(n, q):
    interval = percentile(np.arange(1, n + 1), q)
    if interval.value is None:
        return

    def covered(low: float, high: float) -> float:
        return float(stats.binom.cdf(high - 1, n, q) - stats.binom.cdf(low - 1, n, q))

    assert covered(interval.low, interval.high) >= 0.95
    assert covered(interval.low + 1, interval.high) < 0.95
    assert covered(interval.low, interval.high - 1) < 0.95


def test_a_percentile_is_a_latency_that_was_measured():
    samples = np.random.default_rng(1).lognormal(size=1000)
    for q in (0.5, 0.9, 0.95, 0.99):
        interval = percentile(samples, q)
        assert interval.value == np.quantile(samples, q, method="inverted_cdf")
        assert {interval.low, interval.high} <= set(samples)
        assert interval.low <= interval.value <= interval.high


def test_an_unsupported_percentile_gives_its_bound_or_nothing():
    bound = percentile(np.arange(300), 0.99)
    assert (bound.value, bound.low, bound.high) == (None, None, 299)
    assert bound.method == "order-statistic-upper-bound"
    assert bound.reason == "p99 needs 368 calls, and there are 300"
    nothing = percentile(np.arange(298), 0.99)
    assert (nothing.value, nothing.low, nothing.high) == (None, None, None)
    assert percentile(np.arange(500), 0.999).reason == "p99.9 needs 3,688 calls, and there are 500"
    assert percentile(np.zeros(0), 0.5).reason == "no call was timed"


# Ratios


def test_a_constant_ratio_is_found_through_any_noise_that_both_share():
    random = np.random.default_rng(1)
    shared = random.lognormal(size=500)
    interval = latency_ratio(3 * shared, shared, np.arange(500) // 25)
    assert tuple(interval.ends) == pytest.approx((3, 3, 3))
    assert (interval.n, interval.method) == (20, "median-of-blocks")


def test_a_slow_spell_of_some_blocks_is_not_mistaken_for_a_slow_detector():
    random = np.random.default_rng(2)
    blocks = np.arange(600) // 25
    a, b = random.lognormal(sigma=0.05, size=(2, 600))
    a[blocks < 8] *= 3  # something else ran while it was a's turn
    interval = latency_ratio(a, b, blocks)
    assert interval.value == pytest.approx(1, abs=0.05)
    assert interval.low < 1.1


def test_blocks_make_a_ratio_less_sure_than_pairs():
    random = np.random.default_rng(3)
    blocks = np.arange(500) // 25
    drift = random.lognormal(sigma=0.2, size=20)[blocks]
    a, b = drift * random.lognormal(sigma=0.05, size=500), random.lognormal(sigma=0.05, size=500)
    pairs, by_block = latency_ratio(a, b), latency_ratio(a, b, blocks)
    assert by_block.high - by_block.low > 1.5 * (pairs.high - pairs.low)
    assert (pairs.n, pairs.method) == (500, "median-of-pairs")


def test_few_blocks_give_a_ratio_without_an_interval():
    a = np.array([2.0, 4.0, 6.0, 8.0])
    interval = latency_ratio(a, a / 2, np.array([0, 0, 1, 1]))
    assert (interval.value, interval.low, interval.n) == (pytest.approx(2), None, 2)
    assert interval.reason == "an interval needs at least 6 blocks"
    assert latency_ratio(a, a / 2).reason == "an interval needs at least 6 pairs"
    assert latency_ratio(a[:0], a[:0]).reason == "no image was timed with both"


@given(logs=st.lists(st.tuples(st.floats(-3, 3), st.floats(-3, 3)), min_size=6, max_size=60))
def test_a_ratio_the_other_way_round_is_the_inverse(logs):
    a, b = np.exp(np.array(logs).T)
    there, back = latency_ratio(a, b), latency_ratio(b, a)
    assert there.value == pytest.approx(1 / back.value)
    assert there.low <= there.value * (1 + 1e-12)
    assert there.value <= there.high * (1 + 1e-12)


def test_calls_that_waited_for_each_other_tell_less():
    random = np.random.default_rng(3)
    alone = random.lognormal(size=2000)
    groups = np.arange(2000) // 5
    together = np.repeat(random.lognormal(size=400), 5)  # all calls of a group are alike
    free, unlike, alike = (
        percentile(alone, 0.9),
        percentile(alone, 0.9, groups),
        percentile(together, 0.9, groups),
    )
    assert (unlike.method, unlike.n) == ("clustered-order-statistic", 400)
    assert unlike.high - unlike.low == pytest.approx(free.high - free.low, rel=0.3)
    assert alike.high - alike.low > 1.5 * (unlike.high - unlike.low)
    few = percentile(together[:1500], 0.99, groups[:1500])
    assert few.value is None
    assert few.reason == "p99 needs 368 independent calls, and these 1,500 say as much as 299"


def test_intervals_of_calls_in_groups_cover_what_they_promise():
    held = 0
    for seed in range(300):
        random = np.random.default_rng(seed)
        groups = np.arange(1200) // 4
        samples = np.sqrt(0.6) * random.standard_normal(300)[groups] + np.sqrt(0.4) * random.standard_normal(
            1200
        )
        interval = percentile(samples, 0.9, groups)
        held += interval.low <= 1.2815516 <= interval.high
    assert held >= stats.binom.ppf(0.001, 300, 0.95)


def test_one_group_alone_has_no_interval():
    interval = percentile(np.arange(500), 0.5, np.zeros(500))
    assert interval.value is None and interval.n == 1


def test_the_paired_ratio_is_that_of_the_signed_rank_test():
    """Hollander, Wolfe and Chicken, table 3.1: nine depressed patients, two scores each."""
    before = np.array([1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30])
    after = np.array([0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29])
    interval = paired_ratio(np.exp(after), np.exp(before), confidence=0.9609)
    assert np.log(interval.value) == pytest.approx(-0.46, abs=0.005)
    assert np.log(interval.low) == pytest.approx(-0.786, abs=0.005)
    assert np.log(interval.high) == pytest.approx(-0.010, abs=0.005)


@pytest.mark.parametrize("n", [8, 15, 40])
def test_the_interval_of_a_paired_ratio_is_where_wilcoxons_test_turns(n):
    random = np.random.default_rng(n)
    a, b = random.lognormal(0.3, 1, n), random.lognormal(0, 1, n)
    interval = paired_ratio(a, b, confidence=0.99)
    for end, inwards in ((interval.low, 1.0001), (interval.high, 1 / 1.0001)):
        inside, outside = (
            stats.wilcoxon(np.log(a / (b * ratio)), method="exact").pvalue
            for ratio in (end * inwards, end / inwards)
        )
        assert outside <= 0.01 < inside


@pytest.mark.parametrize("q", [0.5, 0.9, 0.95, 0.99, 0.999])
def test_ranks_are_binomial_quantiles(q: float) -> None:
    for n in [*range(1, 60), 367, 368, 5000, 200_000]:
        for probability in (0.005, 0.025, 0.05, 0.95, 0.975, 0.995):
            found = _binomial_quantile(probability, n, q)
            assert found == stats.binom.ppf(probability, n, q)
