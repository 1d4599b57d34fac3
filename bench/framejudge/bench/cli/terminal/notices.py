"""Warnings and notes in a terminal or a pipe: severity, code, text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.markup import escape

from framejudge.datasets.codes import Notice, Severity
from framejudge.datasets.codes.muting import muted_line, shown

if TYPE_CHECKING:
    from rich.console import Console

COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "dim"}


def print_notices(console: Console, notices: Sequence[Notice]) -> None:
    """Print a line for each notice that nobody muted, and one that counts the muted ones."""
    for one in shown(notices):
        console.print(notice_line(one), soft_wrap=True)
    if line := muted_line(notices):
        console.print(f"[dim]{line}[/dim]", soft_wrap=True)


def notice_line(one: Notice, *, of: str = "") -> str:
    """Return a notice as rich's markup: ``warning FJ101 machine-busy: the load average was ...``.

    ``of`` names what it belongs to, such as a gate's rule.
    """
    colour = COLOURS[one.severity]
    code = f" {one.code} {one.name}" if one.code else ""
    whose = f"{of}: " if of else ""
    return f"[{colour}]{one.severity.value}[/{colour}]{code}: {escape(whose + one.text)}"
