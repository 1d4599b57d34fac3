"""How detectors judge frames drawn by another hand, and rectangular products cropped to their outline.

    python tests/benchmarks/other_hands.py PHOTOS CUTOUTS --detectors canny,cnn

Nothing of the project's own drawing is used: nine plain ways to draw a frame with Pillow, on photos of the
development bucket (``--bucket``); beside them the photos as they are, padded to a square, and cut-out devices
and cards, their screens filled or empty, tight on white. Prints accuracy, AUC, and each kind's share judged
right.
"""

from __future__ import annotations

import argparse
import os
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import skimage.data
from PIL import Image, ImageDraw, ImageFont, ImageOps
from sklearn.metrics import roc_auc_score

from framejudge.bench.statistics.proportions import proportion
from framejudge.datasets.drawing.materials import Materials
from framejudge.datasets.table.labels_table import write_samples
from framejudge.datasets.table.sample import Label, Sample
from framejudge.detectors.protocol import DEFAULT_THRESHOLD
from framejudge.detectors.registry import create, find

BUCKET = 8
WHITE = (255, 255, 255)
MARGINS_PX = (0, 0, 2, 6, 14)
TEXTURES = ("brick", "grass", "gravel", "coffee", "rocket")

Colour = tuple[int, int, int]


class Drawn(NamedTuple):
    kind: str
    framed: bool
    image: np.ndarray
    source: str


class Hand:
    """Draws from photos and cut-outs by chance."""

    def __init__(self, photos: Path, cutouts: Path, seed: int, number: int = BUCKET) -> None:
        self.chance = random.Random(seed)
        materials = Materials.read(photos, cutouts, buckets=[number])
        self._photos, self._cutouts = materials.photos, materials.cutouts
        pixels = [np.asarray(getattr(skimage.data, name)()) for name in TEXTURES]
        self._textures = [
            Image.fromarray(each if each.ndim == 3 else np.stack([each] * 3, -1)) for each in pixels
        ]
        self.source = ""

    def colour(self) -> Colour:
        return (self.chance.randrange(256), self.chance.randrange(256), self.chance.randrange(256))

    def photo(self) -> Image.Image:
        photo = self.chance.choice(self._photos)
        self.source = photo.group
        return Image.open(photo.path).convert("RGB")

    def width(self, image: Image.Image) -> int:
        return max(2, round(min(image.size) * self.chance.uniform(0.015, 0.12)))

    def cutout(self) -> Image.Image:
        cutout = self.chance.choice(self._cutouts)
        self.source = cutout.group
        return Image.open(cutout.path).convert("RGBA")

    def texture(self) -> Image.Image:
        return self.chance.choice(self._textures)


def around(image: Image.Image, band: Image.Image, width: int) -> Image.Image:
    """Return the image in the middle of a larger one, which is the band."""
    band = band.resize((image.width + 2 * width, image.height + 2 * width))
    band.paste(image, (width, width))
    return band


def solid(hand: Hand, image: Image.Image) -> Image.Image:
    return ImageOps.expand(image, hand.width(image), hand.colour())


