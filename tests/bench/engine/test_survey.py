"""What a run finds out about some of its images."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made.columns import made_columns
from PIL import Image

from framejudge.bench.engine import survey as module
from framejudge.bench.engine.survey import drawn_at_random, first_with_the_same_pixels, survey
from framejudge.bench.run import tables
from framejudge.bench.run.columns import Answers, texts_at
from framejudge.datasets.table.sample import Dataset, Sample

IMAGES = 40


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    root = tmp_path_factory.mktemp("set")
    random = np.random.default_rng(0)
    for k in range(IMAGES):
        noise = random.integers(0, 40, (60, 50, 3), dtype=np.uint8)
        light = 0 if k % 2 else 200
        Image.fromarray(noise + np.uint8(light)).save(root / f"{k:05}.png")
    return Dataset("made", root, tuple(Sample(f"{k:05}.png", "plain", f"{k}") for k in range(IMAGES)))


def _columns(scores: np.ndarray | None = None):
    columns = made_columns(["plain"] * IMAGES, Answers("a", np.zeros(IMAGES) if scores is None else scores))
    return replace(columns, paths=type(columns.paths).from_pandas([f"{k:05}.png" for k in range(IMAGES)]))


def test_a_small_set_is_looked_at_as_a_whole(dataset: Dataset) -> None:
    table = survey(dataset, _columns(), [])
    rows = table.to_pylist()
    assert table.schema == tables.IMAGES
    assert [row["path"] for row in rows] == [f"{k:05}.png" for k in range(IMAGES)]
    assert all(row["sampled"] and row["format"] == "PNG" for row in rows)
    assert {(row["width"], row["height"]) for row in rows} == {(50, 60)}
    assert rows[0]["bytes"] == (dataset.root / "00000.png").stat().st_size
    assert rows[0]["brightness"] > 0.7 > 0.2 > rows[1]["brightness"]
    with Image.open(io.BytesIO(rows[0]["jpeg"])) as tiny:
        assert (tiny.format, tiny.size) == ("JPEG", (50, 60))


def test_alike_pictures_lie_together_on_the_map(dataset: Dataset) -> None:
    rows = survey(dataset, _columns(), []).to_pylist()
    places = np.array([(row["map_x"], row["map_y"]) for row in rows])
    assert places.min() == 0 and places.max() == 1
    light, dark = places[::2], places[1::2]
    within = max(np.ptp(light, axis=0).max(), np.ptp(dark, axis=0).max())
    assert np.linalg.norm(light.mean(axis=0) - dark.mean(axis=0)) > 0.5 and within < 1


def test_a_large_set_is_sampled_and_its_mistakes_are_looked_at_too(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SAMPLED", 10)
    drawn = set(drawn_at_random(_columns()).tolist())
    wrong = next(k for k in range(IMAGES) if k not in drawn)
    rows = survey(dataset, _columns(np.where(np.arange(IMAGES) == wrong, 0.9, 0.1)), []).to_pylist()
    assert [row["path"] for row in rows] == [f"{k:05}.png" for k in sorted({*drawn, wrong})]
    assert [row["path"] for row in rows if not row["sampled"]] == [f"{wrong:05}.png"]
    assert rows[0]["map_x"] is None  # too few for a map


def test_images_that_cannot_be_read_are_not_drawn(dataset: Dataset) -> None:
    columns = replace(_columns(), unreadable=texts_at({3: "truncated"}, IMAGES))
    assert 3 not in drawn_at_random(columns)


def test_a_file_that_is_gone_meanwhile_is_left_out(dataset: Dataset, tmp_path: Path) -> None:
    moved = replace(dataset, root=tmp_path)
    assert survey(moved, _columns(), []).num_rows == 0


def test_the_same_pixels_are_those_of_the_first(dataset: Dataset) -> None:
    digests = ["a", "b", None, "a", None, "a"]
    assert first_with_the_same_pixels(digests, 6).tolist() == [-1, -1, -1, 0, -1, 0]
    assert first_with_the_same_pixels([], 2).tolist() == [-1, -1]


def test_duplicates_name_their_first_and_look_alikes_of_one_group_are_none(tmp_path: Path) -> None:
    blocks = np.random.default_rng(3).integers(0, 255, (8, 8, 3), dtype=np.uint8)
    picture = Image.fromarray(blocks).resize((256, 256), Image.Resampling.BICUBIC)
    picture.save(tmp_path / "first.png")
    picture.save(tmp_path / "again.png")
    picture.resize((200, 200)).save(tmp_path / "smaller.png")
    picture.resize((190, 190)).save(tmp_path / "same-group.png")
    names = ["first.png", "again.png", "smaller.png", "same-group.png"]
    dataset = Dataset("made", tmp_path, tuple(Sample(name, "plain", name) for name in names))
    columns = made_columns(["plain"] * 4)
    columns = replace(
        columns,
        paths=type(columns.paths).from_pandas(names),
        groups=columns.groups.take(np.array([0, 1, 2, 0])),
    )
    rows = {row["path"]: row for row in survey(dataset, columns, ["x", "x", "y", "z"]).to_pylist()}
    assert rows["again.png"]["same_pixels"] == "first.png" and rows["again.png"]["looks_like"] is None
    assert rows["smaller.png"]["looks_like"] == "first.png"
    assert rows["same-group.png"]["looks_like"] is None
