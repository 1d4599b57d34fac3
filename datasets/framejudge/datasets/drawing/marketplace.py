"""What a marketplace does to any picture, framed or plain: crop, pad, scale, compress."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
import PIL.Image

from framejudge.datasets.drawing.picture import Image, Picture
from framejudge.datasets.table.box import Box

SHORTEST_SIDE_PX = 100
LONGEST_SIDE_PX = 400
"""Of a finished picture's longer side."""

MOST_ELONGATED = 1.9
"""The longer side of an upload over its shorter one: a banner is cut to it."""

DARKEST_PAGE = 247
"""Level of grey of the darkest padding; pale bands stay well below, or nobody could tell them apart."""

LOWEST_QUALITY = 60
HIGHEST_QUALITY = 95

Extension = Literal["jpg", "webp", "png"]
Pixels = npt.NDArray[np.uint8]


class Encoded(NamedTuple):
    """A picture as a file: its bytes and its name's extension, without the dot."""

    contents: bytes
    extension: Extension


@dataclass(frozen=True, slots=True)
class Finishing:
    """How one picture is padded and scaled.

    Attributes
    ----------
    left, top, right, bottom
        Padding, in pixels before scaling.
    colour
        Of the padding: white or a page's.
    width, height
        Of the finished picture.
    """

    left: int
    top: int
    right: int
    bottom: int
    colour: tuple[int, int, int]
    width: int
    height: int

    def image(self, image: Image) -> Image:
        """Return the finished picture, (height, width, 3)."""
        return self._scaled(self._padded(image, self.colour))

    def mask(self, mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Return the frame's pixels in the finished picture."""
        covered = self._scaled(self._padded(mask.astype(np.uint8) * np.uint8(255), (0, 0, 0)))
        return np.asarray(covered > 127)

    def box(self, box: Box, image: Image) -> Box:
        """Return the box in the finished picture; a side at the picture's edge stays at the edge."""
        rows, columns = image.shape[:2]
        wide, tall = columns + self.left + self.right, rows + self.top + self.bottom
        left = box.left + self.left if box.left else 0
        top = box.top + self.top if box.top else 0
        right = box.right + self.left if box.right < columns else wide
        bottom = box.bottom + self.top if box.bottom < rows else tall
        across, down = self.width / wide, self.height / tall
        return Box(round(left * across), round(top * down), round(right * across), round(bottom * down))

    def _padded(self, pixels: Pixels, colour: tuple[int, int, int]) -> Pixels:
        if not (self.left or self.top or self.right or self.bottom):
            return pixels
        return np.asarray(
            cv2.copyMakeBorder(
                pixels, self.top, self.bottom, self.left, self.right, cv2.BORDER_CONSTANT, value=colour
            ),
            dtype=np.uint8,
        )

    def _scaled(self, pixels: Pixels) -> Pixels:
        shrinks = self.width < pixels.shape[1]
        interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        return np.asarray(
            cv2.resize(pixels, (self.width, self.height), interpolation=interpolation), dtype=np.uint8
        )


def crop(image: Image, rng: np.random.Generator) -> Image:
    """Return the picture as an upload crops it: zoomed in a little, to a square, or as it is."""
    rows, columns = image.shape[:2]
    top, left, tall, wide = 0.0, 0.0, float(rows), float(columns)
    longest = MOST_ELONGATED * min(rows, columns)
    if max(rows, columns) > longest:
        tall, wide = min(tall, longest), min(wide, longest)
        top, left = (rows - tall) / 2, (columns - wide) / 2
    if rng.random() < 0.25:
        side = min(rows, columns)
        top, left = (rows - side) * rng.random(), (columns - side) * rng.random()
        tall = wide = float(side)
    if rng.random() < 0.5:
        zoom = rng.uniform(0.72, 1.0)
        top, left = top + tall * (1 - zoom) * rng.random(), left + wide * (1 - zoom) * rng.random()
        tall, wide = tall * zoom, wide * zoom
    return image[round(top) : round(top + tall), round(left) : round(left + wide)]


def scale_to(image: Image, side: int) -> Image:
    """Return the picture scaled so that its longer side has so many pixels."""
    rows, columns = image.shape[:2]
    scale = side / max(rows, columns)
    size = (max(1, round(columns * scale)), max(1, round(rows * scale)))
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, size, interpolation=interpolation), dtype=np.uint8)


