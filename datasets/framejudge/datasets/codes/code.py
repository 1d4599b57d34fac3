"""What a code is, and what is said under one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much it matters."""

    ERROR = "error"  # figures are wrong, or there are none
    WARNING = "warning"  # look at it
    NOTE = "note"  # good to know


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of warning, finding or refusal. Its number stays for ever, and no other kind ever gets it.

    Attributes
    ----------
    number, name
        ``FJ101`` and ``machine-busy``; either can be given to ``--mute``.
    severity
        Of this kind; a single finding of an audit may weigh less.
    title
        What it is called in a heading.
    found, matters, action
        How it is found, why it matters, what to do: a sentence or two each.
    """

    number: str
    name: str
    severity: Severity
    title: str
    found: str
    matters: str
    action: str

    def __str__(self) -> str:
        """Return number and name: ``FJ101 machine-busy``."""
        return f"{self.number} {self.name}"

    @property
    def anchor(self) -> str:
        """Where docs/warnings.md speaks of it."""
        return f"docs/warnings.md#{self.number.lower()}-{self.name}"

    def says(self, text: str, *, about: str = "") -> Notice:
        """Return something said under this code; ``about`` names the detector or file, where it is one."""
        return Notice(code=self.number, name=self.name, severity=self.severity, text=text, about=about)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A warning, a finding or a note as it was given, with its code; the text says it without the code.

    ``code`` and ``name`` are empty where an earlier version wrote the text alone.
    """

    code: str
    name: str
    severity: Severity
    text: str
    about: str = ""
    muted: bool = False

    def __str__(self) -> str:
        """Return the code and the text."""
        return f"{self.code} {self.name}: {self.text}" if self.code else self.text


def uncoded(text: str) -> Notice:
    """Return a warning that was written before there were codes."""
    return Notice(code="", name="", severity=Severity.WARNING, text=text)
