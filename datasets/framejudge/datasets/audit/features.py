"""What a quick model sees of a picture: oriented gradients, and how like a band each side is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from framejudge.datasets.drawing.picture import Image

SIDE_PX = 96
"""Pictures are brought to a square of this side."""

BORDER_PX = 20
"""So many lines at each side are looked at one by one: a fifth of the picture."""

OUTERMOST_PX = 4
EVEN = 0.02
"""A spread of brightness, of 1, that JPEG alone gives an even line."""

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
    """Return how like a band each of the four sides is.

    Parameters
    ----------
    square
        Shape (S, S, 3), uint8.

    Returns
    -------
    Shape (2 * 4 * 11,): the figures of `_band_figures` for each side, and then each figure's four values
    sorted, so that a linear model can ask for the side that is least like a band.
    """
    colours = square.astype(np.float32) / 255
    bands = np.stack([np.rot90(colours, turns)[: BORDER_PX + 1] for turns in range(4)])
    figures = _band_figures(bands)
    return np.concatenate([figures.ravel(), np.sort(figures, axis=0).ravel()]).astype(np.float32)


def _band_figures(bands: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """Return figures, shape (4, 11), of each side's lines, shape (4, BORDER_PX + 1, S, 3), outermost first.

    A band is even along its lines and ends in a step that goes one way along the whole line.
    """
    sides = np.arange(len(bands))
    spread = bands[:, :-1].std(axis=2).mean(axis=2)
    steps = np.diff(bands.mean(axis=3), axis=1)
    one_way = np.abs(steps.mean(axis=2))
    fifth = steps.shape[2] // 5
    along_most_of_the_line = np.partition(np.abs(steps), fifth, axis=2)[:, :, fifth]
    usual = np.median(np.abs(steps).mean(axis=2), axis=1)
    worst_spread_so_far = np.maximum.accumulate(spread, axis=1)
    end = one_way.argmax(axis=1)
    return np.column_stack(
        [
            one_way[sides, end],
            np.sort(one_way, axis=1)[:, -2],
            along_most_of_the_line.max(axis=1),
            (one_way * (1 - worst_spread_so_far)).max(axis=1),
            np.log(one_way / (spread + EVEN) + EVEN).max(axis=1),
            one_way[sides, end] / (usual + EVEN),
            spread.min(axis=1),
            spread[:, :OUTERMOST_PX].mean(axis=1),
            spread[sides, end],
            worst_spread_so_far[sides, end],
            end / BORDER_PX,
        ]
    )
