"""Does a run decide as surely as it says? Simulated sets whose truth is known, through the code that decides.

- headline: how often a winner is named among equally good detectors, and where one is better.
- calibration: how often the detector that is "the cheapest with probability p" is.
- power: how often the tests of headline, compare and gate find what `bench plan` planned for.

``python tests/benchmarks/decision_study.py`` prints all three (about ten minutes on one core);
``--sets N`` takes fewer or more sets a row, ``--only calibration`` one part.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from made.columns import made_columns

from framejudge.bench.decide.cheapest import cheapest_probabilities, draw_rates
from framejudge.bench.decide.sample_size import design_effect, images_for_difference
from framejudge.bench.decide.weighted import Weights
from framejudge.bench.figures.assess import Measured, assess
from framejudge.bench.gate.accuracy.drop import LEVEL, MAX_DROP, drop_evidence
from framejudge.bench.run import Request
from framejudge.bench.run.columns import Answers
from framejudge.bench.statistics.paired import mcnemar
from framejudge.reports.text.decision import decide

Booleans = npt.NDArray[np.bool_]
CORRELATION = 0.3
"""Of which of two detectors is better, within a group of four."""

CASES = ((0.06, 0.02), (0.10, 0.02), (0.03, 0.02), (0.05, 0.01), (0.20, 0.05))
"""Disagreement and difference."""

SPREADS = (0.12, 0.25, 0.5, 1.0)
"""How far detectors lie apart, from nearly equal to a factor of three: standard deviation of log rates."""

EDGES = (0.0, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)


def pair_outcomes(
    random: np.random.Generator, images: int, size: int, disagreement: float, difference: float
) -> tuple[Booleans, Booleans, npt.NDArray[np.int64]]:
    """Return where the better and the worse detector are right, and the groups.

    An image follows its group with the root of the correlation, so that two of a group correlate by it.
    """
    count = -(-images // size)
    chances = [(disagreement - difference) / 2, 1 - disagreement, (disagreement + difference) / 2]
    own, of_group = (random.choice(3, (count, k), p=chances) for k in (size, 1))
    follows = random.random((count, size)) < (CORRELATION if size > 1 else 0.0) ** 0.5
    outcome = np.where(follows, of_group, own).ravel()
    return outcome >= 1, outcome <= 1, np.arange(count).repeat(size)


def headline(right_a: Booleans, right_b: Booleans, size: int) -> str:
    """Return what the report says of two detectors, `a` and `b`."""
    framed = np.arange(len(right_a)) % 2 == 0
    answers = [
        Answers(name, np.where(framed == right, 0.9, 0.1)) for name, right in (("a", right_a), ("b", right_b))
    ]
    columns = made_columns(framed, *answers, a_group=size)
    measured = Measured(
        name="simulated", generated=True, images_fingerprint="", labels_fingerprint="", performances={}
    )
    return decide(assess(columns, measured, Request(detectors=["a", "b"]))).headline


def claims(
    random: np.random.Generator, sets: int, size: int, images: int, difference: float
) -> tuple[int, int]:
    """Return in how many sets the headline names the better detector, and the other one."""
    better = worse = 0
    for _ in range(sets):
        right_a, right_b, _ = pair_outcomes(random, images, size, 0.06, difference)
        said = headline(right_a, right_b, size)
        better += said.startswith("a is the most accurate")
        worse += said.startswith("b is the most accurate")
    return better, worse


def headline_rows(sets: int) -> Iterator[str]:
    """Yield how often a winner is named, with 1 and with 4 images a group."""
    for size in (1, 4):
        effect = design_effect(size, CORRELATION)
        images = images_for_difference(0.02, 0.06, effect=effect)
        assert images is not None
        for difference, what in ((0.0, "equally good"), (0.02, "2 points apart, planned for 80 %")):
            better, worse = claims(np.random.default_rng(size), sets, size, images, difference)
            yield (
                f"{size} a group, {images:,} images, {what}: winner named in "
                f"{(better + worse) / sets:.1%}, the wrong one in {worse / sets:.1%} of {sets:,}"
            )


def power_rows(sets: int) -> Iterator[str]:
    """Yield the achieved power of what was planned for 80 %."""
    for size in (1, 4):
        effect = design_effect(size, CORRELATION)
        for disagreement, difference in CASES:
            random = np.random.default_rng([size, round(1000 * disagreement)])
            compared = images_for_difference(difference, disagreement, effect=effect)
            gated = images_for_difference(
                difference, disagreement, level=LEVEL, tolerance=MAX_DROP, effect=effect
            )
            assert compared is not None and gated is not None
            found = dropped = 0
            for _ in range(sets):
                better, worse, groups = pair_outcomes(random, compared, size, disagreement, difference)
                p = mcnemar(better, worse, groups).value
                found += p is not None and p < 0.05 and int(better.sum()) > int(worse.sum())
                before, now, groups = pair_outcomes(random, gated, size, disagreement, difference)
                evidence = drop_evidence(before, now, groups)
                dropped += -(evidence.change.value or 0.0) > MAX_DROP and evidence.p_drop <= LEVEL
            yield (
                f"{size} a group, disagreement {disagreement:g}, difference {difference:g}: "
                f"compare {found / sets:.1%} with {compared:,} images, "
                f"gate {dropped / sets:.1%} with {gated:,}"
            )


def simulated_costs(
    random: np.random.Generator, spread: float, draws: int
) -> tuple[float, bool, float, bool]:
    """Return what one set says of the cheapest and whether it is true: ours, and the plain bootstrap."""
    images, size = int(random.choice([100, 300, 1_000, 3_000])), int(random.choice([1, 4]))
    k = int(random.choice([2, 3, 4]))
    weights = Weights.of(random.choice([0.03, 0.1, 0.3, 0.5]), random.choice([0.5, 1, 5, 10]), 1.0)
    count = images // size
    groups = np.arange(count).repeat(size)
    framed = random.random(len(groups)) < 0.5
    logs = np.log(random.uniform(0.02, 0.12, (2, 1))) + spread * random.normal(size=(2, k))
    misses, alarms = np.clip(np.exp(logs), 0.0005, 0.6)
    alike = CORRELATION if size > 1 else 0.0

    def latent(shape: tuple[int, ...]) -> npt.NDArray[np.float64]:
        of_group = random.normal(size=(*shape, count)).repeat(size, axis=-1)
        return np.asarray(alike**0.5 * of_group + (1 - alike) ** 0.5 * random.normal(size=of_group.shape))

    difficulty = (latent(()) + latent((k,))) / 2**0.5  # half of what makes an image hard is hard for all
    wrong = difficulty > ndtri(1 - np.where(framed, misses[:, None], alarms[:, None]))
    true = int(np.argmin(weights.framed * misses + weights.plain * alarms))
    costs = draw_rates(framed, wrong, groups, draws=draws, seed=int(random.integers(2**31))).costs(weights)
    ours, plain = cheapest_probabilities(costs), _bootstrap(random, framed, wrong, groups, weights, draws)
    return (
        float(ours.max()),
        int(np.argmax(ours)) == true,
        float(plain.max()),
        int(np.argmax(plain)) == true,
    )


def _bootstrap(
    random: np.random.Generator,
    framed: Booleans,
    wrong: Booleans,
    groups: npt.NDArray[np.int64],
    weights: Weights,
    draws: int,
) -> npt.NDArray[np.float64]:
    """Return the share of bootstrap samples of groups in which each detector is the cheapest."""
    count = int(groups.max()) + 1
    members = [framed, ~framed, *(wrong & framed), *(wrong & ~framed)]
    sums = np.array([np.bincount(groups[one], minlength=count) for one in members]).T
    kinds, repeats = np.unique(sums, axis=0, return_counts=True)
    drawn = random.multinomial(count, repeats / count, draws) @ kinds
    k = len(wrong)
    costs = weights.framed * drawn[:, 2 : 2 + k] / np.maximum(drawn[:, :1], 1)
    costs = costs + weights.plain * drawn[:, 2 + k :] / np.maximum(drawn[:, 1:2], 1)
    lowest = costs == costs.min(axis=1, keepdims=True)
    return np.asarray((lowest / lowest.sum(axis=1, keepdims=True)).mean(axis=0))


def calibration_rows(sets: int, draws: int = 1_000) -> Iterator[str]:
    """Yield, by what was said, how often it was true."""
    found = np.array(
        [
            simulated_costs(random, spread, draws)
            for spread in SPREADS
            for random in [np.random.default_rng(round(100 * spread))]
            for _ in range(sets)
        ]
    )
    for name, said, true in (
        ("ours", found[:, 0], found[:, 1]),
        ("plain bootstrap", found[:, 2], found[:, 3]),
    ):
        yield f"{name}, all {len(said):,} sets: said {said.mean():.1%}, true {true.mean():.1%}"
        for low, high in pairwise(EDGES):
            rows = (said > low) & (said <= high)
            if rows.any():
                error = (true[rows].mean() * (1 - true[rows].mean()) / rows.sum()) ** 0.5
                yield (
                    f"  said {low:.2f} to {high:.2f}: {said[rows].mean():.1%} on average, true in "
                    f"{true[rows].mean():.1%} +- {1.96 * error:.1%} of {rows.sum():,}"
                )


PARTS = {"headline": headline_rows, "calibration": calibration_rows, "power": power_rows}


def main() -> None:
    """Simulate, and print a line for each row."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sets", type=int, default=1_000, help="simulated sets a row (or a spread)")
    parser.add_argument("--only", choices=PARTS)
    chosen = parser.parse_args()
    for name, rows in PARTS.items():
        if chosen.only in (None, name):
            print(name, flush=True)
            for row in rows(chosen.sets):
                print(f"  {row}", flush=True)


if __name__ == "__main__":
    main()
