"""Calibration on one's own images: what is fitted, what it is worth, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from framejudge.bench.decide.calibrating import check_enough, fitted
from framejudge.bench.decide.crossfit import (
    calibration_error,
    cross_fitted,
    fit,
    folds_of,
    log_loss,
    threshold_interval,
)
from framejudge.bench.decide.misfit import find_misfit, in_words, spiegelhalter_z
from framejudge.bench.run.decision.terms import DecisionTerms
from framejudge.datasets import Dataset, InputError
from framejudge.detectors.calibrated import Calibration, seen_before


def made_scores(
    images: int, seed: int, *, slope: float = 1.0, shift: float = 0.0, apart: float = 4.0
) -> tuple[np.ndarray, np.ndarray]:
    """Return scores and labels; log-odds are calibrated after ``(x - shift) / slope`` is undone."""
    chance = np.random.default_rng(seed)
    framed = chance.random(images) < 0.5
    log_odds = chance.normal(np.where(framed, 1, -1) * apart**2 / 8, apart / 2)  # calibrated by construction
    return 1 / (1 + np.exp(-(log_odds * slope + shift))), framed


def each_its_own(framed: np.ndarray) -> np.ndarray:
    return np.arange(len(framed))


def test_a_known_distortion_is_undone() -> None:
    scores, framed = made_scores(40_000, 1, slope=2, shift=3)
    found = fit(scores, framed)
    assert found.slope == pytest.approx(1 / 2, abs=0.02)
    assert found.shift == pytest.approx(-3 / 2, abs=0.08)
    assert found.score_at(0.5) == pytest.approx(1 / (1 + np.exp(-3)), abs=0.01)


def test_three_hundred_images_come_within_half_a_point_of_the_best_threshold() -> None:
    # tests/benchmarks/calibration_study.py looks at real detectors on drawn frames.
    held_out, truth = made_scores(20_000, 99, slope=1.5, shift=1.5, apart=5)
    best = max(
        float(np.mean((held_out >= one) == truth)) for one in np.quantile(held_out, np.linspace(0, 1, 401))
    )
    lost = []
    for seed in range(100):
        scores, framed = made_scores(300, seed, slope=1.5, shift=1.5, apart=5)
        lost.append(best - float(np.mean((held_out >= fit(scores, framed).score_at(0.5)) == truth)))
    assert np.mean(np.array(lost) <= 0.005) >= 0.95
    assert best - np.mean((held_out >= 0.5) == truth) > 0.01  # the detector's own threshold is off


def test_a_group_is_judged_by_a_fit_without_it() -> None:
    scores, framed = made_scores(400, 2)
    groups = np.repeat(np.arange(100), 4)
    parts = folds_of(400, groups, seed=0)
    assert len(set(parts)) == 10
    assert all(len(set(parts[groups == group])) == 1 for group in range(100))
    found = cross_fitted(scores, framed, groups)
    inside = parts == parts[0]
    expected = fit(scores[~inside], framed[~inside]).probability(scores[inside])
    assert found[inside].tolist() == expected.tolist()


def test_figures_of_calibrated_and_of_distorted_scores() -> None:
    scores, framed = made_scores(1000, 3)
    off, _ = made_scores(1000, 3, slope=3)
    assert log_loss(framed, off).value > log_loss(framed, scores).value  # type: ignore[operator]
    good, bad = calibration_error(framed, scores), calibration_error(framed, off)
    assert good.value is not None and bad.low is not None
    assert good.value < 0.05 < bad.low
    where = threshold_interval(scores, framed, 0.5, prior_shift=0.0)
    assert where.low is not None and where.high is not None and where.low < 0.5 < where.high


def test_before_and_after_costs_and_prevalence() -> None:
    scores, framed = made_scores(500, 4, shift=3)
    found = fitted(scores, framed, each_its_own(framed), 0.5)
    assert found.calibration.threshold == 0.5
    assert found.gain.low is not None and found.gain.low > 0
    assert found.after["log_loss"].value < found.before["log_loss"].value  # type: ignore[operator]
    assert found.calibration.figures["after"]["accuracy"]["value"] == found.after["accuracy"].value
    dear = fitted(
        scores, framed, each_its_own(framed), 0.5, terms=DecisionTerms(cost_miss=4, cost_false_alarm=1)
    )
    assert dear.calibration.threshold == pytest.approx(0.2)
    assert dear.after["threshold"].value < found.after["threshold"].value  # type: ignore[operator]
    rare = fitted(scores, framed, each_its_own(framed), 0.5, prevalence=0.03)
    assert rare.calibration.threshold == 0.5
    assert rare.after["threshold"].value > found.after["threshold"].value  # type: ignore[operator]
    odds = np.log(0.03 / 0.97) - np.log(framed.mean() / (1 - framed.mean()))
    assert rare.calibration.shift - found.calibration.shift == pytest.approx(odds)


def test_what_cannot_be_calibrated_is_refused_with_how_much_is_needed() -> None:
    scores, framed = made_scores(400, 5)
    with pytest.raises(InputError, match="do not rise with the share of framed images"):
        fitted(1 - scores, framed, each_its_own(framed), 0.5)
    shop = Dataset("shop", Path("shop"), ())
    check_enough(framed, each_its_own(framed), shop)
    few = np.arange(60) < 20
    with pytest.raises(InputError, match="images of 20 framed and 40 plain photos are too few") as raised:
        check_enough(few, np.arange(60), shop)
    assert "label 30 more framed and 10 more plain ones" in str(raised.value)
    with pytest.raises(InputError, match="50 of each are needed"):
        check_enough(framed, np.zeros(len(framed)), shop)  # one photo, however many images


def test_images_that_were_fitted_on_are_known_again() -> None:
    calibration = Calibration(
        detector="x", target="x:Y", weights={}, slope=1, shift=0, threshold=0.5,
        fitted_on={"images_sha256": ["a" * 16]},
    )  # fmt: skip
    assert seen_before(calibration, ["a" * 64, "b" * 64, None]) == 1


def test_a_threshold_of_another_shop_is_noticed() -> None:
    scores, framed = made_scores(1000, 6, shift=3)
    found = find_misfit(scores, framed, each_its_own(framed), 0.5)
    assert found is not None and found.gain is not None and found.z is not None
    words = in_words("cnn", found)
    assert words.startswith(
        "cnn does not fit this set: a threshold that is fitted to other images of it judges "
    )
    assert words.endswith("bench calibrate")
    assert find_misfit(scores[:60], framed[:60], each_its_own(framed)[:60], 0.5) is None


def test_a_detector_that_fits_is_left_alone_in_99_of_100_sets() -> None:
    false_alarms = 0
    for seed in range(200):
        scores, framed = made_scores(600, 1000 + seed, apart=5)
        groups = np.arange(600) // 2
        false_alarms += find_misfit(scores, framed, groups, 0.5) is not None
    assert false_alarms <= 4


def test_spiegelhalters_z_is_standard_normal_for_calibrated_scores() -> None:
    values = [spiegelhalter_z(*made_scores(500, seed, apart=3)) for seed in range(400)]
    assert np.mean(values) == pytest.approx(0, abs=0.2)
    assert np.std(values) == pytest.approx(1, abs=0.12)
