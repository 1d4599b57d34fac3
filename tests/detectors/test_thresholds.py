"""Choosing thresholds: the most accurate one, and the one of a false positive rate."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framejudge.datasets.errors import InputError
from framejudge.detectors.thresholds import (
    fairest_threshold,
    most_accurate_threshold,
    threshold_of_false_positive_rate,
)


def test_the_threshold_separates_what_can_be_separated() -> None:
    threshold = most_accurate_threshold(np.array([0.1, 0.2, 0.7, 0.9]), np.array([0, 0, 1, 1]))
    assert 0.2 < threshold <= 0.7


def test_one_odd_image_does_not_pull_the_threshold_to_the_edge() -> None:
    scores = np.concatenate([np.linspace(0, 0.4, 50), [0.45], np.linspace(0.6, 1, 50)])
    framed = np.concatenate([np.zeros(50), [1], np.ones(50)])
    assert 0.4 < most_accurate_threshold(scores, framed) < 0.6


def test_a_cut_that_is_better_by_chance_only_does_not_move_the_threshold() -> None:
    rng = np.random.default_rng(3)
    scores = rng.uniform(size=2_000)
    framed = (rng.uniform(size=2_000) < scores).astype(np.float64)
    accuracies = {cut: np.mean((scores >= cut) == framed) for cut in np.linspace(0.3, 0.7, 401)}
    assert abs(max(accuracies, key=lambda cut: accuracies[cut]) - 0.5) > 0.03, "best by chance"
    assert most_accurate_threshold(scores, framed) == pytest.approx(0.5, abs=0.005)


def test_a_cut_that_is_better_beyond_chance_moves_it() -> None:
    scores = np.linspace(0, 1, 1_000)
    framed = (scores > 0.2).astype(np.float64)
    assert most_accurate_threshold(scores, framed) == pytest.approx(0.2, abs=0.005)


def test_only_the_ratio_of_weights_matters() -> None:
    rng = np.random.default_rng(5)
    scores, framed = rng.uniform(size=300), rng.integers(0, 2, 300)
    assert most_accurate_threshold(scores, framed, np.full(300, 0.25)) == most_accurate_threshold(
        scores, framed
    )


def test_a_small_set_that_weighs_as_much_as_a_large_one_moves_the_threshold() -> None:
    large = np.linspace(0, 1, 4_000)
    # Between 0.3 and 0.8 the large set's labels are a coin's: every cut is as good there.
    coin = np.arange(4_000) % 2 == 0
    labels = np.where((large > 0.3) & (large < 0.8), coin, large > 0.5)
    small = np.linspace(0, 1, 400)
    scores, framed = np.concatenate([large, small]), np.concatenate([labels, small > 0.75])
    assert most_accurate_threshold(large, labels) == pytest.approx(0.5, abs=0.01)
    weights = np.concatenate([np.full(4_000, 1 / 4_000), np.full(400, 1 / 400)])
    assert most_accurate_threshold(scores, framed, weights) > 0.6


def test_no_threshold_parts_equal_scores() -> None:
    scores = np.repeat([0.0, 0.6, 1.0], [300, 300, 400])
    framed = np.concatenate([np.zeros(300), np.arange(300) < 40, np.ones(400)])
    threshold = most_accurate_threshold(scores, framed)
    assert np.mean((scores >= threshold) == framed) == pytest.approx(0.96)
    assert most_accurate_threshold(np.full(4, 0.5), np.array([0, 0, 1, 1])) == 0.5


def test_half_is_taken_as_it_is_where_it_is_as_good_as_any() -> None:
    assert most_accurate_threshold(np.array([0.1, 0.45, 0.9]), np.array([0, 0, 1])) == 0.5


def test_identical_scores_leave_the_default() -> None:
    assert most_accurate_threshold(np.array([0.3]), np.array([1])) == 0.5


def test_of_equally_accurate_thresholds_the_nearest_to_half_is_returned_and_the_lower_of_two() -> None:
    scores, framed = np.array([0.1, 0.3, 0.4, 0.6, 0.7, 0.9]), np.array([0, 1, 0, 1, 0, 1])
    assert most_accurate_threshold(scores, framed) == 0.5
    around = np.repeat([0.0, 0.4, 0.6, 1.0], 1000)
    labels = np.concatenate([np.zeros(1000), np.arange(2000) % 2, np.ones(1000)])
    # 0.2 and 0.8 are as accurate as 0.5, and 0.5 is there.
    assert most_accurate_threshold(around, labels) == 0.5
    without_half = np.repeat([0.25, 0.5, 0.75], [1000, 1000, 1000])
    labels = np.concatenate([np.zeros(1000), np.arange(1000) % 2, np.ones(1000)])
    assert most_accurate_threshold(without_half, labels) == 0.5
    shifted = np.repeat([0.25, 0.45, 0.75], [1000, 1000, 1000])
    assert most_accurate_threshold(shifted, labels) == 0.5


@given(st.lists(st.tuples(st.integers(0, 20), st.booleans(), st.integers(1, 3)), min_size=1, max_size=40))
def test_neither_the_order_of_the_pictures_nor_the_scale_of_the_weights_matters(
    rows: list[tuple[int, bool, int]],
) -> None:
    scores = np.array([score / 20 for score, _, _ in rows])
    framed = np.array([label for _, label, _ in rows])
    weights = np.array([weight for _, _, weight in rows], float)
    chosen = most_accurate_threshold(scores, framed, weights)
    assert chosen == most_accurate_threshold(scores, framed, 4 * weights)
    order = np.random.default_rng(0).permutation(len(rows))
    assert chosen == most_accurate_threshold(scores[order], framed[order], weights[order])
    assert 0 <= chosen <= 1


def test_a_false_positive_rate_is_kept_and_equal_scores_stay_on_one_side() -> None:
    scores = np.linspace(0, 0.999, 1000)
    threshold = threshold_of_false_positive_rate(scores, 0.005)
    assert (scores >= threshold).sum() == 5
    tied = np.where(np.arange(1000) < 20, 0.9, 0.1)
    assert (tied >= threshold_of_false_positive_rate(tied, 0.005)).sum() == 0
    with pytest.raises(InputError, match="100 plain pictures cannot show"):
        threshold_of_false_positive_rate(scores[:100], 0.005)


def test_the_fairest_threshold_loses_least_on_the_hand_that_loses_most() -> None:
    """Hand a's frames score 0.8 and b's 0.3; plain pictures lie at 0.1: 0.5 would lose all of b."""
    rng = np.random.default_rng(0)
    parts = (rng.normal(0.8, 0.01, 900), rng.normal(0.3, 0.01, 30), rng.normal(0.1, 0.01, 900))
    scores, framed = np.concatenate(parts), np.arange(1830) < 930
    hands = np.array(["a"] * 900 + ["b"] * 30 + [""] * 900)
    assert 0.13 <= fairest_threshold(scores, framed, hands) <= 0.28
    only_a = hands != "b"
    assert fairest_threshold(scores[only_a], framed[only_a], hands[only_a]) == 0.5
