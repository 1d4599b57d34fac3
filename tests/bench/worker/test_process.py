"""A worker: what its detector says comes back, and however it ends nothing stays behind."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from drawn_set import draw_set
from toy_detectors import write_toys

from framejudge.bench.worker.child.commands import MeasureMemory, Score, Scored, Time, WarmUp
from framejudge.bench.worker.ends import WorkerFailure, find_last_words
from framejudge.bench.worker.process import WorkerProcess
from framejudge.datasets.images.decode import decode_image
from framejudge.datasets.images.fingerprint import image_digest
from framejudge.detectors.registry import DetectorSpec


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Four framed images and two plain ones; the current folder is the one with the toy detectors."""
    draw_set(tmp_path / "set", framed=4, plain=2)
    write_toys(tmp_path)
    monkeypatch.chdir(tmp_path)
    return [str(path) for path in sorted((tmp_path / "set" / "images").iterdir())]


def toy(name: str) -> DetectorSpec:
    return DetectorSpec(name, f"toys:{name}")


def score(name: str, paths: list[str]) -> Scored:
    with WorkerProcess(toy(name), threads=1) as process:
        process.load()
        return process.ask(Score(paths, decode_threads=2, digests=True))


def test_scores_digests_and_sizes_come_back(paths: list[str]) -> None:
    answer = score("Good", paths)
    assert (answer.scores > 0.4).tolist() == [True] * 4 + [False] * 2
    assert answer.sizes.tolist() == [[32, 24]] * 6
    assert answer.digests == [image_digest(decode_image(path)) for path in paths]
    assert answer.errors == answer.unreadable == [None] * 6


def test_an_exception_is_an_error_of_that_image_in_one_line(paths: list[str]) -> None:
    answer = score("Raising", paths)
    assert answer.errors == [None, "ValueError: an odd corner"] * 3
    assert np.isnan(answer.scores).tolist() == [False, True] * 3


def test_a_score_that_is_none_is_an_error_of_that_image(paths: list[str]) -> None:
    errors = score("OutOfRange", paths).errors
    assert errors == ["its score 1.5 is outside [0, 1]", "its score nan is outside [0, 1]"] * 3


def test_an_unreadable_image_is_kept_apart_from_the_detectors_own_errors(paths: list[str]) -> None:
    Path(paths[2]).write_bytes(b"")
    answer = score("Good", paths)
    assert [k for k, why in enumerate(answer.unreadable) if why is not None] == [2]
    assert answer.unreadable[2] == "the file is empty (0 bytes)" and answer.errors == [None] * 6
    assert answer.digests is not None and answer.digests[2] is None
    assert answer.sizes[2].tolist() == [-1, -1]


def test_batches_are_used_where_the_detector_takes_them(paths: list[str]) -> None:
    assert score("Batched", paths).scores.tolist() == [0.125] * 6
    assert score("Batched", paths).batch_failure is None


def test_a_batch_in_another_order_is_not_believed(paths: list[str]) -> None:
    answer = score("Misordered", paths)
    assert (answer.scores > 0.4).tolist() == [True] * 4 + [False] * 2
    assert "it has to return the scores in the order of the images" in (answer.batch_failure or "")


def test_a_broken_batch_falls_back_to_single_images_and_says_so(paths: list[str]) -> None:
    answer = score("BadBatch", paths)
    assert answer.batch_failure == (
        "predict_batch returned shape (1,); it has to return one float in [0, 1] for each of 6 images, in "
        "their order"
    )
    assert np.isfinite(answer.scores).all()


def test_what_a_detector_prints_and_reads_does_not_touch_the_pipes(paths: list[str]) -> None:
    assert score("Chatty", paths).scores.tolist() == [0.75] * 6


def test_thread_variables_are_in_its_environment(paths: list[str]) -> None:
    assert score("Environment", paths).scores.tolist() == [1.0] * 6


