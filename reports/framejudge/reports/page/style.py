"""The look that the report and the history share."""

from __future__ import annotations

from framejudge.datasets.html_page import read_asset
from framejudge.reports.charts.palette import css_variables

PACKAGE = "framejudge.reports.page"
"""Whose templates these are."""


def page_style() -> str:
    """Return the style sheet of all pages, with the palette in it."""
    text = read_asset(PACKAGE, "report.css")
    for theme in ("light", "dark"):
        text = text.replace(f"/*palette-{theme}*/", css_variables(dark=theme == "dark"))
    return text
