"""The pictures that frames are drawn around, and that stay plain: photos, packshots, scenes, cut-outs."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.datasets.drawing import marketplace
from framejudge.datasets.drawing.assets import Assets
from framejudge.datasets.drawing.frames.colours import flat, random_colour
from framejudge.datasets.drawing.hands.hand import resized
from framejudge.datasets.drawing.materials import Materials
from framejudge.datasets.drawing.negatives import KINDS, draw_negative
from framejudge.datasets.drawing.picture import Image

LEFT_OUT_NEGATIVES = frozenset({"letterbox"})
"""The labelling guide leaves their label open."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A picture before a hand gets it.

    ``group`` names the file that it comes from, ``source`` the shop or collection, ``content`` what it shows.
    """

    image: Image
    group: str
    source: str
    content: str


@dataclass(frozen=True, slots=True)
class Grounds:
    """What grounds are chosen from: the buckets and sources of one part of the exam."""

    materials: Materials
    assets: Assets

    def kinds(self) -> dict[str, bool]:
        """Return every kind of ground, and whether there is material for it."""
        return {
            "photo": bool(self.materials.photos),
            "packshot": bool(self.assets.of("packshots")),
            "scene": bool(self.assets.of("scenes")),
            "cutout": bool(self.assets.of("cutouts")),
            "hard_negative": True,
        }

    def draw(self, kind: str, rng: np.random.Generator, side: int) -> Ground:
        """Return a picture of a kind, its longer side as given, cropped as an upload is."""
        if kind == "photo":
            photo = self.materials.random_photo(rng)
            return Ground(_cropped(self.materials.photo(photo), rng, side), photo.group, photo.pool, "photo")
        if kind in {"packshot", "scene"}:
            asset = self.assets.random("packshots" if kind == "packshot" else "scenes", rng)
            pixels = over_white(self.assets.pixels(asset))
            image = _cropped(pixels, rng, side) if kind == "scene" else _shown_whole(pixels, rng, side)
            return Ground(image, asset.name, asset.source, kind)
        if kind == "cutout":
            return self._composed(rng, side)
        return self._hard_negative(rng, side)

    def _composed(self, rng: np.random.Generator, side: int) -> Ground:
        """Return one cut-out, or a few of one source, on white or another ground, tight or loose."""
        first = self.assets.random("cutouts", rng)
        pieces = [first]
        if rng.random() < 0.2:
            same = [each for each in self.assets.of("cutouts") if each.source == first.source]
            pieces += [same[int(rng.integers(len(same)))] for _ in range(int(rng.integers(1, 5)))]
        image = compose([self.assets.pixels(each) for each in pieces], rng, side)
        return Ground(image, first.name, first.source, "cutout" if len(pieces) == 1 else "cutouts")

    def _hard_negative(self, rng: np.random.Generator, side: int) -> Ground:
        names = [
            name
            for name, kind in KINDS.items()
            if kind.family not in LEFT_OUT_NEGATIVES
            and (kind.needs == "nothing" or bool(getattr(self.materials, kind.needs)))
        ]
        name = names[int(rng.integers(len(names)))]
        picture = draw_negative(name, rng, self.materials, side)
        group = picture.attributes.get("group", "")
        return Ground(picture.image, group, picture.attributes.get("source", "drawn"), name)


def over_white(pixels: npt.NDArray[np.uint8]) -> Image:
    """Return (H, W, 4) pixels over white."""
    share = pixels[..., 3:].astype(np.float32) / 255
    return np.round(pixels[..., :3] * share + 255 * (1 - share)).astype(np.uint8)


def compose(pieces: list[npt.NDArray[np.uint8]], rng: np.random.Generator, side: int) -> Image:
    """Return cut-outs, (H, W, 4) each, side by side on a ground of a random shape."""
    shape = float(np.exp(rng.normal(0, 0.22)))
    if len(pieces) == 1 and rng.random() < 0.5:  # as tight as the thing itself is
        height, width = pieces[0].shape[:2]
        shape = float(np.clip(width / height, 1 / marketplace.MOST_ELONGATED, marketplace.MOST_ELONGATED))
    wide, tall = (side, round(side / shape)) if shape >= 1 else (round(side * shape), side)
    canvas = _behind(tall, wide, rng)
    columns = int(np.ceil(np.sqrt(len(pieces))))
    rows = -(-len(pieces) // columns)
    fills = rng.uniform(0.88, 1.0) if rng.random() < 0.4 else rng.uniform(0.45, 0.92)
    shadow = rng.random() < 0.25
    for index, piece in enumerate(pieces):
        cell_wide, cell_tall = wide / columns, tall / rows
        scale = fills * min(cell_wide / piece.shape[1], cell_tall / piece.shape[0])
        small = resized(piece, round(piece.shape[1] * scale), round(piece.shape[0] * scale))
        left = round((index % columns + 0.5) * cell_wide - small.shape[1] / 2)
        top = round((index // columns + 0.5) * cell_tall - small.shape[0] / 2)
        _lay(canvas, small, max(0, left), max(0, top), shadow=shadow)
    return canvas


def _behind(height: int, width: int, rng: np.random.Generator) -> Image:
    """Return what a product stands on: white mostly, a pale level, a colour, or two tones as in a studio."""
    kind = rng.random()
    if kind < 0.7:
        return np.full((height, width, 3), 255, np.uint8)
    if kind < 0.8:
        return np.full((height, width, 3), int(rng.integers(225, 254)), np.uint8)
    colour = random_colour(rng)
    if kind < 0.9:
        return flat(colour, height, width)
    rows = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    tone = colour + (rows - rng.uniform(0.3, 0.7)) * rng.uniform(-90, 90)
    if rng.random() < 0.4:
        tone = colour - np.where(rows > rng.uniform(0.5, 0.85), rng.uniform(10, 50), 0)
    return np.ascontiguousarray(np.broadcast_to(np.clip(tone, 0, 255), (height, width, 3)).astype(np.uint8))


def _lay(canvas: Image, piece: npt.NDArray[np.uint8], left: int, top: int, *, shadow: bool) -> None:
    rows = min(piece.shape[0], canvas.shape[0] - top)
    columns = min(piece.shape[1], canvas.shape[1] - left)
    if rows < 1 or columns < 1:
        return
    below = canvas[top : top + rows, left : left + columns]
    share = piece[:rows, :columns, 3:].astype(np.float32) / 255
    if shadow:
        soft = cv2.GaussianBlur(share[..., 0], (0, 0), 4)[..., None]
        below[:] = (below * (1 - 0.35 * np.roll(soft, (3, 3), (0, 1)))).astype(np.uint8)
    below[:] = np.round(piece[:rows, :columns, :3] * share + below * (1 - share)).astype(np.uint8)


def _cropped(image: Image, rng: np.random.Generator, side: int) -> Image:
    return marketplace.scale_to(marketplace.crop(image, rng), side)


def _shown_whole(image: Image, rng: np.random.Generator, side: int) -> Image:
    """Return a packshot as shops show it: whole mostly, sometimes cropped."""
    if rng.random() < 0.35:
        return _cropped(image, rng, side)
    return marketplace.scale_to(_no_banner(image), side)


def _no_banner(image: Image) -> Image:
    rows, columns = image.shape[:2]
    longest = round(marketplace.MOST_ELONGATED * min(rows, columns))
    top, left = max(0, rows - longest) // 2, max(0, columns - longest) // 2
    return image[top : top + min(rows, longest), left : left + min(columns, longest)]
