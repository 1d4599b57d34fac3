"""The detector: edges, lines, rules, score."""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np

from framejudge.datasets.table.box import Box
from framejudge.detectors.canny.context import LEAST_STRENGTH, NO_LINE, describe_context
from framejudge.detectors.canny.edges import EdgeDetector, Floats, Strips, canny, cut_strips
from framejudge.detectors.canny.evidence import gather_evidence
from framejudge.detectors.canny.explain import BestLines, explain_findings, locate_content
from framejudge.detectors.canny.lines import Lines, find_lines, measure_profiles
from framejudge.detectors.canny.parameters import DEFAULT_FILE, SIDES_DESCRIBED, read_parameters
from framejudge.detectors.canny.picture import apply_picture_rules
from framejudge.detectors.canny.rules import LINE_NUMBERS, apply_rules
from framejudge.detectors.canny.scoring import DecisionRules, probability
from framejudge.detectors.protocol import Explanation, Image

_SIDE = np.arange(4)


@dataclass(frozen=True, slots=True)
class Measurements:
    """What the rules say about one picture, before any of it is weighed.

    Attributes
    ----------
    lines
        The candidate lines.
    line_numbers
        Each line rule's number for each line; (4, lines, rules).
    picture_numbers
        The picture rules' numbers; (numbers,).
    """

    lines: Lines
    line_numbers: Floats
    picture_numbers: Floats


class CannyDetector:
    """OpenCV Canny and a ruleset over long straight edges near and parallel to the sides.

    Parameters
    ----------
    parameters
        A file that ``bench tune canny`` wrote; the one in the package by default.
    edge_detector
        Grey picture to edge map, 255 on an edge and 0 elsewhere.

    Raises
    ------
    InputError
        When the parameters cannot be read.
    """

    def __init__(
        self, parameters: str | PathLike[str] | None = None, edge_detector: EdgeDetector = canny
    ) -> None:
        self._parameters = read_parameters(DEFAULT_FILE if parameters is None else Path(parameters))
        self._edge_detector = edge_detector
        self.threshold = self._parameters.threshold

    def prepare(self, image: Image) -> Strips:
        """Find the edges and cut the border strips of a (H, W, 3) uint8 RGB picture."""
        return cut_strips(image, self._edge_detector)

    def infer(self, prepared: Strips) -> float:
        """Judge the strips of a picture: a score in [0, 1]."""
        return self._judge(prepared)[0]

    def predict(self, image: Image) -> float:
        """Return how surely a frame was drawn around the picture, in [0, 1]."""
        return self.infer(self.prepare(image))

    def locate(self, image: Image) -> Box | None:
        """Return the content box inside the frame in pixels, or None for a picture judged plain."""
        strips = self.prepare(image)
        score, measured, log_odds = self._judge(strips)
        if score < self.threshold:
            return None
        return locate_content(strips, _best_lines(measured, log_odds), self._parameters.side_log_odds)

    def explain(self, image: Image) -> Explanation:
        """Return what was found on each side in words, and the lines in pixels."""
        strips = self.prepare(image)
        score, measured, log_odds = self._judge(strips)
        return explain_findings(
            strips,
            _best_lines(measured, log_odds),
            score=score,
            threshold=self.threshold,
            side_log_odds=self._parameters.side_log_odds,
        )

    def _judge(self, strips: Strips) -> tuple[float, Measurements, Floats]:
        """Return the score, and each line's log-odds that it rests on."""
        measured = measure(strips)
        log_odds = judge_lines(self._parameters.lines, self._parameters.context, measured)
        numbers = picture_numbers(measured, log_odds)
        score = probability(float(self._parameters.picture.log_odds(numbers[None])[0]))
        return score, measured, log_odds


def measure(strips: Strips) -> Measurements:
    """Find the candidate lines of a picture and apply every rule."""
    profiles = measure_profiles(strips)
    lines = find_lines(profiles)
    evidence = gather_evidence(strips, profiles, lines)
    return Measurements(lines, apply_rules(evidence), apply_picture_rules(evidence))


def judge_lines(alone: DecisionRules, in_context: DecisionRules, measured: Measurements) -> Floats:
    """Return each line's log-odds to be a frame's inner border, the other lines considered; (4, lines)."""
    context = describe_context(measured.lines, weigh(alone, measured.lines, measured.line_numbers))
    return weigh(in_context, measured.lines, context)


def weigh(rules: DecisionRules, lines: Lines, numbers: Floats) -> Floats:
    """Return each line's log-odds by one set of rules; `NO_LINE` for candidates that are none; (4, lines)."""
    present = lines.strength > LEAST_STRENGTH
    log_odds = np.full(present.shape, NO_LINE, np.float32)
    if present.any():
        log_odds[present] = rules.log_odds(numbers[present])
    return log_odds


def picture_numbers(measured: Measurements, log_odds: Floats) -> Floats:
    """Return the numbers that the picture is judged by, in the order of `ALL_PICTURE_NUMBERS`."""
    choice = log_odds.argmax(axis=1)
    best = log_odds[_SIDE, choice]
    likeliest = np.argsort(-best, kind="stable")
    described = likeliest[:SIDES_DESCRIBED]
    numbers = measured.line_numbers[described, choice[described]]
    return np.concatenate([best[likeliest], measured.picture_numbers, numbers.reshape(-1)])


def _best_lines(measured: Measurements, log_odds: Floats) -> BestLines:
    choice = log_odds.argmax(axis=1)
    numbers = measured.line_numbers[_SIDE, choice]
    return BestLines(
        log_odds=log_odds[_SIDE, choice],
        depth=measured.lines.depth[_SIDE, choice],
        outer=measured.lines.outer[_SIDE, choice],
        numbers=dict(zip(LINE_NUMBERS, numbers.T, strict=True)),
    )
