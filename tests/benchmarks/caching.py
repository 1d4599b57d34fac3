"""How often a detector that keeps its answers is found, and an honest one accused, on a real clock.

python tests/benchmarks/caching.py --runs 100
"""

import argparse

import cv2
import numpy as np

from framejudge.bench.figures.latency import check_repeats
from framejudge.bench.timing.station import REPEAT_TRIALS
from framejudge.bench.timing.timed import Repeats
from framejudge.bench.timing.turns import REPEAT_IMAGES
from framejudge.bench.worker.child.timed.cache_check import time_repeats


def look(image: np.ndarray) -> float:
    """Do some work that depends on the pixels, as a classical detector does."""
    return float(cv2.Canny(image, 50, 150).mean()) / 255


class Honest:
    """Looks twice at every image."""

    def predict(self, image: np.ndarray) -> float:
        """Return the mean of two looks."""
        return (look(image) + look(image)) / 2


class Caching:
    """Looks twice at a new image and once at one that it has seen: twice as fast on repeats."""

    def __init__(self) -> None:
        self.seen: dict[int, float] = {}

    def predict(self, image: np.ndarray) -> float:
        """Return what two looks would say."""
        key = hash(image[::8].tobytes())
        if key not in self.seen:
            self.seen[key] = look(image)
        return (self.seen[key] + look(image)) / 2


def main() -> None:
    """Check both detectors again and again, each time with other pixels."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100)
    runs = parser.parse_args().runs
    cv2.setNumThreads(1)  # as a detector's own process has it
    for kind in (Honest, Caching):
        found, speedups = 0, []
        for seed in range(runs):
            random = np.random.default_rng(seed)
            images = [
                cv2.GaussianBlur(random.integers(256, size=(200 + 10 * k, 300, 3), dtype=np.uint8), (9, 9), 0)
                for k in range(REPEAT_IMAGES)
            ]
            trials = time_repeats(kind().predict, images, REPEAT_TRIALS, seed)
            check = check_repeats(Repeats.of(trials))
            found += check.keeps_answers
            speedups.append(check.speedup_seen.value or 0.0)
        low, middle, high = np.quantile(speedups, (0.0, 0.5, 1.0))
        print(
            f"{kind.__name__}: flagged in {found} of {runs} runs; "
            f"speed-up on seen pixels {middle:.2f} ({low:.2f} to {high:.2f})"
        )


if __name__ == "__main__":
    main()
