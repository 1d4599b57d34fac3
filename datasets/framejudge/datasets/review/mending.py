"""Bring people's decisions into the labels: first a plan, then the table anew with only labels changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from framejudge.datasets.atomic_file import replaced
from framejudge.datasets.review.decisions import settle
from framejudge.datasets.review.marks import Mark, Marks, Refusal
from framejudge.datasets.table.labels_table import write_samples
from framejudge.datasets.table.reading import TABLES, read_dataset
from framejudge.datasets.table.reading_options import AS_IT_IS, ReadingOptions
from framejudge.datasets.table.sample import Dataset, Label, Sample
from framejudge.datasets.table.table_column import labels_table_of, set_cells


@dataclass(frozen=True, slots=True)
class Change:
    """One image's label before and after; None is unlabelled."""

    path: str
    before: Label | None
    after: Label | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a set of marks would do to the labels.

    Attributes
    ----------
    confirmed
        How many images are as the reviewers say.
    disputed
        Images that reviewers are sure of differently; their labels stay.
    outdated
        Images whose label was changed after they were marked; their labels stay.
    refused
        Marks that cannot be used.
    """

    changes: tuple[Change, ...]
    confirmed: int
    disputed: tuple[str, ...]
    outdated: tuple[str, ...]
    refused: tuple[Refusal, ...]


def plan(dataset: Dataset, marks: Marks) -> Plan:
    """Work out what marks change; nothing is written."""
    labels = {sample.path: sample.label for sample in dataset}
    by_path: dict[str, list[Mark]] = {}
    refused = list(marks.refused)
    for mark in marks.marks:
        if mark.path in labels:
            by_path.setdefault(mark.path, []).append(mark)
        else:
            refused.append(Refusal(mark.place, "the image is not in this set", repr(mark.path)))
    changes: list[Change] = []
    disputed: list[str] = []
    outdated: list[str] = []
    confirmed = 0
    for path, of_path in by_path.items():
        verdict = settle(mark.verdict for mark in of_path)
        before = labels[path]
        if verdict is None:
            continue
        if verdict == "disputed":
            disputed.append(path)
            continue
        after: Label | None = None if verdict == "unsure" else verdict
        if after == before:
            confirmed += 1
        elif before in {mark.label_seen for mark in of_path}:
            changes.append(Change(path, before, after))
        else:
            outdated.append(path)
    return Plan(tuple(changes), confirmed, tuple(disputed), tuple(outdated), tuple(refused))


class Mended(NamedTuple):
    """What was changed, or would be, and the table that holds the labels; ``is_new`` beside class folders."""

    plan: Plan
    table: Path
    is_new: bool


def mend(root: Path, marks: Marks, *, dry_run: bool = False, options: ReadingOptions = AS_IT_IS) -> Mended:
    """Apply marks to the labels of the set in a folder, as they are on the disk now.

    Only labels change: other columns, the order of rows and the kind of table stay. Labels are written in the
    words that ``options`` give them. Class folders get a ``labels.csv``, which goes before them; no image is
    moved.
    """
    found = labels_table_of(root)
    contents = found.read_bytes() if found else b""
    dataset = read_dataset(root, options)
    planned = plan(dataset, marks)
    table = found or root / TABLES[0]
    if planned.changes and not dry_run:
        labels = {change.path: change.after for change in planned.changes}
        if found:
            # The label cells alone: whoever keeps the table under version control sees just these lines.
            words = {path: label and options.words.word_for(label) for path, label in labels.items()}
            set_cells(found, contents, "label", words, found, options)
        else:
            with replaced(table) as draft:
                write_samples(draft, _relabelled(dataset, labels))
    return Mended(planned, table, is_new=found is None)


def _relabelled(dataset: Dataset, labels: Mapping[str, Label | None]) -> Sequence[Sample]:
    return [replace(sample, label=labels.get(sample.path, sample.label)) for sample in dataset]


def in_words(mended: Mended, *, dry_run: bool = False) -> list[str]:
    """Say in a few lines what changed, or would change, and what was left alone and why."""
    planned, table, is_new = mended
    counts = Counter(
        (change.before or "unlabelled", change.after or "unlabelled") for change in planned.changes
    )
    kinds = ", ".join(f"{count:,} {before} -> {after}" for (before, after), count in sorted(counts.items()))
    changed = f"{_count(len(planned.changes), 'label')} {'would change' if dry_run else 'changed'}"
    lines = [f"{table}: {changed}{f' ({kinds})' if kinds else ''}, {planned.confirmed:,} confirmed"]
    if is_new and planned.changes:
        lines.append("the table goes before framed/ and plain/ from now on; no image was moved")
    lines += _left("reviewers disagree, label kept", planned.disputed)
    lines += _left("the label was changed after it was marked, left as it is", planned.outdated)
    return lines


def refusals_in_words(refused: Sequence[Refusal]) -> list[str]:
    """Say for each kind of problem how many rows were refused, with the first of them."""
    first: dict[str, Refusal] = {}
    for refusal in refused:
        first.setdefault(refusal.kind, refusal)
    counts = Counter(refusal.kind for refusal in refused)
    return [
        f"{_count(counts[kind], 'row')} refused: {kind} (first: {refusal.place}, {refusal.detail})"
        for kind, refusal in first.items()
    ]


def _left(why: str, paths: Iterable[str]) -> list[str]:
    named = list(paths)
    if not named:
        return []
    return [f"{_count(len(named), 'image')}: {why} (first: {named[0]!r})"]


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
