"""At which prevalence, or ratio of costs, another choice becomes the cheapest: in closed form."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import inf
from typing import NamedTuple

import numpy as np

from framejudge.bench.decide.cheapest import RateDraws
from framejudge.bench.run.decision.costs import TurningPoint
from framejudge.bench.run.figure import Figure
from framejudge.bench.statistics.interval import CONFIDENCE, Floats

METHOD = "group-bootstrap"


class Choice(NamedTuple):
    """Something that a shop can do, with its two rates."""

    name: str
    miss_rate: float
    false_alarm_rate: float


def turning_points(
    choices: Sequence[Choice],
    draws: RateDraws,
    *,
    prevalence: float,
    cost_miss: float,
    cost_false_alarm: float,
) -> list[TurningPoint]:
    """Return where the cheapest choice changes, from the rarest frames to the most common.

    With odds o = prevalence / (1 - prevalence) * cost_miss / cost_false_alarm, the expected cost of a choice
    is proportional to its false-alarm rate + o * its miss rate: a straight line. The cheapest choices are the
    lower envelope of the lines, and two of them cross at (f_above - f_below) / (m_below - m_above).

    Parameters
    ----------
    choices
        The detectors in question, in the order of the draws, and after them what can be done without one.
    draws
        Their rates by the bootstrap; a crossing's interval holds 95 % of the crossings of the draws.

    References
    ----------
    Drummond, Holte, "Cost curves: an improved method for visualizing classifier performance", Machine
    Learning 65, 2006.
    """
    if not (cost_miss and cost_false_alarm):
        return []
    order = envelope(choices)
    misses, alarms = (
        _with_constants(choices, drawn, which) for which, drawn in ((1, draws.misses), (2, draws.alarms))
    )
    found = []
    for a, b in pairwise(order):
        below, above = choices[a], choices[b]
        value = _crossing(below, above)
        low, high = _ends(misses[:, a], alarms[:, a], misses[:, b], alarms[:, b])
        ratio = cost_miss / cost_false_alarm
        own_odds = prevalence / (1 - prevalence)
        found.append(
            TurningPoint(
                below=below.name,
                above=above.name,
                prevalence=_figure([_share(odds / ratio) for odds in (value, low, high)]),
                cost_ratio=_figure([odds / own_odds for odds in (value, low, high)]),
            )
        )
    return found


def envelope(choices: Sequence[Choice]) -> list[int]:
    """Return the positions of the choices that are the cheapest at some odds, from odds 0 upwards."""
    order = [min(range(len(choices)), key=lambda k: (choices[k].false_alarm_rate, choices[k].miss_rate))]
    while True:
        last = choices[order[-1]]
        ahead = [k for k in range(len(choices)) if choices[k].miss_rate < last.miss_rate]
        if not ahead:
            return order
        # The next to cross; of those that cross at one place, the one that stays below from there on.
        crossings = {k: (_crossing(last, choices[k]), choices[k].miss_rate) for k in ahead}
        order.append(min(ahead, key=lambda k: crossings[k]))


def _crossing(below: Choice, above: Choice) -> float:
    return (above.false_alarm_rate - below.false_alarm_rate) / (below.miss_rate - above.miss_rate)


def _with_constants(choices: Sequence[Choice], drawn: Floats, which: int) -> Floats:
    """Return the draws, and beside them the rates of choices that need no detector."""
    constants = np.array([float(one[which]) for one in choices[drawn.shape[1] :]])
    return np.hstack([drawn, np.broadcast_to(constants, (len(drawn), len(constants)))])


def _ends(miss_a: Floats, alarm_a: Floats, miss_b: Floats, alarm_b: Floats) -> tuple[float, float]:
    """Return the odds between which 95 % of the draws cross; 0 or infinite where one may never be ahead."""
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = (alarm_b - alarm_a) / (miss_a - miss_b)
    odds = np.where((miss_a <= miss_b) & (alarm_a <= alarm_b), inf, odds)  # the first is always ahead
    odds = np.where((miss_a >= miss_b) & (alarm_a > alarm_b), 0.0, odds)  # the second is
    odds = np.sort(odds)
    tail = (1 - CONFIDENCE) / 2
    last = len(odds) - 1
    return float(odds[round(tail * last)]), float(odds[round((1 - tail) * last)])


def _share(odds: float) -> float:
    return 1.0 if odds == inf else odds / (1 + odds)


def _figure(ends: Sequence[float]) -> Figure:
    value, low, high = (None if end == inf else end for end in ends)
    reason = "above this end, it may never change" if high is None else None
    return Figure(value=value, low=low, high=high, method=METHOD, reason=reason)
