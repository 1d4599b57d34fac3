"""From a rough guess of a frame's depths to the exact lines: which edge near each side is the inner border.

A network that sees 128 pixels a side knows about where a band ends; the full picture knows it to the pixel.
On each side the lines that canny weighs, the strongest steps in colour, and the guess itself are candidates.
Small decision rules, fitted on drawn frames, say how likely each is the inner border: first each for itself,
then beside the likeliest of the other sides, since the sides of a frame are of one kind.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.datasets.box import Box
from framejudge.datasets.errors import InputError
from framejudge.detectors.canny.detector import judge_lines, measure
from framejudge.detectors.canny.edges import cut_strips
from framejudge.detectors.canny.parameters import DEFAULT_FILE as CANNY_FILE
from framejudge.detectors.canny.parameters import Parameters, read_parameters
from framejudge.detectors.protocol import Image

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.intp]
Guess = Sequence[float] | npt.NDArray[np.floating]

SCHEMA = "framejudge/snapping/1"
DEFAULT_FILE = Path(__file__).with_name("weights") / "snapping.json"

SMALLEST_PX = 16

REACH = 0.3
"""How deep a side is searched, as a share of the picture's length across it."""

SAMPLES = 256
"""Places along a side at which steps are measured, at most: a large picture costs little more then."""

STRONGEST = 8
NEAR_GUESS = 4
WIDE_STEPS = 3
NEAR_FRACTION, NEAR_PX = 0.04, 3.0
"""Candidates of a side: the strongest steps anywhere, the strongest within so much of the guess, and the
strongest of those that are spread over several pixels, as torn and painted borders are."""

WINDOWS_PX = (4, 9)
"""Rows on either side of a line whose means are compared."""

SAME_LINE_PX = 1.6
"""A candidate is the line of canny's that lies so near."""

NO_LINE = -8.0
"""Log-odds where canny has no line."""

WEAK_STEP, CLEAR_STEP = 6, 20
"""Levels of 255 in the channel that changes most."""

QUESTIONS = 3

ALONE = (
    "depth", "guess", "beyond_guess", "distance", "distance_px", "is_guess", "is_edge", "rank",
    "step", "weak_share", "clear_share", "worst_quarter", "coherence", "step_over_around", "step_over_best",
    "deeper_best", "shallower_best", "outside_spread", "inside_spread", "outside_light", "inside_light",
    "outside_to_rim", "score",
    "contrast_narrow", "contrast_wide", "contrast_narrow_peak", "contrast_wide_peak", "line_log_odds",
    "behind_best_line", "best_line", "distance_to_best_line",
)  # fmt: skip
"""What is measured of a candidate by itself; see `_measure_side`."""

TOGETHER = (
    *ALONE, "log_odds", "log_odds_rank", "behind_best", "others_best", "others_mean", "others_guess",
    "opposite_share", "opposite_px", "neighbours_share", "neighbours_px", "colour_of_others",
    "others_likely", "likeliest_colour", "likeliest_spread", "likeliest_share", "likeliest_px",
)  # fmt: skip
"""The same, and what the other sides say."""


@dataclass(frozen=True)
class Rules:
    """Log-odds as a sum of decision rules of up to three questions.

    Attributes
    ----------
    prior
        Log-odds before any question.
    place, cut
        Shape (rules, 7): which number each question is about, and the cut that it must exceed; the question
        at 0 first, then that at 1 (no) or 2 (yes), and so on.
    amount
        Shape (rules, 8): log-odds by the three answers.
    """

    prior: float
    place: Ints
    cut: Floats
    amount: Floats

    def log_odds(self, numbers: Floats) -> Floats:
        """Return the log-odds of each row of numbers, shape (rows, numbers)."""
        exceeds = numbers[:, self.place] > self.cut  # (rows, rules, 7)
        first = exceeds[..., 0].astype(np.intp)
        second = np.take_along_axis(exceeds, first[..., None] + 1, axis=2)[..., 0]
        answered = 2 * first + second
        third = np.take_along_axis(exceeds, answered[..., None] + 3, axis=2)[..., 0]
        total = self.amount[np.arange(len(self.amount)), 2 * answered + third].sum(axis=1)
        return np.asarray(total + self.prior, np.float32)


