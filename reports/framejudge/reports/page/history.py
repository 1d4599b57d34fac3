"""A metric over a row of runs as one self-contained HTML file."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from framejudge.bench.run import Figure
from framejudge.bench.run.history import History, HistoryRun, Series, Step
from framejudge.reports.charts.history_chart import draw_series
from framejudge.reports.charts.inline_svg import for_page, to_svg
from framejudge.reports.page.shell import content_policy, page_style, template_environment
from framejudge.reports.text.wording import (
    MINUS,
    count,
    fraction,
    mebibytes,
    milliseconds,
    number,
    p_value,
    percent,
)

SHORT_COMMIT = 9

SHARES = ("accuracy", "balanced_accuracy", "recall", "specificity")


def render_history(history: History) -> str:
    """Return the history as an HTML document that loads nothing from anywhere."""
    style = page_style()
    context = {
        "title": f"{history.metric} over {count(len(history.runs), 'run')} · framejudge",
        "policy": content_policy(style),
        "style": Markup(style),
        "metric": history.metric,
        "runs": count(len(history.runs), "run"),
        "warnings": history.warnings,
        "series": [_section(history, series, position) for position, series in enumerate(history.series)],
    }
    return template_environment().get_template("history.html.j2").render(context)


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
                "interval": _interval(history, point.figure),
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
        return f"No step was looked for: {series.untested}."
    if not series.steps:
        return "No step: nothing but chance can be seen."
    return f"{count(len(series.steps), 'step')} found."


def _step(history: History, series: Series, step: Step) -> dict[str, Any]:
    run = history.runs[series.points[step.position].run]
    return {
        "commit": _commit(run),
        "started": run.started[:16].replace("T", " "),
        "change": _change(series, step.change),
        "p": p_value(step.p),
        "better": _is_better(history, series, step),
        "changed": step.changed,
    }


def _is_better(history: History, series: Series, step: Step) -> bool:
    neutral = 0.0 if series.compared_by == "difference" else 1.0
    return ((step.change.value or neutral) > neutral) == history.higher_is_better


def _change(series: Series, change: Figure) -> str:
    if series.compared_by == "ratio":
        texts = ["?" if one is None else f"{one:.3f}" for one in (change.value, change.low, change.high)]
        return f"{texts[0]} times as much ({texts[1]} to {texts[2]})"
    texts = [
        "?" if one is None else f"{one:+.4f}".replace("-", MINUS)
        for one in (change.value, change.low, change.high)
    ]
    return f"{texts[0]} ({texts[1]} to {texts[2]})"


def _value(history: History, figure: Figure) -> str:
    return "" if figure.value is None else _written(history, figure.value)


def _interval(history: History, figure: Figure) -> str:
    if figure.low is None or figure.high is None:
        return ""
    return f"{_written(history, figure.low)} to {_written(history, figure.high)}"


def _written(history: History, value: float) -> str:
    if history.unit == "ms":
        return milliseconds(value)
    if history.unit == "MiB":
        return mebibytes(value)
    if history.unit:
        return number(value)
    return percent(value) if history.metric in SHARES else fraction(value)
