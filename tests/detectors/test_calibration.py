"""Calibration of scores and their threshold."""

from __future__ import annotations

import numpy as np
import pytest

from framejudge.detectors.calibration import best_threshold, fit_platt, logit


def test_platt_scaling_recovers_a_known_distortion() -> None:
    rng = np.random.default_rng(0)
    true_logit = rng.normal(0, 2, 50_000)
    framed = (rng.random(50_000) < 1 / (1 + np.exp(-true_logit))).astype(float)
    distorted = 1 / (1 + np.exp(-(3 * true_logit + 1)))
    slope, shift = fit_platt(logit(distorted), framed)
    assert slope == pytest.approx(1 / 3, abs=0.02)
    assert shift == pytest.approx(-1 / 3, abs=0.05)


def test_logit_stays_finite_at_both_ends() -> None:
    assert np.isfinite(logit(np.array([0.0, 1.0]))).all()


def test_the_threshold_separates_what_can_be_separated() -> None:
    threshold = best_threshold(np.array([0.1, 0.2, 0.7, 0.9]), np.array([0, 0, 1, 1]))
    assert 0.2 < threshold <= 0.7


def test_one_odd_image_does_not_pull_the_threshold_to_the_edge() -> None:
    scores = np.concatenate([np.linspace(0, 0.4, 50), [0.45], np.linspace(0.6, 1, 50)])
    framed = np.concatenate([np.zeros(50), [1], np.ones(50)])
    assert 0.4 < best_threshold(scores, framed) < 0.6


def test_a_cut_that_is_better_by_chance_only_does_not_move_the_threshold() -> None:
    rng = np.random.default_rng(3)
    scores = rng.uniform(size=2_000)
    framed = (rng.uniform(size=2_000) < scores).astype(np.float64)
    accuracies = {cut: np.mean((scores >= cut) == framed) for cut in np.linspace(0.3, 0.7, 401)}
    assert abs(max(accuracies, key=lambda cut: accuracies[cut]) - 0.5) > 0.03, "best by chance"
    assert best_threshold(scores, framed) == pytest.approx(0.5, abs=0.005)


def test_a_cut_that_is_better_beyond_chance_moves_it() -> None:
    scores = np.linspace(0, 1, 1_000)
    framed = (scores > 0.2).astype(np.float64)
    assert best_threshold(scores, framed) == pytest.approx(0.2, abs=0.005)


def test_only_the_ratio_of_weights_matters() -> None:
    rng = np.random.default_rng(5)
    scores, framed = rng.uniform(size=300), rng.integers(0, 2, 300)
    assert best_threshold(scores, framed, np.full(300, 0.25)) == best_threshold(scores, framed)


def test_a_small_set_that_weighs_as_much_as_a_large_one_moves_the_threshold() -> None:
    large = np.linspace(0, 1, 4_000)
    # Between 0.3 and 0.8 the large set's labels are a coin's: every cut is as good there.
    coin = np.arange(4_000) % 2 == 0
    labels = np.where((large > 0.3) & (large < 0.8), coin, large > 0.5)
    small = np.linspace(0, 1, 400)
    scores, framed = np.concatenate([large, small]), np.concatenate([labels, small > 0.75])
    assert best_threshold(large, labels) == pytest.approx(0.5, abs=0.01)
    weights = np.concatenate([np.full(4_000, 1 / 4_000), np.full(400, 1 / 400)])
    assert best_threshold(scores, framed, weights) > 0.6


def test_no_threshold_parts_equal_scores() -> None:
    scores = np.repeat([0.0, 0.6, 1.0], [300, 300, 400])
    framed = np.concatenate([np.zeros(300), np.arange(300) < 40, np.ones(400)])
    threshold = best_threshold(scores, framed)
    assert np.mean((scores >= threshold) == framed) == pytest.approx(0.96)
    assert best_threshold(np.full(4, 0.5), np.array([0, 0, 1, 1])) == 0.5


def test_half_is_taken_as_it_is_where_it_is_as_good_as_any() -> None:
    assert best_threshold(np.array([0.1, 0.45, 0.9]), np.array([0, 0, 1])) == 0.5


def test_identical_scores_leave_the_default() -> None:
    assert best_threshold(np.array([0.3]), np.array([1])) == 0.5
