"""What a quick model sees of a picture: oriented gradients, and how even each line near a side is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from framejudge.datasets.picture import Image

SIDE_PX = 96
"""Pictures are brought to a square of this side."""

BORDER_PX = 20
"""So many lines at each side are looked at one by one: a fifth of the picture."""

CELL_PX = 16
ORIENTATIONS = 8


def quick_features(image: Image) -> npt.NDArray[np.float32]:
    """Return the features of a picture, shape (n,): HOG of the whole, then border features of the four sides.

    References
    ----------
    Dalal, Triggs: Histograms of oriented gradients for human detection, CVPR 2005.
    """
    from skimage.feature import hog

    small = cv2.resize(image, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    gradients = hog(
        grey, orientations=ORIENTATIONS, pixels_per_cell=(CELL_PX, CELL_PX), cells_per_block=(1, 1)
    )
    return np.concatenate([gradients, border_features(small)]).astype(np.float32)


def border_features(square: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Return for each of the four sides and each line near it how even and how different from the next it is.

    Parameters
    ----------
    square
        Shape (S, S, 3), uint8.

    Returns
    -------
    Shape (4 * 3 * BORDER_PX,): per line the spread of its colours, the step to the next line inwards, and the
    part of the line along which this step has one sign; all in [0, 1].
    """
    colours = square.astype(np.float32) / 255
    sides = [np.rot90(colours, turns)[: BORDER_PX + 1] for turns in range(4)]
    return np.concatenate([_lines(side) for side in sides]).astype(np.float32)


def _lines(band: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """Return the three figures of each line of a band, shape (BORDER_PX + 1, S, 3), except the last."""
    spread = band[:-1].std(axis=1).mean(axis=1)
    steps = np.diff(band.mean(axis=2), axis=0)
    size = np.abs(steps).mean(axis=1)
    one_way = np.abs(np.sign(steps).mean(axis=1))
    return np.concatenate([spread, size, one_way])
