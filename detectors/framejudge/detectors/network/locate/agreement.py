"""What the four sides' candidates say of each other: a frame's sides are of one kind, and its bands meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from framejudge.detectors.network.locate.band_colours import Floats
from framejudge.detectors.network.locate.candidates import ALONE, Candidates

LIKELIEST = 5
"""Candidates of a side that are compared with the other sides'."""

SAME_DEPTH_PX = 1.5
"""Candidates of two sides support each other where their depths differ no more."""

NO_SUPPORT = -9.0
"""Log-odds of the support where another side has no candidate at a depth."""

ENDS = ((1, 3), (0, 2), (1, 3), (0, 2))
"""The sides at which the left, top, right and bottom side start and end."""

TOGETHER = (
    *ALONE, "log_odds", "log_odds_rank", "behind_best", "others_best", "others_mean", "others_guess",
    "opposite_share", "opposite_px", "neighbours_share", "neighbours_px", "colour_of_others",
    "others_likely", "likeliest_colour", "likeliest_spread", "likeliest_share", "likeliest_px",
    "opposite_support", "opposite_support_behind", "neighbour_support", "weaker_neighbour_support",
    "neighbour_support_behind", "support", "opposite_best", "neighbour_best", "weaker_neighbour_best",
    "opposite_guess", "neighbour_guess", "lesser_neighbour_guess", "best", "sum", "depth_over_opposite_guess",
    "first_corner_odds", "first_corner_step", "first_corner_step_after", "first_corner_crossed",
    "first_corner_crossed_after",
    "second_corner_odds", "second_corner_step", "second_corner_step_after", "second_corner_crossed",
    "second_corner_crossed_after",
)  # fmt: skip
"""What is measured of a candidate by itself, and what the other sides add."""


def shortlist(
    measured: Sequence[Candidates], log_odds: Sequence[Floats]
) -> tuple[list[Candidates], list[Floats]]:
    """Return each side's likeliest candidates and their log-odds."""
    kept = [np.sort(np.argsort(-odds, kind="stable")[:LIKELIEST]) for odds in log_odds]
    sides = [
        Candidates(
            side.depth_px[rows], side.length_px, side.features[rows], side.colours[rows], side.steps[rows]
        )
        for side, rows in zip(measured, kept, strict=True)
    ]
    return sides, [odds[rows] for odds, rows in zip(log_odds, kept, strict=True)]


def features_together(measured: Sequence[Candidates], log_odds: Sequence[Floats]) -> list[Floats]:
    """Add to each side's features what the other sides' candidates say; (m, len(TOGETHER)) each."""
    best = _Best.of(measured, log_odds)
    return [
        np.concatenate(
            [
                side.features,
                np.stack(
                    [
                        *_likeness(k, side, log_odds[k], best),
                        *_support(k, measured, log_odds, best),
                        *_corners(k, side, measured, best),
                    ],
                    axis=1,
                ),
            ],
            axis=1,
            dtype=np.float32,
        )
        for k, side in enumerate(measured)
    ]


@dataclass(frozen=True, slots=True)
class _Best:
    """Each side's likeliest candidate; a value a side.

    Attributes
    ----------
    colours
        Shape (4, 3).
    steps
        Along the side; see `Candidates`.
    """

    depth_px: Floats
    share: Floats
    odds: Floats
    guess: Floats
    spread: Floats
    colours: Floats
    steps: list[Floats]

    @classmethod
    def of(cls, measured: Sequence[Candidates], log_odds: Sequence[Floats]) -> _Best:
        at = [int(odds.argmax()) for odds in log_odds]
        pairs = list(zip(measured, at, strict=True))
        depth = np.array([side.depth_px[k] for side, k in pairs], np.float32)
        return cls(
            depth_px=depth,
            share=np.array([side.depth_px[k] / side.length_px for side, k in pairs], np.float32),
            odds=np.array([odds[k] for odds, k in zip(log_odds, at, strict=True)], np.float32),
            guess=np.array([side.features[0, ALONE.index("guess")] for side in measured], np.float32),
            spread=np.array(
                [side.features[k, ALONE.index("outside_spread")] for side, k in pairs], np.float32
            ),
            colours=np.stack([side.colours[k] for side, k in pairs]),
            steps=[side.steps[k].astype(np.float32) for side, k in pairs],
        )


