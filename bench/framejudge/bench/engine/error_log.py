"""Where detectors raised or crashed first: one text file for each in the run's folder, for who mends them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from framejudge.datasets.atomic_file import replace_text

ERRORS_FOLDER = "errors"

KEPT = 5
"""Of each detector: the first show what is wrong."""

Traces = Sequence[tuple[str, str]]
"""Paths of images, empty where it is none's, and tracebacks or what a process wrote before its end."""


def write_error_logs(place: Path, traces: Mapping[str, Traces]) -> None:
    """Write a file for each detector that raised or crashed.

    Raises
    ------
    InputError
        When one cannot be written.
    """
    for name, found in traces.items():
        if found:
            (place / ERRORS_FOLDER).mkdir(exist_ok=True)
            replace_text(place / ERRORS_FOLDER / file_name(name), _text(name, found[:KEPT]), errors="replace")


def read_error_logs(place: Path) -> str:
    """Return all that is written there; an empty text where there is nothing."""
    files = sorted((place / ERRORS_FOLDER).glob("*.txt"))
    return "\n".join(file.read_text(encoding="utf-8", errors="replace") for file in files)


def file_name(detector: str) -> str:
    """Return the name of a detector's file: of signs that every system takes."""
    return re.sub(r"[^A-Za-z0-9._+-]", "_", detector)[:100] + ".txt"


def _text(detector: str, traces: Traces) -> str:
    parts = [f"{detector}: where it raised or crashed first\n"]
    parts += [f"--- {path or 'no image'}\n{text.rstrip()}\n" for path, text in traces]
    return "\n".join(parts)
