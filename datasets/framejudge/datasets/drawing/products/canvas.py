"""Putting one layer of pixels over another, and the soft light and shadow between them.

A *sprite* is a thing without its surroundings: (H, W, 4) uint8, straight (not premultiplied) alpha.
"""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products.colours import BLACK, Colour

Mask = npt.NDArray[np.uint8]
"""Coverage of each pixel: (H, W), 0..255."""

Sprite = npt.NDArray[np.uint8]
"""A thing without its surroundings: (H, W, 4), straight alpha."""

Field = npt.NDArray[np.float32]
"""A light or noise field: (H, W) float32."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom, in pixels."""

Point = tuple[float, float] | npt.NDArray[np.float64]
"""An x, y position, in pixels."""

Transform = npt.NDArray[np.float64]
"""A 3x3 homography."""

SUBPIXEL_BITS = 3
"""Fractional bits of the coordinates given to OpenCV's drawing functions."""


def solid(height: int, width: int, colour: Colour) -> Image:
    """Return an image of one colour."""
    image = np.empty((height, width, 3), np.uint8)
    # Far faster than numpy.full with a tuple.
    cv2.rectangle(image, (0, 0), (width, height), colour, -1)
    return image


def subpixels(points: npt.ArrayLike) -> npt.NDArray[np.int32]:
    """Return (N, 2) x, y points as OpenCV's fixed-point integers (`SUBPIXEL_BITS`)."""
    return np.round(np.asarray(points, np.float64) * (1 << SUBPIXEL_BITS)).astype(np.int32)


def fill_polygon(target: npt.NDArray[np.uint8], points: npt.ArrayLike, colour: int | Colour) -> None:
    """Fill a polygon, smooth at its edges, in place; ``points`` are (N, 2) x, y."""
    ink = (colour,) if isinstance(colour, int) else colour
    cv2.fillPoly(target, [subpixels(points)], ink, cv2.LINE_AA, SUBPIXEL_BITS)


def polygon_mask(height: int, width: int, points: npt.ArrayLike) -> Mask:
    """Return the coverage of a polygon given as (N, 2) x, y points."""
    mask = np.zeros((height, width), np.uint8)
    fill_polygon(mask, points, 255)
    return mask


def rounded_rectangle(
    left: float, top: float, right: float, bottom: float, radius: float, steps: int = 7
) -> npt.NDArray[np.float64]:
    """Return the outline of a rectangle with rounded corners as (N, 2) x, y points."""
    radius = max(0.0, min(radius, (right - left) / 2, (bottom - top) / 2))
    if radius < 0.5:
        return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float64)
    turn = np.linspace(0.0, np.pi / 2, steps)
    corners = (
        (right - radius, bottom - radius, 0.0),
        (left + radius, bottom - radius, np.pi / 2),
        (left + radius, top + radius, np.pi),
        (right - radius, top + radius, 1.5 * np.pi),
    )
    arcs = [
        np.column_stack((x + radius * np.cos(turn + start), y + radius * np.sin(turn + start)))
        for x, y, start in corners
    ]
    return np.concatenate(arcs)


def fill_rounded(
    target: npt.NDArray[np.uint8],
    box: tuple[float, float, float, float],
    radius: float,
    colour: int | Colour,
) -> None:
    """Fill a rectangle (left, top, right, bottom) with rounded corners, in place."""
    fill_polygon(target, rounded_rectangle(*box, radius), colour)


def rounded_mask(height: int, width: int, box: Box, radius: float) -> Mask:
    """Return the coverage of a rectangle with rounded corners."""
    return polygon_mask(height, width, rounded_rectangle(*box, radius))


def box_around(x: float, y: float, across: float, down: float) -> Box:
    """Return the box that reaches ``across`` to either side of the point, ``down`` above and below it."""
    return x - across, y - down, x + across, y + down


def shrunk(box: Box, by: float) -> Box:
    """Return the box with each edge moved inwards."""
    return box[0] + by, box[1] + by, box[2] - by, box[3] - by


def fill_circle(
    target: npt.NDArray[np.uint8],
    centre: Point,
    radius: float,
    colour: int | Colour,
    *,
    least: int = 1,
) -> None:
    """Fill a circle on whole pixels, its radius at least ``least``, in place."""
    ink = (colour,) if isinstance(colour, int) else colour
    spot = (round(centre[0]), round(centre[1]))
    cv2.circle(target, spot, max(least, round(radius)), ink, -1, cv2.LINE_AA)


def draw_line(
    target: Image,
    start: Point,
    end: Point,
    colour: Colour,
    width: float,
    *,
    least: int = 1,
) -> None:
    """Draw a straight line between whole pixels, at least ``least`` wide, in place."""
    ends = (round(start[0]), round(start[1])), (round(end[0]), round(end[1]))
    cv2.line(target, *ends, colour, max(least, round(width)), cv2.LINE_AA)


def turned(points: npt.NDArray[np.float64], angle: float) -> npt.NDArray[np.float64]:
    """Return (N, 2) x, y points turned about the origin by an angle in radians."""
    cosine, sine = np.cos(angle), np.sin(angle)
    return points @ np.array(((cosine, sine), (-sine, cosine)))


