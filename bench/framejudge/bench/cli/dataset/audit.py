"""``bench dataset audit``: what is wrong with a set, as a list that a person can act on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

if TYPE_CHECKING:
    from framejudge.datasets.audit import Audit
    from framejudge.datasets.audit.auditing import Judge
    from framejudge.datasets.table.sample import Dataset

DEFAULT_DETECTOR = "canny"
"""Ranks a set with one class, from which nothing can be learnt."""

FINDINGS_FILE = "findings.csv"
PAGE_FILE = "suspects.html"


def audit(
    dataset: Annotated[
        Path, typer.Argument(help="Folder with labels.csv or labels.parquet, or with framed/ and plain/.")
    ],
    label: Annotated[
        str | None, typer.Option(help="The folder holds images of one class, unsorted: framed or plain.")
    ] = None,
    detector: Annotated[
        str | None,
        typer.Option(
            help="Doubt labels by a detector (with --scores: by its scores there). "
            "Default: a quick model of the set itself, and for a set with one class canny."
        ),
    ] = None,
    scores: Annotated[
        Path | None,
        typer.Option(help="Doubt labels by the scores of a run's folder or a predictions.parquet."),
    ] = None,
    split_column: Annotated[
        list[str] | None,
        typer.Option(
            help="Column with the parts of a split. Default: split, fold, left_out, bucket if there."
        ),
    ] = None,
    near_bits: Annotated[
        int, typer.Option(min=0, max=16, help="Bits of 64 in which the hashes of near-duplicates may differ.")
    ] = 4,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for findings.csv and suspects.html; default: runs/audit-<time>."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an audit in the output folder.")] = False,
    shown: Annotated[int, typer.Option(min=1, help="Pictures of each check on the page.")] = 120,
) -> int:
    """Look for damaged files, duplicates, leaks between the parts of a split, and doubtful labels.

    Writes findings.csv, and suspects.html with small pictures. Exits with 1 when something is an error: a
    file that cannot be read, one picture with two labels, one photo on two sides of a split, a content box
    outside its picture.
    """
    import os

    from framejudge.bench.cli.main import ExitCode
    from framejudge.bench.cli.terminal.progress_bar import shown_progress
    from framejudge.datasets.atomic_file import replace_text, replaced
    from framejudge.datasets.audit import audit as audit_dataset
    from framejudge.datasets.audit import write_findings
    from framejudge.datasets.audit.checks import SPLIT_COLUMNS
    from framejudge.datasets.audit.page import render_page
    from framejudge.datasets.table.one_class import read_labelled

    labelled = read_labelled(dataset, label)
    columns = tuple(split_column) if split_column else SPLIT_COLUMNS
    _check_columns(labelled, split_column or ())
    folder = out or _timed_folder()
    _check_free(folder, force=force)
    judge = _judge(labelled, detector, scores)
    _make(folder)
    with shown_progress() as progress:
        progress.begin("looking at images", len(labelled))
        audited = audit_dataset(
            labelled,
            judge,
            split_columns=columns,
            max_bits=near_bits,
            threads=os.cpu_count() or 1,
            progress=progress.advance,
        )
    with replaced(folder / FINDINGS_FILE) as draft:
        write_findings(draft, audited.findings)
    replace_text(folder / PAGE_FILE, render_page(audited, folder, shown), errors="backslashreplace")
    _print_summary(audited, folder)
    return ExitCode.FAILED if audited.failed else ExitCode.DONE


def _judge(dataset: Dataset, detector: str | None, scores: Path | None) -> Judge | None:
    """Return who contradicts labels: stored scores, a detector, or None for the quick model."""
    from framejudge.datasets.audit.auditing import Judge
    from framejudge.datasets.errors import InputError
    from framejudge.detectors.protocol import DEFAULT_THRESHOLD
    from framejudge.detectors.registry import create, find

    if scores is not None:
        stored = _read_scores(scores, detector)
        if not any(sample.path in stored.scores for sample in dataset):
            what = f"it has no score for any of the {len(dataset):,} images of {dataset.root}"
            raise InputError(what, where=scores, fix="give the predictions of a run on this set")
        return Judge(stored.detector, known=stored.scores, threshold=stored.threshold)
    if detector is None and len({sample.label for sample in dataset if sample.label}) == 2:
        return None
    made = create(find(detector or DEFAULT_DETECTOR))
    load = getattr(made, "load", None)
    if load is not None:
        load()
    return Judge(
        detector or DEFAULT_DETECTOR,
        score=made.predict,
        threshold=getattr(made, "threshold", DEFAULT_THRESHOLD),
    )


class _Stored(NamedTuple):
    """One detector's scores by path, and the threshold that its predictions were made with."""

    detector: str
    scores: Mapping[str, float]
    threshold: float


