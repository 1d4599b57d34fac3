"""Hooks of the site: pages made from the code, and links to files that are no pages.

mkdocs calls `on_files` and `on_page_markdown`. The command line's page comes from the same objects that print
``--help``, so that the two cannot differ.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import typer
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from typer.core import TyperGroup

from framejudge.bench.cli.main import app

OUTSIDE = re.compile(r"\[([^\]]*)\]\((\.\./[^)]*)\)")
"""A link to a file of the repository that is no page."""

PYTHON_MODULES = {
    "The main job": ("framejudge.bench.api",),
    "A run": (
        "framejudge.bench.run.folder",
        "framejudge.bench.run.manifest",
        "framejudge.bench.run.results",
        "framejudge.bench.run.figure",
        "framejudge.bench.run.columns",
    ),
    "A detector": (
        "framejudge.detectors.protocol",
        "framejudge.detectors.registry",
        "framejudge.detectors.opened",
    ),
    "A labelled set": ("framejudge.datasets.table.sample", "framejudge.datasets.table.reading"),
    "Errors": ("framejudge.datasets.errors",),
}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages of the reference."""
    for name, text in (("reference/commands.md", commands_page()), ("reference/python.md", python_page())):
        files.append(File.generated(config, name, content=text))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Write a link that leaves the pages as the file's path."""
    depth = page.file.src_uri.count("/")
    return OUTSIDE.sub(lambda found: _outside(found, depth), markdown)


def _outside(found: re.Match[str], depth: int) -> str:
    text, target = found.groups()
    if target.count("../") <= depth:
        return found[0]
    return f"{text} (`{target.replace('../', '')}`)"


def python_page() -> str:
    """Return the page of what is imported, by what a reader wants to do."""
    lines = ["# Python", ""]
    for heading, modules in PYTHON_MODULES.items():
        lines += [f"## {heading}", ""]
        lines += [f"::: {module}\n    options:\n      heading_level: 3\n" for module in modules]
    return "\n".join(lines)


def commands_page() -> str:
    """Return the page of every command, its arguments and options."""
    lines = ["# Command line", "", "`bench` is also installed as `framejudge`.", ""]
    for path, command in sorted(_commands("bench", typer.main.get_command(app))):
        lines += [f"## {path}", "", _text(command.help), "", *_options(command), ""]
    return "\n".join(lines)


def _commands(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(command, TyperGroup):
        for name, inner in command.commands.items():
            yield from _commands(f"{path} {name}", inner)
    else:
        yield path, command


def _options(command: Any) -> list[str]:
    rows = []
    for one in command.params:
        if getattr(one, "hidden", False) or one.name == "help":
            continue
        names = [*one.opts, *one.secondary_opts]
        # An argument has the parameter's name only.
        shown = ", ".join(names) if names[0].startswith("-") else str(one.metavar or one.name).upper()
        default = "required" if one.required else _default(one.default)
        rows.append(f"| `{shown}` | {_cell(_text(getattr(one, 'help', '') or ''))} | {_cell(default)} |")
    return ["| option | what it does | default |", "| --- | --- | --- |", *rows] if rows else []


def _default(value: Any) -> str:
    return "" if value is None or value is False or callable(value) else f"`{value}`"


def _text(text: str | None) -> str:
    return inspect.cleandoc(text or "").replace("<", "&lt;")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
