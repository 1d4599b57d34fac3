"""The labelled set that a run is about: one that is named, or the built-in one."""

from __future__ import annotations

import os

from framejudge.bench.progress import Progress, Silence
from framejudge.datasets.drawing.builtin import BUILT_IN_COUNT, built_in_dataset
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
    shown, begun = progress or Silence(), False

    def advance(images: int) -> None:
        nonlocal begun
        if not begun:  # only the first call ever has something to draw
            shown.begin("drawing the built-in set", BUILT_IN_COUNT)
            begun = True
        shown.advance(images)

    return built_in_dataset(progress=advance)
