"""Our percentiles of a detector with known times: beside its own log, and, in the open loop, beside a queue.

The detector spins for log-normal times, and in 2 % of its calls for 200 ms; it keeps a log of how long each
call really took. In the closed loop our percentiles must be those of the log. In the open loop the same calls
are queued anew, with other Poisson arrivals, a few hundred times: what was measured must lie among them, and
the mean wait is that of Pollaczek and Khinchine's formula.

    python tests/benchmarks/scripted_latency.py
    python tests/benchmarks/scripted_latency.py --calls 500 --served 500     # a short try

What is done is kept in ``--out`` and not measured again.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
import time
from math import log
from pathlib import Path

import numpy as np
from PIL import Image

from framejudge.bench.run import Request
from framejudge.bench.timing.open_loop import replay
from framejudge.bench.timing.station import UNTIMED_CALLS
from framejudge.bench.timing.timed import Timed
from framejudge.bench.timing.turns import time_in_turns
from framejudge.bench.worker.child.timed.serving import poisson_arrivals
from framejudge.datasets.progress import Silence
from framejudge.detectors.registry import DetectorSpec

MEDIAN_MS, SPREAD = 2.0, 0.5
STALL_SHARE, STALL_MS = 0.02, 200.0
PER_SECOND = 80.0
REPLAYS = 400
LIMITS = {0.50: 0.01, 0.95: 0.02, 0.99: 0.05}
LOG = "SCRIPTED_LATENCY_LOG"


class Scripted:
    """Spins as long as its script says and keeps a log; the script begins anew in every process."""

    threshold = 0.5

    def __init__(self) -> None:
        self.script = random.Random(1)
        self.log: list[int] = []

    def predict(self, image: np.ndarray) -> float:
        """Spin, and look at the clock afterwards as it did before."""
        start = time.perf_counter_ns()
        stalls = self.script.random() < STALL_SHARE
        ms = STALL_MS if stalls else self.script.lognormvariate(log(MEDIAN_MS), SPREAD)
        end = start + round(ms * 1e6)
        while time.perf_counter_ns() < end:
            pass
        self.log.append(time.perf_counter_ns() - start)
        return 0.5

    def close(self) -> None:
        """Write the log where the parent looks for it."""
        np.save(os.environ[LOG], np.array(self.log, dtype=np.int64))


def measure(file: Path, calls: int, per_second: float | None) -> Timed:
    """Time the scripted detector on a few tiny images; its log is in the file afterwards."""
    os.environ[LOG] = str(file)
    with tempfile.TemporaryDirectory() as folder:
        images = {}
        for k in range(20):
            images[k] = f"{folder}/{k}.png"
            Image.fromarray(np.full((8, 8, 3), 10 * k, np.uint8)).save(images[k])
        request = Request(
            detectors=["scripted"],
            dataset=None,
            calls=calls,
            threads=1,
            prevalence=None,
            seed=1,
            timeout_s=600,
            arrivals=None if per_second is None else f"poisson:{per_second}",
        )
        spec = DetectorSpec("scripted", "scripted_latency:Scripted")
        timing = time_in_turns([spec], images, request, Silence())
    timed = timing.detectors["scripted"]
    if timed.failure is not None:
        raise RuntimeError(timed.failure)
    return timed


def logged_ns(log_ns: np.ndarray, timed: Timed) -> np.ndarray:
    """Return the log's entries of timed calls: warm-up and what opens each turn are left out."""
    at = timed.warm_up_calls
    kept = []
    for calls in np.bincount(timed.calls.blocks).tolist():
        at += UNTIMED_CALLS
        kept.append(log_ns[at : at + calls])
        at += calls
    return np.concatenate(kept)


def nearest(values: np.ndarray, q: float) -> float:
    """Return a percentile by nearest rank, as the report does."""
    return float(np.quantile(values, q, method="inverted_cdf"))


