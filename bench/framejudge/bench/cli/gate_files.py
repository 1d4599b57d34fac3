"""What a gate writes for others: JUnit, Markdown, annotations of a CI system, the run's report."""

from __future__ import annotations

import os
from pathlib import Path

from framejudge.bench import api
from framejudge.bench.cli.terminal.output import write_text, writing
from framejudge.bench.run.folder import RESULTS_FILE
from framejudge.bench.run.verdicts import JUNIT_FILE, MARKDOWN_FILE, GateResults
from framejudge.datasets.errors import InputError
from framejudge.reports.attached import Attached
from framejudge.reports.gate.annotations import github_annotations
from framejudge.reports.gate.junit import gate_junit
from framejudge.reports.gate.markdown import gate_markdown
from framejudge.reports.page.report import write_report


def write_files(record: GateResults) -> Path | None:
    """Write JUnit and Markdown into the run's folder, and what GitHub reads where it runs this.

    Returns the report where there is a run to report; None where it was interrupted.
    """
    place = Path(record.run)
    text = gate_markdown(record)
    write_text(place / JUNIT_FILE, gate_junit(record))
    write_text(place / MARKDOWN_FILE, text)
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        with Path(summary).open("a", encoding="utf-8") as stream:
            stream.write(text)
    if os.environ.get("GITHUB_ACTIONS") == "true":
        for line in github_annotations(record):
            print(line)
    return write_report(place, _attached(record)) if (place / RESULTS_FILE).is_file() else None


def write_copies(record: GateResults, junit: Path | None, markdown: Path | None) -> None:
    """Write what --junit and --markdown ask for: last, so that a bad path costs no verdict."""
    for path, render in ((junit, gate_junit), (markdown, gate_markdown)):
        if path is not None:
            with writing(path):
                path.parent.mkdir(parents=True, exist_ok=True)
            write_text(path, render(record))


def _attached(record: GateResults) -> Attached | None:
    """Return what changed against the newest stored baseline, where it can be compared."""
    stored = [one for one in record.baselines if one.kind == "run"]
    if not stored:
        return None
    newest = max(stored, key=lambda one: one.identity)
    try:
        return Attached(baseline=api.compare(newest.where, record.run))
    except InputError:  # the verdicts say why it cannot be compared
        return None
