"""Evidence that a slice is weaker than the rest, corrected for looking at many."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special, stats

from framejudge.bench.statistics import weakest
from framejudge.bench.statistics.weakest import slice_evidence

SLICES_OF_AN_ATTRIBUTE = 6


def draw_slices(random: np.random.Generator, n: int, attributes: int = 5) -> np.ndarray:
    """Thirty slices: the values of five attributes; the first value of the first has 5 % of the images."""
    members = []
    for attribute in range(attributes):
        shares = np.full(SLICES_OF_AN_ATTRIBUTE, 1 / SLICES_OF_AN_ATTRIBUTE)
        if attribute == 0:
            shares = np.array([0.05, *[0.95 / 5] * 5])
        values = random.choice(SLICES_OF_AN_ATTRIBUTE, size=n, p=shares)
        members += [values == value for value in range(SLICES_OF_AN_ATTRIBUTE)]
    return np.array(members)


@pytest.mark.parametrize("seed", range(4))
def test_a_planted_weak_slice_is_the_weakest(seed: int) -> None:
    random = np.random.default_rng(seed)
    members = draw_slices(random, 2000)
    framed = random.random(2000) < 0.5
    wrong = random.random(2000) < np.where(members[0], 0.22, 0.04)
    evidence = slice_evidence(wrong, framed, members, draws=500)
    assert evidence.strength.argmax() == 0
    assert evidence.p_values[0] < 0.01
    assert (evidence.p_values[1:] > 0.01).all()


def test_one_slice_alone_has_the_p_value_of_fishers_exact_test() -> None:
    random = np.random.default_rng(3)
    inside = np.arange(300) < 60
    wrong = random.random(300) < np.where(inside, 0.2, 0.12)
    evidence = slice_evidence(wrong, np.ones(300, dtype=bool), inside[None, :], draws=20_000)
    table = [
        [np.sum(wrong & inside), np.sum(~wrong & inside)],
        [np.sum(wrong & ~inside), np.sum(~wrong & ~inside)],
    ]
    expected = stats.fisher_exact(table, alternative="greater").pvalue
    assert np.exp(-evidence.strength[0]) == pytest.approx(expected)
    assert evidence.p_values[0] == pytest.approx(expected, abs=0.01)


def test_a_slice_that_only_holds_the_harder_class_is_not_weak() -> None:
    random = np.random.default_rng(5)
    framed = np.arange(2000) < 1000
    wrong = random.random(2000) < np.where(framed, 0.2, 0.02)
    half_of_the_framed = framed & (random.random(2000) < 0.5)
    evidence = slice_evidence(wrong, framed, half_of_the_framed[None, :], draws=500)
    assert evidence.p_values[0] > 0.05


def false_findings(grouped: bool, *, sets: int, in_group: int = 4) -> int:
    """Count sets without any weak slice in which one is found; mistakes of a group come together."""
    found = 0
    for seed in range(sets):
        random = np.random.default_rng([seed, grouped])
        n = 400
        groups = np.arange(n) // in_group
        # Attributes of the photo: all images of a group are in the same slices, as hard as it gets.
        members = draw_slices(random, n // in_group)[:, groups]
        hardness = np.sqrt(0.6) * random.standard_normal(n // in_group)[groups]
        wrong = special.ndtr(hardness + np.sqrt(0.4) * random.standard_normal(n)) < 0.1
        framed = random.random(n // in_group)[groups] < 0.5
        evidence = slice_evidence(wrong, framed, members, groups if grouped else None, draws=200)
        found += bool(evidence.p_values.min() < 0.05)
    return found


def test_groups_whose_mistakes_come_together_make_no_weak_slice() -> None:
    with_groups, without = false_findings(True, sets=60), false_findings(False, sets=60)
    assert with_groups <= stats.binom.ppf(0.999, 60, 0.05)
    assert without > 2 * with_groups


def test_groups_of_any_make_up_deal_within_their_class() -> None:
    random = np.random.default_rng(9)
    groups = random.integers(0, 60, 300)
    framed = random.random(300) < 0.3
    wrong = framed & (random.random(300) < 0.5)  # no mistake on a plain image, in any deal
    members = np.stack([~framed, framed])
    evidence = slice_evidence(wrong, framed, members, groups, draws=300)
    assert evidence.p_values[0] == 1.0
    assert evidence.strength[0] == pytest.approx(0.0)


def test_without_a_mistake_no_slice_has_evidence() -> None:
    members = np.stack([np.arange(40) < 20, np.arange(40) >= 20])
    none = slice_evidence(np.zeros(40, dtype=bool), np.arange(40) % 2 == 0, members, draws=50)
    assert none.p_values.tolist() == [1.0, 1.0] and none.strength.tolist() == [0.0, 0.0]


def test_the_seed_decides() -> None:
    random = np.random.default_rng(1)
    members, wrong = draw_slices(random, 300), random.random(300) < 0.1
    first, again, other = (
        slice_evidence(wrong, np.ones(300, dtype=bool), members, draws=100, seed=seed) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first.p_values, again.p_values)
    assert (first.p_values != other.p_values).any()


@pytest.mark.parametrize(
    ("total", "mistakes", "size"), [(2000, 150, 100), (300, 280, 60), (20, 20, 5), (9, 0, 4)]
)
def test_the_strength_is_the_hypergeometric_tail(total: int, mistakes: int, size: int) -> None:
    inside, wrong = np.arange(total) < size, np.arange(total) >= total - mistakes
    wrong[: min(mistakes, size) // 2] |= True
    seen, all_wrong = int((inside & wrong).sum()), int(wrong.sum())
    evidence = slice_evidence(wrong, np.ones(total, dtype=bool), inside[None, :], draws=10)
    tail = stats.hypergeom.sf(seen - 1, total, all_wrong, size)
    assert np.exp(-evidence.strength[0]) == pytest.approx(tail, rel=1e-8)


def _moved_one_by_one(wrong: np.ndarray, framed: np.ndarray, members: np.ndarray, draws: int) -> np.ndarray:
    """Return the p-values of the test as its definition has it: every mistake moved within its class."""
    random = np.random.default_rng(0)

    def strengths(mistaken: np.ndarray) -> np.ndarray:
        return np.array([-np.log(_chance(mistaken, framed, inner)) for inner in members])

    def moved() -> np.ndarray:
        mistaken = wrong.copy()
        for of_class in (framed, ~framed):
            mistaken[of_class] = random.permutation(wrong[of_class])
        return mistaken

    observed = strengths(wrong)
    strongest = np.array([strengths(moved()).max() for _ in range(draws)])
    return np.array([(1 + np.sum(strongest >= one - 1e-9)) / (1 + draws) for one in observed])


def _chance(wrong: np.ndarray, framed: np.ndarray, inner: np.ndarray) -> float:
    chances = np.ones(1)
    for of_class in (framed, ~framed):
        size, mistakes = int((inner & of_class).sum()), int((wrong & of_class).sum())
        own = stats.hypergeom.pmf(np.arange(size + 1), int(of_class.sum()), mistakes, size)
        chances = np.convolve(chances, own)
    return float(chances[int((wrong & inner).sum()) :].sum())


def test_mistakes_drawn_by_kind_and_moved_one_by_one_give_the_same_p_values() -> None:
    random = np.random.default_rng(12)
    framed = random.random(400) < 0.4
    members = np.array([np.arange(400) < 60, np.arange(400) % 3 == 0, random.random(400) < 0.3])
    wrong = random.random(400) < np.where(members[0], 0.25, 0.15)
    expected = _moved_one_by_one(wrong, framed, members, 600)
    assert slice_evidence(wrong, framed, members, draws=4000).p_values == pytest.approx(expected, abs=0.06)


def test_many_slices_are_told_apart() -> None:
    random = np.random.default_rng(13)
    members = random.random((70, 500)) < 0.5
    kinds = weakest._kinds_of(members)
    np.testing.assert_array_equal(kinds.members[kinds.of_image].T, members)
    images = random.choice(500, 40, replace=False)
    np.testing.assert_array_equal(kinds.counts(images), members[:, images].sum(axis=1))


def test_beyond_exact_convolution_the_tail_is_nearly_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(14)
    members = draw_slices(random, 20_000)
    framed = random.random(20_000) < 0.5
    wrong = random.random(20_000) < np.where(members[0], 0.14, 0.10)
    exact = slice_evidence(wrong, framed, members, draws=300)
    monkeypatch.setattr(weakest, "MOST_PRODUCTS", 0)
    normal = slice_evidence(wrong, framed, members, draws=300)
    np.testing.assert_allclose(normal.strength, exact.strength, rtol=0.1, atol=0.02)
    np.testing.assert_allclose(normal.p_values, exact.p_values, atol=0.02)


def test_a_chance_too_small_for_a_float_still_tells_slices_apart() -> None:
    wrong = np.zeros(20_000, dtype=bool)
    wrong[:3000] = True
    members = np.array([np.arange(20_000) < 3000, np.arange(20_000) < 3600])
    strength = slice_evidence(wrong, np.ones(20_000, dtype=bool), members, draws=20).strength
    assert strength[0] > strength[1] > 700


def test_with_very_many_mistakes_in_groups_fewer_permutations_are_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    random = np.random.default_rng(15)
    members = draw_slices(random, 2000)
    wrong = random.random(2000) < np.where(members[0], 0.5, 0.1)
    monkeypatch.setattr(weakest, "MOST_MOVES", 1000)
    monkeypatch.setattr(weakest, "FEWEST_DRAWS", 99)
    evidence = slice_evidence(wrong, np.ones(2000, dtype=bool), members, np.arange(2000) // 2)
    assert evidence.p_values[0] == 1 / 100
