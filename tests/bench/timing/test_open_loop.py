"""Images that arrive by a schedule: queues as theory has them, and the highest rate under a bound."""

from __future__ import annotations

from collections.abc import Callable
from math import log

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framejudge.bench.figures.latency import find_highest_rate
from framejudge.bench.timing.open_loop import Schedule, busy_periods, parse_arrivals, replay, search_rate
from framejudge.bench.worker.child.timed.serving import poisson_arrivals, serve
from framejudge.datasets.errors import InputError

Nanoseconds = npt.NDArray[np.int64]

MS = 1_000_000
GLANCE_NS = 20_000
IMAGE = np.zeros((4, 4, 3), np.uint8)


class Clock:
    """A clock that only moves by what is done: a glance at it, a rest, a call."""

    def __init__(self) -> None:
        self.now_ns = 0

    def __call__(self) -> int:
        self.now_ns += GLANCE_NS
        return self.now_ns

    def rest(self, seconds: float) -> None:
        self.now_ns += round(seconds * 1e9)


class Scripted:
    """Takes as long as a script says, call after call."""

    def __init__(self, clock: Clock, script_ns: Nanoseconds) -> None:
        self.clock = clock
        self.script_ns = iter(script_ns.tolist())

    def predict(self, image: npt.NDArray[np.uint8]) -> float:
        self.clock.now_ns += next(self.script_ns)
        return 0.5


def serve_script(script_ns: Nanoseconds, arrivals_ns: Nanoseconds) -> tuple[Nanoseconds, Nanoseconds]:
    clock = Clock()
    served = serve(Scripted(clock, script_ns).predict, [IMAGE], arrivals_ns, clock, clock.rest)
    return served.response_ns, served.service_ns


def with_stalls(random: np.random.Generator, calls: int) -> Nanoseconds:
    """Log-normal times around 5 ms, and every fiftieth call or so takes 200 ms."""
    times = random.lognormal(log(5), 0.3, calls)
    return (np.where(random.random(calls) < 0.02, 200, times) * MS).astype(np.int64)


def test_latency_counts_from_the_scheduled_arrival() -> None:
    script = np.array([5, 200, 5, 5, 5, 5]) * MS
    arrivals = np.array([10, 20, 50, 100, 219, 400]) * MS
    response, service = serve_script(script, arrivals)
    # The stall ends at 220: those that came at 50, 100 and 219 waited for it, the last one did not.
    assert np.rint(response / MS).tolist() == [5, 200, 175, 130, 16, 5]
    assert np.rint(service / MS).tolist() == [5, 200, 5, 5, 5, 5]
    assert busy_periods(arrivals, response).tolist() == [0, 1, 1, 1, 1, 2]


def test_a_queue_in_the_worker_is_the_queue_of_the_theory() -> None:
    script = with_stalls(np.random.default_rng(1), 2000)
    arrivals = poisson_arrivals(2000, per_second=60, seed=2)
    response, _ = serve_script(script, arrivals)
    with_glances = script + 3 * GLANCE_NS  # at the arrival, the start and the end
    np.testing.assert_allclose(response, replay(arrivals, with_glances), atol=5 * GLANCE_NS)


def test_a_stall_is_seen_by_every_call_behind_it_and_by_one_call_of_a_closed_loop() -> None:
    script = with_stalls(np.random.default_rng(3), 5000)
    response, service = serve_script(script, poisson_arrivals(5000, per_second=40, seed=4))
    assert 0.01 < np.mean(service > 100 * MS) < 0.03
    assert np.mean(response > 100 * MS) > 3 * np.mean(service > 100 * MS)


def test_a_call_that_fails_has_no_time_and_the_queue_goes_on() -> None:
    clock = Clock()

    def predict(image: npt.NDArray[np.uint8]) -> float:
        clock.now_ns += 30 * MS
        if clock.now_ns > 60 * MS and clock.now_ns < 100 * MS:
            raise ValueError("no")
        return 0.5

    arrivals = np.array([0, 10, 20, 100]) * MS
    served = serve(predict, [IMAGE, IMAGE, IMAGE, None], arrivals, clock, clock.rest)
    assert (served.response_ns >= 0).tolist() == [True, False, False, False]
    assert (served.service_ns >= 0).tolist() == [True, False, False, False]


def test_arrivals_follow_from_their_seed_and_scale_with_the_rate() -> None:
    slow, fast, other = (poisson_arrivals(1000, rate, seed) for rate, seed in ((10, 1), (20, 1), (10, 2)))
    np.testing.assert_allclose(slow, 2 * fast, atol=2)
    assert (slow != other).any()
    gaps_s = np.diff(poisson_arrivals(100_000, 50, 3)) / 1e9
    assert gaps_s.mean() == pytest.approx(1 / 50, rel=0.02)
    assert gaps_s.std() == pytest.approx(1 / 50, rel=0.02)


