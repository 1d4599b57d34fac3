"""How good a list of doubtful labels would be, from the set alone: by labels that are flipped on purpose.

A label that was flipped is surely wrong, so that the flipped ones show which share is found (recall), and how
strongly a model contradicts a wrong label. Labels that are contradicted and were not flipped are wrong ones
or the model's own mistakes. Wrong ones are contradicted as strongly as the flipped ones are; a model's
mistakes become rare where it is sure. So the share of strong contradictions among them says how many of
them are wrong labels (precision).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FLIPPED_SHARE = 0.04
FEWEST_FLIPPED = 10
ROUNDS = 3
WANTED = 0.8
"""Of precision and of recall: below, a list costs more than it gives."""

FEWEST_STRONG = 2
"""Fewer strong contradictions are no sign of wrong labels."""

LEAST_AUC = 0.90
"""Of its lower end. A model that finds wrong labels as `WANTED` has 0.95 where 4 % of the labels are wrong:
two normal distributions of scores that do so lie 3.2 standard deviations apart."""

Booleans = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
ScoresOf = Callable[[Booleans], Floats]
"""Gives every image a score in [0, 1] that was not learnt from its own label, from labels (n,)."""


@dataclass(frozen=True, slots=True)
class ListQuality:
    """What to expect of a list of the labels that are contradicted by at least ``least``.

    ``precision`` and ``recall`` are estimates; ``contradicted`` counts the labels of the list, ``strong``
    those that are contradicted as strongly as half of the flipped ones.
    """

    least: float
    precision: float
    recall: float
    contradicted: float
    strong: float

    @property
    def worth_it(self) -> bool:
        """Whether most of the list is expected to be wrong labels, and most wrong labels in it."""
        return self.precision >= WANTED and self.recall >= WANTED


def contradiction(framed: Booleans, scores: Floats) -> Floats:
    """Return how strongly scores of framed contradict labels, shape (n,), in [0, 1]."""
    return np.asarray(np.where(framed, 1 - scores, scores), dtype=np.float64)


def list_quality(framed: Booleans, scores_of: ScoresOf, seed: int = 0) -> ListQuality:
    """Flip labels at random, look for them, and return what the best list would be like.

    Parameters
    ----------
    framed
        Shape (n,).
    scores_of
        Is called once a round, with the labels of which some are flipped.
    """
    random = np.random.default_rng(seed)
    flipped, others = [], []
    count = max(FEWEST_FLIPPED, round(FLIPPED_SHARE * len(framed)))
    for _ in range(ROUNDS):
        wrong = np.zeros(len(framed), dtype=bool)
        wrong[random.permutation(len(framed))[:count]] = True
        labels = framed ^ wrong
        strength = contradiction(labels, scores_of(labels))
        flipped.append(strength[wrong])
        others.append(strength[~wrong])
    return best_list(np.concatenate(flipped), np.concatenate(others), rounds=ROUNDS)


def best_list(flipped: Floats, others: Floats, *, rounds: int = 1) -> ListQuality:
    """Return the list with the highest expected recall among those precise enough, else the most precise one.

    Parameters
    ----------
    flipped, others
        How strongly labels that were flipped, and all others, are contradicted, over all rounds.
    """
    strong = float(np.median(flipped))
    strong_others = float(np.sum(others >= strong)) / rounds
    tried = []
    for recall in (0.95, 0.9, 0.85, WANTED):
        least = float(np.quantile(flipped, 1 - recall))
        found = int(np.sum(others >= least)) / rounds
        enough = strong_others >= FEWEST_STRONG and found > 0
        expected = 0.5 / recall * found  # strong ones, were all of them wrong labels
        precision = min(1.0, strong_others / expected) if enough else 0.0
        tried.append(ListQuality(least, precision, recall, found, strong_others))
    good = [one for one in tried if one.worth_it]
    return good[0] if good else max(tried, key=lambda one: one.precision)
