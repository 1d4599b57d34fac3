"""Every chart of a run: drawn, or written as files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl

from framejudge.bench.run import Run
from framejudge.datasets.atomic_file import replace_text, replaced
from framejudge.reports.attached import Attached
from framejudge.reports.charts.chart import Chart
from framejudge.reports.charts.cost_chart import cost_over_prevalence
from framejudge.reports.charts.inline_svg import to_svg
from framejudge.reports.charts.latency_charts import latency_by_score, latency_by_size, latency_distributions
from framejudge.reports.charts.palette import ROLES
from framejudge.reports.charts.roc_charts import precision_recall, roc, roc_corner
from framejudge.reports.charts.score_charts import reliability, score_histogram
from framejudge.reports.charts.tradeoff_chart import accuracy_against_latency
from framejudge.reports.charts.training_charts import training_accuracy, training_loss
from framejudge.reports.charts.training_history import Training

PNG_DPI = 200


def all_charts(run: Run, trainings: Sequence[Training] = ()) -> Sequence[Chart]:
    """Return every chart that the run's data support, in the report's order."""
    results, columns, calls = run.results, run.columns, run.call_times
    names = [answers.name for answers in columns.detectors]
    drawn = [
        accuracy_against_latency(results),
        cost_over_prevalence(results),
        roc(results, columns),
        roc_corner(results, columns),
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


def write_charts(run: Run, folder: Path, attached: Attached | None = None) -> list[Path]:
    """Write every chart of a run as SVG (with real text) and PNG into a folder, made if missing.

    Notes
    -----
    A chart that the run's data cannot support (one class only, nothing timed) is left out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for chart in all_charts(run, (attached or Attached()).trainings):
        chart.figure.set_facecolor(ROLES["paper"].light)
        svg, png = (folder / f"{chart.name}.{ending}" for ending in ("svg", "png"))
        replace_text(svg, to_svg(chart.figure), errors="backslashreplace")
        with mpl.rc_context({"path.simplify": False}), replaced(png) as draft:
            chart.figure.savefig(draft, format="png", dpi=PNG_DPI, metadata={"Software": None})
        written += [svg, png]
    return written
