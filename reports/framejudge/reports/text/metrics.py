"""The rows of the table of figures: where each is read, how it is written, what it means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from framejudge.bench.run import DetectorResult, Figure
from framejudge.bench.run.wording import Format, fraction, mebibytes, milliseconds, number, percent, pixels


@dataclass(frozen=True, slots=True)
class Metric:
    """One row of the table of figures: where it is read, how it is written, what it means."""

    key: str
    title: str
    form: Format
    meaning: str
    read: Callable[[DetectorResult], Figure | None]
    higher_is_better: bool | None = True


def _plainly(key: str) -> Callable[[DetectorResult], Figure | None]:
    return lambda result: getattr(result, key)


def _latency(key: str) -> Callable[[DetectorResult], Figure | None]:
    return lambda result: getattr(result.latency_ms, key) if result.latency_ms else None


def _open_loop(key: str) -> Callable[[DetectorResult], Figure | None]:
    def read(result: DetectorResult) -> Figure | None:
        served = result.latency_ms.open_loop if result.latency_ms else None
        return getattr(served, key) if served else None

    return read


def _box(key: str) -> Callable[[DetectorResult], Figure | None]:
    return lambda result: getattr(result.boxes, key) if result.boxes else None


def _stage(key: str) -> Callable[[DetectorResult], Figure | None]:
    return lambda result: getattr(result.stages_ms, key) if result.stages_ms else None


@dataclass(frozen=True, slots=True)
class MetricGroup:
    """Metrics under one heading."""

    title: str
    metrics: tuple[Metric, ...]


METRICS: tuple[MetricGroup, ...] = (
    MetricGroup(
        "Right and wrong, at the detector's own threshold",
        (
            Metric(
                "accuracy",
                "Accuracy",
                percent,
                "Share of all images that it judges right. It depends on how many of them are framed: "
                "a set with few frames makes a detector that never sees one look good.",
                _plainly("accuracy"),
            ),
            Metric(
                "balanced_accuracy",
                "Balanced accuracy",
                percent,
                "The mean of recall and specificity. Unlike accuracy, it does not change with the share "
                "of framed images; guessing gives 50 %.",
                _plainly("balanced_accuracy"),
            ),
            Metric(
                "recall",
                "Recall",
                percent,
                "Of the images that do have a frame, the share that it finds. The rest are missed frames.",
                _plainly("recall"),
            ),
            Metric(
                "specificity",
                "Specificity",
                percent,
                "Of the plain images, the share that it leaves alone. The rest are false alarms.",
                _plainly("specificity"),
            ),
            Metric(
                "precision",
                "Precision",
                percent,
                "Of its alarms, the share that really are frames. It falls where frames are rarer than here.",
                _plainly("precision"),
            ),
            Metric(
                "f1",
                "F1",
                fraction,
                "The harmonic mean of precision and recall: high only when both are.",
                _plainly("f1"),
            ),
        ),
    ),
    MetricGroup(
        "Quality of the score, at every threshold",
        (
            Metric(
                "auc",
                "ROC area (AUC)",
                fraction,
                "How often a framed image gets a higher score than a plain one, both drawn at random. "
                "1 is perfect, 0.5 is guessing. It does not depend on the threshold.",
                _plainly("auc"),
            ),
            Metric(
                "brier",
                "Brier score",
                fraction,
                "Mean squared distance between the score and the truth (0 or 1). Lower is better; "
                "a score of 0.5 for everything gives 0.25.",
                _plainly("brier"),
                higher_is_better=False,
            ),
        ),
    ),
    MetricGroup(
        "Where the content lies, on framed images whose labels say so",
        (
            Metric(
                "within_tolerance",
                "Boxes in place",
                percent,
                "Share of framed images with every side of the located box within 2 px or 1 % of the image's "
                "side from its place. A missed frame is not in place.",
                _box("within_tolerance"),
            ),
            Metric(
                "missed",
                "Frames not located",
                percent,
                "Share of framed images without a box: judged plain, or not located.",
                _box("missed"),
                higher_is_better=False,
            ),
            Metric(
                "side_error_px_p50",
                "Median error of a side",
                pixels,
                "How far the sides of the boxes that were found are from their place.",
                _box("side_error_px_p50"),
                higher_is_better=False,
            ),
            Metric(
                "side_error_px_p95",
                "p95 error of a side",
                pixels,
                "Nineteen sides in twenty are nearer to their place.",
                _box("side_error_px_p95"),
                higher_is_better=False,
            ),
            Metric(
                "iou",
                "Overlap with the true box (IoU)",
                fraction,
                "Mean intersection over union. It flatters: of a thin band, the uncut image has 0.95.",
                _box("iou"),
            ),
            Metric(
                "content_cut",
                "Content cut away",
                percent,
                "Mean share of the content's area that lies outside the located box.",
                _box("content_cut"),
                higher_is_better=False,
            ),
            Metric(
                "plain_changed",
                "Plain images that would be cropped",
                percent,
                "Share of plain images with a box smaller than the image: they would be harmed.",
                _box("plain_changed"),
                higher_is_better=False,
            ),
        ),
    ),
    MetricGroup(
        "Latency of one image, from a decoded picture to a score",
        (
            Metric(
                "p50",
                "Median (p50)",
                milliseconds,
                "Half of the timed calls took less. Each call is made when the one before is done; where "
                "images arrive by a schedule, the time counts from the scheduled arrival, waiting included.",
                _latency("p50"),
                higher_is_better=False,
            ),
            Metric(
                "p90",
                "p90",
                milliseconds,
                "Nine calls in ten took less.",
                _latency("p90"),
                higher_is_better=False,
            ),
            Metric(
                "p95",
                "p95",
                milliseconds,
                "Nineteen calls in twenty took less.",
                _latency("p95"),
                higher_is_better=False,
            ),
            Metric(
                "p99",
                "p99",
                milliseconds,
                "99 calls in a hundred took less. Given only where enough calls were timed to support it.",
                _latency("p99"),
                higher_is_better=False,
            ),
            Metric(
                "p99_9",
                "p99.9",
                milliseconds,
                "999 calls in a thousand took less. Given only where enough calls were timed to support it.",
                _latency("p99_9"),
                higher_is_better=False,
            ),
            Metric(
                "prepare",
                "Preparing",
                milliseconds,
                "Median time of the first of two stages: from the picture to what it works on.",
                _stage("prepare"),
                higher_is_better=False,
            ),
            Metric(
                "infer",
                "Inference",
                milliseconds,
                "Median time of the second stage: from there to the score.",
                _stage("infer"),
                higher_is_better=False,
            ),
        ),
    ),
    MetricGroup(
        "Images that arrive by a schedule, whether or not the detector is done",
        (
            Metric(
                "load",
                "Share of the time busy",
                percent,
                "What the calls alone need at the rate of arrivals. From 100 % on, the queue only grows.",
                _open_loop("load"),
                higher_is_better=False,
            ),
            Metric(
                "call_p50",
                "Median of the call alone",
                milliseconds,
                "Half of the calls took less, without the time that their images waited.",
                _open_loop("call_p50"),
                higher_is_better=False,
            ),
            Metric(
                "call_p99",
                "p99 of the call alone",
                milliseconds,
                "99 calls in a hundred took less, without the time that their images waited.",
                _open_loop("call_p99"),
                higher_is_better=False,
            ),
            Metric(
                "highest_rate",
                "Highest rate under the bound of p99",
                number,
                "Images a second, arriving at random, at which p99 stays under the bound that was asked for.",
                lambda result: result.highest_rate.per_second if result.highest_rate else None,
            ),
        ),
    ),
    MetricGroup(
        "Cost of running it",
        (
            Metric(
                "images_per_second",
                "Images a second",
                number,
                "Throughput of the scoring pass, where a detector may take many images in one call.",
                _plainly("images_per_second"),
            ),
            Metric(
                "load_ms",
                "Loading",
                milliseconds,
                "Time until the detector is ready: imports, weights, compilation.",
                _plainly("load_ms"),
                higher_is_better=False,
            ),
            Metric(
                "first_call_ms",
                "First call",
                milliseconds,
                "The first image after loading, which is often slower than those that follow.",
                _plainly("first_call_ms"),
                higher_is_better=False,
            ),
            Metric(
                "peak_memory_mib",
                "Peak memory",
                mebibytes,
                "The most memory that the detector's process held.",
                _plainly("peak_memory_mib"),
                higher_is_better=False,
            ),
        ),
    ),
)
