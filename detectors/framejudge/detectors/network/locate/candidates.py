"""The lines near each side that may be a frame's inner border, and what is measured of each.

Candidates are the lines that canny finds, the strongest steps in colour, the depths at which the frame's
colours or its ornament end, and the network's guess itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.detectors.canny.detector import line_log_odds, measure
from framejudge.detectors.canny.edges import cut_strips
from framejudge.detectors.canny.parameters import DEFAULT_FILE as CANNY_FILE
from framejudge.detectors.canny.parameters import Parameters, read_parameters
from framejudge.detectors.network.locate.band_colours import (
    INNER_FRACTION,
    INNER_MARGIN,
    OUTER_FRACTION,
    Floats,
    colour_codes,
    log_odds,
    palette_odds,
)
from framejudge.detectors.protocol import Image

Ints = npt.NDArray[np.intp]
Guess = Sequence[float] | npt.NDArray[np.floating]

REACH = 0.3
"""How deep a side is searched, as a share of the picture's length across it."""

SAMPLES = 256
"""Places along a side at which steps are measured, at most: a large picture costs little more then."""

ENOUGH_PX = 512
"""Rows and columns, at least, from which the frame's colours are taken."""

STRONGEST = 8
NEAR_GUESS = 4
WIDE_STEPS = 3
DROPS = 2
NEAR_FRACTION, NEAR_PX = 0.04, 3.0
"""Candidates of a side: the strongest steps anywhere, the strongest within so much of the guess, the
strongest of those that are spread over several pixels, as torn and painted borders are, and the depths at
which the frame's colours and its ornament become fewer."""

WINDOWS_PX = (4, 9)
"""Rows on either side of a line whose means are compared."""

LEAST_SHARES = (0.02, 0.08, 0.25)
ENDS_FACTOR, ENDS_FRACTION = 1.8, 0.03
"""A border that is ragged ends where the last share of the side, above what is usual further in, is left;
it is looked for up to so much beyond the guess."""

DROP_PX = 4
"""Rows on either side over which colours and ornament become fewer."""

LIKELY, SURE = 1.0, 3.0
"""Log-odds from which on a colour is clearly the frame's, and at which they are capped."""

SEED_FRACTION = 0.012
"""A side's own colours are taken from so much of it at least."""

SAME_LINE_PX = 1.6
"""A candidate is the line of canny's that lies so near."""

NO_LINE = -8.0
"""Log-odds where canny has no line."""

WEAK_STEP, CLEAR_STEP, STEEP_STEP, GREATEST_STEP = 6, 20, 30, 60
"""Levels of 255 in the channel that changes most."""

