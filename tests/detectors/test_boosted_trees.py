"""Boosted trees: their values, their file, how they are grown."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn.ensemble import GradientBoostingClassifier

from framejudge.detectors.boosted_trees import (
    DEPTH,
    LEAVES,
    SPLITS,
    BoostedTrees,
    Growth,
    from_scikit_learn,
    grow,
    probability,
    read_trees,
    write_trees,
)

NAMES = ("a", "b", "c")

Rows = npt.NDArray[np.float32]


@st.composite
def boosted_trees(draw: st.DrawFn) -> BoostedTrees:
    """Draw trees with values as a file keeps them; some splits are missing."""
    count = draw(st.integers(1, 6))
    split = st.sampled_from([-1.0, -0.5, 0.0, 0.25, 1.0, np.inf])
    leaf = st.integers(-30_000, 30_000).map(lambda value: value / 10_000)
    return BoostedTrees(
        NAMES,
        draw(leaf),
        draw(arrays.arrays(np.intp, (count, SPLITS), elements=st.integers(0, len(NAMES) - 1))),
        draw(arrays.arrays(np.float64, (count, SPLITS), elements=split)).astype(np.float32),
        draw(arrays.arrays(np.float64, (count, LEAVES), elements=leaf)).astype(np.float32),
    )


def _rows(seed: int, count: int = 7) -> Rows:
    return np.random.default_rng(seed).uniform(-1.5, 1.5, (count, len(NAMES))).astype(np.float32)


def _walk(trees: BoostedTrees, row: Rows) -> float:
    """Go through each tree as a reader would, split by split."""
    total = trees.prior
    for features, values, leaves in zip(trees.split_features, trees.split_values, trees.leaves, strict=True):
        node = 0
        for _ in range(DEPTH):
            node = 2 * node + (2 if row[features[node]] > values[node] else 1)
        total += float(leaves[node - SPLITS])
    return total


@given(boosted_trees(), st.integers(0, 1000))
def test_log_odds_add_up_to_what_a_reader_gets_split_by_split(trees: BoostedTrees, seed: int) -> None:
    rows = _rows(seed)
    assert trees.log_odds(rows) == pytest.approx([_walk(trees, row) for row in rows], abs=1e-4)


@given(boosted_trees(), st.floats(0.1, 3), st.floats(-2, 2))
def test_rescaled_trees_give_rescaled_log_odds(trees: BoostedTrees, slope: float, shift: float) -> None:
    rows = _rows(0)
    expected = slope * trees.log_odds(rows) + shift
    assert trees.rescaled(slope, shift).log_odds(rows) == pytest.approx(expected, abs=1e-3)


@given(trees=boosted_trees())
@settings(deadline=None)
def test_what_is_written_is_read_back(trees: BoostedTrees, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("trees") / "trees.json"
    write_trees(file, {"schema": "made up"}, {"model": trees})
    document = json.loads(file.read_text(encoding="utf-8"))
    assert document["schema"] == "made up"
    again = read_trees(document["model"], NAMES)
    rows = _rows(1)
    assert again.prior == trees.prior
    assert (again.log_odds(rows) == trees.log_odds(rows)).all()
    before = file.read_bytes()
    write_trees(file, {"schema": "made up"}, {"model": again})
    assert file.read_bytes() == before, "a second round changes nothing"


@pytest.mark.parametrize("seed", range(3))
def test_log_odds_are_scikit_learn_s_own(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(500, 4)).astype(np.float32)
    target = rows[:, 0] * rows[:, 1] + 0.5 * rng.normal(size=500) > 0.3
    model = GradientBoostingClassifier(
        n_estimators=40, max_depth=DEPTH, min_samples_leaf=60, random_state=seed
    ).fit(rows, target)
    prior = float(np.log(target.mean() / (1 - target.mean())))
    trees = from_scikit_learn(
        ("a", "b", "c", "d"),
        prior,
        [(one.tree_, model.learning_rate * one.tree_.value.reshape(-1)) for (one,) in model.estimators_],
    )
    assert not np.isfinite(trees.split_values).all(), "some splits are missing"
    assert trees.log_odds(rows) == pytest.approx(model.decision_function(rows), abs=1e-4)


def test_grown_trees_learn_what_two_features_say_together() -> None:
    rows = np.random.default_rng(1).normal(size=(2000, 4)).astype(np.float32)
    target = (rows[:, 2] > 0) != (rows[:, 3] > 0)
    names = ("a", "b", "c", "d")
    trees = grow(names, rows[:1000], target[:1000], Growth(150, 0.2, 1.0), seed=0)
    assert trees.leaves.shape == (150, LEAVES)
    assert ((trees.log_odds(rows[1000:]) > 0) == target[1000:]).mean() > 0.95


def test_the_same_seed_grows_the_same_trees_and_too_few_rows_grow_the_prior() -> None:
    rows = _rows(2, 200)
    target = rows[:, 0] > 0.5
    one, two = (grow(NAMES, rows, target, Growth(5, 0.1, 0.5, 5), seed=3) for _ in range(2))
    assert (one.log_odds(rows) == two.log_odds(rows)).all()
    few = grow(NAMES, rows[:16], np.arange(16) < 4, Growth(5, 0.1, 0.5), seed=3)
    assert few.log_odds(rows) == pytest.approx(np.full(200, np.log(4 / 12)), abs=1e-5)


def test_trees_of_the_format_before_are_read() -> None:
    """Rules of canny were nested; those of snapping held the places of their features among its numbers."""
    nested = {"prior": 0.5, "rules": [["b", 0.25, -1.0, ["a", 0.0, 2.0, 3.0]], 0.125]}
    rows = np.array([[1, 0, 0], [-1, 1, 0], [1, 1, 0]], np.float32)
    assert read_trees(nested, NAMES).log_odds(rows).tolist() == [-0.375, 2.625, 3.625]
    missing = 3.4028e38
    values = [0.25, missing, 0.0, missing, missing, missing, missing]
    rule = [[0, 0, 1, 0, 0, 0, 0], values, [-1.0, -1.0, -1.0, -1.0, 2.0, 2.0, 3.0, 3.0]]
    by_place = {"numbers": ["b", "a"], "prior": 0.5, "rules": [rule]}
    assert read_trees(by_place, NAMES).log_odds(rows).tolist() == [-0.5, 2.5, 3.5]


TREE: dict[str, Any] = {"splits": [["a", 0.5]] + [None] * 6, "leaves": [0.0] * 8}


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"splits": [["z", 0.5]] + [None] * 6}, "there is no 'z'"),
        ({"splits": [["a", 0.5]]}, "7 splits and 8 leaves"),
        ({"leaves": [0.0] * 9}, "7 splits and 8 leaves"),
        ({"leaves": [float("nan")] * 8}, "not a finite number"),
        ({"splits": [["a", float("inf")]] + [None] * 6}, "not a finite number"),
    ],
)
def test_malformed_trees_are_refused(change: dict[str, Any], what: str) -> None:
    with pytest.raises(ValueError, match=what):
        read_trees({"prior": 0.0, "trees": [TREE | change]}, NAMES)


@given(st.floats(-1e6, 1e6))
def test_a_probability_lies_between_0_and_1_and_mirrors_at_even_odds(log_odds: float) -> None:
    assert 0 <= probability(log_odds) <= 1
    assert probability(log_odds) + probability(-log_odds) == pytest.approx(1)
