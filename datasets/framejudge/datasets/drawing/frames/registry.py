"""The frame styles by name: each one small function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from framejudge.datasets.drawing.frames.layout import Layout, Limits, Mask
from framejudge.datasets.drawing.picture import Image

Placement = Literal["either", "over", "into"]


@dataclass(frozen=True, slots=True)
class Scene:
    """What a style draws on.

    Attributes
    ----------
    image
        The canvas with the picture in place, (H, W, 3) uint8; not to be written to.
    layout
        Where the band lies.
    mask
        The same as pixels, (H, W) uint8.
    texture
        Gives a picture to cut a texture from.
    """

    image: Image
    layout: Layout
    mask: Mask
    texture: Callable[[], Image]


@dataclass(frozen=True, slots=True)
class Band:
    """What a style drew: colours for the whole canvas and how opaque they lie over it.

    ``alpha`` has shape (H, W), uint8; 255 hides the picture.
    """

    fill: Image
    alpha: Mask


Draw = Callable[[Scene, np.random.Generator], Band]


@dataclass(frozen=True, slots=True)
class Style:
    """A way to draw a frame.

    Attributes
    ----------
    name
        What labels.csv calls it.
    family
        Styles that look alike share one; families, not styles, are held out.
    draw
        Draws it.
    held_out
        Whether its family is kept out of training and tuning.
    limits
        The layouts it can be drawn on.
    placement
        Whether the band lies over the picture's margin, or the picture is shrunk into the frame.
    continuous
        Whether the inner edge is straight and without a break: contrast can be measured along it.
    on_white
        Whether the picture inside is surrounded by white, as a pale band needs it.
    see_through
        Whether the picture shines through the band.
    """

    name: str
    family: str
    draw: Draw
    held_out: bool = False
    limits: Limits = field(default_factory=Limits)
    placement: Placement = "either"
    continuous: bool = True
    on_white: bool = False
    see_through: bool = False


STYLES: dict[str, Style] = {}


def style(
    family: str,
    *,
    held_out: bool = False,
    limits: Limits | None = None,
    placement: Placement = "either",
    continuous: bool = True,
    on_white: bool = False,
    see_through: bool = False,
) -> Callable[[Draw], Draw]:
    """Register the decorated function under its own name."""

    def register(draw: Draw) -> Draw:
        name = draw.__name__
        STYLES[name] = Style(
            name, family, draw, held_out, limits or Limits(), placement, continuous, on_white, see_through
        )
        return draw

    return register
