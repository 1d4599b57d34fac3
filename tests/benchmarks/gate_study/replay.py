"""Replay gates from recorded pairs: ours and those of other tools, on the same samples.

    python tests/benchmarks/gate_study/replay.py quiet.xz busy.xz --out replay.json

Each gate gets its first batch from one random half of the pairs and, where it has to confirm a suspicion, its
second from the other half. Slowdowns are injected into the new version's recorded times. With the rivals:
``tox -e gate-study -- quiet.xz busy.xz --out replay.json``.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from recording import Recording
from rivals import rival_rules
from scipy import stats

from framejudge.bench.gate.latency.sequential import LOOKS, LatencyRule, SlowdownTest
from framejudge.bench.gate.latency.slowdown import log_ratios

Floats = npt.NDArray[np.float64]

SLOW_IMAGES = 0.02
DETECTOR = "canny"
OURS = "framejudge"
IDENTICAL = "identical code"
GATES_AT_ONCE = 25


def identical(images: int, random: np.random.Generator) -> Floats:
    return np.ones(images)


def slower(factor: float, images: int, random: np.random.Generator) -> Floats:
    return np.full(images, factor)


def some_much_slower(images: int, random: np.random.Generator) -> Floats:
    factors = np.ones(images)
    factors[random.permutation(images)[: max(1, round(SLOW_IMAGES * images))]] = 1.5
    return factors


CHANGES: Mapping[str, Callable[[int, np.random.Generator], Floats]] = {
    IDENTICAL: identical,
    "10 % slower": partial(slower, 1.10),
    "5 % slower": partial(slower, 1.05),
    "3 % slower": partial(slower, 1.03),
    "2 % of the images 50 % slower": some_much_slower,
}


class Replayed(NamedTuple):
    """Each tool's verdict on one gate, how many pairs ours took, and after how many a rule had failed."""

    verdicts: dict[str, str]
    pairs: int
    pairs_until_failed: int | None


def replay_gate(times: Floats, change: str, seed: int) -> Replayed:
    """Replay one gate by each tool's rule.

    Parameters
    ----------
    times
        Seconds, shape (pairs, 2, calls, images).
    """
    random = np.random.default_rng(seed)
    order = random.permutation(len(times))
    halves = np.array_split(order, 2)
    factors = CHANGES[change](times.shape[-1], random)
    middle = np.median(times, axis=2)
    ratios = log_ratios(middle[:, 0], middle[:, 1] * factors)
    test = SlowdownTest([LatencyRule(DETECTOR), LatencyRule.tail(DETECTOR)])
    used: Counter[bool] = Counter()

    def take(wanted: Mapping[str, int]) -> Mapping[str, Floats]:
        again = test.again is not None
        start = used[again]
        used[again] += wanted[DETECTOR]
        return {DETECTOR: ratios[halves[int(again)][start : used[again]]]}

    test.run(take)
    outcomes = [test.outcome(rule) for rule in test.rules]
    verdict = "fail" if "slower" in outcomes else "cannot judge" if "too noisy" in outcomes else "pass"
    sampled = times[halves[0][: LOOKS[-1]]]
    old, new = sampled[:, 0], sampled[:, 1] * factors
    rivals = {name: "fail" if rule(old, new) else "pass" for name, rule in rival_rules().items()}
    return Replayed({OURS: verdict, **rivals}, test.pairs(DETECTOR), pairs_until_failed(test))


def pairs_until_failed(test: SlowdownTest) -> int | None:
    """Return after how many pairs, of both batches, the first rule had failed; others may have taken more."""
    found = []
    for rule in test.rules:
        if test.outcome(rule) == "slower":
            first, last = test.first.findings[rule], test.finding(rule)
            found.append(first.pairs if last is None or last is first else first.pairs + last.pairs)
    return min(found, default=None)


def _replay(path: Path, change: str, seeds: range) -> list[Replayed]:
    times = Recording.load(path).times_ns / 1e9
    return [replay_gate(times, change, seed) for seed in seeds]


def spread(recording: Recording) -> float:
    """Return the spread from pair to pair of the median log ratio, as a standard deviation would be."""
    middle = np.median(recording.times_ns, axis=2)
    logs = np.median(np.log(middle[:, 1] / middle[:, 0]), axis=1)
    return float(stats.median_abs_deviation(logs, scale="normal"))


def versions() -> dict[str, str]:
    found = {}
    for name in ("framejudge", "pytest-benchmark", "pyperf", "asv"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def replay_all(path: Path, gates: Mapping[str, int], pool: ProcessPoolExecutor) -> dict[str, object]:
    """Replay so many gates of each change; return how often each tool said what."""
    recording = Recording.load(path)
    rows: list[dict[str, object]] = []
    pairs_used: dict[str, float] = {}
    failed_after: dict[str, Counter[int]] = {}
    for change, count in gates.items():
        started = time.monotonic()
        parts = [range(k, min(k + GATES_AT_ONCE, count)) for k in range(0, count, GATES_AT_ONCE)]
        found = [one for part in pool.map(partial(_replay, path, change), parts) for one in part]
        pairs_used[change] = round(float(np.mean([one.pairs for one in found])), 1)
        failed_after[change] = Counter(one.pairs_until_failed for one in found if one.pairs_until_failed)
        for rule in found[0].verdicts:
            verdicts = Counter(one.verdicts[rule] for one in found)
            rows.append({"change": change, "rule": rule, "gates": count, **verdicts})
        print(f"{path.name}: {change}: {count} gates in {time.monotonic() - started:.0f} s", flush=True)
    return {
        "file": path.name,
        "facts": recording.facts,
        "pairs": len(recording),
        "spread": spread(recording),
        "pairs_used": pairs_used,
        "failed_after": failed_after,
        "rows": rows,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--gates", type=int, default=3_000, help="of identical code")
    parser.add_argument("--slow-gates", type=int, default=1_000, help="of each slowdown")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    options = parser.parse_args()
    for path in options.files:
        if len(Recording.load(path)) < 2 * LOOKS[-1]:
            raise SystemExit(f"{path}: too few pairs: each half must have {LOOKS[-1]}")
    gates = {name: options.gates if name == IDENTICAL else options.slow_gates for name in CHANGES}
    recordings = []
    with ProcessPoolExecutor(options.processes) as pool:
        for path in options.files:
            recordings.append(replay_all(path, gates, pool))
            content = {"versions": versions(), "recordings": recordings}
            options.out.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