def plan(picture: Picture, rng: np.random.Generator, *, longest: int = LONGEST_SIDE_PX) -> Finishing:
    """Return how a picture is to be padded and scaled, at most ``longest`` pixels a side.

    A thin band keeps at least one pixel.
    """
    rows, columns = picture.image.shape[:2]
    across = down = margin = 0
    if rng.random() < 0.4:
        across, down = max(rows - columns, 0), max(columns - rows, 0)
    if rng.random() < 0.15:
        margin = round(max(rows, columns) * rng.uniform(0.01, 0.09))
    start_across, start_down = (across // 2, down // 2) if rng.random() < 0.85 else (0, 0)
    level = 255 if rng.random() < 0.8 else int(rng.integers(DARKEST_PAGE, 255))
    wide, tall = columns + across + 2 * margin, rows + down + 2 * margin
    shortest = max(
        SHORTEST_SIDE_PX, _side_that_shows(picture.attributes, max(wide, tall) / max(rows, columns))
    )
    side = rng.uniform(min(shortest, longest), longest)
    scale = side / max(wide, tall)
    return Finishing(
        left=margin + start_across,
        top=margin + start_down,
        right=margin + across - start_across,
        bottom=margin + down - start_down,
        colour=(level, level, level),
        width=max(1, round(wide * scale)),
        height=max(1, round(tall * scale)),
    )


def apply(finishing: Finishing, picture: Picture) -> Picture:
    """Return the picture padded and scaled, its content box and its attribute ``position`` with it."""
    attributes = dict(picture.attributes)
    padded = {
        side for side in ("left", "top", "right", "bottom") if getattr(finishing, side)
    } & set(attributes.get("which", "").split("+"))  # fmt: skip
    if padded:
        attributes["position"] = "inset"
    attributes.pop("thinnest_fraction", None)
    box = picture.content_box and finishing.box(picture.content_box, picture.image)
    return Picture(finishing.image(picture.image), picture.label, attributes, box)


def finish(picture: Picture, rng: np.random.Generator, *, longest: int = LONGEST_SIDE_PX) -> Picture:
    """Return the picture as a marketplace shows it: padded or not, 100 to 400 pixels a side."""
    return apply(plan(picture, rng, longest=longest), picture)


def encode(image: Image, rng: np.random.Generator) -> Encoded:
    """Return the picture as a file: mostly JPEG of quality 60 to 95, sometimes WebP or PNG with a palette."""
    kind = rng.random()
    quality = int(rng.integers(LOWEST_QUALITY, HIGHEST_QUALITY + 1))
    colours = int(rng.integers(96, 257))
    if kind < 0.06:
        return Encoded(_encode_with_palette(image, colours), "png")
    extension: Extension = "webp" if kind < 0.16 else "jpg"
    option = cv2.IMWRITE_WEBP_QUALITY if extension == "webp" else cv2.IMWRITE_JPEG_QUALITY
    _, contents = cv2.imencode(f".{extension}", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), (option, quality))
    return Encoded(contents.tobytes(), extension)


def decode(encoded: Encoded) -> Image:
    """Return the pixels of what `encode` made."""
    return np.asarray(
        cv2.imdecode(np.frombuffer(encoded.contents, np.uint8), cv2.IMREAD_COLOR_RGB), dtype=np.uint8
    )


def _side_that_shows(attributes: Mapping[str, str], padding: float) -> int:
    """Return how long the finished picture's longer side must be for the thinnest band to keep a pixel."""
    thinnest = float(attributes.get("thinnest_fraction", "1"))
    return int(np.ceil(padding * 1.1 / thinnest))


def _encode_with_palette(image: Image, colours: int) -> bytes:
    buffer = io.BytesIO()
    palette = PIL.Image.fromarray(image).quantize(colours, method=PIL.Image.Quantize.FASTOCTREE)
    palette.save(buffer, "PNG", compress_level=4)
    return buffer.getvalue()
