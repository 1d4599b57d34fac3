"""What every self-contained page has: escaped templates, one style, a policy that lets nothing else in."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

import jinja2
from markupsafe import Markup


def render_page(
    package: str, template: str, *, title: str, style: str, script: str | None = None, **context: object
) -> str:
    """Return a page that loads nothing from anywhere and runs no script but its own.

    Everything is escaped that is not `markupsafe.Markup`; a name that is not there is an error.

    Parameters
    ----------
    package
        The package whose folder ``templates`` holds the template.
    template
        The template's file; it puts ``{{ head }}`` into the page's head and ``{{ script }}`` where the script
        is to stand.
    style, script
        The page's one style sheet and its one script, if any: text without the tags.
    context
        Further names for the template.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(package),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    head = _HEAD.format(policy=Markup(content_policy(style, script)), title=title, style=Markup(style))
    return environment.get_template(template).render(
        context, title=title, head=head, script=Markup(script or "")
    )


def read_asset(package: str, name: str) -> str:
    """Return the text of a file that lies beside a package's templates."""
    return files(package).joinpath("templates", name).read_text(encoding="utf-8")


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


_HEAD = Markup("""\
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{style}</style>""")
