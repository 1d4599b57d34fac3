"""Fit the numbers of `snapping` to a labelled set with content boxes; needs scikit-learn and TensorFlow.

``python -m framejudge.detectors.network.fit_snapping SET`` writes them where the ``cnn`` detector looks. The
set must be one that nothing is tested on: the shipped numbers come from bucket 7 of the project's photos,
without the frame families that the exam holds out.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.model_selection import GroupKFold

from framejudge.datasets.box import Box
from framejudge.datasets.decode import UnreadableImage, decode_image
from framejudge.datasets.errors import InputError
from framejudge.datasets.fingerprint import labels_fingerprint
from framejudge.datasets.reading import read_dataset
from framejudge.datasets.sample import Dataset
from framejudge.detectors.network.detector import WEIGHTS, LocatingDetector
from framejudge.detectors.network.snapping import (
    ALONE,
    DEFAULT_FILE,
    QUESTIONS,
    TOGETHER,
    Candidates,
    Floats,
    Rules,
    Snapping,
    choose,
    measure_candidates,
    numbers_together,
    write_snapping,
)

TOLERANCE_PX, TOLERANCE_FRACTION = 2.0, 0.01
"""A candidate is right within the larger of the two."""

FOLDS = 4
RULES, LEARNING_RATE, SAMPLE, LEAF = 160, 0.12, 0.2, 15
LEAST_TRIED = np.arange(-4, 3.01, 0.1)


@dataclass(frozen=True, slots=True)
class Example:
    """A framed picture: its candidates, where the content truly is, and its source photo."""

    measured: Sequence[Candidates]
    box: Box
    size: tuple[int, int]
    group: str

    @property
    def depths(self) -> npt.NDArray[np.float64]:
        """The frame's depth at the left, top, right and bottom, in pixels."""
        width, height = self.size
        box = self.box
        return np.array([box.left, box.top, width - box.right, height - box.bottom], np.float64)

    @property
    def correct(self) -> list[npt.NDArray[np.bool_]]:
        """Which candidates of each side are the frame's inner border."""
        return [
            (depth > 0)
            & (np.abs(side.depth_px - depth) <= max(TOLERANCE_PX, TOLERANCE_FRACTION * side.length_px))
            for side, depth in zip(self.measured, self.depths, strict=True)
        ]

    def is_located(self, log_odds: Sequence[Floats], least: float) -> bool:
        """Return whether the chosen box has every side in its place."""
        found = choose(self.measured, log_odds, self.size, least)
        allowed = [max(TOLERANCE_PX, TOLERANCE_FRACTION * side.length_px) for side in self.measured]
        return bool((np.abs(np.subtract(found, self.box)) <= allowed).all())


def make_examples(dataset: Dataset, detector: LocatingDetector) -> list[Example]:
    """Measure the framed pictures whose content box is known."""
    examples = []
    for sample in dataset:
        if sample.label != "framed" or sample.content_box is None:
            continue
        try:
            image = decode_image(dataset.locate(sample))
        except UnreadableImage:
            continue
        score, sides = detector.infer_sides(detector.prepare(image))
        measured = measure_candidates(image, sides, score)
        height, width = image.shape[:2]
        examples.append(Example(measured, sample.content_box, (width, height), sample.group))
    return examples


def fit(examples: Sequence[Example], provenance: dict[str, Any], *, seed: int = 0) -> Snapping:
    """Fit both stages; the second, and the limit, see only what the first says of pictures unknown to it.

    Raises
    ------
    InputError
        For too few pictures or groups.
    """
    groups = [example.group for example in examples]
    if len(set(groups)) < FOLDS:
        raise InputError(
            f"{len(set(groups))} groups of framed images with a content box",
            fix=f"fitting is cross-validated by group and needs at least {FOLDS}",
        )
    correct = [example.correct for example in examples]
    numbers = [[side.numbers for side in example.measured] for example in examples]
    alone, held_out = _stage(numbers, correct, groups, seed)
    numbers = [
        numbers_together(example.measured, odds) for example, odds in zip(examples, held_out, strict=True)
    ]
    together, held_out = _stage(numbers, correct, groups, seed + 1)
    located = {
        least: float(
            np.mean([one.is_located(odds, least) for one, odds in zip(examples, held_out, strict=True)])
        )
        for least in LEAST_TRIED
    }
    least = max(located, key=lambda tried: located[tried])
    facts = provenance | {
        "images": len(examples),
        "cross_validated": {"folds": FOLDS, "by": "group", "boxes_right": round(located[least], 4)},
    }
    return Snapping(alone, together, float(least), facts)


