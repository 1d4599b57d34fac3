"""What batches go through before they are trained on."""

from __future__ import annotations

import numpy as np
import pytest

from framejudge.detectors.network.train.augmentation import turn, vary_colours

SIZE = 64


def banded(side: int) -> tuple[np.ndarray, np.ndarray]:
    """A picture with a white band of 4 pixels at the left, top, right or bottom."""
    picture = np.zeros((1, SIZE, SIZE, 3), np.uint8)
    picture[0][(np.s_[:, :4], np.s_[:4], np.s_[:, -4:], np.s_[-4:])[side]] = 255
    sides = np.zeros((1, 4), np.float32)
    sides[0, side] = 4 / SIZE
    return picture, sides


@pytest.mark.parametrize("side", range(4))
@pytest.mark.parametrize("seed", range(12))
def test_the_truth_turns_with_the_picture(side: int, seed: int) -> None:
    picture, sides = turn(*banded(side), np.random.default_rng(seed))
    now = int(np.argmax(sides[0]))
    assert np.array_equal(picture, banded(now)[0])


def test_colours_vary_but_the_given_batch_does_not() -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (200, 4, 4, 3), dtype=np.uint8)
    before = pictures.copy()
    varied = vary_colours(pictures, np.random.default_rng(1))
    assert np.array_equal(pictures, before)
    assert np.array_equal(np.sort(varied, axis=-1), np.sort(pictures, axis=-1))
    changed = np.any(varied != pictures, axis=(1, 2, 3)).mean()
    assert 0.05 < changed < 0.95