ALONE = (
    "depth", "guess", "beyond_guess", "distance", "distance_px", "is_guess", "is_edge", "rank",
    "step", "weak_share", "clear_share", "worst_quarter", "step_over_around", "step_over_best",
    "deeper_best", "shallower_best", "coherence", "outside_spread", "inside_spread", "outside_light",
    "inside_light", "outside_to_rim", "score",
    "contrast_narrow", "contrast_wide", "contrast_narrow_peak", "contrast_wide_peak", "line_log_odds",
    "behind_best_line", "best_line", "distance_to_best_line",
    "palette_outside", "palette_inside", "palette_beyond", "palette_reach", "palette_all_outside",
    "palette_drop", "own_outside", "own_inside", "own_beyond", "own_reach", "own_drop",
    "activity_outside", "activity_inside", "activity_beyond", "activity_drop", "steep_share", "steep_reach",
    "guess_others",
)  # fmt: skip
"""What is measured of a candidate by itself; see `_measure_side`."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """A side's candidates.

    Attributes
    ----------
    depth_px
        Shape (m,): distance from the side at which the content would begin.
    length_px
        Of the picture across the side.
    features
        Shape (m, len(ALONE)).
    colours
        Shape (m, 3): mean RGB just outside.
    steps
        Shape (m, places): how much the picture changes across the line at places along the side.
    """

    depth_px: Floats
    length_px: int
    features: Floats
    colours: Floats
    steps: npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class _Profiles:
    """What a side shows at each depth; a value a row, the outermost first.

    Attributes
    ----------
    steps
        Shape (rows - 1, places): greatest change of a channel from one row to the next.
    step
        Its mean along the side.
    contrasts
        How much the mean colours of several rows on either side of each depth differ, for each window.
    palette, own
        How likely the colours are the frame's, learnt from all sides and from this one, in [-1, 1].
    palette_share, own_share
        Share of the side where they clearly are.
    activity
        Mean change along and across the side: how much is drawn.
    steep_share
        Share of the side with a clear step.
    """

    steps: npt.NDArray[np.uint8]
    step: Floats
    contrasts: list[Floats]
    palette: Floats
    palette_share: Floats
    own: Floats
    own_share: Floats
    activity: Floats
    steep_share: Floats


def measure_candidates(image: Image, guess: Guess, score: float) -> list[Candidates]:
    """Find and measure the candidates of all four sides: left, top, right, bottom."""
    depths = [max(0.0, float(depth)) for depth in guess]
    stride = max(1, min(image.shape[:2]) // ENOUGH_PX)
    palette = palette_odds(colour_codes(image[::stride, ::stride]), depths)
    sides = zip(_from_each_side(image), canny_lines(image), strict=True)
    return [
        _measure_side(rows, palette, lines, depths[k], max(depths[:k] + depths[k + 1 :]), score)
        for k, (rows, lines) in enumerate(sides)
    ]


def _from_each_side(image: Image) -> tuple[Image, Image, Image, Image]:
    """Return the picture with its left, top, right and bottom side as the first row."""
    turned = image.swapaxes(0, 1)
    return turned, image, turned[::-1], image[::-1]


def canny_lines(image: Image) -> list[tuple[Floats, Floats]]:
    """Return each side's lines as canny finds them: depths in pixels of the picture, and log-odds."""
    parameters = _canny_parameters()
    strips = cut_strips(image)
    measured = measure(strips)
    weighed = line_log_odds(parameters.lines, parameters.context, measured)
    found = []
    for side in range(4):
        there = weighed[side] > NO_LINE
        depth_px = strips.margins[side] + measured.lines.depth[side][there] / strips.scale[side % 2]
        found.append((np.rint(depth_px).astype(np.float32), weighed[side][there].astype(np.float32)))
    return found


@cache
def _canny_parameters() -> Parameters:
    return read_parameters(CANNY_FILE)


