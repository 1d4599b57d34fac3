"""The rows of the table of figures: what each one is called, how it is written, what it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from framejudge.bench.run import DetectorResult, Figure
from framejudge.bench.run.metrics import METRICS, Read
from framejudge.bench.run.wording import Format, fraction, mebibytes, milliseconds, number, percent, pixels


@dataclass(frozen=True, slots=True)
class Meaning:
    """One row; ``read`` is None where `METRICS` says where the figure is and which way is better."""

    key: str
    title: str
    form: Format
    text: str
    read: Read | None = None
    higher_is_better: bool = False

    def figure(self, result: DetectorResult) -> Figure | None:
        """Return a detector's figure, None where it was not measured."""
        return (self.read or METRICS[self.key].read)(result)

    @property
    def larger_is_best(self) -> bool:
        """Whether the largest value of a row is its best one."""
        return METRICS[self.key].higher_is_better if self.read is None else self.higher_is_better


@dataclass(frozen=True, slots=True)
class MeaningGroup:
    """Rows under one heading."""

    title: str
    rows: tuple[Meaning, ...]


def _within(part: str, key: str) -> Read:
    """Return what reads a figure from a part of the result, or a part of that; each may be missing."""

    def read(result: DetectorResult) -> Figure | None:
        found: Any = result
        for name in part.split("."):
            found = None if found is None else getattr(found, name)
        figure: Figure | None = None if found is None else getattr(found, key)
        return figure

    return read


DECISIONS = MeaningGroup(
    "Right and wrong, at the detector's own threshold",
    (
        Meaning(
            "accuracy",
            "Accuracy",
            percent,
            "Share of all images that the detector judges right. It depends on how many of them are framed: "
            "in a set with few frames, a detector that never reports one looks good.",
        ),
        Meaning(
            "balanced_accuracy",
            "Balanced accuracy",
            percent,
            "The mean of recall and specificity. Unlike accuracy, it does not change with the share "
            "of framed images. Guessing gives 50 %.",
        ),
        Meaning(
            "recall",
            "Recall",
            percent,
            "Share of the framed images in which it finds the frame. The rest are missed frames.",
        ),
        Meaning(
            "specificity",
            "Specificity",
            percent,
            "Share of the plain images that it leaves alone. The rest are false alarms.",
        ),
        Meaning(
            "precision",
            "Precision",
            percent,
            "Share of its alarms that are right. It is lower where frames are rarer than here.",
        ),
        Meaning(
            "f1",
            "F1",
            fraction,
            "The harmonic mean of precision and recall. It is high only when both are.",
        ),
    ),
)

SCORES = MeaningGroup(
    "Quality of the score, at every threshold",
    (
        Meaning(
            "auc",
            "ROC area (AUC)",
            fraction,
            "How often a framed image gets a higher score than a plain one, both drawn at random. "
            "1 is perfect, 0.5 is guessing. It does not depend on the threshold.",
        ),
        Meaning(
            "brier",
            "Brier score",
            fraction,
            "Mean squared distance between the score and the truth (0 or 1). Lower is better. "
            "A score of 0.5 for every image gives 0.25.",
        ),
    ),
)