def _read_scores(path: Path, detector: str | None) -> _Stored:
    """Return the scores in a run's folder or a predictions.parquet."""
    import pyarrow
    import pyarrow.parquet

    from framejudge.bench.run.folder import PREDICTIONS_FILE
    from framejudge.datasets.errors import InputError

    file = path / PREDICTIONS_FILE if path.is_dir() else path
    try:
        table = pyarrow.parquet.read_table(file)
    except (OSError, pyarrow.ArrowException) as problem:
        fix = "give a run's folder or its predictions.parquet"
        raise InputError("no predictions can be read here", where=file, fix=fix) from problem
    columns = ("path", "detector", "score", "predicted")
    missing = set(columns) - set(table.column_names)
    if missing:
        raise InputError(f"no column {min(missing)!r}", where=file, fix="give a run's predictions.parquet")
    names = sorted(set(table.column("detector").to_pylist()))
    if detector is None and len(names) > 1:
        what = f"it holds the scores of {', '.join(names)}"
        raise InputError(what, where=file, fix="choose one with --detector")
    if detector is not None and detector not in names:
        raise InputError(f"no scores of {detector!r}", where=file, fix=f"there are: {', '.join(names)}")
    name = detector or names[0]
    rows = [
        (of_path, score, predicted)
        for of_path, who, score, predicted in zip(
            *(table.column(c).to_pylist() for c in columns), strict=True
        )
        if who == name and score is not None
    ]
    # The table holds no threshold, but what was predicted with it: the lowest score that meant framed.
    threshold = min((score for _, score, predicted in rows if predicted == "framed"), default=1.0)
    return _Stored(name, {of_path: score for of_path, score, _ in rows}, threshold)


def _check_columns(dataset: Dataset, wanted: list[str] | tuple[()]) -> None:
    from framejudge.datasets.errors import InputError

    known = {name for sample in dataset for name in sample.attributes}
    for name in wanted:
        if name not in known:
            there = ", ".join(sorted(known)) or "none"
            raise InputError(f"no column {name!r}", where="--split-column", fix=f"there are: {there}")


def _timed_folder() -> Path:
    from datetime import datetime

    return Path("runs") / f"audit-{datetime.now():%Y-%m-%d-%H%M%S}"


def _check_free(folder: Path, *, force: bool) -> None:
    from framejudge.datasets.errors import InputError

    if folder.is_file():
        raise InputError("a file is in the way of the output folder", where=folder, fix="give another --out")
    if folder.is_dir() and any(folder.iterdir()):
        if not force:
            fix = "give another --out, or --force to replace the audit in it"
            raise InputError("the output folder exists already", where=folder, fix=fix)
        if not (folder / FINDINGS_FILE).is_file():
            what = f"--force replaces an audit only, and this folder has no {FINDINGS_FILE}"
            raise InputError(what, where=folder, fix="give another --out")


def _make(folder: Path) -> None:
    """Make the output folder before minutes of work, not after."""
    from framejudge.datasets.errors import InputError

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise InputError(
            f"cannot be made: {problem.strerror}", where=folder, fix="give another --out"
        ) from problem


def _print_summary(audited: Audit, folder: Path) -> None:
    from collections import Counter

    from rich.table import Table
    from rich.text import Text

    from framejudge.bench.cli.terminal.output import plain_console

    counts = Counter((finding.severity, finding.check) for finding in audited.findings)
    first = {(finding.severity, finding.check): finding for finding in reversed(audited.findings)}
    table = Table("severity", "check", "findings", "the first", box=None, header_style="bold")
    table.columns[2].justify = "right"
    for kind, count in counts.items():
        finding = first[kind]
        example = f"{finding.path}: {finding.message}" if finding.path else finding.message
        table.add_row(
            *kind, f"{count:,}", Text(ascii(example)[1:-1] if not example.isprintable() else example)
        )
    console = plain_console()
    console.print(table)
    verdict = "something is wrong" if audited.failed else "nothing is wrong that would spoil a figure"
    written = f"{folder / FINDINGS_FILE}, {folder / PAGE_FILE}"
    console.print(
        f"{len(audited.dataset):,} images: {verdict}. Written: {written}",
        markup=False,
        soft_wrap=True,
    )
