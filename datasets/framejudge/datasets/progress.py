"""How far long work is, for whoever wants to show it; nothing in the library prints."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Gets to know when a stretch of work begins, and how much of it is done."""

    def begin(self, what: str, total: int) -> None:
        """Start a stretch of ``total`` steps."""
        ...

    def advance(self, steps: int) -> None:
        """Count steps of the current stretch as done."""
        ...

    def describe(self, what: str) -> None:
        """Say something else of the current stretch, such as the figures of its last step."""
        ...


class Silence:
    """Shows nothing: for a pipe, and for library calls."""

    def begin(self, what: str, total: int) -> None:
        """Start a stretch, silently."""

    def advance(self, steps: int) -> None:
        """Count steps, silently."""

    def describe(self, what: str) -> None:
        """Say nothing."""
