"""How the pictures of a run differ from those of an earlier run: light, colours, sizes, shapes, classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from framejudge.bench.run import Run
from framejudge.bench.run.columns import Floats
from framejudge.bench.run.images.drift import PropertyDrift, SetDrift, Size, Spread
from framejudge.bench.run.images.looks import PROPERTIES, Sample, sampled
from framejudge.bench.statistics.paired import holm
from framejudge.bench.statistics.two_sample import shift

SIGNIFICANCE = 0.05
"""Below this corrected p-value a property is said to have drifted."""

SIZES: Sequence[tuple[float, Size]] = ((0.06, "negligible"), (0.14, "small"), (0.21, "medium"))
"""Distances of the superiority from 0.5 up to which a shift is called so (Vargha and Delaney 2000)."""

FEWEST = 10
"""Images of each set below which a property is not compared."""


def set_drift(before: Run, after: Run) -> SetDrift:
    """Compare the images of two runs, property by property, on those that were drawn at random."""
    old, new = (sampled(run.looks, run.columns) for run in (before, after))
    same = before.results.dataset.images_fingerprint == after.results.dataset.images_fingerprint
    found = [] if same else [_compared(one.name, old, new, before, after) for one in PROPERTIES]
    known = [one for one in found if one is not None]
    missing = [prop.name for prop, one in zip(PROPERTIES, found, strict=False) if one is None]
    return SetDrift(
        folder=str(before.folder),
        started=before.manifest.started,
        dataset=before.results.dataset.name,
        same_images=same,
        properties=_judged_together(known),
        not_compared=missing,
    )


def _compared(name: str, old: Sample, new: Sample, before: Run, after: Run) -> PropertyDrift | None:
    rows_old, rows_new = (np.isfinite(one.values[name]) for one in (old, new))
    if min(rows_old.sum(), rows_new.sum()) < FEWEST:
        return None
    values_old, values_new = old.values[name][rows_old], new.values[name][rows_new]
    groups_old = before.columns.groups.codes[old.positions[rows_old]].astype(np.int64)
    groups_new = after.columns.groups.codes[new.positions[rows_new]].astype(np.int64)
    found = shift(values_old, values_new, groups_old, groups_new)
    return PropertyDrift(
        property=name,
        before=_spread(values_old),
        after=_spread(values_new),
        distance=found.distance,
        superiority=found.superiority,
        p=found.p,
        size="none shown",
    )


def _spread(values: Floats) -> Spread:
    low, median, high = (float(one) for one in np.quantile(values, (0.1, 0.5, 0.9)))
    return Spread(low=low, median=median, high=high, mean=float(values.mean()), images=len(values))


def _judged_together(found: Sequence[PropertyDrift]) -> list[PropertyDrift]:
    """Correct the p-values for the number of properties, and say how large each shift is."""
    corrected = holm([one.p.value for one in found if one.p.value is not None])
    judged = []
    for one, p in zip(found, corrected, strict=True):
        figure = replace(one.p, value=p, method=f"{one.p.method}, Holm over {len(found)}")
        judged.append(replace(one, p=figure, size=_size(one, p)))
    return judged


def _size(one: PropertyDrift, p: float) -> Size:
    if p >= SIGNIFICANCE:
        return "none shown"
    away = abs(one.superiority - 0.5)
    return next((name for limit, name in SIZES if away < limit), "large")
