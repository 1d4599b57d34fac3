"""From the rules' numbers to a score: additive models whose every term is a curve that a person can read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from framejudge.detectors.canny.edges import Floats


@dataclass(frozen=True, slots=True)
class Curve:
    """What a rule's number adds to the log-odds: linear between knots, constant beyond the outermost.

    Attributes
    ----------
    knots
        Values of the rule, ascending, at least two.
    log_odds
        The contribution at each knot.
    """

    knots: tuple[float, ...]
    log_odds: tuple[float, ...]


@dataclass(frozen=True)
class AdditiveModel:
    """A logistic regression on curves: log-odds = intercept + the sum of one curve a rule.

    References
    ----------
    .. [1] T. Hastie, R. Tibshirani, "Generalized Additive Models", Statistical Science 1(3), 1986.
    """

    intercept: float
    curves: Mapping[str, Curve]

    def log_odds(self, numbers: Floats) -> Floats:
        """Evaluate the model.

        Parameters
        ----------
        numbers
            Shape (..., rules), in the order of `curves`.

        Returns
        -------
        Shape (...): natural-logarithm odds.
        """
        low, inverse_width, gain, base = self._tables
        position = (numbers[..., None] - low) * inverse_width
        np.clip(position, 0, 1, out=position)
        return base + position.reshape(*numbers.shape[:-1], -1) @ gain

    def terms(self, numbers: Floats) -> Floats:
        """Return each curve's contribution: shape (..., rules)."""
        low, inverse_width, gain, _ = self._tables
        position = np.clip((numbers[..., None] - low) * inverse_width, 0, 1)
        start = np.array([curve.log_odds[0] for curve in self.curves.values()], np.float32)
        terms: Floats = start + (position * gain.reshape(low.shape)).sum(axis=-1)
        return terms

    @cached_property
    def _tables(self) -> tuple[Floats, Floats, Floats, np.float32]:
        """Curves of unequal length as rectangular arrays: pieces that are missing gain nothing."""
        pieces = max(len(curve.knots) for curve in self.curves.values()) - 1
        low = np.zeros((len(self.curves), pieces), np.float32)
        width = np.ones_like(low)
        gain = np.zeros_like(low)
        for row, curve in enumerate(self.curves.values()):
            count = len(curve.knots) - 1
            low[row, :count] = curve.knots[:-1]
            width[row, :count] = np.diff(curve.knots)
            gain[row, :count] = np.diff(curve.log_odds)
        base = self.intercept + sum(curve.log_odds[0] for curve in self.curves.values())
        return low, 1 / width, gain.reshape(-1), np.float32(base)


def probability(log_odds: float) -> float:
    """Return the logistic function, safe for any finite input."""
    if log_odds >= 0:
        return float(1 / (1 + np.exp(-log_odds)))
    odds = float(np.exp(log_odds))
    return odds / (1 + odds)


def place_knots(numbers: npt.ArrayLike, count: int) -> tuple[float, ...]:
    """Return ascending knots at quantiles of a rule's numbers, rounded to four significant digits."""
    quantiles = np.quantile(np.asarray(numbers, np.float64), np.linspace(0.01, 0.99, count))
    knots = sorted({float(f"{value:.4g}") for value in quantiles})
    return tuple(knots) if len(knots) > 1 else (knots[0], knots[0] + 1)


def expand(numbers: Floats, knots: list[tuple[float, ...]]) -> Floats:
    """Return the share of each piece that a number has passed: the design matrix of `AdditiveModel`.

    Parameters
    ----------
    numbers
        Shape (n, rules).
    knots
        One tuple a rule.

    Returns
    -------
    Shape (n, pieces of all rules).
    """
    columns = []
    for rule, places in enumerate(knots):
        low, high = np.array(places[:-1], np.float32), np.array(places[1:], np.float32)
        columns.append(np.clip((numbers[:, rule, None] - low) / (high - low), 0, 1))
    return np.concatenate(columns, axis=1)
