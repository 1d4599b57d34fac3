"""The rows of the table of figures: what each one is called and what it means."""

from __future__ import annotations

from dataclasses import dataclass

from framejudge.bench.run.metrics import METRICS, Metric


@dataclass(frozen=True, slots=True)
class Meaning:
    """One row; ``name`` is that of a metric of the catalogue."""

    name: str
    title: str
    text: str

    @property
    def metric(self) -> Metric:
        """Where the figure is, in which unit, and which way is better."""
        return METRICS[self.name]


@dataclass(frozen=True, slots=True)
class MeaningGroup:
    """Rows under one heading."""

    title: str
    rows: tuple[Meaning, ...]


DECISIONS = MeaningGroup(
    "Right and wrong, at the detector's own threshold",
    (
        Meaning(
            "accuracy",
            "Accuracy",
            "Share of all images that the detector judges right. It depends on how many of them are framed: "
            "in a set with few frames, a detector that never reports one looks good.",
        ),
        Meaning(
            "balanced_accuracy",
            "Balanced accuracy",
            "The mean of recall and specificity. Unlike accuracy, it does not change with the share "
            "of framed images. Guessing gives 50 %.",
        ),
        Meaning(
            "recall",
            "Recall",
            "Share of the framed images in which it finds the frame. The rest are missed frames.",
        ),
        Meaning(
            "specificity",
            "Specificity",
            "Share of the plain images that it leaves alone. The rest are false alarms.",
        ),
        Meaning(
            "precision",
            "Precision",
            "Share of its alarms that are right. It is lower where frames are rarer than here.",
        ),
        Meaning(
            "f1",
            "F1",
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
            "How often a framed image gets a higher score than a plain one, both drawn at random. "
            "1 is perfect, 0.5 is guessing. It does not depend on the threshold.",
        ),
        Meaning(
            "brier",
            "Brier score",
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
            "Share of framed images with every side of the located box within 2 px or 1 % of the image's "
            "side from its place. A missed frame counts as not in place.",
        ),
        Meaning(
            "missed",
            "Frames not located",
            "Share of framed images without a box: judged plain, or not located.",
        ),
        Meaning(
            "side_error_px_p50",
            "Median error of a side",
            "Half of the sides of the located boxes are nearer to their place.",
        ),
        Meaning(
            "side_error_px_p95",
            "p95 error of a side",
            "95 sides in a hundred are nearer to their place.",
        ),
        Meaning(
            "iou",
            "Overlap with the true box (IoU)",
            "Mean intersection over union. It flatters: where the frame is thin, the whole image has 0.95.",
        ),
        Meaning(
            "content_cut",
            "Content cut away",
            "Mean share of the content's area that is outside the located box.",
        ),
        Meaning(
            "plain_changed",
            "Plain images that would be cropped",
            "Share of plain images with a box smaller than the image. Cropping would harm them.",
        ),
    ),
)

LATENCY = MeaningGroup(
    "Latency of one image, from a decoded picture to a score",
    (
        Meaning(
            "p50",
            "Median (p50)",
            "Half of the timed calls took less. A call starts when the one before has ended. Where images "
            "arrive by a schedule, its time starts at the scheduled arrival, so that waiting counts.",
        ),
        Meaning("p90", "p90", "90 calls in a hundred took less."),
        Meaning("p95", "p95", "95 calls in a hundred took less."),
        Meaning(
            "p99",
            "p99",
            "99 calls in a hundred took less. Given only where enough calls were timed.",
        ),
        Meaning(
            "p99_9",
            "p99.9",
            "999 calls in a thousand took less. Given only where enough calls were timed.",
        ),
        Meaning(
            "prepare",
            "Preparing",
            "Median time of the first of two stages: from the picture to what the detector works on.",
        ),
        Meaning(
            "infer",
            "Inference",
            "Median time of the second stage: from there to the score.",
        ),
    ),
)

ARRIVALS = MeaningGroup(
    "Images that arrive by a schedule, whether or not the detector is done",
    (
        Meaning(
            "load",
            "Share of the time busy",
            "Share of the time that the calls alone need at this rate of arrivals. At 100 % and above, the "
            "queue only grows.",
        ),
        Meaning(
            "call_p50",
            "Median of the call alone",
            "Half of the calls took less. The time that images waited does not count.",
        ),
        Meaning(
            "call_p99",
            "p99 of the call alone",
            "99 calls in a hundred took less. The time that images waited does not count.",
        ),
        Meaning(
            "highest_rate",
            "Highest rate under the bound of p99",
            "The most images a second, arriving at random, at which p99 stays under the bound of the run.",
        ),
    ),
)

COSTS = MeaningGroup(
    "Cost of running it",
    (
        Meaning(
            "images_per_second",
            "Images a second",
            "Throughput of one process with one thread, while all images are scored. A detector may take "
            "many images in one call.",
        ),
        Meaning(
            "load_ms",
            "Loading",
            "Time until the detector is ready: imports, weights, compilation.",
        ),
        Meaning(
            "first_call_ms",
            "First call",
            "The first image after loading. It is often slower than those that follow.",
        ),
        Meaning(
            "peak_memory_mib",
            "Peak memory",
            "The most memory that the detector's process used.",
        ),
    ),
)

MEANINGS: tuple[MeaningGroup, ...] = (DECISIONS, SCORES, BOXES, LATENCY, ARRIVALS, COSTS)
"""In the order of the table."""
