"""What images that were judged already say about how many more are needed."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

import numpy as np

from framejudge.bench.decide.sample_size import (
    LEVEL,
    POWER,
    design_effect,
    group_size,
    images_for_difference,
    intraclass_correlation,
)
from framejudge.bench.run.figure import Figure
from framejudge.bench.statistics.groups import Groups
from framejudge.bench.statistics.interval import CONFIDENCE, Booleans, two_sided_quantile
from framejudge.bench.statistics.proportions import proportion

POINT = 0.01
"""One accuracy point."""


@dataclass(frozen=True, slots=True)
class PairPilot:
    """Two detectors, or two versions of one, on the same images.

    Attributes
    ----------
    disagreement
        Share of the images that exactly one of the two is right on.
    difference
        Accuracy of the first less that of the second.
    group_size
        Size of the group that a random image is in.
    correlation
        Intraclass correlation, within a group, of which of the two is better on an image.
    """

    disagreement: Figure
    difference: float
    group_size: float
    correlation: float

    @classmethod
    def of(cls, right_a: Booleans, right_b: Booleans, groups: Groups = None) -> PairPilot:
        """Read it from where each detector is right, shape (n,), at least one image."""
        differences = right_a.astype(np.float64) - right_b
        return cls(
            disagreement=proportion(right_a != right_b, groups),
            difference=float(differences.mean()),
            group_size=group_size(groups, len(differences)),
            correlation=intraclass_correlation(differences, groups),
        )

    @property
    def design_effect(self) -> float:
        """How many of its images say as much as one independent image."""
        return design_effect(self.group_size, self.correlation)


class PairPlan(NamedTuple):
    """Images that would show the difference that was found, and one of a point; None where none would."""

    to_tell: int | None = None
    for_a_point: int | None = None


def plan_of_pair(right_a: Booleans, right_b: Booleans, groups: Groups = None, *, pairs: int = 1) -> PairPlan:
    """Return how many images would tell two detectors apart by McNemar's test, with a power of 80 %.

    Parameters
    ----------
    right_a, right_b
        Shape (n,): where each detector is right, at least one image.
    pairs
        How many pairs the test is corrected for: the level is divided by it, as Holm's first step does.
    """
    pilot = PairPilot.of(right_a, right_b, groups)
    share = pilot.disagreement.value or 0.0

    def images(difference: float) -> int | None:
        return images_for_difference(difference, share, level=LEVEL / 2 / pairs, effect=pilot.design_effect)

    return PairPlan(images(abs(pilot.difference)), images(POINT))


def images_by_error(
    images: int, found: Figure, difference: float, *, level: float = LEVEL / 2, power: float = POWER
) -> int | None:
    """Return how many images show a difference, by the interval that a found one has.

    The standard error falls with the root of the number of images. None without an interval or a difference.

    Parameters
    ----------
    images
        As many as ``found`` is from.
    difference
        What is to be shown, in the unit of ``found``.
    level
        One-sided.
    """
    if not difference or found.low is None or found.high is None:
        return None
    error = (found.high - found.low) / (2 * two_sided_quantile(CONFIDENCE))
    asked = two_sided_quantile(1 - 2 * level) + two_sided_quantile(2 * power - 1)
    return ceil(images * (asked * error / difference) ** 2)


def plan_by_error(images: int, found: Figure, *, pairs: int = 1) -> PairPlan:
    """Return the same as `plan_of_pair` for a weighted difference, by its interval."""
    level = LEVEL / 2 / pairs
    to_tell = images_by_error(images, found, found.value or 0.0, level=level)
    return PairPlan(to_tell, images_by_error(images, found, POINT, level=level))


def plan_command(pilot: PairPilot, drop: float, *, max_drop: float, rules: int = 1) -> str:
    """Return the line of ``bench plan`` that gives the same number for a gate."""
    share = max(pilot.disagreement.value or 0.0, drop)
    words = [f"bench plan --drop {drop:g} --disagreement {share:.3g} --max-drop {max_drop:g}"]
    if rules > 1:
        words.append(f"--rules {rules}")
    if pilot.design_effect > 1:
        words.append(f"--group-size {pilot.group_size:.3g} --correlation {pilot.correlation:.2g}")
    return " ".join(words)