def _likeness(k: int, side: Candidates, own: Floats, best: _Best) -> tuple[Floats, ...]:
    """Return the features from ``log_odds`` to ``likeliest_px``."""
    others = [j for j in range(4) if j != k]
    near = list(ENDS[k])
    across = (k + 2) % 4
    likeliest = max(others, key=lambda j: best.odds[j])
    share = side.depth_px / np.float32(side.length_px)
    alike = np.abs(side.colours[:, None] - best.colours[others]).mean(axis=2) / 255
    return (
        own,
        np.argsort(np.argsort(-own, kind="stable"), kind="stable").astype(np.float32),
        own.max() - own,
        np.full_like(own, best.odds[others].max()),
        np.full_like(own, best.odds[others].mean()),
        np.full_like(own, best.guess[others].max()),
        np.abs(share - best.share[across]),
        np.abs(side.depth_px - best.depth_px[across]),
        np.abs(share[:, None] - best.share[near]).min(axis=1),
        np.abs(side.depth_px[:, None] - best.depth_px[near]).min(axis=1),
        alike.min(axis=1),
        np.full_like(own, (best.odds[others] > 0).sum()),
        np.abs(side.colours - best.colours[likeliest]).mean(axis=1) / 255,
        np.abs(side.features[:, ALONE.index("outside_spread")] - best.spread[likeliest]),
        np.abs(share - best.share[likeliest]),
        np.abs(side.depth_px - best.depth_px[likeliest]),
    )


def _support(
    k: int, measured: Sequence[Candidates], log_odds: Sequence[Floats], best: _Best
) -> tuple[Floats, ...]:
    """Return the features from ``opposite_support`` to ``depth_over_opposite_guess``."""
    side, own = measured[k], log_odds[k]
    across = (k + 2) % 4
    one, other = ENDS[k]

    def at_depth(j: int) -> Floats:
        near = np.abs(side.depth_px[:, None] - measured[j].depth_px) <= SAME_DEPTH_PX
        return np.asarray(np.where(near, log_odds[j], np.float32(NO_SUPPORT)).max(axis=1), np.float32)

    first, second, opposite = at_depth(one), at_depth(other), at_depth(across)
    all_round = sum(1 / (1 + np.exp(-odds)) for odds in (first, second, opposite))

    def same(value: float | np.floating) -> Floats:
        return np.full_like(own, value)

    return (
        opposite,
        opposite - best.odds[across],
        np.maximum(first, second),
        np.minimum(first, second),
        np.maximum(first - best.odds[one], second - best.odds[other]),
        np.asarray(all_round, np.float32),
        same(best.odds[across]),
        same(max(best.odds[one], best.odds[other])),
        same(min(best.odds[one], best.odds[other])),
        same(best.guess[across]),
        same(max(best.guess[one], best.guess[other])),
        same(min(best.guess[one], best.guess[other])),
        same(own.max()),
        same(np.log(np.exp(own).sum())),
        side.depth_px / (best.guess[across] * measured[across].length_px + 2),
    )


def _corners(k: int, side: Candidates, measured: Sequence[Candidates], best: _Best) -> list[Floats]:
    """Return how each line goes on where another side's band lies, and the other way round.

    A band's inner line ends where the next band begins; beside a bare side it runs to the picture's edge.
    The likelier of the two neighbours comes first.
    """
    rows = side.steps.astype(np.float32)
    found = []
    for end, j in enumerate(ENDS[k]):
        here = rows[:, ::-1] if end else rows
        there = best.steps[j][::-1] if k >= 2 else best.steps[j]
        zone = np.full(len(rows), best.depth_px[j] / measured[j].length_px)
        crossing = np.broadcast_to(there, (len(rows), len(there)))
        found.append(
            [
                np.full(len(rows), best.odds[j], np.float32),
                *_in_and_after(here, zone),
                *_in_and_after(crossing, side.depth_px / np.float32(side.length_px)),
            ]
        )
    found.sort(key=lambda end: -end[0][0])
    return [*found[0], *found[1]]


def _in_and_after(steps: Floats, share: Floats) -> tuple[Floats, Floats]:
    """Return the mean step in the first share of each line, and after it, by what is usual in its middle."""
    places = steps.shape[1]
    usual = steps[:, places // 4 : 3 * places // 4 + 1].mean(axis=1) + 1
    total = np.concatenate([np.zeros((len(steps), 1)), np.cumsum(steps, axis=1)], axis=1)
    rows = np.arange(len(steps))
    end = np.clip(np.rint(share * places).astype(np.intp), 1, places // 2)
    later = np.minimum(2 * end + 2, places)
    first = total[rows, end] / end
    after = (total[rows, later] - total[rows, end]) / (later - end)
    return (
        np.asarray(np.minimum(first / usual, 2), np.float32),
        np.asarray(np.minimum(after / usual, 2), np.float32),
    )
