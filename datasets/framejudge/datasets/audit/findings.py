"""What an audit finds: one line for a person to act on."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from framejudge.datasets.atomic_file import replaced
from framejudge.datasets.codes import Severity


class Finding(NamedTuple):
    """One thing about one file, or about the set (then ``path`` is empty).

    ``other`` names the file that it is compared with, where there is one.
    """

    path: str
    check: str
    severity: Severity
    message: str
    suggestion: str = ""
    other: str = ""


SEVEREST_FIRST = tuple(Severity)


def ordered(findings: Sequence[Finding]) -> list[Finding]:
    """Sort findings for reading: errors first, then by check; the order within a check stays."""
    return sorted(findings, key=lambda finding: (SEVEREST_FIRST.index(finding.severity), finding.check))


def write_findings(file: Path, findings: Sequence[Finding]) -> None:
    """Write findings as CSV: path, check, severity, message, suggestion, other."""
    # A file's name may hold bytes that are no UTF-8; they are written as \\udc.. rather than not at all.
    with (
        replaced(file) as draft,
        draft.open("w", encoding="utf-8", errors="backslashreplace", newline="") as stream,
    ):
        writer = csv.writer(stream)
        writer.writerow(Finding._fields)
        writer.writerows(findings)
