"""The detector: edges, lines, rules, score."""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np

from framejudge.datasets.box import Box
from framejudge.detectors.canny.edges import EdgeDetector, Floats, Strips, canny, cut_strips
from framejudge.detectors.canny.explain import explain_findings, locate_content
from framejudge.detectors.canny.lines import Lines, find_lines, measure_profiles
from framejudge.detectors.canny.parameters import DEFAULT_FILE, read_parameters
from framejudge.detectors.canny.picture import PICTURE_RULES, Agreement, apply_picture_rules, choose_lines
from framejudge.detectors.canny.rules import RULES, apply_rules, gather_evidence
from framejudge.detectors.canny.scoring import probability
from framejudge.detectors.protocol import Explanation, Image

LINE_RULE_NAMES = tuple(rule.__name__ for rule in RULES)
PICTURE_RULE_NAMES = tuple(rule.__name__ for rule in PICTURE_RULES)


@dataclass(frozen=True, slots=True)
class Findings:
    """All that the detector knows about one picture.

    Attributes
    ----------
    strips, lines
        What it looked at, and the candidate lines.
    numbers
        Each rule's number for each line; (4, lines, rules).
    agreement
        The best line of each side.
    score
        In [0, 1]; higher means more surely framed.
    """

    strips: Strips
    lines: Lines
    numbers: Floats
    agreement: Agreement
    score: float


class CannyDetector:
    """OpenCV Canny and a ruleset over long straight edges near and parallel to the sides.

    Parameters
    ----------
    parameters
        A file that ``bench tune canny`` wrote; the one in the package by default.
    edge_detector
        Grey picture to edge map.

    Raises
    ------
    InputError
        When the parameters cannot be read.
    """

    def __init__(
        self, parameters: str | PathLike[str] | None = None, edge_detector: EdgeDetector = canny
    ) -> None:
        path = DEFAULT_FILE if parameters is None else Path(parameters)
        self._parameters = read_parameters(path, LINE_RULE_NAMES, PICTURE_RULE_NAMES)
        self._edge_detector = edge_detector
        self.threshold = self._parameters.threshold

    def prepare(self, image: Image) -> Strips:
        """Find the edges and cut the border strips of a (H, W, 3) uint8 RGB picture."""
        return cut_strips(image, self._edge_detector)

    def infer(self, prepared: Strips) -> float:
        """Judge the strips of a picture: a score in [0, 1]."""
        return self._judge(prepared).score

    def predict(self, image: Image) -> float:
        """Return how surely a frame was drawn around the picture, in [0, 1]."""
        return self.infer(self.prepare(image))

    def locate(self, image: Image) -> Box | None:
        """Return the content box inside the frame in pixels, or None for a picture judged plain."""
        findings = self._judge(self.prepare(image))
        if findings.score < self.threshold:
            return None
        return locate_content(findings.strips, findings.agreement, self._parameters.side_log_odds)

    def explain(self, image: Image) -> Explanation:
        """Return what was found on each side in words, and the lines in pixels."""
        findings = self._judge(self.prepare(image))
        best = findings.numbers[np.arange(4), findings.agreement.choice]
        return explain_findings(
            findings.strips,
            findings.agreement,
            dict(zip(LINE_RULE_NAMES, best.T, strict=True)),
            score=findings.score,
            threshold=self.threshold,
            side_log_odds=self._parameters.side_log_odds,
        )

    def _judge(self, strips: Strips) -> Findings:
        lines, numbers = measure_lines(strips)
        agreement = choose_lines(lines, self._parameters.lines.log_odds(numbers))
        log_odds = self._parameters.picture.log_odds(apply_picture_rules(agreement))
        return Findings(strips, lines, numbers, agreement, probability(float(log_odds)))


def measure_lines(strips: Strips) -> tuple[Lines, Floats]:
    """Find the candidate lines of a picture and apply every rule to each."""
    profiles = measure_profiles(strips)
    lines = find_lines(profiles)
    return lines, apply_rules(gather_evidence(strips, profiles, lines))
