"""Which images a report can show, and in what size."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from made.columns import made_columns
from PIL import Image

from framejudge.bench.engine import thumbnails
from framejudge.bench.engine.thumbnails import choose, make_thumbnails
from framejudge.bench.run.columns import Answers, texts_at
from framejudge.datasets.table.sample import Dataset, Sample


def test_the_surest_mistakes_come_first_and_kinds_take_turns() -> None:
    a = Answers("a", np.array([0.4, 0.1, 0.9, 0.2, 0.95, 0.1]))  # wrong: 4 (by 0.45), 1 (by 0.4), 0 (by 0.1)
    b = Answers("b", np.array([0.9, 0.8, 0.3, 0.6, 0.10, 0.2]))  # wrong: 2 (by 0.2), 3 (by 0.1)
    # Disagreements by their gap: 4 (0.85), 1 (0.7), 2 (0.6), 0 (0.5), 3 (0.4).
    assert choose(made_columns(np.arange(6) < 3, a, b)) == [4, 2, 1, 3, 0]


def test_failed_detectors_and_missing_scores_do_not_count() -> None:
    broken = Answers("broken", np.array([0.0, 0.0]), failure="it broke")
    partial = Answers("partial", np.array([np.nan, 0.1]), errors=texts_at({0: "ValueError"}, 2))
    assert choose(made_columns(["framed"] * 2, broken, partial)) == [1, 0]
    assert choose(made_columns(["framed"] * 2, broken)) == []


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    for name, size in (("wide.png", (400, 100)), ("small.png", (20, 30)), ("tall.png", (90, 480))):
        Image.new("RGB", size, (200, 30, 30)).save(tmp_path / name)
    (tmp_path / "gone.png").write_bytes(b"")
    names = ("wide.png", "gone.png", "small.png", "tall.png")
    return Dataset("made", tmp_path, tuple(Sample(name, "plain", name) for name in names))


def test_thumbnails_are_jpegs_of_at_most_256_pixels_a_side(dataset: Dataset) -> None:
    rows = make_thumbnails(dataset, [3, 0, 1, 2]).to_pylist()
    assert [(row["path"], row["width"], row["height"]) for row in rows] == [
        ("tall.png", 48, 256),
        ("wide.png", 256, 64),
        ("small.png", 20, 30),
    ]
    for row in rows:
        with Image.open(io.BytesIO(row["jpeg"])) as picture:
            assert (picture.format, picture.size) == ("JPEG", (row["width"], row["height"]))


def test_the_budget_keeps_the_first_ones(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    first = make_thumbnails(dataset, [0]).to_pylist()[0]["jpeg"]
    monkeypatch.setattr(thumbnails, "MAX_BYTES", len(first) + 10)
    assert make_thumbnails(dataset, [0, 2, 3])["path"].to_pylist() == ["wide.png"]