def _measure_side(
    rows: Image,
    palette: Floats,
    lines: tuple[Floats, Floats],
    guess: float,
    guess_others: float,
    score: float,
) -> Candidates:
    """Measure the candidates of the side at which ``rows`` begin; (length across, along, 3)."""
    length, along = rows.shape[:2]
    deepest = max(1, min(length - 1, round(REACH * length)))
    stride = -(-along // SAMPLES)
    strip = np.ascontiguousarray(rows[: deepest + 2, ::stride])
    profiles = _profiles(strip, palette, guess, length)
    deepest = min(deepest, len(profiles.step))
    guess_px = guess * length
    line_depth = lines[0]
    seen = line_depth[(line_depth >= 1) & (line_depth <= deepest)]
    steep = np.unique(np.concatenate([seen, _edges(profiles, guess_px, length, deepest)]))
    depth = np.concatenate([[np.clip(guess_px, 0, deepest)], steep]).astype(np.float32)
    at = np.clip(np.rint(depth).astype(np.intp), 1, deepest)  # where a candidate is measured
    means = np.asarray(cv2.reduce(strip, 1, cv2.REDUCE_AVG, dtype=cv2.CV_32F), np.float32)[:, 0]
    features = (
        *_of_the_place(depth, guess_px, length, guess),
        *_of_the_step(profiles, at, deepest),
        *_of_the_rows(strip, means, at),
        np.full_like(depth, score),
        *(contrast[at - 1] / 255 for contrast in profiles.contrasts),
        *(contrast[at - 1] / (contrast[:deepest].max() + 1) for contrast in profiles.contrasts),
        *_compare_lines(depth, *lines),
        *_of_the_colours(profiles, at),
        np.full_like(depth, guess_others),
    )
    outside = means[np.maximum(at - 2, 0)]
    beside = np.clip(at[:, None] + (-2, -1, 0), 0, len(profiles.steps) - 1)  # a line may waver by a pixel
    steps = profiles.steps[beside].max(axis=1)
    return Candidates(depth, length, np.stack(features, axis=1).astype(np.float32), outside, steps)


def _profiles(strip: Image, palette: Floats, guess: float, length: int) -> _Profiles:
    codes = colour_codes(strip)
    steps = _greatest(cv2.absdiff(strip[1:], strip[:-1]))
    seed_px = max(guess, SEED_FRACTION) * length
    outer = max(1, round(OUTER_FRACTION * seed_px))
    inner = min(len(codes) - 2, round(INNER_FRACTION * seed_px + INNER_MARGIN * length))
    own = np.clip(log_odds(codes[:outer], codes[inner : inner + max(8, outer)]), -SURE, SURE)[codes]
    likely = np.clip(palette, -SURE, SURE)[codes]
    across = _greatest(cv2.absdiff(strip[:, 1:], strip[:, :-1]))
    return _Profiles(
        steps=steps,
        step=_mean_along(steps),
        contrasts=[_contrast(strip, window) for window in WINDOWS_PX],
        palette=_mean_along(likely) / np.float32(SURE),
        palette_share=_mean_along((likely > LIKELY).astype(np.float32)),
        own=_mean_along(own) / np.float32(SURE),
        own_share=_mean_along((own > LIKELY).astype(np.float32)),
        activity=_mean_along(np.minimum(across, GREATEST_STEP))[:-1]
        + _mean_along(np.minimum(steps, GREATEST_STEP)),
        steep_share=_mean_along((steps > STEEP_STEP).astype(np.float32)),
    )


def _edges(profiles: _Profiles, guess_px: float, length: int, deepest: int) -> Ints:
    """Return the depths at which a border may end, by each kind of evidence."""
    by_strength = _peaks(profiles.step[:deepest])
    near = by_strength[np.abs(by_strength - guess_px) <= NEAR_PX + NEAR_FRACTION * length]
    wide = [_peaks(contrast[:deepest])[:WIDE_STEPS] for contrast in profiles.contrasts]
    fading = (profiles.palette, profiles.own, profiles.activity / np.float32(GREATEST_STEP))
    drops = [_peaks(_drop(profile)[:deepest])[:DROPS] for profile in fading]
    ragged = (profiles.palette_share, profiles.own_share, profiles.steep_share)
    within = ENDS_FACTOR * guess_px + ENDS_FRACTION * length
    ends = [_ends(share[:deepest], within) for share in ragged]
    found = np.concatenate([by_strength[:STRONGEST], near[:NEAR_GUESS], *wide, *drops, *ends])
    return np.asarray(found[(found >= 1) & (found <= deepest)], np.intp)


def _peaks(profile: Floats) -> Ints:
    """Return the depths at which a profile of steps has its local maxima, the highest first."""
    padded = np.concatenate([[-1.0], profile, [-1.0]])
    peak = np.flatnonzero((padded[1:-1] >= padded[:-2]) & (padded[1:-1] > padded[2:]) & (profile > 0.5))
    return peak[np.argsort(-profile[peak], kind="stable")] + 1


def _ends(share: Floats, within_px: float) -> Ints:
    """Return the depths up to which a share of the side is above what is usual further in."""
    usual = float(np.median(share[len(share) // 2 :]))
    above = [np.flatnonzero(share > usual + least) for least in LEAST_SHARES]
    near = [rows[rows < within_px] for rows in above]
    return np.array([rows[-1] + 1 for rows in near if len(rows)], np.intp)


def _of_the_place(depth: Floats, guess_px: float, length: int, guess: float) -> tuple[npt.NDArray[Any], ...]:
    """Return the features from ``depth`` to ``is_edge``."""
    away = np.abs(depth - guess_px)
    is_guess = np.zeros(len(depth), np.float32)
    is_guess[0] = 1
    return (
        depth / length,
        np.full_like(depth, guess),
        (depth - guess_px) / length,
        away / length,
        away,
        is_guess,
        1 - is_guess,
    )


def _of_the_step(profiles: _Profiles, at: Ints, deepest: int) -> tuple[npt.NDArray[Any], ...]:
    """Return the features from ``rank`` to ``shallower_best``."""
    steps, profile = profiles.steps[at - 1], profiles.step
    height = profile[at - 1]
    weak = steps > WEAK_STEP
    quarters = [part.mean(axis=1) for part in np.array_split(weak, 4, axis=1)]
    around = cv2.blur(profile[:, None], (1, 17)).ravel()
    below = np.maximum.accumulate(profile)
    beyond = np.maximum.accumulate(profile[::-1])[::-1]
    return (
        np.argsort(np.argsort(-height, kind="stable"), kind="stable"),
        np.log1p(height),
        weak.mean(axis=1),
        (steps > CLEAR_STEP).mean(axis=1),
        np.min(quarters, axis=0),
        height / (around[at - 1] + 1),
        height / (profile[:deepest].max() + 1),
        beyond[np.minimum(at + 1, len(profile) - 1)] / (height + 1),
        below[np.maximum(at - 3, 0)] / (height + 1),
    )


def _of_the_rows(strip: Image, means: Floats, at: Ints) -> tuple[npt.NDArray[Any], ...]:
    """Return the features from ``coherence`` to ``outside_to_rim``."""
    grey = cv2.cvtColor(strip, cv2.COLOR_RGB2GRAY)
    change = grey[at].astype(np.int16) - grey[at - 1]
    exact = grey.astype(np.float32)
    spread = np.sqrt(np.maximum(0, _mean_along(exact**2) - _mean_along(exact) ** 2))
    outside, inside = np.maximum(at - 2, 0), np.minimum(at + 1, len(strip) - 1)
    return (
        np.abs(change.mean(axis=1)) / (np.abs(change).mean(axis=1) + 1),
        spread[outside],
        spread[inside],
        means[outside].min(axis=1),
        means[inside].min(axis=1),
        np.abs(means[outside] - means[0]).mean(axis=1),
    )


def _of_the_colours(profiles: _Profiles, at: Ints) -> tuple[npt.NDArray[Any], ...]:
    """Return the features from ``palette_outside`` to ``steep_reach``."""
    activity, steep = profiles.activity, profiles.steep_share
    return (
        *_around(profiles.palette, at),
        _reach(profiles.palette_share, at),
        np.cumsum(profiles.palette)[at - 1] / at,
        _drop(profiles.palette)[at - 1],
        *_around(profiles.own, at),
        _reach(profiles.own_share, at),
        _drop(profiles.own)[at - 1],
        *_around(activity, at),
        _drop(activity)[at - 1],
        steep[np.minimum(at, len(steep)) - 1],
        _reach(steep, at),
    )


def _around(profile: Floats, at: Ints) -> tuple[Floats, Floats, Floats]:
    """Return the means just outside each depth, just inside, and further in."""
    return _means(profile, at - 4, at), _means(profile, at, at + 3), _means(profile, at + 3, at + 14)


def _reach(share: Floats, at: Ints) -> Floats:
    """Return the share of a side that still reaches behind each depth, above what is usual further in."""
    behind = _means(share, at, at + 2)
    return np.asarray(np.maximum(0, behind - np.median(share[len(share) // 2 :])), np.float32)


def _drop(profile: Floats) -> Floats:
    """Return by how much the rows outside each depth exceed those inside."""
    at = np.arange(1, len(profile))
    lower = _means(profile, at - DROP_PX, at) - _means(profile, at, at + DROP_PX)
    return np.asarray(np.maximum(0, lower) * 100, np.float32)


def _means(profile: Floats, start: Ints, end: Ints) -> Floats:
    """Return the means of the rows from ``start`` to before ``end``: of one at least."""
    total = np.concatenate([[0.0], np.cumsum(profile, dtype=np.float64)])
    start = np.minimum(np.maximum(start, 0), len(profile) - 1)
    end = np.maximum(np.minimum(end, len(profile)), start + 1)
    return np.asarray((total[end] - total[start]) / (end - start), np.float32)


def _compare_lines(depth: Floats, line_depth: Floats, line_odds: Floats) -> tuple[Floats, ...]:
    """Return canny's log-odds of each candidate, how far behind its best line they are, and where that is."""
    if not len(line_depth):
        none = np.full_like(depth, NO_LINE)
        return none, np.zeros_like(depth), none, depth
    away = np.abs(depth[:, None] - line_depth)
    odds = np.where(away <= SAME_LINE_PX, line_odds, np.float32(NO_LINE)).max(axis=1)
    best = int(line_odds.argmax())
    return odds, line_odds[best] - odds, np.full_like(depth, line_odds[best]), away[:, best]


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
