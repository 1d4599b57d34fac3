"""Which colours belong to a frame's band and which to what it surrounds, from a guess of its depths."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from framejudge.detectors.protocol import Image

Floats = npt.NDArray[np.float32]
Codes = npt.NDArray[np.uint16]

LEVELS = 12
"""Levels of each channel that are kept apart."""

FLOOR = 2e-4
"""Share that a colour has at least: one that was hardly seen says hardly anything."""

BARE_FRACTION = 0.008
"""A side guessed no deeper than this has no band to take colours from."""

OUTER_FRACTION = 0.75
INNER_FRACTION, INNER_MARGIN = 1.2, 0.03
"""The band lies outside the first share of the guessed depth, the content inside the second and a margin."""


def colour_codes(image: Image) -> Codes:
    """Return each pixel's colour as one number below ``LEVELS ** 3``; shape (H, W)."""
    levels = (image.astype(np.uint16) * LEVELS) >> 8
    return np.asarray((levels[..., 0] * LEVELS + levels[..., 1]) * LEVELS + levels[..., 2], np.uint16)


def palette_odds(codes: Codes, guess: Sequence[float]) -> Floats:
    """Return the log-odds of every colour to be the frame's, from all four sides together.

    Parameters
    ----------
    guess
        The frame's depth at the left, top, right and bottom, as shares of the width or height.
    """
    height, width = codes.shape
    depths = [max(0.0, depth) * length for depth, length in zip(guess, (width, height) * 2, strict=True)]
    outer = [
        max(1, round(OUTER_FRACTION * depth)) if share > BARE_FRACTION else 0
        for depth, share in zip(depths, guess, strict=True)
    ]
    inner = [
        round(INNER_FRACTION * depth + INNER_MARGIN * length)
        for depth, length in zip(depths, (width, height) * 2, strict=True)
    ]
    band = np.ones(codes.shape, bool)
    band[_inside(outer, width, height)] = False
    if not band.any():
        return np.zeros(LEVELS**3, np.float32)
    return log_odds(codes[band], codes[_inside(inner, width, height)][::2, ::2])


def log_odds(one: Codes, other: Codes) -> Floats:
    """Return, for every colour, how much more usual it is among the pixels of one than of the other."""
    return np.asarray(np.log((_shares(one) + FLOOR) / (_shares(other) + FLOOR)), np.float32)


def _inside(depths: Sequence[int], width: int, height: int) -> tuple[slice, slice]:
    """Return the rows and columns within these depths: one at least."""
    left, top = min(depths[0], width - 1), min(depths[1], height - 1)
    return slice(top, max(top + 1, height - depths[3])), slice(left, max(left + 1, width - depths[2]))


def _shares(codes: Codes) -> Floats:
    """Return the share of the pixels that have each colour, or one beside it."""
    counts = np.bincount(codes.ravel(), minlength=LEVELS**3).astype(np.float32)
    cube = counts.reshape(LEVELS, LEVELS, LEVELS)
    for axis in range(3):
        along = np.moveaxis(cube, axis, 0)
        padded = np.concatenate([along[:1], along, along[-1:]])
        cube = np.moveaxis((padded[:-2] + 2 * along + padded[2:]) / 4, 0, axis)
    return np.asarray(cube.ravel() / max(1.0, float(cube.sum())), np.float32)
