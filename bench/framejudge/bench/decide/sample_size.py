"""How many images a question needs: pure functions of rates, for the very tests that a run and a gate use."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, sqrt

import numpy as np

from framejudge.bench.statistics.groups import Groups, group_codes, group_sums
from framejudge.bench.statistics.interval import CONFIDENCE, Floats, two_sided_quantile
from framejudge.bench.statistics.proportions import count_interval

POWER = 0.8
"""The chance of finding what is there that a plan asks for, unless it says otherwise."""

LEVEL = 0.05
"""Two-sided, of the test that names a winner."""

_EXACT_UP_TO = 2_000_000
"""More images than this follow the normal distribution closely enough."""

_TAIL = 1e-9


def images_for_difference(
    difference: float,
    disagreement: float,
    *,
    level: float = LEVEL / 2,
    tolerance: float = 0.0,
    power: float = POWER,
    effect: float = 1.0,
) -> int | None:
    """Return the images with which McNemar's exact test finds a difference of accuracy.

    None where no number of images can: the difference is above the disagreement, or not above the tolerance.

    Parameters
    ----------
    difference
        Of two accuracies, above 0.
    disagreement
        Share of the images that exactly one of the two is right on.
    level
        One-sided. A two-sided test that must also name the better one has half of its level.
    tolerance
        A found difference must be above it, too: the ``max_drop`` of a gate's rule.
    power
        The probability of finding it.
    effect
        The design effect of groups. Above 1 the images are those of the normal form, which the clustered
        test follows.

    References
    ----------
    .. [1] Miettinen, "The matched pairs design in the case of all-or-none responses", Biometrics 24, 1968:
       the normal form, given the number of disagreements.
    .. [2] Connor, "Sample size for testing differences in proportions for the paired-sample design",
       Biometrics 43, 1987.
    """
    if not 0 < difference <= disagreement or difference <= tolerance:
        return None
    start = _by_normal_distribution(difference, disagreement, level, tolerance, power, effect)
    if effect > 1 or start > _EXACT_UP_TO:
        return start

    def enough(images: int) -> bool:
        found = power_of_difference(images, difference, disagreement, level=level, tolerance=tolerance)
        return found >= power

    return _fewest(enough, start)


def power_of_difference(
    images: int, difference: float, disagreement: float, *, level: float = LEVEL / 2, tolerance: float = 0.0
) -> float:
    """Return the probability that McNemar's exact test finds a difference, and that it is above a tolerance.

    Summed over the number of images on which the two disagree, which is random itself. Parameters as for
    `images_for_difference`.
    """
    from scipy import stats  # half a second, which most runs need not spend

    low, high = stats.binom.ppf([_TAIL, 1 - _TAIL], images, disagreement)
    discordant = np.arange(int(low), int(high) + 1)
    significant = stats.binom.isf(level, discordant, 0.5) + 1
    # Of m images on which they disagree, c are to the better one's favour: 2 c - m is above the tolerance.
    above = np.floor((discordant + tolerance * images) / 2) + 1
    share = (disagreement + difference) / (2 * disagreement)
    found = stats.binom.sf(np.maximum(significant, above) - 1, discordant, share)
    return float(np.sum(stats.binom.pmf(discordant, images, disagreement) * found))


def images_for_interval(half_width: float, share: float) -> int:
    """Return the independent images at which the 95 % interval of a share is no wider than +- ``half_width``.

    Wilson's interval, or the exact one where fewer than 8 mistakes are expected, as a run gives it. It is the
    width at the expected number of mistakes: every second set has a wider one.

    Parameters
    ----------
    half_width
        Half of the interval's width, above 0.
    share
        The accuracy that is expected.
    """

    def enough(images: int) -> bool:
        found = count_interval(share * images, images)
        assert found.low is not None and found.high is not None
        return found.high - found.low <= 2 * half_width

    quantile = two_sided_quantile(CONFIDENCE)
    return _fewest(enough, ceil((quantile / half_width) ** 2 * max(share * (1 - share), half_width / 4)))


def design_effect(group_size: float, correlation: float) -> float:
    """Return how many grouped images say as much as one independent image, at least 1.

    Parameters
    ----------
    group_size
        Images a group; where groups differ, the size of the group that a random image is in.
    correlation
        Intraclass correlation of what is counted, within a group.

    References
    ----------
    Kish, "Survey Sampling", 1965, section 5.4: 1 + (size - 1) * correlation.
    """
    return max(1.0, 1 + (group_size - 1) * correlation)


def group_size(groups: Groups, images: int) -> float:
    """Return the size of the group that a random image is in; 1 where no group repeats."""
    codes = group_codes(groups)
    if codes is None:
        return 1.0
    sizes = np.bincount(codes)
    return float(sizes @ sizes) / images


def intraclass_correlation(values: Floats, groups: Groups) -> float:
    """Return the correlation of two images of one group, between 0 and 1; 0 where no group repeats.

    The mean product of the deviations of two images of a group, over the variance.

    Parameters
    ----------
    values
        Shape (n,): what is counted of each image: 1 where a detector is right, or the difference of two.

    References
    ----------
    Karlin, Cameron, Williams, "Sibling and parent-offspring correlation estimation with variable family
    size", Proceedings of the National Academy of Sciences 78, 1981 (the pairwise estimator).
    """
    codes = group_codes(groups)
    variance = float(np.var(values))
    if codes is None or variance == 0:
        return 0.0
    deviations = values - values.mean()
    sums = group_sums(codes, deviations)
    sizes = np.bincount(codes)
    pairs = float(sizes @ (sizes - 1))
    products = float(sums @ sums) - float(deviations @ deviations)
    return min(1.0, max(0.0, products / pairs / variance))


def _by_normal_distribution(
    difference: float, disagreement: float, level: float, tolerance: float, power: float, effect: float = 1.0
) -> int:
    """Return the images by the normal form, given the disagreements, with its continuity correction."""
    from scipy import stats  # half a second, which most runs need not spend

    asked, missed = two_sided_quantile(1 - 2 * level), float(stats.norm.ppf(power))
    given = sqrt(disagreement**2 - difference**2 * (3 + disagreement) / 4)
    significant = (asked * disagreement + missed * given) ** 2 / (disagreement * difference**2)
    above = missed**2 * (disagreement - difference**2) / (difference - tolerance) ** 2
    # Sums move in steps of two images, with groups and without.
    return ceil(max(significant, above) * effect + 1 / difference)


def _fewest(enough: Callable[[int], bool], start: int) -> int:
    """Return the fewest images that are enough, by bisection around a guess."""
    high = max(1, start)
    while not enough(high):
        high *= 2
    low = high // 2
    while low > 0 and enough(low):
        high, low = low, low // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
