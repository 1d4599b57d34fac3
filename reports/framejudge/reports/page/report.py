"""A run as one self-contained HTML file, made from the run's folder alone."""

from __future__ import annotations

import base64
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from markupsafe import Markup

from framejudge.bench.run import DetectorResult, Results, Run
from framejudge.bench.run.columns import Columns
from framejudge.bench.run.comparison import RunComparison
from framejudge.bench.run.folder import REPORT_FILE
from framejudge.bench.run.gate_wording import HEADINGS
from framejudge.bench.run.wording import count, interval, optional, percent
from framejudge.datasets.atomic_file import replace_text
from framejudge.datasets.html_page import render_page
from framejudge.reports.attached import Attached
from framejudge.reports.charts.chart import Chart
from framejudge.reports.charts.inline_svg import for_page, to_svg
from framejudge.reports.charts.palette import series_index
from framejudge.reports.charts.run_charts import all_charts
from framejudge.reports.gate import table as gate_table
from framejudge.reports.page.joined_script import page_script
from framejudge.reports.page.script_data import embedded, page_data
from framejudge.reports.page.shown import carried_words, shown_images
from framejudge.reports.page.style import PACKAGE, page_style
from framejudge.reports.text import baseline
from framejudge.reports.text.decision import decide
from framejudge.reports.text.drift import summarise as drift_summary
from framejudge.reports.text.figure_table import figure_rows, slice_detectors, slice_rows, weakest_lines
from framejudge.reports.text.mistakes import Mistakes, worst_mistakes
from framejudge.reports.text.overview import Overview, overview, tiles_of
from framejudge.reports.text.pairs import pair_rows
from framejudge.reports.text.picture_map import HEIGHT, SHAPES, WIDTH, picture_map
from framejudge.reports.text.slowest import slowest_images, timed_detectors
from framejudge.reports.text.warnings import explained, notices_of

WORST_SHOWN = 10
"""Pictures of worst mistakes printed for each detector."""

DUELS_SHOWN = 2
"""The leader's closest rivals stand on the first screen; the others open on demand."""

PROBLEMS_SHOWN = 200
SLOWEST_SHOWN = 10
GALLERY_VIEWS = (
    ("mistakes", "Mistakes"),
    ("alarms", "False alarms"),
    ("missed", "Missed frames"),
    ("differ", "Disagreements"),
    ("flips", "Flips against the baseline"),
    ("boxes", "Boxes off"),
    ("slow", "Slowest"),
    ("unscored", "No score"),
    ("marked", "Reviewed"),
    ("all", "All"),
)
SHADES = 5

SMALL_SLICE = 20
"""Slices of fewer images are folded away: their intervals reach over half of the scale."""


def write_report(folder: Path, attached: Attached | None = None) -> Path:
    """Write ``report.html`` into a run's folder and return its path.

    The file loads nothing: charts, pictures, style and script are inside, and its
    Content-Security-Policy allows nothing else.

    Parameters
    ----------
    attached
        What to show beside the run; a gate's verdicts are read from its folder.

    Raises
    ------
    InputError
        Where the folder does not hold a finished run, or cannot be written.
    """
    path = Path(folder) / REPORT_FILE
    replace_text(path, render(Run.open(folder), attached))
    return path


def render(run: Run, attached: Attached | None = None) -> str:
    """Return the report of a run as an HTML document."""
    attached = attached or Attached()
    results, columns = run.results, run.columns
    calls = run.call_times
    gate, compared = gate_table.verdicts_on(run), attached.baseline
    mistakes = worst_mistakes(columns, WORST_SHOWN)
    seen = overview(run)
    drawn = {chart.name: _inlined(chart) for chart in all_charts(run, attached.trainings)}
    context = {
        **_gallery_context(run, compared, mistakes, seen),
        **_set_context(run, attached, seen),
        **_slices_context(results),
        "manifest": run.manifest,
        "results": results,
        "started": run.manifest.started[:16].replace("T", " "),
        "series": {name: f"s{series_index(d)}" for d, name in enumerate(results.detectors)},
        "warnings": explained(notices_of(results, attached.mute)),
        "decision": decide(results),
        "gate": None if gate is None else gate_table.summarise(gate),
        "gate_headings": HEADINGS,
        "baseline": None if compared is None else baseline.summarise(compared),
        "rejudged": run.manifest.rejudged,
        "share": lambda figure: optional(figure.value, percent),
        "duels_shown": DUELS_SHOWN,
        "decision_charts": _present(drawn, "accuracy-latency"),
        "cost_charts": _present(drawn, "cost-prevalence"),
        "figure_groups": figure_rows(results),
        "pair_rows": pair_rows(results),
        "curves": _present(drawn, "roc", "roc-corner", "precision-recall", "reliability"),
        "training_charts": _present(drawn, "training-accuracy", "training-loss"),
        "panels": _panels(results, columns, drawn),
        "mistakes": mistakes,
        "latency_charts": _present(drawn, "latency", "latency-size", "latency-score"),
        "timed": [columns.detectors[d].name for d in timed_detectors(calls)],
        "slowest": slowest_images(columns, calls, SLOWEST_SHOWN),
        "problems": _problems(results),
        "problems_shown": PROBLEMS_SHOWN,
        "command": shlex.join(run.manifest.argv),
        "made": _made(run),
        "dataset_facts": _dataset_facts(run),
        "environment": sorted(results.environment.items()),
    }
    context["sections"] = _sections(context)
    title = f"{results.dataset.name}: {', '.join(results.detectors)} · framejudge"
    return render_page(
        PACKAGE, "report.html.j2", title=title, style=page_style(), script=page_script(), **context
    )


