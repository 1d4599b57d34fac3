"""How long the statistics take on 100,000 images.

python tests/benchmarks/statistics_speed.py
"""

from time import perf_counter, process_time

import numpy as np

from framejudge.bench.statistics.auc import delong
from framejudge.bench.statistics.paired import mcnemar

IMAGES = 100_000
DETECTORS = 5


def main() -> None:
    """Time each statistic once, after a first call that loads libraries."""
    random = np.random.default_rng(1)
    labels = random.random(IMAGES) < 0.5
    apart = np.linspace(2, 3.5, DETECTORS)[:, None]
    scores = random.standard_normal((DETECTORS, IMAGES)) + apart * labels
    groups = np.arange(IMAGES) // 4
    right = (scores > apart / 2) == labels
    delong(labels[:100], scores[:, :100])
    for layout, given in (("1 image a group", None), ("4 images a group", groups)):
        for name, task in (
            (f"DeLong, {DETECTORS} detectors", lambda given=given: delong(labels, scores, given)),
            ("exact McNemar", lambda given=given: mcnemar(right[0], right[1], given)),
        ):
            start, start_cpu = perf_counter(), process_time()
            task()
            wall_s, cpu_s = perf_counter() - start, process_time() - start_cpu
            print(f"{name}, {layout}: {wall_s:.2f} s ({cpu_s:.2f} s of CPU)")


if __name__ == "__main__":
    main()
