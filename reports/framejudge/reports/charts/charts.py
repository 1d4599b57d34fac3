"""The report's charts, drawn with matplotlib in the light palette: one function a chart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.axis import XAxis, YAxis
from matplotlib.figure import Figure
from matplotlib.ticker import (
    FixedLocator,
    FuncFormatter,
    LogLocator,
    MaxNLocator,
    NullFormatter,
)
from matplotlib.transforms import Bbox

from framejudge.bench.run import CalibrationBin, Results, Run
from framejudge.bench.run import Figure as Measured
from framejudge.bench.run.calls import CallTimes
from framejudge.bench.run.columns import FRAMED, PLAIN, Columns
from framejudge.reports.charts import curves
from framejudge.reports.charts.chart_style import INK, MUTED, drawing
from framejudge.reports.charts.curves import Floats, Ints
from framejudge.reports.charts.inline_svg import LIVE
from framejudge.reports.charts.palette import MARKERS, ROLES, SERIES, dash, series_index
from framejudge.reports.page.training import Training
from framejudge.reports.text.wording import count, duration_tick, interval, milliseconds, shortened

PLAIN_CLASS, PAPER = ROLES["plain"].light, ROLES["paper"].light

WIDTH_IN, HEIGHT_IN = 4.3, 3.6
SCATTER_DOTS = 1_000
"""A cloud has no more dots a detector: more would only cover each other."""

HISTOGRAM_BINS = 40
LATENCY_BINS = 60


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a chart's axes lie: the data range and its rectangle in the SVG's own units."""

    x_range: tuple[float, float]
    y_range: tuple[float, float]
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawn chart with what it says in words.

    Attributes
    ----------
    name
        Its file name, when charts are written as files.
    title
        A short heading.
    caption
        How to read it, in a sentence or two.
    alt
        What it shows, for someone who does not see it.
    figure
        The drawing.
    frame
        Where the axes lie, so that the page can move a point on them.
    """

    name: str
    title: str
    caption: str
    alt: str
    figure: Figure
    frame: Frame


def _chart(name: str, title: str, caption: str, alt: str, figure: Figure) -> Chart:
    figure.draw_without_rendering()  # constrained layout moves the axes; only now are they where they stay
    figure.set_layout_engine("none")
    axes = figure.axes[0]
    height = figure.get_figheight() * figure.dpi
    box = axes.get_window_extent()
    frame = Frame(axes.get_xlim(), axes.get_ylim(), box.x0, height - box.y1, box.x1, height - box.y0)
    return Chart(name, title, caption, alt, figure, frame)


def accuracy_against_latency(results: Results) -> Chart | None:
    """Draw accuracy over median latency with both intervals; None when no detector has both."""
    shown = [
        (position, name, found, found.latency_ms.p50)
        for position, (name, found) in enumerate(results.detectors.items())
        if found.latency_ms is not None
        and found.latency_ms.p50.value is not None
        and found.accuracy.value is not None
    ]
    if not shown:
        return None
    with drawing(WIDTH_IN, 3.3) as (figure, axes):
        for position, _, found, p50 in shown:
            colour = SERIES[series_index(position)].light
            x, y = float(p50.value or 0), float(found.accuracy.value or 0)
            if p50.low is not None and p50.high is not None:
                axes.plot([p50.low, p50.high], [y, y], color=colour, linewidth=1.6, clip_on=False)
            if found.accuracy.low is not None and found.accuracy.high is not None:
                axes.plot([x, x], [found.accuracy.low, found.accuracy.high], color=colour, linewidth=1.6)
            axes.plot(
                [x], [y], color=colour, marker=MARKERS[series_index(position)], markersize=8, clip_on=False
            )
        times = [float(p50.value or 0) for *_, p50 in shown]
        _duration_axis(axes.xaxis, min(times) / 2, max(times) * 4)
        bounds = [
            bound
            for _, _, found, _ in shown
            for bound in (found.accuracy.value, found.accuracy.low, found.accuracy.high)
            if bound is not None
        ]
        margin = max(0.01, 0.15 * (max(bounds) - min(bounds)))
        axes.set_ylim(max(0.0, min(bounds) - margin), min(1.0, max(bounds) + margin))
        axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{share * 100:g} %"))
        _label_points(
            figure,
            axes,
            [
                (shortened(name), float(p50.value or 0), float(found.accuracy.value or 0), position)
                for position, name, found, p50 in shown
            ],
        )
        axes.set_xlabel("median latency of one image, log scale (faster to the left)")
        axes.set_ylabel("accuracy")
        alt = "Accuracy against median latency. " + "; ".join(
            f"{name}: {found.accuracy.value:.1%} at {milliseconds(p50.value)}"
            for _, name, found, p50 in shown
        )
        return _chart(
            "accuracy-latency",
            "Accuracy against latency",
            "Up and to the left is better. Bars are 95 % intervals on both axes.",
            alt,
            figure,
        )


def _label_points(figure: Figure, axes: Axes, points: Sequence[tuple[str, float, float, int]]) -> None:
    """Write each point's name beside it, at the corner where it covers least of the others."""
    figure.draw_without_rendering()
    inside = axes.get_window_extent()
    places = [tuple(axes.transData.transform((x, y)).tolist()) for _, x, y, _ in points]
    taken = [Bbox.from_bounds(x - 7, y - 14, 14, 28) for x, y in places]
    for (text, x, y, position), place in zip(points, places, strict=True):
        size = (5.6 * len(text), 11.0)
        corners = {corner: _beside(place, size, corner) for corner in ((1, 1), (1, -1), (-1, 1), (-1, -1))}
        right, above = min(corners, key=lambda corner: _crowding(corners[corner], taken, inside))
        taken.append(corners[right, above])
        label = axes.annotate(
            text,
            (x, y),
            (9 * right, 4 * above),
            textcoords="offset points",
            ha="left" if right > 0 else "right",
            va="bottom" if above > 0 else "top",
            color=SERIES[series_index(position)].light,
            fontsize=9.5,
        )
        label.set_in_layout(False)


