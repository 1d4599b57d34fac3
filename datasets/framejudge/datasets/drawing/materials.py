"""What pictures are drawn from: photos, cut-outs and textures, restricted to buckets of the exam."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import PIL.Image
from platformdirs import user_cache_path

from framejudge.datasets.atomic_file import replace_text
from framejudge.datasets.drawing import buckets as exam
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.errors import InputError
from framejudge.datasets.images.decode import decode_image
from framejudge.datasets.images.image_files import images_below
from framejudge.datasets.images.perceptual_hash import perceptual_hash

SMALLEST_PHOTO_PX = 32
"""Of either side; anything smaller is an icon or a tracking pixel and is left out."""

POOL_EXPONENT = 0.75
"""A pool of n photos is drawn from in proportion to n to this power: small pools count for more."""

_BUNDLED_TEXTURES = (
    "brick.png", "chelsea.png", "coffee.png", "coins.png", "grass.png", "gravel.png", "hubble_deep_field.jpg",
    "ihc.png", "moon.png", "motorcycle_left.png", "retina.jpg", "rocket.jpg",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo or a cut-out on disk.

    Attributes
    ----------
    path
        The file.
    name
        Its path relative to the folder that was read, with forward slashes.
    sha256
        Of the file's bytes, hexadecimal.
    pool
        Where it comes from: the first folder of ``name``.
    bucket
        Of the exam, 0 to 9; near-duplicates share one.
    group
        The name of the first of its near-duplicates, or its own: pictures made from one group are not
        independent of each other.
    """

    path: Path
    name: str
    sha256: str
    pool: str
    bucket: int
    group: str


class _PixelCache:
    """Decoded pictures, as many as fit in a number of bytes; the oldest make room."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._pixels: dict[Path, npt.NDArray[np.uint8]] = {}

    def get(self, path: Path, decode: Callable[[], npt.NDArray[np.uint8]]) -> npt.NDArray[np.uint8]:
        """Return a file's pixels, decoding it if they are not kept."""
        if path in self._pixels:
            return self._pixels[path]
        pixels = decode()
        pixels.flags.writeable = False
        self._pixels[path] = pixels
        self._size += pixels.nbytes
        while self._size > self._limit and len(self._pixels) > 1:
            oldest = next(iter(self._pixels))
            self._size -= self._pixels.pop(oldest).nbytes
        return pixels


@dataclass(frozen=True)
class Materials:
    """Photos, cut-outs and textures to draw with; decoded ones are kept in memory.

    Attributes
    ----------
    photos, cutouts
        What may be drawn from: already restricted to the wanted buckets.
    max_side
        Photos and cut-outs are reduced to so many pixels a side before they are kept.
    memory_mib
        How much decoded pixels may take; the oldest make room.
    """

    photos: tuple[Photo, ...] = ()
    cutouts: tuple[Photo, ...] = ()
    max_side: int = 320
    memory_mib: int = 1024
    _pixels: _PixelCache = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_pixels", _PixelCache(self.memory_mib * 2**20))

    @classmethod
    def read(
        cls,
        photos: Path | None = None,
        cutouts: Path | None = None,
        *,
        buckets: Iterable[int] = range(exam.BUCKETS),
        max_side: int = 320,
        memory_mib: int = 1024,
    ) -> Materials:
        """Return what two folders hold in the given buckets.

        A folder's ``manifest.csv`` (columns ``path`` and ``sha256``) says what it holds; without one, every
        picture below it is hashed.

        Raises
        ------
        InputError
            When a folder is missing, holds no picture that can be read, or none in these buckets.
        """
        wanted = frozenset(buckets)
        return cls(
            photos=_in_buckets(photos, wanted, "photo", _hash_of_file),
            cutouts=_in_buckets(cutouts, wanted, "cut-out", None),
            max_side=max_side,
            memory_mib=memory_mib,
        )

    def __reduce__(self) -> tuple[type[Materials], tuple[object, ...]]:
        """Leave the decoded pixels behind: another process decodes its own."""
        return Materials, (self.photos, self.cutouts, self.max_side, self.memory_mib)

    def random_photo(self, rng: np.random.Generator) -> Photo:
        """Return a photo, each pool in proportion to its size to the power `POOL_EXPONENT`."""
        return self.photos[int(np.searchsorted(self._cumulated_weights, rng.random()))]

    def photo(self, photo: Photo) -> Image:
        """Return the photo's pixels, (H, W, 3); not to be written to."""
        return self._pixels.get(photo.path, lambda: _decode(photo.path, self.max_side))

    def random_cutout(self, rng: np.random.Generator, folder: str = "") -> Photo:
        """Return a cut-out, below the given first folder if one is named."""
        choice = [cutout for cutout in self.cutouts if cutout.pool == folder] if folder else self.cutouts
        return choice[int(rng.integers(len(choice)))]

    def cutout(self, cutout: Photo) -> npt.NDArray[np.uint8]:
        """Return the cut-out's pixels, (H, W, 4), the last channel its opacity; not to be written to."""
        return self._pixels.get(cutout.path, lambda: _decode_with_alpha(cutout.path, self.max_side))

    def random_texture(self, rng: np.random.Generator) -> Image:
        """Return a picture to cut a texture from: a photo, or one of scikit-image's bundled pictures."""
        if self.photos and rng.random() < 0.6:
            return self.photo(self.random_photo(rng))
        return bundled_texture(_BUNDLED_TEXTURES[int(rng.integers(len(_BUNDLED_TEXTURES)))])

    @cached_property
    def _cumulated_weights(self) -> npt.NDArray[np.float64]:
        sizes = Counter(photo.pool for photo in self.photos)
        weights = np.array([sizes[photo.pool] ** (POOL_EXPONENT - 1) for photo in self.photos])
        cumulated = np.cumsum(weights / weights.sum())
        cumulated[-1] = 1.0
        return cumulated


