"""From the rules' numbers to log-odds: a sum of small decision rules that a person can read.

Each decision rule asks about one of the numbers, by the answer about another and perhaps a third, and adds an
amount to the log-odds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import exp, inf
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from framejudge.detectors.canny.edges import Floats

Bools: TypeAlias = npt.NDArray[np.bool_]

QUESTIONS = 3
"""At most so many questions in a row."""


@dataclass(frozen=True, slots=True)
class Question:
    """Whether a number exceeds a cut, and what follows: another question or an amount of log-odds."""

    number: str
    cut: float
    otherwise: Answer
    exceeds: Answer


Answer: TypeAlias = Question | float


@dataclass(frozen=True)
class DecisionRules:
    """Log-odds = ``prior`` + the sum of what each of the rules answers.

    Attributes
    ----------
    numbers
        The names of the numbers, in the order in which they come.
    prior
        Log-odds before any question.
    rules
        At most `QUESTIONS` deep each.

    References
    ----------
    .. [1] J. H. Friedman, B. E. Popescu, "Predictive Learning via Rule Ensembles", Annals of Applied
       Statistics 2(3), 2008.
    """

    numbers: tuple[str, ...]
    prior: float
    rules: tuple[Answer, ...]

    def log_odds(self, numbers: Floats) -> Floats:
        """Return the natural-logarithm odds of each row.

        Parameters
        ----------
        numbers
            Shape (rows, numbers).
        """
        place, cut, amount = self._tables
        exceeds = numbers.T.take(place, axis=0) > cut  # (7, rules, rows)
        first = exceeds[0]
        second = _either(first, exceeds[2], exceeds[1])
        third = _either(
            first, _either(second, exceeds[6], exceeds[5]), _either(second, exceeds[4], exceeds[3])
        )
        path = first.view(np.uint8) << 2 | second.view(np.uint8) << 1 | third.view(np.uint8)
        answer = self._first_answer + path
        total: Floats = amount.take(answer).sum(axis=0) + np.float32(self.prior)
        return total

    @cached_property
    def _tables(self) -> tuple[np.ndarray[tuple[int, int], np.dtype[np.intp]], Floats, Floats]:
        """The rules as complete trees of depth three: a question that is missing is answered with no."""
        place = np.zeros((7, len(self.rules)), np.intp)
        cut = np.full((7, len(self.rules), 1), inf, np.float32)
        amount = np.zeros((len(self.rules), 8), np.float32)
        for column, rule in enumerate(self.rules):
            level: list[Answer] = [rule]
            node = 0
            for _ in range(QUESTIONS):
                following: list[Answer] = []
                for answer in level:
                    if isinstance(answer, Question):
                        place[node, column] = self.numbers.index(answer.number)
                        cut[node, column] = answer.cut
                        following += [answer.otherwise, answer.exceeds]
                    else:
                        following += [answer, answer]
                    node += 1
                level = following
            amount[column] = [answer for answer in level if not isinstance(answer, Question)]
        return place, cut, amount.reshape(-1)

    @cached_property
    def _first_answer(self) -> np.ndarray[tuple[int, int], np.dtype[np.intp]]:
        return 8 * np.arange(len(self.rules))[:, None]


def rescaled(rules: DecisionRules, slope: float, shift: float) -> DecisionRules:
    """Return rules whose log-odds are ``slope`` times those of the given ones, plus ``shift``.

    References
    ----------
    .. [1] J. Platt, "Probabilistic outputs for support vector machines", 1999: how the two are fitted.
    """
    return DecisionRules(
        rules.numbers,
        slope * rules.prior + shift,
        tuple(_scaled(rule, slope) for rule in rules.rules),
    )


def depth(answer: Answer) -> int:
    """Return how many questions an answer asks in a row."""
    return 1 + max(depth(answer.otherwise), depth(answer.exceeds)) if isinstance(answer, Question) else 0


def asked(rules: Sequence[Answer]) -> set[str]:
    """Return the names of all numbers that rules ask about."""
    names: set[str] = set()
    for rule in rules:
        if isinstance(rule, Question):
            names |= {rule.number} | asked([rule.otherwise, rule.exceeds])
    return names


def probability(log_odds: float) -> float:
    """Return the logistic function, safe for any finite input."""
    if log_odds >= 0:
        return 1 / (1 + exp(-log_odds))
    odds = exp(log_odds)
    return odds / (1 + odds)


def _scaled(answer: Answer, slope: float) -> Answer:
    if isinstance(answer, Question):
        below, above = _scaled(answer.otherwise, slope), _scaled(answer.exceeds, slope)
        return Question(answer.number, answer.cut, below, above)
    return slope * answer


def _either(condition: Bools, if_true: Bools, if_false: Bools) -> Bools:
    """Choose elementwise: `numpy.where` takes several times as long on truth values."""
    return if_false ^ (condition & (if_true ^ if_false))