def test_a_threshold_comes_with_the_detector(paths: list[str]) -> None:
    with WorkerProcess(toy("Good"), threads=1) as process:
        assert process.load().threshold == 0.4
    with WorkerProcess(toy("Random"), threads=1) as process:
        assert process.load().threshold is None


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Unloadable", "RuntimeError: no weights here"),
        ("BadThreshold", r"its threshold 7\.0 is outside \[0, 1\]"),
        ("Godo", "toys has no 'Godo'; did you mean 'Good'"),
        ("Crashing", r"SIGSEGV in predict: Fatal Python error: Segmentation fault in File .*toys\.py"),
        ("Leaving", "its process exited with code 7 in predict"),
    ],
)
def test_a_detector_that_cannot_go_on_says_why(paths: list[str], name: str, reason: str) -> None:
    with pytest.raises(WorkerFailure, match=reason):
        score(name, paths)


def test_a_detector_that_takes_too_long_is_ended(paths: list[str]) -> None:
    with (
        pytest.raises(WorkerFailure, match=r"load did not end within 0\.2 s"),
        WorkerProcess(toy("Hanging"), threads=1, timeout_s=0.2) as process,
    ):
        process.load()


def test_timed_calls_have_a_time_each_and_failed_ones_none(paths: list[str]) -> None:
    with WorkerProcess(toy("Raising"), threads=1) as process:
        process.load()
        assert (process.ask(WarmUp(paths)).first_call_ns or 0) > 0
        times = process.ask(Time([paths[0], *paths], untimed=1))
    assert (times.predict > 0).tolist() == [True, False] * 3
    assert (times.decode > 0).all()
    assert set(times.stages()) == {"predict", "decode"}
    assert times.loop_ns > times.predict.clip(0).sum()


def test_stages_are_timed_and_add_up(paths: list[str]) -> None:
    with WorkerProcess(toy("Staged"), threads=1) as process:
        process.load()
        times = process.ask(Time(paths, untimed=0)).stages()
    assert (times["prepare"] + times["infer"] == times["predict"]).all()
    assert (times["infer"] > 0).all()


def test_peak_memory_is_that_of_the_worker_alone(paths: list[str]) -> None:
    ballast = np.ones(2**26)  # 512 MiB that the worker's figure must not inherit
    with WorkerProcess(toy("Good"), threads=1) as process:
        process.load()
        kib = process.ask(MeasureMemory()).kib
    assert 10 * 1024 < kib < ballast.nbytes / 1024


@pytest.fixture
def alive(tmp_path: Path) -> Iterator[int]:
    """The reading end of the pipe that the detector `Parent` and the process that it starts hold open."""
    os.mkfifo(tmp_path / "alive")
    descriptor = os.open(tmp_path / "alive", os.O_RDONLY | os.O_NONBLOCK)
    yield descriptor
    os.close(descriptor)


def wait_for_the_end(descriptor: int) -> bool:
    """Return whether everything that held the other end is gone; it is, or this waits in vain."""
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        return bool(selector.select(timeout=30)) and os.read(descriptor, 1) == b""


def test_what_a_detector_started_ends_with_it(paths: list[str], alive: int) -> None:
    with WorkerProcess(toy("Parent"), threads=1) as process:
        process.load()
    assert wait_for_the_end(alive)


def test_an_interrupt_ends_a_busy_worker(paths: list[str], alive: int) -> None:
    with pytest.raises(KeyboardInterrupt), WorkerProcess(toy("Parent"), threads=1) as process:
        process.load()
        raise KeyboardInterrupt
    assert wait_for_the_end(alive)


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel for a signal at the parent's death")
def test_a_worker_does_not_outlive_a_killed_parent(paths: list[str], tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "alive")
    script = (
        "from framejudge.bench.worker.child.commands import Score\n"
        "from framejudge.bench.worker.process import WorkerProcess\n"
        "from framejudge.detectors.registry import DetectorSpec\n"
        "process = WorkerProcess(DetectorSpec('Alone', 'toys:Alone'), threads=1)\n"
        "process.load()\n"
        "print('loaded', flush=True)\n"
        f"process.ask(Score({paths!r}, decode_threads=1, digests=False))\n"
    )
    descriptor = os.open(tmp_path / "alive", os.O_RDONLY | os.O_NONBLOCK)
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"loaded\n"
        parent.send_signal(signal.SIGKILL)
    assert wait_for_the_end(descriptor)
    os.close(descriptor)


def test_last_words_without_a_crash_are_the_last_lines() -> None:
    assert find_last_words("one\n\ntwo\nthree\nfour\n") == "two | three | four"
    assert find_last_words("") == ""
