"""Fit what `duo` weighs its opinions by; needs scikit-learn and LiteRT.

``python -m framejudge.detectors.duo.fitting OUT.json SET [SET ...]`` asks both detectors about every labelled
picture of the sets, which count the same however many pictures they have, and writes the weights. Where a
set has a column ``hand``, it also prints what weights that were fitted without a hand get right on it. Give
it sets that no test uses.
"""

from __future__ import annotations

import argparse
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from framejudge.datasets.atomic_file import replace_text
from framejudge.datasets.errors import InputError, run_tool
from framejudge.datasets.images.decode import decode_image
from framejudge.datasets.images.fingerprint import labels_fingerprint
from framejudge.datasets.table.reading import read_dataset
from framejudge.datasets.table.sample import Dataset
from framejudge.detectors.canny import CannyDetector
from framejudge.detectors.canny.parameters import DEFAULT_FILE as RULESET_FILE
from framejudge.detectors.duo.detector import log_odds
from framejudge.detectors.duo.parameters import FittedOn, Parameters, Weights
from framejudge.detectors.network.model.runtimes import LitertInt8Detector

MOST_ASKED = 0.15
"""Share of the pictures, over all sets, that the ruleset is asked about: it takes several times as long."""

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Asked:
    """What both said of a set: log-odds, labels and the hand of each picture, all of shape (n,)."""

    dataset: str
    labels_fingerprint: str
    network: Floats
    ruleset: Floats
    framed: Bools
    hands: npt.NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class Cascade:
    """Weights as arrays of log-odds are judged by them."""

    sure: float
    alone: Weights
    together: Weights

    def odds(self, network: Floats, ruleset: Floats) -> Floats:
        """Return the log-odds of what both say together."""
        both = self.together.network * network + self.together.ruleset * ruleset + self.together.shift
        alone = self.alone.network * network + self.alone.shift
        return np.where(np.abs(network) < self.sure, both, alone)

    def right(self, each: Asked, chosen: Bools) -> float:
        """Return the share of the chosen pictures of a set that are judged right."""
        called = self.odds(each.network[chosen], each.ruleset[chosen]) >= 0
        return float(np.mean(called == each.framed[chosen]))


def ask(dataset: Dataset) -> Asked:
    """Ask both detectors about every labelled picture of a set."""
    network, ruleset = LitertInt8Detector(), CannyDetector()
    labelled = [each for each in dataset if each.label is not None]
    if len({each.label for each in labelled}) < 2:
        raise InputError("has no pictures of both labels", where=dataset.root, fix="label some of each")
    odds = []
    for sample in labelled:
        image = decode_image(dataset.locate(sample))
        odds.append((log_odds(network.predict(image)), log_odds(ruleset.predict(image))))
    both = np.array(odds)
    return Asked(
        dataset.name,
        labels_fingerprint(dataset),
        both[:, 0],
        both[:, 1],
        np.array([each.label == "framed" for each in labelled]),
        np.array([each.attributes.get("hand", "") for each in labelled]),
    )


def fit(sets: list[Asked], without_hand: str = "") -> Cascade:
    """Fit where the network is sure, and the weights on either side; a hand's pictures may be left out."""
    network = np.concatenate([each.network for each in sets])
    ruleset = np.concatenate([each.ruleset for each in sets])
    framed = np.concatenate([each.framed for each in sets])
    counts = np.concatenate([np.full(len(each.framed), 1 / len(each.framed)) for each in sets])
    used = np.concatenate([each.hands != without_hand for each in sets]) if without_hand else framed | True
    network, ruleset, framed, counts = (each[used] for each in (network, ruleset, framed, counts))
    order = np.argsort(np.abs(network))
    shares = np.cumsum(counts[order]) / counts.sum()
    sure = float(np.abs(network)[order][int(np.searchsorted(shares, MOST_ASKED))])
    # Fitted around the unsure ones: those alone are few, and the sure ones would decide over the rest.
    near = np.abs(network) < 3 * sure
    alone = _regression(network[:, None], framed, counts)
    together = _regression(np.stack([network, ruleset], axis=1)[near], framed[near], counts[near])
    return Cascade(
        sure,
        Weights(network=alone[0], shift=alone[1]),
        Weights(network=together[0], ruleset=together[1], shift=together[2]),
    )


def _regression(odds: Floats, framed: Bools, counts: Floats) -> list[float]:
    """Return the weights of the columns of ``odds``, (n, k), and the shift."""
    fitted = LogisticRegression(C=1e3).fit(odds, framed, sample_weight=counts * len(counts) / counts.sum())
    return [*map(float, fitted.coef_[0]), float(fitted.intercept_[0])]


def main() -> None:
    """Fit on the sets that the command line names and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="the JSON file to write")
    parser.add_argument("datasets", type=Path, nargs="+", help="labelled sets, none that you test on")
    given = parser.parse_args()
    sets = [ask(read_dataset(path)) for path in given.datasets]
    cascade = fit(sets)
    for hand in sorted({str(name) for each in sets for name in each.hands} - {"", "none"}):
        left = fit(sets, without_hand=hand)
        for each in sets:
            chosen = each.hands == hand
            if chosen.any():
                alone = float(np.mean((each.network[chosen] >= 0) == each.framed[chosen]))
                print(
                    f"{each.dataset}, {hand} ({chosen.sum()}): {left.right(each, chosen):.3f} with weights "
                    f"fitted without it, network alone {alone:.3f}"
                )
    fitted_on = tuple(_figures(cascade, each) for each in sets)
    for figures in fitted_on:
        print(figures)
    parameters = Parameters(
        sure=cascade.sure,
        alone=cascade.alone,
        together=cascade.together,
        network_sha256=LitertInt8Detector().exported.sha256,
        ruleset_sha256=hashlib.sha256(RULESET_FILE.read_bytes()).hexdigest(),
        fitted_on=fitted_on,
    )
    replace_text(given.out, parameters.model_dump_json(indent=2) + "\n")


def _figures(cascade: Cascade, each: Asked) -> FittedOn:
    everything = each.framed | True
    return FittedOn(
        dataset=each.dataset,
        labels_fingerprint=each.labels_fingerprint,
        images=len(each.framed),
        network=round(float(np.mean((each.network >= 0) == each.framed)), 4),
        ruleset=round(float(np.mean((each.ruleset >= 0) == each.framed)), 4),
        duo=round(cascade.right(each, everything), 4),
        asked=round(float(np.mean(np.abs(each.network) < cascade.sure)), 4),
    )


if __name__ == "__main__":
    run_tool(main)
