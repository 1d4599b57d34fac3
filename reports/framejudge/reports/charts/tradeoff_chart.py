"""Accuracy against latency: the chart of the first screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from matplotlib.transforms import Bbox

from framejudge.bench.run import Figure as Measured
from framejudge.bench.run import Results
from framejudge.bench.run.wording import milliseconds, shortened
from framejudge.reports.charts.chart import WIDTH_IN, Chart, finished
from framejudge.reports.charts.chart_style import colour_of, drawing, duration_axis, marker_of


@dataclass(frozen=True, slots=True)
class _Point:
    """A detector with both figures known."""

    name: str
    position: int
    p50: Measured
    accuracy: Measured

    @property
    def x(self) -> float:
        return float(self.p50.value or 0)

    @property
    def y(self) -> float:
        return float(self.accuracy.value or 0)


def accuracy_against_latency(results: Results) -> Chart | None:
    """Draw accuracy over median latency with both intervals; None when no detector has both."""
    points = [
        _Point(name, position, found.latency_ms.p50, found.accuracy)
        for position, (name, found) in enumerate(results.detectors.items())
        if found.latency_ms is not None
        and found.latency_ms.p50.value is not None
        and found.accuracy.value is not None
    ]
    if not points:
        return None
    with drawing(WIDTH_IN, 3.3) as (figure, axes):
        for point in points:
            _draw(axes, point)
        times = [point.x for point in points]
        duration_axis(axes.xaxis, min(times) / 2, max(times) * 4)
        axes.set_ylim(*_accuracy_range(points))
        axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{share * 100:g} %"))
        _label(figure, axes, points)
        axes.set_xlabel("median latency of one image, log scale (faster to the left)")
        axes.set_ylabel("accuracy")
        said = (f"{point.name}: {point.y:.1%} at {milliseconds(point.x)}" for point in points)
        return finished(
            figure,
            name="accuracy-latency",
            title="Accuracy against latency",
            caption="Up and to the left is better. Bars are 95 % intervals on both axes.",
            alt=f"Accuracy against median latency. {'; '.join(said)}",
        )


def _draw(axes: Axes, point: _Point) -> None:
    colour, x, y = colour_of(point.position), point.x, point.y
    if point.p50.low is not None and point.p50.high is not None:
        ends = [point.p50.low, point.p50.high]
        axes.plot(ends, [y, y], color=colour, linewidth=1.6, clip_on=False)
    if point.accuracy.low is not None and point.accuracy.high is not None:
        axes.plot([x, x], [point.accuracy.low, point.accuracy.high], color=colour, linewidth=1.6)
    axes.plot([x], [y], color=colour, marker=marker_of(point.position), markersize=8, clip_on=False)


def _accuracy_range(points: Sequence[_Point]) -> tuple[float, float]:
    bounds = [
        bound
        for point in points
        for bound in (point.accuracy.value, point.accuracy.low, point.accuracy.high)
        if bound is not None
    ]
    margin = max(0.01, 0.15 * (max(bounds) - min(bounds)))
    return max(0.0, min(bounds) - margin), min(1.0, max(bounds) + margin)


def _label(figure: Figure, axes: Axes, points: Sequence[_Point]) -> None:
    """Write each point's name beside it, at the corner where it covers least of the others."""
    figure.draw_without_rendering()
    inside = axes.get_window_extent()
    places = [tuple(axes.transData.transform((point.x, point.y)).tolist()) for point in points]
    taken = [Bbox.from_bounds(x - 7, y - 14, 14, 28) for x, y in places]
    for point, place in zip(points, places, strict=True):
        text = shortened(point.name)
        size = (5.6 * len(text), 11.0)
        corners = {corner: _beside(place, size, corner) for corner in ((1, 1), (1, -1), (-1, 1), (-1, -1))}
        right, above = min(corners, key=lambda corner: _crowding(corners[corner], taken, inside))
        taken.append(corners[right, above])
        label = axes.annotate(
            text,
            (point.x, point.y),
            (9 * right, 4 * above),
            textcoords="offset points",
            ha="left" if right > 0 else "right",
            va="bottom" if above > 0 else "top",
            color=colour_of(point.position),
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
