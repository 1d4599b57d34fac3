"""Intervals of sums, differences and ratios from the intervals of their two parts (MOVER).

The distance from each part's estimate to its own limit stands for its standard error on that side, so that
the skewed intervals of parts near 0 or 1 stay skewed in the whole.

References
----------
.. [1] Zou, Donner, "Construction of confidence limits about effect measures: a general approach", Statistics
   in Medicine 27, 2008.
.. [2] Donner, Zou, "Closed-form confidence intervals for functions of the normal mean and standard
   deviation", Statistical Methods in Medical Research 21, 2012 (the ratio).
"""

from __future__ import annotations

from math import inf, sqrt
from typing import NamedTuple


class Estimate(NamedTuple):
    """An estimate with its limits."""

    value: float
    low: float
    high: float


def weighted_sum(
    a: Estimate, b: Estimate, weights: tuple[float, float] = (1.0, 1.0), correlation: float = 0.0
) -> Estimate:
    """Return ``weights[0] * a + weights[1] * b``; ``correlation`` is that of the two estimates."""
    first, second = _scaled(a, weights[0]), _scaled(b, weights[1])
    if weights[0] * weights[1] < 0:
        correlation = -correlation
    value = first.value + second.value
    below = _added(first.value - first.low, second.value - second.low, correlation)
    above = _added(first.high - first.value, second.high - second.value, correlation)
    return Estimate(value, value - below, value + above)


def difference(a: Estimate, b: Estimate, correlation: float = 0.0) -> Estimate:
    """Return ``a - b``; ``correlation`` is that of the two estimates."""
    return weighted_sum(a, b, (1.0, -1.0), correlation)


def ratio(a: Estimate, b: Estimate) -> Estimate:
    """Return ``a / b`` of two uncorrelated estimates that are not negative; the result may be infinite."""
    product = a.value * b.value
    low, high = 0.0, inf
    # Written so that it also holds where b is 0 and the textbook's form is 0 / 0.
    low_square = a.low * (2 * a.value - a.low)
    if low_square > 0:
        low = low_square / (product + _root(product**2 - low_square * b.high * (2 * b.value - b.high)))
    high_square = b.low * (2 * b.value - b.low)
    if high_square > 0:
        high = (product + _root(product**2 - high_square * a.high * (2 * a.value - a.high))) / high_square
    return Estimate(a.value / b.value if b.value else inf, low, high)


def _scaled(estimate: Estimate, weight: float) -> Estimate:
    ends = sorted((weight * estimate.low, weight * estimate.high))
    return Estimate(weight * estimate.value, ends[0], ends[1])


def _added(x: float, y: float, correlation: float) -> float:
    return _root(x * x + y * y + 2 * correlation * x * y)


def _root(square: float) -> float:
    return sqrt(max(0.0, square))
