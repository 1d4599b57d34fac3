"""The matrix of faults: whatever a detector does on one image costs that image, and no other detector."""

from __future__ import annotations

import os
import selectors
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from drawn_set import draw_set
from faults.detector_faults import BAD, FAULTS, IMAGES, MAX_MEMORY, SAMPLE, TIMEOUT_S, Fault, write_detectors

from framejudge.bench.cli.main import carry_out
from framejudge.bench.run import Run
from framejudge.bench.run.columns import by_position

WHOLE = os.environ.get("FRAMEJUDGE_FAULTS") == "all"


@pytest.fixture
def alive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A set, the detectors, and the reading end of a pipe that a daemon of theirs would hold open."""
    monkeypatch.chdir(tmp_path)
    draw_set(tmp_path / "set", framed=8, plain=8)
    labels = tmp_path / "set" / "labels.csv"
    head, *rows = labels.read_text(encoding="utf-8").splitlines()
    boxed = [f"{row},0,3,32,21" if ",framed," in row else f"{row},,,," for row in rows]
    labels.write_text("\n".join([f"{head},left,top,right,bottom", *boxed]) + "\n", encoding="utf-8")
    write_detectors(tmp_path)
    os.mkfifo("alive")
    descriptor = os.open("alive", os.O_RDONLY | os.O_NONBLOCK)
    yield descriptor
    os.close(descriptor)


def measure(faults: Sequence[Fault]) -> tuple[int, Run]:
    names = ",".join([*(f"faulty:{fault.name}" for fault in faults), "faulty:Healthy"])
    code = carry_out(
        [
            *("run", "--detectors", names, "--dataset", "set", "--no-timing", "--out", "out"),
            *("--timeout", str(TIMEOUT_S), "--max-memory", MAX_MEMORY),
        ]
    )
    return code, Run.open("out")


def problems(fault: Fault, run: Run) -> list[str]:
    """Return what came of a fault and should not have; nothing is the figure to reach."""
    columns = run.columns
    answers, result = columns.detector(f"faulty:{fault.name}"), run.results.detectors[f"faulty:{fault.name}"]
    paths = [columns.path(k) for k in range(len(columns))]
    errors = {paths[k]: text for k, text in columns.errors_of(answers).items()}
    found = []
    if fault.failure is not None:
        if result.status != "failed" or fault.failure not in (result.failure or ""):
            found.append(f"{result.status}: {result.failure}")
        return found
    if result.status != "complete":
        found.append(f"it failed: {result.failure}")
    wanted = {} if fault.error is None else {BAD: fault.error}
    if errors.keys() != wanted.keys() or any(text not in errors[path] for path, text in wanted.items()):
        found.append(f"errors {errors}")
    if any(len(text) > 2_000 or not text.isprintable() for text in errors.values()):
        found.append("an error's text is too long, or no line")
    if int(answers.scored.sum()) != IMAGES - len(wanted):
        found.append(f"{int(answers.scored.sum())} scores")
    if fault.member == "predict_batch":
        right = columns.detector("faulty:Healthy").scores
        if not np.allclose(answers.scores, right):
            found.append("scores of other images")
    if fault.member == "explain":
        explained = {paths[k] for k in by_position(answers.explanations)}
        if explained != set(paths) - {BAD}:
            found.append(f"{len(explained)} explanations")
    if fault.member == "locate" and answers.boxes is not None:
        boxed = {paths[k] for k in np.flatnonzero(np.isfinite(answers.boxes[:, 0]))}
        if boxed != {f"images/{k:03}.png" for k in range(8)} - {BAD}:
            found.append(f"boxes of {sorted(boxed)}")
    return found


def healthy_problems(run: Run) -> list[str]:
    healthy = run.results.detectors["faulty:Healthy"]
    whole = healthy.status == "complete" and healthy.accuracy.value == 1.0 and not healthy.errors
    scored = int(run.columns.detector("faulty:Healthy").scored.sum()) == IMAGES
    return [] if whole and scored else [f"the healthy detector: {healthy.status}, {healthy.failure}"]


def is_closed(alive: int) -> bool:
    """Whether everything that held the pipe is gone."""
    with selectors.DefaultSelector() as selector:
        selector.register(alive, selectors.EVENT_READ)
        return not selector.select(timeout=0) or os.read(alive, 1) == b""


def check(faults: Sequence[Fault], alive: int) -> None:
    code, run = measure(faults)
    table = {fault.name: problems(fault, run) for fault in faults} | {"": healthy_problems(run)}
    assert {name: found for name, found in table.items() if found} == {}
    assert code == max(fault.exit_code for fault in faults)
    assert is_closed(alive)


def test_a_sample_of_faults_in_one_run(alive: int) -> None:
    check(SAMPLE, alive)


@pytest.mark.skipif(not WHOLE, reason="tox -e faults tries the whole matrix")
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.action} in {fault.member}")
def test_each_fault_beside_a_healthy_detector(fault: Fault, alive: int) -> None:
    check([fault], alive)
