"""Strips, page margins, depth profiles and candidate lines of the `canny` detector."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framejudge.detectors.canny.edges import (
    CHROMA_ROWS,
    DEPTH_FRACTION,
    MAX_SIDE_PX,
    MIN_SIDE_PX,
    STRIP_ROWS,
    Margins,
    cut_strips,
    page_margins,
)
from framejudge.detectors.canny.lines import find_lines, measure_profiles
from framejudge.detectors.protocol import Image


def _noise(height: int, width: int, *, sigma: float = 4.0, seed: int = 1) -> Image:
    rng = np.random.default_rng(seed)
    blurred = cv2.GaussianBlur(rng.normal(0, 1, (height, width, 3)), (0, 0), sigma)
    return np.clip(120 + 40 * blurred / blurred.std(), 0, 255).astype(np.uint8)


def test_strips_lie_over_each_other_whichever_side_they_come_from() -> None:
    image = np.zeros((200, 200, 3), np.uint8)
    image[:, :7], image[:9], image[:, -11:], image[-13:] = 50, 100, 150, 200
    grey = cut_strips(image).grey
    middle = grey[:, :, STRIP_ROWS // 2]
    assert [int((row > 0).sum()) for row in middle] == [7, 9, 11, 13]
    assert middle[:, 0].tolist() == [50, 100, 150, 200]


@pytest.mark.parametrize("shape", [(1, 1), (2, 500), (8, 8), (500, 2), (47, 49), (320, 240), (1500, 900)])
def test_every_size_gives_strips_of_bounded_size(shape: tuple[int, int]) -> None:
    strips = cut_strips(_noise(*shape))
    assert strips.grey.shape == strips.edges.shape
    assert strips.grey.shape == (4, strips.depth, STRIP_ROWS)
    assert strips.chroma.shape == (2, 4, strips.depth, CHROMA_ROWS)
    assert int(DEPTH_FRACTION * MIN_SIDE_PX) <= strips.depth <= DEPTH_FRACTION * MAX_SIDE_PX
    assert set(np.unique(strips.edges)) <= {0, 255}


def _margins(grey: npt.NDArray[np.uint8]) -> Margins:
    return page_margins(np.repeat(grey[:, :, None], 3, axis=2), grey)


def test_page_margins_are_found_on_each_side_and_not_in_a_picture_without_page() -> None:
    grey = np.full((100, 120), 252, np.uint8)
    grey[5:90, 20:117] = 90
    assert _margins(grey) == Margins(20, 5, 3, 10)
    assert _margins(np.full((100, 120), 90, np.uint8)) == Margins()
    assert _margins(np.full((100, 120), 255, np.uint8)) == Margins()


def test_a_pale_band_is_not_taken_for_page() -> None:
    grey = np.full((100, 100), 255, np.uint8)
    grey[10:90, 10:90] = 242
    grey[20:80, 20:80] = 100
    assert _margins(grey) == Margins(10, 10, 10, 10)


def test_a_light_colour_is_no_page() -> None:
    image = np.full((100, 100, 3), (255, 245, 225), np.uint8)
    image[20:80, 20:80] = 100
    assert page_margins(image, cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)) == Margins()


@given(
    width=st.integers(2, 40),
    level=st.integers(0, 80),
    side=st.integers(0, 3),
    seed=st.integers(0, 1000),
)
@settings(max_examples=40, deadline=None)
def test_the_edge_of_a_drawn_band_is_the_strongest_line_of_its_side(
    width: int, level: int, side: int, seed: int
) -> None:
    image = np.clip(_noise(220, 220, seed=seed).astype(int) + 60, 130, 255).astype(np.uint8)
    turned = np.rot90(image, -side).copy()
    turned[:, :width] = level
    image = np.rot90(turned, side).copy()
    found = find_lines(measure_profiles(cut_strips(image)))
    assert abs(int(found.depth[_side_after_turning(side), 0]) - width) <= 1


def _side_after_turning(quarter_turns: int) -> int:
    """Return which side the left one becomes: left, bottom, right, top."""
    return (0, 3, 2, 1)[quarter_turns]


def test_coverage_counts_the_rows_with_an_edge_and_the_step_measures_grey_levels() -> None:
    image = np.full((200, 200, 3), 200, np.uint8)
    image[:100, :20] = 40
    profiles = measure_profiles(cut_strips(image))
    assert profiles.coverage[0, 19].mean() == pytest.approx(0.5, abs=0.03)
    assert profiles.step[0, 19, :5] == pytest.approx(160, abs=1)
    assert profiles.signed_step[0, 19, :5] == pytest.approx(160, abs=1)
    assert profiles.step[0, 19, 7:] == pytest.approx(0, abs=1)


def test_a_step_in_colour_alone_is_measured_and_makes_a_line() -> None:
    image = np.full((200, 200, 3), 128, np.uint8)
    image[:, :20] = (228, 77, 128)  # as bright as the grey beside it
    profiles = measure_profiles(cut_strips(image))
    assert profiles.chroma[0, 10] > 60
    assert profiles.chroma[0, 30] == 0
    assert profiles.chroma_step[0, 19] == pytest.approx(profiles.chroma[0, 10])
    assert profiles.chroma_reach[0, 18:21].tolist() == [0, 1, 0]
    assert find_lines(profiles).depth[0, 0] == 20


def test_no_boundary_reaches_from_one_side_s_strip_into_the_next() -> None:
    image = np.zeros((200, 200, 3), np.uint8)
    image[:40] = 250
    profiles = measure_profiles(cut_strips(image))
    assert profiles.step.shape[1] == profiles.mean.shape[1] - 1
    assert profiles.step[3].max() == 0


def test_an_outer_partner_is_the_line_before_a_line() -> None:
    image = _noise(200, 200)
    image[:, 12:24] = (250, 20, 20)
    lines = find_lines(measure_profiles(cut_strips(image)))
    partner_of = dict(zip(lines.depth[0].tolist(), lines.outer[0].tolist(), strict=True))
    assert partner_of[24] == 12
    assert partner_of[12] == 0
