"""Calls on pixels that a detector has seen against pixels that it has not, on a clock that only it moves."""

from __future__ import annotations

from collections import OrderedDict, deque

import numpy as np
import numpy.typing as npt
import pytest

from framejudge.bench.run import RepeatCheck
from framejudge.bench.timing.caching import check_repeats
from framejudge.bench.timing.station import REPEAT_TRIALS
from framejudge.bench.timing.timed import Repeats
from framejudge.bench.timing.turns import REPEAT_IMAGES
from framejudge.bench.worker.child.timed.cache_check import time_repeats

Image = npt.NDArray[np.uint8]

WORK_NS = 2_000_000


class Clock:
    """Stands still but for what a detector says that it took."""

    def __init__(self) -> None:
        self.now_ns = 0

    def __call__(self) -> int:
        return self.now_ns


class Caching:
    """Takes half as long for one of the last ``size`` contents."""

    def __init__(self, clock: Clock, size: int) -> None:
        self.clock = clock
        self.kept: OrderedDict[bytes, float] = OrderedDict()
        self.size = size

    def predict(self, image: Image) -> float:
        key = image.tobytes()
        if key in self.kept:
            self.clock.now_ns += WORK_NS // 2
            self.kept.move_to_end(key)
            return self.kept[key]
        self.clock.now_ns += WORK_NS
        score = self.kept[key] = float(image.mean()) / 255
        if len(self.kept) > self.size:
            self.kept.popitem(last=False)
        return score


class ByOrder:
    """Has its scores ready in the order in which it expects to be asked."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.kept = deque(k / 10 for k in range(10))

    def predict(self, image: Image) -> float:
        self.clock.now_ns += WORK_NS
        self.kept.rotate()
        return self.kept[0]


class Raising:
    def predict(self, image: Image) -> float:
        raise ValueError("no")


def draw(count: int = REPEAT_IMAGES) -> list[Image]:
    """Images of different sizes, flat and noisy."""
    random = np.random.default_rng(8)
    flat = [np.full((20 + k, 30, 3), 10 * k, np.uint8) for k in range(count // 2)]
    return flat + [
        random.integers(256, size=(24, 20 + k, 3), dtype=np.uint8) for k in range(count - len(flat))
    ]


def check(
    detector: Caching | ByOrder | ById | Raising, clock: Clock, images: list[Image], seed: int = 0
) -> RepeatCheck:
    found = time_repeats(detector.predict, images, REPEAT_TRIALS, seed, clock, clock)
    return check_repeats(Repeats.of(found))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("size", "again", "seen"), [(10**6, 2, 2), (1, 2, 1), (0, 1, 1)])
def test_a_cache_shows_for_images_that_it_holds(size: int, again: float, seen: float, seed: int) -> None:
    clock = Clock()
    found = check(Caching(clock, size), clock, draw(), seed)
    assert (found.speedup_again.value, found.speedup_seen.value) == (again, seen)
    assert found.keeps_answers == (size > 0)
    assert found.score_spread == 0


class ById:
    """Takes half as long for an array that it has had, whatever is in it."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.kept: dict[int, float] = {}

    def predict(self, image: Image) -> float:
        known = id(image) in self.kept
        self.clock.now_ns += WORK_NS // 2 if known else WORK_NS
        return self.kept.setdefault(id(image), float(image.mean()) / 255)


def test_a_cache_by_identity_shows() -> None:
    clock = Clock()
    found = check(ById(clock), clock, draw())
    assert (found.speedup_again.value, found.speedup_seen.value) == (2, 2) and found.keeps_answers


class Writing:
    """Paints its picture white."""

    def predict(self, image: Image) -> float:
        score = float(image.mean()) / 255
        image[:] = 255
        return score


def test_a_detector_that_writes_into_its_picture_gets_it_whole_again() -> None:
    found = time_repeats(Writing().predict, draw(), REPEAT_TRIALS, 0)
    assert found.score_spread == 0


def test_one_image_is_enough_to_find_a_cache() -> None:
    clock = Clock()
    assert check(Caching(clock, 10**6), clock, draw(1)).keeps_answers


def test_scores_by_the_order_of_calls_differ_for_the_same_pixels() -> None:
    clock = Clock()
    found = check(ByOrder(clock), clock, draw())
    assert found.score_spread is not None and found.score_spread > 0.5
    assert not found.keeps_answers


def test_a_detector_that_raises_has_nothing_to_compare() -> None:
    found = check(Raising(), Clock(), draw())
    assert found.score_spread is None and found.speedup_seen.value is None and not found.keeps_answers


def test_a_slow_detector_gets_few_trials() -> None:
    clock = Clock()

    def predict(image: Image) -> float:
        clock.now_ns += 10**9
        return 0.5

    assert time_repeats(predict, draw(), REPEAT_TRIALS, 0, clock, clock).nanoseconds.shape == (8, 4)


def test_a_busy_machine_cuts_no_trial_that_is_little_work() -> None:
    clock, work = Clock(), Clock()

    def predict(image: Image) -> float:
        clock.now_ns += 5 * 10**7  # eight tenths of the time others had the core
        work.now_ns += 10**7
        return 0.5

    assert len(time_repeats(predict, draw(), REPEAT_TRIALS, 0, clock, work).nanoseconds) == REPEAT_TRIALS


def test_a_detector_that_waits_for_another_machine_is_not_asked_for_hours() -> None:
    clock = Clock()

    def predict(image: Image) -> float:
        clock.now_ns += 10**9
        return 0.5

    assert len(time_repeats(predict, draw(), REPEAT_TRIALS, 0, clock, Clock()).nanoseconds) == 8


def test_without_an_image_there_is_no_trial() -> None:
    found = time_repeats(Raising().predict, [], REPEAT_TRIALS, 0)
    assert found.nanoseconds.shape == (0, 4) and found.score_spread is None


def test_the_pictures_stay_as_they_were() -> None:
    images = draw(2)
    before = [image.copy() for image in images]
    time_repeats(lambda image: 0.5, images, 3, 0)
    assert all((image == old).all() for image, old in zip(images, before, strict=True))
