"""How often the 95 % intervals hold the truth: a simulation over set sizes, areas and groups.

An image is framed with probability 1/2 (or a whole group is). The scores of two detectors are normal in each
class, correlated with each other, with 0.3 of their variance shared by the images of a group; the threshold
lies midway. Every figure's truth is then known.

    python tests/benchmarks/coverage.py --repetitions 2000 --out coverage.csv
    python tests/benchmarks/coverage.py --out coverage.csv --table

A killed simulation goes on where it stopped. Beside our intervals stand the common ones that fall short.
"""

from __future__ import annotations

import argparse
import csv
from functools import cache
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy import stats

from framejudge.bench.run.figure import Figure
from framejudge.bench.statistics import auc, calibration, paired, percentiles, proportions, rates

SIZES = (100, 250, 500, 1000, 5000)
AREAS = (0.90, 0.95, 0.98, 0.995)
LAYOUTS = ("1", "4 of one class", "4 of any class")
"""Images a group."""

SHARED_BY_GROUP = 0.3
SHARED_BY_DETECTORS = 0.5
SECOND_DETECTOR = 0.85
"""The distance between the second detector's classes, as a share of the first one's."""

PREVALENCE = 0.05
FEW_ERRORS = 5
BOOTSTRAP_DRAWS = 1000
FIELDS = ("figure", "n", "area", "layout", "expected_errors", "repetitions", "covered", "null", "mean_width")


class Cell(NamedTuple):
    """One combination of the grid."""

    n: int
    area: float
    layout: str


class Drawn(NamedTuple):
    """One simulated set: labels, the two detectors' scores, groups, and as many latencies."""

    labels: np.ndarray
    a: np.ndarray
    b: np.ndarray
    groups: np.ndarray | None
    latencies: np.ndarray


class Measured(NamedTuple):
    """One interval of a simulated set, and the truth that it should hold."""

    interval: Figure
    truth: float


def distance(area: float) -> float:
    """Return how far apart two normal classes of variance 1 lie, by the area under their ROC curve."""
    return float(np.sqrt(2) * stats.norm.ppf(area))


