"""The labelled set that a run is about: one that is named, or the built-in one."""

from __future__ import annotations

import os

from framejudge.datasets.drawing.builtin import built_in_dataset
from framejudge.datasets.progress import Progress
from framejudge.datasets.table.reading import read_dataset
from framejudge.datasets.table.sample import Dataset


def read_set(path: str | os.PathLike[str] | None, progress: Progress | None = None) -> Dataset:
    """Read a labelled set; without a path the built-in one, which the first call draws.

    Raises
    ------
    InputError
        Where there is no labelled set.
    """
    if path is not None:
        return read_dataset(path)
    return built_in_dataset(progress=progress)
