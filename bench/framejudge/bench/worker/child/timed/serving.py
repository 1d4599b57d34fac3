"""The open loop: calls that come by a schedule, whether or not the detector is done with the one before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import cycle
from time import perf_counter_ns, sleep
from typing import TYPE_CHECKING, Any

import numpy as np

from ..commands import Served

if TYPE_CHECKING:
    import numpy.typing as npt

    from ..installed import Image

    Nanoseconds = npt.NDArray[np.int64]

AWAKE_BEFORE_NS = 1_000_000
"""So long before an arrival the worker stops sleeping and watches the clock: a sleep may end that late."""


def poisson_arrivals(calls: int, per_second: float, seed: int | Sequence[int]) -> Nanoseconds:
    """Return when calls arrive, in nanoseconds from the start, shape (calls,).

    The gaps are exponential. One seed gives the same gaps at every rate, only shorter or longer.
    """
    gaps = np.random.default_rng(seed).exponential(size=calls)
    arrivals: Nanoseconds = np.rint(np.cumsum(gaps) * 1e9 / per_second).astype(np.int64)
    return arrivals


def serve(
    predict: Callable[[Image], Any],
    images: Sequence[Image | None],
    arrivals_ns: Nanoseconds,
    clock: Callable[[], int] = perf_counter_ns,
    rest: Callable[[float], None] = sleep,
    begin: Callable[[int], None] = lambda position: None,
) -> Served:
    """Call a detector once per arrival, in their order, on the images in turn.

    A call that arrives while the one before is at work waits, and its waiting counts: a stall is seen by
    every call that came meanwhile. (A loop that only starts its next call when one is done sees it once:
    Tene's "coordinated omission".) ``begin`` is told the position of each image before its call.
    """
    response = np.full(len(arrivals_ns), -1, dtype=np.int64)
    service = response.copy()
    opening = clock()
    for k, (arrival, image) in enumerate(zip(arrivals_ns.tolist(), cycle(images), strict=False)):
        begin(k % len(images))
        due = opening + arrival
        _wait(due, clock, rest)
        if image is None:
            continue
        try:
            start = clock()
            predict(image)
            end = clock()
        except BaseException:  # listed as an error of this image by the scoring pass
            continue
        response[k], service[k] = end - due, end - start
    return Served(response, service)


def _wait(due: int, clock: Callable[[], int], rest: Callable[[float], None]) -> None:
    while (left := due - clock()) > 0:
        if left > AWAKE_BEFORE_NS:
            rest((left - AWAKE_BEFORE_NS) / 1e9)
