"""How surely a detector is the cheapest: equal ones, clear ones, ones without a mistake, groups."""

import numpy as np
import pytest
from scipy.special import ndtri

from framejudge.bench.decide.cheapest import cheapest_probabilities, draw_rates
from framejudge.bench.decide.weighted import Weights

HALF = Weights.of(0.5)


def probabilities(framed, wrong, groups=None, weights=HALF, **options):
    return cheapest_probabilities(draw_rates(framed, np.array(wrong), groups, **options).costs(weights))


def test_a_clear_winner_is_sure_and_equals_are_not():
    framed = np.arange(2_000) % 2 == 0
    few, many = (np.arange(2_000) % 100 < share for share in (2, 20))
    assert probabilities(framed, [few, many])[0] > 0.999
    assert probabilities(framed, [few, few])[0] == pytest.approx(0.5, abs=0.03)
    assert probabilities(framed, [many])[0] == 1


def test_probabilities_add_up_and_do_not_depend_on_the_order():
    random = np.random.default_rng(3)
    framed = random.random(300) < 0.5
    wrong = [random.random(300) < share for share in (0.05, 0.07, 0.2)]
    found = probabilities(framed, wrong)
    assert found.sum() == pytest.approx(1)
    assert probabilities(framed, wrong[::-1])[::-1] == pytest.approx(found, abs=0.03)
    assert found == pytest.approx(probabilities(framed, wrong))  # the same seed, the same draws


def test_no_mistake_on_few_images_proves_little():
    framed = np.arange(20) % 2 == 0
    one = np.arange(20) == 0
    none = np.zeros(20, dtype=bool)
    assert 0.5 < probabilities(framed, [none, one])[0] < 0.9


def test_mistakes_that_come_in_groups_prove_less():
    framed = np.arange(400) % 2 == 0
    better = np.zeros(400, dtype=bool)
    worse = np.arange(400) < 16
    alone = probabilities(framed, [better, worse])[0]
    grouped = probabilities(framed, [better, worse], np.arange(400) // 8)[0]
    assert grouped < alone


def test_detectors_are_paired_on_the_same_images():
    """Nine of ten mistakes are shared: the rest tells them apart as if these were not there."""
    framed = np.arange(1_000) % 2 == 0
    shared = np.arange(1_000) % 10 == 0
    better, worse = shared, shared | (np.arange(1_000) % 100 == 5)
    assert probabilities(framed, [better, worse])[0] > 0.97


def test_cheapest_with_probability_p_is_calibrated():
    """A bounded version of tests/benchmarks/decision_study.py, with fewer sets and draws."""
    random = np.random.default_rng(8)
    said, true = [], []
    for _ in range(600):
        images, size = int(random.choice([100, 300, 1_000])), int(random.choice([1, 4]))
        spread = random.choice([0.12, 0.25, 0.5, 1.0])
        framed = random.random(images) < 0.5
        misses, alarms = np.clip(
            np.exp(np.log(random.uniform(0.02, 0.12, (2, 1))) + spread * random.normal(size=(2, 3))),
            0.0005,
            0.6,
        )
        groups = np.arange(images) // size
        shared = random.normal(size=images)
        own = random.normal(size=(3, images))
        limits = ndtri(1 - np.where(framed, misses[:, None], alarms[:, None]))
        wrong = (shared + own) / 2**0.5 > limits
        weights = Weights.of(0.1, 5, 1)
        found = probabilities(framed, wrong, groups, weights, draws=500)
        said.append(found.max())
        true.append(np.argmin(weights.framed * misses + weights.plain * alarms) == np.argmax(found))
    assert np.mean(true) == pytest.approx(np.mean(said), abs=0.04)