def _beside(place: tuple[float, float], size: tuple[float, float], corner: tuple[int, int]) -> Bbox:
    (x, y), (width, height), (right, above) = place, size, corner
    return Bbox.from_bounds(
        x + 9 if right > 0 else x - 9 - width, y + 3 if above > 0 else y - 3 - height, width, height
    )


def _crowding(label: Bbox, taken: Sequence[Bbox], inside: Bbox) -> float:
    """Return how much of a label lies on others or, counted twice, outside the axes."""
    outside = label.width * label.height - _common_area(label, inside)
    return 2 * outside + sum(_common_area(label, other) for other in taken)


def _common_area(one: Bbox, other: Bbox) -> float:
    common = Bbox.intersection(one, other)
    return common.width * common.height if common is not None else 0.0


def roc(results: Results, columns: Columns, *, corner: bool = False) -> Chart | None:
    """Draw every detector's ROC in one chart, its area in the legend and its operating point on it.

    Parameters
    ----------
    corner
        Draw only the upper left corner, where good detectors differ.
    """
    shown = [d for d in range(len(columns.detectors)) if _has_both_classes(columns, d)]
    if not shown:
        return None
    with drawing(WIDTH_IN, HEIGHT_IN) as (figure, axes):
        if not corner:
            axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.8, linestyle="dotted")
        for d in shown:
            name = columns.detectors[d].name
            found = results.detectors[name]
            judged = columns.judged(columns.detectors[d])
            curve = curves.roc(columns.framed[judged], columns.detectors[d].scores[judged])
            colour = SERIES[series_index(d)].light
            axes.plot(
                curve.x,
                curve.y,
                color=colour,
                linestyle=dash(d),
                label=f"{shortened(name)}  {_figure(found.auc, 3)}",
            )
            if found.confusion is not None and found.recall.value is not None:
                negatives = found.confusion.fp + found.confusion.tn
                axes.plot(
                    [found.confusion.fp / negatives],
                    [found.recall.value],
                    color=colour,
                    marker=MARKERS[series_index(d)],
                    markersize=8,
                    markeredgecolor=PAPER,
                    markeredgewidth=1.2,
                    linestyle="none",
                    clip_on=corner,
                    zorder=5,
                    gid=f"{LIVE}point-{d}",
                )
        if corner:
            axes.set_xlim(0, 0.2)
            axes.set_ylim(0.8, 1.004)
            axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
            axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
        else:
            axes.set_xlim(-0.01, 1.0)
            axes.set_ylim(0, 1.01)
            legend = axes.legend(loc="lower right", title="area under the curve")
            legend.get_title().set_color(MUTED)
        axes.set_xlabel("plain images called framed (false positive rate)")
        axes.set_ylabel("framed images found (recall)")
        areas = "; ".join(
            f"{name}: area {_figure(results.detectors[name].auc, 3)}"
            for name in (columns.detectors[d].name for d in shown)
        )
        if corner:
            return _chart(
                "roc-corner",
                "ROC, upper left corner",
                "The same curves enlarged: at most 20 % false alarms, at least 80 % recall.",
                f"The corner of the ROC chart, enlarged. {areas}",
                figure,
            )
        return _chart(
            "roc",
            "ROC",
            "Each curve shows every threshold a detector could use; the mark is the one it does use.",
            f"Receiver operating characteristic. {areas}",
            figure,
        )