def draw(cell: Cell, random: np.random.Generator) -> Drawn:
    """Simulate one set."""
    in_group = 1 if cell.layout == "1" else 4
    n = cell.n // in_group * in_group
    groups = np.arange(n) // in_group
    labels = random.random(n) < 0.5
    if cell.layout == "4 of one class":
        labels = labels[groups * in_group]
    by_group = np.sqrt(SHARED_BY_GROUP) * random.standard_normal(n // in_group)[groups]
    by_image = np.sqrt(SHARED_BY_DETECTORS) * random.standard_normal(n)
    own = np.sqrt(1 - SHARED_BY_DETECTORS) * random.standard_normal((2, n))
    noise = by_group + np.sqrt(1 - SHARED_BY_GROUP) * (by_image + own)
    apart = distance(cell.area)
    a, b = (labels * apart * share + row for share, row in zip((1, SECOND_DETECTOR), noise, strict=True))
    return Drawn(labels, a, b, None if in_group == 1 else groups, random.lognormal(size=n))


def measure(drawn: Drawn, area: float, random: np.random.Generator) -> dict[str, Measured]:
    """Return every figure of one set with its truth."""
    labels, a, b, groups, latencies = drawn
    apart = distance(area)
    called, called_b = a >= apart / 2, b >= SECOND_DETECTOR * apart / 2
    right, right_b = called == labels, called_b == labels
    accuracy = float(stats.norm.cdf(apart / 2))
    accuracy_b = float(stats.norm.cdf(SECOND_DETECTOR * apart / 2))
    area_b = float(stats.norm.cdf(SECOND_DETECTOR * apart / np.sqrt(2)))
    odds = PREVALENCE * accuracy / ((1 - PREVALENCE) * (1 - accuracy))
    of_called = None if groups is None else groups[called]
    of_framed = None if groups is None else groups[labels]
    probabilities = stats.norm.cdf(a - apart / 2)
    return {
        "accuracy": Measured(proportions.proportion(right, groups), accuracy),
        "precision": Measured(proportions.proportion(labels[called], of_called), accuracy),
        "recall": Measured(proportions.proportion(called[labels], of_framed), accuracy),
        "F1": Measured(rates.f1(labels, called, groups), accuracy),
        "balanced accuracy": Measured(rates.balanced_accuracy(labels, called, groups), accuracy),
        "precision at 5 %": Measured(
            rates.precision_at_prevalence(labels, called, PREVALENCE, groups), odds / (1 + odds)
        ),
        "Brier": Measured(calibration.brier(labels, probabilities, groups), _brier(apart)),
        "AUC": Measured(auc.auc(labels, a, groups), area),
        "AUC difference": Measured(paired.auc_difference(labels, a, b, groups), area - area_b),
        "accuracy difference": Measured(
            paired.accuracy_difference(right, right_b, groups), accuracy - accuracy_b
        ),
        "p50": Measured(percentiles.percentile(latencies, 0.50), 1.0),
        "p95": Measured(percentiles.percentile(latencies, 0.95), float(np.exp(stats.norm.ppf(0.95)))),
        "(accuracy, Wald)": Measured(_wald(right), accuracy),
        "(accuracy, Wilson, groups ignored)": Measured(proportions.wilson(right.sum(), len(right)), accuracy),
        "(F1, percentile bootstrap, groups ignored)": Measured(
            _bootstrap_f1(labels, called, random), accuracy
        ),
        "(AUC, plain DeLong, groups ignored)": Measured(_plain_delong(labels, a), area),
    }


def simulate(cell: Cell, repetitions: int) -> list[dict[str, object]]:
    """Return one row a figure: how often its interval held the truth, and how wide it was."""
    random = np.random.default_rng([cell.n, round(cell.area * 1000), LAYOUTS.index(cell.layout)])
    intervals: dict[str, list[Measured]] = {}
    for _ in range(repetitions):
        for figure, measured in measure(draw(cell, random), cell.area, random).items():
            intervals.setdefault(figure, []).append(measured)
    errors = cell.n * float(stats.norm.sf(distance(cell.area) / 2))
    return [_row(cell, errors, figure, found) for figure, found in intervals.items()]


def _row(cell: Cell, errors: float, figure: str, found: list[Measured]) -> dict[str, object]:
    usable = [
        (one.interval.low, one.interval.high, one.truth)
        for one in found
        if one.interval.low is not None and one.interval.high is not None
    ]
    covered = sum(low <= truth <= high for low, high, truth in usable)
    return {
        "figure": figure,
        "n": cell.n,
        "area": cell.area,
        "layout": cell.layout,
        "expected_errors": round(errors, 1),
        "repetitions": len(found),
        "covered": covered,
        "null": len(found) - len(usable),
        "mean_width": round(float(np.mean([high - low for low, high, _ in usable])), 5) if usable else "",
    }


@cache
def _brier(apart: float) -> float:
    return float(stats.norm.expect(lambda score: stats.norm.cdf(score) ** 2, loc=-apart / 2))


def _wald(right: np.ndarray) -> Figure:
    share, n = float(right.mean()), len(right)
    reach = 1.959964 * np.sqrt(share * (1 - share) / n)
    return Figure(share, share - reach, share + reach, "wald", n)


def _bootstrap_f1(labels: np.ndarray, called: np.ndarray, random: np.random.Generator) -> Figure:
    hits, misses = int((labels & called).sum()), int((labels != called).sum())
    shares = np.array([hits, misses, len(labels) - hits - misses]) / len(labels)
    drawn = random.multinomial(len(labels), shares, size=BOOTSTRAP_DRAWS)
    scores = 2 * drawn[:, 0] / np.maximum(2 * drawn[:, 0] + drawn[:, 1], 1)
    low, high = np.quantile(scores, (0.025, 0.975))
    return Figure(2 * hits / (2 * hits + misses), float(low), float(high), "bootstrap", len(labels))


def _plain_delong(labels: np.ndarray, scores: np.ndarray) -> Figure:
    result = auc.delong(labels, scores[None, :])
    area, reach = float(result.aucs[0]), 1.959964 * float(np.sqrt(result.covariance[0, 0]))
    return Figure(area, area - reach, area + reach, "delong", len(labels))


def read_rows(file: Path) -> list[dict[str, str]]:
    """Return the rows that an earlier, perhaps killed, simulation has left."""
    if not file.exists():
        return []
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def fill(file: Path, repetitions: int) -> None:
    """Simulate the cells that the file does not hold yet, each written as soon as it is done."""
    done = {(row["n"], row["area"], row["layout"]) for row in read_rows(file)}
    for cell in (Cell(*values) for values in product(SIZES, AREAS, LAYOUTS)):
        if (str(cell.n), str(cell.area), cell.layout) in done:
            continue
        rows = simulate(cell, repetitions)
        new = not file.exists()
        with file.open("a", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, FIELDS)
            if new:
                writer.writeheader()
            writer.writerows(rows)


def table(rows: list[dict[str, str]]) -> str:
    """Return the coverage of each figure as Markdown, cells with few expected errors apart."""
    lines = [
        f"| figure | cells | average | lowest | below {FEW_ERRORS} errors: average | lowest | no interval |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for figure in dict.fromkeys(row["figure"] for row in rows):
        own = [row for row in rows if row["figure"] == figure]
        few = [row for row in own if float(row["expected_errors"]) < FEW_ERRORS]
        many = [row for row in own if row not in few]
        nulls = sum(int(row["null"]) for row in own) / sum(int(row["repetitions"]) for row in own)
        lines.append(f"| {figure} | {len(own)} | {_summary(many)} | {_summary(few)} | {nulls:.1%} |")
    return "\n".join(lines)


def _summary(rows: list[dict[str, str]]) -> str:
    given = [(int(row["covered"]), int(row["repetitions"]) - int(row["null"])) for row in rows]
    shares = [covered / count for covered, count in given if count]
    return f"{np.mean(shares):.1%} | {min(shares):.1%}" if shares else " | "


def main() -> None:
    """Run the simulation, or print its table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--repetitions", type=int, default=2000)
    parser.add_argument(
        "--table", action="store_true", help="print what the file holds, and simulate nothing"
    )
    parser.add_argument("--layout", choices=LAYOUTS, help="images a group in the table; all without it")
    arguments = parser.parse_args()
    if not arguments.table:
        fill(arguments.out, arguments.repetitions)
    rows = read_rows(arguments.out)
    print(table([row for row in rows if arguments.layout in (None, row["layout"])]))


if __name__ == "__main__":
    main()
