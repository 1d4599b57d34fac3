"""A look at some of a set's images: what they are like, which are alike, where each lies among the others.

It is bounded, whatever the size of the set: images drawn at random, from which a report takes distributions,
and those that its reader will ask for.
"""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import PIL.Image
import pyarrow as pa

from framejudge.bench.engine.sparingly import each_sparingly
from framejudge.bench.figures.image_properties import GRID, LightAndColour, descriptor, light_and_colour
from framejudge.bench.figures.similarity import laid_out
from framejudge.bench.figures.slices import find_slices
from framejudge.bench.run import tables
from framejudge.bench.run.columns import Booleans, Columns, Positions, encoded
from framejudge.bench.timing.environment import available_cores
from framejudge.datasets.images.decode import UnreadableImage, decode_image
from framejudge.datasets.images.near_duplicates import look_alike
from framejudge.datasets.images.perceptual_hash import perceptual_hash
from framejudge.datasets.table.sample import Dataset

SAMPLED = 800
"""Images drawn at random: a share is known to 3.5 points, a shift of a distribution from about 0.1 on."""

MISTAKES = 400
DUPLICATES = 60
OF_A_SLICE = 4
MOST_SLICES = 100

COPY_PX = 256
"""Light, colour and likeness are those of a copy that is at most so many pixels a side."""

TINY_PX = 96
TINY_QUALITY = 60


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a file showed."""

    format: str
    size_bytes: int
    size: tuple[int, int]
    light: LightAndColour
    hash: int | None
    descriptor: npt.NDArray[np.float32]
    jpeg: bytes


def survey(
    dataset: Dataset, columns: Columns, digests: Sequence[str | None], also: Sequence[int] = ()
) -> pa.Table:
    """Look at some images of a set; the columns are `tables.IMAGES`, in the set's order.

    Parameters
    ----------
    digests
        Of the pixels of each image, None for one that cannot be read; empty where nobody knows them.
    also
        Positions of images to look at beside those that are drawn, those that most detectors were wrong on,
        those whose pixels the set has twice, and some of each slice.
    """
    twin_of = first_with_the_same_pixels(digests, len(columns))
    drawn = drawn_at_random(columns)
    wanted = {*drawn.tolist(), *also, *_widest_mistakes(columns)}
    wanted |= set(np.flatnonzero(twin_of >= 0)[:DUPLICATES].tolist())
    wanted |= _of_rare_slices(columns, drawn)
    order = sorted(wanted)
    paths = [os.fspath(dataset.locate(dataset.samples[k])) for k in order]
    looks = each_sparingly(look_at, paths, len(available_cores()))
    seen = {k: look for k, look in zip(order, looks, strict=True) if look is not None}
    return _table(columns, seen, set(drawn.tolist()), twin_of)


def look_at(path: str) -> Look | None:
    """Return what a file is like; None where it cannot be read any more."""
    try:
        picture = PIL.Image.fromarray(decode_image(path))
        with PIL.Image.open(path) as header:
            file_format = header.format or "unknown"
        size_bytes = Path(path).stat().st_size
    except (UnreadableImage, OSError):
        return None
    size = picture.size
    picture.thumbnail((COPY_PX, COPY_PX))
    grid = np.asarray(picture.resize((GRID, GRID), PIL.Image.Resampling.BOX))
    tiny = picture.copy()
    tiny.thumbnail((TINY_PX, TINY_PX))
    jpeg = io.BytesIO()
    tiny.save(jpeg, "JPEG", quality=TINY_QUALITY)
    return Look(
        format={"MPO": "JPEG"}.get(file_format, file_format),  # a camera's JPEG with previews behind it
        size_bytes=size_bytes,
        size=size,
        light=light_and_colour(np.asarray(picture)),
        hash=perceptual_hash(picture),
        descriptor=descriptor(grid),
        jpeg=jpeg.getvalue(),
    )


def drawn_at_random(columns: Columns) -> Positions:
    """Return the positions of `SAMPLED` of the images that could be read, ascending; always the same ones."""
    readable = np.ones(len(columns), dtype=bool)
    if columns.unreadable is not None:
        readable = ~columns.unreadable.is_valid().to_numpy(zero_copy_only=False)
    positions = np.flatnonzero(readable)
    if len(positions) > SAMPLED:
        positions = np.sort(np.random.default_rng(0).choice(positions, SAMPLED, replace=False))
    return positions


def first_with_the_same_pixels(digests: Sequence[str | None], images: int) -> Positions:
    """Return where the first image with the same pixels stands, shape (images,); -1 where it is the first."""
    if not digests:
        return np.full(images, -1, dtype=np.int64)
    codes, values = encoded(pa.array(digests, pa.string()))
    first = np.full(len(values) + 1, images, dtype=np.int64)
    np.minimum.at(first, codes, np.arange(images))
    found = np.where(codes >= 0, first[codes], -1)
    return np.where(found == np.arange(images), -1, found)


def _widest_mistakes(columns: Columns) -> list[int]:
    """Return the images that most detectors were wrong on, and of these the ones that they were surest of."""
    complete = [answers for answers in columns.detectors if answers.failure is None]
    if not complete:
        return []
    wrong: npt.NDArray[np.float64] = np.zeros(len(columns))
    for answers in complete:
        mistaken: Booleans = columns.wrong(answers)
        wrong[mistaken] += 1 + np.abs(answers.scores[mistaken] - answers.threshold) / 2
    order = np.argsort(-wrong, kind="stable")[:MISTAKES]
    worst: list[int] = order[wrong[order] > 0].tolist()
    return worst


def _of_rare_slices(columns: Columns, drawn: Positions) -> set[int]:
    """Return images of the slices that few of the drawn ones are in."""
    is_drawn = np.zeros(len(columns), dtype=bool)
    is_drawn[drawn] = True
    found: set[int] = set()
    for one in find_slices(columns.attributes, columns.labelled)[:MOST_SLICES]:
        missing = OF_A_SLICE - int(np.sum(one.members & is_drawn))
        if missing > 0:
            found |= set(np.flatnonzero(one.members & ~is_drawn)[:missing].tolist())
    return found


def _table(columns: Columns, seen: dict[int, Look], drawn: set[int], twin_of: Positions) -> pa.Table:
    order, looks = list(seen), list(seen.values())
    alike = look_alike([look.hash for look in looks]) if looks else np.empty(0, dtype=np.intp)
    groups = columns.groups.codes[order]
    stranger = (alike != np.arange(len(order))) & (groups != groups[alike]) & (twin_of[order] < 0)
    places = laid_out(np.array([look.descriptor for look in looks])) if looks else None
    rows = [
        {
            "path": columns.path(k),
            "sampled": k in drawn,
            "format": look.format,
            "bytes": look.size_bytes,
            "width": look.size[0],
            "height": look.size[1],
            **look.light._asdict(),
            "same_pixels": columns.path(int(twin_of[k])) if twin_of[k] >= 0 else None,
            "looks_like": columns.path(order[int(alike[row])]) if stranger[row] else None,
            "map_x": None if places is None else float(places[row, 0]),
            "map_y": None if places is None else float(places[row, 1]),
            "jpeg": look.jpeg,
        }
        for row, (k, look) in enumerate(seen.items())
    ]
    return pa.Table.from_pylist(rows, schema=tables.IMAGES)
