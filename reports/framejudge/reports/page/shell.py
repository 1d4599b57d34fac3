"""What every self-contained page has: escaped templates, one style, a policy that lets nothing else in."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

import jinja2

from framejudge.reports.charts.palette import css_variables


def template_environment() -> jinja2.Environment:
    """Return the templates' environment: everything is escaped, a name that is not there is an error."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader("framejudge.reports.page"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def asset(name: str) -> str:
    """Return the text of a file that lies beside the templates."""
    return files("framejudge.reports.page").joinpath("templates", name).read_text(encoding="utf-8")


def page_style() -> str:
    """Return the style sheet of all pages, with the palette in it."""
    text = asset("report.css")
    for theme in ("light", "dark"):
        text = text.replace(f"/*palette-{theme}*/", css_variables(dark=theme == "dark"))
    return text


def content_policy(style: str, script: str | None = None) -> str:
    """Return the Content-Security-Policy: this style, this script, pictures that are inside, nothing else."""
    return "; ".join(
        (
            "default-src 'none'",
            *(() if script is None else (f"script-src '{_digest(script)}'",)),
            f"style-src '{_digest(style)}'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