@dataclass(frozen=True)
class Snapping:
    """The fitted numbers.

    Attributes
    ----------
    alone, together
        How likely a candidate is the inner border, by itself and beside the other sides.
    least_log_odds
        A side has a band where its likeliest candidate reaches this.
    provenance
        Where the numbers come from; not used in any calculation.
    """

    alone: Rules
    together: Rules
    least_log_odds: float
    provenance: Mapping[str, Any]

    def locate(self, image: Image, guess: Guess, score: float) -> Box:
        """Return the content box of a framed picture; the whole of one too small to hold a frame.

        Parameters
        ----------
        guess
            The frame's depth at the left, top, right and bottom, as shares of the width or height.
        score
            How surely the picture is framed, in [0, 1].
        """
        if min(image.shape[:2]) < SMALLEST_PX:
            return Box(0, 0, image.shape[1], image.shape[0])
        measured = measure_candidates(image, guess, score)
        alone = [self.alone.log_odds(side.numbers) for side in measured]
        together = [self.together.log_odds(numbers) for numbers in numbers_together(measured, alone)]
        return choose(measured, together, image.shape[1::-1], self.least_log_odds)

    @property
    def document(self) -> dict[str, Any]:
        """What `write` writes."""
        return {
            "schema": SCHEMA,
            "least_log_odds": round(self.least_log_odds, 4),
            "provenance": dict(self.provenance),
            "alone": _rules_document(self.alone, ALONE),
            "together": _rules_document(self.together, TOGETHER),
        }


@dataclass(frozen=True, slots=True)
class Candidates:
    """A side's candidates.

    Attributes
    ----------
    depth_px
        Shape (m,): distance from the side at which the content would begin.
    length_px
        Of the picture across the side.
    numbers
        Shape (m, len(ALONE)).
    colours
        Shape (m, 3): mean RGB just outside.
    """

    depth_px: Floats
    length_px: int
    numbers: Floats
    colours: Floats


def measure_candidates(image: Image, guess: Guess, score: float) -> list[Candidates]:
    """Find and measure the candidates of all four sides: left, top, right, bottom."""
    turned = image.transpose(1, 0, 2)
    from_side = (turned, image, turned[::-1], image[::-1])
    return [
        _measure_side(rows, max(0.0, float(depth)), score, lines)
        for rows, depth, lines in zip(from_side, guess, canny_lines(image), strict=True)
    ]


def canny_lines(image: Image) -> list[tuple[Floats, Floats]]:
    """Return each side's lines as canny weighs them: depths in pixels of the picture, and log-odds."""
    parameters = _canny_parameters()
    strips = cut_strips(image)
    measured = measure(strips)
    log_odds = judge_lines(parameters.lines, parameters.context, measured)
    found = []
    for side in range(4):
        there = log_odds[side] > NO_LINE
        depth_px = strips.margins[side] + measured.lines.depth[side][there] / strips.scale[side % 2]
        found.append((np.rint(depth_px).astype(np.float32), log_odds[side][there].astype(np.float32)))
    return found


@cache
def _canny_parameters() -> Parameters:
    return read_parameters(CANNY_FILE)


