"""`bench calibrate`: a detector's scores and threshold fitted to one's own labelled images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import numpy as np

from framejudge.bench.decide import crossfit
from framejudge.bench.decide.crossfit import fit
from framejudge.bench.engine.scoring import score_dataset
from framejudge.bench.run.decision.terms import DecisionTerms
from framejudge.bench.run.figure import Figure
from framejudge.bench.statistics.interval import Booleans, Floats
from framejudge.bench.statistics.paired import accuracy_difference
from framejudge.bench.statistics.proportions import proportion
from framejudge.bench.statistics.rates import accuracy_at_prevalence
from framejudge.bench.worker.limits import Limits
from framejudge.datasets.errors import InputError
from framejudge.datasets.images.fingerprint import labels_fingerprint
from framejudge.datasets.progress import Progress, Silence
from framejudge.datasets.table.sample import Dataset
from framejudge.detectors.calibrated import DIGEST_LETTERS, Calibration
from framejudge.detectors.registry import DetectorSpec, weights_of

LEAST_GROUPS = 50
"""Framed and plain source photos that a calibration needs, each: with fewer, its threshold moves too far from
one sample to the next."""


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A calibration, and what it is worth by images that it was not fitted on.

    Attributes
    ----------
    before, after
        ``accuracy`` (at the shop's prevalence where it was given), ``log_loss``, ``calibration_error`` and
        ``threshold``, the last on the detector's scale.
    gain
        Accuracy after less accuracy before, paired by image.
    left_out
        Labelled images without a score.
    """

    calibration: Calibration
    before: Mapping[str, Figure]
    after: Mapping[str, Figure]
    gain: Figure
    left_out: int


def calibrate(
    dataset: Dataset,
    spec: DetectorSpec,
    *,
    terms: DecisionTerms | None = None,
    prevalence: float | None = None,
    seed: int = 0,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    progress: Progress | None = None,
) -> Calibrated:
    """Have a detector score a labelled set, and fit Platt scaling and a threshold to it.

    The threshold is the probability at which a miss and a false alarm cost the same: 0.5 without costs.

    Parameters
    ----------
    terms
        What mistakes cost; None where both cost the same.
    prevalence
        The shop's share of framed images, to which the probabilities are shifted; None for the set's own.

    Raises
    ------
    InputError
        For a detector that fails, too few images, and scores that do not rise with the share of frames.
    """
    scoring = score_dataset(dataset, [spec], limits=limits, progress=progress or Silence())
    answers = scoring.columns.detector(spec.name)
    if answers.failure is not None:
        raise InputError(
            answers.failure, where=f"detector {spec.name!r}", fix=f"see `bench check {spec.name}`"
        )
    used = scoring.columns.judged(answers)
    scores, framed = answers.scores[used], scoring.columns.framed[used]
    groups = scoring.columns.groups.codes[used]
    check_enough(framed, groups, dataset)
    found = fitted(scores, framed, groups, answers.threshold, terms=terms, prevalence=prevalence, seed=seed)
    digests = [digest for digest, one in zip(scoring.digests, used, strict=True) if one and digest]
    calibration = replace(
        found.calibration,
        detector=spec.name,
        target=spec.target,
        weights=weights_of(spec),
        fitted_on={
            **_part_in_words(dataset, framed, groups),
            "prevalence": prevalence,
            "costs": None if terms is None else asdict(terms),
            "images_sha256": sorted(digest[:DIGEST_LETTERS] for digest in digests),
        },
    )
    left = int(scoring.columns.labelled.sum() - used.sum())
    return replace(found, calibration=calibration, left_out=left)


