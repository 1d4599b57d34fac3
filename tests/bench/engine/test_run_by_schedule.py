"""``bench run`` with images that arrive by a schedule, a search for the highest rate, a length of time."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from drawn_set import draw_set
from toy_detectors import write_toys

from framejudge.bench.cli import main
from framejudge.bench.run import Run

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Call:
    """Call ``bench run`` on a small set with one toy detector; returns exit code, output and errors."""
    write_toys(tmp_path)
    draw_set(tmp_path / "set", framed=6, plain=6)
    monkeypatch.chdir(tmp_path)

    def call(*options: str) -> tuple[int, str, str]:
        command = ["bench", "run", "--detectors", "toys:Good", "--dataset", "set", "--out", "out", *options]
        monkeypatch.setattr(sys, "argv", command)
        with pytest.raises(SystemExit) as ended:
            main.entry_point()
        return int(ended.value.code or 0), *capfd.readouterr()

    return call


def test_images_that_arrive_by_a_schedule_and_the_highest_rate_are_in_the_results(bench: Call) -> None:
    code, out, err = bench("--calls", "80", "--arrivals", "poisson:400", "--p99-under", "2000")
    assert (code, err) == (0, "")
    run = Run.open("out")
    good = run.results.detectors["toys:Good"]
    assert good.latency_ms is not None and good.latency_ms.open_loop is not None
    assert (good.latency_ms.arrivals, good.latency_ms.calls) == ("poisson:400", 80)
    assert good.latency_ms.open_loop.per_second == 400
    assert good.latency_ms.open_loop.load.value is not None and good.latency_ms.open_loop.load.value > 0
    assert good.highest_rate is not None and good.highest_rate.trials
    assert good.highest_rate.p99_under_ms == 2000
    assert "toys:Good at 400 images a second: busy" in out
    assert "toys:Good keeps p99 under 2000 ms up to" in out
    stages = set(run.timings["stage"].to_pylist())
    assert stages == {"predict", "response"}
    assert run.manifest.request.arrivals == "poisson:400"


def test_a_length_of_time_goes_before_the_number_of_calls(bench: Call) -> None:
    code, _, err = bench("--calls", "5", "--min-seconds", "0.3")
    assert (code, err) == (0, "")
    run = Run.open("out")
    latency = run.results.detectors["toys:Good"].latency_ms
    assert latency is not None and latency.calls > 5 and latency.arrivals == "closed loop"
    assert latency.open_loop is None
    assert run.manifest.request.min_seconds == 0.3


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--arrivals", "uniform:3"), "'uniform:3' is no pattern of arrivals"),
        (("--p99-under", "0"), "possible: 0.001 to 3,600,000"),
        (("--min-seconds", "inf"), "possible: 0 to 604,800"),
    ],
)
def test_a_schedule_that_makes_no_sense_is_one_line(bench: Call, options: tuple[str, str], told: str) -> None:
    code, _, err = bench(*options)
    assert code == 2 and told in err and len(err.strip().splitlines()) == 1
    assert not Path("out").exists()
