"""The timing pass: balanced turns on the same images, and what comes back of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from drawn_set import draw_set
from toy_detectors import write_toys

from framejudge.bench.run import Request
from framejudge.bench.timing.environment import available_cores, pinned_cores
from framejudge.bench.timing.plan import BLOCK_CALLS, MAX_CALLS
from framejudge.bench.timing.timed import TimingPass
from framejudge.bench.timing.turns import measure_overhead, time_in_turns
from framejudge.bench.worker.process import PlacedSpec
from framejudge.datasets.progress import Silence
from framejudge.detectors.registry import DetectorSpec

REQUEST = Request(detectors=[], dataset="set", calls=60, threads=1, prevalence=None, seed=0, timeout_s=60)


@pytest.fixture
def images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[int, str]:
    draw_set(tmp_path / "set", framed=6, plain=6)
    write_toys(tmp_path)
    monkeypatch.chdir(tmp_path)
    return {100 + k: str(path) for k, path in enumerate(sorted((tmp_path / "set/images").iterdir()))}


def timed(images: dict[int, str], *names: str, request: Request = REQUEST) -> TimingPass:
    return time_in_turns([DetectorSpec(name, f"toys:{name}") for name in names], images, request, Silence())


def test_every_detector_is_timed_on_the_same_images(images: dict[int, str]) -> None:
    result = timed(images, "Good", "Staged")
    good, staged = result.detectors["Good"], result.detectors["Staged"]
    assert set(result.images.tolist()) == set(images) and len(result.images) == 60
    for one in (good, staged):
        assert one.failure is None
        assert one.calls.positions.tolist() == list(range(60))
        assert np.bincount(one.calls.blocks).tolist() == [15] * 4
        assert (one.calls.stages["predict"] > 0).all() and (one.calls.stages["decode"] > 0).all()
        assert one.calls.loop_ns > one.calls.stages["predict"].sum()
        assert one.load_ns and one.first_call_ns and one.peak_memory_kib and one.warm_up_calls >= 40
    assert set(good.calls.stages) == {"predict", "decode"}
    assert set(staged.calls.stages) == {"predict", "decode", "prepare", "infer"}
    assert result.cores == pinned_cores(1)


def test_a_detector_that_fails_leaves_its_turns_to_the_others(images: dict[int, str]) -> None:
    result = timed(images, "Crashing", "Good", "Unloadable")
    assert "SIGSEGV" in (result.detectors["Crashing"].failure or "")
    assert (result.detectors["Unloadable"].failure or "").startswith("RuntimeError: no weights here (")
    assert len(result.detectors["Unloadable"].calls.positions) == 0
    assert result.detectors["Good"].failure is None
    assert len(result.detectors["Good"].calls.positions) == 60


def test_calls_that_raise_have_no_time_and_keep_their_place(images: dict[int, str]) -> None:
    result = timed(images, "Raising")
    calls = result.detectors["Raising"].calls
    odd = np.array([key % 2 == 1 for key in result.images])
    assert ((calls.stages["predict"] < 0) == odd).all()


def test_the_overhead_of_a_detector_that_does_nothing_is_measured(images: dict[int, str]) -> None:
    overhead = measure_overhead(list(images.values()), REQUEST, pinned_cores(1))
    assert overhead.timed_ns > 0
    assert overhead.outside_ns > 0


def test_pinned_cores_are_the_last_ones_that_may_be_used() -> None:
    assert pinned_cores(1) == available_cores()[-1:]
    assert pinned_cores(len(available_cores())) == available_cores()


def test_images_that_arrive_by_a_schedule_are_timed_from_their_arrival(images: dict[int, str]) -> None:
    result = timed(
        images, "Good", "Raising", request=replace(REQUEST, arrivals="poisson:400", p99_under_ms=1000.0)
    )
    for name in ("Good", "Raising"):
        one = result.detectors[name]
        assert one.failure is None
        assert one.calls.positions.tolist() == list(range(60))
        assert set(one.calls.stages) == {"predict", "response"}
        good = one.calls.stages["predict"] >= 0
        assert (one.calls.stages["response"][good] >= one.calls.stages["predict"][good]).all()
        assert one.calls.busy_periods is not None and len(one.calls.busy_periods) == 60
        assert len(np.unique(one.calls.busy_periods // MAX_CALLS)) == 4
        assert one.rate_trials and one.rate_trials[0].per_second > 0
    odd = np.array([key % 2 == 1 for key in result.images])
    assert ((result.detectors["Raising"].calls.stages["predict"] < 0) == odd).all()


def test_turns_go_on_until_the_time_is_up(images: dict[int, str]) -> None:
    few = replace(REQUEST, calls=10)
    short = timed(images, "Good", request=few)
    long = timed(images, "Good", request=replace(few, min_seconds=0.5))
    assert len(short.images) == 10
    assert len(long.images) > 10 and len(long.images) % (2 * BLOCK_CALLS) == 0
    calls = long.detectors["Good"].calls
    assert calls.positions.tolist() == list(range(len(long.images)))
    assert len(np.unique(calls.blocks)) == len(long.images) / BLOCK_CALLS


def test_a_detector_is_timed_where_it_lives(
    images: dict[int, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    placed = PlacedSpec("Good", "toys:Good", folder=str(tmp_path))
    assert time_in_turns([placed], images, REQUEST, Silence()).detectors["Good"].failure is None
