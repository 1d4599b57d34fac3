"""How often a detector that keeps its answers is found, and an honest one accused, on a real clock.

python tests/benchmarks/caching.py --runs 100 --busy 2

The detectors are fast, as the hardest to judge are: an honest one takes from 10 us to 2 ms for a picture.
Beside them ``--busy`` processes do nothing but count. Every run has other pictures, and a new detector.
"""

import argparse
import functools
import hashlib
import subprocess
import sys
from collections import OrderedDict
from collections.abc import Callable

import cv2
import numpy as np

from framejudge.bench.timing.caching import check_repeats, look_until_sure
from framejudge.bench.timing.station import REPEAT_TRIALS
from framejudge.bench.timing.timed import Repeats
from framejudge.bench.timing.turns import REPEAT_IMAGES
from framejudge.bench.worker.child.timed.cache_check import time_repeats

Predict = Callable[[np.ndarray], float]

BUSY = "while True: sum(range(100_000))"


def first_row(image: np.ndarray) -> float:
    """Look at the first row only: some 10 us."""
    return float(image[0].mean() / 255)


def border(image: np.ndarray) -> float:
    """Compare the four sides with the middle."""
    sides = (image[0].mean(), image[-1].mean(), image[:, 0].mean(), image[:, -1].mean())
    return float(np.ptp(sides) / 255)


def whole(image: np.ndarray) -> float:
    """Look at every pixel."""
    return float(image.mean() / 255)


def sorted_row(image: np.ndarray) -> float:
    """Sort: a processor learns the branches of the same data."""
    return float(np.median(np.sort(image[0].ravel())) / 255)


def python_loop(image: np.ndarray) -> float:
    """Walk over a row in Python."""
    return sum(int(value) > 127 for value in image[0, :, 0]) / image.shape[1]


def edges(image: np.ndarray) -> float:
    """Do some work that depends on the pixels, as a classical detector does."""
    return float(cv2.Canny(image, 50, 150).mean()) / 255


def blurred(image: np.ndarray) -> float:
    """Blur, and look at what is left."""
    return float(cv2.GaussianBlur(image, (9, 9), 0)[::4].std()) / 255


HONEST: tuple[Predict, ...] = (first_row, border, whole, sorted_row, python_loop, edges, blurred)


def heavy(image: np.ndarray) -> float:
    """Work that is worth a cache."""
    return (edges(image) + edges(image)) / 2


def keyed(key: Callable[[np.ndarray], object], size: int = 10**6) -> Predict:
    """Keep whole scores by a key, the last ones up to a number."""
    kept: OrderedDict[object, float] = OrderedDict()

    def predict(image: np.ndarray) -> float:
        name = key(image)
        if name not in kept:
            kept[name] = heavy(image)
            if len(kept) > size:
                kept.popitem(last=False)
        return kept[name]

    return predict


def by_lru_cache() -> Predict:
    """Keep scores in functools' cache, by bytes."""

    @functools.lru_cache(maxsize=1000)
    def score(data: bytes, shape: tuple[int, ...]) -> float:
        return heavy(np.frombuffer(data, np.uint8).reshape(shape))

    return lambda image: score(image.tobytes(), image.shape)


def half_kept() -> Predict:
    """Keep one of two steps."""
    kept: dict[int, float] = {}

    def predict(image: np.ndarray) -> float:
        key = hash(image[::8].tobytes())
        if key not in kept:
            kept[key] = edges(image)
        return (kept[key] + edges(image)) / 2

    return predict


def some_images() -> Predict:
    """Keep the scores of every second image."""
    kept: dict[bytes, float] = {}

    def predict(image: np.ndarray) -> float:
        key = hashlib.blake2b(image.tobytes(), digest_size=8).digest()
        if key not in kept:
            score = heavy(image)
            if key[0] % 2:
                return score
            kept[key] = score
        return kept[key]

    return predict


CACHING: dict[str, Callable[[], Predict]] = {
    "by identity": lambda: keyed(id),
    "by bytes": lambda: keyed(lambda image: image.tobytes()),
    "by SHA-256": lambda: keyed(lambda image: hashlib.sha256(image).digest()),
    "by every 8th row": lambda: keyed(lambda image: image[::8].tobytes()),
    "lru_cache": by_lru_cache,
    "the last image only": lambda: keyed(lambda image: image.tobytes(), size=1),
    "half of the work": half_kept,
    "every second image": some_images,
}


def is_accused(predict: Predict, seed: int) -> bool:
    """Look at a detector as `bench run` does."""
    random = np.random.default_rng(seed)
    images = [
        cv2.GaussianBlur(random.integers(256, size=(200 + 10 * k, 300, 3), dtype=np.uint8), (9, 9), 0)
        for k in range(REPEAT_IMAGES)
    ]
    found = look_until_sure(
        lambda number: Repeats.of(time_repeats(predict, images, REPEAT_TRIALS, [seed, number]))
    )
    return check_repeats(found).keeps_answers


def study(title: str, kinds: dict[str, Callable[[], Predict]], runs: int) -> None:
    """Print how many detectors of each kind are accused."""
    accused: dict[str, list[bool]] = {name: [] for name in kinds}
    names = list(kinds)
    for seed in range(runs):
        name = names[seed % len(names)]
        accused[name].append(is_accused(kinds[name](), seed))
    total = sum(map(sum, accused.values()))
    print(f"{title}: {total} of {runs} said to keep their answers")
    for name, found in accused.items():
        print(f"  {name}: {sum(found)} of {len(found)}", flush=True)


def main() -> None:
    """Look at honest detectors and at caching ones, beside a busy loop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--busy", type=int, default=2, help="processes that only count, beside the detectors")
    given = parser.parse_args()
    cv2.setNumThreads(1)  # as a detector's own process has it
    busy = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(given.busy)]
    try:
        study("honest", {one.__name__: lambda one=one: one for one in HONEST}, given.runs)
        study("caching", CACHING, given.runs)
    finally:
        for process in busy:
            process.kill()


if __name__ == "__main__":
    main()
