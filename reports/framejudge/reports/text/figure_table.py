"""Figures laid out in rows and cells, as the page and the written tables show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from framejudge.bench.run import Figure, Results, SliceResult, WeakestSlice
from framejudge.bench.run.wording import Format, count, form_of, interval, optional, p_equals, percent
from framejudge.reports.text.meanings import MEANINGS, Meaning

BAR_WIDTH, BAR_MARGIN = 96.0, 4.0


@dataclass(frozen=True, slots=True)
class Bar:
    """Where an interval and its value lie on a bar of `BAR_WIDTH`, shared by a row."""

    low: float
    value: float
    high: float


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure as text; ``text`` is empty where there is no value, and ``under`` says why."""

    text: str = ""
    value: float | None = None
    under: str = ""
    best: bool = False
    bar: Bar | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of every detector."""

    title: str
    meaning: str
    method: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class RowGroup:
    """Rows under one heading."""

    title: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class SliceRow:
    """The accuracy of every detector on the images that share an attribute's value; who is weakest there."""

    attribute: str
    value: str
    images: int
    weakest: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class WeakestLine:
    """A detector, and what follows its name: where it is clearly weakest, or why no slice is named."""

    detector: str
    words: str


def figure_rows(results: Results) -> list[RowGroup]:
    """Return every figure that at least one detector has or lacks for a reason."""
    groups = []
    for group in MEANINGS:
        rows = [row for meaning in group.rows if (row := _row(results, meaning)) is not None]
        if rows:
            groups.append(RowGroup(group.title, rows))
    return groups


def slice_detectors(results: Results) -> list[str]:
    """Return the detectors that slices were computed for, in the run's order."""
    present = {part.detector for part in results.slices}
    return [name for name in results.detectors if name in present]


def slice_rows(results: Results) -> list[SliceRow]:
    """Return a row a slice, the slice with the lowest accuracy of any detector first."""
    names = slice_detectors(results)
    by_slice: dict[tuple[str, str], dict[str, SliceResult]] = {}
    for part in results.slices:
        by_slice.setdefault((part.attribute, part.value), {})[part.detector] = part
    return [
        SliceRow(
            attribute,
            value,
            max(part.images for part in parts.values()),
            min(parts, key=lambda name: _accuracy(parts[name])),
            [_cell(parts[name].accuracy if name in parts else None, percent, (0.0, 1.0)) for name in names],
        )
        for (attribute, value), parts in sorted(by_slice.items(), key=lambda item: _lowest(item[1]))
    ]


def weakest_lines(results: Results) -> list[WeakestLine]:
    """Return, of each detector, the slice that it is clearly weakest on, or why none is named."""
    return [WeakestLine(one.detector, _weakest_words(one)) for one in results.weakest_slices]


def _weakest_words(found: WeakestSlice) -> str:
    if found.accuracy is None or found.elsewhere is None or found.p is None or found.p.value is None:
        return f": {found.reason or 'no slice is clearly weaker'}"
    there, elsewhere = (optional(figure.value, percent) for figure in (found.accuracy, found.elsewhere))
    return (
        f" is clearly weaker on {found.attribute}: {found.value}: {there} right on "
        f"{count(found.images, 'image')}, {elsewhere} elsewhere "
        f"({p_equals(found.p.value)}, corrected for {count(found.slices, 'slice')})"
    )


def _lowest(parts: Mapping[str, SliceResult]) -> float:
    return min(_accuracy(part) for part in parts.values())


def _accuracy(part: SliceResult) -> float:
    return float("inf") if part.accuracy.value is None else part.accuracy.value


def _row(results: Results, meaning: Meaning) -> Row | None:
    metric = meaning.metric
    figures = [metric.read(found) for found in results.detectors.values()]
    present = [figure for figure in figures if figure is not None]
    if not present:
        return None
    known = {figure.value for figure in present if figure.value is not None}
    best = None
    if len(known) > 1:
        best = max(known) if metric.higher_is_better else min(known)
    scale, form = _scale(present), form_of(metric)
    return Row(
        title=meaning.title,
        meaning=meaning.text,
        method=", ".join(sorted({figure.method for figure in present if figure.method})),
        cells=[_cell(figure, form, scale, best) for figure in figures],
    )


def _cell(figure: Figure | None, form: Format, scale: tuple[float, float], best: float | None = None) -> Cell:
    if figure is None:
        return Cell(under="not measured")
    if figure.value is None:
        return Cell(under=figure.reason or "no reason was recorded")
    under = (interval(figure, form), f"n = {figure.n:,}" if figure.n else "", figure.reason)
    return Cell(
        text=form(figure.value),
        value=figure.value,
        under=" · ".join(part for part in under if part),
        best=figure.value == best,
        bar=_bar(figure.low, figure.value, figure.high, scale),
    )


def _scale(figures: Sequence[Figure]) -> tuple[float, float]:
    """Return the range that a row's interval bars share."""
    ends = [end for figure in figures for end in (figure.low, figure.value, figure.high) if end is not None]
    return (min(ends), max(ends)) if ends else (0.0, 0.0)


def _bar(low: float | None, value: float, high: float | None, scale: tuple[float, float]) -> Bar | None:
    if low is None or high is None or scale[1] <= scale[0]:
        return None
    step = (BAR_WIDTH - 2 * BAR_MARGIN) / (scale[1] - scale[0])
    places = [round(BAR_MARGIN + (end - scale[0]) * step, 1) for end in (low, value, high)]
    return Bar(*places)
