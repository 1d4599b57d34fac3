"""The cascade: the 8-bit network judges every picture; where it is unsure the ruleset is asked as well."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log
from pathlib import Path

import numpy as np
import numpy.typing as npt

from framejudge.datasets.table.box import Box
from framejudge.detectors.canny import CannyDetector
from framejudge.detectors.duo.parameters import DEFAULT_FILE, Weights, read_parameters
from framejudge.detectors.network.model.runtimes import LitertInt8Detector
from framejudge.detectors.protocol import Explanation, Image


@dataclass(frozen=True, slots=True)
class Opinions:
    """What each says of a picture.

    Attributes
    ----------
    network
        The network's log-odds of a frame.
    sides
        The depths that it gives the frame, (4,); None where it does not know.
    ruleset
        The ruleset's log-odds; None where it was not asked.
    score
        What both say together, in [0, 1].
    """

    network: float
    sides: npt.NDArray[np.float64] | None
    ruleset: float | None
    score: float


class DuoDetector:
    """The network on LiteRT with 8 bits, and `canny` where the network is unsure.

    Parameters
    ----------
    parameters
        A file that `fitting` wrote; the one in the package by default.

    Raises
    ------
    InputError
        When the parameters cannot be read.
    """

    def __init__(self, parameters: Path = DEFAULT_FILE) -> None:
        self.parameters = read_parameters(parameters)
        self.threshold = self.parameters.threshold
        self.network = LitertInt8Detector()
        self.ruleset = CannyDetector()

    def load(self) -> None:
        """Have LiteRT compile the network."""
        self.network.load()

    def close(self) -> None:
        """Let go of LiteRT's memory."""
        self.network.close()

    def predict(self, image: Image) -> float:
        """Return the probability of a frame around a (H, W, 3) uint8 RGB picture, in [0, 1]."""
        return self.opinions(image).score

    def opinions(self, image: Image, *, ask_both: bool = False) -> Opinions:
        """Return what the network says, and the ruleset where the network is unsure or both are to be asked.

        The score is the same either way.
        """
        probability, sides = self.network.infer_sides(self.network.prepare(image))
        network = log_odds(probability)
        unsure = abs(network) < self.parameters.sure
        ruleset = log_odds(self.ruleset.predict(image)) if unsure or ask_both else None
        if unsure and ruleset is not None:
            return Opinions(network, sides, ruleset, combine(self.parameters.together, network, ruleset))
        return Opinions(network, sides, ruleset, combine(self.parameters.alone, network))

    def locate(self, image: Image) -> Box | None:
        """Return the content box of whichever is surer of a frame, None for a picture judged plain."""
        found = self.opinions(image)
        if found.score < self.threshold:
            return None
        if found.ruleset is not None and found.ruleset > found.network:
            box = self.ruleset.locate(image)
            if box is not None:
                return box
        return self.network.place(image, found.sides, max(found.score, self.network.threshold))

    def explain(self, image: Image) -> Explanation:
        """Return what both say, whoever decided, and the ruleset's lines."""
        found = self.opinions(image, ask_both=True)
        assert found.ruleset is not None
        why = self.ruleset.explain(image)
        asked = abs(found.network) < self.parameters.sure
        how = (
            "The network is unsure: both are weighed."
            if asked
            else "The network is sure: the ruleset is not asked."
        )
        text = (
            f"{found.score:.2f} together. Network {probability_of(found.network):.2f}, ruleset "
            f"{probability_of(found.ruleset):.2f}. {how} Ruleset: {why.text}"
        )
        return Explanation(text, why.lines)


def combine(weights: Weights, network: float, ruleset: float = 0.0) -> float:
    """Return the probability that weighted log-odds stand for, in [0, 1]."""
    return probability_of(weights.network * network + weights.ruleset * ruleset + weights.shift)


def log_odds(probability: float) -> float:
    """Return log(p / (1 - p)) of a probability, kept finite at both ends: at most 9.2 either way."""
    kept = min(max(probability, 1e-4), 1 - 1e-4)
    return log(kept / (1 - kept))


def probability_of(odds: float) -> float:
    """Return the probability of log-odds; the inverse of `log_odds` between its ends."""
    return 1 / (1 + exp(-odds))
