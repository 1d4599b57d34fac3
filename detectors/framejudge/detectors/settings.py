"""``NAME+FILE``: what the files after a detector's name are, and whether they belong to it.

A file of `bench calibrate` gives a detector's scores and threshold another scale; one of `bench tune` takes
the place of canny's parameters; a description goes with a model file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from framejudge.datasets.errors import InputError
from framejudge.detectors import calibrated
from framejudge.detectors.calibrated import CalibratedDetector, read_calibration

CALIBRATION = calibrated.SCHEMA
PARAMETERS = "framejudge/canny/"
DESCRIPTION = "framejudge/model/"
MAX_BYTES = 64 * 2**20
"""Canny's parameters take about 1 MB, the calibration of 100,000 images 3 MB."""


def kind_of(file: Path, *, without_schema: str | None = None) -> str:
    """Return the beginning of the schema that a settings file names: which of the three kinds it is.

    Parameters
    ----------
    without_schema
        What a file is that names no schema; only a description may leave it out.

    Raises
    ------
    InputError
        For a file that is missing or none of them.
    """
    fix = "give a file of `bench calibrate` or `bench tune`"
    try:
        if not file.is_file():
            raise InputError("there is no such file", where=file, fix=fix)
        if file.stat().st_size > MAX_BYTES:
            raise InputError("too large to hold settings of a detector", where=file, fix=fix)
        document = json.loads(file.read_text(encoding="utf-8"))
    except OSError as problem:
        raise InputError(f"cannot be read: {problem.strerror}", where=file, fix=fix) from problem
    except (ValueError, RecursionError) as problem:
        raise InputError(f"not JSON: {problem}", where=file, fix=fix) from problem
    default = DESCRIPTION if without_schema == DESCRIPTION else ""
    schema = str(document.get("schema", default)) if isinstance(document, dict) else ""
    known = next((one for one in (CALIBRATION, PARAMETERS, DESCRIPTION) if schema.startswith(one)), None)
    if known is None:
        raise InputError("no settings of a detector", where=file, fix=fix)
    return known


def check_calibration(file: Path, detector: str, target: str, weights: Mapping[str, str]) -> None:
    """Refuse a calibration of another detector, or of other weights than the detector has now.

    Parameters
    ----------
    target
        The detector's class.
    weights
        SHA-256 of the files that its scores come from, by name.

    Raises
    ------
    InputError
        With what it was fitted for.
    """
    calibration = read_calibration(file)
    same = calibration.target == target
    if same and set(calibration.weights.values()) == set(weights.values()):
        return
    fix = f"fit one: bench calibrate --detector {detector} --dataset ... --out {file.name}"
    if not same:
        what = f"fitted for {calibration.detector!r}, and no threshold for {detector!r}"
    else:
        what = f"fitted for another version of {detector!r}: its weights, parameters or code have changed"
    raise InputError(what, where=file, fix=fix)


def with_calibrations(detector: Any, files: Sequence[str]) -> Any:
    """Return a detector whose scores go through the calibrations, one after the other."""
    for file in files:
        detector = CalibratedDetector(detector, read_calibration(Path(file)))
    return detector


def sha256_of(files: Mapping[str, Path]) -> dict[str, str]:
    """Return the SHA-256 of files by the names that are given."""
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}
