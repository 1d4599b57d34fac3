"""``bench dataset audit``: what is wrong with a set, as a list that a person can act on."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from framejudge.bench import limits
from framejudge.bench.cli import options
from framejudge.bench.exit_code import ExitCode

if TYPE_CHECKING:
    from framejudge.datasets.audit import Audit, Finding
    from framejudge.datasets.codes import MuteList
    from framejudge.datasets.table.sample import Dataset

FINDINGS_FILE = "findings.csv"
PAGE_FILE = "suspects.html"

Detector: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--detector",
        "--detectors",
        help="Doubt labels by the scores of this detector. By default a quick model of the set itself "
        "scores, and canny where every image has the same label.",
    ),
]
Scores: TypeAlias = Annotated[
    Path | None,
    typer.Option(help="Doubt labels by stored scores: a run's folder or a predictions.parquet."),
]
SplitColumns: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--split-column",
        help="Column that holds the parts of a split; by default split, fold, left_out and bucket.",
    ),
]
NearBits: TypeAlias = Annotated[
    int, typer.Option(min=0, max=16, help="Near-duplicates differ in at most so many of 64 hash bits.")
]
AuditFolder: TypeAlias = Annotated[
    Path | None,
    typer.Option("--out", help="Folder for findings.csv and suspects.html; by default runs/audit-<time>."),
]
Sarif: TypeAlias = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Also write the findings as SARIF, for code hosts and editors."),
]
Shown: TypeAlias = Annotated[
    int, typer.Option(min=1, max=limits.IMAGES, help="Pictures that the page shows of each check.")
]


def audit(
    dataset: options.LabelledSet,
    label: options.OneClass = None,
    where: options.Where = None,
    columns: options.Columns = None,
    labels: options.Labels = None,
    detector: Detector = None,
    scores: Scores = None,
    split_column: SplitColumns = None,
    near_bits: NearBits = 4,
    out: AuditFolder = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the audit in the output folder.")] = False,
    shown: Shown = 120,
    sarif: Sarif = None,
    mute: options.Mute = None,
) -> int:
    """Look for damaged files, duplicates, leaks between the parts of a split, and doubtful labels.

    Writes findings.csv, and suspects.html with small pictures. Exit code 1: there is an error, which is a
    file that cannot be read, one picture with two labels, one photo on two sides of a split, or a content
    box outside its picture.
    """
    from framejudge.detectors.registry import find

    spec = None if detector is None or scores is not None else find(detector)

    from framejudge.bench.cli.dataset.label_judges import scoring_judge, stored_judge
    from framejudge.bench.cli.terminal.output import writing
    from framejudge.bench.cli.terminal.progress_bar import shown_progress
    from framejudge.datasets.audit import audit as audit_dataset
    from framejudge.datasets.audit.checks import SPLIT_COLUMNS
    from framejudge.datasets.table.one_class import read_labelled
    from framejudge.datasets.table.selection import select

    whole = read_labelled(dataset, label, options.reading(None, columns, labels))
    labelled = select(whole, where or [])
    _check_columns(labelled, split_column or ())
    folder = _free_folder(out, force=force)
    judge = scoring_judge(labelled, spec) if scores is None else stored_judge(labelled, scores, detector)
    with writing(folder):  # before minutes of work, not after
        folder.mkdir(parents=True, exist_ok=True)
    with shown_progress() as progress:
        audited = audit_dataset(
            labelled,
            judge,
            split_columns=tuple(split_column or SPLIT_COLUMNS),
            max_bits=near_bits,
            listed=[sample.path for sample in whole],
            threads=os.cpu_count() or 1,
            progress=progress,
        )
    _write(audited, folder, shown)
    visible = _visible(audited, options.muted(mute))
    if sarif is not None:
        _write_sarif(visible, sarif)
    _print_summary(visible, folder)
    return ExitCode.FAILED if audited.failed else ExitCode.DONE


def _check_columns(dataset: Dataset, wanted: Sequence[str]) -> None:
    from framejudge.datasets.errors import InputError

    known = {name for sample in dataset for name in sample.attributes}
    for name in wanted:
        if name not in known:
            there = ", ".join(sorted(known)) or "none"
            raise InputError(f"no column {name!r}", where="--split-column", fix=f"there are: {there}")


def _free_folder(out: Path | None, *, force: bool) -> Path:
    """Return the folder to write to, after looking whether anything is in its place."""
    from framejudge.bench.run.folder import place_for_now
    from framejudge.datasets.errors import InputError

    folder = out or place_for_now("audit-")
    if folder.is_file():
        raise InputError("a file is in the way of the output folder", where=folder, fix="give another --out")
    if folder.is_dir() and any(folder.iterdir()):
        if not force:
            fix = "give another --out, or --force to replace the audit in it"
            raise InputError("the output folder exists already", where=folder, fix=fix)
        if not (folder / FINDINGS_FILE).is_file():
            what = f"--force replaces an audit only, and this folder has no {FINDINGS_FILE}"
            raise InputError(what, where=folder, fix="give another --out")
    return folder


def _write(audited: Audit, folder: Path, shown: int) -> None:
    from framejudge.datasets.atomic_file import replace_text, replaced
    from framejudge.datasets.audit import write_findings
    from framejudge.datasets.audit.page import render_page

    with replaced(folder / FINDINGS_FILE) as draft:
        write_findings(draft, audited.findings)
    replace_text(folder / PAGE_FILE, render_page(audited, folder, shown), errors="backslashreplace")


def _visible(audited: Audit, mute: MuteList) -> Audit:
    """Return an audit without the findings that are muted, and say how many; errors stay."""
    from dataclasses import replace

    from framejudge.datasets.codes import Severity, code_of

    def hidden(finding: Finding) -> bool:
        return finding.severity is not Severity.ERROR and code_of(finding.check).number in mute.numbers

    kept = tuple(finding for finding in audited.findings if not hidden(finding))
    if len(kept) < len(audited.findings):
        typer.echo(f"{len(audited.findings) - len(kept):,} findings are muted; findings.csv has them")
    return replace(audited, findings=kept)


def _write_sarif(audited: Audit, file: Path) -> None:
    from framejudge.bench.cli.terminal.output import write_text
    from framejudge.bench.timing.environment import framejudge_version
    from framejudge.datasets.audit.sarif import sarif

    write_text(file, sarif(audited.findings, audited.dataset.root, framejudge_version()))


def _print_summary(audited: Audit, folder: Path) -> None:
    from collections import Counter

    from rich.table import Table
    from rich.text import Text

    from framejudge.bench.cli.terminal.output import plain_console
    from framejudge.datasets.codes import code_of

    counts = Counter((finding.severity, finding.check) for finding in audited.findings)
    first = {(finding.severity, finding.check): finding for finding in reversed(audited.findings)}
    table = Table("severity", "check", "findings", "the first", box=None, header_style="bold")
    table.columns[2].justify = "right"
    for kind, count in counts.items():
        finding = first[kind]
        example = f"{finding.path}: {finding.message}" if finding.path else finding.message
        severity, check = kind
        shown = Text(ascii(example)[1:-1] if not example.isprintable() else example)
        table.add_row(severity, str(code_of(check)), f"{count:,}", shown)
    console = plain_console()
    console.print(table)
    verdict = "something is wrong" if audited.failed else "nothing is wrong that would spoil a figure"
    written = f"{folder / FINDINGS_FILE}, {folder / PAGE_FILE}"
    console.print(
        f"{len(audited.dataset):,} images: {verdict}. Written: {written}",
        markup=False,
        soft_wrap=True,
    )
