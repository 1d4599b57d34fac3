"""The record of an output folder: a CSV line for each picture, written as pictures are done."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from framejudge.bench.unframe.single import Action, Outcome
from framejudge.datasets.atomic_file import draft_of, replace_text
from framejudge.datasets.errors import InputError
from framejudge.datasets.table.box import Box
from framejudge.datasets.text_files import read_json

RECORD, DRY_RECORD = "unframe.csv", "dry-run.csv"
SETTINGS = "unframe.json"
COLUMNS = ("path", "action", "score", "left", "top", "right", "bottom", "reason")


@dataclass(frozen=True, slots=True)
class Settings:
    """What an output folder was begun with; results of others do not go into the same one."""

    detector: str
    threshold: float


def claim(out: Path, settings: Settings) -> None:
    """Begin an output folder, or go on with one that was begun alike.

    Raises
    ------
    InputError
        When it was begun with other settings, or cannot be written.
    """
    file = out / SETTINGS
    try:
        if file.exists():
            begun = Settings(**read_json(file))
            if begun != settings:
                raise InputError(
                    f"the folder was begun with --detector {begun.detector} --threshold {begun.threshold!r}",
                    where=out,
                    fix="go on with these, or give another --out",
                )
            return
        out.mkdir(parents=True, exist_ok=True)
        replace_text(file, json.dumps(asdict(settings), indent=1) + "\n")
    except OSError as problem:
        raise InputError(
            f"cannot be written: {problem.strerror}", where=out, fix="give another --out"
        ) from problem
    except (ValueError, TypeError) as problem:
        raise InputError("not what `bench unframe` writes", where=file, fix="give another --out") from problem


def append(file: Path, outcomes: Iterable[Outcome]) -> None:
    """Add lines to a record; the first ones bring the heading."""
    new = not file.exists()
    with file.open("a", newline="", encoding="utf-8", errors="surrogateescape") as lines:
        writer = csv.writer(lines)
        if new:
            writer.writerow(COLUMNS)
        writer.writerows(_row(outcome) for outcome in outcomes)


def replace(file: Path, outcomes: Sequence[Outcome]) -> None:
    """Write a record anew, whole or not at all."""
    with draft_of(file) as draft:
        append(draft, outcomes)


def read(file: Path) -> Iterator[Outcome]:
    """Read a record; a last line that was cut short is left out.

    Raises
    ------
    InputError
        When the file is no record.
    """
    if not file.exists():
        return
    with file.open(newline="", encoding="utf-8", errors="surrogateescape") as lines:
        rows = csv.reader(lines)
        if tuple(next(rows, ())) != COLUMNS:
            raise InputError("not what `bench unframe` writes", where=file, fix="give another --out")
        for row in rows:
            if len(row) != len(COLUMNS):
                continue  # the last line of a run that was killed
            try:
                yield _outcome(row)
            except (ValueError, TypeError) as problem:
                raise InputError(
                    f"not what `bench unframe` writes ({problem})",
                    where=f"{file}, line {rows.line_num}",
                    fix="give another --out",
                ) from problem


def _row(outcome: Outcome) -> list[str]:
    score = "" if outcome.score is None else f"{outcome.score:.4f}"
    sides = [""] * 4 if outcome.box is None else [str(side) for side in outcome.box]
    return [outcome.path, outcome.action, score, *sides, outcome.reason]


def _outcome(row: list[str]) -> Outcome:
    path, action, score, *sides, reason = row
    box = Box(*map(int, sides)) if sides[0] else None
    return Outcome(path, Action(action), float(score) if score else None, box, reason)
