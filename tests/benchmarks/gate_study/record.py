"""Record pairs of fresh processes that run identical code in turn, for the gate study.

    python tests/benchmarks/gate_study/record.py quiet.xz
    python tests/benchmarks/gate_study/record.py busy.xz --busy

A few pairs are started at once and import side by side. Then one pair at a time is timed, on the core that
a gate uses; its two processes take turns by a gate's plan (A B B A), on as many images as a gate's, and all
others sleep in a read. It goes on where it was stopped. Run it on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from PIL import Image
from recording import Recording

from framejudge.bench.timing.environment import (
    available_cores,
    describe_machine,
    pinned_cores,
)
from framejudge.bench.timing.noise import NoiseMeter
from framejudge.bench.timing.plan import plan_turns
from framejudge.bench.timing.station import UNTIMED_CALLS
from framejudge.bench.timing.turns import WARM_UP_IMAGES
from framejudge.bench.worker.child.commands import Time, WarmUp
from framejudge.bench.worker.process import WorkerProcess
from framejudge.datasets.drawing.builtin import built_in_dataset
from framejudge.datasets.images.decode import decode_image
from framejudge.detectors.registry import DetectorSpec, find_all

BUSY_LOOP = "while True: pass"


@contextmanager
def busy_loop(wanted: bool) -> Iterator[None]:
    """Keep one core busy from outside for as long as it lasts."""
    if not wanted:
        yield
        return
    with subprocess.Popen([sys.executable, "-c", BUSY_LOOP]) as process:
        try:
            yield
        finally:
            process.kill()


def write_bitmaps(folder: Path, count: int) -> list[str]:
    """Write some images of the built-in set as bitmaps: decoding is not timed, so it need not take long."""
    dataset = built_in_dataset()
    chosen = np.random.default_rng(7).permutation(len(dataset))[:count]
    paths = []
    for k in sorted(chosen.tolist()):
        paths.append(str(folder / f"{k}.bmp"))
        Image.fromarray(decode_image(dataset.locate(dataset.samples[k]))).save(paths[-1])
    return paths


def record_pairs(
    spec: DetectorSpec, paths: Sequence[str], *, pairs: int, calls: int, first: int
) -> np.ndarray:
    """Start pairs of fresh processes side by side, time them one after another; (pairs, 2, calls, images)."""
    cores = pinned_cores(1)
    with ExitStack() as stack:
        started = [
            [stack.enter_context(WorkerProcess(spec, threads=1)) for _ in range(2)] for _ in range(pairs)
        ]
        with ThreadPoolExecutor(len(available_cores())) as pool:
            warmed = [pool.submit(_warm_up, one, cores, paths) for pair in started for one in pair]
            for done in warmed:
                done.result()
        times = []
        for number, pair in enumerate(started, start=first):
            # As in a gate, neither version is always the one that was started first.
            versions = pair[::-1] if number % 2 else pair
            times.append(_time_pair(versions, paths, calls, number))
        return np.array(times)


def _warm_up(worker: WorkerProcess, cores: Sequence[int] | None, paths: Sequence[str]) -> None:
    # Pinned from the first: whichever core it is loaded on, it is timed on that one.
    worker.load(cores)
    worker.ask(WarmUp(paths[:WARM_UP_IMAGES]))


def _time_pair(pair: Sequence[WorkerProcess], paths: Sequence[str], calls: int, number: int) -> np.ndarray:
    """Time a pair by a gate's own plan of turns; shape (2, calls, images)."""
    times = np.empty((2, calls, len(paths)), dtype=np.int64)
    plan = plan_turns(["0", "1"], range(len(paths)), calls * len(paths), seed=number)
    for block, order in zip(plan.blocks, plan.orders, strict=True):
        images = plan.images[block]
        asked = [*paths[:UNTIMED_CALLS], *(paths[k] for k in images)]
        for which in map(int, order):
            found = pair[which].ask(Time(asked, UNTIMED_CALLS))
            times[which, block // len(paths), images] = found.predict
    if (times <= 0).any():
        raise SystemExit("a call failed: nothing can be learnt from this detector")
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--pairs", type=int, default=300)
    parser.add_argument("--images", type=int, default=300)
    parser.add_argument("--calls", type=int, default=1, help="per image and process")
    parser.add_argument("--detector", default="canny")
    parser.add_argument("--busy", action="store_true", help="beside one busy loop")
    parser.add_argument("--at-once", type=int, default=8, help="pairs that are started together")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop after so many")
    options = parser.parse_args()
    (spec,) = find_all(options.detector)
    recording = Recording.load(options.file) if options.file.exists() else None
    asked = {
        "detector": options.detector,
        "images": options.images,
        "calls": options.calls,
        "busy": options.busy,
    }
    if recording is not None and any(recording.facts[name] != value for name, value in asked.items()):
        raise SystemExit(f"{options.file} was recorded otherwise: {recording.facts}")
    deadline = time.monotonic() + 60 * options.minutes
    with busy_loop(options.busy), tempfile.TemporaryDirectory() as folder:
        paths = write_bitmaps(Path(folder), options.images)
        done = 0 if recording is None else len(recording)
        while done < options.pairs and time.monotonic() < deadline:
            meter = NoiseMeter()
            batch = record_pairs(
                spec,
                paths,
                pairs=min(options.at_once, options.pairs - done),
                calls=options.calls,
                first=done,
            )
            if recording is None:
                started = datetime.now(UTC).isoformat(timespec="seconds")
                recording = Recording.of(batch, {**describe_machine(), **asked, "started": started})
            else:
                recording = recording.with_pairs(batch)
            recording.save(options.file)
            done = len(recording)
            noise = meter.read()
            logs = np.log(np.median(batch[:, 1], axis=1) / np.median(batch[:, 0], axis=1))
            print(
                f"{done}/{options.pairs} pairs, spread {np.std(np.median(logs, axis=1)):.2%}, "
                f"busy cores {noise.busy_cores or 0:.1f}, steal {noise.steal_fraction or 0:.1%}",
                flush=True,
            )


if __name__ == "__main__":
    main()
