"""Gradient-boosted trees: grown by scikit-learn, kept as arrays, evaluated by numpy, stored as JSON.

Growing needs scikit-learn; reading and evaluating do not.

References
----------
.. [1] J. H. Friedman, "Greedy function approximation: a gradient boosting machine", Annals of Statistics
   29(5), 2001.
.. [2] J. H. Friedman, T. Hastie, R. Tibshirani, "Additive logistic regression: a statistical view of
   boosting", Annals of Statistics 28(2), 2000.
.. [3] P. Geurts, D. Ernst, L. Wehenkel, "Extremely randomized trees", Machine Learning 63(1), 2006.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from framejudge.datasets.atomic_file import replace_text

if TYPE_CHECKING:
    from sklearn.tree._tree import Tree

Floats: TypeAlias = npt.NDArray[np.float32]
Bools: TypeAlias = npt.NDArray[np.bool_]
Ints: TypeAlias = npt.NDArray[np.intp]

DEPTH = 3
SPLITS, LEAVES = 2**DEPTH - 1, 2**DEPTH

LEAST_LEAF_ROWS = 20
_LEAST_CURVATURE = 1e-6


class Growth(NamedTuple):
    """How trees are grown.

    Attributes
    ----------
    trees
        How many.
    learning_rate
        How much of its leaves each tree keeps.
    feature_share
        Share of the features, drawn anew for each split, that it may use.
    shrinkage
        Rows' worth of doubt that pulls each leaf towards 0 (the L2 penalty of a leaf).
    """

    trees: int
    learning_rate: float
    feature_share: float
    shrinkage: float = 0.0


@dataclass(frozen=True)
class BoostedTrees:
    """Log-odds = ``prior`` + one leaf of each tree.

    Every tree has three levels of splits. Split 0 comes first; after split k comes split 2 k + 1, or 2 k + 2
    where the feature exceeds the split's value. The leaves follow in the same order. A split that a tree does
    without has the value infinity.

    Attributes
    ----------
    features
        Names of the columns that the trees are evaluated on.
    prior
        Log-odds before any tree.
    split_features
        Which feature each split is on, (trees, 7).
    split_values
        What the feature must exceed, float32, (trees, 7).
    leaves
        Log-odds, float32, (trees, 8).
    """

    features: tuple[str, ...]
    prior: float
    split_features: Ints
    split_values: Floats
    leaves: Floats

    def log_odds(self, rows: Floats) -> Floats:
        """Return the natural-logarithm odds of each row, float32, (rows,).

        Parameters
        ----------
        rows
            The features, float32, (rows, features).
        """
        feature, value, leaves, first_leaf = self._tables
        exceeds = rows.T.take(feature, axis=0) > value  # (7, trees, rows)
        first = exceeds[0]
        second = _either(first, exceeds[2], exceeds[1])
        third = _either(
            first, _either(second, exceeds[6], exceeds[5]), _either(second, exceeds[4], exceeds[3])
        )
        path = first.view(np.uint8) << 2 | second.view(np.uint8) << 1 | third.view(np.uint8)
        total: Floats = leaves.take(first_leaf + path).sum(axis=0) + np.float32(self.prior)
        return total

    def rescaled(self, slope: float, shift: float) -> BoostedTrees:
        """Return trees whose log-odds are ``slope`` times these, plus ``shift``: Platt scaling folded in."""
        prior, leaves = slope * self.prior + shift, np.float32(slope) * self.leaves
        return BoostedTrees(self.features, prior, self.split_features, self.split_values, leaves)

    @cached_property
    def _tables(self) -> tuple[Ints, Floats, Floats, Ints]:
        """The arrays as `log_odds` reads them fastest: by split, leaves in one row, each tree's first."""
        return (
            np.ascontiguousarray(self.split_features.T),
            np.ascontiguousarray(self.split_values.T)[:, :, None],
            self.leaves.reshape(-1),
            LEAVES * np.arange(len(self.leaves))[:, None],
        )


def grow(features: Sequence[str], rows: Floats, target: Bools, growth: Growth, *, seed: int) -> BoostedTrees:
    """Grow trees by gradient boosting on the log-loss, with splits at random values of random features.

    Each tree is a regression on the Newton steps of LogitBoost [2]_. The best of a few random splits [3]_
    costs no sorting, and generalises as well as the best of all splits.

    Parameters
    ----------
    features
        Names of the columns.
    rows
        Shape (rows, features).
    target
        What the log-odds are of, (rows,); both values must occur.
    """
    from sklearn.tree import DecisionTreeRegressor

    random = np.random.default_rng(seed)
    share = float(target.mean())
    prior = math.log(share / (1 - share))
    log_odds = np.full(len(target), prior)
    grown = []
    for _ in range(growth.trees):
        probability = 1 / (1 + np.exp(-log_odds))
        gradient = target - probability
        curvature = np.maximum(probability * (1 - probability), _LEAST_CURVATURE)
        tree = DecisionTreeRegressor(
            splitter="random",
            max_depth=DEPTH,
            max_features=growth.feature_share,
            min_samples_leaf=LEAST_LEAF_ROWS,
            random_state=int(random.integers(2**31)),
        ).fit(rows, gradient / curvature, sample_weight=curvature)
        leaf = tree.apply(rows)
        steps = np.bincount(leaf, gradient) / (
            np.bincount(leaf, curvature) + growth.shrinkage + _LEAST_CURVATURE
        )
        log_odds += growth.learning_rate * steps[leaf]
        grown.append((tree.tree_, growth.learning_rate * steps))
    return from_scikit_learn(features, prior, grown)


