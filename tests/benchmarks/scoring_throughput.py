"""Images a second of the scoring pass, beside bare loops over the same files: they take turns in one session.

``python tests/benchmarks/scoring_throughput.py SET --images 4000 --rounds 3``

A bare loop is what one writes by hand: one process a core, each with every n-th file, ``cv2.imdecode``, the
detector; in batches of 64 where it takes batches. Ours is the whole scoring pass: reading, the one decoder,
digests, the detector in its processes, parts on the disk. Both are measured from start to end, with the start
of their processes and the loading of the detector. Beside images a second, which a busy machine blurs, the
CPU time of all processes an image is printed: on a machine whose cores are all in use it decides.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from framejudge.bench.engine.pipeline.flow import Work
from framejudge.bench.engine.scoring import read_parts, score_all
from framejudge.bench.engine.tabulation import labelled_columns
from framejudge.bench.parts.store import PartStore
from framejudge.bench.timing.environment import available_cores
from framejudge.bench.worker.limits import Limits
from framejudge.bench.worker.process import thread_environment
from framejudge.datasets.progress import Silence
from framejudge.datasets.table.reading import read_dataset
from framejudge.datasets.table.sample import Dataset
from framejudge.detectors.registry import find_all

BARE = """
import sys
import cv2
import numpy as np
from framejudge.detectors.opening import open_detector
from framejudge.detectors.registry import find

cv2.setNumThreads(1)
names, first, step = sys.argv[1].split(","), int(sys.argv[2]), int(sys.argv[3])
files = sys.stdin.read().splitlines()[first::step]
detectors = [open_detector(find(name)) for name in names]


def decoded(path):
    return cv2.cvtColor(cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)


for start in range(0, len(files), 64):
    images = [decoded(path) for path in files[start : start + 64]]
    for detector in detectors:
        if detector.takes_batches:
            detector.predict_batch(images)
        else:
            for image in images:
                detector.predict(image)
"""


def cpu_s() -> float:
    """Return the CPU time of this process and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def bare_loop(names: Sequence[str], files: Sequence[str]) -> float:
    """Return the seconds of a bare loop over files."""
    cores = len(available_cores())
    environment = {**os.environ, **thread_environment(1)}
    start = time.perf_counter()
    loops = [
        subprocess.Popen(
            [sys.executable, "-P", "-c", BARE, ",".join(names), str(k), str(cores)],
            stdin=subprocess.PIPE,
            env=environment,
            text=True,
        )
        for k in range(cores)
    ]
    for loop in loops:
        assert loop.stdin is not None
        loop.stdin.write("\n".join(files))
        loop.stdin.close()
    codes = [loop.wait() for loop in loops]
    if any(codes):
        sys.exit("a bare loop failed")
    return time.perf_counter() - start


def scoring_pass(names: Sequence[str], dataset: Dataset) -> float:
    """Return the seconds of our scoring pass over a set."""
    specs = find_all(list(names))
    labelled = labelled_columns(dataset)
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        start = time.perf_counter()
        work: Work = read_parts(labelled, specs, PartStore(Path(folder)))
        score_all(work, specs, limits=Limits(), progress=Silence())
        seconds = time.perf_counter() - start
    if work.failures:
        sys.exit(str(work.failures))
    return seconds


def main() -> None:
    """Measure in turns, and print images a second and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--detectors", default="canny;cnn-litert;canny,cnn-litert", help="runs, divided by ;")
    parser.add_argument("--images", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    whole = read_dataset(given.dataset)
    dataset = replace(whole, samples=whole.samples[: given.images])
    files = [os.fspath(dataset.locate(sample).absolute()) for sample in dataset]
    for run in given.detectors.split(";"):
        names, ratios = run.split(","), []
        for number in range(given.rounds):
            seconds, cpu = {}, {}
            for ours in (True, False) if number % 2 else (False, True):
                before = cpu_s()
                seconds[ours] = scoring_pass(names, dataset) if ours else bare_loop(names, files)
                cpu[ours] = 1e6 * (cpu_s() - before) / len(files)
            ratios.append((seconds[False] / seconds[True], cpu[False] / cpu[True]))
            rates = f"{len(files) / seconds[False]:.0f} bare, {len(files) / seconds[True]:.0f} ours"
            print(
                f"{run}: {rates} images/s; {cpu[False]:.0f} bare, {cpu[True]:.0f} ours us of CPU", flush=True
            )
        by_time, by_cpu = (statistics.median(one) for one in zip(*ratios, strict=True))
        print(
            f"{run}: median ratio of {given.rounds}: {by_time:.3f} by time, {by_cpu:.3f} by CPU", flush=True
        )


if __name__ == "__main__":
    main()