def _gallery_context(
    run: Run, compared: RunComparison | None, mistakes: Sequence[Mistakes], seen: Overview
) -> dict[str, Any]:
    """Return what the page's script works on, and what the gallery offers."""
    pictures = _pictures(run)
    kept = _gallery_pictures(run, pictures, mistakes, seen)
    printed = {mistake.position for group in mistakes for mistake in group.worst}
    slow = slowest_images(run.columns, run.call_times, SLOWEST_SHOWN)
    wanted = {*kept, *seen.shown(), *printed, *(one.position for one in slow)}
    shown = shown_images(run, wanted)
    return {
        "run_data": Markup(embedded(page_data(run, compared, shown))),
        "picture_data": Markup(embedded(kept)),
        "pictures": pictures,
        "carried": carried_words(shown, run.columns),
        "gallery_views": _gallery_views(run.columns, compared),
    }


def _set_context(run: Run, attached: Attached, seen: Overview) -> dict[str, Any]:
    """Return what the sections on the set, on drift and the map show."""
    return {
        "overview": seen,
        "drift": None if attached.drift is None else drift_summary(attached.drift),
        "picture_map": picture_map(run.looks, run.columns),
        "map_width": WIDTH,
        "map_height": HEIGHT,
        "map_shapes": SHAPES,
    }


def _slices_context(results: Results) -> dict[str, Any]:
    rows = slice_rows(results)
    return {
        "slice_detectors": slice_detectors(results),
        "slice_rows": [row for row in rows if row.images >= SMALL_SLICE],
        "small_slice_rows": [row for row in rows if row.images < SMALL_SLICE],
        "small_slice": SMALL_SLICE,
        "weakest": weakest_lines(results),
    }


def _gallery_views(columns: Columns, compared: RunComparison | None) -> list[tuple[str, str]]:
    """Return the views that this run has something for, or could have had."""
    absent = {"flips"} if compared is None else set()
    found = [answers.boxes for answers in columns.detectors if answers.boxes is not None]
    if not np.isfinite(columns.true_boxes).any() or not any(np.isfinite(boxes).any() for boxes in found):
        absent.add("boxes")
    return [view for view in GALLERY_VIEWS if view[0] not in absent]


def _inlined(chart: Chart) -> dict[str, Any]:
    frame = chart.frame
    data = {
        "x": f"{frame.x_range[0]:g} {frame.x_range[1]:g}",
        "y": f"{frame.y_range[0]:g} {frame.y_range[1]:g}",
        "box": f"{frame.left:.2f} {frame.top:.2f} {frame.right:.2f} {frame.bottom:.2f}",
    }
    markup = for_page(to_svg(chart.figure), prefix=f"{chart.name}-", label=chart.alt, data=data)
    return {"title": chart.title, "caption": chart.caption, "markup": Markup(markup)}


def _present(drawn: Mapping[str, dict[str, Any]], *names: str) -> list[dict[str, Any]]:
    return [drawn[name] for name in names if name in drawn]


def _panels(results: Results, columns: Columns, drawn: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "position": position,
            "threshold": f"{found.threshold:g}",
            "threshold_source": "which came with the detector"
            if found.threshold_source == "tuned"
            else "assumed, for the detector brings none",
            "histogram": drawn.get(f"scores-{position + 1}"),
            "rates": _rates(found),
            "confusion": _confusion(results, name),
        }
        for position, (name, found) in enumerate(results.detectors.items())
        if found.confusion is not None or columns.judged(columns.detectors[position]).any()
    ]


def _rates(found: DetectorResult) -> list[dict[str, str]]:
    return [
        {
            "key": key,
            "title": key.capitalize(),
            "text": percent(figure.value),
            "spread": interval(figure, percent),
        }
        for key in ("accuracy", "recall", "specificity", "precision")
        if (figure := getattr(found, key)).value is not None
    ]


