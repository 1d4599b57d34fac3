"""What a notebook shows of a run."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from made.small_run import write_made_run

from framejudge.bench.run import Run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return Run.open(write_made_run(tmp_path_factory.mktemp("runs") / "first"))


def test_every_figure_is_a_row_with_its_interval(run: Run) -> None:
    rows = {(row["detector"], row["metric"]): row for row in run.figures.to_pylist()}
    accuracy = run.results.detectors["cnn"].accuracy
    assert (rows["cnn", "accuracy"]["value"], rows["cnn", "accuracy"]["low"]) == (
        accuracy.value,
        accuracy.low,
    )
    assert rows["cnn", "p50"]["unit"] == "ms"
    assert {metric for _, metric in rows} >= {"accuracy", "auc", "p50", "prepare", "infer"}


def test_a_missing_value_has_a_reason(run: Run) -> None:
    missing = [row for row in run.figures.to_pylist() if row["value"] is None]
    assert missing
    assert all(row["reason"] for row in missing)


def test_the_table_is_html_with_a_row_for_each_detector(run: Run) -> None:
    root = ET.fromstring(run._repr_html_())
    rows = root.findall("./tbody/tr")
    assert [row.findtext("th") for row in rows] == list(run.results.detectors)
    value = run.results.detectors["canny"].accuracy.value
    assert (rows[0].findtext("td") or "").startswith(f"{value:.3f} [")
    assert "failed" in ET.tostring(rows[-1], encoding="unicode")
