"""Whether a detector keeps its scores: calls on images that it has seen against images that it has not."""

from __future__ import annotations

import math
from collections import deque
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

ALIVE_BYTES = 2**26
"""New pictures are kept up to so much, beside those of the trial."""

FORGETTING = 20_000
"""Numbers that are sorted before a timed call: a processor learns the branches of data that it sees again."""

NEW, AGAIN, SEEN, CONTROL = range(4)
"""Kinds of timed calls, in the order of the columns."""

Times = tuple[int, int]


def time_repeats(
    predict: Callable[[Image], Any],
    images: Sequence[Image],
    trials: int,
    seed: int | Sequence[int],
    clock: Callable[[], int] = perf_counter_ns,
    cpu_clock: Callable[[], int] = process_time_ns,
) -> RepeatTrials:
    """Time calls on pixels that the detector has seen and on pixels that it cannot have seen.

    All of them are images with fresh noise in their lowest bit: new content for any cache, the same work for
    an honest detector. A trial has four timed calls on one image in random order: two on new pixels, one on
    pixels that the call before had, one on pixels that were seen long before. They differ in nothing else:
    each comes after an untimed call on new pixels (or on its own, at once again). Before it, numbers are
    sorted, which makes the processor forget the branches that it has learnt, and the pixels are written anew,
    so that all of them lie in the processor's cache. A picture that is seen again is the same array, for a
    cache that goes by identity; a new one is an array that never was before.
    """
    random = np.random.default_rng(seed)
    session = _Session(predict, clock, cpu_clock, random)
    seen = [_Picture(image, random) for image in images]
    kept: list[list[float]] = [[] for _ in images]

    for k in random.permutation(len(images)):
        session.call(seen[k], kept[k])
    deadline, cpu_deadline = clock() + REPEATS_MAX_NS, cpu_clock() + REPEATS_MAX_CPU_NS
    times: list[list[Times]] = []
    turns = (k for _ in range(trials) for k in random.permutation(len(images)).tolist())
    for k in islice(turns, trials):
        if len(times) >= REPEATS_MIN_TRIALS and (clock() > deadline or cpu_clock() > cpu_deadline):
            break
        times.append(session.trial(images[k], seen[k], kept[k]))
    spreads = [max(scores) - min(scores) for scores in kept if len(scores) > 1]
    wall, cpu = np.moveaxis(np.array(times, dtype=np.int64).reshape(-1, 4, 2), 2, 0)
    return RepeatTrials(max(spreads, default=None), nanoseconds=wall, cpu_nanoseconds=cpu)


class _Picture:
    """An array that a detector gets; before each call it is set again, whatever the detector did to it."""

    def __init__(self, image: Image, random: np.random.Generator) -> None:
        self._pixels = image ^ random.integers(2, size=image.shape, dtype=np.uint8)
        self.array = self._pixels.copy()

    def set(self) -> None:
        """Write the pixels anew."""
        np.copyto(self.array, self._pixels)


class _Session:
    """Calls of one detector, timed by both clocks."""

    def __init__(
        self,
        predict: Callable[[Image], Any],
        clock: Callable[[], int],
        cpu_clock: Callable[[], int],
        random: np.random.Generator,
    ) -> None:
        self._predict = predict
        self._clock = clock
        self._cpu_clock = cpu_clock
        self._random = random
        self._alive: deque[_Picture] = deque()  # an array that is gone leaves its identity to the next
        self._alive_bytes = 0

    def trial(self, image: Image, seen: _Picture, scores: list[float]) -> list[Times]:
        """Return the times of the four kinds of calls."""
        pictures = [self._new(image) for _ in range(7)]
        calls = {
            NEW: (pictures[0], pictures[1]),
            AGAIN: (pictures[2], pictures[2]),
            SEEN: (pictures[3], seen),
            CONTROL: (pictures[4], pictures[5]),
        }
        times: list[Times] = [(-1, -1)] * len(calls)
        self.call(pictures[6])  # after the noise was drawn nothing is as it is between two calls
        for kind in self._random.permutation(len(calls)).tolist():
            before, timed = calls[kind]
            self.call(before)
            np.sort(self._random.integers(256, size=FORGETTING, dtype=np.uint8))
            times[kind] = self.call(timed, scores if kind == SEEN else None)
        return times

    def call(self, picture: _Picture, scores: list[float] | None = None) -> Times:
        """Call the detector; keep its score where a list is given."""
        picture.set()
        cpu_start = self._cpu_clock()
        start = self._clock()
        try:
            score = self._predict(picture.array)
            nanoseconds = self._clock() - start
            times, value = (nanoseconds, self._cpu_clock() - cpu_start), float(score)
        except BaseException:  # listed as an error of this image by the scoring pass
            return -1, -1
        if scores is not None and math.isfinite(value):
            scores.append(value)
        return times

    def _new(self, image: Image) -> _Picture:
        picture = _Picture(image, self._random)
        self._alive.append(picture)
        self._alive_bytes += picture.array.nbytes
        while self._alive_bytes > ALIVE_BYTES and len(self._alive) > 7:
            self._alive_bytes -= self._alive.popleft().array.nbytes
        return picture
