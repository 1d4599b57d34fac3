"""How far a machine's speed moved between blocks of calls, and how far chance alone would move them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from framejudge.bench.statistics.groups import group_codes
from framejudge.bench.statistics.interval import Floats, Integers

MIN_BLOCKS = 6
SHUFFLES = 100


class Spread(NamedTuple):
    """The spread of block medians, relative to the median of all calls, and what chance would make of it."""

    blocks: int
    observed: float
    by_chance: float


def block_spread(times: Floats, blocks: Integers, *, seed: int = 0) -> Spread | None:
    """Return how far apart the medians of blocks are; None with fewer than 6 blocks that repeat.

    The spread goes from the 10th to the 90th percentile of the medians, relative to the median of all calls.
    Images differ, so it is never 0: 100 random permutations of the calls over the blocks show what there
    would be on a machine of constant speed.

    Parameters
    ----------
    times
        Shape (n,): positive, in any unit.
    blocks
        Shape (n,): the block of each.

    References
    ----------
    Good, "Permutation, Parametric, and Bootstrap Tests of Hypotheses", 3rd edition, 2005, chapter 3.
    """
    codes = group_codes(blocks) if len(times) else None
    if codes is None or int(codes.max()) + 1 < MIN_BLOCKS:
        return None
    random = np.random.default_rng(seed)
    centre = float(np.median(times))
    by_chance = [_spread_of_medians(random.permutation(times), codes) for _ in range(SHUFFLES)]
    return Spread(
        blocks=int(codes.max()) + 1,
        observed=_spread_of_medians(times, codes) / centre,
        by_chance=float(np.mean(by_chance)) / centre,
    )


def _spread_of_medians(times: Floats, codes: Integers) -> float:
    order = np.argsort(codes, kind="stable")
    parts = np.split(times[order], np.flatnonzero(np.diff(codes[order])) + 1)
    low, high = np.quantile([np.median(part) for part in parts], (0.1, 0.9))
    return float(high - low)
