"""Bands that fill a shape of their own as other styles fill theirs: layers, swinging and melting edges."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from framejudge.datasets.drawing.frames.colours import clipped, flat, random_colour
from framejudge.datasets.drawing.frames.even import gradient, solid
from framejudge.datasets.drawing.frames.layout import Limits
from framejudge.datasets.drawing.frames.patterns import dots, noise, stripes
from framejudge.datasets.drawing.frames.registry import Band, Draw, Scene, style
from framejudge.datasets.drawing.frames.textured import grown_texture, photo_texture
from framejudge.datasets.drawing.picture import Image

_PATTERNS: tuple[Draw, ...] = (solid, solid, solid, gradient, gradient, stripes, dots, noise)
_FILLS: tuple[Draw, ...] = (*_PATTERNS, photo_texture, grown_texture)
"""What fills a composed band; one colour more often. No style of a held-out family is among them.

A photographic texture needs a straight edge: without one nobody could tell it from the picture.
"""

_HALF_AROUND = ((1, 0.45), (2, 0.25), (4, 0.3))


@style("layers", limits=Limits(thinnest=0.035, inset=0.12))
def layers(scene: Scene, rng: np.random.Generator) -> Band:
    """Two bands without a space, the one inside the other: a mount in its frame, a lining, a rim."""
    outer, inner = _fill(_FILLS, scene, rng), _fill(_FILLS, scene, rng)
    if rng.random() < 0.3:
        inner = flat(np.full(3, int(rng.integers(225, 256)), np.uint8), *scene.mask.shape)
    is_inner = scene.layout.depth() > rng.uniform(0.3, 0.7)
    return Band(np.where(is_inner[..., None], inner, outer), scene.mask)


@style(
    "swinging_edge",
    limits=Limits(thinnest=0.05, rounded=0.0, inset=0.05, sides=_HALF_AROUND),
    continuous=False,
)
def swoosh(scene: Scene, rng: np.random.Generator) -> Band:
    """A band whose inner edge swings once or twice from end to end: an arc, a wave, a slope."""
    layout = scene.layout
    curve = _CURVES[int(rng.integers(len(_CURVES)))]
    least = rng.uniform(0.08, 0.55)
    height, width = scene.mask.shape
    columns, rows = curve(np.linspace(0, 1, width), rng), curve(np.linspace(0, 1, height), rng)
    swing = np.where(layout.nearest_side() % 2 == 1, columns[None, :], rows[:, None]).astype(np.float32)
    reach = np.float32(least) + np.float32(1 - least) * swing
    depth = layout.depth()
    fill = _fill(_PATTERNS, scene, rng)
    if rng.random() < 0.45:
        fill = np.where((depth > reach * rng.uniform(0.55, 0.9))[..., None], random_colour(rng), fill)
    alpha = layout.within(reach)
    alpha[depth > 1] = 0
    return Band(fill, alpha)


@style("melting_edge", limits=Limits(thinnest=0.05, inset=0.0, rounded=0.5), continuous=False)
def soft_edge(scene: Scene, rng: np.random.Generator) -> Band:
    """A band that hides the picture at its outer edge and melts into it towards the inside."""
    solid_share = rng.uniform(0.15, 0.7)
    fading = np.clip((1 - scene.layout.depth()) / np.float32(1 - solid_share), 0, 1)
    if rng.random() < 0.5:
        fading = fading * fading * (3 - 2 * fading)
    return Band(_fill(_PATTERNS, scene, rng), np.minimum(scene.mask, clipped(fading * 255)))


def _fill(fills: Sequence[Draw], scene: Scene, rng: np.random.Generator) -> Image:
    """Return the whole canvas as one of the styles fills it."""
    return fills[int(rng.integers(len(fills)))](scene, rng).fill


Curve = Callable[[npt.NDArray[np.float64], np.random.Generator], npt.NDArray[np.float64]]
"""Of the way along a side, 0 to 1, how far the band reaches inwards there, 0 to 1."""


def _wave(way: npt.NDArray[np.float64], rng: np.random.Generator) -> npt.NDArray[np.float64]:
    return 0.5 + 0.5 * np.sin(2 * np.pi * (way * rng.uniform(0.5, 2.0) + rng.random()))


def _slope(way: npt.NDArray[np.float64], rng: np.random.Generator) -> npt.NDArray[np.float64]:
    return way if rng.random() < 0.5 else 1 - way


_CURVES: tuple[Curve, ...] = (
    lambda way, rng: np.sin(np.pi * way),
    lambda way, rng: 1 - np.sin(np.pi * way),
    _wave,
    _slope,
)
