"""Our latencies beside those of MLPerf LoadGen, on the same images, taking turns.

Each turn is a process of its own, on the same core, with the same thread variables: `time_in_turns` here, the
SingleStream scenario of LoadGen, driven from Python, there; first one and then the other goes first. A
detector that does nothing shows what each of the two adds to a call.

    tox -e rival-loadgen
    python tests/benchmarks/loadgen_side_by_side.py --calls 4000 --rounds 4

Needs ``mlcommons-loadgen``.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from framejudge.bench.run import Request
from framejudge.bench.statistics.percentiles import percentile
from framejudge.bench.timing.environment import pinned_cores
from framejudge.bench.timing.turns import DO_NOTHING, time_in_turns
from framejudge.bench.worker.process import thread_environment
from framejudge.datasets.drawing.builtin import built_in_dataset
from framejudge.datasets.images.decode import decode_image
from framejudge.datasets.progress import Silence
from framejudge.detectors.registry import DetectorSpec, create, find_all

IMAGES = 100
WARM_UP_CALLS = 50
TIMEOUT_S = 600
SAMPLE = re.compile(r'"name":"Sample".*"ph":"b".*"issue_start_ns":(\d+),"complete_ns":(\d+)')


def time_ours(spec: DetectorSpec, paths: list[str], calls: int, seed: int) -> np.ndarray:
    """Return our nanoseconds of each call."""
    request = Request(
        detectors=[spec.name],
        dataset=None,
        calls=calls,
        threads=1,
        prevalence=None,
        seed=seed,
        timeout_s=TIMEOUT_S,
    )
    timing = time_in_turns([spec], dict(enumerate(paths)), request, Silence())
    timed = timing.detectors[spec.name]
    if timed.failure is not None:
        raise RuntimeError(timed.failure)
    return timed.calls.stages["predict"]


def time_loadgen(spec: DetectorSpec, paths: list[str], calls: int, seed: int) -> np.ndarray:
    """Return LoadGen's nanoseconds of each call."""
    with tempfile.TemporaryDirectory() as place:
        task = {"name": spec.name, "target": spec.target, "paths": paths, "calls": calls, "seed": seed}
        subprocess.run(
            [sys.executable, __file__, "--task", json.dumps({**task, "place": place})],
            env={**os.environ, **thread_environment(1)},
            check=True,
            timeout=TIMEOUT_S,
            stdout=subprocess.DEVNULL,
        )
        return read_trace(Path(place) / "mlperf_log_trace.json")


def read_trace(file: Path) -> np.ndarray:
    """Return the nanoseconds from issue to completion of each query in LoadGen's trace."""
    # The file is not always valid JSON, but has an event on each line.
    return np.array([int(done) - int(start) for start, done in SAMPLE.findall(file.read_text())])


def serve_loadgen(task: dict[str, object]) -> None:
    """Be the system under test, in this process, and let LoadGen write its logs."""
    import mlperf_loadgen as loadgen

    cores = pinned_cores(1)
    if cores is not None:
        os.sched_setaffinity(0, cores)
    detector = create(DetectorSpec(str(task["name"]), str(task["target"])))
    if hasattr(detector, "load"):
        detector.load()
    images = [decode_image(path) for path in task["paths"]]
    for k in range(WARM_UP_CALLS):
        detector.predict(images[k % len(images)])

    def issue(samples: list[object]) -> None:
        for sample in samples:
            detector.predict(images[sample.index % len(images)])
            loadgen.QuerySamplesComplete([loadgen.QuerySampleResponse(sample.id, 0, 0)])

    settings = loadgen.TestSettings()
    settings.scenario = loadgen.TestScenario.SingleStream
    settings.mode = loadgen.TestMode.PerformanceOnly
    settings.min_query_count = settings.max_query_count = task["calls"]
    settings.min_duration_ms = 0
    settings.performance_issue_unique = True  # every image as often as any other, as with us
    settings.sample_index_rng_seed = task["seed"]
    logs = loadgen.LogSettings()
    output = loadgen.LogOutputSettings()
    output.outdir = task["place"]
    logs.log_output = output
    logs.enable_trace = True
    system = loadgen.ConstructSUT(issue, lambda: None)
    library = loadgen.ConstructQSL(task["calls"], task["calls"], lambda indexes: None, lambda indexes: None)
    loadgen.StartTestWithLogSettings(system, library, settings, logs)
    loadgen.DestroyQSL(library)
    loadgen.DestroySUT(system)


def compare(spec: DetectorSpec, paths: list[str], calls: int, rounds: int) -> dict[str, np.ndarray]:
    """Return all calls of both, in milliseconds; they take turns, there and back."""
    found: dict[str, list[np.ndarray]] = {"framejudge": [], "LoadGen": []}
    for turn in range(rounds):
        both = [("framejudge", time_ours), ("LoadGen", time_loadgen)]
        for name, measure in both[:: -1 if turn % 2 else 1]:
            found[name].append(measure(spec, paths, max(1, calls // rounds), seed=turn + 1))
    return {name: np.concatenate(parts) / 1e6 for name, parts in found.items()}


def _shown(milliseconds: np.ndarray, q: float) -> str:
    interval = percentile(milliseconds, q)
    if interval.value is None or interval.low is None or interval.high is None:
        return f"none ({interval.reason})"
    return f"{interval.value:.4g} ms [{interval.low:.4g}, {interval.high:.4g}]"


def report(name: str, found: dict[str, np.ndarray]) -> None:
    """Print both side by side, and whether they agree."""
    print(f"{name}:")
    for who, milliseconds in found.items():
        p50, p99 = (_shown(milliseconds, q) for q in (0.5, 0.99))
        print(f"  {who:10}  {len(milliseconds)} calls  p50 {p50}  p99 {p99}")
    ours, theirs = found["framejudge"], found["LoadGen"]
    print(f"  p50, ours over LoadGen's: {np.median(ours) / np.median(theirs):.3f}")
    intervals = [percentile(one, 0.99) for one in (ours, theirs)]
    if all(one.low is not None for one in intervals):
        apart = max(one.low for one in intervals) > min(one.high for one in intervals)
        print(f"  intervals of p99: {'apart' if apart else 'overlapping'}")


def main() -> None:
    """Compare on a detector, and on one that does nothing."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--detector", default="canny")
    parser.add_argument("--calls", type=int, default=4000, help="of each, over all rounds")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--task", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.task:
        serve_loadgen(json.loads(arguments.task))
        return
    dataset = built_in_dataset()
    paths = [str(dataset.locate(sample).absolute()) for sample in dataset.samples[:IMAGES]]
    (spec,) = find_all(arguments.detector)
    for one in (spec, DO_NOTHING):
        report(one.name, compare(one, paths, arguments.calls, arguments.rounds))


if __name__ == "__main__":
    main()