def precision_recall(columns: Columns) -> Chart | None:
    """Draw precision against recall of every detector."""
    shown = [d for d in range(len(columns.detectors)) if _has_both_classes(columns, d)]
    if not shown:
        return None
    with drawing(WIDTH_IN, HEIGHT_IN) as (figure, axes):
        for d in shown:
            judged = columns.judged(columns.detectors[d])
            curve = curves.precision_recall(columns.framed[judged], columns.detectors[d].scores[judged])
            axes.plot(
                curve.x,
                curve.y,
                color=SERIES[series_index(d)].light,
                linestyle=dash(d),
                label=shortened(columns.detectors[d].name),
            )
        axes.set_xlim(0, 1.01)
        axes.set_ylim(0, 1.01)
        axes.legend(loc="lower left")
        axes.set_xlabel("framed images found (recall)")
        axes.set_ylabel("alarms that are right (precision)")
        share = float(np.mean(columns.labels[columns.labels >= 0] == FRAMED))
        return _chart(
            "precision-recall",
            "Precision and recall",
            f"At this set's share of framed images, {share:.0%}; with fewer frames, precision is lower.",
            f"Precision against recall of {', '.join(columns.detectors[d].name for d in shown)}",
            figure,
        )


def score_histogram(columns: Columns, d: int) -> Chart | None:
    """Draw how one detector's scores spread over framed and plain images."""
    judged = columns.judged(columns.detectors[d])
    if not judged.any():
        return None
    colour = SERIES[series_index(d)].light
    edges = np.linspace(0, 1, HISTOGRAM_BINS + 1)
    counts = {
        label: np.histogram(columns.detectors[d].scores[judged & (columns.labels == label)], bins=edges)[0]
        for label in (FRAMED, PLAIN)
    }
    name = columns.detectors[d].name
    with drawing(WIDTH_IN, 2.3) as (figure, axes):
        axes.stairs(counts[PLAIN], edges, fill=True, color=PLAIN_CLASS, alpha=0.55, label="plain", baseline=0)
        axes.stairs(counts[FRAMED], edges, fill=True, color=colour, alpha=0.3, baseline=0)
        axes.stairs(counts[FRAMED], edges, color=colour, linewidth=1.4, label="framed", baseline=0)
        axes.axvline(columns.detectors[d].threshold, color=INK, linewidth=1.3, gid=f"{LIVE}threshold")
        axes.set_yscale("symlog", linthresh=1)
        top = max(int(counts[FRAMED].max()), int(counts[PLAIN].max()), 1)
        axes.yaxis.set_major_locator(
            FixedLocator([0, *(10**k for k in range(math.ceil(math.log10(top)) + 1))])
        )
        axes.yaxis.set_minor_locator(FixedLocator([]))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        axes.set_ylim(0, top * 1.6)
        axes.set_xlim(0, 1)
        axes.grid(visible=False, axis="x")
        axes.set_xlabel("score (1 = surely framed)")
        axes.set_ylabel("images, log scale")
        axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2, borderaxespad=0.0)
        return _chart(
            f"scores-{d + 1}",
            f"Scores of {name}",
            "Grey: plain images. Coloured: framed. Line: the threshold. The less they overlap, the better.",
            f"Histogram of {name}'s scores for {int(counts[FRAMED].sum())} framed and "
            f"{int(counts[PLAIN].sum())} plain images",
            figure,
        )


