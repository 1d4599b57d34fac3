"""Numbers about a picture, of pictures whose numbers are plain."""

from __future__ import annotations

import numpy as np
import pytest

from framejudge.bench.figures.image_properties import BAND, GRID, TILES, descriptor, light_and_colour


def _picture(colour: tuple[int, int, int], side: int = GRID) -> np.ndarray:
    return np.full((side, side, 3), colour, dtype=np.uint8)


def test_black_white_and_colours() -> None:
    assert light_and_colour(_picture((0, 0, 0))) == (0, 0, 0)
    assert light_and_colour(_picture((255, 255, 255))) == pytest.approx((1, 0, 0), abs=1e-6)
    assert light_and_colour(_picture((255, 0, 0))) == pytest.approx((0.299, 0, 1), abs=1e-6)


def test_half_black_half_white_has_the_most_contrast() -> None:
    image = _picture((0, 0, 0))
    image[: GRID // 2] = 255
    assert light_and_colour(image) == pytest.approx((0.5, 0.5, 0), abs=1e-6)


def test_pictures_with_the_same_frame_lie_closer_than_those_without() -> None:
    random = np.random.default_rng(1)

    def photo(framed: bool) -> np.ndarray:
        image = random.integers(90, 160, (GRID, GRID, 3), dtype=np.uint8)
        if framed:
            image[:6] = image[-6:] = image[:, :6] = image[:, -6:] = 0
        return image

    framed, plain = ([descriptor(photo(kind)) for _ in range(4)] for kind in (True, False))
    own = max(np.linalg.norm(a - b) for group in (framed, plain) for a in group for b in group)
    assert min(np.linalg.norm(a - b) for a in framed for b in plain) > own
    assert framed[0].shape == (3 * TILES**2 + 4 * BAND,)


def test_each_side_is_described_from_the_outside_in() -> None:
    image = _picture((0, 0, 0))
    image[:, GRID - 3 :] = 255  # a band of three columns at the right
    sides = descriptor(image)[3 * TILES**2 :].reshape(4, BAND)
    assert np.flatnonzero(sides.max(axis=1)).tolist() == [3]
    assert np.flatnonzero(sides[3]).tolist() == [2]
