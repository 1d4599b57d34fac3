"""Read what people marked: the review page's journal, or the CSV that a report exports.

The report's columns are ``path, decision, note, label, reviewer, run``. ``decision`` is one of ``label is
wrong``, ``ambiguous`` and ``real mistake``; ``label`` is the label that the report showed, so that applying a
CSV twice, or to labels that were mended meanwhile, turns nothing back.
"""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal, NamedTuple, get_args

from framejudge.datasets.errors import InputError
from framejudge.datasets.review.decisions import Journal, Verdict
from framejudge.datasets.table.sample import LABELS, Label

CSV_COLUMNS = ("path", "decision", "note", "label", "reviewer", "run")
REQUIRED_COLUMNS = ("path", "decision", "label")

ReportDecision = Literal["label is wrong", "ambiguous", "real mistake"]
REPORT_DECISIONS: tuple[ReportDecision, ...] = get_args(ReportDecision)


@dataclass(frozen=True, slots=True)
class Mark:
    """What one reviewer says about one image, and the label that it is said about."""

    place: str
    path: str
    reviewer: str
    verdict: Verdict
    label_seen: Label | None


class Refusal(NamedTuple):
    """A row that cannot be used: where it is, and what kind of problem it has."""

    place: str
    kind: str
    detail: str


class Marks(NamedTuple):
    """What a file of decisions holds."""

    marks: tuple[Mark, ...]
    refused: tuple[Refusal, ...]


def read_marks(file: Path) -> Marks:
    """Read the page's journal (``.jsonl``) or a report's export (``.csv``).

    Raises
    ------
    InputError
        For a file that is neither, or that has not the columns.
    """
    if not file.is_file():
        raise InputError("no such file", where=file, fix="give the page's review.jsonl or a report's CSV")
    return _read_journal(file) if file.suffix == ".jsonl" else _read_csv(file)


def _read_journal(file: Path) -> Marks:
    marks = [
        Mark(f"line {decision.version}", path, reviewer, decision.verdict, decision.label)
        for path, by_reviewer in Journal(file).standing().items()
        for reviewer, decision in by_reviewer.items()
    ]
    return Marks(tuple(marks), ())


def _read_csv(file: Path) -> Marks:
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("the text is not UTF-8", where=file, fix="save it as UTF-8") from None
    reader = csv.DictReader(io.StringIO(text, newline=""), restval="", strict=True)
    marks: dict[tuple[str, str], Mark] = {}
    refused: list[Refusal] = []
    try:
        missing = [name for name in REQUIRED_COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            what = f"no column {', '.join(map(repr, missing))}"
            raise InputError(what, where=file, fix=f"the first line is {','.join(CSV_COLUMNS)}")
        for cells in reader:
            read = _read_row(f"line {reader.line_num}", cells)
            if isinstance(read, Refusal):
                refused.append(read)
                continue
            earlier = marks.setdefault((read.path, read.reviewer), read)
            if (earlier.verdict, earlier.label_seen) != (read.verdict, read.label_seen):
                detail = f"{read.path!r}, also in {earlier.place}"
                refused.append(Refusal(read.place, "a reviewer contradicts an earlier row", detail))
    except csv.Error as error:
        raise InputError(f"malformed CSV: {error}", where=f"{file}, line {reader.line_num}") from None
    return Marks(tuple(marks.values()), tuple(refused))


def _read_row(place: str, cells: Mapping[str, str]) -> Mark | Refusal:
    path = str(PurePosixPath(cells["path"]))
    decision, label_text = cells["decision"].strip().lower(), cells["label"].strip()
    if decision not in REPORT_DECISIONS:
        near = difflib.get_close_matches(decision, REPORT_DECISIONS, n=1)
        hint = f", did you mean {near[0]!r}?" if near else ""
        kind = f"the decision is none of {', '.join(REPORT_DECISIONS)}"
        return Refusal(place, kind, f"{cells['decision']!r}{hint}")
    label = next((label for label in LABELS if label == label_text), None)
    if label is None and (label_text or decision != "ambiguous"):
        return Refusal(place, "the label is neither framed nor plain", f"{label_text!r} of {path!r}")
    return Mark(place, path, (cells.get("reviewer") or "").strip(), _verdict(decision, label), label)


def _verdict(decision: str, label: Label | None) -> Verdict:
    if decision == "ambiguous" or label is None:
        return "unsure"
    if decision == "real mistake":  # of the detector: the label is right
        return label
    return "plain" if label == "framed" else "framed"
