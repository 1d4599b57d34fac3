"""What a line's neighbours say about it: a frame has lines of one kind on several sides."""

from __future__ import annotations

import numpy as np

from framejudge.detectors.canny.edges import Floats
from framejudge.detectors.canny.evidence import OTHER_SIDES
from framejudge.detectors.canny.lines import Lines

LEAST_STRENGTH = 0.12
"""Weaker candidates are no lines: they are passed over."""

NO_LINE = -12.0
"""Log-odds that stand for them."""

DEPTH_PENALTY = 1.5
"""Log-odds that a partner loses for each unit of the logarithm of its distance in depth."""

CONTEXT_FEATURES = (
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
    """Return the features of `CONTEXT_FEATURES` for each line.

    Parameters
    ----------
    lines
        The candidates.
    log_odds
        That each is a frame's inner border, as the line trees see it alone; (4, lines).

    Returns
    -------
    Shape (4, lines, 10).
    """
    others = log_odds[OTHER_SIDES]
    best = log_odds.max(axis=1, keepdims=True)
    after, opposite, before = best[OTHER_SIDES]
    distance = np.abs(lines.depth[:, :, None] - lines.depth[OTHER_SIDES][:, :, None, :])
    partners = (others[:, :, None, :] - DEPTH_PENALTY * np.log1p(distance)).max(axis=3)
    partner_after, partner_opposite, partner_before = partners
    gap = lines.depth[:, None, :] - lines.depth[:, :, None]
    own = log_odds[:, None, :]
    features = (
        log_odds,
        opposite,
        np.maximum(after, before),
        np.minimum(after, before),
        partner_opposite,
        np.maximum(partner_after, partner_before),
        np.minimum(partner_after, partner_before),
        np.where(gap > 1, own, np.float32(NO_LINE)).max(axis=2),
        np.where(gap < -1, own, np.float32(NO_LINE)).max(axis=2),
        log_odds - best,
    )
    described = np.empty((*log_odds.shape, len(features)), np.float32)
    for place, values in enumerate(features):
        described[:, :, place] = values
    return described
