"""Fix the thresholds of `canny-2016` on labelled sets.

``python -m framejudge.detectors.canny_2016.tuning SET [SET ...]`` tries a few round numbers for each
threshold in turn, all sets counting the same, until none gets better. It prints the rules to write into
`detector.Rules`; nothing is fitted that a person could not have chosen. Give it sets that no test uses.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from framejudge.datasets.errors import InputError, run_tool
from framejudge.datasets.images.decode import decode_image
from framejudge.datasets.table.reading import read_dataset
from framejudge.detectors.canny_2016.detector import RULES, Findings, Rules, find_lines, judge

TRIED: dict[str, tuple[float, ...]] = {
    "four_sides": (0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8),
    "three_sides": (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0),
    "opposite_sides": (0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0),
    "alike_sides": (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0),
    "neighbours": (0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0),
    "one_side": (0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0),
    "page": (235.0, 240.0, 243.0, 245.0, 247.0, 249.0, 251.0, 253.0),
    "even": (5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0, 60.0),
    "ruled_lines": (0, 1, 2, 3, 4, 6, 8, 100),
}
"""What is judged after the lines were found, and the numbers that are tried for it."""

DEEPEST = (0.25, 0.3)
"""What the lines are found by: each of these numbers needs all pictures once more."""


def accuracy(sets: Sequence[tuple[Sequence[Findings], npt.NDArray[np.bool_]]], rules: Rules) -> float:
    """Return the mean over sets of the share of pictures that rules get right."""
    shares = []
    for found, framed in sets:
        called = [max(strength for _, strength, _ in judge(each, rules)) >= 0.5 for each in found]
        shares.append(float(np.mean(np.array(called) == framed)))
    return float(np.mean(shares))


def climb(
    sets: Sequence[tuple[Sequence[Findings], npt.NDArray[np.bool_]]], rules: Rules
) -> tuple[Rules, float]:
    """Return the rules with each threshold changed in turn until no change gets more pictures right."""
    best = accuracy(sets, rules)
    while True:
        before = best
        for name, numbers in TRIED.items():
            for number in numbers:
                changes: dict[str, Any] = {name: number}
                changed = replace(rules, **changes)
                found = accuracy(sets, changed)
                if found > best:
                    best, rules = found, changed
        if best == before:
            return rules, best


def main() -> None:
    """Print the best rules for the sets that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("datasets", type=Path, nargs="+", help="labelled sets, none that you test on")
    given = parser.parse_args()
    read = []
    for path in given.datasets:
        dataset = read_dataset(path)
        labelled = [each for each in dataset if each.label is not None]
        if not labelled:
            raise InputError("no image is labelled", where=path, fix="label some")
        images = [decode_image(dataset.locate(each)) for each in labelled]
        read.append((images, np.array([each.label == "framed" for each in labelled])))
    best: tuple[Rules, float] = (RULES, 0.0)
    for deepest in DEEPEST:
        start = replace(RULES, deepest=deepest)
        sets = [([find_lines(image, start) for image in images], framed) for images, framed in read]
        rules, right = climb(sets, start)
        print(f"deepest {deepest}: accuracy {right:.4f}")
        best = max(best, (rules, right), key=lambda each: each[1])
    print(f"accuracy {best[1]:.4f}, so far {RULES}")
    for each in fields(Rules):
        print(f"    {each.name}: {getattr(best[0], each.name)}")


if __name__ == "__main__":
    run_tool(main)
