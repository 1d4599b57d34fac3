"""The detector: edges, lines, features, boosted trees, score."""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np

from framejudge.datasets.table.box import Box
from framejudge.detectors.boosted_trees import BoostedTrees, probability
from framejudge.detectors.canny.context import LEAST_STRENGTH, NO_LINE, describe_context
from framejudge.detectors.canny.edges import EdgeDetector, Floats, Strips, canny, cut_strips
from framejudge.detectors.canny.evidence import gather_evidence
from framejudge.detectors.canny.explain import BestLines, explain_findings, locate_content
from framejudge.detectors.canny.line_features import LINE_FEATURES, measure_lines
from framejudge.detectors.canny.lines import Lines, find_lines, measure_profiles
from framejudge.detectors.canny.parameters import DEFAULT_FILE, SIDES_DESCRIBED, read_parameters
from framejudge.detectors.canny.picture_features import measure_picture
from framejudge.detectors.protocol import Explanation, Image

_SIDE = np.arange(4)


@dataclass(frozen=True, slots=True)
class Measurements:
    """The features of one picture and of its lines, before any tree is evaluated.

    Attributes
    ----------
    lines
        The candidate lines.
    line_features
        In the order of `LINE_FEATURES`; (4, lines, features).
    picture_features
        In the order of `PICTURE_FEATURES`; (features,).
    """

    lines: Lines
    line_features: Floats
    picture_features: Floats


class CannyDetector:
    """Boosted trees over features of the long straight edges that OpenCV's Canny finds near the sides.

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
        """Return the score of a picture from its strips, in [0, 1]."""
        return self._score_and_lines(prepared)[0]

    def predict(self, image: Image) -> float:
        """Return how surely a frame was drawn around the picture, in [0, 1]."""
        return self.infer(self.prepare(image))

    def locate(self, image: Image) -> Box | None:
        """Return the content box inside the frame in pixels, or None for a picture judged plain."""
        strips = self.prepare(image)
        score, measured, log_odds = self._score_and_lines(strips)
        if score < self.threshold:
            return None
        return locate_content(strips, _best_lines(measured, log_odds), self._parameters.side_log_odds)

    def explain(self, image: Image) -> Explanation:
        """Return what was found on each side in words, and the lines in pixels."""
        strips = self.prepare(image)
        score, measured, log_odds = self._score_and_lines(strips)
        return explain_findings(
            strips,
            _best_lines(measured, log_odds),
            score=score,
            threshold=self.threshold,
            side_log_odds=self._parameters.side_log_odds,
        )

    def _score_and_lines(self, strips: Strips) -> tuple[float, Measurements, Floats]:
        """Return the score, the features, and each line's log-odds."""
        measured = measure(strips)
        log_odds = line_log_odds(self._parameters.lines, self._parameters.context, measured)
        features = all_picture_features(measured, log_odds)
        score = probability(float(self._parameters.picture.log_odds(features[None])[0]))
        return score, measured, log_odds


def measure(strips: Strips) -> Measurements:
    """Find the candidate lines of a picture and compute every feature."""
    profiles = measure_profiles(strips)
    lines = find_lines(profiles)
    evidence = gather_evidence(strips, profiles, lines)
    return Measurements(lines, measure_lines(evidence), measure_picture(evidence))


def line_log_odds(alone: BoostedTrees, in_context: BoostedTrees, measured: Measurements) -> Floats:
    """Return each line's log-odds to be a frame's inner border, the other lines considered; (4, lines)."""
    context = describe_context(measured.lines, tree_log_odds(alone, measured.lines, measured.line_features))
    return tree_log_odds(in_context, measured.lines, context)


def tree_log_odds(trees: BoostedTrees, lines: Lines, features: Floats) -> Floats:
    """Return each line's log-odds by boosted trees; `NO_LINE` for candidates that are none; (4, lines)."""
    present = lines.strength > LEAST_STRENGTH
    log_odds = np.full(present.shape, NO_LINE, np.float32)
    if present.any():
        log_odds[present] = trees.log_odds(features[present])
    return log_odds


def all_picture_features(measured: Measurements, log_odds: Floats) -> Floats:
    """Return the features that the picture is judged by, in the order of `ALL_PICTURE_FEATURES`."""
    choice = log_odds.argmax(axis=1)
    best = log_odds[_SIDE, choice]
    likeliest = np.argsort(-best, kind="stable")
    described = likeliest[:SIDES_DESCRIBED]
    features = measured.line_features[described, choice[described]]
    return np.concatenate([best[likeliest], measured.picture_features, features.reshape(-1)])


def _best_lines(measured: Measurements, log_odds: Floats) -> BestLines:
    choice = log_odds.argmax(axis=1)
    features = measured.line_features[_SIDE, choice]
    return BestLines(
        log_odds=log_odds[_SIDE, choice],
        depth=measured.lines.depth[_SIDE, choice],
        outer=measured.lines.outer[_SIDE, choice],
        features=dict(zip(LINE_FEATURES, features.T, strict=True)),
    )
