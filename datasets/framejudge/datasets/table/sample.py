"""A labelled image and an ordered collection of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from framejudge.datasets.table.box import Box

Label = Literal["framed", "plain"]
LABELS: tuple[Label, ...] = ("framed", "plain")


@dataclass(frozen=True, slots=True)
class Sample:
    """One labelled image.

    Attributes
    ----------
    path
        Where the image is, relative to the dataset's folder, with forward slashes.
    label
        ``"framed"``, ``"plain"``, or None while nobody has decided: kept and counted, never scored.
    group
        The source photo. Images of one group are not independent; intervals respect that.
    attributes
        Further columns by name (``style``, ``sides``, ``source``, ...); each becomes a slice of the report.
    content_box
        The rectangle inside the frame, in pixels, where it is known.
    """

    path: str
    label: Label | None
    group: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    content_box: Box | None = None


@dataclass(frozen=True, slots=True)
class Dataset:
    """An ordered collection of samples below one folder.

    ``generated`` is true for sets that were drawn without any photo: a report then says that they are no
    evidence about anyone's shop. ``drawn`` is true for these too, and where frames were drawn on photos.
    """

    name: str
    root: Path
    samples: tuple[Sample, ...]
    generated: bool = False
    drawn: bool = False

    def __len__(self) -> int:
        return len(self.samples)

    def __iter__(self) -> Iterator[Sample]:
        return iter(self.samples)

    def locate(self, sample: Sample) -> Path:
        """Return the sample's file."""
        return self.root / sample.path
