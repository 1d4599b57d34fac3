"""Cohen's kappa against published figures and statsmodels, and what its interval covers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa as of_statsmodels

from framejudge.datasets.review.agreement import _clustered_variance, agreements, cohens_kappa, in_words
from framejudge.datasets.review.decisions import Intent, Journal


def singles(table: list[list[int]]) -> np.ndarray:
    """One group for each image of a table of counts."""
    counts = np.array(table)
    cells = [(i, j) for i, j in np.ndindex(counts.shape) for _ in range(counts[i, j])]
    tables = np.zeros((len(cells), *counts.shape))
    for group, cell in enumerate(cells):
        tables[group][cell] = 1
    return tables


PUBLISHED = [
    # Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions (3rd ed.), table 18.1: kappa 0.68.
    ([[75, 1, 4], [5, 4, 1], [0, 0, 10]], 0.676),
    # Cohen, Weighted kappa, Psychological Bulletin 70, 1968, table 1: unweighted kappa 0.492.
    ([[88, 10, 2], [14, 40, 6], [18, 10, 12]], 0.492),
    # Two readers of 50 grant proposals, the usual textbook table: kappa 0.4.
    ([[20, 5, 0], [10, 15, 0], [0, 0, 0]], 0.4),
]


@pytest.mark.parametrize(("table", "kappa"), PUBLISHED)
def test_published_tables(table: list[list[int]], kappa: float) -> None:
    found = cohens_kappa(singles(table))
    assert found.value == pytest.approx(kappa, abs=5e-4)
    assert found.value == pytest.approx(of_statsmodels(np.array(table)).kappa)
    assert found.low is not None and found.high is not None and found.value is not None
    assert found.low < found.value < found.high


@given(st.lists(st.lists(st.integers(1, 30), min_size=3, max_size=3), min_size=3, max_size=3))
def test_without_groups_the_variance_is_that_of_fleiss(table: list[list[int]]) -> None:
    tables = singles(table)
    shares = np.array(table) / np.sum(table)
    first, second = shares.sum(axis=1), shares.sum(axis=0)
    variance = _clustered_variance(tables, first, second, float(np.trace(shares)), float(first @ second))
    assert variance == pytest.approx(of_statsmodels(np.array(table)).var_kappa)


def test_perfect_agreement_is_not_certain() -> None:
    few, many = cohens_kappa(singles([[5, 0], [0, 5]])), cohens_kappa(singles([[50, 0], [0, 50]]))
    assert few.value == many.value == few.high == 1
    assert few.low is not None and many.low is not None
    assert 0 < few.low < many.low < 1


def test_one_class_gives_no_kappa() -> None:
    found = cohens_kappa(singles([[10, 0], [0, 0]]))
    assert (found.value, found.low, found.high) == (None, None, None)
    assert "same class" in found.reason
    assert found.observed == 1


def test_copies_of_an_image_teach_nothing() -> None:
    """Each image cut four times from one photo and judged the same: the interval of the photos alone."""
    tables = singles([[40, 10], [5, 45]])
    apart, copied = cohens_kappa(tables), cohens_kappa(tables * 4)
    assert copied.value == pytest.approx(apart.value)
    assert (copied.low, copied.high) == pytest.approx((apart.low, apart.high))
    assert (copied.images, copied.groups) == (400, 100)
    assert "clustered" in copied.method and "clustered" not in apart.method


@given(st.lists(st.lists(st.integers(0, 6), min_size=4, max_size=4), min_size=1, max_size=12))
def test_the_interval_stays_in_its_range(groups: list[list[int]]) -> None:
    tables = np.array([group for group in groups if sum(group)] or [[1, 0, 0, 1]], float).reshape(-1, 2, 2)
    found = cohens_kappa(tables)
    assume(found.value is not None)
    assert found.low is not None and found.high is not None
    assert -1 <= found.low <= found.value + 1e-9
    assert found.value - 1e-9 <= found.high <= 1 + 1e-9


@pytest.mark.parametrize(
    ("images", "kappa", "framed"), [(50, 0.6, 0.5), (100, 0.9, 0.5), (100, 0.9, 0.2), (300, 0.97, 0.4)]
)
def test_the_interval_covers(images: int, kappa: float, framed: float) -> None:
    rng = np.random.default_rng(7)
    chance = np.outer([framed, 1 - framed], [framed, 1 - framed])
    truth = kappa * np.diag([framed, 1 - framed]) + (1 - kappa) * chance
    drawn = rng.multinomial(images, truth.ravel(), size=400)
    found = [cohens_kappa(singles(table.reshape(2, 2).tolist())) for table in drawn]
    covered = [x.low <= kappa <= x.high for x in found if x.low is not None and x.high is not None]
    assert 0.92 <= np.mean(covered) <= 0.985


def test_reviewers_are_compared_over_what_both_judged(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "review.jsonl")
    journal.record("ann", [Intent(f"{n}.jpg", "framed" if n < 4 else "plain", 0) for n in range(8)])
    journal.record("bob", [Intent(f"{n}.jpg", "framed" if n < 3 else "plain", 0) for n in range(6)])
    journal.record("bob", [Intent("gone.jpg", "framed", 0)])
    journal.record("ann", [Intent("gone.jpg", "plain", 0)])
    journal.record("cy", [Intent("7.jpg", "unsure", 0)])
    groups = {f"{n}.jpg": f"photo-{n // 2}" for n in range(8)}
    pairs = {(found.first, found.second): found for found in agreements(journal.standing(), groups)}
    assert set(pairs) == {("ann", "bob"), ("ann", "cy")}
    both = pairs["ann", "bob"]
    assert both.table == ((3, 1, 0), (0, 2, 0), (0, 0, 0))
    assert (both.kappa.images, both.kappa.groups) == (6, 3)
    text = "\n".join(in_words(both))
    assert "Cohen's kappa 0.667 (95 % interval" in text
    assert "6 images judged by both (from 3 source photos)" in text