def fitted(
    scores: Floats,
    framed: Booleans,
    groups: np.ndarray[Any, Any],
    threshold: float,
    *,
    terms: DecisionTerms | None = None,
    prevalence: float | None = None,
    seed: int = 0,
) -> Calibrated:
    """Fit a calibration to scores, and compare the detector before and after.

    Parameters
    ----------
    scores, framed, groups
        Shape (n,).
    threshold
        The detector's own.

    Raises
    ------
    InputError
        For scores that do not rise with the share of frames.
    """
    at = 0.5 if terms is None else terms.cost_false_alarm / (terms.cost_false_alarm + terms.cost_miss)
    own = float(framed.mean())
    prior = 0.0 if prevalence is None else _log_odds(prevalence) - _log_odds(own)
    found = fit(scores, framed, prior_shift=prior)
    if found.slope <= 0:
        raise InputError(
            "its scores do not rise with the share of framed images, so that no threshold serves",
            where="--detector",
            fix="look whether labels or classes are the wrong way round",
        )
    held_out = crossfit.cross_fitted(scores, framed, groups, seed=seed)
    after_says = held_out >= _moved(at, -prior)
    before = _figures(framed, scores, scores >= threshold, groups, prevalence)
    after = _figures(framed, held_out, after_says, groups, prevalence)
    return Calibrated(
        Calibration(
            detector="",
            target="",
            weights={},
            slope=found.slope,
            shift=found.shift,
            threshold=at,
            figures={"before": _plain(before), "after": _plain(after)},
        ),
        before | {"threshold": Figure(threshold, None, None, "", len(scores), "the detector's own")},
        after
        | {
            "threshold": crossfit.threshold_interval(scores, framed, at, groups, prior_shift=prior, seed=seed)
        },
        accuracy_difference(after_says == framed, (scores >= threshold) == framed, groups),
        left_out=0,
    )


def check_enough(framed: Booleans, groups: Sequence[int] | np.ndarray[Any, Any], dataset: Dataset) -> None:
    """Refuse a set that is too small to calibrate on.

    Raises
    ------
    InputError
        With how many images are needed.
    """
    codes = np.asarray(groups)
    counts = {label: len(np.unique(codes[rows])) for label, rows in (("framed", framed), ("plain", ~framed))}
    short = {label: LEAST_GROUPS - count for label, count in counts.items() if count < LEAST_GROUPS}
    if short:
        have = " and ".join(f"{count:,} {label}" for label, count in counts.items())
        more = " and ".join(f"{count:,} more {label}" for label, count in short.items())
        raise InputError(
            f"images of {have} photos are too few to fit a threshold on: {LEAST_GROUPS} of each are needed",
            where=dataset.root,
            fix=f"label {more} ones; 300 images in all make a threshold that is near the best one",
        )


def _figures(
    framed: Booleans,
    probabilities: Floats,
    says: Booleans,
    groups: np.ndarray[Any, Any],
    prevalence: float | None,
) -> dict[str, Figure]:
    return {
        "accuracy": proportion(says == framed, groups)
        if prevalence is None
        else accuracy_at_prevalence(framed, says, prevalence, groups),
        "log_loss": crossfit.log_loss(framed, probabilities, groups),
        "calibration_error": crossfit.calibration_error(framed, probabilities, groups),
    }


def _plain(figures: Mapping[str, Figure]) -> dict[str, dict[str, Any]]:
    return {name: asdict(figure) for name, figure in figures.items()}


def _part_in_words(dataset: Dataset, framed: Booleans, groups: np.ndarray[Any, Any]) -> dict[str, Any]:
    return {
        "dataset": dataset.name,
        "labels_fingerprint": labels_fingerprint(dataset),
        "images": len(framed),
        "framed": int(framed.sum()),
        "plain": int((~framed).sum()),
        "groups": len(np.unique(groups)),
        "date": datetime.now(UTC).date().isoformat(),
        "framejudge": version("framejudge"),
    }


def _log_odds(share: float) -> float:
    return float(np.log(share / (1 - share)))


def _moved(probability: float, shift: float) -> float:
    """Return a probability whose log-odds are moved; 0 and 1 stay."""
    if not 0 < probability < 1:
        return probability
    return float(1 / (1 + np.exp(-(_log_odds(probability) + shift))))
