"""Calls one after another, each from a decoded image to a score, timed by the process that makes them."""

from __future__ import annotations

import gc
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle, islice
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from ..installed import Image
    from ..opened import OpenedDetector

    Nanoseconds = npt.NDArray[np.int64]

WARM_UP_WINDOW_CALLS = 20
WARM_UP_MAX_CALLS = 400
WARM_UP_MAX_NS = 5_000_000_000
WARM_UP_STILL_FALLING = 0.95
"""Warm-up goes on while the median of a window is below this fraction of the one before it."""


def _nobody_asks(position: int) -> None:
    pass


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """Hold the garbage collector off, which would stop some call or other."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def time_block(
    detector: OpenedDetector,
    untimed: Sequence[Image],
    images: Sequence[Image | None],
    begin: Callable[[int], None] = _nobody_asks,
) -> tuple[int, dict[str, Nanoseconds]]:
    """Time one call per image; calls on the ``untimed`` ones go before, to bring the caches back.

    ``begin`` is told the position of each image before its call, outside the timed region.

    Returns
    -------
    loop_ns
        The whole loop, with what lies between the calls.
    stages
        Nanoseconds of ``predict``, and of ``prepare`` and ``infer`` where the detector has them, shape (n,);
        -1 where the call failed or there is no image.
    """
    raw = detector.raw
    with no_garbage_collection():
        for image in untimed:
            begin(-1)
            _nanoseconds(raw.predict, image)
        start = perf_counter_ns()
        if detector.has_stages:
            stages = _time_stages(raw.prepare, raw.infer, images, begin)
        else:
            stages = {"predict": _time_calls(raw.predict, images, begin)}
        return perf_counter_ns() - start, stages


def warm_up(
    predict: Callable[[Image], Any], images: Sequence[Image], begin: Callable[[int], None] = _nobody_asks
) -> list[int]:
    """Call a detector until it no longer gets faster; return each call's nanoseconds, -1 where it failed."""

    def call(image: Image) -> int:
        begin(-1)
        return _nanoseconds(predict, image)

    return list(_until_steady(call(image) for image in _bounded(cycle(images))))


def _nanoseconds(predict: Callable[[Image], Any], image: Image) -> int:
    start = perf_counter_ns()
    try:
        predict(image)
    except BaseException:
        return -1
    return perf_counter_ns() - start


def _bounded(images: Iterator[Image]) -> Iterator[Image]:
    deadline = perf_counter_ns() + WARM_UP_MAX_NS
    for image in islice(images, WARM_UP_MAX_CALLS):
        yield image
        if perf_counter_ns() > deadline:
            return


def _until_steady(times: Iterator[int]) -> Iterator[int]:
    """Pass on the time of call after call until a window of them is no faster than the one before."""
    before = math.inf
    while window := list(islice(times, WARM_UP_WINDOW_CALLS)):
        yield from window
        now = float(np.median(window))
        if now >= WARM_UP_STILL_FALLING * before:
            return
        before = now


def _time_calls(
    predict: Callable[[Image], Any], images: Sequence[Image | None], begin: Callable[[int], None]
) -> Nanoseconds:
    nanoseconds = np.full(len(images), -1, dtype=np.int64)
    clock = perf_counter_ns
    for k, image in enumerate(images):
        if image is None:
            continue
        begin(k)
        try:
            start = clock()
            predict(image)
            end = clock()
        except BaseException:  # listed as an error of this image by the scoring pass
            continue
        nanoseconds[k] = end - start
    return nanoseconds


def _time_stages(
    prepare: Callable[[Image], Any],
    infer: Callable[[Any], Any],
    images: Sequence[Image | None],
    begin: Callable[[int], None],
) -> dict[str, Nanoseconds]:
    nanoseconds = np.full((len(images), 3), -1, dtype=np.int64)
    clock = perf_counter_ns
    for k, image in enumerate(images):
        if image is None:
            continue
        begin(k)
        try:
            start = clock()
            prepared = prepare(image)
            middle = clock()
            infer(prepared)
            end = clock()
        except BaseException:  # listed as an error of this image by the scoring pass
            continue
        nanoseconds[k] = end - start, middle - start, end - middle
    return dict(zip(("predict", "prepare", "infer"), nanoseconds.T, strict=True))
