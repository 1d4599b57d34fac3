"""How the pictures of two runs differ, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from framejudge.bench.run.figure import Figure

Size = Literal["none shown", "negligible", "small", "medium", "large"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The 10th, 50th and 90th percentile of a property, over ``images`` drawn at random."""

    low: float
    median: float
    high: float
    mean: float
    images: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyDrift:
    """One property in two sets of images.

    Attributes
    ----------
    property
        Its name in `framejudge.bench.run.images.looks.PROPERTIES`.
    distance
        The largest difference of the two distribution functions (Kolmogorov and Smirnov), in [0, 1].
    superiority
        How often an image of the later set has more of it than one of the earlier set; 0.5 is no shift.
    p
        Of a permutation test over whole groups, corrected for the number of properties (Holm).
    size
        Of the shift in words, "none shown" where chance explains it.
    """

    property: str
    before: Spread
    after: Spread
    distance: float
    superiority: float
    p: Figure
    size: Size


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDrift:
    """How the pictures of a later run differ from those of an earlier one.

    Attributes
    ----------
    folder, started, dataset
        Of the earlier run.
    same_images
        Whether both runs are on the same images: then nothing is compared.
    not_compared
        Properties that one of the runs does not know.
    """

    folder: str
    started: str
    dataset: str
    same_images: bool
    properties: list[PropertyDrift]
    not_compared: list[str]
