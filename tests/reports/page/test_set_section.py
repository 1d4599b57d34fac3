"""The page's sections on the set, drift and the map."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from made.review_run import write_review_run
from made.run import edit_results

from framejudge.bench.compare.drift import set_drift
from framejudge.bench.run import Run, folder
from framejudge.reports.attached import Attached
from framejudge.reports.page.report import SMALL_SLICE, render
from framejudge.reports.text.data_tables import data_tables
from framejudge.reports.text.markdown import render_markdown


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    place = tmp_path_factory.mktemp("set") / "run"
    return Run.open(write_review_run(place, images=240, detectors=2, thumbnails=10))


@pytest.fixture(scope="module")
def text(run: Run) -> str:
    return render(run)


def test_small_slices_are_folded_away(run: Run, text: str) -> None:
    large, _, small = text.partition("of fewer than 20 images")
    amounts = [
        [int(found) for found in re.findall(r'<td class="count" data-sort="(\d+)"', part)]
        for part in (large, small)
    ]
    assert amounts[0] and min(amounts[0]) >= SMALL_SLICE
    assert all(amount < SMALL_SLICE for amount in amounts[1])
    assert len(amounts[0]) + len(amounts[1]) == len(
        {(one.attribute, one.value) for one in run.results.slices}
    )


def test_drift_stands_in_page_markdown_and_tables(run: Run, tmp_path: Path) -> None:
    earlier = write_review_run(tmp_path / "earlier", images=240, detectors=2, thumbnails=0, seed=12)
    dataset = replace(Run.open(earlier).results.dataset, images_fingerprint="bb" * 32)
    edit_results(earlier, dataset=dataset)
    attached = Attached(drift=set_drift(Run.open(earlier), run))
    text = render(run, attached)
    assert 'id="drift"' in text and 'href="#drift"' in text
    assert "The pictures" in render_markdown(run, attached)
    table = next(table for table in data_tables(run, attached) if table.name == "drift")
    assert [row[0] for row in table.rows][:2] == ["brightness", "contrast"]
    assert all(len(row) == len(table.columns) for row in table.rows)


def test_without_drift_there_is_no_word_of_it(text: str) -> None:
    assert 'id="drift"' not in text


def test_a_run_of_an_earlier_version_has_neither_map_nor_samples(tmp_path: Path) -> None:
    place = write_review_run(tmp_path / "run", images=60, thumbnails=0)
    (place / folder.IMAGES_FILE).unlink()
    text = render(Run.open(place))
    assert 'id="set"' in text and 'class="tile"' not in text and 'id="map"' not in text


def test_a_threshold_is_not_called_fixed_on_other_images(text: str) -> None:
    assert "fixed on tuning data" not in text and "which came with the detector" not in text
    assert text.count("assumed, for the detector brings none") == 2
