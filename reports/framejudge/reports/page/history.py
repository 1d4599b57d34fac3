"""A metric over a row of runs as one self-contained HTML file."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from framejudge.bench.run import Figure
from framejudge.bench.run.history import History, HistoryRun, Series, Step
from framejudge.bench.run.metrics import find
from framejudge.bench.run.wording import (
    MINUS,
    Format,
    count,
    decimals,
    form_of,
    interval,
    optional,
    p_equals,
    signed,
)
from framejudge.datasets.html_page import render_page
from framejudge.reports.charts.history_chart import draw_series
from framejudge.reports.charts.inline_svg import for_page, to_svg
from framejudge.reports.page.style import PACKAGE, page_style
from framejudge.reports.text.warnings import explained

SHORT_COMMIT = 9


def render_history(history: History) -> str:
    """Return the history as an HTML document that loads nothing."""
    runs = count(len(history.runs), "run")
    return render_page(
        PACKAGE,
        "history.html.j2",
        title=f"{history.metric} over {runs} · framejudge",
        style=page_style(),
        metric=history.metric,
        runs=runs,
        warnings=explained(history.notices),
        series=[_section(history, series, position) for position, series in enumerate(history.series)],
    )


def _section(history: History, series: Series, position: int) -> dict[str, Any]:
    figure = draw_series(history, series, position)
    steps = {step.position: step for step in series.steps}
    label = f"{series.detector}: {history.metric} of {count(len(series.points), 'run')}"
    return {
        "detector": series.detector,
        "where": series.dataset if series.machine is None else f"{series.dataset}, on {series.machine}",
        "chart": None
        if figure is None
        else Markup(for_page(to_svg(figure), prefix=f"series-{position}-", label=label)),
        "verdict": _verdict(series),
        "steps": [_step(history, series, step) for step in series.steps],
        "notes": series.notes,
        "rows": [
            {
                **_described(history.runs[point.run]),
                "value": _value(history, point.figure),
                "interval": interval(point.figure, _form(history)),
                "reason": "" if point.figure.value is not None else point.figure.reason or "",
                "method": point.figure.method,
                "step": k in steps,
            }
            for k, point in enumerate(series.points)
        ],
    }


def _described(run: HistoryRun) -> dict[str, str]:
    return {
        "commit": _commit(run),
        "branch": run.branch or "",
        "started": run.started[:16].replace("T", " "),
        "folder": run.folder,
    }


def _commit(run: HistoryRun) -> str:
    if run.commit is None:
        return "no commit"
    return f"{run.commit[:SHORT_COMMIT]}{' with changes' if run.dirty else ''}"


def _verdict(series: Series) -> str:
    if series.untested is not None:
        return f"No step was tested for: {series.untested}."
    if not series.steps:
        return "No step: chance explains the differences."
    return f"{count(len(series.steps), 'step')} found."


def _step(history: History, series: Series, step: Step) -> dict[str, Any]:
    run = history.runs[series.points[step.position].run]
    return {
        "commit": _commit(run),
        "started": run.started[:16].replace("T", " "),
        "change": _change(series, step.change),
        "p": p_equals(step.p),
        "better": _is_better(history, series, step),
        "changed": step.changed,
    }


def _is_better(history: History, series: Series, step: Step) -> bool:
    neutral = 0.0 if series.compared_by == "difference" else 1.0
    return ((step.change.value or neutral) > neutral) == history.higher_is_better


def _change(series: Series, change: Figure) -> str:
    ratio = series.compared_by == "ratio"
    form = decimals(3) if ratio else signed(decimals(4))
    spread = interval(change, form) or "no interval"
    return f"{optional(change.value, form)}{' times as much' if ratio else ''} ({spread})".replace("-", MINUS)


def _value(history: History, figure: Figure) -> str:
    return "" if figure.value is None else _form(history)(figure.value)


def _form(history: History) -> Format:
    return form_of(find(history.metric))
