"""How a network was trained, epoch by epoch: what ``bench train`` left in its folder."""

from __future__ import annotations

import csv
import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from framejudge.bench.run import Manifest
from framejudge.datasets.errors import InputError
from framejudge.reports.charts.curves import Floats

HISTORY_FILE = "history.csv"
EPOCH = "epoch"


@dataclass(frozen=True, slots=True)
class Training:
    """A history of epochs.

    Attributes
    ----------
    name
        The folder's name.
    detector
        The detector of the run whose weights this training made; None where that is not known.
    columns
        Each logged figure by name, (epochs,); NaN where an epoch has none.
    """

    name: str
    detector: str | None
    columns: Mapping[str, Floats]

    def first_of(self, names: Sequence[str]) -> Floats | None:
        """Return the first of these figures that was logged."""
        return next((self.columns[name] for name in names if name in self.columns), None)


def read_training(folder: Path, manifest: Manifest) -> Training:
    """Read a training's history, and find out by the hash of the weights which detector it made.

    Raises
    ------
    InputError
        Where there is no history, or nothing that can be drawn.
    """
    file = folder / HISTORY_FILE
    try:
        with file.open(newline="", encoding="utf-8") as stream:
            rows = list(csv.DictReader(stream))
    except FileNotFoundError:
        fix = "give a folder that `bench train` wrote"
        raise InputError(f"there is no {HISTORY_FILE}", where=folder, fix=fix) from None
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise InputError(f"cannot be read: {problem}", where=file) from problem
    names = [name for name in (rows[0] if rows else {}) if name and name != EPOCH]
    columns = {name: np.array([_number(row[name]) for row in rows]) for name in names}
    columns = {name: values for name, values in columns.items() if np.isfinite(values).any()}
    if not columns:
        raise InputError("no epoch with a figure in it", where=file, fix="train at least one epoch")
    return Training(folder.resolve().name, _made(folder, manifest), columns)


def _number(text: str | None) -> float:
    try:
        value = float(text or "nan")
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan


def _made(folder: Path, manifest: Manifest) -> str | None:
    """Return the detector one of whose files is a file of the training's folder."""
    hashes = {hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.keras"))}
    found = (name for name, one in manifest.detectors.items() if hashes & set(one.files.values()))
    return next(found, None)
