"""Content boxes against true ones: the figures, and their way through a run."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import typer
from made.columns import made_columns
from PIL import Image

from framejudge.bench.cli.main import app
from framejudge.bench.cli.run import run as bench_run
from framejudge.bench.exit_code import ExitCode
from framejudge.bench.figures.localisation import (
    assess_boxes,
    content_cut,
    iou,
    is_cut,
    within_tolerance,
    worst_located,
)
from framejudge.bench.run import Run
from framejudge.bench.run.columns import Answers, BoxArray, Columns
from framejudge.datasets.table.box import Box

SIZE = np.array([[300.0, 150.0]])
TRUE = np.array([[30.0, 15.0, 270.0, 135.0]])


@pytest.mark.parametrize(
    ("found", "inside"),
    [
        ((30, 15, 270, 135), True),
        ((33, 15, 270, 135), True),  # 1 % of a width of 300
        ((34, 15, 270, 135), False),
        ((30, 17, 270, 135), True),  # 2 px, more than 1 % of a height of 150
        ((30, 18, 270, 135), False),
        ((30, 15, 270, 150), False),
        ((np.nan,) * 4, False),
    ],
)
def test_every_side_must_lie_within_2_px_or_1_percent(found: tuple[float, ...], inside: bool) -> None:
    assert within_tolerance(np.array([found]), TRUE, SIZE).tolist() == [inside]


def test_iou_of_arrays_is_that_of_boxes() -> None:
    random = np.random.default_rng(1)
    sides = np.sort(random.integers(0, 40, (500, 2, 2, 2)), axis=-1)  # image, box, direction, ends
    one, other = (sides[:, k].transpose(0, 2, 1).reshape(500, 4) for k in (0, 1))
    expected = [
        Box(*a).iou(Box(*b)) if Box(*a).area + Box(*b).area else 0.0 for a, b in zip(one, other, strict=True)
    ]
    assert iou(one.astype(float), other.astype(float)) == pytest.approx(expected)


def test_content_that_is_cut_is_a_share_of_the_content() -> None:
    cut = np.array([[90.0, 15.0, 270.0, 135.0], [0.0, 0.0, 300.0, 150.0], [0.0, 0.0, 30.0, 15.0]])
    assert content_cut(cut, np.repeat(TRUE, 3, axis=0)).tolist() == [0.25, 0.0, 1.0]


def test_a_box_around_the_whole_image_cuts_nothing() -> None:
    boxes = np.array([[0.0, 0.0, 300.0, 150.0], [0.0, 1.0, 300.0, 150.0], [np.nan] * 4])
    assert is_cut(boxes, np.repeat(SIZE, 3, axis=0)).tolist() == [False, True, False]


def a_set() -> Columns:
    """A set of 100x100 images, 20 framed and 20 plain, whose content begins 10 px from each side."""
    images = Columns.of_images(
        paths=(f"{k}.png" for k in range(40)),
        labels=["framed"] * 20 + ["plain"] * 20,
        groups=(f"f{k // 2}" if k < 20 else f"p{k}" for k in range(40)),
        boxes=dict.fromkeys(range(20), Box(10, 10, 90, 90)),
    )
    return replace(images, sizes=np.full((40, 2), 100, dtype=np.int32))


def answers(found: BoxArray, scored: slice = slice(None)) -> Answers:
    scores = np.full(len(found), np.nan)
    scores[scored] = 0.7
    return Answers("one", scores, boxes=found)


def test_figures_count_a_missed_frame_as_wrong_and_leave_it_in_the_picture() -> None:
    found = np.full((40, 4), np.nan)
    found[:16] = (10, 10, 90, 90)
    found[16:18] = (10, 10, 90, 70)  # a side 20 px off, a quarter of the content gone
    found[20] = (0, 0, 100, 95)
    found[21] = (0, 0, 100, 100)
    figures = assess_boxes(a_set(), answers(found))
    assert figures is not None
    assert figures.framed == 20
    assert figures.within_tolerance.value == 0.8
    assert figures.within_tolerance.method == "clustered-clopper-pearson"
    assert figures.missed.value == 0.1
    assert figures.side_error_px_p50.value == 0
    assert figures.side_error_px_p95.value == 0  # 2 of 72 sides are off
    assert figures.iou.value == pytest.approx((16 + 2 * 0.75 + 2 * 0.64) / 20)
    assert figures.iou.low is not None
    assert figures.iou.low < (16 + 2 * 0.75 + 2 * 0.64) / 20
    assert figures.content_cut.value == pytest.approx(2 * 0.25 / 20)
    assert figures.plain_changed.value == 0.05


def test_the_quantile_of_side_errors_is_over_all_four_sides() -> None:
    found = np.full((40, 4), np.nan)
    found[:20] = np.add((10, 10, 90, 90), [[1, 2, 3, 40]])
    figures = assess_boxes(a_set(), answers(found))
    assert figures is not None
    assert (figures.side_error_px_p50.value, figures.side_error_px_p95.value) == (2, 40)


def test_a_set_without_boxes_has_no_figures_and_asks_no_detector() -> None:
    bare = made_columns(["framed", "plain"])
    assert not bare.located.any()
    assert assess_boxes(bare, answers(np.full((2, 4), np.nan))) is None


def test_images_without_a_score_are_not_judged() -> None:
    figures = assess_boxes(a_set(), answers(np.full((40, 4), np.nan), slice(4)))
    assert figures is not None
    assert (figures.framed, figures.missed.value) == (4, 1.0)
    assert figures.side_error_px_p50.reason == "no frame was found"
    assert figures.plain_changed.value is None


def test_the_worst_boxes_are_the_lowest_iou_first() -> None:
    found = np.full((40, 4), np.nan)
    found[0], found[1], found[2] = (10, 10, 90, 90), (10, 10, 90, 60), (10, 10, 90, 20)
    assert worst_located(a_set(), found) == [2, 1]


DETECTORS = '''
from framejudge.datasets.table.box import Box
from framejudge.detectors.protocol import Explanation, Line


class Locating:
    """Sees the red band that the test draws, and where it ends."""
    threshold = 0.5

    def predict(self, image):
        return float(image[0, 0, 0] > 150 and image[0, 0, 2] < 100)

    def locate(self, image):
        depth = int((image[:, image.shape[1] // 2, 2] < 100).argmin())
        return Box(0, depth, image.shape[1], image.shape[0])

    def explain(self, image):
        return Explanation("a red band", (Line(0, 5, image.shape[1], 5, "band"),))


class Failing(Locating):
    def locate(self, image):
        return (0, 0, image.shape[1] + 1, image.shape[0])


class Silent:
    threshold = 0.5

    def predict(self, image):
        return 0.25
'''


@pytest.fixture
def made_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Six framed images with a red strip of 12 px at the top, six plain ones, one of them red all over."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "boxed.py").write_text(DETECTORS, encoding="utf-8")
    place = tmp_path / "set"
    place.mkdir()
    rows = []
    for k in range(12):
        pixels = np.full((60, 80, 3), 120 + 10 * k, np.uint8)
        pixels[: 12 if k < 6 else 60 * (k == 11)] = (220, 0, 0)
        Image.fromarray(pixels).save(place / f"{k}.png")
        box = (0, 12, 80, 60) if k < 6 else ("",) * 4
        rows.append((f"{k}.png", "framed" if k < 6 else "plain", f"g{k}", *box))
    with (place / "labels.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("path", "label", "group", "left", "top", "right", "bottom"), *rows])
    return place


def test_a_run_reports_boxes_and_explains_mistakes(
    made_set: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = "boxed:Locating,boxed:Failing,boxed:Silent"
    context = typer.Context(typer.main.get_command(app))
    out = tmp_path / "out"
    code = bench_run(context, detectors=names, dataset=made_set, out=out, no_timing=True)
    assert code == ExitCode.DONE
    told = " ".join(capsys.readouterr().out.split())
    assert "content box of 6 framed images, boxed:Locating: every side within 2 px or 1 % 1.000" in told
    run = Run.open(tmp_path / "out")
    good, failing, silent = run.results.detectors.values()
    assert good.boxes is not None and failing.boxes is not None
    assert (good.boxes.within_tolerance.value, good.boxes.side_error_px_p95.value) == (1.0, 0.0)
    assert (
        good.boxes.plain_changed.value == 0
    )  # the red image is called framed, and its box is the whole image
    assert (failing.boxes.missed.value, silent.boxes) == (1.0, None)
    assert any(
        "locate failed" in warning and "not inside 80x60" in warning for warning in run.results.warnings
    )

    rows = [row for row in run.predictions.to_pylist() if row["detector"] == "boxed:Locating"]
    sides = ("left", "top", "right", "bottom")
    assert [tuple(row[f"box_{side}"] for side in sides) for row in rows[:6]] == [(0, 12, 80, 60)] * 6
    assert [tuple(row[f"true_{side}"] for side in sides) for row in rows[:6]] == [(0, 12, 80, 60)] * 6
    assert [row["box_left"] for row in rows[6:]] == [None] * 5 + [0]
    assert {row["true_left"] for row in rows[6:]} == {None}
    mistake = json.loads(rows[11]["explanation"])
    assert mistake == {"text": "a red band", "lines": [[0, 5, 80, 5, "band"]]}
    assert rows[0]["explanation"] is not None  # the silent detector disagrees
    assert rows[7]["explanation"] is None  # all agree, and are right