def closed_loop(out: Path, calls: int) -> None:
    """Compare what was timed with the log."""
    file = out / f"closed-{calls}.npz"
    if not file.exists():
        timed = measure(out / "log.npy", calls, None)
        own = logged_ns(np.load(out / "log.npy"), timed)
        np.savez(file, timed=timed.calls.stages["predict"], log=own)
    stored = np.load(file)
    print(f"closed loop, {len(stored['timed']):,} calls:")
    print(f"  largest difference of one call: {np.abs(stored['timed'] - stored['log']).max() / 1e3:.1f} us")
    for q, limit in LIMITS.items():
        ours, its_own = nearest(stored["timed"], q), nearest(stored["log"], q)
        error = ours / its_own - 1
        print(
            f"  p{q * 100:g}: reported {ours / 1e6:.4f} ms, logged {its_own / 1e6:.4f} ms, "
            f"{error:+.3%} ({'within' if abs(error) <= limit else 'beyond'} {limit:.0%})"
        )


def open_loop(out: Path, calls: int) -> None:
    """Compare what was served with queues of the same calls."""
    file = out / f"open-{calls}.npz"
    if not file.exists():
        timed = measure(out / "log.npy", calls, PER_SECOND)
        stages = timed.calls.stages
        np.savez(file, response=stages["response"], service=stages["predict"], turns=timed.calls.blocks)
    stored = np.load(file)
    response, service, turns = stored["response"], stored["service"], stored["turns"]
    queued = [_queue(service, turns, seed) for seed in range(REPLAYS)]
    load = PER_SECOND * service.mean() / 1e9
    print(f"open loop, {len(response):,} calls at {PER_SECOND:g} a second, load {load:.2f}:")
    expected = PER_SECOND / 1e9 * np.mean(service.astype(float) ** 2) / (2 * (1 - load))
    _print_among("mean wait", (response - service).mean(), [(one - service).mean() for one in queued])
    print(f"    Pollaczek-Khinchine: {expected / 1e6:.1f} ms")
    for q in LIMITS:
        _print_among(f"p{q * 100:g}", nearest(response, q), [nearest(one, q) for one in queued])
    behind = np.mean(response > 0.9 * STALL_MS * 1e6) / np.mean(service > 0.9 * STALL_MS * 1e6)
    print(f"  calls that took about a stall or longer: {behind:.1f} for every stalled call")


def _queue(service: np.ndarray, turns: np.ndarray, seed: int) -> np.ndarray:
    """Return the responses of the same calls with other arrivals, each turn a queue that began before."""
    queued = np.empty_like(service)
    for turn in np.unique(turns):
        own = service[turns == turn]
        before = np.random.default_rng([seed, int(turn)]).choice(own, 500)
        arrivals = poisson_arrivals(len(before) + len(own), PER_SECOND, [seed, int(turn)])
        queued[turns == turn] = replay(arrivals, np.concatenate([before, own]))[len(before) :]
    return queued


def _print_among(name: str, measured: float, expected: list[float]) -> None:
    low, middle, high = np.quantile(expected, (0.025, 0.5, 0.975)) / 1e6
    within = "within" if low <= measured / 1e6 <= high else "outside"
    print(
        f"  {name}: {measured / 1e6:.1f} ms; queues of the same calls: {middle:.1f} [{low:.1f}, {high:.1f}], "
        f"{within}"
    )


def main() -> None:
    """Measure both loops, or print what was measured."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--calls", type=int, default=20_000, help="in the closed loop")
    parser.add_argument("--served", type=int, default=10_000, help="in the open loop")
    parser.add_argument("--out", type=Path, default=Path("scripted-latency"))
    arguments = parser.parse_args()
    out = arguments.out.absolute()
    out.mkdir(parents=True, exist_ok=True)
    os.chdir(Path(__file__).parent)  # where the worker finds this module
    closed_loop(out, arguments.calls)
    open_loop(out, arguments.served)


if __name__ == "__main__":
    main()
