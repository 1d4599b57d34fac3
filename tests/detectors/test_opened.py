"""A detector in use: what it offers, and answers that are none."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from framejudge.datasets.errors import InputError
from framejudge.detectors.opened import OpenedDetector, WrongAnswerError, describe
from framejudge.detectors.opening import open_detector
from framejudge.detectors.registry import DetectorSpec

IMAGE = np.zeros((20, 40, 3), np.uint8)


def made(**members: Any) -> OpenedDetector:
    return OpenedDetector(SimpleNamespace(predict=lambda image: 0.75, **members))


def test_one_method_is_enough() -> None:
    detector = made()
    detector.load()
    assert detector.predict(IMAGE) == 0.75
    assert (detector.own_threshold, detector.threshold) == (None, 0.5)
    offered = (detector.takes_batches, detector.has_stages, detector.locates, detector.explains)
    assert offered == (False, False, False, False)
    detector.close()


def test_what_a_detector_offers_is_found() -> None:
    detector = made(
        threshold=0.25,
        predict_batch=lambda images: [0.5 for _ in images],
        prepare=lambda image: image[0],
        infer=lambda prepared: prepared.mean(),
        locate=lambda image: (1.4, 2, 30, 19.6),
        explain=lambda image: "why",
    )
    offered = (detector.takes_batches, detector.has_stages, detector.locates, detector.explains)
    assert offered == (True, True, True, True)
    assert (detector.own_threshold, detector.threshold) == (0.25, 0.25)
    assert detector.predict_batch([IMAGE, IMAGE]).tolist() == [0.5, 0.5]
    assert detector.timed_call()(IMAGE) == 0.0
    assert detector.locate(IMAGE) == (1, 2, 30, 20)


def test_one_stage_is_no_stage() -> None:
    assert not made(prepare=lambda image: image).has_stages


@pytest.mark.parametrize(
    ("members", "call", "what"),
    [
        ({"threshold": 7}, lambda one: one.threshold, "its threshold 7.0 is outside"),
        ({"predict_batch": lambda images: 0.5}, lambda one: one.predict_batch([IMAGE]), "returned shape"),
        ({"locate": lambda image: (0, 0, 41, 20)}, lambda one: one.locate(IMAGE), "is not inside 40x20"),
        ({"locate": lambda image: (0, 0, 0, 20)}, lambda one: one.locate(IMAGE), "is not inside 40x20"),
        ({"locate": lambda image: (0, 0, 9)}, lambda one: one.locate(IMAGE), "not four sides in pixels"),
        ({"locate": lambda image: (0, 0, 9, np.nan)}, lambda one: one.locate(IMAGE), "not four sides"),
    ],
)
def test_an_answer_that_is_none_is_refused(members: dict[str, Any], call: Any, what: str) -> None:
    with pytest.raises(WrongAnswerError, match=what):
        call(made(**members))


@pytest.mark.parametrize("score", [float("nan"), -0.1, 1.1])
def test_a_score_outside_its_range_is_refused(score: float) -> None:
    with pytest.raises(WrongAnswerError, match="outside"):
        OpenedDetector(SimpleNamespace(predict=lambda image: score)).predict(IMAGE)


def test_only_what_was_loaded_is_closed_at_the_end() -> None:
    done: list[str] = []
    detector = made(load=lambda: done.append("load"), close=lambda: done.append("close"))
    with detector:
        pass
    assert done == []
    with detector:
        detector.load()
    assert done == ["load", "close"]


def test_an_exception_is_one_line() -> None:
    assert describe(RuntimeError("no\n weights")) == "RuntimeError: no weights"
    assert describe(RuntimeError()) == "RuntimeError"
    assert describe(InputError("no weights", where="here")) == "here: no weights"
    assert describe(WrongAnswerError("its score 2.0 is outside [0, 1]")) == "its score 2.0 is outside [0, 1]"


def test_a_detector_is_made_loaded_and_given_a_threshold() -> None:
    spec = DetectorSpec("trim", "framejudge.detectors.peers.trim:TrimDetector")
    with open_detector(spec, threshold=0.9) as trim:
        assert trim.threshold == 0.9
        assert 0 <= trim.predict(np.full((50, 50, 3), 200, np.uint8)) <= 1
