"""Palettes near the sides, and the picture features that they give."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from framejudge.detectors.canny import picture_features as picture
from framejudge.detectors.canny.edges import cut_strips
from framejudge.detectors.canny.evidence import Evidence, gather_evidence
from framejudge.detectors.canny.lines import find_lines, measure_profiles
from framejudge.detectors.canny.palette import COLOURS, PALETTE_BOUNDS, likeness, measure_palettes
from framejudge.detectors.protocol import Image

SIZE = 240
RINGS = len(PALETTE_BOUNDS) - 1
PAIRS = 6


def _photo() -> Image:
    blurred = cv2.GaussianBlur(np.random.default_rng(3).normal(0, 1, (SIZE, SIZE, 3)), (0, 0), 25)
    return np.asarray(np.clip(120 + 45 * blurred / blurred.std(), 0, 220), np.uint8)


def _with_band(width: int = 16) -> Image:
    image = np.full((SIZE, SIZE, 3), (200, 20, 20), np.uint8)
    image[width:-width, width:-width] = _photo()[width:-width, width:-width]
    return image


def _with_leaves(places: int = 220) -> Image:
    """Scatter green leaves near all four sides: an ornament without any straight line."""
    image, rng = _photo(), np.random.default_rng(0)
    for along, depth, side in zip(
        rng.integers(0, SIZE, places), rng.integers(0, 8, places), rng.integers(0, 4, places), strict=True
    ):
        x, y = ((depth, along), (along, depth), (SIZE - depth, along), (along, SIZE - depth))[side]
        cv2.ellipse(image, (int(x), int(y)), (7, 4), float(rng.uniform(0, 180)), 0, 360, (20, 130, 40), -1)
    return image


def _evidence(image: Image) -> Evidence:
    strips = cut_strips(image)
    profiles = measure_profiles(strips)
    return gather_evidence(strips, profiles, find_lines(profiles))


@pytest.mark.parametrize("shape", [(1, 1), (48, 48), (300, 40), (47, 300), (900, 700)])
def test_every_ring_of_every_side_is_shared_out_wholly(shape: tuple[int, int]) -> None:
    image = np.random.default_rng(1).integers(0, 256, (*shape, 3)).astype(np.uint8)
    palettes = measure_palettes(cut_strips(image))
    assert palettes.shares.shape == (RINGS, 4, COLOURS)
    assert palettes.shares.sum(axis=2) == pytest.approx(1)
    assert palettes.corners.shape == palettes.sides.shape == (4, 3)


def test_a_colour_is_counted_where_it_is() -> None:
    image = np.full((SIZE, SIZE, 3), 128, np.uint8)
    image[:, :40] = (0, 0, 255)
    shares = measure_palettes(cut_strips(image)).shares
    blue, grey = int(shares[0, 0].argmax()), int(shares[0, 2].argmax())
    assert blue != grey
    assert shares[:3, 0, blue] == pytest.approx(1)  # 40 columns are deeper than the third ring
    assert shares[:, 2, grey] == pytest.approx(1)
    assert 0.1 < shares[0, 1, blue] < 0.25  # the top's first 40 of 240
    assert likeness(shares[0, 0], shares[0, 2]) == pytest.approx(0)
    assert likeness(shares[0, 2], shares[0, 2]) == pytest.approx(1)


@pytest.mark.parametrize("framed", [_with_band(), _with_leaves()], ids=["band", "leaves"])
def test_a_frame_repeats_its_colours_on_its_sides_and_they_end_inside(framed: Image) -> None:
    plain, drawn = _evidence(_photo()), _evidence(framed)
    assert picture.palette_likeness(drawn)[0] > picture.palette_likeness(plain)[0] + 0.3
    outermost = slice(0, 4)
    assert picture.palette_inside(drawn)[outermost].max() < picture.palette_inside(plain)[outermost].max()
    assert picture.palette_inside(drawn)[outermost].max() < 0.5


def test_a_solid_band_has_one_colour_and_no_entropy() -> None:
    common, entropy = picture.palette_variety(_evidence(_with_band()))[3:7:3]
    assert common == pytest.approx(1)
    assert entropy == pytest.approx(0, abs=1e-3)
    assert picture.palette_variety(_evidence(_photo()))[6] > 1


def test_corners_and_sides_differ_where_one_side_alone_has_a_strip() -> None:
    assert picture.corner_colours(_evidence(_with_band())) == pytest.approx(np.zeros(PAIRS))
    strip = np.full((SIZE, SIZE, 3), 100, np.uint8)
    strip[:, :20] = 200
    corners, sides = picture.corner_colours(_evidence(strip)), picture.side_colours(_evidence(strip))
    assert corners == pytest.approx([0, 0, *[np.log1p(100)] * 4])  # two corners are in the strip
    assert sides[:3].max() < sides[3:].min()
    assert sides[3:] == pytest.approx([np.log1p(100)] * 3, abs=0.15)  # it covers a part of its neighbours
