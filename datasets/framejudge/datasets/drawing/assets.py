"""A library of other people's pictures, artwork and textures, as its manifest.csv lists it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt
import PIL.Image

from framejudge.datasets.drawing import buckets as exam
from framejudge.datasets.errors import InputError

Kind = Literal["packshots", "cutouts", "scenes", "frames", "textures"]
KINDS: tuple[Kind, ...] = ("packshots", "cutouts", "scenes", "frames", "textures")
SOURCE_EXPONENT = 0.6
"""A source of n pictures is drawn from in proportion to n to this power: small sources count for more."""
_COLUMNS = frozenset({"path", "kind", "source", "role", "sha256"})
_LONGEST_PX = 512
_MEMORY_BYTES = 160 * 2**20


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of the library.

    Attributes
    ----------
    path
        The file.
    name
        Its path in the library: the group of the pictures made from it.
    kind, source
        What it is, and which shop, artist or tool it comes from.
    sealed
        Whether its source is for the final exam only.
    bucket
        Of the exam, 0 to 9, by its hash.
    """

    path: Path
    name: str
    kind: str
    source: str
    sealed: bool
    bucket: int


@dataclass(frozen=True)
class Assets:
    """Files to draw with, decoded when they are asked for; the oldest of the decoded ones make room."""

    files: tuple[Asset, ...]
    _pixels: dict[Path, npt.NDArray[np.uint8]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def read(cls, folder: Path) -> Assets:
        """Return what the manifest of a folder lists.

        Raises
        ------
        InputError
            When the folder has no manifest.csv, a column is missing, or a path leaves the folder.
        """
        manifest = folder / "manifest.csv"
        try:
            text = manifest.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as problem:
            raise InputError(
                f"no manifest can be read ({problem})", where=manifest, fix="name a folder with one"
            ) from problem
        rows = csv.DictReader(io.StringIO(text, newline=""))
        if missing := _COLUMNS - set(rows.fieldnames or ()):
            raise InputError(f"lacks the column {min(missing)}", where=manifest, fix="add it")
        files = tuple(_asset(folder, row, f"{manifest}:{line}") for line, row in enumerate(rows, start=2))
        return cls(files)

    def __reduce__(self) -> tuple[type[Assets], tuple[object, ...]]:
        """Leave the decoded pixels behind: another process decodes its own."""
        return Assets, (self.files,)

    def part(self, *, sealed: bool, buckets: Iterable[int], without_sources: Iterable[str] = ()) -> Assets:
        """Return the files of sealed sources, whole, or those of the others that are in these buckets."""
        wanted, unwanted = frozenset(buckets), frozenset(without_sources)
        return Assets(
            tuple(
                each
                for each in self.files
                if each.sealed == sealed and each.source not in unwanted and (sealed or each.bucket in wanted)
            )
        )

    def of(self, kind: Kind) -> tuple[Asset, ...]:
        """Return the files of a kind."""
        return tuple(each for each in self.files if each.kind == kind)

    def random(self, kind: Kind, rng: np.random.Generator, *, evenly: bool = False) -> Asset:
        """Return a file of a kind; each source as often as any other if ``evenly``.

        Otherwise a source of n files counts n to the power `SOURCE_EXPONENT`.
        """
        by_source = self._by_source(kind)
        sizes = np.array([len(each) for each in by_source], float) ** (0 if evenly else SOURCE_EXPONENT)
        chosen = by_source[int(rng.choice(len(by_source), p=sizes / sizes.sum()))]
        return chosen[int(rng.integers(len(chosen)))]

    def pixels(self, asset: Asset) -> npt.NDArray[np.uint8]:
        """Return a file's pixels, (H, W, 4), the last its opacity; not to be written to."""
        if asset.path not in self._pixels:
            while self._pixels and sum(each.nbytes for each in self._pixels.values()) > _MEMORY_BYTES:
                del self._pixels[next(iter(self._pixels))]
            self._pixels[asset.path] = _decode(asset.path)
        return self._pixels[asset.path]

    def _by_source(self, kind: Kind) -> list[list[Asset]]:
        sources: dict[str, list[Asset]] = {}
        for each in self.files:
            if each.kind == kind:
                sources.setdefault(each.source, []).append(each)
        return [sources[name] for name in sorted(sources)]


def _asset(folder: Path, row: dict[str, str], place: str) -> Asset:
    name = row["path"] or ""
    if Path(name).is_absolute() or ".." in Path(name).parts or not name:
        raise InputError(f"{name!r} is no path in the folder", where=place, fix="use paths below it")
    if row["kind"] not in KINDS:
        raise InputError(f"unknown kind {row['kind']!r}", where=place, fix=f"use {', '.join(KINDS)}")
    try:
        bucket = exam.bucket(row["sha256"])
    except ValueError:
        raise InputError("sha256 is no hash", where=place, fix="write it in hexadecimal digits") from None
    return Asset(folder / name, name, row["kind"], row["source"], row["role"] == "sealed", bucket)


def _decode(path: Path) -> npt.NDArray[np.uint8]:
    with PIL.Image.open(path) as picture:
        pixels = np.array(picture.convert("RGBA"))
    scale = _LONGEST_PX / max(pixels.shape[:2])
    if scale < 1:
        size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    pixels.flags.writeable = False
    return pixels
