"""Edges in the outermost pixels: what a public script does that calls a thumbnail framed.

Described as: run Canny, and call the picture framed where the outer 15 pixels hold many edges. Re-implemented
from that description; the threshold is ours.
"""

from __future__ import annotations

from math import exp

import cv2
import numpy as np

from framejudge.detectors.protocol import Image

DEPTH_PX = 15
LOW, HIGH = 100, 200
"""Canny's thresholds as most scripts have them."""

DENSITY = 0.0225
"""Share of the outer pixels that are edges: the most accurate on validation data."""

SOFTNESS = 0.01
"""Of density: what changes the odds by a factor of e."""


class EdgeDensityDetector:
    """Calls a picture framed if enough of its outer pixels are edges; it cannot say where the frame is.

    Parameters
    ----------
    density
        In [0, 1].
    """

    threshold = 0.5

    def __init__(self, density: float = DENSITY) -> None:
        self.density = density

    def prepare(self, image: Image) -> float:
        """Return the share of edge pixels in the outer 15 pixels of a (H, W, 3) uint8 RGB picture."""
        return outer_density(image)

    def infer(self, prepared: float) -> float:
        """Return how clearly the density exceeds what is needed, in [0, 1]."""
        return 1 / (1 + exp(-(prepared - self.density) / SOFTNESS))

    def predict(self, image: Image) -> float:
        """Return the score of a picture, in [0, 1]."""
        return self.infer(self.prepare(image))


def outer_density(image: Image) -> float:
    """Return the share of edge pixels among the outer `DEPTH_PX` pixels of a picture, in [0, 1]."""
    edges = cv2.Canny(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), LOW, HIGH)
    height, width = edges.shape
    inside = edges[DEPTH_PX : height - DEPTH_PX, DEPTH_PX : width - DEPTH_PX]
    outer_pixels = height * width - inside.size
    return float((np.count_nonzero(edges) - np.count_nonzero(inside)) / outer_pixels)
