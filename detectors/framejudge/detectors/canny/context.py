"""What a line's neighbours say about it: a frame has lines of one kind on several sides."""

from __future__ import annotations

import numpy as np

from framejudge.detectors.canny.edges import Floats
from framejudge.detectors.canny.lines import Ints, Lines

LEAST_STRENGTH = 0.12
"""Weaker candidates are no lines: they are passed over."""

NO_LINE = -12.0
"""Log-odds that stand for them."""

DEPTH_PENALTY = 1.5
"""Log-odds that a partner loses for each unit of the logarithm of its distance in depth."""

CONTEXT_NUMBERS = (
    "own",
    "opposite_side",
    "likelier_neighbour",
    "other_neighbour",
    "opposite_partner",
    "likelier_partner",
    "other_partner",
    "further_in",
    "further_out",
    "behind",
)
"""Log-odds: of the line itself; of the best line of the opposite and the two adjacent sides; the same, but of
lines at about the same depth; of the best line of the same side inside and outside of it; and how far the
line is behind the best of its side."""


def describe_context(lines: Lines, log_odds: Floats) -> Floats:
    """Return the numbers of `CONTEXT_NUMBERS` for each line.

    Parameters
    ----------
    lines
        The candidates.
    log_odds
        That each is a frame's inner border, as the line rules see it alone; (4, lines).

    Returns
    -------
    Shape (4, lines, 10).
    """
    best = log_odds.max(axis=1)
    by_turn = [np.roll(np.arange(4), -turn) for turn in (1, 2, 3)]
    after, opposite, before = (best[side][:, None] for side in by_turn)
    partner_after, partner_opposite, partner_before = (
        _partner(lines.depth, log_odds, side) for side in by_turn
    )
    gap = lines.depth[:, None, :] - lines.depth[:, :, None]
    others = log_odds[:, None, :]
    numbers = (
        log_odds,
        opposite,
        np.maximum(after, before),
        np.minimum(after, before),
        partner_opposite,
        np.maximum(partner_after, partner_before),
        np.minimum(partner_after, partner_before),
        np.where(gap > 1, others, np.float32(NO_LINE)).max(axis=2),
        np.where(gap < -1, others, np.float32(NO_LINE)).max(axis=2),
        log_odds - best[:, None],
    )
    described = np.empty((*log_odds.shape, len(numbers)), np.float32)
    for place, values in enumerate(numbers):
        described[:, :, place] = values
    return described


def _partner(depth: Ints, log_odds: Floats, side: Ints) -> Floats:
    distance = np.abs(depth[:, :, None] - depth[side][:, None, :])
    likeliest: Floats = (log_odds[side][:, None, :] - DEPTH_PENALTY * np.log1p(distance)).max(axis=2)
    return likeliest