def _stage(
    numbers: Sequence[Sequence[Floats]],
    correct: Sequence[Sequence[npt.NDArray[np.bool_]]],
    groups: Sequence[str],
    seed: int,
) -> tuple[Rules, list[list[Floats]]]:
    """Return rules grown on everything, and each picture's log-odds by rules grown without its group."""
    held_out: list[list[Floats]] = [[] for _ in numbers]
    for train, test in GroupKFold(FOLDS).split(numbers_of := np.zeros(len(numbers)), groups=groups):
        rules = _grow([numbers[k] for k in train], [correct[k] for k in train], seed)
        for k in test:
            held_out[k] = [rules.log_odds(side) for side in numbers[k]]
    assert len(numbers_of) == len(held_out)
    return _grow(numbers, correct, seed), held_out


def _grow(
    numbers: Sequence[Sequence[Floats]], correct: Sequence[Sequence[npt.NDArray[np.bool_]]], seed: int
) -> Rules:
    """Grow decision rules by gradient boosting (Friedman 2002)."""
    rows = np.concatenate([side for sides in numbers for side in sides])
    target = np.concatenate([side for sides in correct for side in sides])
    boosting = GradientBoostingClassifier(
        n_estimators=RULES,
        learning_rate=LEARNING_RATE,
        subsample=SAMPLE,
        min_samples_leaf=LEAF,
        max_depth=QUESTIONS,
        max_features="sqrt",
        random_state=seed,
    ).fit(rows, target)
    share = float(target.mean())
    trees = [_complete(tree.tree_) for tree in boosting.estimators_[:, 0]]
    place, cut, amount = (np.array(part) for part in zip(*trees, strict=True))
    return Rules(
        float(np.log(share / (1 - share))),
        place.astype(np.intp),
        cut.astype(np.float32),
        (LEARNING_RATE * amount).astype(np.float32),
    )


def _complete(tree: Any) -> tuple[list[int], list[float], list[float]]:
    """Return scikit-learn's tree as a complete one: a missing question is answered with no."""
    place: list[int] = []
    cut: list[float] = []
    level = [0]
    for _ in range(QUESTIONS):
        following = []
        for node in level:
            leaf = tree.children_left[node] < 0
            place.append(0 if leaf else int(tree.feature[node]))
            cut.append(float(np.finfo(np.float32).max) if leaf else float(tree.threshold[node]))
            following += [node, node] if leaf else [tree.children_left[node], tree.children_right[node]]
        level = following
    return place, cut, [float(tree.value[node, 0, 0]) for node in level]


def main() -> None:
    """Fit to the set that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path, help="labelled set with content boxes, not the one you test on")
    parser.add_argument("--weights", type=Path, default=WEIGHTS / "cnn.keras", help="the network's file")
    parser.add_argument("--out", type=Path, default=DEFAULT_FILE)
    given = parser.parse_args()
    dataset = read_dataset(given.dataset)
    detector = LocatingDetector(given.weights)
    examples = make_examples(dataset, detector)
    snapping = fit(
        examples,
        {
            "dataset": dataset.name,
            "labels_fingerprint": labels_fingerprint(dataset),
            "network": given.weights.name,
            "date": datetime.now(UTC).date().isoformat(),
        },
    )
    write_snapping(snapping, given.out)
    print(f"{given.out}: {len(ALONE)} and {len(TOGETHER)} numbers, {snapping.provenance['cross_validated']}")


if __name__ == "__main__":
    main()
