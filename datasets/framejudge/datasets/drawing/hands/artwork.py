"""Frame artwork of other people: as it is, or composed of border strips, corners and ornaments."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.datasets.drawing.assets import Asset, Assets
from framejudge.datasets.drawing.frames.colours import flat, random_colour
from framejudge.datasets.drawing.hands.hand import Composed, changed, covering, depth_px, resized
from framejudge.datasets.drawing.hands.layering import lay_over, pasted_again, worn
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.table.box import Box

Artwork = npt.NDArray[np.uint8]
"""Shape (H, W, 4), uint8: RGB and opacity."""

_LEAST_HOLE = 0.3
"""Share of the picture that a frame's transparent middle covers at least."""
_STRAIGHT = 0.985
"""A hole that fills so much of its bounding box has straight sides: its box is exact."""


@dataclass(frozen=True, slots=True)
class ArtworkHand:
    """Frames made of the artwork of a library."""

    assets: Assets

    def frame(self, ground: Image, rng: np.random.Generator) -> Composed | None:
        """Return the picture with a piece of artwork around it; None where it does not show."""
        piece = self.assets.random("frames", rng, evenly=True)
        artwork = self.assets.pixels(piece)
        role = _role(artwork)
        if role == "frame":
            return _as_it_is(ground, artwork, piece, rng)
        if role == "divider":
            return _along_sides(ground, artwork, piece, rng)
        if role == "mask":
            return _through_a_mask(ground, artwork, piece, rng)
        return _in_corners(ground, artwork, piece, rng)

    def leave_plain(self, ground: Image, rng: np.random.Generator) -> Composed:
        """Return the picture with a seam and no frame, or as it is."""
        if rng.random() < 0.5:
            return Composed(pasted_again(ground, rng), "seam without a frame")
        return Composed(worn(ground, rng), "as it is")


