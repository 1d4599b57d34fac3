"""The features of a whole picture, on pictures drawn for them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from framejudge.detectors.canny import picture_features as picture
from framejudge.detectors.canny.edges import cut_strips
from framejudge.detectors.canny.evidence import Evidence, gather_evidence
from framejudge.detectors.canny.lines import find_lines, measure_profiles
from framejudge.detectors.canny.picture_features import PICTURE_FEATURE_COUNTS, PICTURE_FEATURES, RING_BOUNDS
from framejudge.detectors.protocol import Image

SIZE = 240
RINGS = len(RING_BOUNDS) - 1


def _photo(seed: int = 3, size: int = SIZE) -> Image:
    rng = np.random.default_rng(seed)
    blurred = cv2.GaussianBlur(rng.normal(0, 1, (size, size, 3)), (0, 0), 5)
    return np.clip(110 + 30 * blurred / blurred.std(), 0, 190).astype(np.uint8)


def _evidence(image: Image) -> Evidence:
    strips = cut_strips(image)
    profiles = measure_profiles(strips)
    return gather_evidence(strips, profiles, find_lines(profiles))


def _framed(band: Image, width: int = 12) -> Image:
    image = band.copy()
    image[width:-width, width:-width] = _photo()[width:-width, width:-width]
    return image


@pytest.mark.parametrize(
    "image",
    [
        _photo(),
        np.zeros((1, 1, 3), np.uint8),
        np.full((300, 40, 3), 255, np.uint8),
        np.random.default_rng(0).integers(0, 256, (47, 300, 3)).astype(np.uint8),
    ],
    ids=["photo", "one pixel", "white", "noise"],
)
def test_every_rule_gives_as_many_finite_numbers_as_it_promises(image: Image) -> None:
    evidence = _evidence(image)
    for function, count in PICTURE_FEATURE_COUNTS.items():
        features = function(evidence)
        assert features.shape == (count,), function.__name__
        assert np.isfinite(features).all(), function.__name__
    assert len(picture.measure_picture(evidence)) == len(PICTURE_FEATURES)


def test_rings_see_what_lies_in_them() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (SIZE, SIZE, 1)).astype(np.uint8).repeat(3, axis=2)
    edges = picture.ring_edges(_evidence(_framed(noise)))
    least, most = edges[:RINGS], edges[2 * RINGS :]
    assert least[0] > 0.3  # 4 % of the strip's depth: within the band
    assert most[-1] < least[0]
    colourful = picture.ring_chroma(_evidence(_framed(np.full((SIZE, SIZE, 3), (200, 20, 20), np.uint8))))
    assert colourful[0] > 60
    flat = picture.ring_variation(_evidence(_framed(np.full((SIZE, SIZE, 3), 230, np.uint8))))
    assert flat[0] < 1 < flat[RINGS - 1]


def test_a_mirrored_ornament_is_told_from_a_photograph() -> None:
    coarse = np.random.default_rng(5).integers(0, 256, (SIZE // 12, SIZE // 12, 3)).astype(np.uint8)
    quarter = coarse.repeat(6, axis=0).repeat(6, axis=1)
    half = np.concatenate([quarter, quarter[:, ::-1]], axis=1)
    ornament = _evidence(_framed(np.concatenate([half, half[::-1]])))
    assert picture.mirror_likeness(ornament).min() > 0.5
    assert picture.corner_likeness(ornament).min() > 0.5
    plain = _evidence(_photo())
    assert picture.mirror_likeness(plain).max() < 0.6
    assert picture.corner_likeness(plain).min() < 0.3


def test_ornaments_in_the_corners_alone_leave_the_middles_of_the_sides_without_edges() -> None:
    image = np.full((SIZE, SIZE, 3), 120, np.uint8)
    noise = np.random.default_rng(0).integers(0, 256, (SIZE, SIZE, 3)).astype(np.uint8)
    for rows in (slice(0, 30), slice(-30, None)):
        for columns in (slice(0, 30), slice(-30, None)):
            image[rows, columns] = noise[rows, columns]
    corners, middles = np.split(picture.corner_edges(_evidence(image)), 2)
    assert corners.min() > 0.2
    assert middles.max() == 0


def test_tiles_go_on_through_the_middle_and_a_frame_does_not() -> None:
    tiles = np.full((SIZE, SIZE, 3), 180, np.uint8)
    tiles[::24], tiles[1::24] = 60, 60
    tiled, framed = (
        picture.inner_lines(_evidence(one)) for one in (tiles, _framed(np.full_like(tiles, 230)))
    )
    assert tiled[0] > 0.9
    assert framed[:5].max() < 0.5


def test_page_shape_and_brightness_are_measured() -> None:
    padded = cv2.copyMakeBorder(_photo(), 0, 0, 30, 10, cv2.BORDER_CONSTANT, value=(255,) * 3)
    assert picture.page_margins(_evidence(padded.astype(np.uint8))) == pytest.approx(np.log1p([0, 0, 10, 30]))
    assert picture.shape(_evidence(padded.astype(np.uint8)))[0] == pytest.approx(np.log(SIZE / (SIZE + 40)))
    image = np.full((SIZE, SIZE, 3), 100, np.uint8)
    image[:, :20] = 200
    darkest, lightest, spread = picture.side_brightness(_evidence(image))
    assert (darkest, lightest) == (pytest.approx(100), pytest.approx(200))
    assert spread == pytest.approx(np.std([200, 108, 100, 108]), abs=1)
