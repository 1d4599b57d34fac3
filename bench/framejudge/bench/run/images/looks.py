"""What some of a run's images are like: images.parquet in memory, and what sets are compared by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from framejudge.bench.run.columns import Booleans, Categories, Columns, Floats, Positions

STAND_INS = 800
"""Images that sizes and classes are taken from where a run of an earlier version looked at none."""


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """What is known of m images, in the run's order.

    Attributes
    ----------
    positions
        Shape (m,): where they stand among the run's images.
    sampled
        Shape (m,): drawn at random from all; the others are there because a reader will ask for them.
    formats
        Of the files, as Pillow calls them.
    bytes
        Shape (m,): of the files.
    light
        Shape (m, 3): brightness, contrast and colourfulness, in [0, 1].
    same_pixels, looks_like
        Shape (m,): the position of an earlier image with the same pixels, and of an earlier one of another
        group that looks the same; -1 where there is none.
    places
        Shape (m, 2): on the map of alike pictures, in [0, 1]; NaN where there is no map.
    jpegs
        Small copies.
    """

    positions: Positions
    sampled: Booleans
    formats: Categories
    bytes: npt.NDArray[np.int64]
    light: Floats
    same_pixels: Positions
    looks_like: Positions
    places: Floats
    jpegs: pa.BinaryArray

    def __len__(self) -> int:
        return len(self.positions)

    def only(self, rows: Booleans) -> Looks:
        """Return some of the rows, shape (m,)."""
        return Looks(
            self.positions[rows],
            self.sampled[rows],
            self.formats.take(np.flatnonzero(rows)),
            self.bytes[rows],
            self.light[rows],
            self.same_pixels[rows],
            self.looks_like[rows],
            self.places[rows],
            self.jpegs.filter(pa.array(rows)),
        )


def read_looks(table: pa.Table, columns: Columns) -> Looks:
    """Turn the rows of images.parquet into columns.

    Parameters
    ----------
    table
        As `framejudge.bench.run.tables.IMAGES` describes it; a row of an image that the run does not have is
        left out.
    columns
        The images of the same run.
    """
    positions = _positions(table["path"], columns)
    found = Looks(
        positions=positions,
        sampled=table["sampled"].to_numpy().astype(bool),
        formats=Categories.of(table["format"]),
        bytes=table["bytes"].to_numpy().astype(np.int64),
        light=_stacked(table, ("brightness", "contrast", "colourfulness")),
        same_pixels=_positions(table["same_pixels"], columns),
        looks_like=_positions(table["looks_like"], columns),
        places=_stacked(table, ("map_x", "map_y")),
        jpegs=_whole(table["jpeg"]),
    )
    return found if (positions >= 0).all() else found.only(positions >= 0)


@dataclass(frozen=True, slots=True)
class Property:
    """A property of images.

    Attributes
    ----------
    name
        As results name it.
    more, less
        What a set is called whose images have more of it, or less, than another's.
    """

    name: str
    more: str
    less: str


PROPERTIES: Sequence[Property] = (
    Property("brightness", "brighter", "darker"),
    Property("contrast", "richer in contrast", "flatter in contrast"),
    Property("colourfulness", "more colourful", "greyer"),
    Property("longer side", "larger", "smaller"),
    Property("aspect", "wider in shape", "narrower in shape"),
    Property("file size", "larger in bytes", "smaller in bytes"),
    Property("share of framed", "more often framed", "less often framed"),
)


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Images drawn at random from a run's, and their properties.

    Attributes
    ----------
    positions
        Shape (m,).
    values
        By the name of a property, shape (m,); NaN where it is not known.
    """

    positions: Positions
    values: dict[str, Floats]


def sampled(looks: Looks, columns: Columns) -> Sample:
    """Return the properties of the images that were drawn at random.

    Brightness, contrast and colourfulness are in [0, 1], sides in pixels, aspect is width over height, and
    the share of framed is 1 for a framed image and 0 for a plain one.
    """
    drawn = looks.only(looks.sampled)
    known = len(drawn) > 0
    positions = drawn.positions if known else _stand_ins(columns)
    nothing = np.full(len(positions), np.nan)
    width, height = np.where(columns.sizes[positions] > 0, columns.sizes[positions], np.nan).T
    labelled = columns.labelled[positions]
    light = dict(zip(("brightness", "contrast", "colourfulness"), drawn.light.T, strict=True))
    return Sample(
        positions,
        {
            **(light if known else dict.fromkeys(light, nothing)),
            "longer side": np.fmax(width, height),
            "aspect": width / height,
            "file size": drawn.bytes.astype(np.float64) if known else nothing,
            "share of framed": np.where(labelled, columns.framed[positions], np.nan),
        },
    )


def _stand_ins(columns: Columns) -> Positions:
    readable = np.flatnonzero(columns.sizes[:, 0] > 0)
    if len(readable) <= STAND_INS:
        return readable
    return np.sort(np.random.default_rng(0).choice(readable, STAND_INS, replace=False))


def _positions(paths: pa.ChunkedArray, columns: Columns) -> Positions:
    return columns.positions_of(_whole(paths))


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _stacked(table: pa.Table, names: Sequence[str]) -> Floats:
    columns = [table[name].to_numpy().astype(np.float64) for name in names]
    return np.stack(columns, axis=1)