def _confusion(results: Results, name: str) -> list[dict[str, Any]] | None:
    found = results.detectors[name].confusion
    if found is None:
        return None
    rows = (
        ("framed", (("tp", "right", "found", found.tp), ("fn", "wrong", "missed frames", found.fn))),
        ("plain", (("fp", "wrong", "false alarms", found.fp), ("tn", "right", "left alone", found.tn))),
    )
    return [
        {
            "title": f"{title} images",
            "cells": [
                {
                    "key": key,
                    "kind": kind,
                    "name": what,
                    "count": f"{amount:,}",
                    "shade": _shade(amount, sum(amount for *_, amount in cells)),
                }
                for key, kind, what, amount in cells
            ],
        }
        for title, cells in rows
    ]


def _shade(amount: int, total: int) -> int:
    """Return which of the depths of colour a share gets."""
    return min(SHADES - 1, SHADES * amount // total) if total else 0


class Picture(NamedTuple):
    """A thumbnail: its JPEG bytes in base64, its size in pixels."""

    jpeg: str
    width: int
    height: int


def _pictures(run: Run) -> dict[str, Picture]:
    table = run.thumbnails
    columns = (table[name].to_pylist() for name in ("path", "jpeg", "width", "height"))
    return {
        path: Picture(base64.b64encode(jpeg).decode(), width, height)
        for path, jpeg, width, height in zip(*columns, strict=True)
    }


def _gallery_pictures(
    run: Run, pictures: Mapping[str, Picture], mistakes: Sequence[Mistakes], seen: Overview
) -> dict[int, Picture]:
    """Return the pictures that do not stand in the page already, by image position.

    Small ones for want of large: a sample of the set's overview is small, and where a large one is kept too,
    the gallery has that one.
    """
    columns = run.columns
    shown = {mistake.position for group in mistakes for mistake in group.worst if mistake.path in pictures}
    large = {int(k): pictures[path] for path, k in zip(pictures, _positions(columns, pictures), strict=True)}
    printed = seen.shown()
    small = {
        position: Picture(tile.jpeg, tile.width, tile.height)
        for position, tile in tiles_of(run.looks, columns).items()
        if position not in printed
    }
    return {k: picture for k, picture in (small | large).items() if k >= 0 and k not in shown}


def _positions(columns: Columns, paths: Mapping[str, object]) -> list[int]:
    positions: list[int] = columns.positions_of(pa.array(paths, pa.string())).tolist()
    return positions


def _problems(results: Results) -> list[dict[str, str]]:
    unreadable = [("all", error) for error in results.unreadable]
    unscored = [(name, error) for name, found in results.detectors.items() for error in found.errors]
    return [
        {"path": error.path, "detector": name, "stage": error.stage, "message": error.message}
        for name, error in unreadable + unscored
    ]


def _made(run: Run) -> list[tuple[str, str]]:
    """Return the few facts that most readers want; the page folds the others away."""
    facts, dataset = run.results.environment, run.results.dataset
    machine = [str(facts[name]) for name in ("cpu",) if facts.get(name)]
    machine += [count(cores, "core") for cores in [facts.get("cores_available")] if isinstance(cores, int)]
    return [
        ("started", f"{run.manifest.started[:16].replace('T', ' ')}, framejudge {run.manifest.version}"),
        ("set", f"{run.manifest.dataset_root}, fingerprint {dataset.images_fingerprint[:12]}"),
        ("machine", ", ".join(machine) or "not recorded"),
    ]


def _dataset_facts(run: Run) -> list[tuple[str, str]]:
    dataset = run.results.dataset
    counts = ("images", "framed", "plain", "unlabelled", "unreadable", "groups")
    return [
        ("name", dataset.name),
        ("folder", run.manifest.dataset_root),
        *((name, f"{getattr(dataset, name):,}") for name in counts),
        ("fingerprint of the pixels", dataset.images_fingerprint),
        ("fingerprint of the labels", dataset.labels_fingerprint),
    ]


def _sections(context: Mapping[str, Any]) -> list[tuple[str, str]]:
    sections = (
        ("decision", "Decision", True),
        ("set", "Set", True),
        ("figures", "Figures", True),
        ("curves", "Curves", context["curves"]),
        ("training", "Training", context["training_charts"]),
        ("thresholds", "Thresholds", context["panels"]),
        ("mistakes", "Mistakes", context["mistakes"]),
        ("map", "Map", context["picture_map"]),
        ("gallery", "Gallery", context["mistakes"]),
        ("slices", "Slices", context["slice_rows"] or context["small_slice_rows"]),
        ("latency", "Latency", context["latency_charts"]),
        ("problems", "Problems", context["problems"]),
        ("environment", "Environment", True),
    )
    return [(anchor, label) for anchor, label, there in sections if there]
