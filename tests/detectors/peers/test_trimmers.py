"""The comparison with image tools, on pictures whose right box everybody can find."""

from __future__ import annotations

import csv
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np
import pytest
from programs import required

from framejudge.datasets.table.box import Box


@pytest.fixture(scope="module")
def trimmers() -> ModuleType:
    """The script, which is no module of a package."""
    path = Path(__file__).parents[2] / "benchmarks" / "trimmers.py"
    spec = importlib.util.spec_from_file_location("trimmers", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["trimmers"] = module
    spec.loader.exec_module(module)
    return module


def _write_set(folder: Path) -> Path:
    """Write a picture with a black band, one with a band on the left, a plain one and one of one colour."""
    folder.mkdir()
    noise = np.random.default_rng(0).integers(90, 256, (80, 100, 3)).astype(np.uint8)
    banded, one_sided = np.zeros_like(noise), noise.copy()
    banded[10:-10, 12:-12] = noise[10:-10, 12:-12]
    one_sided[:, :16] = 0
    rows = [("path", "label", "group", "style", "left", "top", "right", "bottom")]
    for name, image, box in (
        ("banded", banded, (12, 10, 88, 70)),
        ("one_sided", one_sided, (16, 0, 100, 80)),
        ("plain", noise, None),
        ("white", np.full_like(noise, 255), None),
    ):
        cv2.imwrite(str(folder / f"{name}.png"), image)
        described = ("framed", name, "solid", *map(str, box)) if box else ("plain", name, "", "", "", "", "")
        rows.append((f"{name}.png", *described))
    with (folder / "labels.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return folder


@pytest.mark.parametrize(
    ("tool", "call"),
    [
        ("ImageMagick", lambda script, paths: script.imagemagick(paths, 10, 1)),
        ("ffmpeg", lambda script, paths: script.cropdetect(paths, 24, False)),
    ],
)
def test_a_rival_s_boxes_are_read_as_it_means_them(
    trimmers: ModuleType, tmp_path: Path, tool: str, call
) -> None:  # type: ignore[no-untyped-def]
    required(tool)
    pictures = trimmers.as_png(_write_set(tmp_path / "set"), tmp_path / "png")
    boxes = dict(zip((one.path for one in pictures.samples), call(trimmers, pictures.paths), strict=True))
    assert boxes["banded.png"] == Box(12, 10, 88, 70)
    assert boxes["one_sided.png"] == Box(16, 0, 100, 80)
    assert boxes["plain.png"] == Box(0, 0, 100, 80)
    assert boxes["white.png"] in (None, Box(0, 0, 100, 80))


def test_answers_are_right_within_two_pixels_and_changed_if_anything_is_cut(
    trimmers: ModuleType, tmp_path: Path
) -> None:
    pictures = trimmers.as_png(_write_set(tmp_path / "set"), tmp_path / "png")
    assert pictures.framed.tolist() == [True, True, False, False]
    given = trimmers.answers(
        "given", [Box(13, 12, 88, 70), Box(19, 0, 100, 80), None, Box(0, 1, 100, 80)], pictures
    )
    assert given.right.tolist() == [True, False, True, True]
    assert given.changed.tolist() == [True, True, False, True]
    assert "| given | 0.50" in trimmers.overall_table([given], pictures)


def test_only_a_detector_that_locates_takes_part(trimmers: ModuleType, tmp_path: Path) -> None:
    from framejudge.datasets.errors import InputError

    pictures = trimmers.as_png(_write_set(tmp_path / "set"), tmp_path / "png")
    assert trimmers.ours("trim", pictures).right[:2].all()
    with pytest.raises(InputError, match="hog does not say where the frame is"):
        trimmers.ours("hog", pictures)


def test_a_frame_left_is_wrong_however_thin(trimmers: ModuleType, tmp_path: Path) -> None:
    folder = _write_set(tmp_path / "set")
    labels = folder / "labels.csv"
    labels.write_text(
        labels.read_text(encoding="utf-8").replace("12,10,88,70", "1,1,99,79"), encoding="utf-8"
    )
    pictures = trimmers.as_png(folder, tmp_path / "png")
    assert not trimmers.answers("none", [None] * 4, pictures).right[0]
    assert trimmers.answers("cut", [Box(1, 1, 99, 79), None, None, None], pictures).right[0]


def test_what_stays_below_the_operating_threshold_is_left_alone(
    trimmers: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = trimmers.as_png(_write_set(tmp_path / "set"), tmp_path / "png")
    located = trimmers.ours("trim", pictures)
    assert trimmers.as_unframed("trim", located, pictures) is None  # it has no files to store one beside
    never = type("Point", (), {"threshold": 1.1})()
    monkeypatch.setattr(trimmers, "read_operating_point", lambda spec: never)
    left = trimmers.as_unframed("trim", located, pictures)
    assert not left.changed.any()
    assert left.right.tolist() == [False, False, True, True]
