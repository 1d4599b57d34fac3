"""Fit the trees of `snapping` to a labelled set with content boxes; needs scikit-learn and TensorFlow.

``python -m framejudge.detectors.network.locate.fit_snapping SET`` writes them where ``cnn`` looks. The
set must be one that nothing is tested on: the shipped trees come from bucket 7 of the project's photos,
without the frame families that the exam holds out.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import GroupKFold

from framejudge.datasets.errors import InputError, run_tool
from framejudge.datasets.images.decode import UnreadableImage, decode_image
from framejudge.datasets.images.fingerprint import labels_fingerprint
from framejudge.datasets.table.box import Box
from framejudge.datasets.table.reading import read_dataset
from framejudge.datasets.table.sample import Dataset
from framejudge.detectors.boosted_trees import BoostedTrees, Growth, grow
from framejudge.detectors.network.locate.agreement import TOGETHER, features_together, shortlist
from framejudge.detectors.network.locate.band_colours import Floats
from framejudge.detectors.network.locate.candidates import ALONE, Candidates, measure_candidates
from framejudge.detectors.network.locate.snapping import (
    DEFAULT_FILE,
    Snapping,
    choose,
    write_snapping,
)
from framejudge.detectors.network.model.detector import WEIGHTS, LocatingDetector

TOLERANCE_PX, TOLERANCE_FRACTION = 2.0, 0.01
"""A candidate is right within the larger of the two."""

FOLDS = 3
GROWTH = Growth(trees=120, learning_rate=0.2, feature_share=1.0, shrinkage=1)
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
    """Fit every stage; what follows one, the limit too, sees only what it says of pictures unknown to it.

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
    features = [[side.features for side in one.measured] for one in examples]
    alone, odds = _stage(ALONE, features, [one.correct for one in examples], groups, seed)
    kept = [shortlist(one.measured, own) for one, own in zip(examples, odds, strict=True)]
    likely = [replace(one, measured=sides) for one, (sides, _) in zip(examples, kept, strict=True)]
    correct = [one.correct for one in likely]
    odds = [own for _, own in kept]
    stages = []
    for later in (1, 2):
        features = [features_together(one.measured, own) for one, own in zip(likely, odds, strict=True)]
        trees, odds = _stage(TOGETHER, features, correct, groups, seed + later)
        stages.append(trees)
    located = {
        least: float(np.mean([one.is_located(own, least) for one, own in zip(likely, odds, strict=True)]))
        for least in LEAST_TRIED
    }
    least = max(located, key=lambda tried: located[tried])
    facts = provenance | {
        "images": len(examples),
        "cross_validated": {"folds": FOLDS, "by": "group", "boxes_right": round(located[least], 4)},
    }
    together, settled = stages
    return Snapping(alone, together, settled, float(least), facts)


def _stage(
    names: Sequence[str],
    features: Sequence[Sequence[Floats]],
    correct: Sequence[Sequence[npt.NDArray[np.bool_]]],
    groups: Sequence[str],
    seed: int,
) -> tuple[BoostedTrees, list[list[Floats]]]:
    """Return trees grown on everything, and each picture's log-odds by trees grown without its group."""
    held_out: list[list[Floats]] = [[] for _ in features]
    for train, test in GroupKFold(FOLDS).split(np.zeros(len(features)), groups=groups):
        trees = _grow(names, [features[k] for k in train], [correct[k] for k in train], seed)
        for k in test:
            ends = np.cumsum([len(side) for side in features[k]])[:-1]
            held_out[k] = np.split(trees.log_odds(np.concatenate(features[k])), ends)
    return _grow(names, features, correct, seed), held_out


def _grow(
    names: Sequence[str],
    features: Sequence[Sequence[Floats]],
    correct: Sequence[Sequence[npt.NDArray[np.bool_]]],
    seed: int,
) -> BoostedTrees:
    rows = np.concatenate([side for sides in features for side in sides])
    target = np.concatenate([side for sides in correct for side in sides])
    return grow(names, rows, target, GROWTH, seed=seed)


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
    print(f"{given.out}: {len(ALONE)} and {len(TOGETHER)} features, {snapping.provenance['cross_validated']}")


if __name__ == "__main__":
    run_tool(main)
