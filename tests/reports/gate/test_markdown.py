"""Names in a gate's Markdown."""

from __future__ import annotations

from framejudge.reports.gate.markdown import _safe


def test_a_name_cannot_steer_the_terminal_that_shows_the_text() -> None:
    assert _safe("a\x1b[2J\u202eb") == r"a\x1b[2J\u202eb"
