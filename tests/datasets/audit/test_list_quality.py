"""Whether a list of doubtful labels is as good as the audit says: on scores from two normal distributions."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from framejudge.datasets.audit.list_quality import (
    Booleans,
    Floats,
    ScoresOf,
    contradiction,
    list_quality,
)

IMAGES = 1_000


def fixed(scores: Floats) -> ScoresOf:
    """Return a model that learns nothing from labels."""
    return lambda labels: scores


def simulated(apart: float, wrong_share: float, seed: int) -> tuple[Booleans, Booleans, Floats]:
    """Return labels, which of them are wrong, and scores of a model whose classes lie so far apart."""
    random = np.random.default_rng([7, seed])
    truth = np.arange(IMAGES) % 2 == 0
    wrong = np.zeros(IMAGES, dtype=bool)
    wrong[random.permutation(IMAGES)[: round(wrong_share * IMAGES)]] = True
    scores = stats.norm.cdf(random.normal(0, 1, IMAGES) + np.where(truth, apart / 2, -apart / 2))
    return truth ^ wrong, wrong, scores


def test_lists_that_are_offered_are_mostly_wrong_labels_and_have_most_of_them() -> None:
    right, asked = [], 30
    for seed in range(asked):
        labels, wrong, scores = simulated(4.5, 0.04, seed)
        found = list_quality(labels, fixed(scores))
        if found.worth_it:
            listed = contradiction(labels, scores) >= found.least
            right.append((np.mean(wrong[listed]), np.mean(listed[wrong]), found.precision))
    precision, recall, expected = np.mean(right, axis=0)
    assert len(right) >= 0.8 * asked
    assert precision >= 0.8 and recall >= 0.8
    assert expected == pytest.approx(precision, abs=0.1)


@pytest.mark.parametrize("apart", [2.3, 3.2, 4.5])
@pytest.mark.parametrize("seed", range(20))
def test_correct_labels_are_not_doubted(apart: float, seed: int) -> None:
    labels, _, scores = simulated(apart, 0.0, seed)
    assert not list_quality(labels, fixed(scores)).worth_it


@pytest.mark.parametrize("seed", range(20))
def test_a_model_that_is_not_good_enough_offers_no_list(seed: int) -> None:
    labels, _, scores = simulated(2.3, 0.04, seed)
    assert not list_quality(labels, fixed(scores)).worth_it
