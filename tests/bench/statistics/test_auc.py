"""Areas under the ROC curve: R's pROC, a literal double sum, and the edges."""

import numpy as np
import pytest
from auc_bootstrap import Urn, auc_bootstrap, auc_difference_bootstrap
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import roc_auc_score

from framejudge.bench.statistics.auc import auc, delong
from framejudge.bench.statistics.paired import auc_difference

# The WFNS grades 1 to 5 of the 113 patients of pROC's aSAH data (Turck et al. 2010), by outcome.
WFNS_GOOD, WFNS_POOR = [37, 20, 3, 8, 4], [2, 12, 1, 8, 18]
WFNS = np.concatenate([np.repeat(np.arange(1.0, 6), grades) for grades in (WFNS_GOOD, WFNS_POOR)])
POOR = np.repeat([False, True], [72, 41])


def normal_scores(n: int, apart: float, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    labels = np.arange(n) % 2 == 0
    return labels, random.standard_normal(n) + apart * labels


def kernel(framed: np.ndarray, plain: np.ndarray) -> np.ndarray:
    return (framed[:, None] > plain) + 0.5 * (framed[:, None] == plain)


def literal_covariance(labels: np.ndarray, scores: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Obuchowski's formulas (1997, p. 569), term by term; with one image a group they are DeLong's."""
    kernels = [kernel(row[labels], row[~labels]) for row in scores]
    m, n = kernels[0].shape
    everyone, with_framed, with_plain = (
        np.unique(rows) for rows in (groups, groups[labels], groups[~labels])
    )

    def sums(k: int, group: int) -> tuple[float, float]:
        ours, theirs, area = groups[labels] == group, groups[~labels] == group, kernels[k].mean()
        return (
            (kernels[k].mean(axis=1)[ours] - area).sum(),
            (kernels[k].mean(axis=0)[theirs] - area).sum(),
        )

    covariance = np.zeros((len(scores), len(scores)))
    for r in range(len(scores)):
        for s in range(len(scores)):
            pairs = [(sums(r, group), sums(s, group)) for group in everyone]
            s10 = sum(a[0] * b[0] for a, b in pairs) * len(with_framed) / ((len(with_framed) - 1) * m)
            s01 = sum(a[1] * b[1] for a, b in pairs) * len(with_plain) / ((len(with_plain) - 1) * n)
            s11 = sum(a[0] * b[1] + a[1] * b[0] for a, b in pairs) * len(everyone) / (len(everyone) - 1)
            covariance[r, s] = s10 / m + s01 / n + s11 / (m * n)
    return covariance


def test_area_and_variance_are_those_of_proc():
    """The values of pROC's own tests: auc(r.wfns) and var(r.wfns)."""
    result = delong(POOR, WFNS[None, :])
    assert result.aucs[0] == pytest.approx(0.823678861788618, rel=1e-14)
    assert result.covariance[0, 0] == pytest.approx(0.00146991470882363, rel=1e-13)


def test_areas_are_those_of_scikit_learn():
    labels, scores = normal_scores(501, 1.0)
    rounded = np.round(scores, 1)
    result = delong(labels, np.stack([scores, rounded]))
    assert result.aucs == pytest.approx([roc_auc_score(labels, row) for row in (scores, rounded)])


@pytest.mark.parametrize("layout", ["independent", "both classes", "one class"])
def test_covariances_are_the_literal_sums(layout):
    labels, scores = normal_scores(80, 1.2)
    scores = np.stack([scores, np.round(scores + normal_scores(80, 0.0, seed=2)[1], 1)])
    groups = np.arange(80)
    if layout == "both classes":
        groups = groups // 3
    elif layout == "one class":
        groups = groups % 2 + 2 * (groups // 10)
    expected = literal_covariance(labels, scores, groups)
    np.testing.assert_allclose(delong(labels, scores, groups).covariance, expected, rtol=1e-12)


def test_the_interval_lies_on_the_logit_scale():
    labels, scores = normal_scores(200, 2.0)
    interval = auc(labels, scores)
    low, value, high = (np.log(p / (1 - p)) for p in (interval.low, interval.value, interval.high))
    assert value - low == pytest.approx(high - value)
    assert (interval.n, interval.method) == (200, "delong-logit")


def test_repeated_images_do_not_make_the_area_surer():
    labels, scores = normal_scores(200, 2.0)
    once = auc(labels, scores)
    four_times = auc(np.repeat(labels, 4), np.repeat(scores, 4), np.repeat(np.arange(200), 4))
    assert four_times.value == pytest.approx(once.value)
    assert four_times.low == pytest.approx(once.low, abs=1e-3)
    assert (four_times.n, four_times.method) == (200, "clustered-delong-logit")


@pytest.mark.parametrize(("sign", "value"), [(1, 1.0), (-1, 0.0)])
def test_classes_that_do_not_overlap_are_bounded_on_one_side(sign, value):
    labels = np.arange(90) < 40
    interval = auc(labels, sign * labels.astype(float))
    bound = 0.05 ** (1 / 40)
    expected = (bound, 1) if value else (0, 1 - bound)
    assert (interval.low, interval.high) == pytest.approx(expected)
    assert (interval.value, interval.method) == (value, "separated-one-sided")


def test_groups_of_both_classes_give_fewer_independent_pairs():
    labels = np.tile([True, False], 20)
    interval = auc(labels, labels.astype(float), np.arange(40) // 2)
    assert interval.low == pytest.approx(0.05 ** (1 / 10))  # 20 groups: 10 pairs of two groups


@pytest.mark.parametrize(
    ("labels", "scores", "groups", "value", "reason"),
    [
        ([True, True], [0.1, 0.2], None, None, "needs images of both classes"),
        (
            [True, False, False],
            [0.2, 0.1, 0.3],
            None,
            0.5,
            "an interval needs at least two images of each class",
        ),
        ([True, True, False, False], [1, 3, 2, 4], [0, 0, 1, 2], 0.25, "at least two groups of each class"),
        ([True, True, False, False], [1, 1, 1, 1], None, 0.5, "the scores do not vary within the classes"),
        ([True, True, False, False], [3, 4, 1, 2], [0, 0, 0, 0], 1.0, "all images are of one group"),
    ],
)
def test_what_the_data_cannot_support_is_null_with_a_reason(labels, scores, groups, value, reason):
    interval = auc(np.array(labels), np.array(scores, dtype=float), groups)
    assert (interval.value, interval.low, interval.high) == (value, None, None)
    assert reason in interval.reason


score_lists = st.lists(st.integers(0, 12), min_size=24, max_size=24)
label_lists = st.lists(st.booleans(), min_size=24, max_size=24)
group_lists = st.none() | st.lists(st.integers(0, 8), min_size=24, max_size=24)


@given(labels=label_lists, scores=score_lists, groups=group_lists)
def test_an_area_mirrors_and_ignores_the_scale(labels, scores, groups):
    labels, scores = np.array(labels), np.array(scores, dtype=float)
    interval = auc(labels, scores, groups)
    mirrored, stretched = auc(labels, -scores, groups), auc(labels, np.exp(scores), groups)
    if interval.low is None:
        assert interval.reason
        assert mirrored.low is None
    assume(interval.low is not None)  # Hypothesis fails where hardly any example has an interval
    assert 0 <= interval.low <= interval.value <= interval.high <= 1
    assert (mirrored.low, mirrored.high) == pytest.approx((1 - interval.high, 1 - interval.low), abs=1e-9)
    assert tuple(stretched.ends) == pytest.approx(tuple(interval.ends))


# Differences


def test_a_difference_is_signed_and_paired():
    labels, scores = normal_scores(400, 2.0)
    worse = scores + 0.5 * normal_scores(400, 0.0, seed=3)[1]
    paired = auc_difference(labels, scores, worse)
    assert paired.value == pytest.approx(roc_auc_score(labels, scores) - roc_auc_score(labels, worse))
    assert paired.low > 0
    turned = auc_difference(labels, worse, scores)
    assert tuple(turned.ends) == pytest.approx((-paired.value, -paired.high, -paired.low))
    # Unpaired, the two intervals would hide the difference.
    assert auc(labels, worse).high > auc(labels, scores).low


def test_a_difference_is_as_wide_as_the_paired_variance_says():
    labels, scores = normal_scores(4000, 1.0)
    other = scores + normal_scores(4000, 0.0, seed=3)[1]
    interval = auc_difference(labels, scores, other)
    (a, both), (_, b) = delong(labels, np.stack([scores, other])).covariance
    assert (interval.high - interval.low) / 2 == pytest.approx(1.96 * np.sqrt(a + b - 2 * both), rel=0.01)


def test_a_difference_from_a_perfect_detector_has_an_interval():
    labels, scores = normal_scores(200, 1.0)
    interval = auc_difference(labels, labels.astype(float), scores)
    assert interval.low < interval.value < interval.high


@pytest.mark.parametrize(
    ("scores_b", "reason"),
    [
        ([1, 3, 2, 4], "both put the images into the same order"),
        ([1, 1, 1, 1], "do not vary within the classes"),
    ],
)
def test_a_difference_that_the_data_cannot_support_is_null(scores_b, reason):
    labels, scores = np.array([True, True, False, False]), np.array([1.0, 3, 2, 4])
    interval = auc_difference(labels, scores, np.array(scores_b, dtype=float))
    assert (interval.low, interval.high) == (None, None)
    assert reason in interval.reason
    assert auc_difference(labels | True, scores, scores).reason == "needs images of both classes"


# The bootstrap


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("grouped", [False, True])
def test_each_draw_is_the_area_of_the_drawn_set(ties, grouped):
    labels, scores = normal_scores(60, 1.0)
    scores = np.round(scores) if ties else scores
    groups = np.arange(60) // 3 if grouped else None
    codes = np.arange(60) if groups is None else groups
    drawn = auc_bootstrap(labels, scores[None, :], groups, draws=11, seed=5)
    urn = Urn.of(int(codes.max()) + 1)
    expected = []
    for seed, draws in zip(np.random.SeedSequence(5).spawn(2), (8, 3), strict=True):
        random = np.random.Generator(np.random.SFC64(seed))
        counts = (urn.draw(random)[codes] for _ in range(draws))
        expected += [roc_auc_score(labels, scores, sample_weight=count) for count in counts]
    np.testing.assert_allclose(drawn[:, 0], expected)


@pytest.mark.parametrize("units", [1, 2, 20, 400])
def test_units_are_drawn_with_replacement(units):
    random, urn = np.random.default_rng(2), Urn.of(units)
    counts = np.array([urn.draw(random) for _ in range(4000)])
    assert (counts.sum(axis=1) == units).all()
    share = 1 / units
    seen = np.bincount(counts[:, 0], minlength=5)[:5] / 4000
    np.testing.assert_allclose(seen, stats.binom.pmf(np.arange(5), units, share), atol=0.03)
    if units > 1:
        covariance = np.cov(counts[:, 0], counts[:, 1])
        expected = [[units * share * (1 - share), -share], [-share, units * share * (1 - share)]]
        np.testing.assert_allclose(covariance, expected, atol=0.1)


def test_the_draws_depend_on_the_seed_alone():
    labels, scores = normal_scores(60, 1.0)
    once = auc_bootstrap(labels, scores[None, :], draws=50, seed=1, threads=1)
    np.testing.assert_array_equal(once, auc_bootstrap(labels, scores[None, :], draws=50, seed=1, threads=3))
    assert not np.array_equal(once, auc_bootstrap(labels, scores[None, :], draws=50, seed=2))


@pytest.mark.parametrize("grouped", [False, True])
def test_the_bootstrap_agrees_with_delong_on_a_large_set(grouped):
    labels, scores = normal_scores(4000, 1.5)
    other = scores + normal_scores(4000, 0.0, seed=3)[1]
    groups = np.arange(4000) // 4 if grouped else None
    bootstrap = auc_difference_bootstrap(labels, scores, other, groups, draws=2000, seed=1)
    exact = auc_difference(labels, scores, other, groups)
    assert bootstrap.value == pytest.approx(exact.value)
    assert bootstrap.high - bootstrap.low == pytest.approx(exact.high - exact.low, rel=0.1)
    assert bootstrap.method == ("group-bootstrap" if grouped else "bootstrap")
    assert bootstrap.n == exact.n


def test_draws_with_one_class_only_are_left_out():
    labels = np.arange(20) < 1
    drawn = auc_bootstrap(labels, labels.astype(float)[None, :], draws=200, seed=1)
    assert 40 < np.isnan(drawn).sum() < 110  # (1 - 1/20) ** 20 = 0.36 of 200
    assert np.nanmin(drawn) == 1
    assert auc_difference_bootstrap(labels & False, WFNS[:20], WFNS[:20], seed=1).value is None
