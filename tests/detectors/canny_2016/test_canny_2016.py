"""canny-2016: lines that are there are found, and each rule can be checked by eye."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from drawn_set import draw_set

from framejudge.datasets.table.box import Box
from framejudge.detectors.canny_2016 import Canny2016Detector, detector, tuning
from framejudge.detectors.canny_2016.detector import RULES, Findings, SideLine, find_lines, judge
from framejudge.detectors.protocol import Image


def photo(height: int = 200, width: int = 260, seed: int = 0) -> Image:
    coarse = np.random.default_rng(seed).integers(60, 200, (5, 6, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), dtype=np.uint8)


def banded(
    left: int, top: int, right: int, bottom: int, colour: tuple[int, int, int] = (20, 30, 120)
) -> Image:
    image = photo()
    height, width = image.shape[:2]
    image[:, :left] = image[:, width - right :] = image[:top] = image[height - bottom :] = colour
    return image


def findings(*lengths: float, depth: int = 10, middle: int = 0) -> Findings:
    lines = tuple(SideLine(length, depth, 100.0, 0.0, drawn=False) for length in lengths)
    return Findings(lines, middle, 200, 200)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("depths", "rule"),
    [
        ((20, 20, 20, 20), "lines along four sides"),
        ((12, 40, 0, 30), "lines along three sides"),
        ((30, 0, 30, 0), "lines along opposite sides, equally deep"),
        ((40, 30, 0, 0), "lines along two sides that meet"),
        ((0, 0, 0, 36), "a line along one side"),
    ],
)
def test_a_band_is_found_where_it_is(depths: tuple[int, int, int, int], rule: str) -> None:
    image, ours = banded(*depths), Canny2016Detector()
    assert ours.predict(image) >= ours.threshold
    assert ours.predict(photo()) < ours.threshold
    strengths = {name: strength for name, strength, _ in judge(ours.prepare(image))}
    assert strengths[rule] >= 0.5
    box = ours.locate(image)
    assert box is not None
    truth = Box(depths[0], depths[1], 260 - depths[2], 200 - depths[3])
    assert max(abs(one - other) for one, other in zip(box, truth, strict=True)) <= 2
    assert ours.locate(photo()) is None


def test_the_page_around_a_photo_is_no_band() -> None:
    page = np.full((260, 320, 3), 255, np.uint8)
    page[30:230, 30:290] = photo()
    ours = Canny2016Detector()
    assert ours.predict(page) < ours.threshold
    page[30:230, 30:290] = banded(20, 20, 20, 20)
    box = ours.locate(page)
    assert box is not None
    assert max(abs(one - other) for one, other in zip(box, (50, 50, 270, 210), strict=True)) <= 2


def test_a_ruled_picture_counts_half() -> None:
    few, many = findings(0.6, 0.6, 0.6, 0.6), findings(0.6, 0.6, 0.6, 0.6, middle=RULES.ruled_lines + 1)
    assert (
        max(strength for _, strength, _ in judge(few))
        >= 0.5
        > max(strength for _, strength, _ in judge(many))
    )


@pytest.mark.parametrize("seed", range(20))
def test_longer_lines_never_lower_the_score(seed: int) -> None:
    rng = np.random.default_rng(seed)
    lengths = rng.random(4)
    longer = np.minimum(lengths + rng.random(4) * 0.3, 1)
    short, long = (max(strength for _, strength, _ in judge(findings(*each))) for each in (lengths, longer))
    assert 0 <= short <= long + 1e-9 <= 1 + 1e-9


@pytest.mark.parametrize("size", [(1, 1), (2, 300), (300, 2), (15, 15), (64, 64), (700, 500)])
@pytest.mark.parametrize("level", [0, 255])
def test_any_size_is_judged(size: tuple[int, int], level: int) -> None:
    ours = Canny2016Detector()
    even = np.full((*size, 3), level, np.uint8)
    noise = np.random.default_rng(1).integers(0, 256, (*size, 3), dtype=np.uint8)
    for image in (even, noise):
        assert 0 <= ours.predict(image) <= 1
    assert ours.predict(even) == 0


def test_an_explanation_names_the_rule_and_shows_its_lines() -> None:
    why = Canny2016Detector().explain(banded(0, 0, 0, 36))
    assert why.text.startswith("a line along one side: fulfilled")
    assert [(line.x0, line.x1) for line in why.lines] == [(0, 260)]
    assert "not fulfilled" in Canny2016Detector().explain(photo()).text


def test_the_thresholds_are_found_by_trying_round_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = replace(RULES, one_side=1.0, opposite_sides=1.0, alike_sides=1.0)
    framed = [find_lines(banded(0, 0, 0, depth)) for depth in (14, 20, 30)]
    sets = [(framed + [find_lines(photo(seed=seed)) for seed in range(3)], np.arange(6) < 3)]
    _, right = tuning.climb(sets, bad)
    assert right >= tuning.accuracy(sets, bad)
    assert right == 1
    folder = draw_set(tmp_path / "set")
    monkeypatch.setattr("sys.argv", ["tuning", str(folder)])
    monkeypatch.setattr(tuning, "DEEPEST", (detector.RULES.deepest,))
    tuning.main()
    assert "four_sides: " in capsys.readouterr().out
