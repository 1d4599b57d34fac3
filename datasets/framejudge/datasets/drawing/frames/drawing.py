"""Draw a frame on a picture, with its truth."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.datasets.drawing.frames.colours import flat
from framejudge.datasets.drawing.frames.layout import Layout, random_layout
from framejudge.datasets.drawing.frames.registry import STYLES, Band, Scene, Style
from framejudge.datasets.drawing.frames.visible import (
    change_of_pixels,
    contrast_along_edges,
    looks_like_padding,
)
from framejudge.datasets.drawing.picture import Image, Picture
from framejudge.datasets.table.box import Box

ATTEMPTS = 8
"""How often a frame is drawn anew when nobody could see it."""

LEAST_WHITE_PX = 8
"""Between a pale band and a picture that is not white: on less the band could be the picture's own edge."""

SMALLEST_SIDE = 64
"""In pixels; on less a thin band has no pixel."""


@dataclass(frozen=True, slots=True)
class Framed:
    """A framed picture and which pixels the frame covers.

    ``mask`` has shape (H, W), bool.
    """

    picture: Picture
    mask: npt.NDArray[np.bool_]


def draw_frame(
    image: Image,
    rng: np.random.Generator,
    *,
    style: str | None = None,
    families: Collection[str] | None = None,
    texture: Callable[[], Image] | None = None,
) -> Picture | None:
    """Draw a frame on a picture.

    Parameters
    ----------
    image
        Shape (H, W, 3), uint8, RGB, no side under `SMALLEST_SIDE`; left as it is.
    style
        One of `STYLES`; by chance if None.
    families
        The families to choose from when no style is named; all of them if None.
    texture
        Gives a picture, (H, W, 3), to cut a photographic texture from; the image itself if None.

    Returns
    -------
    Picture or None
        The framed picture, of the same size, with its content box and the attributes ``style``, ``family``,
        ``sides``, ``which``, ``thickness``, ``thickness_fraction``, ``position``, ``inner`` and ``opacity``;
        None when no frame that can be seen was found.
    """
    framed = draw_frame_with_mask(image, rng, style=style, families=families, texture=texture)
    return framed.picture if framed else None


def draw_frame_with_mask(
    image: Image,
    rng: np.random.Generator,
    *,
    style: str | None = None,
    families: Collection[str] | None = None,
    texture: Callable[[], Image] | None = None,
) -> Framed | None:
    """Draw a frame as `draw_frame` does, and return its pixel mask too."""
    if min(image.shape[:2]) < SMALLEST_SIDE:
        raise ValueError(f"a picture of {image.shape[1]}x{image.shape[0]} is too small for a frame")
    chosen = STYLES[style] if style else _random_style(rng, families)
    for _ in range(ATTEMPTS):
        layout = random_layout(rng, image.shape[0], image.shape[1], chosen.limits)
        canvas = _place(image, layout, chosen, rng)
        scene = Scene(canvas, layout, layout.mask(), texture or (lambda: image))
        band = chosen.draw(scene, rng)
        result = _lay_over(canvas, band)
        if _can_be_seen(canvas, result, band, layout, chosen):
            picture = Picture(result, "framed", _attributes(layout, chosen), layout.content)
            return Framed(picture, band.alpha > 64)
    return None


def _random_style(rng: np.random.Generator, families: Collection[str] | None) -> Style:
    styles = [style for style in STYLES.values() if families is None or style.family in families]
    return styles[int(rng.integers(len(styles)))]


def _place(image: Image, layout: Layout, style: Style, rng: np.random.Generator) -> Image:
    """Return the canvas before the band is drawn: the picture as it is, or shrunk into the frame."""
    shrink = rng.random() < 0.45 if style.placement == "either" else style.placement == "into"
    if not shrink:
        return image
    content = layout.content
    canvas = flat(
        np.full(3, 255 if rng.random() < 0.67 else int(rng.integers(247, 256)), np.uint8), *image.shape[:2]
    )
    if style.on_white:
        canvas[:] = 255
        margin = round(min(content.width, content.height) * rng.uniform(0.02, 0.1))
        margin = 0 if _is_white_around(image) and rng.random() < 0.6 else max(LEAST_WHITE_PX, margin)
        content = Box(
            content.left + margin, content.top + margin, content.right - margin, content.bottom - margin
        )
    left, top, right, bottom = content
    canvas[top:bottom, left:right] = _covering(image, content.width, content.height)
    return canvas


def _is_white_around(image: Image) -> bool:
    """Return whether the picture's margin is white."""
    margin = np.concatenate((image[2], image[-3], image[:, 2], image[:, -3]))
    return bool((margin.min(axis=1) > 246).mean() > 0.97)


def _covering(image: Image, width: int, height: int) -> Image:
    """Return the image's middle, scaled to cover exactly this size."""
    rows, columns = image.shape[:2]
    scale = max(width / columns, height / rows)
    wide, tall = min(columns, round(width / scale)), min(rows, round(height / scale))
    left, top = (columns - wide) // 2, (rows - tall) // 2
    part = image[top : top + tall, left : left + wide]
    return np.asarray(cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _lay_over(canvas: Image, band: Band) -> Image:
    """Return the canvas with the band over it."""
    opacity = band.alpha.astype(np.float32) * np.float32(1 / 255)
    return np.asarray(cv2.blendLinear(band.fill, canvas, opacity, 1 - opacity), dtype=np.uint8)


def _can_be_seen(before: Image, after: Image, band: Band, layout: Layout, style: Style) -> bool:
    if not style.continuous:
        return change_of_pixels(before, after, band.alpha)
    if style.see_through and not change_of_pixels(before, after, layout.mask()):
        return False
    return contrast_along_edges(after, layout) and not looks_like_padding(after, layout)


def _attributes(layout: Layout, style: Style) -> dict[str, str]:
    fraction = layout.thickness_fraction
    return {
        "style": style.name,
        "family": style.family,
        "sides": str(len(layout.sides)),
        "which": "+".join(layout.sides),
        "thickness": thickness_class(fraction),
        "thickness_fraction": f"{fraction:.4f}",
        "thinnest_fraction": f"{layout.thinnest_fraction:.4f}",
        "position": "inset" if layout.inset else "edge",
        "inner": "rounded" if layout.radius else "square",
        "opacity": "translucent" if style.see_through else "opaque",
    }


def thickness_class(fraction: float) -> str:
    """Return the slice that a thickness, as a share of the image's side, belongs to."""
    if fraction <= 0.02:
        return "<=2%"
    if fraction <= 0.05:
        return "2-5%"
    return "5-10%" if fraction <= 0.10 else ">10%"
