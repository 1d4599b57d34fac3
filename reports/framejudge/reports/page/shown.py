"""Which images the page carries: all of a run, or of a very large one those that a reader will ask for."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

import numpy as np

from framejudge.bench.run import Run
from framejudge.bench.run.columns import Booleans, Columns, Floats, Positions
from framejudge.bench.run.wording import count

MOST_IMAGES = 100_000
"""With five detectors the page's data then take 10 MB."""

MOST_MISTAKES = 60_000
"""Mistakes and disagreements among them, at most; the others are drawn at random."""

MOST_TIMED = 10_000

STEPS = 4096
"""Where the page does not carry every score, their distribution is known to one part in so many."""


def shown_images(run: Run, wanted: Iterable[int]) -> Positions | None:
    """Return the positions of the images that the page carries, ascending; None for all.

    Parameters
    ----------
    wanted
        Images that stand somewhere in the page, which it must carry.
    """
    columns = run.columns
    if len(columns) <= MOST_IMAGES:
        return None
    chosen = np.zeros(len(columns), dtype=bool)
    chosen[list(wanted)] = True
    for answers in columns.detectors:
        if answers.errors is not None:
            _add(chosen, answers.errors.is_valid().to_numpy(zero_copy_only=False), MOST_MISTAKES)
    timed = np.asarray(np.isfinite(run.call_times.per_image_ms).any(axis=0))
    _add(chosen, timed, int(chosen.sum()) + MOST_TIMED)
    _add(chosen, _asked_for(columns), MOST_MISTAKES)
    _add(chosen, np.ones(len(columns), dtype=bool), MOST_IMAGES)
    return np.flatnonzero(chosen)


def carried_words(shown: Positions | None, columns: Columns) -> str:
    """Return what the gallery says of the images that the page lacks, nothing where it has all."""
    if shown is None:
        return ""
    wrong = np.zeros(len(columns), dtype=bool)
    for answers in columns.detectors:
        wrong |= columns.wrong(answers)
    kept, total = int(wrong[shown].sum()), int(wrong.sum())
    mistakes = f"{kept:,} of the {total:,} images" if kept < total else f"all {total:,} images"
    return (
        f"This page carries {len(shown):,} of {count(len(columns), 'image')}: {mistakes} that a detector is "
        "wrong on, and others drawn at random. The gallery counts those that it carries; every other figure "
        "of the page is of the whole run. predictions.parquet in the run's folder has them all."
    )


def _add(chosen: Booleans, candidates: Booleans, most: int) -> None:
    """Choose candidates too, at random where not all of them fit under ``most`` chosen images."""
    left = np.flatnonzero(candidates & ~chosen)
    room = max(0, most - int(chosen.sum()))
    if len(left) > room:
        left = np.random.default_rng(0).choice(left, room, replace=False)
    chosen[left] = True


def _asked_for(columns: Columns) -> Booleans:
    """Return where a detector is wrong, or two say different things."""
    found = np.zeros(len(columns), dtype=bool)
    for answers in columns.detectors:
        found |= columns.wrong(answers)
    for a, b in combinations(columns.detectors, 2):
        found |= a.scored & b.scored & (a.says_framed != b.says_framed)
    return found


def distribution(columns: Columns, scores: Floats, threshold: float) -> tuple[Floats, Positions, Positions]:
    """Return where steps of scores begin, and how many framed and plain images lie in each.

    The threshold is the beginning of a step, so that counts at it are exact.
    """
    edges = np.unique(np.concatenate([np.linspace(0, 1, STEPS + 1), [threshold]]))
    counts = [
        np.histogram(scores[of & np.isfinite(scores)], edges)[0] for of in (columns.framed, columns.plain)
    ]
    return edges[:-1], counts[0].astype(np.int64), counts[1].astype(np.int64)