def reliability(results: Results) -> Chart | None:
    """Draw mean score against the share of truly framed images: a calibrated detector keeps the diagonal."""
    shown = [
        (position, name, _filled(found.calibration))
        for position, (name, found) in enumerate(results.detectors.items())
    ]
    shown = [(position, name, parts) for position, name, parts in shown if parts]
    if not shown:
        return None
    with drawing(WIDTH_IN, HEIGHT_IN) as (figure, axes):
        axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.8, linestyle="dotted")
        for position, name, parts in shown:
            colour = SERIES[series_index(position)].light
            for part in parts:
                if part.framed_share.low is not None and part.framed_share.high is not None:
                    axes.plot(
                        [part.mean_score or 0.0] * 2,
                        [part.framed_share.low, part.framed_share.high],
                        color=colour,
                        linewidth=1.0,
                        alpha=0.7,
                    )
            axes.plot(
                [part.mean_score or 0.0 for part in parts],
                [part.framed_share.value or 0.0 for part in parts],
                color=colour,
                linestyle=dash(position),
                marker=MARKERS[series_index(position)],
                markersize=5,
                label=shortened(name),
            )
        axes.set_xlim(-0.02, 1.02)
        axes.set_ylim(-0.02, 1.02)
        axes.legend(loc="upper left")
        axes.set_xlabel("mean score of the images in a bin")
        axes.set_ylabel("share that is truly framed")
        return _chart(
            "reliability",
            "Reliability",
            "On the dotted diagonal a score of 0.8 means framed in 8 of 10 cases. Bars are 95 % intervals.",
            f"Reliability diagram of {', '.join(name for _, name, _ in shown)}",
            figure,
        )


def latency_distributions(results: Results, columns: Columns, calls: CallTimes) -> Chart | None:
    """Draw how single-image latency spreads, a row a detector, on one logarithmic axis."""
    shown = [d for d in range(len(columns.detectors)) if len(calls.calls_ms[d])]
    if not shown:
        return None
    pooled = np.concatenate([calls.calls_ms[d] for d in shown])
    low, high = float(pooled.min()) / 1.15, float(pooled.max()) * 1.15
    edges = np.geomspace(low, high, LATENCY_BINS + 1)
    with drawing(WIDTH_IN, 1.0 + 0.75 * len(shown)) as (figure, axes):
        for row, d in enumerate(reversed(shown)):
            colour = SERIES[series_index(d)].light
            counts = np.histogram(calls.calls_ms[d], bins=edges)[0]
            heights = row + 0.78 * counts / counts.max()
            axes.stairs(heights, edges, baseline=row, fill=True, color=colour, alpha=0.35)
            axes.stairs(heights, edges, baseline=row, color=colour, linewidth=1.1)
            found = results.detectors[columns.detectors[d].name].latency_ms
            for percentile in ("p50", "p99"):
                value = getattr(found, percentile).value if found is not None else None
                if value is not None:
                    axes.plot([value, value], [row, row + 0.84], color=colour, linewidth=1.3)
                    axes.text(
                        value, row + 0.86, percentile, color=colour, ha="center", va="bottom", fontsize=7.5
                    )
        _duration_axis(axes.xaxis, low, high)
        axes.set_ylim(-0.04, len(shown) + 0.05)
        axes.yaxis.set_major_locator(FixedLocator([row + 0.3 for row in range(len(shown))]))
        axes.yaxis.set_major_formatter(
            FuncFormatter(
                lambda _, row: (
                    shortened(columns.detectors[shown[len(shown) - 1 - int(row)]].name, 14)
                    if row is not None
                    else ""
                )
            )
        )
        axes.tick_params(axis="y", length=0)
        axes.grid(visible=False, axis="y")
        axes.set_xlabel("latency of one image, log scale")
        summary = "; ".join(
            f"{columns.detectors[d].name}: median {milliseconds(float(np.median(calls.calls_ms[d])))} "
            f"over {len(calls.calls_ms[d])} calls"
            for d in shown
        )
        return _chart(
            "latency",
            "Latency of one image",
            "Each row shows all timed calls of a detector, from a decoded picture to a score, one at a time.",
            f"Latency distributions. {summary}",
            figure,
        )


