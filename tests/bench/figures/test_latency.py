"""Timed calls as figures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made.columns import made_columns

from framejudge.bench.figures.latency import (
    Performance,
    latency_ratios,
    measured_performance,
    throughput,
)
from framejudge.bench.figures.quality import assess_detector
from framejudge.bench.run import DetectorResult, Request
from framejudge.bench.run.columns import Answers
from framejudge.bench.timing.timed import Calls, Timed


def result() -> DetectorResult:
    return assess_detector(made_columns(["framed", "plain"]), Answers("one", np.array([0.9, 0.1])))


def measured(timed: Timed, threads: int = 1) -> Performance:
    return measured_performance([], timed, Request(detectors=["one"], threads=threads))


def calls(predict_ns: np.ndarray, **stages: np.ndarray) -> Calls:
    positions = np.arange(len(predict_ns))
    return Calls({"predict": predict_ns, **stages}, positions, positions // 25, int(predict_ns.sum()))


def test_percentiles_are_in_milliseconds_and_only_where_there_are_enough_calls() -> None:
    times = np.random.default_rng(1).permutation(np.arange(1, 401) * 10_000)
    timed = measured(Timed(calls(times), load_ns=2_500_000, peak_memory_kib=2048), threads=2)
    latency = timed.latency_ms
    assert latency is not None and (latency.calls, latency.threads) == (400, 2)
    assert latency.p50.value == pytest.approx(2.0)
    assert latency.p99.value == pytest.approx(3.96)
    assert latency.p99_9.value is None and latency.p99_9.reason
    assert timed.load_ms is not None and timed.load_ms.value == 2.5
    assert timed.peak_memory_mib is not None and timed.peak_memory_mib.value == 2.0
    assert timed.stages_ms is None


def test_failed_calls_do_not_count() -> None:
    times = np.where(np.arange(80) % 2 == 0, 1_000_000, -1)
    latency = measured(Timed(calls(times))).latency_ms
    assert latency is not None and latency.calls == 40 and latency.p50.value == 1.0


def test_a_detector_without_one_good_call_has_no_percentile() -> None:
    latency = measured(Timed(calls(np.full(30, -1)))).latency_ms
    assert latency is not None and latency.p50.value is None and latency.p50.reason == "no call succeeded"


def test_stages_have_medians_of_their_own() -> None:
    times = np.full(40, 3_000_000)
    timed = Timed(calls(times, prepare=times // 3, infer=times - times // 3))
    stages = measured(timed).stages_ms
    assert stages is not None and (stages.prepare.value, stages.infer.value) == (1.0, 2.0)


def test_a_failure_while_timed_fails_the_detector_and_keeps_its_quality() -> None:
    timed = measured(Timed(calls(np.empty(0, np.int64)), failure="it broke")).added_to(result())
    assert timed.status == "failed" and timed.failure == "while it was timed: it broke"
    assert timed.accuracy.value == 1.0
    assert Performance.stored(timed).added_to(result()) == timed


def test_a_failure_while_it_scored_is_no_matter_of_performance() -> None:
    failed = replace(result(), status="failed", failure="it broke")
    assert Performance.stored(failed) == Performance() and Performance().added_to(failed) == failed


def test_ratios_pair_calls_on_the_same_image() -> None:
    random = np.random.default_rng(2)
    image_ns = random.lognormal(14, 1, 300)  # images differ far more than detectors do
    slow, fast = (calls((image_ns * factor).astype(np.int64)) for factor in (3.0, 1.0))
    slow.stages["predict"][::7] = -1
    ((pair, ratio),) = latency_ratios({"slow": Timed(slow), "fast": Timed(fast)}).items()
    assert pair == ("slow", "fast")
    assert ratio.value == pytest.approx(3.0, rel=1e-4)


def test_detectors_without_a_common_call_have_no_ratio() -> None:
    none, some = calls(np.full(30, -1)), calls(np.full(30, 1000))
    ratio = latency_ratios({"a": Timed(none), "b": Timed(some)})["a", "b"]
    assert ratio.value is None and ratio.reason == "no image was timed with both"


@pytest.mark.parametrize(("blocks", "has_interval"), [(1, False), (5, False), (12, True)])
def test_throughput_is_the_median_over_blocks(blocks: int, has_interval: bool) -> None:
    rates = [100.0 + k for k in range(blocks)]
    figure = throughput(rates)
    assert figure.value is not None
    assert abs(figure.value - np.median(rates)) <= 0.5
    assert (figure.low is not None) == has_interval == (figure.reason is None)


def test_without_a_block_there_is_no_throughput() -> None:
    figure = throughput([])
    assert figure.value is None and figure.reason == "no image was scored"


def test_blocks_of_a_machine_that_slows_down_differ_by_more_than_chance() -> None:
    steady = np.random.default_rng(2).lognormal(0, 0.3, 500) * 1e6
    drifting = steady * np.linspace(1, 3, 500)
    spreads = []
    for times in (steady, drifting):
        latency = measured(Timed(calls(times.astype(np.int64)))).latency_ms
        assert latency is not None and latency.block_spread is not None
        spreads.append(latency.block_spread)
    assert [one.blocks for one in spreads] == [20, 20]
    assert spreads[0].spread < 1.5 * spreads[0].by_chance
    assert spreads[1].spread > 0.5 and spreads[1].spread > 2 * spreads[1].by_chance


def test_few_blocks_have_no_spread() -> None:
    latency = measured(Timed(calls(np.full(100, 1_000_000)))).latency_ms
    assert latency is not None and latency.block_spread is None
