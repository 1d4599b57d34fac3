"""Who contradicts the labels in an audit: stored scores, a detector, or a quick model of the set itself."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from framejudge.datasets.errors import InputError
from framejudge.detectors.blame import blamed_score
from framejudge.detectors.opening import open_detector
from framejudge.detectors.registry import DetectorSpec, find

if TYPE_CHECKING:
    from framejudge.bench.run.columns import Answers
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

    answers, paths = _read_answers(scores, detector)
    known = dict(zip(paths, answers.scores[answers.scored].tolist(), strict=True))
    if not any(sample.path in known for sample in dataset):
        what = f"it has no score for any of the {len(dataset):,} images of {dataset.root}"
        raise InputError(what, where=scores, fix="give the predictions of a run on this set")
    return Judge(answers.name, known=known, threshold=answers.threshold)


def scoring_judge(dataset: Dataset, spec: DetectorSpec | None) -> Judge | None:
    """Return a detector as who contradicts the labels; None for a quick model of the set itself.

    Without a detector, a set whose images all have one label gets `DEFAULT_DETECTOR`.
    """
    from framejudge.datasets.audit.auditing import Judge

    if spec is None and len({sample.label for sample in dataset if sample.label}) == 2:
        return None
    spec = spec or find(DEFAULT_DETECTOR)
    opened = open_detector(spec)
    return Judge(spec.name, score=partial(blamed_score, spec, opened), threshold=opened.threshold)


def _read_answers(path: Path, detector: str | None) -> tuple[Answers, list[str]]:
    """Return a detector's answers in a run's folder or a predictions.parquet, and the paths it scored."""
    import pyarrow
    import pyarrow.parquet

    from framejudge.bench.run.folder import PREDICTIONS_FILE
    from framejudge.bench.run.predictions import read_columns

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
    found = read_columns(table)
    names = sorted(answers.name for answers in found.detectors)
    if detector is None and len(names) > 1:
        what = f"it holds the scores of {', '.join(names)}"
        raise InputError(what, where=file, fix="choose one with --detector")
    if detector is not None and detector not in names:
        raise InputError(f"no scores of {detector!r}", where=file, fix=f"there are: {', '.join(names)}")
    answers = found.detector(detector or names[0])
    return answers, found.paths.filter(pyarrow.array(answers.scored)).to_pylist()
