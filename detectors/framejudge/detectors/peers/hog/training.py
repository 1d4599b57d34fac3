"""Fit the linear model of `hog`: ``python -m framejudge.detectors.peers.hog.training TRAIN VALIDATION OUT``.

The model is fitted on the first labelled set; regularisation, calibration and threshold come from the second.
Test it on a third.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from framejudge.datasets.errors import InputError, run_tool
from framejudge.datasets.images.decode import UnreadableImage, decode_image
from framejudge.datasets.images.fingerprint import labels_fingerprint
from framejudge.datasets.table.reading import read_dataset
from framejudge.datasets.table.sample import Dataset, Sample
from framejudge.detectors.calibration import fit_platt
from framejudge.detectors.peers.hog.detector import FEATURES, Floats, LinearModel, features, write_model
from framejudge.detectors.thresholds import most_accurate_threshold

Bools: TypeAlias = npt.NDArray[np.bool_]

REGULARISATIONS = (0.01, 0.03, 0.1)
"""scikit-learn's ``C``; the best on the validation set is taken."""


class Described(NamedTuple):
    """Features and labels of a set's readable, labelled images: (n, `FEATURES`) and (n,)."""

    features: Floats
    framed: Bools


def describe(dataset: Dataset) -> Described:
    """Compute the features of a set.

    Raises
    ------
    InputError
        When it does not hold both labels.
    """

    def one(sample: Sample) -> Floats | None:
        try:
            return features(decode_image(dataset.locate(sample)))
        except UnreadableImage:
            return None

    labelled = [sample for sample in dataset if sample.label is not None]
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        found = list(threads.map(one, labelled))
    kept = [
        (row, sample.label == "framed")
        for row, sample in zip(found, labelled, strict=True)
        if row is not None
    ]
    framed = np.array([label for _, label in kept], np.bool_)
    if framed.all() or not framed.any():
        raise InputError(
            "the set needs framed and plain images", where=dataset.root, fix="label some of each"
        )
    return Described(np.stack([row for row, _ in kept]).reshape(-1, FEATURES), framed)


def fit(train: Described, validation: Described) -> tuple[LinearModel, float]:
    """Fit a calibrated model and its threshold; return it with its AUC on the validation set."""
    candidates = [
        LogisticRegression(C=strength, max_iter=300).fit(train.features, train.framed)
        for strength in REGULARISATIONS
    ]
    log_odds = [model.decision_function(validation.features) for model in candidates]
    areas = [float(roc_auc_score(validation.framed, one)) for one in log_odds]
    best = int(np.argmax(areas))
    slope, shift = fit_platt(log_odds[best], validation.framed)
    scores = 1 / (1 + np.exp(-(slope * log_odds[best] + shift)))
    model = LinearModel(
        weights=(slope * candidates[best].coef_[0]).astype(np.float32),
        intercept=slope * float(candidates[best].intercept_[0]) + shift,
        threshold=most_accurate_threshold(scores, validation.framed),
        provenance={"C": REGULARISATIONS[best]},
    )
    return model, areas[best]


def main(arguments: Sequence[str] | None = None) -> None:
    """Read two sets, fit, write the model, print its AUC on the second set."""
    parser = argparse.ArgumentParser(
        prog="python -m framejudge.detectors.peers.hog.training", description=__doc__
    )
    parser.add_argument("train", type=Path, help="labelled set to fit on")
    parser.add_argument(
        "validation", type=Path, help="labelled set for regularisation, calibration and threshold"
    )
    parser.add_argument("out", type=Path, help="file to write, JSON")
    given = parser.parse_args(arguments)
    sets = read_dataset(given.train), read_dataset(given.validation)
    model, area = fit(*(describe(dataset) for dataset in sets))
    model.provenance.update(
        train=sets[0].name,
        train_labels_fingerprint=labels_fingerprint(sets[0]),
        train_images=len(sets[0]),
        validation=sets[1].name,
        validation_labels_fingerprint=labels_fingerprint(sets[1]),
        validation_images=len(sets[1]),
        validation_auc=round(area, 4),
        date=datetime.now(UTC).date().isoformat(),
        libraries={name: version(name) for name in ("scikit-image", "scikit-learn")},
    )
    write_model(model, given.out)
    print(f"AUC on the validation set {area:.4f}, threshold {model.threshold:.4g}")


if __name__ == "__main__":
    run_tool(main)
