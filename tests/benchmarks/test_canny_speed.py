"""How long canny and canny-2016 take beside the bare `cv2.Canny` that they are built on.

Not collected by default: ``pytest tests/benchmarks/test_canny_speed.py`` (needs pytest-benchmark). For the
ratio itself, ``python tests/benchmarks/test_canny_speed.py [PHOTOS]``: all take turns on the same pictures.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter_ns
from typing import Any

import cv2
import numpy as np
import pytest

from framejudge.detectors.canny import CannyDetector
from framejudge.detectors.canny.edges import canny
from framejudge.detectors.canny_2016 import Canny2016Detector
from framejudge.detectors.canny_2016.detector import HIGH, LOW
from framejudge.detectors.protocol import Image

SIDE_PX = 300
ROUNDS = 15


def drawn_pictures(count: int = 40) -> list[Image]:
    """Draw products with frames around half of them."""
    from framejudge.datasets.drawing.frames import draw_frame
    from framejudge.datasets.drawing.products import draw_product

    pictures = []
    for number in range(count):
        rng = np.random.default_rng(number)
        image = draw_product(rng, SIDE_PX)
        framed = draw_frame(image, rng) if number % 2 else None
        pictures.append(_resized(framed.image if framed else image))
    return pictures


def photos(folder: Path, count: int = 100) -> list[Image]:
    """Read photos, evenly spread over a folder."""
    paths = sorted(folder.rglob("*.jpg"))
    chosen = paths[:: max(1, len(paths) // count)]
    return [_resized(cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)) for path in chosen]


def in_turns(calls: Sequence[Callable[[Image], object]], pictures: Sequence[Image]) -> list[float]:
    """Return the median of each call in microseconds; they take turns on each picture."""
    times: list[list[int]] = [[] for _ in calls]
    for turn in range(ROUNDS + 1):
        for picture in pictures:
            for call, own in zip(calls, times, strict=True):
                start = perf_counter_ns()
                call(picture)
                if turn:  # the first is warm-up
                    own.append(perf_counter_ns() - start)
    return [statistics.median(own) / 1000 for own in times]


@pytest.fixture(scope="module")
def pictures() -> list[Image]:
    cv2.setNumThreads(1)
    return drawn_pictures()


def test_bare_canny(benchmark: Any, pictures: list[Image]) -> None:
    greys = [cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) for picture in pictures]
    benchmark(lambda: [canny(grey) for grey in greys])  # type: ignore[arg-type]


def test_canny_detector(benchmark: Any, pictures: list[Image]) -> None:
    detector = CannyDetector()
    benchmark(lambda: [detector.predict(picture) for picture in pictures])


def _resized(image: Any) -> Image:
    return cv2.resize(image, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)  # type: ignore[return-value]


def main() -> None:
    """Print medians and the ratio, for our thresholds of Canny and for the customary 100 and 200."""
    cv2.setNumThreads(1)
    chosen = photos(Path(sys.argv[1])) if len(sys.argv) > 1 else drawn_pictures()
    greys = {id(picture): cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) for picture in chosen}
    detector = CannyDetector()
    rules = Canny2016Detector()
    bare, customary, ours, bare_of_rules, by_rules = in_turns(
        [
            lambda picture: canny(greys[id(picture)]),  # type: ignore[arg-type]
            lambda picture: cv2.Canny(greys[id(picture)], 100, 200),
            detector.predict,
            lambda picture: cv2.Canny(greys[id(picture)], LOW, HIGH),
            rules.predict,
        ],
        chosen,
    )
    print(f"{len(chosen)} pictures of {SIDE_PX}x{SIDE_PX}, one thread, medians in microseconds")
    print(f"cv2.Canny, the detector's thresholds  {bare:7.0f}   detector is {ours / bare:.2f} times")
    print(
        f"cv2.Canny(grey, 100, 200)             {customary:7.0f}   detector is {ours / customary:.2f} times"
    )
    print(f"canny detector                        {ours:7.0f}")
    print(f"cv2.Canny, thresholds of canny-2016   {bare_of_rules:7.0f}")
    print(f"canny-2016                            {by_rules:7.0f}   {by_rules / bare_of_rules:.2f} times")


if __name__ == "__main__":
    main()
