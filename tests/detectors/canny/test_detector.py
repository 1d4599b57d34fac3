"""The `canny` detector as a whole: scores, content boxes, explanations, robustness."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from framejudge.datasets.table.box import Box
from framejudge.detectors.canny import CannyDetector
from framejudge.detectors.canny.detector import all_picture_features, measure
from framejudge.detectors.canny.edges import cut_strips
from framejudge.detectors.canny.line_features import LINE_FEATURES
from framejudge.detectors.canny.parameters import (
    ALL_PICTURE_FEATURES,
    DEFAULT_FILE,
    read_parameters,
    write_parameters,
)
from framejudge.detectors.protocol import Image
from framejudge.detectors.registry import create, file_hashes, find

DETECTOR = CannyDetector()


def _photo(seed: int, height: int = 240, width: int = 240) -> Image:
    rng = np.random.default_rng(seed)
    blurred = cv2.GaussianBlur(rng.normal(0, 1, (height, width, 3)), (0, 0), 6)
    return np.clip(110 + 35 * blurred / blurred.std(), 0, 255).astype(np.uint8)


def _framed(seed: int, width: int, colour: tuple[int, int, int]) -> Image:
    image = _photo(seed)
    framed = np.full_like(image, colour)
    framed[width:-width, width:-width] = image[width:-width, width:-width]
    return framed


def test_it_is_built_in_and_its_parameters_are_hashed() -> None:
    spec = find("canny")
    assert isinstance(create(spec), CannyDetector)
    assert "framejudge/detectors/canny/parameters.json" in file_hashes(spec)


@pytest.mark.parametrize("width", [5, 12, 30])
def test_a_drawn_frame_is_found_and_its_content_box_is_exact(width: int) -> None:
    image = _framed(4, width, (200, 30, 60))
    assert DETECTOR.predict(image) >= DETECTOR.threshold
    assert DETECTOR.locate(image) == Box(width, width, 240 - width, 240 - width)


def test_a_photograph_is_plain_and_has_no_content_box() -> None:
    image = _photo(4)
    assert DETECTOR.predict(image) < DETECTOR.threshold
    assert DETECTOR.locate(image) is None


def test_prepare_and_infer_compose_to_predict() -> None:
    image = _framed(2, 10, (20, 120, 40))
    assert DETECTOR.infer(DETECTOR.prepare(image)) == DETECTOR.predict(image)


def test_empty_page_outside_the_frame_belongs_to_the_frame_in_the_box() -> None:
    image = cv2.copyMakeBorder(
        _framed(4, 12, (200, 30, 60)), 9, 9, 15, 15, cv2.BORDER_CONSTANT, value=(255,) * 3
    )
    assert DETECTOR.locate(image.astype(np.uint8)) == Box(27, 21, 243, 237)


def test_a_large_picture_is_located_in_its_own_pixels() -> None:
    image = cv2.resize(_framed(4, 12, (200, 30, 60)), (960, 960), interpolation=cv2.INTER_NEAREST)
    box = DETECTOR.locate(image.astype(np.uint8))
    assert box is not None
    assert np.abs(np.array(box) - (48, 48, 912, 912)).max() <= 9


@given(
    seed=st.integers(0, 50),
    width=st.integers(6, 24),
    colour=st.sampled_from([(220, 20, 20), (10, 60, 10), (0, 0, 0), (230, 200, 20)]),
)
@settings(max_examples=25, deadline=None)
def test_a_contrasting_frame_raises_the_score_of_a_plain_picture(
    seed: int, width: int, colour: tuple[int, int, int]
) -> None:
    assert DETECTOR.predict(_framed(seed, width, colour)) > DETECTOR.predict(_photo(seed))


@given(seed=st.integers(0, 30), framed=st.booleans())
@settings(max_examples=15, deadline=None)
def test_a_mirrored_picture_is_judged_alike(seed: int, framed: bool) -> None:
    image = _framed(seed, 14, (200, 30, 60)) if framed else _photo(seed)
    score, mirrored = DETECTOR.predict(image), DETECTOR.predict(np.ascontiguousarray(image[:, ::-1]))
    assert (score >= DETECTOR.threshold) == (mirrored >= DETECTOR.threshold) == framed


@given(
    arrays.arrays(
        np.uint8, st.tuples(st.integers(1, 70), st.integers(1, 70), st.just(3)), elements=st.integers(0, 255)
    )
)
@example(_framed(3, 14, (200, 30, 60)))
@settings(max_examples=60, deadline=None)
def test_any_picture_gets_a_score_and_a_box_inside_it(image: Image) -> None:
    score = DETECTOR.predict(image)
    assert 0 <= score <= 1
    box = DETECTOR.locate(image)
    assert (box is not None) == (score >= DETECTOR.threshold)
    if box is not None:
        assert 0 <= box.left < box.right <= image.shape[1]
        assert 0 <= box.top < box.bottom <= image.shape[0]


@pytest.mark.parametrize("shape", [(1, 1), (8, 8), (2, 500), (500, 2), (2000, 3000)])
@pytest.mark.parametrize("level", [0, 128, 255])
def test_constant_pictures_of_any_size_are_plain(shape: tuple[int, int], level: int) -> None:
    assert DETECTOR.predict(np.full((*shape, 3), level, np.uint8)) < DETECTOR.threshold


def test_the_input_is_left_as_it_was() -> None:
    image = _framed(1, 8, (250, 10, 10))
    before = image.copy()
    image.flags.writeable = False
    DETECTOR.predict(image)
    DETECTOR.explain(image)
    assert (image == before).all()


def test_an_explanation_names_width_straightness_and_material() -> None:
    explanation = DETECTOR.explain(_framed(4, 12, (200, 30, 60)))
    assert explanation.text.startswith("framed")
    for side in ("left", "top", "right", "bottom"):
        assert f"{side} side: band of 12 px" in explanation.text
    assert "% straight, solid" in explanation.text
    bands = [(line.x0, line.y0, line.x1, line.y1) for line in explanation.lines if line.kind == "band"]
    assert bands == [(12, 0, 12, 240), (0, 12, 240, 12), (228, 0, 228, 240), (0, 228, 240, 228)]


def test_an_explanation_of_a_plain_picture_says_that_no_side_has_a_band() -> None:
    explanation = DETECTOR.explain(_photo(4))
    assert explanation.text.startswith("plain")
    assert "all sides: none" in explanation.text
    assert {line.kind for line in explanation.lines} <= {"candidate"}


def test_another_edge_detector_can_take_canny_s_place() -> None:
    blind = CannyDetector(edge_detector=np.zeros_like)
    image = _framed(4, 12, (110, 110, 110))
    assert blind.predict(image) < DETECTOR.predict(image)


def test_a_picture_is_judged_by_the_best_lines_of_its_two_likeliest_sides() -> None:
    measured = measure(cut_strips(_framed(4, 12, (200, 30, 60))))
    log_odds = np.full(measured.lines.depth.shape, -9, np.float32)
    log_odds[2, 3], log_odds[1, 0], log_odds[0, 1] = 4, 1, -2
    named = dict(zip(ALL_PICTURE_FEATURES, all_picture_features(measured, log_odds), strict=True))
    assert [named[f"side_{place}"] for place in (1, 2, 3, 4)] == [4, 1, -2, -9]
    coverage = measured.line_features[:, :, LINE_FEATURES.index("coverage")]
    assert (named["coverage_1"], named["coverage_2"]) == (coverage[2, 3], coverage[1, 0])


def test_parameters_of_one_s_own_are_read_from_a_file(tmp_path: Path) -> None:
    own = tmp_path / "own.json"
    write_parameters(dataclasses.replace(read_parameters(DEFAULT_FILE), threshold=0.01), own)
    assert CannyDetector(own).threshold == 0.01
