"""Where in a sequence of runs did a figure change? Change-point tests that need no model of the noise.

Two kinds of figures need two units. Runs over the same images share the images' luck, so an accuracy that
moves from 0.94 to 0.95 is judged by the images that flipped: `paired_steps`. Two runs of the same code on the
same machine differ in speed by far more than the calls inside one run differ, so the unit of a latency is the
run: `rank_steps`.

Both test all places at once, with the largest statistic, and then go on in both parts (binary segmentation):
the probability of finding any step in a sequence without one stays below the level.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from framejudge.bench.run.figure import Figure
from framejudge.bench.statistics.interval import CONFIDENCE, Floats, two_sided_quantile

PAIRED_SIGNIFICANCE = 0.01
"""On the same images little is left to chance, so a step can be asked to be beyond doubt."""

RANK_SIGNIFICANCE = 0.05
RANK_MIN_SIDE = 3
"""Fewer slow runs than this are bad luck rather than a step."""

RANK_MIN_RUNS = 8
"""In fewer, no order of the runs is as rare as `RANK_SIGNIFICANCE`."""

DRAWS = 9_999
_CHUNK = 500
_ROUNDING = 1e-9
"""Sums of the same numbers in another order differ by less than this, relatively."""


@dataclass(frozen=True, slots=True)
class FoundStep:
    """One place where a sequence changed.

    Attributes
    ----------
    position
        The first value of the new level.
    change
        New level less the old one, in the unit of the values, with its 95 % interval.
    p
        Of "nothing changed anywhere in this stretch".
    """

    position: int
    change: Figure
    p: float


def paired_steps(
    values: Floats, contributions: Floats, *, level: float = PAIRED_SIGNIFICANCE, seed: int = 0
) -> list[FoundStep]:
    """Return the steps in a figure of runs over the same images, in order.

    For every place t of k, the mean of the runs from there on less that of the runs before is weighted with
    sqrt(t (k - t) / k), which is largest where the step is; the largest is compared with what random signs of
    the images' contributions make of it. With two runs and an accuracy that is McNemar's exact test, up to
    the draws. Intervals hold for all places at once, so that having chosen the most striking one does not
    make them too narrow.

    Parameters
    ----------
    values
        Shape (k,): the figure of each run.
    contributions
        Shape (k, units): what each independent image, or group, adds to each value, or how far it moves it.

    References
    ----------
    .. [1] Westfall, Young, "Resampling-Based Multiple Testing", 1993 (the largest statistic's distribution).
    .. [2] Scott, Knott, "A cluster analysis method for grouping means in the analysis of variance",
       Biometrics 30, 1974 (binary segmentation).
    """

    def find(start: int, stop: int) -> FoundStep | None:
        return _largest_paired_step(values[start:stop], contributions[start:stop], level, seed)

    return _segmented(find, 0, len(values))


def rank_steps(
    values: Floats, *, level: float = RANK_SIGNIFICANCE, min_side: int = RANK_MIN_SIDE, seed: int = 0
) -> list[FoundStep]:
    """Return the steps in a figure of runs that are independent of each other, in order.

    For every place that leaves ``min_side`` runs on each side, Mann and Whitney's statistic of the two sides
    is standardised; the largest is compared with its distribution over random orders of the runs. A single
    slow run is an outlier to it, not a step. The change is Hodges and Lehmann's: the median of all
    differences between a run after and one before; its interval takes the place as known.

    Parameters
    ----------
    values
        Shape (k,): the figure of each run; of latencies, its logarithm.

    References
    ----------
    Pettitt, "A non-parametric approach to the change-point problem", Applied Statistics 28, 1979.
    """

    def find(start: int, stop: int) -> FoundStep | None:
        return _largest_rank_step(values[start:stop], level, min_side, seed)

    return _segmented(find, 0, len(values))


def _segmented(find: Callable[[int, int], FoundStep | None], start: int, stop: int) -> list[FoundStep]:
    found = find(start, stop) if stop - start > 1 else None
    if found is None:
        return []
    place = start + found.position
    return [
        *_segmented(find, start, place),
        replace(found, position=place),
        *_segmented(find, place, stop),
    ]


def _largest_paired_step(values: Floats, contributions: Floats, level: float, seed: int) -> FoundStep | None:
    units = int(contributions.shape[1])
    # Images that count the same in every run take no part: they only cost time.
    contributions = contributions[:, np.ptp(contributions, axis=0) > 0]
    if not contributions.size:
        return None
    k = len(values)
    places = np.arange(1, k)
    weights = np.sqrt(places * (k - places) / k)
    changes = np.array([values[t:].mean() - values[:t].mean() for t in places])
    by_unit = np.array([contributions[t:].mean(axis=0) - contributions[:t].mean(axis=0) for t in places])
    statistics = weights * np.abs(changes)
    largest = _largest_by_chance(weights[:, None] * by_unit, seed)
    best = int(np.argmax(statistics))
    p = float((1 + np.sum(largest >= statistics[best] * (1 - _ROUNDING))) / (1 + len(largest)))
    if p > level:
        return None
    reach = float(np.quantile(largest, CONFIDENCE) / weights[best])
    change = float(changes[best])
    return FoundStep(
        int(places[best]), Figure(change, change - reach, change + reach, "paired-largest-change", units), p
    )


def _largest_by_chance(by_unit: Floats, seed: int) -> Floats:
    """Return the largest sum over places, shape (draws,), with a random sign for each unit.

    ``by_unit`` has shape (places, units).
    """
    random = np.random.default_rng(seed)
    found = []
    for start in range(0, DRAWS, _CHUNK):
        signs = random.choice((-1.0, 1.0), size=(min(_CHUNK, DRAWS - start), by_unit.shape[1]))
        found.append(np.abs(signs @ by_unit.T).max(axis=1))
    return np.concatenate(found)


def _largest_rank_step(values: Floats, level: float, min_side: int, seed: int) -> FoundStep | None:
    k = len(values)
    if k < max(RANK_MIN_RUNS, 2 * min_side):
        return None
    places = np.arange(min_side, k - min_side + 1)
    ranks = np.searchsorted(np.sort(values), values, "left") + np.searchsorted(
        np.sort(values), values, "right"
    )
    random = np.random.default_rng(seed)
    orders = random.permuted(np.tile(ranks, (DRAWS, 1)), axis=1)
    statistics = _standardised(ranks[None, :], places)[0]
    largest = _standardised(orders, places).max(axis=1)
    best = int(np.argmax(statistics))
    p = float((1 + np.sum(largest >= statistics[best] * (1 - _ROUNDING))) / (1 + DRAWS))
    if p > level:
        return None
    place = int(places[best])
    return FoundStep(place, _shift(values[:place], values[place:]), p)


def _standardised(ranks: npt.NDArray[np.int64], places: npt.NDArray[np.int64]) -> Floats:
    """Return how far the mean rank before each place is from the middle, in standard deviations.

    ``ranks`` has shape (orders, k), doubled and from 1 to 2 k - 1, ties in the middle.
    """
    k = ranks.shape[1]
    sums = np.cumsum(ranks, axis=1)[:, places - 1] / 2 + places / 2
    expected = places * (k + 1) / 2
    return np.asarray(np.abs(sums - expected) / np.sqrt(places * (k - places) * (k + 1) / 12))


def _shift(before: Floats, after: Floats) -> Figure:
    """Return Hodges and Lehmann's difference with its interval from Mann and Whitney's normal limit."""
    differences = np.sort(np.subtract.outer(after, before), axis=None)
    m, n = len(before), len(after)
    spread = two_sided_quantile(CONFIDENCE) * np.sqrt(m * n * (m + n + 1) / 12)
    rank = max(0, int(np.floor(m * n / 2 - spread - 0.5)))
    value = float(np.median(differences))
    return Figure(value, float(differences[rank]), float(differences[-1 - rank]), "hodges-lehmann", m + n)
