"""A library of packshots, artwork and textures with a manifest, drawn for tests of exam 2."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

SHOPS = {"open shop": "train", "another shop": "train", "sealed shop": "sealed"}
SIZE_PX = 160


def draw_library(folder: Path, *, each: int = 20) -> Path:
    """Write so many files of every kind for each of `SHOPS`, and their manifest.csv."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(5)
    rows = []
    for kind, draw in _KINDS.items():
        for shop, role in SHOPS.items():
            for number in range(each):
                path = folder / kind / shop / f"{number:03}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                draw(rng, number).save(path)
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                rows.append((path.relative_to(folder).as_posix(), kind, f"{shop} {kind}", role, digest))
    with (folder / "manifest.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("path", "kind", "source", "role", "sha256"))
        writer.writerows(rows)
    return folder


def _colour(rng: np.random.Generator) -> tuple[int, int, int]:
    red, green, blue = (int(level) for level in rng.integers(20, 200, 3))
    return red, green, blue


def _packshot(rng: np.random.Generator, number: int) -> Image.Image:
    picture = Image.new("RGB", (SIZE_PX, SIZE_PX), "white")
    ImageDraw.Draw(picture).ellipse((40, 30, 110, 130), fill=_colour(rng))
    return picture


def _scene(rng: np.random.Generator, number: int) -> Image.Image:
    coarse = rng.integers(0, 256, (6, 6, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((SIZE_PX, 120), Image.Resampling.BICUBIC)


def _cutout(rng: np.random.Generator, number: int) -> Image.Image:
    picture = Image.new("RGBA", (90, 120), (0, 0, 0, 0))
    ImageDraw.Draw(picture).rounded_rectangle((0, 0, 89, 119), 20, fill=(*_colour(rng), 255))
    return picture


def _frame(rng: np.random.Generator, number: int) -> Image.Image:
    """Return by turns a frame with an empty middle, a divider, a mask and an ornament."""
    if number % 4 == 1:
        strip = Image.new("RGBA", (200, 30), (0, 0, 0, 0))
        for x in range(0, 200, 25):
            ImageDraw.Draw(strip).ellipse((x, 4, x + 20, 26), fill=(0, 0, 0, 255))
        return strip
    picture = Image.new("RGBA", (SIZE_PX, SIZE_PX), (0, 0, 0, 0))
    drawing = ImageDraw.Draw(picture)
    if number % 4 == 0:
        drawing.rectangle((0, 0, SIZE_PX - 1, SIZE_PX - 1), outline=(*_colour(rng), 255), width=14)
        drawing.rectangle((4, 4, SIZE_PX - 5, SIZE_PX - 5), outline=(240, 30, 30, 255), width=4)
    elif number % 4 == 2:
        drawing.ellipse((30, 30, 130, 130), fill=(0, 0, 0, 255))
    else:
        drawing.polygon((0, 0, 150, 10, 60, 60, 10, 150), fill=(*_colour(rng), 255))
        drawing.ellipse((70, 70, 120, 120), fill=(*_colour(rng), 255))
    return picture


def _texture(rng: np.random.Generator, number: int) -> Image.Image:
    grain = rng.integers(0, 60, (64, 64, 1)) + np.array(_colour(rng))
    return Image.fromarray(np.clip(grain, 0, 255).astype(np.uint8))


_KINDS: dict[str, Callable[[np.random.Generator, int], Image.Image]] = {
    "packshots": _packshot, "scenes": _scene, "cutouts": _cutout, "frames": _frame, "textures": _texture,
}  # fmt: skip