def _filled(bins: Sequence[CalibrationBin]) -> list[CalibrationBin]:
    return [part for part in bins if part.mean_score is not None and part.framed_share.value is not None]


def latency_by_size(columns: Columns, calls: CallTimes) -> Chart | None:
    """Draw each timed image's median latency over its size; None where sizes or times are not known."""
    pixels = columns.sizes.prod(axis=1) / 1e6
    known = np.broadcast_to(pixels > 0, calls.per_image_ms.shape)
    return _scatter(
        columns,
        calls,
        np.broadcast_to(np.where(pixels > 0, pixels, 1.0), calls.per_image_ms.shape),
        known,
        name="latency-size",
        title="Latency against image size",
        caption="Each dot is one timed image. A rising cloud: larger pictures take longer.",
        x_label="image size in megapixels, log scale",
        log_x=True,
    )


def latency_by_score(columns: Columns, calls: CallTimes) -> Chart | None:
    """Draw each timed image's median latency over its score; None where nothing was timed."""
    scores = np.array([answers.scores for answers in columns.detectors])
    return _scatter(
        columns,
        calls,
        scores,
        np.isfinite(scores),
        name="latency-score",
        title="Latency against score",
        caption="Each dot is one timed image. A slope or a gap: the answer decides how long it takes.",
        x_label="score (1 = surely framed)",
        log_x=False,
    )


def _scatter(
    columns: Columns,
    calls: CallTimes,
    x: Floats,
    known: npt.NDArray[np.bool_],
    *,
    name: str,
    title: str,
    caption: str,
    x_label: str,
    log_x: bool,
) -> Chart | None:
    dots = {
        d: np.flatnonzero(known[d] & ~np.isnan(calls.per_image_ms[d])) for d in range(len(columns.detectors))
    }
    dots = {d: _evenly(images, SCATTER_DOTS) for d, images in dots.items() if len(images)}
    if not dots:
        return None
    with drawing(WIDTH_IN, HEIGHT_IN) as (figure, axes):
        for d, images in dots.items():
            # One path of points without length, their caps the dots: a tenth of the weight of markers.
            here = np.full((len(images), 3), np.nan), np.full((len(images), 3), np.nan)
            here[0][:, :2], here[1][:, :2] = x[d, images, None], calls.per_image_ms[d, images, None]
            axes.plot(
                here[0].ravel(),
                here[1].ravel(),
                color=SERIES[series_index(d)].light,
                linewidth=3.4,
                alpha=0.55,
                solid_capstyle="round",
                label=shortened(columns.detectors[d].name, 14),
            )
        times = np.concatenate([calls.per_image_ms[d, images] for d, images in dots.items()])
        if log_x:
            axes.set_xscale("log")
            axes.xaxis.set_major_locator(LogLocator(base=10, subs=(1.0, 2.0, 5.0)))
            axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
            axes.xaxis.set_minor_formatter(NullFormatter())
        else:
            axes.set_xlim(-0.02, 1.02)
        _duration_axis(axes.yaxis, float(times.min()) / 1.3, float(times.max()) * 1.3)
        axes.legend(
            loc="lower left",
            bbox_to_anchor=(0.0, 1.0),
            ncols=3,
            borderaxespad=0.0,
            handlelength=0.6,
            columnspacing=1.2,
        )
        axes.set_xlabel(x_label)
        axes.set_ylabel("latency, log scale")
        shown = "; ".join(f"{columns.detectors[d].name}: {len(images)} images" for d, images in dots.items())
        return _chart(name, title, caption, f"{title}. {shown}", figure)


def training_accuracy(trainings: Sequence[Training], names: Sequence[str]) -> Chart | None:
    """Draw accuracy over epochs, on training and validation pictures; None where none was logged."""
    return _training(
        trainings,
        names,
        train=("accuracy", "framed_accuracy"),
        validation=("val_accuracy", "val_framed_accuracy"),
        name="training-accuracy",
        title="Training: accuracy",
        y_label="accuracy",
        log_y=False,
    )


def training_loss(trainings: Sequence[Training], names: Sequence[str]) -> Chart | None:
    """Draw the loss of the probability over epochs, like `training_accuracy`; None where none was logged."""
    return _training(
        trainings,
        names,
        train=("framed_loss", "loss"),  # of several outputs, ``loss`` is the weighted sum
        validation=("val_loss",),
        name="training-loss",
        title="Training: loss",
        y_label="loss, log scale",
        log_y=True,
    )


