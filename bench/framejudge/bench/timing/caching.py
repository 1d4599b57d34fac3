"""Whether a detector keeps its scores: from calls on pixels that it had seen and on pixels that were new.

Whatever slows a machine down hits every kind of call alike, because each trial makes all of them in random
order. So an honest detector is called a caching one only where chance does what it does once in thousands of
checks - and a check that finds something is made again, with other pixels, before anybody hears of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from framejudge.bench.run import Figure, RepeatCheck
from framejudge.bench.statistics import ratio
from framejudge.bench.timing.timed import Nanoseconds, Repeats

HONEST_SPEEDUP = 1.25
"""An honest detector is hardly faster on pixels that it has seen: the processor may know its branches."""

HONEST_GAIN_NS = 10_000
"""A smaller gain may be what the processor remembers of a call, and is not worth a cache."""

CONFIDENCE = 0.99

LONE_SPEEDUP = 2.0
"""A call that beats both calls on new pixels by so much may have come from a cache that holds some images."""

LONE_CHANCE = 1 / 3
LONE_SURE = 1e-4
"""Each of three calls alike is the fast one as often: that the seen one is must be so unlikely."""


LOOKS = 3
"""A detector counts as one that keeps its scores when so many checks in turn have found it."""


def look_until_sure(look: Callable[[int], Repeats]) -> Repeats:
    """Return the calls that count: the first that show no cache, or the last of `LOOKS`.

    Parameters
    ----------
    look
        Makes the calls, with other noise for each number.
    """
    for number in range(LOOKS):
        found = look(number)
        if not check_repeats(found).keeps_answers:
            break
    return found


def check_repeats(repeats: Repeats) -> RepeatCheck:
    """Return whether a detector was faster, beyond doubt, on pixels that it had seen.

    By the clock or by its work: the clock sees a detector whose work is done elsewhere, and the work shows
    through the noise of a busy machine. The surer of the two is reported.
    """
    wall = (repeats.new, repeats.control)
    work = (repeats.cpu_new, repeats.cpu_control)
    again = _surer(_speedup(*wall, repeats.again, "time"), _speedup(*work, repeats.cpu_again, "work"))
    seen = _surer(_speedup(*wall, repeats.seen, "time"), _speedup(*work, repeats.cpu_seen, "work"))
    return RepeatCheck(
        speedup_again=again.figure,
        speedup_seen=seen.figure,
        score_spread=repeats.score_spread,
        keeps_answers=again.beyond_doubt or seen.beyond_doubt,
    )


@dataclass(frozen=True, slots=True)
class _Speedup:
    figure: Figure
    beyond_doubt: bool

    @property
    def width(self) -> float:
        if self.figure.low is None or self.figure.high is None:
            return float("inf")
        return self.figure.high / self.figure.low


def _surer(by_time: _Speedup, by_work: _Speedup) -> _Speedup:
    """Return the one that shows a cache; where neither or both do, the one with the narrower interval."""
    if by_time.beyond_doubt != by_work.beyond_doubt:
        return by_time if by_time.beyond_doubt else by_work
    return min(by_time, by_work, key=lambda one: one.width)


def _speedup(new: Nanoseconds, control: Nanoseconds, known: Nanoseconds, of: str) -> _Speedup:
    done = (new > 0) & (control > 0) & (known > 0)
    if not done.any():
        return _Speedup(Figure(value=None, reason="no call succeeded"), beyond_doubt=False)
    new, control, known = new[done], control[done], known[done]
    interval = ratio.paired_ratio(new, known, confidence=CONFIDENCE)
    method = f"{interval.method} of {of}" if interval.method else ""
    faster = all(_is_faster(one, known) for one in (new, control))
    return _Speedup(replace(interval, method=method), faster or _is_often_alone(new, control, known))


def _is_faster(new: Nanoseconds, known: Nanoseconds) -> bool:
    """Whether known pixels took less time as a rule: a cache that holds them all, or most."""
    low = ratio.paired_ratio(new, known, confidence=CONFIDENCE).low
    return low is not None and low > HONEST_SPEEDUP and float(np.median(new - known)) > HONEST_GAIN_NS


def _is_often_alone(new: Nanoseconds, control: Nanoseconds, known: Nanoseconds) -> bool:
    """Whether known pixels were the only fast ones far more often than new ones: a cache that holds some.

    Each trial of an honest detector has three calls alike; where one of them is at most half as long as the
    others, that one is each of them with the chance of a third.
    """
    calls = np.stack([known, new, control])
    shortest = np.argmin(calls, axis=0)
    first, second = np.sort(calls, axis=0)[:2]
    alone: npt.NDArray[np.bool_] = (second > LONE_SPEEDUP * first) & (second - first > HONEST_GAIN_NS)
    events, hits = int(alone.sum()), int((alone & (shortest == 0)).sum())
    from scipy.stats import binom  # takes half a second to import, and most runs need none of it

    return bool(binom.sf(hits - 1, events, LONE_CHANCE) < LONE_SURE)
