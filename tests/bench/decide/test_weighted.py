"""Two detectors whose misses and false alarms weigh differently."""

import numpy as np
import pytest

from framejudge.bench.decide.weighted import Weights, loss_difference, weighted_mcnemar
from framejudge.bench.statistics.paired import accuracy_difference, mcnemar
from framejudge.bench.statistics.rates import accuracy_at_prevalence, expected_loss


def made(seed: int, images: int = 400, size: int = 1):
    random = np.random.default_rng(seed)
    framed = np.arange(images) % 2 == 0
    wrong_a, wrong_b = (random.random(images) < share for share in (0.06, 0.12))
    return framed, wrong_a, wrong_b, np.arange(images) // size


@pytest.mark.parametrize("size", [1, 4])
def test_weights_of_the_sets_own_share_give_the_plain_difference(size):
    framed, wrong_a, wrong_b, groups = made(1, size=size)
    weighted = loss_difference(framed, wrong_a, wrong_b, Weights.of(0.5), groups)
    plain = accuracy_difference(~wrong_b, ~wrong_a, groups)
    assert weighted.value == pytest.approx(plain.value)
    assert weighted.low == pytest.approx(plain.low, abs=0.004)
    assert weighted.high == pytest.approx(plain.high, abs=0.004)


@pytest.mark.parametrize("size", [1, 4])
def test_equal_weights_give_mcnemars_test(size):
    framed, wrong_a, wrong_b, groups = made(2, size=size)
    weighted = weighted_mcnemar(framed, wrong_a, wrong_b, Weights.of(0.5), groups)
    assert weighted.value == pytest.approx(mcnemar(~wrong_a, ~wrong_b, groups).value)


def test_the_weighted_test_by_hand():
    """Two framed images that only b has right weigh 3, three plain ones that only a has right weigh 1."""
    framed = np.array([True, True, False, False, False])
    wrong_a = framed.copy()
    weights = Weights(framed=6, plain=3)  # an image: 3 and 1
    signs = np.array(np.meshgrid(*[[-1, 1]] * 5)).reshape(5, -1)
    sums = np.array([3, 3, 1, 1, 1]) @ signs
    expected = np.mean(np.abs(sums) >= 6 - 3)
    assert weighted_mcnemar(framed, wrong_a, ~wrong_a, weights).value == pytest.approx(expected)


def test_a_shop_with_rare_frames_prefers_the_one_with_few_false_alarms():
    framed = np.arange(2_000) % 2 == 0
    often = np.arange(2_000) % 40
    misses, alarms = framed & (often < 8), ~framed & (often < 4)  # 4 of 20 framed ones; 2 of 20 plain ones
    assert loss_difference(framed, misses, alarms, Weights.of(0.5)).value > 0
    rare = Weights.of(0.03)
    difference = loss_difference(framed, misses, alarms, rare)
    assert difference.high < 0
    assert weighted_mcnemar(framed, misses, alarms, rare).value < 1e-6


def test_one_class_alone_cannot_be_weighed():
    framed, wrong = np.ones(10, dtype=bool), np.zeros(10, dtype=bool)
    for found in (
        loss_difference(framed, wrong, wrong, Weights.of(0.1)),
        weighted_mcnemar(framed, wrong, wrong, Weights.of(0.1)),
    ):
        assert found.value is None and "both classes" in found.reason


@pytest.mark.parametrize("prevalence", [0.03, 0.5])
def test_the_expected_loss_of_mistakes_that_count_one_is_the_share_of_wrong_answers(prevalence):
    framed, wrong, _, groups = made(3, size=4)
    predicted = framed ^ wrong
    loss = expected_loss(framed, predicted, Weights.of(prevalence), groups)
    accuracy = accuracy_at_prevalence(framed, predicted, prevalence, groups)
    assert loss.value == pytest.approx(1 - accuracy.value)
    assert (loss.low, loss.high) == pytest.approx((1 - accuracy.high, 1 - accuracy.low))


def test_costs_scale_the_expected_loss():
    framed, wrong, _, _ = made(4)
    once = expected_loss(framed, framed ^ wrong, Weights.of(0.1, 5, 1))
    thrice = expected_loss(framed, framed ^ wrong, Weights.of(0.1, 15, 3))
    assert thrice.value == pytest.approx(3 * once.value)
    assert thrice.high == pytest.approx(3 * once.high)
    misses, alarms = wrong[framed].mean(), wrong[~framed].mean()
    assert once.value == pytest.approx(0.1 * 5 * misses + 0.9 * alarms)
