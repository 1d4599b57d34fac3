"""Pictures as they are trained on: a batch turned, and its colours varied."""

from __future__ import annotations

import numpy as np

from framejudge.detectors.network.train.stream import Floats, Pictures

TURNED_SHARES = (0.5, 0.5, 0.1)
"""Shares of pictures flipped left-right, flipped top-bottom, and transposed.

The last is rare: few products are ever shown lying on their side.
"""


def turn(pictures: Pictures, sides: Floats, rng: np.random.Generator) -> tuple[Pictures, Floats]:
    """Return a batch flipped left-right, top-bottom and transposed at random, its sides turned along.

    ``pictures`` (n, size, size, 3), ``sides`` (n, 4) as left, top, right, bottom. A frame stays a frame
    however it is turned: the published training flipped both ways; transposing is ours.
    """
    pictures, sides = pictures.copy(), sides.copy()
    flip_lr, flip_ud, transpose = rng.random((3, len(pictures))) < np.array(TURNED_SHARES)[:, None]
    pictures[flip_lr] = pictures[flip_lr, :, ::-1]
    sides[flip_lr] = sides[flip_lr][:, [2, 1, 0, 3]]
    pictures[flip_ud] = pictures[flip_ud, ::-1]
    sides[flip_ud] = sides[flip_ud][:, [0, 3, 2, 1]]
    pictures[transpose] = pictures[transpose].transpose(0, 2, 1, 3)
    sides[transpose] = sides[transpose][:, [1, 0, 3, 2]]
    return pictures, sides


def vary_colours(pictures: Pictures, rng: np.random.Generator) -> Pictures:
    """Return a batch in which half of the pictures have their channels in another order, the same for all.

    One order in six is the old one. A frame may have any colour: what the network learns must not
    hang on the palette of the drawn ones. White stays white: it is the colour of padding.
    """
    pictures = pictures.copy()
    swapped = rng.random(len(pictures)) < 0.5
    pictures[swapped] = pictures[swapped][..., rng.permutation(3)]
    return pictures
