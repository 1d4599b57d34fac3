"""Which images the page of a very large run carries."""

from __future__ import annotations

import base64
import re

import numpy as np
import pytest
from made.columns import made_columns
from made.review_run import write_review_run

from framejudge.bench.run import Run
from framejudge.bench.run.columns import Answers
from framejudge.reports.page import script_data, shown
from framejudge.reports.page.report import render
from framejudge.reports.page.script_data import page_data
from framejudge.reports.page.shown import carried_words, distribution, shown_images

KINDS = {"f4": np.float32, "f8": np.float64, "i1": np.int8, "i2": np.int16, "i4": np.int32}


def numbers(column: dict[str, str]) -> np.ndarray:
    return np.frombuffer(base64.b64decode(column["bytes"]), dtype=KINDS[column["type"]])


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    place = tmp_path_factory.mktemp("shown") / "run"
    return Run.open(write_review_run(place, images=400, detectors=2, thumbnails=20, looked_at=40))


@pytest.fixture
def small_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown, "MOST_IMAGES", 300)
    monkeypatch.setattr(shown, "MOST_MISTAKES", 280)
    monkeypatch.setattr(shown, "MOST_TIMED", 10)


def test_a_run_of_usual_size_is_carried_whole(run: Run) -> None:
    assert shown_images(run, [5]) is None
    assert carried_words(None, run.columns) == ""
    assert page_data(run)["at"] is None


@pytest.mark.usefixtures("small_page")
def test_what_a_reader_asks_for_comes_first(run: Run) -> None:
    positions = shown_images(run, [0, 400])
    assert positions is not None and len(positions) == 300 and {0, 400} <= set(positions.tolist())
    assert (np.diff(positions) > 0).all()
    columns = run.columns
    for answers in columns.detectors:
        assert set(np.flatnonzero(columns.wrong(answers))) <= set(positions.tolist())
    assert "300 of 401 images: all " in carried_words(positions, columns)


@pytest.mark.usefixtures("small_page")
def test_the_pages_data_are_those_of_the_images_that_it_carries(run: Run) -> None:
    positions = shown_images(run, [])
    data = page_data(run, None, positions)
    assert numbers(data["at"]).tolist() == positions.tolist()
    assert data["paths"] == [run.columns.path(k) for k in positions]
    np.testing.assert_array_equal(numbers(data["scores"][0]), run.columns.detectors[0].scores[positions])


def test_counts_at_the_threshold_are_exact(run: Run) -> None:
    columns, answers = run.columns, run.columns.detectors[0]
    values, framed, plain = distribution(columns, answers.scores, 0.43217)
    for of_class, amounts in ((columns.framed, framed), (columns.plain, plain)):
        scores = answers.scores[of_class & answers.scored]
        assert amounts.sum() == len(scores)
        assert amounts[values < 0.43217].sum() == np.sum(scores < 0.43217)


@pytest.mark.usefixtures("small_page")
def test_every_image_that_stands_in_the_page_is_carried(run: Run) -> None:
    text = render(run)
    assert "This page carries 300 of 401 images" in text
    named = {int(found) for found in re.findall(r'data-image="(\d+)"', text)}
    positions = re.search(r'"at":\{"type":"(\w+)","bytes":"([^"]+)"', text)
    assert positions is not None
    in_page = set(numbers({"type": positions[1], "bytes": positions[2]}).tolist())
    assert named <= in_page


def test_very_many_scores_are_rounded_on_their_side_of_the_threshold(monkeypatch: pytest.MonkeyPatch) -> None:
    threshold = 0.1  # no float32: the nearest one lies above it
    scores = np.array([np.nextafter(0.1, 0), 0.1, np.nextafter(0.1, 1), 0.25, np.nan])
    columns = made_columns(["plain"] * 5, Answers("a", scores, threshold=threshold))
    assert script_data._scores(columns.detectors[0], columns) is scores
    monkeypatch.setattr(script_data, "MOST_EXACT_SCORES", 4)
    rounded = script_data._scores(columns.detectors[0], columns)
    assert rounded.dtype == np.float32
    assert (rounded >= threshold).tolist() == [False, True, True, True, False]
    np.testing.assert_allclose(rounded, scores, rtol=2e-7)
