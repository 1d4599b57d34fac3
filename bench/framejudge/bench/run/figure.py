"""A figure: an estimate, its interval, and how they were made. What every statistic returns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its uncertainty.

    Attributes
    ----------
    value
        The estimate; None where the data cannot support one.
    low, high
        Ends of the 95 % interval; None where the data cannot support it.
    method
        How the interval was made (``"wilson"``, ``"delong-logit"``, ``"clustered-delong-logit"``, ...).
    n
        Independent observations behind it (images, or groups where groups repeat), or timed calls.
    reason
        Why a value or an interval is missing; None where nothing is.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    method: str = ""
    n: int = 0
    reason: str | None = None

    @property
    def ends(self) -> tuple[float | None, float | None, float | None]:
        """Value, low and high."""
        return self.value, self.low, self.high

    def transformed(self, function: Callable[[float], float]) -> Figure:
        """Return the figure of an increasing function of the estimate."""
        value, low, high = (None if end is None else function(end) for end in self.ends)
        return replace(self, value=value, low=low, high=high)

    def inverse(self) -> Figure:
        """Return the figure of 1 over the estimate, which is positive: its interval turns round."""
        value, low, high = (None if end is None else 1 / end for end in self.ends)
        return replace(self, value=value, low=high, high=low)

    def complement(self) -> Figure:
        """Return the figure of 1 less the estimate: its interval turns round."""
        value, low, high = (None if end is None else 1 - end for end in self.ends)
        return replace(self, value=value, low=high, high=low)