def from_scikit_learn(
    features: Sequence[str], prior: float, trees: Iterable[tuple[Tree, npt.NDArray[np.float64]]]
) -> BoostedTrees:
    """Return boosted trees of scikit-learn's ``tree_`` objects, each with the log-odds of its nodes."""
    complete = [_complete(tree, log_odds) for tree, log_odds in trees]
    split_features, split_values, leaves = (np.array(part) for part in zip(*complete, strict=True))
    return BoostedTrees(
        tuple(features),
        prior,
        split_features.astype(np.intp),
        split_values.astype(np.float32),
        leaves.astype(np.float32),
    )


def _complete(tree: Tree, log_odds: npt.NDArray[np.float64]) -> tuple[list[int], list[float], list[float]]:
    """Return a tree's splits and leaves in the order of `BoostedTrees`."""
    level, features, values = [0], [], []
    for _ in range(DEPTH):
        following = []
        for node in level:
            is_leaf = tree.children_left[node] < 0
            features.append(0 if is_leaf else int(tree.feature[node]))
            values.append(math.inf if is_leaf else float(tree.threshold[node]))
            following += [node, node] if is_leaf else [tree.children_left[node], tree.children_right[node]]
        level = following
    return features, values, [float(log_odds[node]) for node in level]


def write_trees(path: Path, head: Mapping[str, Any], models: Mapping[str, BoostedTrees]) -> None:
    """Write a JSON file of what ``head`` holds and each of the models by its name, a tree on a line.

    Raises
    ------
    InputError
        When the disk is full or the folder cannot be written.
    """
    parts = [json.dumps(dict(head), indent=1)[:-2]]
    for name, model in models.items():
        trees = ",\n".join(f"   {json.dumps(tree)}" for tree in _documents(model))
        parts.append(f' "{name}": {{\n  "prior": {round(model.prior, 4)},\n  "trees": [\n{trees}\n  ]\n }}')
    replace_text(path, ",\n".join(parts) + "\n}\n")


def _documents(model: BoostedTrees) -> list[dict[str, Any]]:
    return [
        {
            "splits": [
                [model.features[k], float(f"{value:.5g}")] if math.isfinite(value) else None
                for k, value in zip(features.tolist(), values.tolist(), strict=True)
            ],
            "leaves": [round(leaf, 4) for leaf in leaves.tolist()],
        }
        for features, values, leaves in zip(
            model.split_features, model.split_values, model.leaves, strict=True
        )
    ]


def read_trees(document: Mapping[str, Any], features: Sequence[str]) -> BoostedTrees:
    """Return the trees of a part that `write_trees` wrote, or that stands in a file of the format before.

    Parameters
    ----------
    features
        Names of the columns that the trees will be evaluated on.

    Raises
    ------
    KeyError, TypeError, ValueError
        When the document is malformed, or was fitted for other features.
    """
    trees = document["trees"] if "trees" in document else _trees_of_rules(document)
    columns = {name: column for column, name in enumerate(features)}
    split_features, split_values, leaves = [], [], []
    for tree in trees:
        splits = [split or (features[0], None) for split in tree["splits"]]
        if unknown := sorted({name for name, _ in splits} - columns.keys()):
            raise ValueError(f"fitted for other features: there is no {unknown[0]!r}")
        if len(splits) != SPLITS or len(tree["leaves"]) != LEAVES:
            raise ValueError(f"a tree has not {SPLITS} splits and {LEAVES} leaves")
        split_features.append([columns[name] for name, _ in splits])
        split_values.append([math.inf if value is None else _finite(value) for _, value in splits])
        leaves.append([_finite(leaf) for leaf in tree["leaves"]])
    return BoostedTrees(
        tuple(features),
        _finite(document["prior"]),
        np.array(split_features, np.intp).reshape(-1, SPLITS),
        np.array(split_values, np.float32).reshape(-1, SPLITS),
        np.array(leaves, np.float32).reshape(-1, LEAVES),
    )


def _trees_of_rules(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the trees of a file that called them rules, their features numbers and their splits questions.

    A rule of canny was ``[feature, value, rule at most, rule above]`` or a leaf; one of snapping held the
    places of its features among ``numbers``, the values and the leaves.
    """
    if names := document.get("numbers"):
        return [
            {
                "splits": [
                    [names[k], value] if value < _NO_SPLIT else None
                    for k, value in zip(places, values, strict=True)
                ],
                "leaves": leaves,
            }
            for places, values, leaves in document["rules"]
        ]
    trees = []
    for rule in document["rules"]:
        level, splits = [rule], []
        for _ in range(DEPTH):
            splits += [node[:2] if isinstance(node, list) else None for node in level]
            level = [
                branch for node in level for branch in (node[2:] if isinstance(node, list) else (node, node))
            ]
        trees.append({"splits": splits, "leaves": level})
    return trees


_NO_SPLIT = 3e38  # files of the format before wrote float32's maximum instead of null


def _finite(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{value!r} is not a finite number")
    return number


def _either(condition: Bools, if_true: Bools, if_false: Bools) -> Bools:
    """Choose elementwise: `numpy.where` takes several times as long on truth values."""
    return if_false ^ (condition & (if_true ^ if_false))


def probability(log_odds: float) -> float:
    """Return the logistic function, safe for any finite input."""
    if log_odds >= 0:
        return 1 / (1 + math.exp(-log_odds))
    odds = math.exp(log_odds)
    return odds / (1 + odds)