BOXES = MeaningGroup(
    "The content box, on framed images whose labels have one",
    (
        Meaning(
            "within_tolerance",
            "Boxes in place",
            percent,
            "Share of framed images with every side of the located box within 2 px or 1 % of the image's "
            "side from its place. A missed frame counts as not in place.",
            _within("boxes", "within_tolerance"),
            higher_is_better=True,
        ),
        Meaning(
            "missed",
            "Frames not located",
            percent,
            "Share of framed images without a box: judged plain, or not located.",
            _within("boxes", "missed"),
        ),
        Meaning(
            "side_error_px_p50",
            "Median error of a side",
            pixels,
            "Half of the sides of the located boxes are nearer to their place.",
            _within("boxes", "side_error_px_p50"),
        ),
        Meaning(
            "side_error_px_p95",
            "p95 error of a side",
            pixels,
            "95 sides in a hundred are nearer to their place.",
            _within("boxes", "side_error_px_p95"),
        ),
        Meaning(
            "iou",
            "Overlap with the true box (IoU)",
            fraction,
            "Mean intersection over union. It flatters: where the frame is thin, the whole image has 0.95.",
            _within("boxes", "iou"),
            higher_is_better=True,
        ),
        Meaning(
            "content_cut",
            "Content cut away",
            percent,
            "Mean share of the content's area that is outside the located box.",
            _within("boxes", "content_cut"),
        ),
        Meaning(
            "plain_changed",
            "Plain images that would be cropped",
            percent,
            "Share of plain images with a box smaller than the image. Cropping would harm them.",
            _within("boxes", "plain_changed"),
        ),
    ),
)

LATENCY = MeaningGroup(
    "Latency of one image, from a decoded picture to a score",
    (
        Meaning(
            "p50",
            "Median (p50)",
            milliseconds,
            "Half of the timed calls took less. A call starts when the one before has ended. Where images "
            "arrive by a schedule, its time starts at the scheduled arrival, so that waiting counts.",
        ),
        Meaning("p90", "p90", milliseconds, "90 calls in a hundred took less."),
        Meaning("p95", "p95", milliseconds, "95 calls in a hundred took less."),
        Meaning(
            "p99",
            "p99",
            milliseconds,
            "99 calls in a hundred took less. Given only where enough calls were timed.",
        ),
        Meaning(
            "p99_9",
            "p99.9",
            milliseconds,
            "999 calls in a thousand took less. Given only where enough calls were timed.",
        ),
        Meaning(
            "prepare",
            "Preparing",
            milliseconds,
            "Median time of the first of two stages: from the picture to what the detector works on.",
            _within("stages_ms", "prepare"),
        ),
        Meaning(
            "infer",
            "Inference",
            milliseconds,
            "Median time of the second stage: from there to the score.",
            _within("stages_ms", "infer"),
        ),
    ),
)

ARRIVALS = MeaningGroup(
    "Images that arrive by a schedule, whether or not the detector is done",
    (
        Meaning(
            "load",
            "Share of the time busy",
            percent,
            "Share of the time that the calls alone need at this rate of arrivals. At 100 % and above, the "
            "queue only grows.",
            _within("latency_ms.open_loop", "load"),
        ),
        Meaning(
            "call_p50",
            "Median of the call alone",
            milliseconds,
            "Half of the calls took less. The time that images waited does not count.",
            _within("latency_ms.open_loop", "call_p50"),
        ),
        Meaning(
            "call_p99",
            "p99 of the call alone",
            milliseconds,
            "99 calls in a hundred took less. The time that images waited does not count.",
            _within("latency_ms.open_loop", "call_p99"),
        ),
        Meaning(
            "highest_rate",
            "Highest rate under the bound of p99",
            number,
            "The most images a second, arriving at random, at which p99 stays under the bound of the run.",
            _within("highest_rate", "per_second"),
            higher_is_better=True,
        ),
    ),
)

COSTS = MeaningGroup(
    "Cost of running it",
    (
        Meaning(
            "images_per_second",
            "Images a second",
            number,
            "Throughput while all images are scored. A detector may take many images in one call.",
        ),
        Meaning(
            "load_ms",
            "Loading",
            milliseconds,
            "Time until the detector is ready: imports, weights, compilation.",
        ),
        Meaning(
            "first_call_ms",
            "First call",
            milliseconds,
            "The first image after loading. It is often slower than those that follow.",
        ),
        Meaning(
            "peak_memory_mib",
            "Peak memory",
            mebibytes,
            "The most memory that the detector's process used.",
        ),
    ),
)

MEANINGS: tuple[MeaningGroup, ...] = (DECISIONS, SCORES, BOXES, LATENCY, ARRIVALS, COSTS)
"""In the order of the table."""