def double(hand: Hand, image: Image.Image) -> Image.Image:
    width = max(2, hand.width(image) // 2)
    return ImageOps.expand(ImageOps.expand(image, width, WHITE), width, hand.colour())


def two_sides(hand: Hand, image: Image.Image) -> Image.Image:
    return ImageOps.expand(image, (hand.width(image), 0), hand.colour())


def one_side(hand: Hand, image: Image.Image) -> Image.Image:
    border = [0, 0, 0, 0]
    border[hand.chance.randrange(4)] = hand.width(image)
    left, top, right, bottom = border
    return ImageOps.expand(image, (left, top, right, bottom), hand.colour())


def banner(hand: Hand, image: Image.Image) -> Image.Image:
    tall = max(16, 2 * hand.width(image))
    wide = ImageOps.expand(image, (0, 0, 0, tall), hand.colour())
    font = ImageFont.load_default(size=max(9, tall * 2 // 3))
    ImageDraw.Draw(wide).text((6, image.height + 3), "FREE SHIPPING 24h", fill=hand.colour(), font=font)
    return wide


def rounded(hand: Hand, image: Image.Image) -> Image.Image:
    width = hand.width(image)
    mask = Image.new("L", image.size, 0)
    corner = min(image.size) // 8
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, image.width - 1, image.height - 1), corner, fill=255)
    size = (image.width + 2 * width, image.height + 2 * width)
    framed = Image.new("RGB", size, hand.colour())
    framed.paste(image, (width, width), mask)
    return framed


def textured(hand: Hand, image: Image.Image) -> Image.Image:
    return around(image, hand.texture(), hand.width(image))


def inset_line(hand: Hand, image: Image.Image) -> Image.Image:
    inset = max(3, round(min(image.size) * hand.chance.uniform(0.02, 0.06)))
    corners = (inset, inset, image.width - 1 - inset, image.height - 1 - inset)
    ImageDraw.Draw(image).rectangle(corners, outline=hand.colour(), width=hand.chance.randint(2, 4))
    return image


def chequered(hand: Hand, image: Image.Image) -> Image.Image:
    width = hand.width(image)
    size = (image.height + 2 * width, image.width + 2 * width)
    square = np.indices(size).sum(axis=0) // max(3, width // 2) % 2
    band = np.where(square[..., None], hand.colour(), hand.colour()).astype(np.uint8)
    return around(image, Image.fromarray(band), width)


FRAMES: Sequence[Callable[[Hand, Image.Image], Image.Image]] = (
    solid, double, two_sides, one_side, banner, rounded, textured, inset_line, chequered
)  # fmt: skip


def as_it_is(hand: Hand) -> Image.Image:
    return hand.photo()


def padded(hand: Hand) -> Image.Image:
    image = hand.photo()
    side = max(image.size)
    return ImageOps.pad(image, (side, side), color=WHITE)


def on_white(hand: Hand, cutout: Image.Image) -> Image.Image:
    margin = hand.chance.choice(MARGINS_PX)
    ground = Image.new("RGB", (cutout.width + 2 * margin, cutout.height + 2 * margin), WHITE)
    ground.paste(cutout, (margin, margin), cutout)
    return ground


def device_or_card(hand: Hand) -> Image.Image:
    return on_white(hand, hand.cutout())


def with_filled_screen(hand: Hand) -> Image.Image:
    shown = hand.photo()
    cutout = hand.cutout()
    pixels = np.array(cutout)
    dark = (pixels[..., :3].max(axis=-1) < 40) & (pixels[..., 3] > 200)
    pixels[dark, :3] = np.asarray(shown.resize(cutout.size))[dark]
    return on_white(hand, Image.fromarray(pixels))


PLAIN: Sequence[Callable[[Hand], Image.Image]] = (as_it_is, padded, device_or_card, with_filled_screen)


def draw(hand: Hand, index: int) -> Drawn:
    """Return picture ``index``: framed and plain in turns, half of them shrunk to a thumbnail."""
    if index % 2 == 0:
        frame = hand.chance.choice(FRAMES)
        kind, image = frame.__name__, frame(hand, hand.photo())
    else:
        plain = hand.chance.choice(PLAIN)
        kind, image = plain.__name__, plain(hand)
    if hand.chance.random() < 0.5:
        side = hand.chance.randint(120, 320)
        image.thumbnail((side, side))
    return Drawn(kind, index % 2 == 0, np.asarray(image.convert("RGB")), hand.source)


def write(drawn: Sequence[Drawn], folder: Path) -> None:
    """Write the pictures as JPEG files, and their labels."""
    folder.mkdir(parents=True)
    samples = []
    for index, each in enumerate(drawn):
        name = f"{index:05d}.jpg"
        Image.fromarray(each.image).save(folder / name, quality=95)
        label: Label = "framed" if each.framed else "plain"
        samples.append(Sample(name, label, each.source, {"style": each.kind}))
    write_samples(folder / "labels.csv", samples)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("photos", type=Path)
    parser.add_argument("cutouts", type=Path)
    parser.add_argument("--detectors", default="canny,cnn")
    parser.add_argument("--count", type=int, default=1200)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument(
        "--bucket", type=int, default=BUCKET, help="of photos and cut-outs; 7 to fix thresholds on"
    )
    parser.add_argument("--out", type=Path, help="also write them there as a labelled set")
    options = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    hand = Hand(options.photos, options.cutouts, options.seed, options.bucket)
    drawn = [draw(hand, index) for index in range(options.count)]
    if options.out:
        write(drawn, options.out)
    framed = np.array([each.framed for each in drawn])
    kinds = np.array([each.kind for each in drawn])
    for name in options.detectors.split(","):
        detector = create(find(name))
        scores = np.array([float(detector.predict(each.image)) for each in drawn])
        right = (scores >= getattr(detector, "threshold", DEFAULT_THRESHOLD)) == framed
        figure = proportion(right, [each.source for each in drawn])
        print(
            f"{name}: accuracy {figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}], "
            f"AUC {roc_auc_score(framed, scores):.3f}"
        )
        for kind in (*(each.__name__ for each in FRAMES), *(each.__name__ for each in PLAIN)):
            of_kind = right[kinds == kind]
            print(f"  {kind}: {of_kind.mean():.2f} of {len(of_kind)}")


if __name__ == "__main__":
    main()
