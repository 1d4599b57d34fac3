"""Latency of the recommended network on each runtime, and what narrow arithmetic costs in accuracy.

    python tests/benchmarks/runtimes.py [--dataset SET] [--rounds 1000]

One thread, decoded 300x300 picture in, score out. The runtimes take turns, so that a slow minute hits all of
them. With ``--dataset`` each also scores a labelled set: accuracy at the shipped threshold, AUC, and how far
the scores lie from those of ``cnn``. What is not installed, or what the CPU cannot compute, is left out.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Mapping

import cv2
import numpy as np
import numpy.typing as npt
from sklearn.metrics import roc_auc_score

from framejudge.datasets.errors import InputError
from framejudge.datasets.images.decode import decode_image
from framejudge.datasets.table.reading import read_dataset
from framejudge.detectors.protocol import Detector
from framejudge.detectors.registry import create, find

NAMES = (
    "cnn",
    "cnn-litert",
    "cnn-litert-int8",
    "cnn-onnx",
    "cnn-openvino",
    "cnn-openvino-bf16",
    "cnn-2016",
)
THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "ORT_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)
SIDE_PX = 300
WARM_UP_ROUNDS = 50


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--dataset")
    parser.add_argument("--rounds", type=int, default=1000)
    arguments = parser.parse_args()
    os.environ.update(dict.fromkeys(THREAD_VARIABLES, "1"))  # read when a runtime is loaded
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    cv2.setNumThreads(1)
    detectors = load(NAMES)
    milliseconds = take_turns(detectors, arguments.rounds)
    scores = score(detectors, arguments.dataset) if arguments.dataset else {}
    print("| runtime | p50 [ms] | p99 [ms] |" + (" accuracy | AUC | largest difference |" if scores else ""))
    print("| --- | --- | --- |" + (" --- | --- | --- |" if scores else ""))
    for name in detectors:
        p50, p99 = np.percentile(milliseconds[name], [50, 99])
        print(f"| `{name}` | {p50:.2f} | {p99:.2f} |{scores.get(name, '')}")


def load(names: tuple[str, ...]) -> dict[str, Detector]:
    """Return the detectors that this machine can run, loaded."""
    detectors = {}
    for name in names:
        try:
            detector = create(find(name))
            detector.load()  # type: ignore[attr-defined]  # all of these have it
        except InputError as problem:
            print(f"left out: {problem}")
        else:
            detectors[name] = detector
    return detectors


def take_turns(detectors: Mapping[str, Detector], rounds: int) -> dict[str, npt.NDArray[np.float64]]:
    """Return the milliseconds of each call after the warm-up, (rounds,) for each name."""
    picture = np.random.default_rng(0).integers(0, 256, (SIDE_PX, SIDE_PX, 3), dtype=np.uint8)
    taken = {name: np.empty(rounds + WARM_UP_ROUNDS) for name in detectors}
    for turn in range(rounds + WARM_UP_ROUNDS):
        for name, detector in detectors.items():
            started = time.perf_counter_ns()
            detector.predict(picture)
            taken[name][turn] = (time.perf_counter_ns() - started) / 1e6
    return {name: times[WARM_UP_ROUNDS:] for name, times in taken.items()}


def score(detectors: Mapping[str, Detector], folder: str) -> dict[str, str]:
    """Return the last cells of each name's line."""
    dataset = read_dataset(folder)
    decided = [sample for sample in dataset if sample.label is not None]
    framed = np.array([sample.label == "framed" for sample in decided])
    images = [decode_image(dataset.locate(sample)) for sample in decided]
    scores = {
        name: np.array([detector.predict(image) for image in images]) for name, detector in detectors.items()
    }
    cells = {}
    for name, found in scores.items():
        right = np.mean((found >= detectors[name].threshold) == framed)  # type: ignore[attr-defined]
        apart = (
            f"{np.abs(found - scores['cnn']).max():.1e}" if "cnn" in scores and name != "cnn-2016" else "-"
        )
        cells[name] = f" {right:.4f} | {roc_auc_score(framed, found):.4f} | {apart} |"
    return cells


if __name__ == "__main__":
    main()
