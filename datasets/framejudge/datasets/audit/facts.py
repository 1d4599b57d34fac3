"""What an audit knows about one file after looking at it once."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import PIL.Image

from framejudge.datasets.errors import InputError
from framejudge.datasets.images.decode import UnreadableImage, decode_image
from framejudge.datasets.images.fingerprint import image_digest
from framejudge.datasets.images.perceptual_hash import perceptual_hash

if TYPE_CHECKING:
    from framejudge.datasets.drawing.picture import Image

Score = Callable[["Image"], float]
"""Says how surely a picture is framed, in [0, 1]: a detector's ``predict``, for example."""

Measure = Callable[["Image"], npt.NDArray[np.float32]]
"""Turns a picture into a vector of features."""

_NOT_ANIMATED = frozenset({"MPO", "TIFF"})
"""Formats that hold several pictures without being an animation: a camera's previews, a scanner's pages."""


class Header(NamedTuple):
    """What the first bytes of a file say: Pillow's name of its format, and whether it moves."""

    format: str = ""
    animated: bool = False


UNKNOWN_HEADER = Header()


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One file of a set.

    Attributes
    ----------
    path
        Relative to the set's folder.
    problem
        Why it cannot be decoded; then nothing below is known.
    missing
        Whether there is no such file.
    header
        Its format.
    width, height
        In pixels, after EXIF rotation.
    digest
        SHA-256 of the decoded pixels.
    looks
        Its perceptual hash; None for a flat picture.
    features
        What ``Measure`` gave, if it was asked for.
    score
        What ``Score`` gave, if it was asked for; None where it failed.
    score_problem
        Why it failed.
    """

    path: str
    problem: str = ""
    missing: bool = False
    header: Header = UNKNOWN_HEADER
    width: int = 0
    height: int = 0
    digest: str = ""
    looks: int | None = None
    features: npt.NDArray[np.float32] | None = None
    score: float | None = None
    score_problem: str = ""

    @property
    def readable(self) -> bool:
        """Whether the file is there and was decoded."""
        return not self.problem


def look_at(root: Path, path: str, measure: Measure | None = None, score: Score | None = None) -> FileFacts:
    """Decode one file and note everything about it."""
    file = root / path
    try:
        image = decode_image(file)
    except UnreadableImage as problem:
        return FileFacts(path, problem.what, missing=not file.is_file())
    value, score_problem = _scored(score, image) if score else (None, "")
    return FileFacts(
        path,
        header=read_header(file),
        width=image.shape[1],
        height=image.shape[0],
        digest=image_digest(image),
        looks=perceptual_hash(PIL.Image.fromarray(image)),
        features=measure(image) if measure else None,
        score=value,
        score_problem=score_problem,
    )


def look_at_all(
    root: Path,
    paths: Sequence[str],
    measure: Measure | None = None,
    score: Score | None = None,
    threads: int = 2,
) -> Iterator[FileFacts]:
    """Yield the facts about each file, in order; several are looked at at a time."""
    with ThreadPoolExecutor(threads) as pool:
        yield from pool.map(lambda path: look_at(root, path, measure, score), paths)


def read_header(file: Path) -> Header:
    """Return what the header of a decodable file says; no pixel is decoded."""
    with PIL.Image.open(file) as opened:
        format_name = opened.format or ""
        animated = bool(getattr(opened, "is_animated", False)) and format_name not in _NOT_ANIMATED
        return Header(format_name, animated)


def _scored(score: Score, image: Image) -> tuple[float | None, str]:
    try:
        value = float(score(image))
    except InputError as problem:
        return None, problem.what
    except Exception as problem:
        # Anyone's detector may fail in any way on one picture; the audit of the others goes on.
        return None, f"{type(problem).__name__}: {problem}"
    if not 0 <= value <= 1 or math.isnan(value):
        return None, f"the score {value} is not in [0, 1]"
    return value, ""
