"""How sure a detector must be before a frame is cut away: stricter than what it calls framed.

A plain picture that is cut is worse than a frame that stays. The threshold is chosen on tuning data and
stored beside the detector's own files.

``python -m framejudge.bench.unframe.operating_point SET --detector canny`` chooses it anew; every change of
the detector's parameters or weights calls for that.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from framejudge.bench.engine.scoring import score_dataset
from framejudge.bench.figures.localisation import is_cut
from framejudge.bench.worker.limits import Limits
from framejudge.datasets.errors import InputError, run_tool
from framejudge.datasets.images.fingerprint import labels_fingerprint
from framejudge.datasets.import_closure import find_module
from framejudge.datasets.progress import Silence
from framejudge.datasets.table.reading import read_dataset
from framejudge.datasets.table.sample import Dataset
from framejudge.detectors.calibrated import read_calibration
from framejudge.detectors.registry import DetectorSpec, find, own_files
from framejudge.detectors.thresholds import threshold_of_false_positive_rate

SCHEMA = "framejudge/operating-point/1"
PLAIN_CUT_AT_MOST = 0.005
TIMEOUT_S = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatingPoint:
    """A threshold for `bench unframe`, and what it was chosen on.

    Attributes
    ----------
    threshold
        Scores at or above it mean that the frame goes.
    plain, plain_cut
        Plain pictures, and the share of them that would be cut.
    framed, framed_cropped
        Framed pictures, and the share of them that would be cropped.
    dataset, labels_fingerprint
        The tuning set.
    files
        SHA-256 of the detector's parameters or weights.
    date
        Of the choice.
    """

    threshold: float
    plain: int
    plain_cut: float
    framed: int
    framed_cropped: float
    dataset: str
    labels_fingerprint: str
    files: Mapping[str, str]
    date: str


def stored_file(spec: DetectorSpec) -> Path | None:
    """Return where a detector's operating point is stored; None for one without files of its own.

    It is named after the detector: several may run on the same parameters or weights.
    """
    found = find_module(spec.target.partition(":")[0]) if spec.files else None
    if found is None or found.origin is None:
        return None
    return Path(found.origin).parent / Path(spec.files[0]).with_name(f"{spec.name}.unframe.json")


def read_operating_point(spec: DetectorSpec) -> OperatingPoint | None:
    """Read what is stored beside a detector, or None where nothing is.

    Raises
    ------
    InputError
        When the file is damaged.
    """
    if spec.calibrations:  # the same pictures go, on the scale of the calibrated scores
        (calibration,) = map(read_calibration, map(Path, spec.calibrations))
        point = read_operating_point(find(calibration.detector))
        moved = None if point is None else float(calibration.probability(point.threshold))
        return None if point is None or moved is None else replace(point, threshold=moved)
    file = stored_file(spec)
    if file is None or not file.is_file():
        return None
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        if document.pop("schema") != SCHEMA:
            raise ValueError(f"its schema is not {SCHEMA!r}")
        return OperatingPoint(**document)
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise InputError(
            f"no operating point can be read ({problem})", where=file, fix="give --threshold"
        ) from problem


def files_of(spec: DetectorSpec) -> dict[str, str]:
    """Return the SHA-256 of a detector's parameters or weights; its code may change without them."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in own_files(spec).values()}


def find_operating_point(dataset: Dataset, spec: DetectorSpec) -> OperatingPoint:
    """Have a detector judge a tuning set, and choose its operating point.

    Raises
    ------
    InputError
        For a detector that fails or does not locate, or a set with too few plain pictures.
    """
    scoring = score_dataset(dataset, [spec], limits=Limits(timeout_s=TIMEOUT_S), progress=Silence())
    columns, found = scoring.columns, scoring.columns.detector(spec.name)
    if found.failure is not None or found.boxes is None:
        raise InputError(
            found.failure or "it does not locate, or the set has no content boxes",
            where=f"detector {spec.name!r}",
        )
    plain, framed = columns.plain & columns.located, columns.boxed
    cut = is_cut(found.boxes, columns.sizes.astype(np.float64))
    scores = np.where(cut & found.scored, found.scores, 0.0)
    threshold = threshold_of_false_positive_rate(scores[plain], PLAIN_CUT_AT_MOST)
    goes = scores >= threshold
    return OperatingPoint(
        threshold=threshold,
        plain=int(plain.sum()),
        plain_cut=round(float(goes[plain].mean()), 5),
        framed=int(framed.sum()),
        framed_cropped=round(float(goes[framed].mean()), 5),
        dataset=dataset.name,
        labels_fingerprint=labels_fingerprint(dataset),
        files=files_of(spec),
        date=datetime.now(UTC).date().isoformat(),
    )


def main() -> None:
    """Choose the operating point of the detector that the command line names, and store it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path, help="labelled tuning set with content boxes; no test set")
    parser.add_argument("--detector", default="canny")
    given = parser.parse_args()
    spec = find(given.detector)
    file = stored_file(spec)
    if file is None:
        raise InputError("it has no files to store an operating point beside", where=given.detector)
    point = find_operating_point(read_dataset(given.dataset), spec)
    text = json.dumps({"schema": SCHEMA, **asdict(point)}, indent=1, sort_keys=True)
    file.write_text(text + "\n", encoding="utf-8")
    print(f"{file}: threshold {point.threshold:.4f}, {point.plain_cut:.2%} of {point.plain:,} plain ones cut")
    print(f"{point.framed_cropped:.2%} of {point.framed:,} framed ones cropped")


if __name__ == "__main__":
    run_tool(main)