def over(base: Image, layer: Image | Colour, mask: Mask) -> Image:
    """Return the layer laid over the base where the mask covers it."""
    if isinstance(layer, tuple):
        if layer == BLACK:
            return _where(base, cv2.bitwise_not(mask))
        layer = solid(base.shape[0], base.shape[1], layer)
    return cast("Image", cv2.add(_where(layer, mask), _where(base, cv2.bitwise_not(mask))))


def _where(image: Image, mask: cv2.typing.MatLike) -> Image:
    """Return the image, fading to black where the mask does not cover it."""
    return cast("Image", cv2.multiply(image, cv2.merge((mask, mask, mask)), scale=1 / 255))


def faded(mask: Mask, opacity: float) -> Mask:
    """Return the mask at a share of its strength."""
    return cast("Mask", cv2.convertScaleAbs(mask, alpha=opacity))


def blurred(image: npt.NDArray[np.uint8], radius: float) -> npt.NDArray[np.uint8]:
    """Return the image or mask out of focus; large radii work at a lower resolution, unseen."""
    if radius < 0.6:
        return image
    height, width = image.shape[:2]
    shrink = int(max(1, min(radius / 2.5, height / 8, width / 8)))
    if shrink > 1:
        small = cv2.resize(image, (-(-width // shrink), -(-height // shrink)), interpolation=cv2.INTER_AREA)
        small = cv2.GaussianBlur(small, (0, 0), radius / shrink)
        return cast("Image", cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR))
    return cast("Image", cv2.GaussianBlur(image, (0, 0), radius))


def shifted(mask: Mask, right: float, down: float) -> Mask:
    """Return the mask moved by this many pixels; what comes in from outside is empty."""
    move = np.array([[1, 0, right], [0, 1, down]], np.float32)
    return cast("Mask", cv2.warpAffine(mask, move, (mask.shape[1], mask.shape[0])))


def lit(image: Image, light: Field) -> Image:
    """Return the image multiplied by a light field (1 leaves a pixel as it is)."""
    return cast("Image", cv2.multiply(image, cv2.merge((light, light, light)), dtype=cv2.CV_8U))


def resized(image: Image, size: int) -> Image:
    """Return the image with its longest side at ``size`` pixels."""
    height, width = image.shape[:2]
    scale = size / max(height, width)
    target = (max(16, round(width * scale)), max(16, round(height * scale)))
    return cast(
        "Image", cv2.resize(image, target, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    )


def sprite_of(image: Image, mask: Mask) -> Sprite:
    """Return the image cut out by the mask."""
    sprite = cast("Sprite", cv2.cvtColor(image, cv2.COLOR_RGB2RGBA))
    sprite[..., 3] = mask
    return sprite


def parts(sprite: Sprite) -> tuple[Image, Mask]:
    """Return the sprite's colours and its coverage, as copies that may be drawn on."""
    return cast("Image", cv2.cvtColor(sprite, cv2.COLOR_RGBA2RGB)), cast(
        "Mask", cv2.extractChannel(sprite, 3)
    )


def quarter_turned(sprite: Sprite, quarters: int = 1) -> Sprite:
    """Return the sprite, or the image, turned by so many right angles."""
    return np.ascontiguousarray(np.rot90(sprite, quarters))


def opaque(image: Image) -> Sprite:
    """Return the image as a sprite that covers its whole rectangle."""
    return sprite_of(image, np.full(image.shape[:2], 255, np.uint8))


def quadrangle(sprite: Sprite, corners: npt.ArrayLike) -> Transform:
    """Return the homography that puts the sprite's corners (clockwise from top left) there."""
    height, width = sprite.shape[:2]
    source = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    return cast("Transform", cv2.getPerspectiveTransform(source, np.asarray(corners, np.float32)))


def project(sprite: Sprite, transform: Transform, height: int, width: int) -> tuple[Image, Mask]:
    """Return the sprite's pixels and coverage on a canvas of this size.

    Colours travel premultiplied, so that what lies below alpha 0 cannot fringe the outline; where the
    sprite is reduced by more than two it is averaged first.
    """
    corners = np.array([[[0, 0], [sprite.shape[1], 0], [0, sprite.shape[0]]]], np.float64)
    origin, right, down = cv2.perspectiveTransform(corners, transform)[0]
    reduction = min(
        sprite.shape[1] / max(float(np.hypot(*(right - origin))), 1.0),
        sprite.shape[0] / max(float(np.hypot(*(down - origin))), 1.0),
    )
    if reduction >= 2:
        smaller = (round(sprite.shape[1] / reduction), round(sprite.shape[0] / reduction))
        scale = np.diag((sprite.shape[1] / smaller[0], sprite.shape[0] / smaller[1], 1.0))
        sprite = cast("Sprite", cv2.resize(sprite, smaller, interpolation=cv2.INTER_AREA))
        transform = transform @ scale
    # Homographies speak of pixel corners, warpPerspective of pixel centres.
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]], np.float64)
    centred = np.linalg.inv(half) @ transform @ half
    premultiplied = cv2.cvtColor(sprite, cv2.COLOR_RGBA2mRGBA)
    warped = cv2.warpPerspective(premultiplied, centred, (width, height), flags=cv2.INTER_LINEAR)
    return parts(cast("Sprite", warped))


def laid(base: Image, premultiplied: Image, mask: Mask) -> Image:
    """Return premultiplied pixels (from `project`) laid over the base."""
    return cast("Image", cv2.add(premultiplied, _where(base, cv2.bitwise_not(mask))))
