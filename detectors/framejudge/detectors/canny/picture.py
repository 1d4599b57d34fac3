"""The rules about a whole picture: whether its sides' lines make a frame together.

Each is a pure function of `Agreement` and returns one number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from framejudge.detectors.canny.edges import Floats
from framejudge.detectors.canny.lines import Ints, Lines


@dataclass(frozen=True, slots=True)
class Agreement:
    """The best line of each side.

    Attributes
    ----------
    log_odds
        That the line is a frame's inner border; (4,), in the order of `edges.SIDES`.
    choice
        Which of its side's candidates it is; (4,).
    depth
        Columns outside the line, in working pixels; (4,).
    ranked
        `log_odds`, strongest side first; (4,).
    """

    log_odds: Floats
    choice: Ints
    depth: Ints
    ranked: Floats


PictureRule: TypeAlias = Callable[[Agreement], float]


def choose_lines(lines: Lines, log_odds: Floats) -> Agreement:
    """Take each side's likeliest line.

    Parameters
    ----------
    lines
        The candidates.
    log_odds
        Of each candidate, (4, lines a side).
    """
    choice = log_odds.argmax(axis=1)
    side = np.arange(4)
    best = log_odds[side, choice]
    return Agreement(best, choice, lines.depth[side, choice], np.sort(best)[::-1])


def strongest_side(agreement: Agreement) -> float:
    """Log-odds of the most convincing side."""
    return float(agreement.ranked[0])


def second_side(agreement: Agreement) -> float:
    """Log-odds of the second most convincing side."""
    return float(agreement.ranked[1])


def third_side(agreement: Agreement) -> float:
    """Log-odds of the third most convincing side."""
    return float(agreement.ranked[2])


def weakest_side(agreement: Agreement) -> float:
    """Log-odds of the least convincing side."""
    return float(agreement.ranked[3])


PICTURE_RULES: tuple[PictureRule, ...] = (strongest_side, second_side, third_side, weakest_side)


def apply_picture_rules(agreement: Agreement) -> Floats:
    """Return every rule's number: (rules,)."""
    return np.array([rule(agreement) for rule in PICTURE_RULES], np.float32)
