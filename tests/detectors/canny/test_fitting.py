"""Growing decision rules: what is shipped answers as scikit-learn's own model does."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from framejudge.detectors.canny.fitting import Growth, _grow
from framejudge.detectors.canny.scoring import QUESTIONS, depth

NAMES = ("a", "b", "c", "d")


def test_grown_rules_answer_as_the_model_that_they_were_taken_from() -> None:
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=(600, 4)).astype(np.float32)
    target = numbers[:, 0] * numbers[:, 1] + 0.5 * rng.normal(size=600) > 0.3
    growth = Growth(rules=30, learning_rate=0.1, choice=0.5, shrinkage=5)
    model = HistGradientBoostingClassifier(
        max_iter=30,
        learning_rate=0.1,
        max_features=0.5,
        l2_regularization=5,
        max_depth=QUESTIONS,
        early_stopping=False,
        random_state=7,
    ).fit(numbers, target)
    rules = _grow(NAMES, numbers, target, growth, seed=7)
    assert len(rules.rules) == 30
    assert max(depth(rule) for rule in rules.rules) <= QUESTIONS
    assert rules.log_odds(numbers) == pytest.approx(model.decision_function(numbers), abs=1e-4)


def test_rules_learn_what_two_numbers_say_together() -> None:
    numbers = np.random.default_rng(1).normal(size=(2000, 4)).astype(np.float32)
    target = (numbers[:, 2] > 0) != (numbers[:, 3] > 0)
    rules = _grow(NAMES, numbers[:1000], target[:1000], Growth(80, 0.2, 1.0, 0), seed=0)
    assert ((rules.log_odds(numbers[1000:]) > 0) == target[1000:]).mean() > 0.95
