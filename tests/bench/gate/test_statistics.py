"""The statistics of a gate against brute force, scipy, and made-up pairs of which the truth is known."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from framejudge.bench.gate.accuracy import drop
from framejudge.bench.gate.latency import slowdown
from framejudge.bench.gate.latency.sequential import LEVEL, Batch, LatencyRule, SlowdownTest
from framejudge.bench.statistics.interval import Floats
from framejudge.bench.statistics.paired import mcnemar

MEDIAN, TAIL = LatencyRule("canny"), LatencyRule.tail("canny")


@pytest.mark.parametrize("pairs", [6, 8, 12, 16])
def test_signed_rank_is_scipys(pairs: int) -> None:
    values = np.random.default_rng(pairs).normal(0.3, 1, pairs)
    expected = stats.wilcoxon(values, alternative="greater", method="exact").pvalue
    assert slowdown.signed_rank_p(values) == pytest.approx(expected)


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=7))
def test_signed_rank_with_ties_is_the_count_of_all_signs(values: list[int]) -> None:
    found = slowdown.signed_rank_p(np.array(values, dtype=float))
    kept = np.array([value for value in values if value], dtype=float)
    ranks = stats.rankdata(np.abs(kept)) if len(kept) else np.empty(0)
    seen = ranks[kept > 0].sum()
    sums = [np.dot(signs, ranks) for signs in product((0, 1), repeat=len(kept))]
    assert found == pytest.approx(np.mean(np.array(sums) >= seen - 1e-9))


def test_pseudo_median_turns_the_test_round() -> None:
    values = np.random.default_rng(1).normal(0.02, 0.03, 16)
    interval = slowdown.pseudo_median(values)
    assert interval.low is not None and interval.high is not None and interval.value is not None
    assert interval.value == pytest.approx(np.median([(a + b) / 2 for a, b in _with_replacement(values)]))
    tiny = 1e-12
    assert (
        slowdown.signed_rank_p(values - interval.low + tiny)
        <= 0.025
        < slowdown.signed_rank_p(values - interval.value)
    )
    assert slowdown.signed_rank_p(interval.high + tiny - values) <= 0.025


def _with_replacement(values: Floats) -> list[tuple[float, float]]:
    numbers = values.tolist()
    return [(numbers[i], numbers[j]) for i in range(len(numbers)) for j in range(i, len(numbers))]


def test_too_few_pairs_have_no_interval() -> None:
    assert slowdown.pseudo_median(np.zeros(5)).low is None
    assert slowdown.pseudo_median(np.zeros(0)).value is None


def test_one_disturbed_pair_changes_little() -> None:
    ratios = np.full((12, 1), np.log(1.10)) + np.linspace(-0.01, 0.01, 12)[:, np.newaxis]
    calm = slowdown.median_evidence(ratios, tolerance=0.03, level=0.01)
    ratios[3] = np.log(5)
    disturbed = slowdown.median_evidence(ratios, tolerance=0.03, level=0.01)
    assert disturbed.p_slower == calm.p_slower == 0.5**12
    assert disturbed.growth.value == pytest.approx(calm.growth.value, abs=0.005)


def test_the_minimum_detectable_effect_grows_with_the_noise_and_shrinks_with_pairs() -> None:
    noise = np.random.default_rng(2).normal(0, 1, (16, 1))

    def seen(pairs: int, spread: float) -> float:
        return slowdown.median_evidence(
            spread * noise[:pairs], tolerance=0.03, level=0.01
        ).minimum_detectable_effect

    assert 0.03 < seen(16, 0.005) < seen(16, 0.02) < seen(16, 0.08)
    assert seen(16, 0.02) < seen(8, 0.02)


def test_tail_finds_few_slow_images_that_the_median_cannot() -> None:
    random = np.random.default_rng(3)
    ratios = random.normal(0, 0.01, (8, 1)) + random.normal(0, 0.05, (8, 300))
    same = slowdown.tail_evidence(ratios, tolerance=0.10, level=0.01)
    ratios[:, :6] += np.log(1.5)
    slow = slowdown.tail_evidence(ratios, tolerance=0.10, level=0.01)
    assert same.p_slower > 0.25 and slow.p_slower == 0.5**8
    assert slow.growth.value is not None and slow.growth.value == pytest.approx(0.5, abs=0.1)
    assert slow.minimum_detectable_effect == pytest.approx(same.minimum_detectable_effect, abs=0.01)
    assert slowdown.median_evidence(ratios, tolerance=0.03, level=0.01).p_slower > 0.5


def test_exchanges_are_all_of_few_and_some_of_many() -> None:
    assert len(np.unique(slowdown.exchanges(5), axis=0)) == 32
    many = slowdown.exchanges(16, seed=1)
    assert many.shape == (slowdown.EXCHANGES + 1, 16) and (many[0] == 1).all()
    assert np.array_equal(many, slowdown.exchanges(16, seed=1))


def source(
    growth: float, spread: float, seed: int = 0, images: int = 1
) -> tuple[list[Mapping[str, int]], object]:
    """Return the list of what was asked for, and pairs of a known growth and spread."""
    random, asked = np.random.default_rng(seed), []

    def take(wanted: Mapping[str, int]) -> dict[str, Floats]:
        asked.append(dict(wanted))
        return {
            name: np.log1p(growth) + random.normal(0, spread, (pairs, 1)) + np.zeros(images)
            for name, pairs in wanted.items()
        }

    return asked, take


def test_clear_cases_stop_at_the_first_look() -> None:
    for growth, outcome, pairs in ((0.0, "not slower", 8), (0.2, "slower", 8), (-0.3, "not slower", 8)):
        asked, take = source(growth, 0.005)
        test = SlowdownTest([MEDIAN])
        test.run(take)  # type: ignore[arg-type]
        assert test.outcome(MEDIAN) == outcome and test.pairs("canny") == pairs
        assert [one["canny"] for one in asked] == [8] * (pairs // 8)


def test_an_unclear_case_uses_every_look() -> None:
    asked, take = source(0.03, 0.01, seed=3)
    test = SlowdownTest([MEDIAN])
    test.run(take)  # type: ignore[arg-type]
    assert [one["canny"] for one in asked] == [8, 4, 4] and test.outcome(MEDIAN) == "not slower"


def gates(growth: float, spread: float, count: int) -> list[tuple[str | None, int]]:
    """Return outcome and pairs of simulated gates on the median, on normal noise from pair to pair."""
    found = []
    for seed in range(count):
        _, take = source(growth, spread, seed=seed)
        test = SlowdownTest([MEDIAN])
        test.run(take)  # type: ignore[arg-type]
        found.append((test.outcome(MEDIAN), test.pairs("canny")))
    return found


def test_eight_pairs_find_five_per_cent_nearly_always_and_the_limit_half_of_the_time() -> None:
    assert gates(0.05, 0.007, 100).count(("slower", 8)) >= 99
    assert 35 <= gates(0.03, 0.007, 100).count(("slower", 8)) <= 65


def test_identical_code_fails_at_most_once_in_a_hundred_gates_however_noisy() -> None:
    for spread in (0.007, 0.05, 0.5):
        assert sum(outcome == "slower" for outcome, _ in gates(0.0, spread, 200)) <= 2


def test_what_measures_beyond_its_limit_is_never_called_within() -> None:
    for seed in range(40):
        _, take = source(0.03, 0.03, seed=seed)
        test = SlowdownTest([MEDIAN])
        test.run(take)  # type: ignore[arg-type]
        found = test.finding(MEDIAN)
        assert found is not None and found.evidence.growth.value is not None
        if found.outcome == "not slower":
            assert found.evidence.growth.value <= MEDIAN.tolerance


def test_the_tail_is_reported_without_the_noise_of_being_the_slowest_of_many() -> None:
    random = np.random.default_rng(3)
    ratios = random.normal(0, 0.3, (8, 300))
    growth = slowdown.tail_evidence(ratios, tolerance=0.1, level=0.03).growth
    assert growth.value is not None and growth.low is not None and growth.high is not None
    assert growth.low <= growth.value <= growth.high and abs(growth.value) < 0.1
    slow = ratios * 0.1
    slow[:, :6] += np.log(1.5)
    growth = slowdown.tail_evidence(slow, tolerance=0.1, level=0.03).growth
    assert growth.value == pytest.approx(0.5, abs=0.12)


def test_detectors_that_are_clear_are_not_measured_further() -> None:
    calm, wild = LatencyRule("calm"), LatencyRule("wild")
    asked = []

    def take(wanted: Mapping[str, int]) -> dict[str, Floats]:
        asked.append(dict(wanted))
        random = np.random.default_rng(len(asked))
        spreads = {"calm": 0.002, "wild": 0.2}
        return {name: random.normal(0, spreads[name], (pairs, 1)) for name, pairs in wanted.items()}

    batch = Batch([calm, wild])
    batch.run(take)
    assert asked == [{"calm": 8, "wild": 8}, {"wild": 4}, {"wild": 4}]
    assert batch.findings[calm].outcome == "not slower" and batch.findings[wild].outcome == "too noisy"


def test_a_lost_detector_leaves_the_others_judged() -> None:
    batch = Batch([LatencyRule("lost"), LatencyRule("kept")])
    batch.run(lambda wanted: {"kept": np.zeros((wanted["kept"], 1)) + np.linspace(0, 1e-4, 8)[:, np.newaxis]})
    assert [rule.detector for rule in batch.findings] == ["kept"]


def test_holm_makes_more_rules_harder_to_fail() -> None:
    rules = [LatencyRule(name) for name in "abcdefgh"]
    _, take = source(0.2, 0.005)
    batch = Batch(rules)
    batch.run(take, looks=(6,))  # type: ignore[arg-type]
    alone = Batch(rules[:1])
    alone.run(source(0.2, 0.005)[1], looks=(6,))  # type: ignore[arg-type]
    assert alone.findings[rules[0]].p == 0.5**6 <= LEVEL
    assert [one.p for one in batch.findings.values()] == [8 * 0.5**6] * 8
    assert "slower" not in {one.outcome for one in batch.findings.values()}


def test_false_alarms_of_identical_code_and_finds_of_ten_per_cent() -> None:
    outcomes = {growth: [_outcome(growth, 0.025, seed) for seed in range(60)] for growth in (0.0, 0.10)}
    assert "slower" not in outcomes[0.0]
    assert set(outcomes[0.10]) == {"slower"}


def _outcome(growth: float, spread: float, seed: int) -> str | None:
    test = SlowdownTest([MEDIAN])
    test.run(source(growth, spread, seed)[1])  # type: ignore[arg-type]
    return test.outcome(MEDIAN)


def test_drop_is_half_of_mcnemars_two_sides() -> None:
    before, now = np.ones(500, dtype=bool), np.ones(500, dtype=bool)
    before[:3], now[10:30] = False, False
    found = drop.drop_evidence(before, now)
    assert (found.regressed, found.fixed) == (20, 3)
    assert found.p_drop == pytest.approx(stats.binomtest(20, 23, alternative="greater").pvalue)
    assert found.p_drop == pytest.approx((mcnemar(before, now).value or 0.0) / 2)
    assert found.p_gain == 1.0 and drop.drop_evidence(now, before).p_gain == found.p_drop


def test_smallest_drop_would_fail_and_one_image_less_would_not() -> None:
    images, fixed = 2_000, 5
    smallest = drop.minimum_detectable_drop(images, fixed, max_drop=0.005, level=0.01)
    for regressed, significant in (
        (round(smallest * images) + fixed, True),
        (round(smallest * images) + fixed - 1, False),
    ):
        lost = (regressed - fixed) / images
        p = stats.binomtest(regressed, regressed + fixed, alternative="greater").pvalue
        assert bool(lost > 0.005 and p <= 0.01) == significant


def test_grouped_images_tell_less() -> None:
    rng = np.random.default_rng(6)
    before = np.ones(400, dtype=bool)
    now = np.repeat(rng.random(100) > 0.05, 4)
    groups = np.repeat(np.arange(100), 4)
    together, alone = drop.drop_evidence(before, now, groups), drop.drop_evidence(before, now)
    assert (
        together.p_drop > alone.p_drop
        and together.minimum_detectable_effect > alone.minimum_detectable_effect
    )


def test_auc_drop() -> None:
    rng = np.random.default_rng(7)
    framed = np.arange(600) % 2 == 0
    good = np.where(framed, 0.7, 0.3) + rng.normal(0, 0.15, 600)
    bad = good + rng.normal(0, 0.3, 600)
    found = drop.auc_drop_evidence(framed, good, bad)
    assert found.change.value is not None and found.change.value < -0.02
    assert found.p_drop < 0.001 and found.p_gain == 1.0 and found.regressed is None
    assert drop.auc_drop_evidence(framed, good, good).p_drop == 1.0
