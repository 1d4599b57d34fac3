"""How often a gate cries wolf, and how often it finds what it should: simulated, seeded, nothing is timed.

``python tests/benchmarks/gate_power.py --gates 1000 --csv power.csv`` simulates so many gates a row, on pairs
of processes that share their images, with noise from process to process (now and then one is disturbed)
and from call to call. The defaults take some seconds.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import stats

from framejudge.bench.gate.accuracy import drop
from framejudge.bench.gate.latency.sequential import LOOKS, LatencyRule, SlowdownTest

IMAGES = 300
CALL_SPREAD = 0.06
"""Of the log of one call's time, from call to call on one image."""

DISTURBED_SHARE = 0.05
DISTURBED_LOG = 0.10
"""So many processes are slower by so much, whatever the version."""

Floats = npt.NDArray[np.float64]
MEDIAN, TAIL = LatencyRule("detector"), LatencyRule.tail("detector")


@dataclass(frozen=True)
class LatencyCase:
    """A truth: how much all images, and a share of them, are slower; and the rule that should see it."""

    name: str
    growth: float
    slow_share: float
    rule: LatencyRule
    wanted: str


LATENCY_CASES = (
    LatencyCase("identical code", 0.0, 0.0, MEDIAN, "no failure"),
    LatencyCase("identical code", 0.0, 0.0, TAIL, "no failure"),
    LatencyCase("3 % slower: on the limit", 0.03, 0.0, MEDIAN, "fail about 50 %"),
    LatencyCase("5 % slower", 0.05, 0.0, MEDIAN, "fail >= 99 % where no process is disturbed"),
    LatencyCase("10 % slower", 0.10, 0.0, MEDIAN, "fail >= 99 %"),
    LatencyCase("2 % of images 50 % slower", 0.0, 0.02, TAIL, "fail >= 95 %"),
)


def simulate_gate(case: LatencyCase, spread: float, random: np.random.Generator) -> SlowdownTest:
    """Run one gate with both default rules on made-up pairs; ``spread`` is that of one pair's log ratio."""
    slow = np.where(random.random(IMAGES) < case.slow_share, np.log(1.5), 0.0)

    def process(pairs: int) -> Floats:
        level = random.normal(0, spread / np.sqrt(2), (pairs, 1))
        level += DISTURBED_LOG * (random.random((pairs, 1)) < DISTURBED_SHARE)
        return level + random.normal(0, CALL_SPREAD, (pairs, IMAGES))

    def take(wanted: Mapping[str, int]) -> dict[str, Floats]:
        return {
            name: np.log1p(case.growth) + slow + process(pairs) - process(pairs)
            for name, pairs in wanted.items()
        }

    test = SlowdownTest([MEDIAN, TAIL])
    test.run(take)
    return test


def latency_rows(gates: int, spreads: Sequence[float], seed: int) -> list[dict[str, object]]:
    """Return, for each case and spread, the share of gates with each outcome and the pairs they took."""
    rows = []
    for case in LATENCY_CASES:
        for spread in spreads:
            random = np.random.default_rng([seed, int(1e6 * spread)])
            tests = [simulate_gate(case, spread, random) for _ in range(gates)]
            outcomes = [test.outcome(case.rule) for test in tests]
            pairs = [test.pairs("detector") for test in tests]
            failed = outcomes.count("slower")
            rows.append(
                {
                    "case": case.name,
                    "rule": case.rule.kind,
                    "spread": spread,
                    "gates": gates,
                    "fail": failed / gates,
                    "fail_by_first_look": sum(map(failed_at_once, tests, repeat(case.rule))) / gates,
                    "fail_at_most": upper_bound(failed, gates),
                    "cannot_judge": outcomes.count("too noisy") / gates,
                    "pairs_median": float(np.median(pairs)),
                    "pairs_p95": float(np.quantile(pairs, 0.95)),
                    "wanted": case.wanted,
                }
            )
    return rows


def failed_at_once(test: SlowdownTest, rule: LatencyRule) -> bool:
    """Return whether a rule failed after the pairs of the first look."""
    found = test.finding(rule)
    return found is not None and found.outcome == "slower" and test.pairs("detector") == LOOKS[0]


def accuracy_rows(gates: int, seed: int) -> list[dict[str, object]]:
    """Return how often one accuracy point lost is found beside churn, and how often churn alone fails."""
    rows = []
    for images, lost, wanted in (
        (5_000, 0.01, "fail >= 99 %"),
        (2_000, 0.01, "fail >= 75 %"),
        (5_000, 0.0, "no failure"),
        (2_000, 0.0, "no failure"),
    ):
        random = np.random.default_rng([seed, images, int(1000 * lost)])
        failed = sum(_drop_fails(images, lost, 0.005, random) for _ in range(gates))
        rows.append(
            {
                "case": f"{100 * lost:g} accuracy points lost, 0.5 % churn, n = {images:,}",
                "rule": "accuracy",
                "spread": "",
                "gates": gates,
                "fail": failed / gates,
                "fail_by_first_look": "",
                "fail_at_most": upper_bound(failed, gates),
                "cannot_judge": "",
                "pairs_median": "",
                "pairs_p95": "",
                "wanted": wanted,
            }
        )
    return rows


def _drop_fails(images: int, lost: float, churn: float, random: np.random.Generator) -> bool:
    """Flip ``churn`` of the images to wrong and as many to right, and ``lost`` of them to wrong beside."""
    fate = random.random(images)
    before = np.ones(images, dtype=bool)
    now = before.copy()
    now[fate < churn + lost] = False
    before[fate > 1 - churn] = False
    found = drop.drop_evidence(before, now)
    change = found.change.value or 0.0
    return -change > drop.MAX_DROP and found.p_drop <= drop.LEVEL


def upper_bound(failed: int, gates: int) -> float:
    """Return the one-sided 95 % upper bound of a rate (Clopper and Pearson): 3 / n where none failed."""
    return float(stats.beta.ppf(0.95, failed + 1, gates - failed)) if failed < gates else 1.0


def main() -> None:
    """Simulate, print a table, write it as CSV where asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--gates", type=int, default=40, help="simulated gates a row")
    parser.add_argument("--spreads", type=float, nargs="+", default=[0.01, 0.025, 0.05])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--csv", type=Path, help="write the rows here too")
    chosen = parser.parse_args()
    makers: list[Callable[[], list[dict[str, object]]]] = [
        lambda: latency_rows(chosen.gates, chosen.spreads, chosen.seed),
        lambda: accuracy_rows(chosen.gates, chosen.seed),
    ]
    rows = [row for make in makers for row in make()]
    for row in rows:
        print("  ".join(f"{value:.4g}" if isinstance(value, float) else str(value) for value in row.values()))
    if chosen.csv is not None:
        with chosen.csv.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    sys.exit(main())
