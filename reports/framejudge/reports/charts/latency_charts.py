"""Latency of one image: how it spreads, and what it depends on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter

from framejudge.bench.run import Results
from framejudge.bench.run.calls import CallTimes
from framejudge.bench.run.columns import Columns
from framejudge.bench.run.wording import milliseconds, shortened
from framejudge.reports.charts.chart import HEIGHT_IN, WIDTH_IN, Chart, finished
from framejudge.reports.charts.chart_style import colour_of, drawing, duration_axis, number_axis
from framejudge.reports.charts.curves import Floats, Ints

LATENCY_BINS = 60
SCATTER_DOTS = 1_000
"""A cloud has no more dots a detector: more would only cover each other."""

LONGEST_NAME = 14


def latency_distributions(results: Results, columns: Columns, calls: CallTimes) -> Chart | None:
    """Draw how single-image latency spreads, a row a detector, on one logarithmic axis."""
    times_ms = {d: times for d, times in enumerate(calls.calls_ms) if len(times)}
    if not times_ms:
        return None
    names = {d: columns.detectors[d].name for d in times_ms}
    pooled = np.concatenate(list(times_ms.values()))
    low, high = float(pooled.min()) / 1.15, float(pooled.max()) * 1.15
    edges = np.geomspace(low, high, LATENCY_BINS + 1)
    with drawing(WIDTH_IN, 1.0 + 0.75 * len(times_ms)) as (figure, axes):
        for row, d in enumerate(reversed(times_ms)):
            counts = np.histogram(times_ms[d], bins=edges)[0]
            heights = row + 0.78 * counts / counts.max()
            axes.stairs(heights, edges, baseline=row, fill=True, color=colour_of(d), alpha=0.35)
            axes.stairs(heights, edges, baseline=row, color=colour_of(d), linewidth=1.1)
            _mark_percentiles(axes, results, names[d], row, colour_of(d))
        duration_axis(axes.xaxis, low, high)
        axes.set_ylim(-0.04, len(times_ms) + 0.05)
        _name_rows(axes, [names[d] for d in reversed(times_ms)])
        axes.grid(visible=False, axis="y")
        axes.set_xlabel("latency of one image, log scale")
        summary = "; ".join(
            f"{names[d]}: median {milliseconds(float(np.median(times)))} over {len(times)} calls"
            for d, times in times_ms.items()
        )
        return finished(
            figure,
            name="latency",
            title="Latency of one image",
            caption="Each row shows all timed calls of a detector, one at a time, "
            "from a decoded picture to a score.",
            alt=f"Latency distributions. {summary}",
        )


def _mark_percentiles(axes: Axes, results: Results, name: str, row: int, colour: str) -> None:
    found = results.detectors[name].latency_ms
    for percentile in ("p50", "p99"):
        value = getattr(found, percentile).value if found is not None else None
        if value is not None:
            axes.plot([value, value], [row, row + 0.84], color=colour, linewidth=1.3)
            axes.text(value, row + 0.86, percentile, color=colour, ha="center", va="bottom", fontsize=7.5)


def _name_rows(axes: Axes, names: Sequence[str]) -> None:
    axes.yaxis.set_major_locator(FixedLocator([row + 0.3 for row in range(len(names))]))
    axes.yaxis.set_major_formatter(
        FuncFormatter(lambda _, row: "" if row is None else shortened(names[int(row)], LONGEST_NAME))
    )
    axes.tick_params(axis="y", length=0)


def latency_by_size(columns: Columns, calls: CallTimes) -> Chart | None:
    """Draw each timed image's median latency over its size; None where sizes or times are not known."""
    megapixels = columns.sizes.prod(axis=1) / 1e6
    dots = _timed(calls, np.broadcast_to(megapixels > 0, calls.per_image_ms.shape))
    if not dots:
        return None
    with drawing(WIDTH_IN, HEIGHT_IN) as (figure, axes):
        for d, images in dots.items():
            _draw_cloud(axes, columns, calls, d, megapixels[images], images)
        number_axis(axes.xaxis)
        axes.set_xlabel("image size in megapixels, log scale")
        _finish_clouds(axes, calls, dots)
        return finished(
            figure,
            name="latency-size",
            title="Latency against image size",
            caption="Each dot is one timed image. A rising cloud: larger pictures take longer.",
            alt=f"Latency against image size. {_clouds(columns, dots)}",
        )


def latency_by_score(columns: Columns, calls: CallTimes) -> Chart | None:
    """Draw each timed image's median latency over its score; None where nothing was timed."""
    dots = _timed(calls, np.array([answers.scored for answers in columns.detectors]))
    if not dots:
        return None
    with drawing(WIDTH_IN, HEIGHT_IN) as (figure, axes):
        for d, images in dots.items():
            _draw_cloud(axes, columns, calls, d, columns.detectors[d].scores[images], images)
        axes.set_xlim(-0.02, 1.02)
        axes.set_xlabel("score (1 = surely framed)")
        _finish_clouds(axes, calls, dots)
        return finished(
            figure,
            name="latency-score",
            title="Latency against score",
            caption="Each dot is one timed image. A slope or a gap: the answer decides how long it takes.",
            alt=f"Latency against score. {_clouds(columns, dots)}",
        )


def _timed(calls: CallTimes, known: np.ndarray) -> dict[int, Ints]:
    """Return the timed images of each detector whose x is known, at most `SCATTER_DOTS`, spread evenly."""
    found = {
        d: np.flatnonzero(known[d] & ~np.isnan(times_ms)) for d, times_ms in enumerate(calls.per_image_ms)
    }
    return {
        d: images[np.linspace(0, len(images) - 1, min(len(images), SCATTER_DOTS)).astype(int)]
        for d, images in found.items()
        if len(images)
    }


def _draw_cloud(axes: Axes, columns: Columns, calls: CallTimes, d: int, x: Floats, images: Ints) -> None:
    # One path of points without length, their caps the dots: a tenth of the weight of markers.
    path = np.full((2, len(images), 3), np.nan)
    path[0, :, :2], path[1, :, :2] = x[:, None], calls.per_image_ms[d, images, None]
    axes.plot(
        path[0].ravel(),
        path[1].ravel(),
        color=colour_of(d),
        linewidth=3.4,
        alpha=0.55,
        solid_capstyle="round",
        label=shortened(columns.detectors[d].name, LONGEST_NAME),
    )


def _finish_clouds(axes: Axes, calls: CallTimes, dots: Mapping[int, Ints]) -> None:
    times_ms = np.concatenate([calls.per_image_ms[d, images] for d, images in dots.items()])
    duration_axis(axes.yaxis, float(times_ms.min()) / 1.3, float(times_ms.max()) * 1.3)
    axes.set_ylabel("latency, log scale")
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0.0, 1.0),
        ncols=3,
        borderaxespad=0.0,
        handlelength=0.6,
        columnspacing=1.2,
    )


def _clouds(columns: Columns, dots: Mapping[int, Ints]) -> str:
    return "; ".join(f"{columns.detectors[d].name}: {len(images)} images" for d, images in dots.items())
