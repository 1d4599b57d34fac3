"""The detectors that a user might pick instead: trim, hog, and canny's rules on scikit-image's edges."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from framejudge.datasets.errors import InputError
from framejudge.datasets.table.box import Box
from framejudge.detectors.canny import CannyDetector
from framejudge.detectors.canny.edges import canny
from framejudge.detectors.peers.canny_skimage import CannySkimageDetector, edges
from framejudge.detectors.peers.edge_density import EdgeDensityDetector, outer_density
from framejudge.detectors.peers.equal_lines import EqualLinesDetector
from framejudge.detectors.peers.hog import HogDetector
from framejudge.detectors.peers.hog.detector import DEFAULT_FILE, FEATURES, features, read_model, write_model
from framejudge.detectors.peers.hog.training import main as train_hog
from framejudge.detectors.peers.trim import TrimDetector
from framejudge.detectors.protocol import Image
from framejudge.detectors.registry import create, file_hashes, find

PEERS = ("trim", "canny-skimage", "hog")


def _photo(seed: int, height: int = 160, width: int = 200) -> Image:
    rng = np.random.default_rng(seed)
    blurred = cv2.GaussianBlur(rng.normal(0, 1, (height, width, 3)), (0, 0), 6)
    return np.clip(110 + 35 * blurred / blurred.std(), 0, 255).astype(np.uint8)


def _framed(seed: int, width: int = 12, colour: tuple[int, int, int] = (250, 30, 60)) -> Image:
    image = _photo(seed)
    framed = np.full_like(image, colour)
    framed[width:-width, width:-width] = image[width:-width, width:-width]
    return framed


@pytest.mark.parametrize("name", PEERS)
def test_each_peer_is_built_in_and_scores_a_frame_above_the_picture_without_it(name: str) -> None:
    detector = create(find(name))
    assert detector.predict(_framed(4)) > detector.predict(_photo(4))


@pytest.mark.parametrize(
    ("name", "file"),
    [("canny-skimage", "canny/parameters.json"), ("hog", "peers/hog/hog.json"), ("trim", "peers/trim.py")],
)
def test_a_run_records_what_a_name_stands_for(name: str, file: str) -> None:
    assert f"framejudge/detectors/{file}" in file_hashes(find(name))


@given(
    arrays.arrays(
        np.uint8, st.tuples(st.integers(1, 60), st.integers(1, 60), st.just(3)), elements=st.integers(0, 255)
    )
)
@example(np.pad(np.full((30, 40, 3), 120, np.uint8), ((6, 6), (6, 6), (0, 0))))  # a frame that it finds
@settings(max_examples=40, deadline=None)
def test_any_picture_gets_a_score_and_a_box_inside_it(image: Image) -> None:
    detector = TrimDetector()
    score = detector.predict(image)
    box = detector.locate(image)
    assert (box is not None) == (score >= detector.threshold)
    if box is not None:
        assert 0 <= box.left < box.right <= image.shape[1]
        assert 0 <= box.top < box.bottom <= image.shape[0]
    assert all(0 <= other.predict(image) <= 1 for other in (HogDetector(), CannySkimageDetector()))


# trim


@pytest.mark.parametrize("width", [2, 7, 30])
def test_trim_cuts_a_solid_border_exactly(width: int) -> None:
    image = _framed(1, width)
    assert TrimDetector().locate(image) == Box(width, width, 200 - width, 160 - width)


def test_trim_cuts_a_single_side() -> None:
    image = _photo(1)
    image[:, -15:] = (10, 250, 20)
    assert TrimDetector().locate(image) == Box(0, 0, 185, 160)


def test_trim_counts_the_page_outside_a_border_as_border_and_padding_alone_as_none() -> None:
    padded = cv2.copyMakeBorder(_framed(1), 9, 9, 15, 15, cv2.BORDER_CONSTANT, value=(255,) * 3)
    assert TrimDetector().locate(padded.astype(np.uint8)) == Box(27, 21, 203, 157)
    only_padded = cv2.copyMakeBorder(_photo(1), 9, 9, 15, 15, cv2.BORDER_CONSTANT, value=(255,) * 3)
    assert TrimDetector().locate(only_padded.astype(np.uint8)) is None


def test_trim_leaves_an_object_on_a_backdrop_alone() -> None:
    image = np.full((160, 200, 3), (200, 180, 90), np.uint8)
    cv2.circle(image, (100, 80), 60, (20, 20, 160), -1)
    assert TrimDetector().predict(image) < TrimDetector.threshold
    assert TrimDetector().predict(np.full((50, 50, 3), 90, np.uint8)) < TrimDetector.threshold


def test_a_border_rougher_than_the_tolerance_is_kept() -> None:
    image = _framed(1)
    noise = np.random.default_rng(0).integers(-40, 41, image.shape)
    rough = np.clip(image + noise * (image == (250, 30, 60)).all(axis=2, keepdims=True), 0, 255)
    assert TrimDetector(60).locate(rough.astype(np.uint8)) is not None
    assert TrimDetector(20).locate(rough.astype(np.uint8)) is None


# canny-skimage


def test_scikit_image_s_edges_lie_where_opencv_s_do() -> None:
    grey = np.full((80, 80), 60, np.uint8)
    grey[20:60, 20:60] = 200
    ours, theirs = canny(grey) > 0, edges(grey) > 0
    assert set(np.unique(edges(grey))) == {0, 255}
    near = cv2.dilate(ours.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    assert theirs.sum() > 100
    assert (near | ~theirs).all()


def test_the_rules_find_the_same_box_on_either_edges() -> None:
    assert CannySkimageDetector().locate(_framed(4)) == CannyDetector().locate(_framed(4))
    assert CannySkimageDetector().threshold == CannyDetector().threshold


# hog


def test_the_shipped_model_is_small_says_where_it_comes_from_and_survives_a_round_trip(
    tmp_path: Path,
) -> None:
    shipped = read_model(DEFAULT_FILE)
    assert shipped.provenance["train_images"] > shipped.provenance["validation_images"] > 0
    assert DEFAULT_FILE.stat().st_size < 2_000_000
    write_model(shipped, tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == DEFAULT_FILE.read_bytes()


def test_features_have_the_length_that_the_weights_expect() -> None:
    assert features(_photo(0)).shape == (FEATURES,)
    assert features(np.zeros((1, 1, 3), np.uint8)).shape == (FEATURES,)


def _write_set(folder: Path, seeds: range) -> Path:
    folder.mkdir()
    rows = []
    for seed in seeds:
        for label, image in (("plain", _photo(seed)), ("framed", _framed(seed))):
            cv2.imwrite(str(folder / f"{seed}-{label}.png"), image)
            rows.append((f"{seed}-{label}.png", label, seed))
    with (folder / "labels.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("path", "label", "group"), *rows])
    return folder


def test_a_model_fitted_on_one_set_judges_pictures_of_another(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train, validation = _write_set(tmp_path / "train", range(25)), _write_set(tmp_path / "val", range(50, 60))
    (train / "0-plain.png").write_bytes(b"damaged")
    train_hog([str(train), str(validation), str(tmp_path / "own.json")])
    assert "AUC on the validation set" in capsys.readouterr().out
    detector = HogDetector(tmp_path / "own.json")
    assert detector.predict(_framed(99)) >= detector.threshold > detector.predict(_photo(99))


def test_a_set_of_one_label_is_refused_in_one_line(tmp_path: Path) -> None:
    train = _write_set(tmp_path / "train", range(3))
    (train / "labels.csv").write_text("path,label\n0-plain.png,plain\n", encoding="utf-8")
    with pytest.raises(InputError, match="framed and plain"):
        train_hog([str(train), str(train), str(tmp_path / "own.json")])
    assert not (tmp_path / "own.json").exists()


def _shorten(document: dict[str, Any]) -> None:
    document["weights"].pop()


def _not_a_number(document: dict[str, Any]) -> None:
    document["intercept"] = float("nan")


def _other_schema(document: dict[str, Any]) -> None:
    document["schema"] = "framejudge/hog/0"


@pytest.mark.parametrize(
    ("damage", "what"),
    [(_shorten, "shape"), (_not_a_number, "NaN is no JSON"), (_other_schema, "framejudge/hog/0")],
)
def test_a_model_that_does_not_fit_is_refused(
    tmp_path: Path, damage: Callable[[dict[str, Any]], None], what: str
) -> None:
    document = json.loads(DEFAULT_FILE.read_text(encoding="utf-8"))
    damage(document)
    (tmp_path / "own.json").write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(InputError, match=what):
        HogDetector(tmp_path / "own.json")
    with pytest.raises(InputError, match="not a readable model"):
        HogDetector(tmp_path / "missing.json")


def test_naming_a_peer_imports_none_of_its_libraries() -> None:
    code = "import sys; from framejudge.detectors import registry; registry.find('hog'); print(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"skimage", "sklearn", "cv2"} & set(result.stdout.split())


def test_edges_near_the_side_are_what_edge_density_counts() -> None:
    image = np.full((100, 120, 3), 128, np.uint8)
    ours = EdgeDensityDetector()
    assert outer_density(image) == 0
    assert ours.predict(image) < ours.threshold
    inside = image.copy()
    inside[40:60, 40:80] = 0
    assert outer_density(inside) == 0
    image[:5] = image[-5:] = image[:, :5] = image[:, -5:] = (200, 20, 20)
    assert outer_density(image) > 0.04
    assert ours.predict(image) > ours.threshold
    assert outer_density(np.zeros((9, 200, 3), np.uint8)) == 0


@pytest.mark.parametrize("depth", [1, 3, 20])
def test_equal_lines_find_a_drawn_border(depth: int) -> None:
    image = np.random.default_rng(0).integers(0, 256, (100, 140, 3), dtype=np.uint8)
    ours = EqualLinesDetector()
    assert ours.predict(image) < ours.threshold
    assert ours.locate(image) is None
    image[:depth] = image[-depth:] = image[:, :depth] = image[:, -depth:] = (10, 120, 40)
    assert ours.predict(image) > ours.threshold
    assert ours.locate(image) == (depth, depth, 140 - depth, 100 - depth)


@pytest.mark.parametrize("level", [0, 250])
def test_one_colour_all_over_or_a_page_is_no_drawn_border(level: int) -> None:
    image = np.full((60, 60, 3), level, np.uint8)
    assert EqualLinesDetector().predict(image) < 0.5
    if level == 250:
        image[20:40, 20:40] = 0
        assert EqualLinesDetector().predict(image) == 0
