"""`bench check`: detectors that keep to the interface, and each way not to."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from toy_detectors import write_toys

from framejudge.bench.cli.main import entry_point
from framejudge.datasets.table.box import Box
from framejudge.detectors.canny import CannyDetector
from framejudge.detectors.contract import OPTIONAL, Finding, check, made_pictures
from framejudge.detectors.opened import OpenedDetector
from framejudge.detectors.protocol import Explanation, Line


class Plain:
    """One method, as anyone may write it."""

    def predict(self, image):  # type: ignore[no-untyped-def]
        return float(image[0].mean() / 255)


class Whole(Plain):
    threshold = 0.4

    def load(self) -> None:
        pass

    def close(self) -> None:
        pass

    def predict_batch(self, images):  # type: ignore[no-untyped-def]
        return [self.predict(image) for image in images]

    def prepare(self, image):  # type: ignore[no-untyped-def]
        return image[0]

    def infer(self, prepared):  # type: ignore[no-untyped-def]
        return prepared.mean() / 255

    def locate(self, image):  # type: ignore[no-untyped-def]
        return Box(0, 0, image.shape[1], image.shape[0]) if image.size > 3 else None

    def explain(self, image):  # type: ignore[no-untyped-def]
        return Explanation("bright above", (Line(0, 0, 1, 0),))


def broken(detector: object) -> list[Finding]:
    return [finding for finding in check(OpenedDetector(detector)) if not finding.kept]


@pytest.mark.parametrize(
    "detector", [Plain(), Whole(), CannyDetector()], ids=lambda each: type(each).__name__
)
def test_what_keeps_to_the_interface_passes(detector: object) -> None:
    assert broken(detector) == []


def test_every_optional_member_that_there_is_is_tried() -> None:
    tried = {finding.rule for finding in check(OpenedDetector(Whole()))}
    assert tried >= {*OPTIONAL} - {"prepare"}  # with infer
    assert not {"load", "locate", "predict_batch"} & {
        finding.rule for finding in check(OpenedDetector(Plain()))
    }


def test_half_of_the_made_pictures_have_a_band_and_all_are_pictures() -> None:
    pictures = made_pictures()
    assert all(picture.dtype == np.uint8 and picture.shape[2] == 3 for picture in pictures)
    judge = CannyDetector()
    assert judge.predict(pictures[0]) >= judge.threshold > judge.predict(pictures[1])


def changed(**members: object) -> object:
    return type("Changed", (Whole,), members)()


@pytest.mark.parametrize(
    ("detector", "rule", "told"),
    [
        (changed(predict=lambda _, image: float("nan")), "predict", "nan for a picture of 300x300"),
        (changed(predict=lambda _, image: 1.5), "predict", "has to be in [0, 1]"),
        (changed(predict=lambda _, image: image[0] / 255), "predict", "ndarray of shape (300, 3)"),
        (changed(predict=lambda _, image: True), "predict", "True"),
        (changed(predict=lambda _, image: image[12, 12, 0] / 255), "predict", "raised IndexError"),
        (changed(threshold=7), "threshold", "is 7"),
        (changed(threshold="0.5"), "threshold", "is '0.5'"),
        (changed(load=lambda _: 1 / 0), "load", "ZeroDivisionError"),
        (
            changed(predict_batch=lambda _, images: [0.1]),
            "predict_batch",
            "returned shape (1,); it has to return one float in [0, 1] for each of 6",
        ),
        (changed(predict_batch=lambda _, images: [0.99] * 6), "predict_batch", "where predict gives"),
        (changed(infer=lambda _, prepared: 1.0), "infer", "where predict gives"),
        (changed(locate=lambda _, image: (0, 0, 999, 1)), "locate", "0,0-999,1 is not inside 300x300"),
        (changed(locate=lambda _, image: (0, 0, float("nan"), 1)), "locate", "not four sides in pixels"),
        (changed(explain=lambda _, image: "because"), "explain", "gives str"),
        (changed(close=lambda _: 1 / 0), "close", "ZeroDivisionError"),
        (type("Slip", (Plain,), {"treshold": 0.3})(), "treshold", "did you mean threshold?"),
        (type("Half", (Plain,), {"prepare": lambda _, image: image})(), "prepare", "without infer"),
    ],
)
def test_each_way_not_to_keep_to_it_is_told(detector: object, rule: str, told: str) -> None:
    (text, *_) = [finding.text for finding in broken(detector) if finding.rule == rule]
    assert told in text


def test_a_detector_that_answers_by_the_order_of_calls_is_told() -> None:
    class ByOrder(Plain):
        calls = 0

        def predict(self, image):  # type: ignore[no-untyped-def]
            self.calls += 1
            return self.calls % 7 / 7

    assert [finding.rule for finding in broken(ByOrder())] == ["same picture, same score"]


def test_a_detector_that_writes_into_its_picture_is_told() -> None:
    class Painter(Plain):
        def predict(self, image):  # type: ignore[no-untyped-def]
            image[0] = 0
            return 0.5

    assert [finding.rule for finding in broken(Painter())] == ["pictures stay as they are"]


@pytest.mark.parametrize(
    ("name", "code", "told"),
    [
        ("toys:Good", 0, "toys:Good keeps to the interface"),
        ("canny", 0, "canny keeps to the interface"),
        ("toys:BadBatch", 1, "FAILED"),
        ("toys:Nobody", 2, "toys has no 'Nobody'"),
    ],
)
def test_the_command_says_so_and_ends_with_it(
    name: str,
    code: int,
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write_toys(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "toys", raising=False)
    monkeypatch.setattr(sys, "argv", ["bench", "check", name])
    with pytest.raises(SystemExit) as stop:
        entry_point()
    shown = capsys.readouterr()
    assert int(stop.value.code or 0) == code
    assert told in shown.out + shown.err
