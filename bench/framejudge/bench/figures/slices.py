"""The parts of a set that an attribute names, and which of them a detector is surely weakest on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from framejudge.bench.run import SliceResult, WeakestSlice
from framejudge.bench.run.columns import Booleans, Categories

MAX_SLICES_OF_AN_ATTRIBUTE = 20
"""An attribute with more values than this names images rather than kinds of them, unless they are numbers."""

MAX_ATTRIBUTES = 100
"""Attributes that slices are made of, the first ones: thousands would hide a weak slice in chance finds."""

BINS = 4
"""Parts of about as many images each, into which numbers with more values are cut."""

MIN_IMAGES_OF_A_BIN = 10

BOOKKEEPING = frozenset({"score", "proposed", "proposed_by", "problem"})
"""Columns that a review leaves in a labels table: what a detector thought is no kind of picture."""

WEAK_P = 0.05
"""A slice is named where one like it is found by chance, in any of the slices, less often than this."""


@dataclass(frozen=True, slots=True)
class Slice:
    """The images, shape (n,), whose attribute has a value."""

    attribute: str
    value: str
    members: Booleans


def find_slices(attributes: Mapping[str, Categories], usable: Booleans) -> list[Slice]:
    """Return a slice for every value of every attribute that has 2 to 20 of them among usable images.

    Numbers with more values are cut at their quartiles. Only the first `MAX_ATTRIBUTES` count. Images without
    a value are in no slice of the attribute.

    Parameters
    ----------
    attributes
        By name; an empty text is none.
    usable
        Shape (n,): the images that may be in a slice.
    """
    found = []
    for attribute in sliceable(attributes)[:MAX_ATTRIBUTES]:
        column = attributes[attribute]
        present = usable & (column.codes >= 0) & ~column.is_in("")
        codes = np.unique(column.codes[present])
        kinds = column.values.take(pa.array(codes)).to_pylist()
        if 2 <= len(kinds) <= MAX_SLICES_OF_AN_ATTRIBUTE:
            found += [
                Slice(attribute, kind, present & (column.codes == code))
                for code, kind in zip(codes, kinds, strict=True)
            ]
        elif len(kinds) > MAX_SLICES_OF_AN_ATTRIBUTE:
            found += _binned(attribute, kinds, np.searchsorted(codes, column.codes[present]), present)
    return found


def sliceable(attributes: Iterable[str]) -> list[str]:
    """Return the names of attributes without a review's bookkeeping."""
    return [name for name in attributes if name not in BOOKKEEPING]


def weakest_slices(slices: Sequence[SliceResult]) -> list[WeakestSlice]:
    """Return the slice that each detector is surely weakest on; without a name where there is none."""
    of_detector: dict[str, list[SliceResult]] = {}
    for one in slices:
        of_detector.setdefault(one.detector, []).append(one)
    return [_weakest(name, own) for name, own in of_detector.items()]


def _binned(
    attribute: str, kinds: Sequence[str], codes: npt.NDArray[np.int64], present: Booleans
) -> list[Slice]:
    """Return the quarters of a numeric attribute; none for names, running numbers, or mostly equal values.

    Parameters
    ----------
    kinds, codes
        The texts that there are, and which of them each present image has.
    present
        Shape (n,): the images that have one.
    """
    try:
        numbers = np.array([float(kind) for kind in kinds])[codes]
    except ValueError:
        return []
    if len(numbers) < BINS * MIN_IMAGES_OF_A_BIN or not np.isfinite(numbers).all():
        return []
    if len(np.unique(numbers)) == len(numbers) and (numbers % 1 == 0).all():
        return []
    cuts = [_short(float(cut)) for cut in np.quantile(numbers, np.arange(1, BINS) / BINS)]
    edges = [float(numbers.min()), *map(float, cuts), float(numbers.max())]
    if any(high <= low for low, high in pairwise(edges)):
        return []
    names = [f"below {cuts[0]}", *(f"{a} to {b}" for a, b in pairwise(cuts))]
    names.append(f"{cuts[-1]} and more")
    which = np.full(len(present), -1)
    which[present] = np.searchsorted([float(cut) for cut in cuts], numbers, side="right")
    return [Slice(attribute, name, which == k) for k, name in enumerate(names)]


def _short(number: float) -> str:
    """Write a number so that a person can read where the cut is."""
    return f"{number:.3g}" if abs(number) < 1000 else f"{number:.0f}"


def _weakest(detector: str, slices: Sequence[SliceResult]) -> WeakestSlice:
    judged = [one for one in slices if one.weaker_p is not None and one.weaker_p.value is not None]
    if not judged:
        return WeakestSlice(detector=detector, slices=len(slices), reason="no slice has a scored image")
    worst = min(judged, key=lambda one: (one.chance_alone or 0.0, -_behind(one)))
    assert worst.weaker_p is not None and worst.weaker_p.value is not None
    if worst.weaker_p.value >= WEAK_P:
        return WeakestSlice(
            detector=detector,
            slices=len(slices),
            p=worst.weaker_p,
            reason=f"chance explains the weakest of {len(slices)} slices ({worst.attribute}: {worst.value})",
        )
    return WeakestSlice(
        detector=detector,
        slices=len(slices),
        attribute=worst.attribute,
        value=worst.value,
        images=worst.images,
        accuracy=worst.accuracy,
        elsewhere=worst.elsewhere,
        p=worst.weaker_p,
    )


def _behind(one: SliceResult) -> float:
    """Return how far a slice's accuracy lies below that elsewhere: it tells chances apart that are both 0."""
    there, elsewhere = one.accuracy.value, None if one.elsewhere is None else one.elsewhere.value
    return 0.0 if there is None or elsewhere is None else elsewhere - there
