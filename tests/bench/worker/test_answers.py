"""An answer is believed when it can be one: its shapes, its types and its ranges."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from framejudge.bench.worker.answers import check_answer
from framejudge.bench.worker.child.commands import (
    CallTimes,
    Failed,
    Load,
    Loaded,
    MeasureMemory,
    PeakMemory,
    Score,
    Scored,
    Time,
)

SCORE = Score(["a", "b"], 1, digests=True)
SCORED = Scored(
    unreadable=[None, "empty"],
    errors=[None, None],
    digests=["0a", None],
    nanoseconds=5,
    batch_failure=None,
    locate_failure=None,
    scores=np.array([0.5, np.nan]),
    sizes=np.array([[4, 3], [-1, -1]], dtype=np.int32),
    boxes=np.array([[0, 0, 4, 3], [-1, -1, -1, -1]], dtype=np.int32),
    starved=[],
    tracebacks=[],
)


def test_what_a_worker_says_is_believed() -> None:
    check_answer(SCORE, SCORED)
    check_answer(SCORE, Failed("no weights"))
    check_answer(MeasureMemory(), PeakMemory(7))


@pytest.mark.parametrize(
    "changed",
    [
        {"scores": np.array([0.5])},
        {"scores": np.array([0.5, 1.5])},
        {"scores": np.array([1, 0])},
        {"errors": [None]},
        {"errors": [None, 3]},
        {"errors": [None, "x" * 10_000]},
        {"sizes": np.array([[0, 3], [-1, -1]], dtype=np.int32)},
        {"boxes": np.array([[0, 0, 5, 3], [-1, -1, -1, -1]], dtype=np.int32)},
        {"starved": [2]},
        {"digests": ["\n", None]},
        {"nanoseconds": -1},
        {"tracebacks": [[7, "somewhere"]]},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_what_cannot_be_is_refused(changed: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        check_answer(SCORE, replace(SCORED, **changed))  # type: ignore[arg-type]


def test_an_answer_to_another_command_is_none() -> None:
    with pytest.raises(ValueError, match="PeakMemory for Score"):
        check_answer(SCORE, PeakMemory(7))
    with pytest.raises(ValueError, match="predict"):
        check_answer(Time(["a", "b"], 1), CallTimes(1, predict=np.array([1, 2]), decode=np.array([1])))
    with pytest.raises(ValueError, match="threshold"):
        check_answer(Load("x", "x:X", None, None, None), Loaded(1, 7.0, locates=False, explains=False))
