"""Whether a detector keeps its scores, judged from times that are made up."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from framejudge.bench.timing.caching import LOOKS, check_repeats, look_until_sure
from framejudge.bench.timing.station import REPEAT_TRIALS
from framejudge.bench.timing.timed import Repeats


def repeats(
    new_over_again: float, new_over_seen: float, new_ns: float = 2e6, *, noise: float = 0.1, seed: int = 4
) -> Repeats:
    """Forty trials on a machine whose speed wanders, each kind of call with jitter of its own.

    The work of a call jitters by a tenth; its time by ``noise``.
    """
    random = np.random.default_rng(seed)
    wander = random.lognormal(0, 0.5, REPEAT_TRIALS)
    scale = new_ns / np.array([[1.0], [new_over_again], [new_over_seen], [1.0]])
    times, work = (
        (scale * wander * random.lognormal(0, jitter, (4, REPEAT_TRIALS))).astype(np.int64)
        for jitter in (noise, 0.1)
    )
    return Repeats(*times, *work, score_spread=0.0)


@pytest.mark.parametrize(("again", "seen"), [(2.0, 1.0), (1.0, 2.0), (9.0, 9.0)])
def test_a_detector_that_is_faster_on_known_pixels_keeps_answers(again: float, seen: float) -> None:
    check = check_repeats(repeats(again, seen))
    assert check.keeps_answers
    assert check.speedup_again.value == pytest.approx(again, rel=0.1)
    assert check.speedup_seen.value == pytest.approx(seen, rel=0.1)


def test_an_honest_detector_keeps_no_answers() -> None:
    assert not check_repeats(repeats(1.05, 1.02)).keeps_answers
    assert not check_repeats(repeats(2.0, 2.0, new_ns=6_000)).keeps_answers  # less than a processor remembers


def test_a_cache_shows_by_its_work_where_the_machine_is_too_noisy_for_the_clock() -> None:
    flagged = [check_repeats(repeats(1.0, 2.0, noise=1.5, seed=seed)) for seed in range(40)]
    assert all(one.keeps_answers for one in flagged)
    assert all(one.speedup_seen.method == "hodges-lehmann of work" for one in flagged)
    honest = [check_repeats(repeats(1.0, 1.0, noise=1.5, seed=seed)) for seed in range(40)]
    assert not any(one.keeps_answers for one in honest)


def test_a_cache_of_a_detector_that_works_elsewhere_shows_by_the_clock() -> None:
    waiting, little = repeats(1.0, 2.0), np.full(REPEAT_TRIALS, 20_000)
    check = check_repeats(
        replace(waiting, cpu_new=little, cpu_again=little, cpu_seen=little, cpu_control=little)
    )
    assert check.keeps_answers and check.speedup_seen.method == "hodges-lehmann of time"


def test_nothing_is_said_of_a_detector_whose_calls_failed_or_were_few() -> None:
    none = np.full(30, -1)
    failed = check_repeats(Repeats(*[none] * 8, score_spread=None))
    assert not failed.keeps_answers and failed.speedup_seen.reason == "no call succeeded"
    few = repeats(9.0, 9.0)
    first = [getattr(few, field.name)[:7] for field in fields(few) if field.name != "score_spread"]
    seven = check_repeats(Repeats(*first, score_spread=0.0))
    assert not seven.keeps_answers and seven.speedup_seen.value is not None
    assert seven.speedup_seen.reason == "an interval needs at least 8 pairs"


@pytest.mark.parametrize("share", [0.3, 0.5])
def test_a_cache_that_holds_some_images_is_found(share: float) -> None:
    for seed in range(20):
        honest = repeats(1.0, 1.0, seed=seed)
        held = np.random.default_rng(seed).permutation(REPEAT_TRIALS) < share * REPEAT_TRIALS
        known = np.where(held, honest.seen // 20, honest.seen)
        assert check_repeats(replace(honest, seen=known)).keeps_answers


def test_wild_calls_of_an_honest_detector_are_no_cache() -> None:
    def look(seed: int) -> Repeats:
        return repeats(1.0, 1.0, noise=2.5, seed=seed)

    assert sum(check_repeats(look(seed)).keeps_answers for seed in range(200)) <= 4
    found = [look_until_sure(lambda number, seed=seed: look(1000 * seed + number)) for seed in range(200)]  # type: ignore[misc]
    assert not any(check_repeats(one).keeps_answers for one in found)


def test_a_cache_counts_when_it_is_found_again_and_again() -> None:
    cache, honest = repeats(2.0, 2.0), repeats(1.0, 1.0)
    assert look_until_sure(lambda number: cache) is cache
    assert look_until_sure([cache, honest].__getitem__) is honest
    looked: list[int] = []
    look_until_sure(lambda number: looked.append(number) or cache)  # type: ignore[func-returns-value]
    assert looked == list(range(LOOKS))
