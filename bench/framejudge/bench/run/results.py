"""What results.json holds: figures with their uncertainty, as frozen dataclasses.

Version 1 only ever gains fields; readers ignore the ones that they do not know.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from framejudge.bench.run.decision.costs import CostDecision
from framejudge.bench.run.figure import Figure
from framejudge.datasets.codes import Notice, Severity, uncoded

SCHEMA = "framejudge/results/1"

WHILE_TIMED = "while it was timed: "
"""Begins the failure of a detector that failed in the timing pass: its scores stand."""

DECODE, PREDICT = "decode", "predict"
"""Stages of an `ImageError`: nobody could read the image, or one detector gave it no score."""

Scalar: TypeAlias = str | int | float | bool | None
"""One fact about the environment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetSummary:
    """What was measured on.

    ``unlabelled`` counts the images without a label. ``undecided`` is the same count:
    runs of earlier versions have it alone. ``drawn`` is true where frames were drawn by a recipe.
    ``same_pixels`` counts the images whose pixels an earlier image has too, ``contradicted`` those of them
    with the other label; None where nobody looked.
    """

    name: str
    images_fingerprint: str
    labels_fingerprint: str
    images: int
    framed: int
    plain: int
    undecided: int
    unreadable: int
    groups: int
    generated: bool = False
    unlabelled: int = 0
    drawn: bool = False
    same_pixels: int | None = None
    contradicted: int | None = None

    def __post_init__(self) -> None:
        """Give both names of one count the same value."""
        object.__setattr__(self, "unlabelled", self.undecided)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """Counts at the detector's threshold; framed is the positive class."""

    tp: int
    fp: int
    tn: int
    fn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationBin:
    """Mean score against the share of truly framed images among those scored in [low, high)."""

    low: float
    high: float
    mean_score: float | None
    framed_share: Figure
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockSpread:
    """How far the machine's speed moved while a detector was timed.

    Attributes
    ----------
    spread
        From the 10th to the 90th percentile of the medians of blocks, over the median of all calls.
    by_chance
        What random permutations of the calls over the blocks give on average: images differ.
    """

    blocks: int
    spread: float
    by_chance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLoop:
    """Images that arrived by a schedule, whether or not the detector was done with the one before.

    Attributes
    ----------
    per_second
        The rate that was asked for.
    load
        Share of the time that the calls alone need at this rate; from 1 on, the queue only grows.
    busy_periods
        How often the queue ran empty: calls in between waited for each other and are not independent.
    call_p50, call_p99
        Milliseconds of the calls alone, without the waiting.
    """

    per_second: float
    load: Figure
    busy_periods: int
    call_p50: Figure
    call_p99: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """Latency of single-image calls, in milliseconds, from a decoded array to a score.

    ``arrivals`` is ``"closed loop"`` where each call started when the one before was done; with
    ``"poisson:RATE"`` the latency counts from the scheduled arrival and ``open_loop`` has the rest.
    """

    calls: int
    threads: int
    arrivals: str
    p50: Figure
    p90: Figure
    p95: Figure
    p99: Figure
    p99_9: Figure
    block_spread: BlockSpread | None = None
    open_loop: OpenLoop | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RateTrial:
    """One rate that was tried: its p99 in milliseconds, and the share of calls over the bound."""

    per_second: float
    calls: int
    p99: Figure
    over: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class HighestRate:
    """The highest rate of Poisson arrivals, images a second, that keeps p99 under a bound, and the trials.

    The ends of its interval are the highest rate at which p99 surely lay under the bound and the lowest at
    which it surely did not.
    """

    p99_under_ms: float
    per_second: Figure
    trials: list[RateTrial]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """Median milliseconds of a detector's two stages, where it has them."""

    prepare: Figure
    infer: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatCheck:
    """Whether a detector keeps its answers: calls on pixels that it had not seen over calls on those it had.

    Attributes
    ----------
    speedup_again, speedup_seen
        How many times as fast an image is the second time: at once, and after many others; intervals of 99 %.
    score_spread
        The most that two scores of the same pixels differ; None where no pixels were scored twice.
    keeps_answers
        Whether an interval lies above what an honest detector could show.
    """

    speedup_again: Figure
    speedup_seen: Figure
    score_spread: float | None
    keeps_answers: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Boxes:
    """How well a detector that locates finds the content box, over images whose labels have one.

    Attributes
    ----------
    framed
        Images with a content box in their labels and a score.
    within_tolerance
        Share of them with every side within 2 px or 1 % of the image's side; a missed frame is outside.
    missed
        Share of them without a box: judged plain, or not located.
    side_error_px_p50, side_error_px_p95
        Quantiles over the four sides of each frame that was found.
    iou
        Mean intersection over union; a missed frame counts with the whole image.
    content_cut
        Mean share of the content's area that lies outside the found box.
    plain_changed
        Share of plain images that would be cropped.
    """

    framed: int
    within_tolerance: Figure
    missed: Figure
    side_error_px_p50: Figure
    side_error_px_p95: Figure
    iou: Figure
    content_cut: Figure
    plain_changed: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageError:
    """One image that one detector could not judge, or that nobody could read."""

    path: str
    stage: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorResult:
    """Everything measured of one detector.

    ``threshold_source`` is ``"tuned"`` when the detector brought its threshold, ``"default"`` when 0.5 was
    assumed. ``errors`` lists images without a score; they count as wrong nowhere and are reported apart.
    """

    status: Literal["complete", "failed"]
    threshold: float
    threshold_source: Literal["tuned", "default"]
    accuracy: Figure
    balanced_accuracy: Figure
    auc: Figure
    precision: Figure
    recall: Figure
    specificity: Figure
    f1: Figure
    brier: Figure
    confusion: Confusion | None
    calibration: list[CalibrationBin] = field(default_factory=list)
    latency_ms: Latency | None = None
    stages_ms: Stages | None = None
    load_ms: Figure | None = None
    first_call_ms: Figure | None = None
    images_per_second: Figure | None = None
    peak_memory_mib: Figure | None = None
    repeat_check: RepeatCheck | None = None
    highest_rate: HighestRate | None = None
    boxes: Boxes | None = None
    errors: list[ImageError] = field(default_factory=list)
    failure: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Detector ``a`` against detector ``b``, paired on the same images; differences are a minus b.

    Attributes
    ----------
    images_to_tell
        How many images like these would show the difference of accuracy, were it as large as it was found:
        with a power of 80 %, at the level that Holm leaves. None where none was found.
    images_for_a_point
        The same for a difference of one point; None where it is known to be out of reach.
    """

    a: str
    b: str
    auc_difference: Figure
    accuracy_difference: Figure
    mcnemar_p: Figure
    latency_ratio: Figure
    images_to_tell: int | None = None
    images_for_a_point: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceResult:
    """One detector on the images whose ``attribute`` has ``value``.

    Attributes
    ----------
    elsewhere
        Accuracy on all other images, reweighted to the slice's share of framed ones.
    weaker_p
        Chance that any slice would stand out as much, were this one like the rest.
    chance_alone
        The same for this slice alone: what slices are ranked by.
    """

    attribute: str
    value: str
    detector: str
    images: int
    accuracy: Figure
    recall: Figure
    specificity: Figure
    elsewhere: Figure | None = None
    weaker_p: Figure | None = None
    chance_alone: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WeakestSlice:
    """The slice that a detector is weakest on, beyond what looking at many slices finds by chance.

    Attributes
    ----------
    slices
        How many were looked at.
    attribute, value, images, accuracy, elsewhere
        As in `SliceResult`; None where no slice is surely weaker than the rest.
    p
        Corrected for the number of slices; of the likeliest slice where none is named.
    reason
        Why none is named; None where one is.
    """

    detector: str
    slices: int
    attribute: str | None = None
    value: str | None = None
    images: int = 0
    accuracy: Figure | None = None
    elsewhere: Figure | None = None
    p: Figure | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """The whole of results.json.

    ``notices`` are the warnings with their codes; ``warnings`` has the texts of the ones that nobody muted,
    as readers of earlier versions expect them. Where a run of an earlier version has the texts alone, its
    notices have no code. ``run_id`` is that of the run.json beside it; empty in older files.
    """

    schema: str
    dataset: DatasetSummary
    detectors: Mapping[str, DetectorResult]
    comparisons: list[Comparison]
    slices: list[SliceResult]
    unreadable: list[ImageError]
    environment: Mapping[str, Scalar]
    warnings: list[str] = field(default_factory=list)
    weakest_slices: list[WeakestSlice] = field(default_factory=list)
    decision: CostDecision | None = None
    notices: list[Notice] = field(default_factory=list)
    run_id: str = ""

    def __post_init__(self) -> None:
        """Have both forms of the warnings, whichever was given."""
        if self.notices and not self.warnings:
            texts = [one.text for one in self.notices if not one.muted and one.severity is Severity.WARNING]
            object.__setattr__(self, "warnings", texts)
        elif self.warnings and not self.notices:
            object.__setattr__(self, "notices", [uncoded(text) for text in self.warnings])

    def latency_ratio(self, detector: str, to: str) -> Figure:
        """Return how many times as long a detector takes as ``to``, where both were timed in turns."""
        for one in self.comparisons:
            if (one.a, one.b) == (detector, to):
                return one.latency_ratio
            if (one.b, one.a) == (detector, to):
                return one.latency_ratio.inverse()
        return Figure(value=None, reason=f"not timed in turns with {to}")
