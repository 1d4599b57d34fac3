"""Figures as text: numbers with as many digits as they deserve, intervals, and what each figure means."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from framejudge.bench.run import DetectorResult, Figure

Format = Callable[[float], str]

MINUS = "\u2212"


def percent(share: float) -> str:
    """Return a share as a percentage; 100 % is said only where nothing is missing.

    >>> percent(0.974), percent(1.0), percent(0.9999)
    ('97.4 %', '100 %', '99.99 %')
    """
    if share in (0.0, 1.0):
        return f"{share * 100:.0f} %"
    for decimals in (1, 2, 3):
        text = f"{share * 100:.{decimals}f}"
        if 0.0 < float(text) < 100.0:
            return f"{text} %"
    return f"{share * 100:.3f} %"


def fraction(value: float) -> str:
    """Return a value in [0, 1] with three decimals, and more only where three would say 0 or 1."""
    text = f"{value:.3f}"
    if text in ("1.000", "0.000", "-0.000") and value not in (0.0, 1.0):
        text = f"{value:.5f}"
    return text.replace("-", MINUS)


def milliseconds(value: float | None) -> str:
    """Return a duration with its unit, at most three digits.

    >>> milliseconds(0.0421), milliseconds(1.5), milliseconds(1234.0)
    ('42.1 µs', '1.50 ms', '1.23 s')
    """
    if value is None:
        return "not known"
    return _duration(value, _three_digits)


def duration_tick(value: float) -> str:
    """Return a duration with its unit for an axis, where 2 ms is two and not 2.00.

    >>> duration_tick(0.5), duration_tick(2.0)
    ('500 µs', '2 ms')
    """
    return _duration(value, lambda scaled: f"{scaled:.3g}")


def _duration(value: float, form: Format) -> str:
    for scale, unit in ((1e-3, "µs"), (1.0, "ms")):
        if abs(value) < 999.5 * scale:
            return f"{form(value / scale)} {unit}"
    return f"{form(value / 1e3)} s"


def number(value: float) -> str:
    """Return a plain number with about three digits.

    >>> number(1234567.0), number(0.0312)
    ('1,230,000', '0.0312')
    """
    return _three_digits(value)


def mebibytes(value: float) -> str:
    """Return an amount of memory."""
    return f"{_three_digits(value)} MiB"


def pixels(value: float) -> str:
    """Return a length in pixels."""
    return f"{_three_digits(value)} px"


def points(difference: float) -> str:
    """Return a difference of two shares in percentage points."""
    return f"{difference * 100:.1f}".replace("-", MINUS)


def interval(figure: Figure, form: Format) -> str:
    """Return "low to high" or nothing where there is no interval; a unit is said once."""
    if figure.low is None or figure.high is None:
        return ""
    low, high = form(figure.low), form(figure.high)
    if " " in low and low.rpartition(" ")[2] == high.rpartition(" ")[2]:
        low = low.rpartition(" ")[0]
    return f"{low} to {high}"


def shortened(name: str, limit: int = 24) -> str:
    """Return a name cut in the middle: the ends of ``package.module:Class`` say most."""
    if len(name) <= limit:
        return name
    head = (limit - 1) // 3
    return f"{name[:head]}…{name[head + 1 - limit :]}"


def count(amount: int, one: str, many: str | None = None) -> str:
    """Return "1 image", "1,000 images".

    >>> count(1, "image"), count(1000, "image")
    ('1 image', '1,000 images')
    """
    return f"{amount:,} {one if amount == 1 else many or one + 's'}"


def listed(names: list[str]) -> str:
    """Return "a", "a and b", "a, b and c"."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def p_value(p: float) -> str:
    """Return "p = 0.03", and no more precision than it has."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}"


def _three_digits(value: float) -> str:
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    rounded = float(f"{value:.2e}")
    return f"{rounded:,.{max(0, 2 - math.floor(math.log10(abs(rounded))))}f}"


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
