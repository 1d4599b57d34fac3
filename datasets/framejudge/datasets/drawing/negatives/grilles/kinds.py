"""Bars as a picture: from side to side, or as a thing before a background."""

from __future__ import annotations

import numpy as np

from framejudge.datasets.drawing.negatives.grilles.filling import filled_with_bars, piano
from framejudge.datasets.drawing.negatives.grilles.things import (
    bench,
    fence,
    ladder,
    radiator,
    rails,
    towel_rail,
    vent,
)
from framejudge.datasets.drawing.negatives.props import Props
from framejudge.datasets.drawing.negatives.registry import negative
from framejudge.datasets.drawing.negatives.staging import Pose, revealing_backdrop, stage
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products.scenes import photographed, thumbnail_size


@negative("grilles")
def slats(rng: np.random.Generator, props: Props, size: int) -> Image:
    """Bars side by side: they fill the picture from side to side, or are a thing before a background."""
    height, width = thumbnail_size(rng, size)
    pick = rng.random()
    if pick < 0.45:
        return photographed(rng, filled_with_bars(rng, props, height, width))
    if pick < 0.51:
        return photographed(rng, piano(rng, height, width))
    thing = (radiator, towel_rail, fence, vent, ladder, bench, rails)[int(rng.integers(7))]
    pose = Pose(least_margin=0.03, most_margin=0.16, straight_share=0.6, shadow=True, cut_share=0.2)
    return stage(rng, [thing(rng, size)], size, pose, revealing_backdrop)