@pytest.mark.parametrize("load", [0.3, 0.6, 0.8])
@pytest.mark.parametrize("kind", ["deterministic", "log-normal", "stalls"])
def test_the_mean_wait_is_that_of_pollaczek_and_khinchine(kind: str, load: float) -> None:
    """Mean wait = rate E[S^2] / (2 (1 - load)) for Poisson arrivals and calls of any length (M/G/1)."""
    random = np.random.default_rng(5)
    calls = 400_000
    if kind == "deterministic":
        service = np.full(calls, 5 * MS)
    elif kind == "log-normal":
        service = (random.lognormal(log(5), 0.5, calls) * MS).astype(np.int64)
    else:
        service = with_stalls(random, calls)
    per_second = load * 1e9 / service.mean()
    wait_ns = replay(poisson_arrivals(calls, per_second, 6), service) - service
    expected = per_second / 1e9 * np.mean(service.astype(float) ** 2) / (2 * (1 - load))
    assert wait_ns.mean() == pytest.approx(expected, rel=0.1)


@given(
    gaps=st.lists(st.integers(0, 20), min_size=1, max_size=40),
    times=st.lists(st.integers(1, 20), min_size=40, max_size=40),
)
def test_a_replayed_queue_serves_one_by_one(gaps: list[int], times: list[int]) -> None:
    arrivals, service = np.cumsum(gaps), np.array(times[: len(gaps)])
    done = 0
    expected = []
    for arrival, length in zip(arrivals.tolist(), service.tolist(), strict=True):
        done = max(done, arrival) + length
        expected.append(done - arrival)
    response = replay(arrivals, service)
    assert response.tolist() == expected
    idle = [True, *(arrivals[1:] >= (arrivals + response)[:-1]).tolist()]
    assert busy_periods(arrivals, response).tolist() == (np.cumsum(idle) - 1).tolist()


def simulated(service: Nanoseconds) -> tuple[list[tuple[float, int]], Callable[[float, int], Schedule]]:
    asked: list[tuple[float, int]] = []

    def serve_at(per_second: float, calls: int) -> Schedule:
        asked.append((per_second, calls))
        arrivals = poisson_arrivals(calls, per_second, [7, 0])
        response = replay(arrivals, service[:calls])
        return Schedule(per_second, response, service[:calls], busy_periods(arrivals, response))

    return asked, serve_at


def test_the_highest_rate_is_that_of_the_theory() -> None:
    """M/M/1: a response is exponential, so its p99 is ln(100) / (1 / mean call - rate)."""
    calls = 100_000
    service = np.random.default_rng(8).exponential(5 * MS, calls).astype(np.int64)
    bound_ns = 60 * MS
    _, serve_at = simulated(service)
    trials = search_rate(serve_at, service[:2000], bound_ns, calls=calls, seed=1)
    found = find_highest_rate(trials, bound_ns / MS).per_second
    expected = 200 - log(100) / 0.060
    assert found.value == pytest.approx(expected, rel=0.06)
    assert found.low is not None and found.high is not None and found.low <= found.high
    assert found.low == pytest.approx(expected, rel=0.25)
    assert found.high == pytest.approx(expected, rel=0.25)


def test_every_trial_is_reported_and_the_last_two_rates_are_close() -> None:
    service = with_stalls(np.random.default_rng(9), 3000)
    asked, serve_at = simulated(service)
    trials = search_rate(serve_at, service, 400 * MS, calls=3000, seed=1)
    report = find_highest_rate(trials, 400)
    assert [one.per_second for one in report.trials] == [rate for rate, _ in asked]
    held = [one.per_second for one in report.trials if (one.over.value or 0) <= 0.01]
    broken = [one.per_second for one in report.trials if (one.over.value or 0) > 0.01]
    assert report.per_second.value == max(held)
    assert min(broken) <= 1.05 * max(held)


def test_a_rate_that_held_by_luck_above_one_that_surely_does_not_is_none() -> None:
    calls = np.arange(1000)
    slow, fast = np.full(1000, 90 * MS), np.full(1000, 10 * MS)
    trials = [
        Schedule(10, fast, fast, calls),
        Schedule(20, np.where(calls < 9, slow, fast), fast, calls),  # held, and not surely
        Schedule(30, np.where(calls < 90, slow, fast), fast, calls),
        Schedule(40, fast, fast, calls),
    ]
    found = find_highest_rate(trials, 50).per_second
    assert (found.low, found.value, found.high, found.reason) == (10, 20, 30, None)


def test_a_slow_detector_is_not_tried_for_hours() -> None:
    service = np.full(5000, 1000 * MS)
    asked, serve_at = simulated(service)
    search_rate(serve_at, service, 5000 * MS, calls=5000, seed=1)
    assert asked and all(calls <= max(100, 120 * rate) for rate, calls in asked)


def test_a_bound_that_the_calls_alone_break_has_no_rate() -> None:
    service = with_stalls(np.random.default_rng(9), 3000)
    asked, serve_at = simulated(service)
    trials = search_rate(serve_at, service, 100 * MS, calls=500, seed=1)
    found = find_highest_rate(trials, 100)
    assert not asked and found.trials == []
    assert found.per_second.value is None and found.per_second.reason == "the calls alone break the bound"


@pytest.mark.parametrize(
    "text", ["poisson", "poisson:", "poisson:0", "poisson:-1", "uniform:3", "poisson:inf"]
)
def test_other_patterns_of_arrivals_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="is no pattern of arrivals"):
        parse_arrivals(text)


def test_a_rate_is_in_images_a_second() -> None:
    assert parse_arrivals("poisson:12.5") == 12.5 and parse_arrivals(None) is None
