"""Each feature is what its name says, on pictures drawn for it."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from framejudge.detectors.canny import line_features as lines
from framejudge.detectors.canny.edges import Floats, cut_strips
from framejudge.detectors.canny.evidence import NO_MATCH, Evidence, gather_evidence
from framejudge.detectors.canny.lines import LINES_PER_SIDE, find_lines, measure_profiles
from framejudge.detectors.protocol import Image

SIZE = 240
WIDTH = 16


def _photo(seed: int = 3) -> Image:
    rng = np.random.default_rng(seed)
    blurred = cv2.GaussianBlur(rng.normal(0, 1, (SIZE, SIZE, 3)), (0, 0), 5)
    return np.clip(110 + 30 * blurred / blurred.std(), 0, 190).astype(np.uint8)


def _with_left_band(band: Image | int, width: int = WIDTH) -> Image:
    image = _photo()
    image[:, :width] = band
    return image


def _evidence(image: Image) -> Evidence:
    strips = cut_strips(image)
    profiles = measure_profiles(strips)
    return gather_evidence(strips, profiles, find_lines(profiles))


def _at(feature: Callable[[Evidence], Floats], image: Image, depth: int = WIDTH, side: int = 0) -> float:
    """Return a feature of the line nearest to a depth."""
    evidence = _evidence(image)
    near = int(np.abs(evidence.lines.depth[side] - depth).argmin())
    assert abs(int(evidence.lines.depth[side, near]) - depth) <= 1
    return float(feature(evidence)[side, near])


def test_coverage_is_full_for_a_drawn_line_and_half_for_half_a_line() -> None:
    assert _at(lines.coverage, _with_left_band(220)) > 0.97
    half = np.full_like(_photo(), 100)
    half[: SIZE // 2, :WIDTH] = 200
    assert _at(lines.coverage, half) == pytest.approx(0.5, abs=0.03)


def test_an_edge_that_stops_before_the_ends_has_no_coverage_there() -> None:
    image = _photo()
    image[40:200, :WIDTH] = 230
    assert _at(lines.ends, image) < 0.2
    assert _at(lines.ends, _with_left_band(220)) > 0.9
    assert _at(lines.end_likeness, image) > _at(lines.end_likeness, _with_left_band(220)) + 1


def test_a_tilted_edge_is_less_straight_than_a_drawn_one() -> None:
    tilted = _photo()
    cv2.fillPoly(tilted, [np.array([[0, 0], [WIDTH - 2, 0], [WIDTH + 3, SIZE], [0, SIZE]])], (230, 230, 230))
    evidence = _evidence(tilted)
    assert float(lines.straightness(evidence)[0, 0]) < 0.75
    assert _at(lines.straightness, _with_left_band(220)) > 0.9


def test_contrast_grows_with_the_step_and_reaches_as_far_as_the_band() -> None:
    assert _at(lines.contrast, _with_left_band(230)) > _at(lines.contrast, _with_left_band(190)) + 0.3
    half = np.full_like(_photo(), 100)
    half[: SIZE // 2, :WIDTH] = 200
    assert _at(lines.contrast_reach, half) == pytest.approx(0.5, abs=0.03)
    assert _at(lines.weakest_contrast, half) == pytest.approx(0, abs=0.01)


def test_a_blurred_edge_is_less_abrupt() -> None:
    sharp = _with_left_band(220)
    blurred = cv2.GaussianBlur(sharp, (0, 0), 2).astype(np.uint8)
    assert _at(lines.abruptness, sharp) > _at(lines.abruptness, blurred) + 0.5


def test_a_band_brighter_throughout_keeps_one_direction_and_a_chequered_one_does_not() -> None:
    chequered = np.where(np.arange(SIZE) // 10 % 2 == 0, 10, 230).astype(np.uint8)[:, None, None]
    assert _at(lines.direction_agreement, _with_left_band(225)) > 0.95
    grey = _with_left_band(chequered)
    grey[:, WIDTH:] = 120
    assert _at(lines.direction_agreement, grey) < 0.2


def test_a_drawn_texture_knows_nothing_of_the_picture_beside_it() -> None:
    other = _photo(seed=8)[:, :WIDTH]
    shaded = _photo().astype(int)
    shaded[:, :WIDTH] += 60
    independent = _at(lines.seam_independence, _with_left_band(other))
    dependent = _at(lines.seam_independence, shaded.clip(0, 255).astype(np.uint8))
    assert independent > 0.5
    assert dependent < 0.2


def test_depth_width_and_margin_measure_where_the_band_is() -> None:
    image = _photo()
    image[:, 10:26] = 250
    depth = _evidence(image).strips.depth
    assert _at(lines.depth, image, 26) == pytest.approx(26 / depth)
    assert _at(lines.band_width, image, 26) == pytest.approx(np.log(16))
    assert _at(lines.margin, image, 26) == pytest.approx(10 / depth)
    assert _at(lines.margin, image, 10) == 0


def test_page_outside_the_band_is_told_apart_from_the_band() -> None:
    image = np.full((SIZE, SIZE, 3), 255, np.uint8)
    image[20:-20, 20:-20] = 60
    image[36:-36, 36:-36] = _photo()[36:-36, 36:-36]
    assert _at(lines.page_margin, image) == pytest.approx(np.log1p(20))
    assert _at(lines.page_band, image) < 0.01
    assert _at(lines.page_band, _with_left_band(220)) < 0.1


def test_variation_along_and_across_the_band() -> None:
    ramp = np.linspace(60, 200, WIDTH).astype(np.uint8)[None, :, None]
    noise = np.random.default_rng(0).integers(0, 256, (SIZE, WIDTH, 1)).astype(np.uint8)
    assert _at(lines.band_across, _with_left_band(ramp)) > 3
    assert _at(lines.band_along, _with_left_band(ramp)) < 0.1
    assert _at(lines.band_along, _with_left_band(noise)) > 4
    assert _at(lines.calm_outside, _with_left_band(220)) > 1
    assert _at(lines.inside_along, _with_left_band(220)) > 2.5


def test_edges_in_the_band_and_inside() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (SIZE, WIDTH, 1)).astype(np.uint8)
    assert _at(lines.band_edges, _with_left_band(noise)) > 0.3
    assert _at(lines.inside_edges, _with_left_band(220)) < _at(lines.band_edges, _with_left_band(noise))


def test_brightness_of_band_and_surroundings() -> None:
    image = _photo()
    image[:, :8] = 20
    image[:, 8:24] = 240
    assert _at(lines.brightness, image, 24) == pytest.approx(240)
    assert _at(lines.outside_brightness, image, 24) == pytest.approx(20)
    assert _at(lines.brightness_jump, image, 24) > 4


def test_a_pattern_is_periodic_and_noise_is_not() -> None:
    rng = np.random.default_rng(2)
    stripes = np.where(np.arange(SIZE) // 6 % 2 == 0, 20, 240).astype(np.uint8)[:, None, None]
    noise = rng.integers(0, 256, (SIZE, 1, 1)).astype(np.uint8)
    assert _at(lines.periodicity, _with_left_band(stripes)) > 0.7
    assert _at(lines.periodicity, _with_left_band(noise)) < 0.4


def test_evenness_rises_with_a_shaded_band() -> None:
    shaded = np.linspace(150, 255, SIZE).astype(np.uint8)[:, None, None]
    assert _at(lines.evenness, _with_left_band(shaded)) > 2
    assert _at(lines.evenness, _with_left_band(220)) < 0.1


def test_partners_on_the_other_sides() -> None:
    image = _photo()
    framed = np.full_like(image, 220)
    framed[WIDTH:-WIDTH, WIDTH:-WIDTH] = image[WIDTH:-WIDTH, WIDTH:-WIDTH]
    assert _at(lines.opposite_match, framed) == pytest.approx(0, abs=0.01)
    assert _at(lines.adjacent_match, framed) == pytest.approx(0, abs=0.01)
    flat = np.full_like(image, 90)
    flat[:, :WIDTH] = 220
    assert _at(lines.opposite_match, flat) == NO_MATCH
    assert _at(lines.adjacent_match, flat) > 2


def test_rivals_on_the_same_side() -> None:
    image = _photo()
    image[:, :40] = 220
    image[:, 10:24] = 170
    strengths = [_at(lines.strength, image, depth) for depth in (10, 24, 40)]
    assert _at(lines.inner_rival, image, 10) == pytest.approx(max(strengths[1:]))
    assert _at(lines.inner_rival, image, 40) < min(strengths)


def test_every_feature_is_finite_for_every_line_of_any_picture() -> None:
    rng = np.random.default_rng(1)
    pictures = [
        np.zeros((1, 1, 3), np.uint8),
        np.full((300, 300, 3), 255, np.uint8),
        rng.integers(0, 256, (40, 300, 3)).astype(np.uint8),
        _with_left_band(255),
    ]
    for picture in pictures:
        features = lines.measure_lines(_evidence(picture))
        assert features.shape == (4, LINES_PER_SIDE, len(lines.LINE_FEATURES))
        assert np.isfinite(features).all()