@cache
def bundled_texture(name: str) -> Image:
    """Return one of the pictures that scikit-image installs, at most 320 pixels a side."""
    import skimage

    return _decode(Path(skimage.__file__).parent / "data" / name, 320)


def list_photos(folder: Path, *, kind: str = "photo") -> list[tuple[str, str]]:
    """Return name and SHA-256 of each picture below a folder, from its manifest.csv or by hashing.

    Raises
    ------
    InputError
        When the folder is missing or holds no picture, or the manifest lacks a column or names a file
        outside the folder.
    """
    if not folder.is_dir():
        raise InputError(f"no folder of {kind}s here", where=folder, fix="name an existing folder")
    manifest = folder / "manifest.csv"
    if manifest.is_file():
        listed = _read_manifest(manifest)
    else:
        paths = sorted(images_below(folder))
        listed = [(path.relative_to(folder).as_posix(), _sha256(path)) for path in paths]
    if not listed:
        raise InputError(f"holds no {kind}", where=folder, fix=f"put {kind}s (JPEG, PNG, WebP) below it")
    return listed


def _read_manifest(manifest: Path) -> list[tuple[str, str]]:
    try:
        rows = csv.DictReader(io.StringIO(manifest.read_text(encoding="utf-8-sig"), newline=""))
    except UnicodeDecodeError:
        raise InputError("the text is not UTF-8", where=manifest, fix="save it as UTF-8") from None
    missing = {"path", "sha256"} - set(rows.fieldnames or ())
    if missing:
        raise InputError(f"lacks the column {min(missing)}", where=manifest, fix="add it, or remove the file")
    listed = [(row["path"] or "", row["sha256"] or "") for row in rows]  # None where a row is too short
    for number, (name, digest) in enumerate(listed, start=2):
        if Path(name).is_absolute() or ".." in Path(name).parts:
            raise InputError(
                f"{name} leaves the folder", where=f"{manifest}:{number}", fix="use paths below it"
            )
        if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
            raise InputError("sha256 is not 64 hexadecimal digits", where=f"{manifest}:{number}")
    return listed


def _in_buckets(
    folder: Path | None,
    wanted: frozenset[int],
    kind: str,
    hash_of_file: Callable[[Path], int | None] | None,
) -> tuple[Photo, ...]:
    """Return a folder's pictures in the wanted buckets; near-duplicates are sought if a hash is given."""
    if folder is None:
        return ()
    listed = list_photos(folder, kind=kind)
    digests = dict(listed)
    first = {digest: digest for digest in digests.values()}
    if hash_of_file:
        hashes = _perceptual_hashes(folder, listed, hash_of_file)
        first = exam.representatives(hashes)
    names = {digest: name for name, digest in reversed(listed)}
    photos = tuple(
        Photo(
            path=folder / name,
            name=name,
            sha256=digest,
            pool=name.split("/")[0] if "/" in name else folder.name,
            bucket=exam.bucket(first[digest]),
            group=names[first[digest]],
        )
        for name, digest in listed
        if digest in first
    )
    if not photos:
        raise InputError(f"no {kind} here can be read", where=folder, fix="use JPEG, PNG or WebP files")
    chosen = tuple(photo for photo in photos if photo.bucket in wanted)
    if not chosen:
        raise InputError(
            f"no {kind} is in buckets {sorted(wanted)}",
            where=folder,
            fix="choose other buckets or add photos",
        )
    return chosen


def _perceptual_hashes(
    folder: Path, listed: Sequence[tuple[str, str]], hash_of_file: Callable[[Path], int | None]
) -> dict[str, int]:
    """Return the perceptual hash of each readable picture, by SHA-256; kept in the user's cache folder."""
    key = hashlib.sha256("\n".join(sorted(digest for _, digest in listed)).encode()).hexdigest()
    kept = user_cache_path("framejudge") / "perceptual-hashes" / f"{key[:32]}.json"
    if kept.is_file():
        hashes: dict[str, int] = json.loads(kept.read_text(encoding="utf-8"))
        return hashes
    computed = {digest: hash_of_file(folder / name) for name, digest in listed}
    readable = {digest: value for digest, value in computed.items() if value is not None}
    kept.parent.mkdir(parents=True, exist_ok=True)
    replace_text(kept, json.dumps(readable))  # drawing processes may compute it side by side
    return readable


def _hash_of_file(path: Path) -> int | None:
    """Return a photo's perceptual hash, or None where it cannot be read or is too small for anything."""
    try:
        with PIL.Image.open(path) as picture:
            if min(picture.size) < SMALLEST_PHOTO_PX:
                return None
            picture.draft("L", (128, 128))
            return perceptual_hash(picture, as_exam_1=True)
    except (OSError, SyntaxError, PIL.Image.DecompressionBombError):
        return None


def _sha256(path: Path) -> str:
    with path.open("rb") as contents:
        return hashlib.file_digest(contents, "sha256").hexdigest()


def _decode(path: Path, max_side: int) -> Image:
    return _reduced(decode_image(path), max_side)


def _decode_with_alpha(path: Path, max_side: int) -> npt.NDArray[np.uint8]:
    with PIL.Image.open(path) as picture:
        return _reduced(np.array(picture.convert("RGBA")), max_side)


def _reduced(pixels: npt.NDArray[np.uint8], max_side: int) -> npt.NDArray[np.uint8]:
    """Return the pixels reduced so that no side is longer than so many."""
    height, width = pixels.shape[:2]
    scale = max_side / max(height, width)
    if scale >= 1:
        return pixels
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