def numbers_together(measured: Sequence[Candidates], log_odds: Sequence[Floats]) -> list[Floats]:
    """Add to each candidate's numbers what the likeliest candidates of the other sides say."""
    best = [int(odds.argmax()) for odds in log_odds]
    depth = np.array([side.depth_px[k] for side, k in zip(measured, best, strict=True)])
    share = depth / [side.length_px for side in measured]
    odds = np.array([own[k] for own, k in zip(log_odds, best, strict=True)])
    guess = np.array([side.numbers[0, ALONE.index("guess")] for side in measured])
    colours = np.stack([side.colours[k] for side, k in zip(measured, best, strict=True)])
    spread_at = ALONE.index("outside_spread")
    spreads = np.array([side.numbers[k, spread_at] for side, k in zip(measured, best, strict=True)])
    found = []
    for k, (side, own) in enumerate(zip(measured, log_odds, strict=True)):
        others = [j for j in range(4) if j != k]
        near = [(k + 1) % 4, (k + 3) % 4]
        across = (k + 2) % 4
        likeliest = max(others, key=lambda j: odds[j])
        order = np.argsort(np.argsort(-own, kind="stable"), kind="stable")
        own_share = side.depth_px / side.length_px
        alike = np.abs(side.colours[:, None] - colours[others]).mean(axis=2) / 255
        further = (
            own,
            order,
            own.max() - own,
            np.full_like(own, odds[others].max()),
            np.full_like(own, odds[others].mean()),
            np.full_like(own, guess[others].max()),
            np.abs(own_share - share[across]),
            np.abs(side.depth_px - depth[across]),
            np.abs(own_share[:, None] - share[near]).min(axis=1),
            np.abs(side.depth_px[:, None] - depth[near]).min(axis=1),
            alike.min(axis=1),
            np.full_like(own, (odds[others] > 0).sum()),
            np.abs(side.colours - colours[likeliest]).mean(axis=1) / 255,
            np.abs(side.numbers[:, spread_at] - spreads[likeliest]),
            np.abs(own_share - share[likeliest]),
            np.abs(side.depth_px - depth[likeliest]),
        )
        found.append(np.concatenate([side.numbers, np.stack(further, axis=1)], axis=1, dtype=np.float32))
    return found


def choose(
    measured: Sequence[Candidates], log_odds: Sequence[Floats], size: Sequence[int], least: float
) -> Box:
    """Return the content box inside the likeliest candidates.

    A side whose candidates all stay below ``least`` keeps the picture's edge; the likeliest of all sides
    always counts: the picture was judged framed.
    """
    width, height = size
    best = [int(odds.argmax()) for odds in log_odds]
    odds = [float(own[k]) for own, k in zip(log_odds, best, strict=True)]
    depths = [
        round(float(side.depth_px[k])) if own >= min(least, max(odds)) else 0
        for side, k, own in zip(measured, best, odds, strict=True)
    ]
    left, top = min(depths[0], width - 1), min(depths[1], height - 1)
    return Box(left, top, max(left + 1, width - depths[2]), max(top + 1, height - depths[3]))


