"""Which files of a folder are images, by their names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

IMAGE_EXTENSIONS = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff"}
    | {".ppm", ".pgm", ".pbm", ".avif", ".heic", ".heif", ".jp2", ".tga", ".ico"}
)
"""What counts as an image where no table says it, in any case; other files are left alone."""


def is_image(name: str) -> bool:
    """Tell by its extension whether a file is an image."""
    return Path(name).suffix.lower() in IMAGE_EXTENSIONS


def images_below(folder: Path) -> Iterator[Path]:
    """Yield each image below a folder, in no order; nothing hidden, nothing behind a link to a folder."""
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if not name.startswith(".") and is_image(name):
                yield Path(place, name)


def names_below(root: Path, folder: Path | None = None) -> Iterator[str]:
    """Yield each image below a folder, by default the root, as a labels table names it: from the root on."""
    for path in images_below(folder or root):
        yield path.relative_to(root).as_posix()
