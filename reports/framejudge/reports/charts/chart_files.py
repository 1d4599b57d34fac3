"""Each chart of a run as files: SVG with real text, and PNG."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl

from framejudge.bench.run import Run
from framejudge.reports.charts.charts import all_charts
from framejudge.reports.charts.inline_svg import to_svg
from framejudge.reports.charts.palette import ROLES
from framejudge.reports.page.attached import Attached

PNG_DPI = 200


def write_charts(run: Run, folder: Path, attached: Attached | None = None) -> list[Path]:
    """Write every chart of a run as SVG and PNG into a folder, made if missing.

    Notes
    -----
    A chart that the run's data cannot support (one class only, nothing timed) is left out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for chart in all_charts(run, (attached or Attached()).trainings):
        chart.figure.set_facecolor(ROLES["paper"].light)
        svg, png = (folder / f"{chart.name}.{ending}" for ending in ("svg", "png"))
        svg.write_text(to_svg(chart.figure), encoding="utf-8")
        with mpl.rc_context({"path.simplify": False}):
            chart.figure.savefig(png, dpi=PNG_DPI, metadata={"Software": None})
        written += [svg, png]
    return written
