"""What intervals have in common: the confidence, quantiles, degrees of freedom, and the one that is none."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

from framejudge.bench.run.figure import Figure

CONFIDENCE = 0.95

Booleans = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


def nothing(reason: str, n: int = 0, method: str = "") -> Figure:
    """Return the figure that says why there is none."""
    return Figure(None, None, None, method, n, reason)


def two_sided_quantile(confidence: float, degrees_of_freedom: float = np.inf) -> float:
    """Return Student's quantile that leaves half of the miss at each end (1.96 for 95 % and many)."""
    if np.isinf(degrees_of_freedom):
        return float(special.ndtri((1 + confidence) / 2))
    return float(special.stdtrit(degrees_of_freedom, (1 + confidence) / 2))


def effective_degrees_of_freedom(contributions: Floats) -> float:
    """Return those of a variance that is estimated from the squares of independent contributions.

    Few large contributions among many small ones say little about the variance: it has 2 G / (kurtosis - 1),
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
