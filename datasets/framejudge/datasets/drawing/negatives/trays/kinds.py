"""A thing with a rim, from above, on what it lies on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from framejudge.datasets.drawing.negatives.props import Props
from framejudge.datasets.drawing.negatives.registry import negative
from framejudge.datasets.drawing.negatives.staging import Pose, revealing_backdrop, stage
from framejudge.datasets.drawing.negatives.trays.containers import basket, drawer, pet_bed, suitcase
from framejudge.datasets.drawing.negatives.trays.game_board import game_board
from framejudge.datasets.drawing.negatives.trays.kitchen import baking_tin, serving_tray, sink
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products.canvas import Sprite, quarter_turned


@negative("fittings")
def tray(rng: np.random.Generator, props: Props, size: int) -> Image:
    """A tray, sink, baking tin, drawer, suitcase, basket, pet bed or game board, from above."""
    draw = _RIMMED[int(rng.integers(len(_RIMMED)))]
    thing = quarter_turned(draw(rng, size), int(rng.integers(0, 4)))
    # Shadow and surroundings tell these from a framed picture; a board is turned as well.
    straight = 0.0 if draw is game_board else 0.2 if draw is drawer else 0.5
    pose = Pose(least_margin=0.035, most_margin=0.18, straight_share=straight, cut_share=0.15, shadow=True)
    return stage(rng, [thing], size, pose, revealing_backdrop)


_RIMMED: tuple[Callable[[np.random.Generator, int], Sprite], ...] = (
    serving_tray,
    serving_tray,
    sink,
    sink,
    baking_tin,
    drawer,
    suitcase,
    basket,
    pet_bed,
    game_board,
)
