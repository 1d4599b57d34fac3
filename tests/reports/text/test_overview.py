"""The set at a glance."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made.review_run import write_review_run
from made.run import edit_results

from framejudge.bench.run import Run, folder
from framejudge.reports.text.overview import bytes_text, overview
from framejudge.reports.text.picture_map import picture_map


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run.open(write_review_run(tmp_path / "run", images=240, detectors=2, thumbnails=0))


def test_it_says_how_many_of_which_kind(run: Run) -> None:
    seen = overview(run)
    assert seen.facts[0] == "241 images: 120 framed, 121 plain."
    assert "1 image cannot be read." in seen.facts
    assert any("121 groups" in fact and "2 images" in fact for fact in seen.facts)
    assert any(fact.startswith("All of them were drawn") for fact in seen.facts)
    assert [strip.title for strip in seen.classes] == ["framed", "plain"]
    assert [len(strip.tiles) for strip in seen.classes] == [8, 8]
    assert next(row.median for row in seen.rows if row.title == "Longer side").endswith(" px")
    assert [name for name, _, _ in seen.formats] == ["JPEG", "PNG"]


def test_samples_of_a_slice_are_of_it(run: Run) -> None:
    styles = {strip.title: strip for strip in overview(run).attributes["style"]}
    column = run.columns.attributes["style"]
    for value, strip in styles.items():
        assert strip.images == int(np.sum(column.is_in(value)))
        assert strip.tiles and all(column.text(tile.position) == value for tile in strip.tiles)


def test_pairs_name_both_pictures_and_the_other_label_comes_first(run: Run) -> None:
    pairs = overview(run).pairs
    assert [words for words, *_ in pairs] == ["same pixels, other label", "look alike, other label"]
    assert [tile.position for tile in pairs[0][1:]] == [0, 1]


def test_duplicates_and_drawn_sets_are_named(tmp_path: Path) -> None:
    place = write_review_run(tmp_path / "run", images=60, thumbnails=0, generated=False)
    dataset = Run.open(place).results.dataset
    edit_results(place, dataset=replace(dataset, drawn=True, same_pixels=3, contradicted=1))
    facts = overview(Run.open(place)).facts
    assert "3 images have the same pixels as an earlier one; 1 of them with the other label." in facts
    assert "The frames were drawn by a recipe: figures hold for frames of this kind." in facts


def test_a_run_of_an_earlier_version_has_no_pictures_and_no_map(run: Run) -> None:
    (run.folder / folder.IMAGES_FILE).unlink()
    older = Run.open(run.folder)
    seen = overview(older)
    assert not seen.formats and not seen.pairs and not seen.classes[0].tiles
    assert [row.title for row in seen.rows] == ["Longer side", "Width over height"]
    assert picture_map(older.looks, older.columns) is None


def test_the_map_shows_the_mistakes_of_the_best_detector_on_top(run: Run) -> None:
    found = picture_map(run.looks, run.columns)
    assert found is not None
    wrong = [run.columns.wrong(answers) for answers in run.columns.detectors]
    assert wrong[found.detector].sum() == min(one.sum() for one in wrong)
    kinds = {point.image: point.kind for point in found.points}
    assert {k for k, kind in kinds.items() if kind in ("alarm", "missed")} == {
        k for k in kinds if wrong[found.detector][k]
    }
    order = [point.kind in ("alarm", "missed") for point in found.points]
    assert order == sorted(order)


@pytest.mark.parametrize(
    ("value", "text"), [(512, "512 B"), (9_400, "9.4 kB"), (12_345, "12 kB"), (999_700, "1.0 MB")]
)
def test_sizes_of_files(value: float, text: str) -> None:
    assert bytes_text(value) == text
