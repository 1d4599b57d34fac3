"""The labelled set that a run is about: one that is named, or the built-in one."""

from __future__ import annotations

import os
import shlex

from framejudge.bench.run import Request
from framejudge.datasets.drawing.builtin import built_in_dataset
from framejudge.datasets.errors import InputError
from framejudge.datasets.progress import Progress
from framejudge.datasets.table.reading import read_dataset
from framejudge.datasets.table.reading_options import AS_IT_IS, ReadingOptions
from framejudge.datasets.table.sample import Dataset
from framejudge.datasets.table.selection import select


def read_set(
    path: str | os.PathLike[str] | None,
    progress: Progress | None = None,
    options: ReadingOptions = AS_IT_IS,
) -> Dataset:
    """Read a labelled set, or a part of it; without a path the built-in one, which the first call draws.

    Raises
    ------
    InputError
        Where there is no labelled set, or ``options`` do not fit it.
    """
    if path is not None:
        return read_dataset(path, options)
    options.check()
    return select(built_in_dataset(progress=progress), options.where)


def check_labelled(dataset: Dataset) -> None:
    """Refuse a set of which no image has a label: nothing could be judged.

    Raises
    ------
    InputError
        Says how to label it.
    """
    if any(sample.label for sample in dataset):
        return
    folder = shlex.quote(os.fspath(dataset.root))
    raise InputError(
        f"none of its {len(dataset):,} images has a label, so nothing can be judged",
        where=dataset.root,
        fix=f"label it first: bench dataset prelabel {folder}, then bench dataset review {folder}",
    )


def reading_of(request: Request) -> ReadingOptions:
    """Return how the set of a run is read."""
    return ReadingOptions(tuple(request.where), request.columns, request.labels)
