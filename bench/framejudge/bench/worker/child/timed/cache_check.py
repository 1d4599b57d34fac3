"""Whether a detector keeps its scores: calls on images that it has seen against images that it has not."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import islice
from time import perf_counter_ns, process_time_ns
from typing import TYPE_CHECKING, Any

import numpy as np

from ..commands import RepeatTrials

if TYPE_CHECKING:
    from ..installed import Image

REPEATS_MIN_TRIALS = 8
REPEATS_MAX_CPU_NS = 5_000_000_000
REPEATS_MAX_NS = 30_000_000_000
"""A slow detector's repeats are few: after so much work, or so long, and that many trials, there are no more.

The work is what counts: where others keep the machine busy, little of it is done in a long time.
"""


def time_repeats(
    predict: Callable[[Image], Any],
    images: Sequence[Image],
    trials: int,
    seed: int,
    clock: Callable[[], int] = perf_counter_ns,
    cpu_clock: Callable[[], int] = process_time_ns,
) -> RepeatTrials:
    """Time calls on pixels that the detector has seen and on pixels that it cannot have seen.

    All of them are images with fresh noise in their lowest bit: new content for any cache, the same work for
    an honest detector. Every call gets a copy of its own, so that none finds its pixels in the processor's
    cache, and a call on other noise goes before each trial. Images take turns at random, and so do the kinds
    of call: pixels that were seen long before come as often first as last.
    """
    random = np.random.default_rng(seed)
    seen = [_with_noise(image, random) for image in images]
    kept: list[list[float]] = [[] for _ in images]

    def call(image: Image, scores: list[float] | None = None) -> tuple[int, int]:
        times, score = _score_timed(predict, image.copy(), clock, cpu_clock)
        if scores is not None and math.isfinite(score):
            scores.append(score)
        return times

    for k in random.permutation(len(images)):
        call(seen[k], kept[k])
    deadline, cpu_deadline = clock() + REPEATS_MAX_NS, cpu_clock() + REPEATS_MAX_CPU_NS
    times: list[tuple[tuple[int, int], tuple[int, int], tuple[int, int]]] = []
    turns = (k for _ in range(trials) for k in random.permutation(len(images)).tolist())
    seen_first = random.permutation(np.arange(trials) % 2 == 0)
    for k, first in zip(islice(turns, trials), seen_first, strict=False):
        if len(times) >= REPEATS_MIN_TRIALS and (clock() > deadline or cpu_clock() > cpu_deadline):
            break
        call(_with_noise(images[k], random))
        new = _with_noise(images[k], random)
        if first:
            of_seen = call(seen[k], kept[k])
            times.append((call(new), call(new), of_seen))
        else:
            times.append((call(new), call(new), call(seen[k], kept[k])))
    spreads = [max(scores) - min(scores) for scores in kept if len(scores) > 1]
    wall, cpu = np.moveaxis(np.array(times, dtype=np.int64).reshape(-1, 3, 2), 2, 0)
    return RepeatTrials(max(spreads, default=None), nanoseconds=wall, cpu_nanoseconds=cpu)


def _with_noise(image: Image, random: np.random.Generator) -> Image:
    return image ^ random.integers(2, size=image.shape, dtype=np.uint8)


def _score_timed(
    predict: Callable[[Image], Any], image: Image, clock: Callable[[], int], cpu_clock: Callable[[], int]
) -> tuple[tuple[int, int], float]:
    cpu_start = cpu_clock()
    start = clock()
    try:
        score = predict(image)
        nanoseconds = clock() - start
        return (nanoseconds, cpu_clock() - cpu_start), float(score)
    except BaseException:  # listed as an error of this image by the scoring pass
        return (-1, -1), math.nan