def _role(artwork: Artwork) -> str:
    """Return what a piece is good for: frame, divider, mask, or ornament."""
    opacity = artwork[..., 3]
    height, width = opacity.shape
    if max(height, width) > 2.2 * min(height, width):
        return "divider"
    hole = _hole(opacity)
    if hole is not None:
        return "frame"
    colours = artwork[opacity > 127][:, :3]
    if len(colours) and colours.mean() < 6 and opacity[height // 2, width // 2] > 127:
        return "mask"
    return "ornament"


def _hole(opacity: npt.NDArray[np.uint8]) -> tuple[Box, float] | None:
    """Return the box of the transparent middle and how much of it is transparent; None without one."""
    empty = (opacity < 40).astype(np.uint8)
    height, width = empty.shape
    if not empty[height // 2, width // 2]:
        return None
    # A thin line that is drawn over the middle must not let the outside in.
    _, areas, facts, _ = cv2.connectedComponentsWithStats(empty, connectivity=4)
    left, top, wide, tall, area = (int(each) for each in facts[areas[height // 2, width // 2]])
    if area < _LEAST_HOLE * height * width:
        return None
    return Box(left, top, left + wide, top + tall), area / (wide * tall)


def _as_it_is(ground: Image, artwork: Artwork, piece: Asset, rng: np.random.Generator) -> Composed | None:
    """Return a frame laid over the picture, stretched to its shape, turned and mirrored."""
    height, width = ground.shape[:2]
    if (artwork.shape[0] > artwork.shape[1]) != (height > width) and rng.random() < 0.7:
        artwork = np.ascontiguousarray(np.rot90(artwork, int(rng.choice((1, 3)))))
    if rng.random() < 0.5:
        artwork = np.ascontiguousarray(artwork[:, ::-1])
    if rng.random() < 0.3:
        artwork = np.ascontiguousarray(artwork[::-1])
    laid = resized(artwork, width, height)
    fill, opacity = laid[..., :3], laid[..., 3]
    if _is_one_ink(artwork):
        fill = flat(random_colour(rng), height, width)
        if rng.random() < 0.35:  # on paper of its own, as a printed border is
            fill, opacity = _on_paper(fill, opacity, rng)
    found = _hole(opacity)
    if found is None:
        return None
    box, straight = found
    inside = box != Box(0, 0, width, height)
    made = lay_over(ground, fill, opacity, rng)
    if not changed(ground, made, opacity):
        return None
    exact = straight >= _STRAIGHT and inside
    return Composed(made, _kind(piece), piece.source, box if exact else None)


def _on_paper(
    fill: Image, opacity: npt.NDArray[np.uint8], rng: np.random.Generator
) -> tuple[Image, npt.NDArray[np.uint8]]:
    """Return the ink on a band of paper that reaches from the edge to its hole."""
    height, width = opacity.shape
    found = _hole(opacity)
    box = found[0] if found else Box(width // 8, height // 8, width - width // 8, height - height // 8)
    if box.area > 0.97 * width * height:
        box = Box(width // 9, height // 9, width - width // 9, height - height // 9)
    paper = flat(random_colour(rng), height, width)
    share = opacity.astype(np.float32)[..., None] / 255
    fill = (fill * share + paper * (1 - share)).astype(np.uint8)
    covered = np.full((height, width), 255, np.uint8)
    covered[box.top : box.bottom, box.left : box.right] = opacity[box.top : box.bottom, box.left : box.right]
    return fill, covered


def _along_sides(ground: Image, artwork: Artwork, piece: Asset, rng: np.random.Generator) -> Composed | None:
    """Return the picture with a divider repeated along one, two or four sides, on a band or without one."""
    height, width = ground.shape[:2]
    if artwork.shape[0] > artwork.shape[1]:
        artwork = np.ascontiguousarray(np.rot90(artwork))
    deep = max(8, depth_px(rng, min(height, width), 0.05, 0.16))
    sides = ((1,), (3,), (1, 3), (0, 2), (0, 1, 2, 3))[int(rng.choice(5, p=(0.15, 0.15, 0.25, 0.15, 0.3)))]
    fill = flat(random_colour(rng), height, width)
    opacity = np.zeros((height, width), np.uint8)
    on_band = rng.random() < 0.6
    band = flat(random_colour(rng), height, width)
    ink = random_colour(rng) if _is_one_ink(artwork) else None
    for side in sides:
        length = height if side % 2 == 0 else width
        strip = _repeated(artwork, length, deep, mirrored=rng.random() < 0.3)
        strip = np.rot90(strip, {1: 0, 0: 1, 3: 2, 2: 3}[side])
        where = (
            (slice(0, deep), slice(None)) if side == 1
            else (slice(height - deep, None), slice(None)) if side == 3
            else (slice(None), slice(0, deep)) if side == 0
            else (slice(None), slice(width - deep, None))
        )  # fmt: skip
        colour = strip[..., :3] if ink is None else np.broadcast_to(ink, strip[..., :3].shape)
        share = strip[..., 3:].astype(np.float32) / 255
        fill[where] = (colour * share + band[where] * (1 - share)).astype(np.uint8) if on_band else colour
        opacity[where] = 255 if on_band else strip[..., 3]
    made = lay_over(ground, fill, opacity, rng)
    if not changed(ground, made, opacity):
        return None
    reach = [deep if side in sides else 0 for side in range(4)]
    box = Box(reach[0], reach[1], width - reach[2], height - reach[3]) if on_band else None
    return Composed(made, "border strip", piece.source, box, deep)


def _repeated(artwork: Artwork, length: int, depth: int, *, mirrored: bool) -> Artwork:
    """Return a divider ``depth`` high, repeated so that whole pieces fill the length."""
    natural = max(4, round(artwork.shape[1] * depth / artwork.shape[0]))
    count = max(1, round(length / natural))
    tile = resized(artwork, max(2, round(length / count)), depth)
    tiles = [tile[:, ::-1] if mirrored and turn % 2 else tile for turn in range(count)]
    return resized(np.concatenate(tiles, axis=1), length, depth)


def _in_corners(ground: Image, artwork: Artwork, piece: Asset, rng: np.random.Generator) -> Composed | None:
    """Return the picture with an ornament mirrored into two or four corners, or strung along its sides."""
    height, width = ground.shape[:2]
    fill, opacity = np.zeros_like(ground), np.zeros((height, width), np.uint8)
    inked = flat(random_colour(rng), height, width) if _is_one_ink(artwork) else None
    if rng.random() < 0.6:
        size = round(min(height, width) * rng.uniform(0.2, 0.42))
        kind, corners = "corner ornament", ((0, 0), (0, 1), (1, 0), (1, 1))
        chosen = (
            corners
            if rng.random() < 0.7
            else ((corners[0], corners[3]) if rng.random() < 0.5 else corners[1:3])
        )
        scale = size / max(artwork.shape[:2])
        piece_here = resized(artwork, round(artwork.shape[1] * scale), round(artwork.shape[0] * scale))
        for down, across in chosen:
            turned = piece_here[:: -1 if down else 1, :: -1 if across else 1]
            _put(fill, opacity, turned, (width - turned.shape[1]) * across, (height - turned.shape[0]) * down)
    else:
        kind, size = "ornaments around", round(min(height, width) * rng.uniform(0.07, 0.16))
        small = covering(artwork, size, size)
        across, down = max(2, width // round(size * 1.15)), max(2, height // round(size * 1.15))
        for x in np.linspace(0, width - size, across):
            _put(fill, opacity, small, round(x), 0)
            _put(fill, opacity, small[::-1], round(x), height - size)
        for y in np.linspace(0, height - size, down)[1:-1]:
            _put(fill, opacity, small, 0, round(y))
            _put(fill, opacity, small[:, ::-1], width - size, round(y))
    made = lay_over(ground, fill if inked is None else inked, opacity, rng)
    return Composed(made, kind, piece.source) if changed(ground, made, opacity) else None


def _put(
    fill: Image, opacity: npt.NDArray[np.uint8], piece: npt.NDArray[np.uint8], left: int, top: int
) -> None:
    """Lay a piece, which must fit, on the artwork that is being composed."""
    rows, columns = piece.shape[:2]
    where = slice(top, top + rows), slice(left, left + columns)
    shows = piece[..., 3] > opacity[where]
    fill[where][shows] = piece[..., :3][shows]
    opacity[where] = np.maximum(opacity[where], piece[..., 3])


def _through_a_mask(
    ground: Image, artwork: Artwork, piece: Asset, rng: np.random.Generator
) -> Composed | None:
    """Return the picture seen through a painted hole in a coloured sheet."""
    height, width = ground.shape[:2]
    solid = np.argwhere(artwork[..., 3] > 60)
    (top, left), (bottom, right) = solid.min(axis=0), solid.max(axis=0) + 1
    mask = resized(np.ascontiguousarray(artwork[top:bottom, left:right, 3]), width, height)
    opacity = 255 - mask
    if opacity.mean() > 0.55 * 255:
        return None
    fill = flat(random_colour(rng), height, width)
    if fill.min() > 205:  # nobody could tell it from a page
        fill = flat(
            np.array((60, 60, 70), np.uint8) + rng.integers(0, 110, 3).astype(np.uint8), height, width
        )
    made = lay_over(ground, fill, opacity, rng)
    return Composed(made, "painted edge", piece.source) if changed(ground, made, opacity) else None


def _is_one_ink(artwork: Artwork) -> bool:
    """Return whether a piece is drawn in one colour, which may then be any."""
    colours = artwork[artwork[..., 3] > 127][:, :3]
    return len(colours) > 0 and float(colours.std(axis=0).max()) < 12


def _kind(piece: Asset) -> str:
    return piece.source.removeprefix("composed-").rpartition("+")[2]
