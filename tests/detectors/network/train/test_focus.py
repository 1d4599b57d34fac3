"""Choosing what a training spends its time on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framejudge.detectors.network.train.focus import EVENLY, choose, inclusion


def errors_of_a_good_network(count: int, seed: int = 0) -> np.ndarray:
    """Most near 0, a few near 1."""
    return np.random.default_rng(seed).beta(0.1, 2.0, count)


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=60).flatmap(
        lambda errors: st.tuples(st.just(errors), st.integers(1, len(errors)))
    )
)
def test_as_many_are_kept_as_asked_for(drawn: tuple[list[float], int]) -> None:
    errors, count = np.array(drawn[0]), drawn[1]
    kept = inclusion(errors, count)
    assert kept.sum() == pytest.approx(count)
    assert np.all(kept > 0)
    assert np.all(kept <= 1 + 1e-9)
    rows, weights = choose(errors, count, np.random.default_rng(0))
    assert len(set(rows.tolist())) == count == len(weights)
    assert np.all(np.diff(rows) > 0)


def test_the_wrong_ones_are_kept_and_none_weighs_without_bound() -> None:
    errors = errors_of_a_good_network(3000)
    rows, weights = choose(errors, 1000, np.random.default_rng(1))
    assert np.isin(np.argsort(errors)[-300:], rows).all()
    assert weights.max() <= 1 / EVENLY
    assert weights.min() == pytest.approx(1 / 3)


def test_weighted_means_are_those_of_all_and_vary_less_than_those_of_an_even_choice() -> None:
    errors = errors_of_a_good_network(600)
    gradients = errors * np.random.default_rng(2).normal(1, 1, 600)
    draws = [choose(errors, 200, np.random.default_rng(seed)) for seed in range(2000)]
    means = np.array([np.mean(gradients[rows] * weights) for rows, weights in draws])
    even = [
        np.mean(np.random.default_rng(seed).choice(gradients, 200, replace=False)) for seed in range(2000)
    ]
    assert means.mean() == pytest.approx(gradients.mean(), abs=4 * means.std() / np.sqrt(2000))
    assert means.std() < 0.5 * np.std(even)


def test_a_network_without_mistakes_chooses_evenly() -> None:
    assert inclusion(np.zeros(12), 4).tolist() == pytest.approx([1 / 3] * 12)