def _training(
    trainings: Sequence[Training],
    names: Sequence[str],
    *,
    train: Sequence[str],
    validation: Sequence[str],
    name: str,
    title: str,
    y_label: str,
    log_y: bool,
) -> Chart | None:
    """Draw one figure of every training, in its detector's colour where the run has it."""
    shown = [
        one for one in trainings if one.first_of(train) is not None or one.first_of(validation) is not None
    ]
    if not shown:
        return None
    others = iter(range(len(names), len(names) + len(shown)))
    ends = []
    with drawing(WIDTH_IN, HEIGHT_IN) as (figure, axes):
        for one in shown:
            position = names.index(one.detector) if one.detector in names else next(others)
            colour, label = SERIES[series_index(position)].light, shortened(one.detector or one.name)
            for kind, values, width in (
                ("validation", one.first_of(validation), 1.9),
                ("training", one.first_of(train), 1.1),
            ):
                if values is None:
                    continue
                axes.plot(
                    np.arange(1, len(values) + 1),
                    values,
                    color=colour,
                    linestyle="solid" if kind == "validation" else "dashed",
                    linewidth=width,
                    marker="o" if len(values) < 3 else None,
                    label=f"{label}, {kind}",
                )
                last = values[np.isfinite(values)][-1]
                ends.append(f"{label}: {kind} {last:.4g} after {count(len(values), 'epoch')}")
        if log_y:
            axes.set_yscale("log")
            axes.yaxis.set_major_locator(LogLocator(base=10, subs=(1.0, 2.0, 5.0)))
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
            axes.yaxis.set_minor_formatter(NullFormatter())
        axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
        axes.legend(loc="best")
        axes.set_xlabel("epoch")
        axes.set_ylabel(y_label)
        return _chart(
            name,
            title,
            "Solid: validation pictures. Dashed: training pictures. A widening gap: it learns them by heart.",
            f"{title} by epoch. {'; '.join(ends)}",
            figure,
        )


def _evenly(images: Ints, limit: int) -> Ints:
    """Return at most ``limit`` of the positions, spread evenly."""
    if len(images) <= limit:
        return images
    return np.asarray(images[np.linspace(0, len(images) - 1, limit).astype(int)])


def _duration_axis(axis: XAxis | YAxis, low: float, high: float) -> None:
    axes = axis.axes
    (axes.set_xscale if axis is axes.xaxis else axes.set_yscale)("log")
    (axes.set_xlim if axis is axes.xaxis else axes.set_ylim)(low, high)
    subs = (1.0, 2.0, 5.0) if high / low < 30 else (1.0, 3.0) if high / low < 1_000 else (1.0,)
    axis.set_major_locator(LogLocator(base=10, subs=subs, numticks=20))
    axis.set_major_formatter(FuncFormatter(lambda value, _: duration_tick(value)))
    axis.set_minor_formatter(NullFormatter())


def _has_both_classes(columns: Columns, d: int) -> bool:
    judged = columns.judged(columns.detectors[d])
    return bool((columns.framed[judged]).any() and (columns.labels[judged] == PLAIN).any())


def _figure(measured: Measured, digits: int) -> str:
    if measured.value is None:
        return "not known"
    spread = interval(measured, lambda value: f"{value:.{digits}f}")
    return f"{measured.value:.{digits}f}" + (f" ({spread})" if spread else "")


def all_charts(run: Run, trainings: Sequence[Training] = ()) -> Sequence[Chart]:
    """Return every chart that the run's data support, in the report's order."""
    results, columns, calls = run.results, run.columns, run.call_times
    names = [answers.name for answers in columns.detectors]
    drawn = [
        accuracy_against_latency(results),
        roc(results, columns),
        roc(results, columns, corner=True),
        precision_recall(columns),
        reliability(results),
        training_accuracy(trainings, names),
        training_loss(trainings, names),
        latency_distributions(results, columns, calls),
        latency_by_size(columns, calls),
        latency_by_score(columns, calls),
        *(score_histogram(columns, d) for d in range(len(columns.detectors))),
    ]
    return [chart for chart in drawn if chart is not None]