def _measure_side(rows: Image, guess: float, score: float, lines: tuple[Floats, Floats]) -> Candidates:
    """Measure the candidates of the side at which ``rows`` begin; (length across, along, 3)."""
    length, along = rows.shape[:2]
    deepest = max(1, min(length - 1, round(REACH * length)))
    stride = -(-along // SAMPLES)
    strip = np.ascontiguousarray(rows[: deepest + 2, ::stride])
    last = len(strip) - 1
    grey = cv2.cvtColor(strip, cv2.COLOR_RGB2GRAY)
    steps = _greatest(cv2.absdiff(strip[1:], strip[:-1]))  # steps[d - 1]: between rows d - 1 and d
    profile = _mean_along(steps)
    deepest = min(deepest, len(profile))
    guess_px = guess * length
    contrasts = [_contrast(strip, window)[:deepest] for window in WINDOWS_PX]
    line_depth, line_odds = lines
    seen = line_depth[(line_depth >= 1) & (line_depth <= deepest)]
    edges = _edges(profile[:deepest], guess_px, NEAR_PX + NEAR_FRACTION * length)
    wide = [_peaks(contrast)[:WIDE_STEPS] for contrast in contrasts]
    steep = np.unique(np.concatenate([seen, edges, *wide]))
    depth = np.concatenate([[np.clip(guess_px, 0, deepest)], steep]).astype(np.float32)
    at = np.clip(np.rint(depth).astype(np.intp), 1, deepest)  # where a candidate is measured
    is_guess = np.zeros(len(at), np.float32)
    is_guess[0] = 1

    chosen = steps[at - 1]
    weak = chosen > WEAK_STEP
    quarters = [part.mean(axis=1) for part in np.array_split(weak, 4, axis=1)]
    change = grey[at].astype(np.int16) - grey[at - 1]
    coherence = np.abs(change.mean(axis=1)) / (np.abs(change).mean(axis=1) + 1)
    means = np.asarray(cv2.reduce(strip, 1, cv2.REDUCE_AVG, dtype=cv2.CV_32F), np.float32)[:, 0]
    spread = np.sqrt(np.maximum(0, _mean_along(grey.astype(np.float32) ** 2) - _mean_along(grey) ** 2))
    outside, inside = np.maximum(at - 2, 0), np.minimum(at + 1, last)
    around = cv2.blur(profile[:, None], (1, 17)).ravel()
    below = np.maximum.accumulate(profile)
    beyond = np.maximum.accumulate(profile[::-1])[::-1]
    rank = np.argsort(np.argsort(-profile[at - 1], kind="stable"), kind="stable")
    away = np.abs(depth - guess_px)
    numbers = (
        depth / length,
        np.full_like(depth, guess),
        (depth - guess_px) / length,
        away / length,
        away,
        is_guess,
        1 - is_guess,
        rank,
        np.log1p(profile[at - 1]),
        weak.mean(axis=1),
        (chosen > CLEAR_STEP).mean(axis=1),
        np.min(quarters, axis=0),
        coherence,
        profile[at - 1] / (around[at - 1] + 1),
        profile[at - 1] / (profile[:deepest].max() + 1),
        beyond[np.minimum(at + 1, len(profile) - 1)] / (profile[at - 1] + 1),
        below[np.maximum(at - 3, 0)] / (profile[at - 1] + 1),
        spread[outside],
        spread[inside],
        means[outside].min(axis=1),
        means[inside].min(axis=1),
        np.abs(means[outside] - means[0]).mean(axis=1),
        np.full_like(depth, score),
        *(contrast[at - 1] / 255 for contrast in contrasts),
        *(contrast[at - 1] / (contrast.max() + 1) for contrast in contrasts),
        *_compare_lines(depth, line_depth, line_odds),
    )
    return Candidates(depth, length, np.stack(numbers, axis=1).astype(np.float32), means[outside])


def _contrast(strip: Image, window: int) -> Floats:
    """Return how much the mean colours of ``window`` rows on either side of each depth differ.

    Each place along the side is compared for itself, so a border that wanders by a few pixels still shows.
    """
    padded = cv2.copyMakeBorder(strip, window, window, 0, 0, cv2.BORDER_REPLICATE)
    means = cv2.blur(padded, (1, window), anchor=(0, 0))  # of rows d - window to d - 1 at d
    inner, outer = means[1 + window : len(strip) + window], means[1 : len(strip)]
    return _mean_along(_greatest(cv2.absdiff(inner, outer)))


def _greatest(strip: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Return the greatest of the three channels."""
    red, green, blue = cv2.split(strip)
    return np.asarray(cv2.max(cv2.max(red, green), blue), np.uint8)


def _mean_along(strip: npt.NDArray[Any]) -> Floats:
    """Return the mean of each row of (depth, along)."""
    return np.asarray(cv2.reduce(strip, 1, cv2.REDUCE_AVG, dtype=cv2.CV_32F), np.float32).ravel()


def _compare_lines(depth: Floats, line_depth: Floats, line_odds: Floats) -> tuple[Floats, ...]:
    """Return canny's log-odds of each candidate, how far behind its best line they are, and where that is."""
    if not len(line_depth):
        none = np.full_like(depth, NO_LINE)
        return none, np.zeros_like(depth), none, depth
    away = np.abs(depth[:, None] - line_depth)
    odds = np.where(away <= SAME_LINE_PX, line_odds, np.float32(NO_LINE)).max(axis=1)
    best = int(line_odds.argmax())
    return odds, line_odds[best] - odds, np.full_like(depth, line_odds[best]), away[:, best]


def _edges(profile: Floats, guess_px: float, near_px: float) -> Ints:
    """Return the depths of the strongest steps, and of the strongest near the guess."""
    by_strength = _peaks(profile)
    near = by_strength[np.abs(by_strength - guess_px) <= near_px]
    return np.concatenate([by_strength[:STRONGEST], near[:NEAR_GUESS]])


def _peaks(profile: Floats) -> Ints:
    """Return the depths at which a profile of steps has its local maxima, the highest first."""
    padded = np.concatenate([[-1.0], profile, [-1.0]])
    peak = np.flatnonzero((padded[1:-1] >= padded[:-2]) & (padded[1:-1] > padded[2:]) & (profile > 0.5))
    return peak[np.argsort(-profile[peak], kind="stable")] + 1


def read_snapping(path: Path = DEFAULT_FILE) -> Snapping:
    """Read what `write_snapping` wrote.

    Raises
    ------
    InputError
        When the file is missing, malformed, or fitted for other numbers.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["schema"] != SCHEMA:
            raise ValueError(f"schema is {document['schema']!r}, not {SCHEMA!r}")
        return Snapping(
            _read_rules(document["alone"], ALONE),
            _read_rules(document["together"], TOGETHER),
            float(document["least_log_odds"]),
            dict(document["provenance"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise InputError(
            f"no fitted numbers can be read ({problem})",
            where=path,
            fix="fit them with `python -m framejudge.detectors.network.fit_snapping`",
        ) from problem


def write_snapping(snapping: Snapping, path: Path) -> None:
    """Write the fitted numbers, a decision rule on a line."""
    document = snapping.document
    parts = {name: document.pop(name) for name in ("alone", "together")}
    head = json.dumps(document, indent=1)[:-2]
    bodies = [
        f' "{name}": {{\n  "numbers": {json.dumps(part["numbers"])},\n  "prior": {part["prior"]},\n'
        + '  "rules": [\n   '
        + ",\n   ".join(json.dumps(rule) for rule in part["rules"])
        + "\n  ]\n }"
        for name, part in parts.items()
    ]
    path.write_text(",\n".join([head, *bodies]) + "\n}\n", encoding="utf-8")


def _rules_document(rules: Rules, names: Sequence[str]) -> dict[str, Any]:
    return {
        "numbers": list(names),
        "prior": round(rules.prior, 4),
        "rules": [
            [
                [int(k) for k in place],
                [float(f"{value:.5g}") for value in cut],
                [round(float(value), 4) for value in amount],
            ]
            for place, cut, amount in zip(rules.place, rules.cut, rules.amount, strict=True)
        ],
    }


def _read_rules(document: Mapping[str, Any], names: Sequence[str]) -> Rules:
    if tuple(document["numbers"]) != tuple(names):
        raise ValueError("fitted for other numbers")
    place, cut, amount = (np.array(part) for part in zip(*document["rules"], strict=True))
    if not (np.isfinite(cut).all() and np.isfinite(amount).all()):
        raise ValueError("a number is not finite")
    if place.shape[1:] != (7,) or amount.shape[1:] != (8,) or cut.shape != place.shape:
        raise ValueError(f"a rule does not ask {QUESTIONS} questions in a row")
    if place.min() < 0 or place.max() >= len(names):
        raise ValueError("a rule asks about a number that there is not")
    return Rules(
        float(document["prior"]), place.astype(np.intp), cut.astype(np.float32), amount.astype(np.float32)
    )
