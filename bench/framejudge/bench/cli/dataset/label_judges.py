"""Who contradicts the labels in an audit: stored scores, a detector, or a quick model of the set itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from framejudge.datasets.errors import InputError
from framejudge.detectors.opened import open_detector
from framejudge.detectors.registry import DetectorSpec, find

if TYPE_CHECKING:
    from framejudge.datasets.audit.auditing import Judge
    from framejudge.datasets.table.sample import Dataset

DEFAULT_DETECTOR = "canny"
"""Ranks a set with one class, from which nothing can be learnt."""


def stored_judge(dataset: Dataset, scores: Path, detector: str | None) -> Judge:
    """Return the scores of a run's folder or a predictions.parquet, as who contradicts the labels.

    Parameters
    ----------
    detector
        Whose scores count; None where there is one detector only.

    Raises
    ------
    InputError
        Where no scores can be read, or none is of an image of the set.
    """
    from framejudge.datasets.audit.auditing import Judge

    stored = _read_scores(scores, detector)
    if not any(sample.path in stored.scores for sample in dataset):
        what = f"it has no score for any of the {len(dataset):,} images of {dataset.root}"
        raise InputError(what, where=scores, fix="give the predictions of a run on this set")
    return Judge(stored.detector, known=stored.scores, threshold=stored.threshold)


def scoring_judge(dataset: Dataset, spec: DetectorSpec | None) -> Judge | None:
    """Return a detector as who contradicts the labels; None for a quick model of the set itself.

    Without a detector, a set whose images all have one label gets `DEFAULT_DETECTOR`.
    """
    from framejudge.datasets.audit.auditing import Judge

    if spec is None and len({sample.label for sample in dataset if sample.label}) == 2:
        return None
    spec = spec or find(DEFAULT_DETECTOR)
    opened = open_detector(spec)
    return Judge(spec.name, score=opened.raw.predict, threshold=opened.threshold)


class _Stored(NamedTuple):
    """One detector's scores by path, and the threshold that its predictions were made with."""

    detector: str
    scores: Mapping[str, float]
    threshold: float


def _read_scores(path: Path, detector: str | None) -> _Stored:
    """Return the scores in a run's folder or a predictions.parquet."""
    import pyarrow
    import pyarrow.parquet

    from framejudge.bench.run.folder import PREDICTIONS_FILE

    file = path / PREDICTIONS_FILE if path.is_dir() else path
    try:
        table = pyarrow.parquet.read_table(file)
    except (OSError, pyarrow.ArrowException) as problem:
        fix = "give a run's folder or its predictions.parquet"
        raise InputError("no predictions can be read here", where=file, fix=fix) from problem
    columns = ("path", "detector", "score", "predicted")
    missing = set(columns) - set(table.column_names)
    if missing:
        raise InputError(f"no column {min(missing)!r}", where=file, fix="give a run's predictions.parquet")
    names = sorted(set(table.column("detector").to_pylist()))
    if detector is None and len(names) > 1:
        what = f"it holds the scores of {', '.join(names)}"
        raise InputError(what, where=file, fix="choose one with --detector")
    if detector is not None and detector not in names:
        raise InputError(f"no scores of {detector!r}", where=file, fix=f"there are: {', '.join(names)}")
    name = detector or names[0]
    rows = [
        (of_path, score, predicted)
        for of_path, who, score, predicted in zip(
            *(table.column(c).to_pylist() for c in columns), strict=True
        )
        if who == name and score is not None
    ]
    # The table holds no threshold, but what was predicted with it: the lowest score that meant framed.
    threshold = min((score for _, score, predicted in rows if predicted == "framed"), default=1.0)
    return _Stored(name, {of_path: score for of_path, score, _ in rows}, threshold)
