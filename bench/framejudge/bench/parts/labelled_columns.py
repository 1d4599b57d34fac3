"""A labelled set as columns: what a run keeps of it, so that its parts can be read without the set."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from framejudge.bench.parts.part_file import Part
from framejudge.bench.run.columns import Columns
from framejudge.bench.run.predictions import images_table, read_images


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LabelledColumns:
    """A labelled set on disk, before any detector has seen it.

    Attributes
    ----------
    name, generated, drawn
        As `framejudge.datasets.table.sample.Dataset` has them.
    root
        The set's folder, absolute: a detector may change its process's current folder.
    labels_fingerprint
        Of paths, labels, groups and content boxes.
    columns
        A row an image.
    """

    name: str
    generated: bool
    drawn: bool
    root: str
    labels_fingerprint: str
    columns: Columns

    def __len__(self) -> int:
        return len(self.columns)

    def file(self, image: int) -> str:
        """Return the absolute path of the image at a position."""
        return f"{self.root}/{self.columns.path(image)}"

    def part(self) -> Part:
        """Return the content of their part."""
        facts = {
            "kind": "set",
            "name": self.name,
            "generated": self.generated,
            "drawn": self.drawn,
            "root": self.root,
            "labels_fingerprint": self.labels_fingerprint,
        }
        return Part(images_table(self.columns), facts)

    @classmethod
    def of(cls, part: Part) -> LabelledColumns:
        """Return what a part says."""
        facts = {name: value for name, value in part.facts.items() if name != "kind"}
        return cls(**facts, columns=read_images(part.table))


def difference(before: LabelledColumns, after: LabelledColumns) -> str | None:
    """Return in words what differs between two readings of a set; None where they are the same rows."""
    old, new = images_table(before.columns), images_table(after.columns)
    if len(before) != len(after):
        return f"it has {len(after):,} images, and had {len(before):,}"
    for name in ("path", *(name for name in old.column_names if name != "path")):
        if name not in new.column_names:
            return f"its column {name.rpartition('.')[2]!r} is gone"
        if not old[name].equals(new[name]):
            other = pc.fill_null(pc.not_equal(old[name], new[name]), True)  # a null on either side is none
            both_null = pc.and_(pc.is_null(old[name]), pc.is_null(new[name]))
            row = int(np.flatnonzero(pc.and_not(other, both_null).to_numpy())[0])
            was, now = old[name][row].as_py(), new[name][row].as_py()
            place = "" if name == "path" else f" of {before.columns.path(row)}"
            return f"{name.rpartition('.')[2]}{place} is {now!r}, and was {was!r}"
    if more := [name for name in new.column_names if name not in old.column_names]:
        return f"its column {more[0].rpartition('.')[2]!r} is new"
    return None
