"""Which images a gate's rule is about, and on which of them a detector is right."""

from __future__ import annotations

import numpy as np

from framejudge.bench.run.columns import Answers, Booleans, Columns
from framejudge.bench.statistics.interval import Floats


def members(columns: Columns, metric: str, slice_name: str | None) -> Booleans:
    """Return the images that a metric is about, shape (n,): labelled, of the slice, of the class.

    Parameters
    ----------
    slice_name
        ``attribute=value``; None for all images.
    """
    chosen = columns.labelled
    if slice_name is not None:
        attribute, _, value = slice_name.partition("=")
        column = columns.attributes.get(attribute)
        chosen = chosen & (False if column is None else column.is_in(value))
    if metric == "recall":
        chosen = chosen & columns.framed
    elif metric == "specificity":
        chosen = chosen & columns.plain
    return chosen


def right(columns: Columns, answers: Answers) -> Booleans:
    """Return where a detector agrees with the labels, shape (n,); an image without a score is not right."""
    return np.asarray(answers.scored & (answers.says_framed == columns.framed))


def mostly_without_score(answers: Answers, chosen: Booleans) -> bool:
    """Return whether a detector gave fewer than half of some images a score: then no figure stands for it."""
    return 2 * int(np.sum(chosen & answers.scored)) < int(np.sum(chosen))


def wrong_without_score(answers: Answers, framed: Booleans) -> Floats:
    """Return a detector's scores, shape (n,), with the worst possible one where an image has none.

    Leaving such images out would let a detector win by failing on what is hard.
    """
    return np.asarray(np.where(answers.scored, answers.scores, np.where(framed, -1.0, 2.0)), dtype=np.float64)
