"""Fix a network's threshold on one or more labelled sets; needs scikit-learn and TensorFlow.

``python -m framejudge.detectors.network.train.fit_threshold MODEL.keras SET [SET ...]`` writes it to the
``.json`` beside the model, with what it was chosen on. Each set counts as much as the others, however many
pictures it has: a network that was trained on drawn frames is to be right on another hand's as well. The sets
must be ones that nothing is tested on. With ``--across-hands`` the threshold is the one at which no hand
(column ``hand``; a set without one is a hand of its own) loses much against its own best. Exports carry the
threshold of their day: export again afterwards.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from framejudge.datasets.atomic_file import replace_text
from framejudge.datasets.errors import run_tool
from framejudge.datasets.images.fingerprint import labels_fingerprint
from framejudge.datasets.table.reading import read_dataset
from framejudge.datasets.table.sample import Dataset
from framejudge.detectors.network.model.detector import ModelFile, NetworkDetector
from framejudge.detectors.network.train.labelled_pictures import read_pictures
from framejudge.detectors.thresholds import fairest_threshold, most_accurate_threshold


@dataclass(frozen=True, slots=True)
class Scored:
    """The scores that a network gives to a set.

    Attributes
    ----------
    dataset, labels_fingerprint
        Which set.
    scores, framed
        Probability and label of each labelled picture, shape (n,).
    hands
        Who drew each of them, shape (n,); the set's name where that is not said.
    """

    dataset: str
    labels_fingerprint: str
    scores: npt.NDArray[np.float64]
    framed: npt.NDArray[np.bool_]
    hands: npt.NDArray[np.str_]

    def accuracy(self, threshold: float) -> float:
        """Share of the pictures whose label a threshold gets right."""
        return float(np.mean((self.scores >= threshold) == self.framed))


@dataclass(frozen=True, slots=True)
class ChosenOn:
    """What a model file says of a set that its threshold was chosen on."""

    dataset: str
    labels_fingerprint: str
    images: int
    accuracy: float


def score_set(detector: NetworkDetector, dataset: Dataset) -> Scored:
    """Have a network score the labelled pictures of a set.

    Raises
    ------
    InputError
        When the set is too small or of one label, or an image cannot be read.
    """
    pictures = read_pictures(dataset, detector.model_file.size_px)
    samples = sorted((each for each in dataset if each.label is not None), key=lambda each: each.path)
    return Scored(
        dataset.name,
        labels_fingerprint(dataset),
        detector.predict_batch(list(pictures.shard.pictures)),
        pictures.shard.framed > 0,
        np.array([each.attributes.get("hand", dataset.name) for each in samples]),
    )


def common_threshold(sets: Sequence[Scored]) -> float:
    """Return the `most_accurate_threshold` of sets that count the same, however many pictures they have."""
    return most_accurate_threshold(
        np.concatenate([each.scores for each in sets]),
        np.concatenate([each.framed for each in sets]),
        np.concatenate([np.full(len(each.scores), 1 / len(each.scores)) for each in sets]),
    )


def threshold_across_hands(sets: Sequence[Scored]) -> float:
    """Return the `fairest_threshold` over the hands of all sets."""
    return fairest_threshold(
        np.concatenate([each.scores for each in sets]),
        np.concatenate([each.framed for each in sets]),
        np.concatenate([each.hands for each in sets]),
    )


def store_threshold(model: ModelFile, threshold: float, sets: Sequence[Scored]) -> list[ChosenOn]:
    """Write a threshold, and what it was chosen on, to the file beside a model; return the latter."""
    chosen_on = [
        ChosenOn(
            each.dataset,
            each.labels_fingerprint,
            len(each.scores),
            round(each.accuracy(threshold), 4),
        )
        for each in sets
    ]
    beside = model.path.with_suffix(".json")
    facts = json.loads(beside.read_text(encoding="utf-8"))
    facts["threshold"] = threshold
    facts["threshold_chosen"] = {
        "date": datetime.now(UTC).date().isoformat(),
        "sets": [asdict(each) for each in chosen_on],
    }
    replace_text(beside, json.dumps(facts, indent=2, sort_keys=True) + "\n")
    return chosen_on


def main() -> None:
    """Fix the threshold of the model on the sets that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path, help="a .keras file written by `bench train`")
    parser.add_argument("datasets", type=Path, nargs="+", help="labelled sets, none that you test on")
    parser.add_argument("--across-hands", action="store_true", help="lose least on the hand that loses most")
    given = parser.parse_args()
    detector = NetworkDetector(given.model)
    sets = [score_set(detector, read_dataset(path)) for path in given.datasets]
    threshold = threshold_across_hands(sets) if given.across_hands else common_threshold(sets)
    print(f"{given.model}: threshold {threshold:.4f}, before {detector.threshold:.4f}")
    for before, each in zip(sets, store_threshold(detector.model_file, threshold, sets), strict=True):
        was = before.accuracy(detector.threshold)
        print(f"{each.dataset}: accuracy {each.accuracy:.4f} of {each.images:,}, before {was:.4f}")


if __name__ == "__main__":
    run_tool(main)
