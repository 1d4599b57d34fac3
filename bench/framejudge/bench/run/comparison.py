"""What two stored runs on the same images say about each other, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from framejudge.bench.run.figure import Figure
from framejudge.bench.run.results import Scalar
from framejudge.datasets.codes import Notice

SCHEMA = "framejudge/comparison/1"

Verdict = Literal["better", "worse", "no change shown", "not judged"]
Effect = Literal["regressed", "fixed", "unlabelled"]
EFFECTS: tuple[Effect, ...] = get_args(Effect)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """Which run it was."""

    folder: str
    started: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """An image that a detector judges otherwise than before.

    ``effect`` is ``"fixed"`` where it was wrong and is right now, ``"regressed"`` the other way round, and
    ``"unlabelled"`` where nobody has given a label.
    """

    detector: str
    path: str
    group: str
    label: str | None
    effect: Effect
    score_before: float
    score_after: float
    predicted_before: str
    predicted_after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorChange:
    """One detector in both runs, on the images that both scored and somebody labelled; after minus before.

    Attributes
    ----------
    verdict
        Whether accuracy changed: by McNemar's test, corrected for the number of detectors (Holm).
    only_before, only_after
        Labelled images that have a score in one of the runs only; they count nowhere.
    fixed, regressed
        How many labelled images flipped to right, and to wrong.
    images_to_tell
        How many images like these would show the change, were it as large as it was found, with a power of
        80 %; None where none was found.
    files_changed
        Whether any file of the detector differs; None where no file of it was recorded.
    latency_ratio
        After over before, of the medians. The runs were two sessions: it has no interval and is advice.
    """

    detector: str
    verdict: Verdict
    images: int
    only_before: int
    only_after: int
    accuracy_before: Figure
    accuracy_after: Figure
    accuracy_difference: Figure
    auc_before: Figure
    auc_after: Figure
    auc_difference: Figure
    mcnemar_p: Figure
    fixed: int
    regressed: int
    threshold_before: float
    threshold_after: float
    files_changed: bool | None
    p50_ms_before: Figure | None
    p50_ms_after: Figure | None
    latency_ratio: Figure
    images_to_tell: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One fact about the environment that is not the same in both runs."""

    name: str
    before: Scalar
    after: Scalar


@dataclass(frozen=True, slots=True, kw_only=True)
class RunComparison:
    """All that two runs say about each other.

    ``labels_changed`` counts the images whose label is not the same in both; the later one's labels judge
    both runs. ``missing_after`` and ``missing_before`` name the detectors that only one run has.
    """

    schema: str
    before: RunSummary
    after: RunSummary
    dataset: str
    images_fingerprint: str
    labels_changed: int
    detectors: list[DetectorChange]
    missing_after: list[str]
    missing_before: list[str]
    flips: list[Flip]
    environment: list[Difference]
    warnings: list[str]
    notices: list[Notice] = field(default_factory=list)
