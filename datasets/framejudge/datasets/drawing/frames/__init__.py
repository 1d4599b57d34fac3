"""Frames as people draw them around product pictures: a registry of styles, and one function that draws."""

from framejudge.datasets.drawing.frames import (
    captioned,
    composed,
    even,
    lines,
    ornament,
    patterns,
    scattered,
    textured,
)
from framejudge.datasets.drawing.frames.drawing import (
    SMALLEST_SIDE,
    Framed,
    draw_frame,
    draw_frame_with_mask,
    thickness_class,
)
from framejudge.datasets.drawing.frames.registry import STYLES, Style

FAMILIES: dict[str, bool] = {style.family: style.held_out for style in STYLES.values()}
"""Every family, and whether it is kept out of training and tuning."""

__all__ = [
    "FAMILIES", "SMALLEST_SIDE", "STYLES", "Framed", "Style", "captioned", "composed", "draw_frame",
    "draw_frame_with_mask", "even", "lines", "ornament", "patterns", "scattered", "textured",
    "thickness_class",
]  # fmt: skip
