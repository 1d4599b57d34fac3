"""Cloth by the metre, or a garment from near."""

from __future__ import annotations

import numpy as np

from framejudge.datasets.drawing.negatives.fabrics.cloth import drape, make_cloth, make_folds, weave_light
from framejudge.datasets.drawing.negatives.fabrics.lines import crossing_line
from framejudge.datasets.drawing.negatives.fabrics.sewing import (
    draw_selvedge,
    pieced,
    sew_label,
    with_buttons,
    with_pocket,
    with_seam,
    with_zip,
)
from framejudge.datasets.drawing.negatives.props import Props
from framejudge.datasets.drawing.negatives.registry import negative
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products.canvas import lit
from framejudge.datasets.drawing.products.scenes import photographed, thumbnail_size
from framejudge.datasets.drawing.products.surfaces import ramp


@negative("fabrics")
def fabric(rng: np.random.Generator, props: Props, size: int) -> Image:
    """Cloth by the metre, or a garment from near, in folds; what crosses it runs aslant."""
    height, width = thumbnail_size(rng, size)
    folds = make_folds(rng, height, width)
    maps = drape(rng, folds, size)
    image = make_cloth(rng, props, maps, size)
    pick = rng.random()
    if pick < 0.2:
        image = pieced(rng, props, image, maps, size)
    elif pick < 0.3:
        draw_selvedge(rng, image, size)
    light = 1 + folds * np.float32(rng.uniform(0.04, 0.2))
    light += ramp(height, width, rng.uniform(0, 7)) * np.float32(rng.uniform(0, 0.2))
    image = lit(image, light * weave_light(rng, maps, size))
    pick = rng.random()
    if pick < 0.14:
        image = with_seam(rng, image, crossing_line(rng, height, width), size)
    elif pick < 0.26:
        image = with_buttons(rng, image, size)
    elif pick < 0.35:
        image = with_zip(rng, image, size)
    elif pick < 0.43:
        image = with_pocket(rng, image, size)
    elif pick < 0.5:
        sew_label(rng, image, size)
    return photographed(rng, image)
