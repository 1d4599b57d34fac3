"""How often a planted weak slice is named, and a slice that is none.

2,000 images, 30 slices (the values of five attributes); one of them, with 5 % of the images, is 15 points
less accurate than the rest. The same sets without it count false findings.

    python tests/benchmarks/weakest_slice.py --sets 200
"""

from __future__ import annotations

import argparse
from typing import NamedTuple

import numpy as np
from scipy import special

from framejudge.bench.figures.slices import WEAK_P
from framejudge.bench.statistics.weakest import slice_evidence

IMAGES = 2_000
ATTRIBUTES, VALUES = 5, 6
SMALL_SLICE = 0.05
DROP = 0.15
IN_GROUP = 4
SHARED_BY_GROUP = 0.3
ACCURACIES = (0.92, 0.95, 0.97)
"""Of the images outside the weak slice."""


class Drawn(NamedTuple):
    """One simulated set; the planted slice is the first."""

    wrong: np.ndarray
    framed: np.ndarray
    members: np.ndarray
    groups: np.ndarray | None


def draw(random: np.random.Generator, accuracy: float, drop: float, grouped: bool) -> Drawn:
    """Simulate a set; in groups, mistakes come together and every other attribute is the photo's."""
    groups = np.arange(IMAGES) // IN_GROUP
    members = []
    for attribute in range(ATTRIBUTES):
        others = (1 - SMALL_SLICE) / (VALUES - 1)
        shares = [SMALL_SLICE, *[others] * (VALUES - 1)] if attribute == 0 else [1 / VALUES] * VALUES
        of_photo = grouped and attribute % 2 == 0
        values = random.choice(VALUES, size=IMAGES // IN_GROUP if of_photo else IMAGES, p=shares)
        values = values[groups] if of_photo else values
        members += [values == value for value in range(VALUES)]
    hardness = random.standard_normal(IMAGES)
    if grouped:
        of_group = random.standard_normal(IMAGES // IN_GROUP)[groups]
        hardness = np.sqrt(SHARED_BY_GROUP) * of_group + np.sqrt(1 - SHARED_BY_GROUP) * hardness
    wrong = special.ndtr(hardness) > np.where(members[0], accuracy - drop, accuracy)
    return Drawn(wrong, random.random(IMAGES) < 0.5, np.array(members), groups if grouped else None)


def named(drawn: Drawn) -> int | None:
    """Return the slice that is named as weak, None where none is."""
    evidence = slice_evidence(*drawn)
    weakest = int(evidence.strength.argmax())
    return weakest if evidence.p_values[weakest] < WEAK_P else None


def main() -> None:
    """Count over many sets, by how accurate the detector is elsewhere."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sets", type=int, default=200)
    sets = parser.parse_args().sets
    for grouped in (False, True):
        for accuracy in ACCURACIES:
            planted, empty = (
                [
                    named(draw(np.random.default_rng([seed, grouped]), accuracy, drop, grouped))
                    for seed in range(sets)
                ]
                for drop in (DROP, 0.0)
            )
            print(
                f"accuracy {accuracy:.0%} elsewhere, {'4 images' if grouped else '1 image'} a group: "
                f"the planted slice named in {planted.count(0) / sets:.1%} of {sets} sets, another one in "
                f"{sum(one not in (0, None) for one in planted) / sets:.1%}; without a weak slice one named "
                f"in {sum(one is not None for one in empty) / sets:.1%}",
                flush=True,
            )


if __name__ == "__main__":
    main()
