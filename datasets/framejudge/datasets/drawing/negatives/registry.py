"""The kinds of hard negatives by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from framejudge.datasets.drawing.negatives.props import Props
from framejudge.datasets.drawing.picture import Image

Needs = Literal["nothing", "photos", "cutouts"]

Draw = Callable[[np.random.Generator, Props, int], Image]
"""Draws one: a generator, the props, the longest side in pixels."""


@dataclass(frozen=True, slots=True)
class NegativeKind:
    """A way to look framed without being so.

    Attributes
    ----------
    name
        What labels.csv calls it.
    family
        Kinds that look alike share one; families, not kinds, are held out.
    held_out
        Whether the family is kept out of training and tuning.
    needs
        What it cannot be drawn without.
    draw
        Draws it.
    """

    name: str
    family: str
    held_out: bool
    needs: Needs
    draw: Draw


KINDS: dict[str, NegativeKind] = {}
"""Every kind by its name, in the order of registration."""

HELD_OUT_FAMILIES = frozenset({"openings", "layouts"})
"""Windows, mirrors and doors; infographics and screenshots: never seen in training or tuning."""


def negative(family: str, *, needs: Needs = "nothing") -> Callable[[Draw], Draw]:
    """Register the decorated function under its own name."""

    def register(draw: Draw) -> Draw:
        name = draw.__name__
        KINDS[name] = NegativeKind(name, family, family in HELD_OUT_FAMILIES, needs, draw)
        return draw

    return register
