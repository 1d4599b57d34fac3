"""Hard negatives: plain pictures whose own straight edges look like a frame."""

from __future__ import annotations

import numpy as np

from framejudge.datasets.drawing.materials import Materials
from framejudge.datasets.drawing.negatives import (  # noqa: F401  (each registers its kinds)
    appliances,
    cutouts,
    devices,
    fabrics,
    fittings,
    furnishings,
    grilles,
    layouts,
    openings,
    packaging,
    paper,
    photographs,
    scenery,
    trays,
)
from framejudge.datasets.drawing.negatives.props import Props
from framejudge.datasets.drawing.negatives.registry import HELD_OUT_FAMILIES, KINDS, NegativeKind
from framejudge.datasets.drawing.picture import Picture
from framejudge.datasets.errors import InputError

__all__ = ["HELD_OUT_FAMILIES", "KINDS", "NegativeKind", "draw_negative"]

NO_MATERIALS = Materials()
"""Enough for the kinds that need nothing."""


def draw_negative(
    kind: str, rng: np.random.Generator, materials: Materials = NO_MATERIALS, size: int = 256
) -> Picture:
    """Draw a hard negative.

    Parameters
    ----------
    kind
        A name in `KINDS`.
    rng
        Everything is drawn from it: the same state and materials give the same picture.
    materials
        Photos and cut-outs to draw with; most kinds need none.
    size
        Length of the longest side, pixels.

    Returns
    -------
    Picture
        Labelled plain, with the attributes ``style`` (the kind), ``family``, ``hard`` and, where a photo is
        in it, ``group`` and ``source``; letter-boxed stills have ``letterbox`` as well.

    Raises
    ------
    InputError
        When there is no such kind, or the materials lack what it needs.
    """
    chosen = KINDS.get(kind)
    if chosen is None:
        raise InputError(f"unknown kind of hard negative {kind!r}", fix=f"use one of {', '.join(KINDS)}")
    if chosen.needs != "nothing" and not getattr(materials, chosen.needs):
        raise InputError(f"{kind} needs {chosen.needs}", fix=f"give materials that hold {chosen.needs}")
    props = Props(materials)
    image = chosen.draw(rng, props, size)
    attributes = {"style": kind, "family": chosen.family, "hard": "yes"}
    if props.source is not None:
        attributes |= {"group": props.source.group, "source": props.source.pool}
    if chosen.family == "letterbox":
        attributes["letterbox"] = "yes"
    return Picture(image, "plain", attributes)
