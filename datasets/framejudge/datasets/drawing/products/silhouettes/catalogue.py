"""The products that can be drawn, and how often each is."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from framejudge.datasets.drawing.products.canvas import Sprite
from framejudge.datasets.drawing.products.silhouettes.clothes import bag, person, shirt, shoe, trousers
from framejudge.datasets.drawing.products.silhouettes.household import (
    appliance,
    cord,
    furniture,
    plant,
    ring,
    tool,
    toy,
)
from framejudge.datasets.drawing.products.silhouettes.shapes import ball, blob, crystal, scrap
from framejudge.datasets.drawing.products.silhouettes.vessels import bottle, can, cup

SILHOUETTES: dict[str, tuple[Callable[[np.random.Generator, int], Sprite], float]] = {
    "blob": (blob, 1.5),
    "crystal": (crystal, 0.7),
    "ball": (ball, 1),
    "bottle": (bottle, 2),
    "can": (can, 1),
    "shirt": (shirt, 2.5),
    "trousers": (trousers, 1),
    "shoe": (shoe, 1.2),
    "bag": (bag, 1.2),
    "furniture": (furniture, 1.5),
    "tool": (tool, 1.2),
    "ring": (ring, 0.8),
    "cup": (cup, 1),
    "appliance": (appliance, 1.5),
    "toy": (toy, 0.8),
    "plant": (plant, 0.6),
    "cord": (cord, 0.6),
    "person": (person, 1),
    "scrap": (scrap, 1),
}
"""What is for sale, and how often."""


_NAMES = tuple(SILHOUETTES)


_WEIGHTS = np.cumsum([weight for _, weight in SILHOUETTES.values()]) / sum(w for _, w in SILHOUETTES.values())


def draw_sprite(rng: np.random.Generator, side: int) -> Sprite:
    """Return some product without its surroundings, cropped to its outline."""
    name = _NAMES[int(np.searchsorted(_WEIGHTS, rng.random()))]
    sprite = SILHOUETTES[name][0](rng, max(side, 24))
    left, top, width, height = cv2.boundingRect(cv2.extractChannel(sprite, 3))
    return sprite[top : top + max(height, 2), left : left + max(width, 2)]
