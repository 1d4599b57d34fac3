"""Has a detector lost accuracy? Pure functions of which images it got right before and gets right now."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import stats

from framejudge.bench.decide.pilot import PairPilot, images_by_error
from framejudge.bench.decide.sample_size import images_for_difference
from framejudge.bench.run.figure import Figure
from framejudge.bench.statistics import paired
from framejudge.bench.statistics.groups import Groups, group_codes, group_sums
from framejudge.bench.statistics.interval import Booleans, Floats

MAX_DROP = 0.005
"""Half an accuracy point that nobody minds."""

LEVEL = 0.01
"""Of the one-sided test, over all rules."""

MINIMUM_DETECTABLE_EFFECT = 0.02
"""The drop that one cares about; a set that could have hidden it does not let a gate say pass."""

BISECTIONS = 16
"""A p-value of an AUC is known to 0.5 / 2**16."""


@dataclass(frozen=True, slots=True)
class DropEvidence:
    """What one set says on a change of accuracy.

    Attributes
    ----------
    change
        Accuracy now less accuracy before, with its 95 % interval.
    p_drop, p_gain
        One-sided exact McNemar (clustered where groups repeat), of "no drop" and of "no gain".
    regressed, fixed
        Images that flipped to wrong, and to right; None where it is not about single images.
    minimum_detectable_effect
        The smallest drop that would have failed, at the level and the churn that was observed.
    images_needed
        With how many images a drop of ``asked`` fails in 80 of 100 gates; None where no number is enough.
    pilot
        What that was planned from; None where it is not about single images.
    """

    change: Figure
    p_drop: float
    p_gain: float
    regressed: int | None
    fixed: int | None
    minimum_detectable_effect: float
    images_needed: int | None = None
    pilot: PairPilot | None = None


def drop_evidence(
    right_before: Booleans,
    right_now: Booleans,
    groups: Groups = None,
    *,
    max_drop: float = MAX_DROP,
    level: float = LEVEL,
    asked: float = MINIMUM_DETECTABLE_EFFECT,
) -> DropEvidence:
    """Compare which images are right before and now.

    Parameters
    ----------
    right_before, right_now
        Shape (n,), at least one image.
    groups
        Shape (n,), or None for independent images.
    max_drop, level, asked
        Of the rule, for ``minimum_detectable_effect`` and ``images_needed``.

    References
    ----------
    As for `framejudge.bench.statistics.paired.mcnemar`, whose two tails are equal: here is one of them.
    """
    regressed, fixed = int(np.sum(right_before & ~right_now)), int(np.sum(~right_before & right_now))
    p = paired.mcnemar(right_before, right_now, groups).value
    assert p is not None  # there is an image
    design_effect = _design_effect(right_before, right_now, groups)
    pilot = PairPilot.of(right_now, right_before, groups)
    disagreement = pilot.disagreement.value or 0.0
    return DropEvidence(
        change=paired.accuracy_difference(right_now, right_before, groups),
        p_drop=p / 2 if regressed > fixed else 1.0,
        p_gain=p / 2 if fixed > regressed else 1.0,
        regressed=regressed,
        fixed=fixed,
        minimum_detectable_effect=minimum_detectable_drop(
            len(right_now), fixed, max_drop=max_drop, level=level, design_effect=design_effect
        ),
        pilot=pilot,
        images_needed=images_for_difference(
            asked, max(asked, disagreement), level=level, tolerance=max_drop, effect=pilot.design_effect
        ),
    )


def auc_drop_evidence(
    framed: Booleans,
    scores_before: Floats,
    scores_now: Floats,
    groups: Groups = None,
    *,
    max_drop: float = MAX_DROP,
    level: float = LEVEL,
    asked: float = MINIMUM_DETECTABLE_EFFECT,
) -> DropEvidence:
    """Compare two areas under the ROC curve, by DeLong's paired interval (Obuchowski's where groups repeat).

    A p-value is the level at which the one-sided interval just reaches 0.

    Parameters
    ----------
    framed, scores_before, scores_now
        Shape (n,), images of both classes.
    """

    def interval(one_sided_level: float) -> Figure:
        confidence = 1 - 2 * one_sided_level
        return paired.auc_difference(framed, scores_now, scores_before, groups, confidence=confidence)

    change = interval(0.025)
    assert change.value is not None  # both classes are there
    bound = interval(level)
    reach = 0.0 if bound.high is None else bound.high - change.value
    return DropEvidence(
        change=change,
        p_drop=_level_reaching_zero(lambda at: interval(at).high) if change.value < 0 else 1.0,
        p_gain=_level_reaching_zero(lambda at: _negative(interval(at).low)) if change.value > 0 else 1.0,
        regressed=None,
        fixed=None,
        minimum_detectable_effect=max(max_drop, reach),
        images_needed=images_by_error(len(framed), change, asked, level=level),
    )


def minimum_detectable_drop(
    images: int, fixed: int, *, max_drop: float, level: float, design_effect: float = 1.0
) -> float:
    """Return the smallest drop, as a share of all images, that is above the tolerance and significant.

    ``fixed`` images flip to right beside those that flip to wrong. Grouped images count as fewer: all
    numbers are divided by the design effect.

    >>> minimum_detectable_drop(5_000, 0, max_drop=0, level=0.01) * 5_000  # 1 / 2**7 < 0.01
    7.0
    """
    effective, gained = images / design_effect, math.ceil(fixed / design_effect)
    tolerated = gained + math.floor(max_drop * effective)
    # The test looks at regressed of regressed + fixed: it needs ever more, but never more than this.
    enough = gained + math.ceil(10 + 4 * math.sqrt(gained + 10)) * max(1, math.ceil(-math.log10(level)))
    counts = np.arange(gained, enough)
    significant = stats.binom.sf(counts - 1, counts + gained, 0.5) <= level
    needed = int(counts[np.argmax(significant)]) if significant.any() else enough
    return float((max(needed, tolerated + 1) - gained) / effective)


def _level_reaching_zero(upper_end: Callable[[float], float | None]) -> float:
    """Return the one-sided level at which an interval's upper end comes to 0, by bisection; at most 0.5."""
    low, high = 0.0, 0.5
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        end = upper_end(middle)
        if end is None:
            return 1.0
        low, high = (low, middle) if end < 0 else (middle, high)
    return high


def _negative(value: float | None) -> float | None:
    return None if value is None else -value


def _design_effect(right_before: Booleans, right_now: Booleans, groups: Groups) -> float:
    """Return how many times as much the mean change varies as if images were independent; at least 1."""
    codes = group_codes(groups)
    if codes is None:
        return 1.0
    differences = right_now.astype(np.float64) - right_before
    per_group = len(codes) / (int(codes.max()) + 1)
    independent = float(np.var(differences)) * len(codes)
    if independent == 0:
        return per_group  # nothing flipped: as if the images of a group always did so together
    residuals = group_sums(codes, differences - differences.mean())
    return max(1.0, float(residuals @ residuals) / independent)
