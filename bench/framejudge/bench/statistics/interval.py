"""What every statistic returns: an estimate, its interval, and how they were made."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

CONFIDENCE = 0.95

Booleans = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


class Interval(NamedTuple):
    """An estimate with its confidence interval.

    Attributes
    ----------
    value, low, high
        None where the data cannot support one.
    method
        How the interval was made.
    n
        Independent observations: groups where groups repeat, else images or calls.
    reason
        Why something is None; None where nothing is.
    """

    value: float | None
    low: float | None
    high: float | None
    method: str
    n: int
    reason: str | None = None

    def transformed(self, function: Callable[[float], float]) -> Interval:
        """Return the interval of an increasing function of the estimate."""
        value, low, high = (None if end is None else function(end) for end in self[:3])
        return self._replace(value=value, low=low, high=high)


def nothing(reason: str, n: int = 0, method: str = "") -> Interval:
    """Return the interval that says why there is none."""
    return Interval(None, None, None, method, n, reason)


def two_sided_quantile(confidence: float, degrees_of_freedom: float = np.inf) -> float:
    """Return Student's quantile that leaves half of the miss at each end (1.96 for 95 % and many)."""
    if np.isinf(degrees_of_freedom):
        return float(special.ndtri((1 + confidence) / 2))
    return float(special.stdtrit(degrees_of_freedom, (1 + confidence) / 2))


def effective_degrees_of_freedom(contributions: Floats) -> float:
    """Return those of a variance that is estimated from the squares of independent contributions.

    Few large contributions among many small ones tell little about the variance: it has 2 G / (kurtosis - 1),
    at most G - 1. For normal contributions that is G.

    Parameters
    ----------
    contributions
        Shape (G,), with a mean of 0.

    References
    ----------
    Satterthwaite, "An approximate distribution of estimates of variance components", Biometrics Bulletin 2,
    1946, with the variance of a sample variance from Cramer, "Mathematical Methods of Statistics", 1946.
    """
    count = len(contributions)
    largest = float(np.abs(contributions).max(initial=0))
    if largest == 0 or count < 2:
        return 1.0
    scaled = contributions / largest  # the fourth powers of tiny ones would be 0
    kurtosis = count * float(np.sum(scaled**4)) / float(scaled @ scaled) ** 2
    return min(count - 1.0, 2 * count / (kurtosis - 1)) if kurtosis > 1 else count - 1.0
