"""Calibration: reliability bins, expected calibration error, Brier score."""

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from framejudge.bench.statistics.calibration import brier, reliability


def calibrated_scores(n: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(1)
    scores = random.beta(0.5, 0.5, n)
    return random.random(n) < scores, scores


def test_the_curve_is_scikit_learns():
    labels, scores = calibrated_scores(2000)
    bins = reliability(labels, scores)
    shares, means = calibration_curve(labels, scores, n_bins=10)
    assert [one.framed_share.value for one in bins] == pytest.approx(shares.tolist())
    assert [one.mean_score for one in bins] == pytest.approx(means.tolist())
    assert sum(one.n for one in bins) == 2000


def test_bins_are_half_open_and_the_last_holds_1():
    bins = reliability(np.array([True, True, False]), np.array([0.0, 0.1, 1.0]))
    assert [one.n for one in bins] == [1, 1, 0, 0, 0, 0, 0, 0, 0, 1]
    assert (bins[2].mean_score, bins[2].framed_share.value) == (None, None)
    assert bins[2].framed_share.reason == "no observation"


def test_brier_is_scikit_learns():
    labels, scores = calibrated_scores(500)
    interval = brier(labels, scores)
    assert interval.value == pytest.approx(brier_score_loss(labels, scores))
    assert interval.low * interval.high == pytest.approx(interval.value**2)  # symmetric on the log scale
    assert (interval.n, interval.method) == (500, "log-t")


def test_brier_of_repeated_images_is_no_surer():
    labels, scores = calibrated_scores(500)
    once = brier(labels, scores)
    repeated = brier(np.repeat(labels, 4), np.repeat(scores, 4), np.repeat(np.arange(500), 4))
    assert tuple(repeated.ends) == pytest.approx(tuple(once.ends))
    assert repeated.method == "clustered-log-t"


@pytest.mark.parametrize(
    ("scores", "reason"),
    [
        ([], "no observation"),
        ([0.3], "at least two images"),
        ([0.0, 0.0], "the losses do not vary"),
    ],
)
def test_a_brier_score_that_the_data_cannot_support(scores, reason):
    interval = brier(np.zeros(len(scores), bool), np.array(scores))
    assert (interval.low, interval.high) == (None, None)
    assert reason in interval.reason


@given(rows=st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=2, max_size=40))
@example(rows=[(False, 0.0), (False, 4.4e-63)])
def test_errors_lie_between_0_and_1(rows):
    labels, scores = (np.array(column) for column in zip(*rows, strict=True))
    interval = brier(labels, scores)
    assume(interval.low is not None)
    assert 0 <= interval.low <= interval.value <= interval.high <= 1
