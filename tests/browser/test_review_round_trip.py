"""From a mark in the browser to new figures: export, apply, judge again, and once more without harm."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from drawn_set import draw_set
from toy_detectors import write_toys

from framejudge.bench.cli import main
from framejudge.bench.run import Run
from framejudge.datasets.table.reading import read_dataset

pytestmark = pytest.mark.browser

WRONG = {"images/001.png": "plain", "images/012.png": "framed"}


def bench(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["bench", *arguments])
    with pytest.raises(SystemExit) as ended:
        main.entry_point()
    assert ended.value.code == 0


def export(page: Any, file: Path) -> list[dict[str, str]]:
    with page.expect_download() as download:
        page.locator("#review-export").click()
    download.value.save_as(file)
    with file.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_from_a_mark_to_new_figures(
    opened: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_toys(tmp_path)
    draw_set(tmp_path / "set")
    table = tmp_path / "set" / "labels.csv"
    text = table.read_text(encoding="utf-8")
    for path, label in WRONG.items():
        other = "framed" if label == "plain" else "plain"
        text = text.replace(f"{path},{other}", f"{path},{label}")
    table.write_text(text, encoding="utf-8")
    bench(monkeypatch, "run", "--detectors", "toys:Good", "--dataset", "set", "--out", "first", "--no-timing")

    page = opened(tmp_path / "first" / "report.html")
    page.locator("#gallery-list button").first.click()
    for _ in WRONG:
        page.keyboard.press("1")
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    rows = export(page, tmp_path / "review.csv")
    assert {row["path"]: row["label"] for row in rows} == WRONG
    bench(monkeypatch, "dataset", "apply-review", "set", "review.csv")
    bench(monkeypatch, "report", "first", "--labels", "set")
    assert Run.open("first-rejudged").results.detectors["toys:Good"].accuracy.value == 1.0

    # The marks are still in the browser, and about the labels as they were: nothing is turned back.
    page.goto((tmp_path / "first-rejudged" / "report.html").as_uri())
    assert "2 labels differ" in page.locator(".tidings").inner_text()
    assert page.locator("#review-count").inner_text() == "2 images reviewed"
    page.locator("input[name=view][value=marked]").check(force=True)
    page.wait_for_selector("#gallery-list .mark >> text=label changed since", state="attached")
    mended = read_dataset("set")
    assert export(page, tmp_path / "again.csv") == rows
    bench(monkeypatch, "dataset", "apply-review", "set", "again.csv")
    assert read_dataset("set") == mended
