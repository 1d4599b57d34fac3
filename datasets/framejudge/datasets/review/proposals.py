"""Propose labels for a folder of images from a detector's scores, the least sure first.

The result is a labels table: ``label`` stays empty until a person has decided; ``proposed`` and ``score`` say
what the detector thinks, ``proposed_by`` which one, and ``problem`` why a file could not be scored.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from framejudge.datasets.atomic_file import replaced
from framejudge.datasets.errors import InputError
from framejudge.datasets.images.decode import UnreadableImage, decode_image
from framejudge.datasets.images.image_files import names_below
from framejudge.datasets.progress import Progress, Silence
from framejudge.datasets.table.labels_table import read_samples, write_samples
from framejudge.datasets.table.reading import TABLES
from framejudge.datasets.table.sample import LABELS, Label, Sample
from framejudge.datasets.text_files import parse_json

if TYPE_CHECKING:
    from framejudge.datasets.drawing.picture import Image

PROPOSED_COLUMN = "proposed"
SCORE_COLUMN = "score"
DETECTOR_COLUMN = "proposed_by"
PROBLEM_COLUMN = "problem"

DETECTOR_FAILED = "the detector failed: "
"""Begins the problem of an image that the detector gave no score."""

Score = Callable[["Image"], float]
"""Says how surely a picture, shape (H, W, 3), uint8, RGB, is framed: in [0, 1]."""


@dataclass(frozen=True, slots=True)
class Proposer:
    """What proposes: its name, its score of a picture, and from which score on a picture counts as framed."""

    name: str
    score: Score
    threshold: float


@dataclass(frozen=True, slots=True)
class Scored:
    """What came of one image: a score, or the problem with it."""

    path: str
    score: float | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Prelabelled:
    """What a prelabelling wrote.

    Attributes
    ----------
    scored
        How many images were scored, those of an interrupted prelabelling included.
    kept
        How many rows the table already had that needed no score: decided, or scored by the same detector.
    """

    table: Path
    framed: int
    plain: int
    scored: int
    kept: int
    problems: tuple[Scored, ...]


def prelabel(
    folder: Path,
    table: Path,
    proposer: Proposer,
    progress: Progress | None = None,
) -> Prelabelled:
    """Score the images below a folder that nobody has labelled, and write a table with the unsure first.

    A table that is there already is continued: its labels, groups and attributes are kept. Only unlabelled
    images without a score of this detector are scored. Scores are written to a file beside the table as they
    come, so that a killed prelabelling goes on where it was.

    Parameters
    ----------
    table
        Where labels.csv goes: into the folder or one above it, because its paths are relative to itself.

    Raises
    ------
    InputError
        For a folder without images, one that its class folders label already, or a place that cannot be
        written; and when none of the images can be scored.
    """
    _check_place(folder, table)
    before = {sample.path: sample for sample in read_samples(table)} if table.exists() else {}
    paths = sorted(names_below(table.parent, folder))
    if not paths:
        raise InputError("no image below this folder", where=folder)
    samples = [before.get(path) or Sample(path, None, group=path) for path in paths]
    to_score = [sample.path for sample in samples if _needs_score(sample, proposer.name)]
    scored = _score_all(table.parent, to_score, proposer, _partial_file(table), progress or Silence())
    if not before and all(result.score is None for result in scored):
        _partial_file(table).unlink()
        what = f"none of {len(scored):,} images could be scored, the first: {scored[0].problem}"
        failed = scored[0].problem.startswith(DETECTOR_FAILED)
        fix = f"see `bench check {proposer.name}`" if failed else "give a folder with readable images"
        raise InputError(what, where=folder / scored[0].path, fix=fix)
    by_path = {result.path: result for result in scored}
    proposed = [
        _with_proposal(sample, by_path[sample.path], proposer) if sample.path in by_path else sample
        for sample in samples
    ]
    gone = [before[path] for path in before.keys() - set(paths)]
    ordered = unsure_first([*proposed, *gone], proposer.threshold)
    with replaced(table) as draft:
        write_samples(draft, ordered)
    _partial_file(table).unlink(missing_ok=True)
    return Prelabelled(
        table=table,
        framed=sum(sample.attributes.get(PROPOSED_COLUMN) == "framed" for sample in ordered),
        plain=sum(sample.attributes.get(PROPOSED_COLUMN) == "plain" for sample in ordered),
        scored=sum(result.score is not None for result in scored),
        kept=len(ordered) - len(scored),
        problems=tuple(result for result in scored if result.score is None),
    )


def propose(score: float, threshold: float) -> Label:
    """Return the class that a score stands for."""
    return "framed" if score >= threshold else "plain"


def unsure_first(samples: Iterable[Sample], threshold: float) -> list[Sample]:
    """Order samples for review: unlabelled before decided, and the nearest to the threshold first.

    Unlabelled ones without a score come last among the unlabelled; ties keep the order of their paths.
    """

    def urgency(sample: Sample) -> tuple[bool, float, str]:
        text = sample.attributes.get(SCORE_COLUMN)
        return sample.label is not None, abs(float(text) - threshold) if text else 2.0, sample.path

    return sorted(samples, key=urgency)


def _check_place(folder: Path, table: Path) -> None:
    if not folder.is_dir():
        raise InputError("no such folder", where=folder, fix="give a folder with images")
    if table.suffix != ".csv":
        raise InputError("the proposals are written as CSV", where=table, fix="give a name that ends in .csv")
    if not folder.resolve().is_relative_to(table.parent.resolve()):
        raise InputError(
            "the paths of a labels table are relative to its folder, and the images do not lie below it",
            where=table,
            fix=f"write it to {folder / 'labels.csv'}",
        )
    others = [table.parent / name for name in TABLES if (table.parent / name) != table]
    for other in others:
        if other.exists():
            raise InputError("the folder has a labels table of another kind", where=other, fix="move it away")
    if not table.exists() and all((folder / label).is_dir() for label in LABELS):
        raise InputError(
            "its folders framed/ and plain/ are labels already",
            where=folder,
            fix=f"check them with: bench dataset review {folder}",
        )


def _needs_score(sample: Sample, detector: str) -> bool:
    scored_by_it = SCORE_COLUMN in sample.attributes and sample.attributes.get(DETECTOR_COLUMN) == detector
    return sample.label is None and not scored_by_it


def _with_proposal(sample: Sample, result: Scored, proposer: Proposer) -> Sample:
    columns = (PROPOSED_COLUMN, SCORE_COLUMN, DETECTOR_COLUMN, PROBLEM_COLUMN)
    attributes = {name: text for name, text in sample.attributes.items() if name not in columns}
    if result.score is None:
        return replace(sample, attributes=attributes | {PROBLEM_COLUMN: result.problem})
    proposal = {
        PROPOSED_COLUMN: propose(result.score, proposer.threshold),
        SCORE_COLUMN: f"{result.score:.6f}",
        DETECTOR_COLUMN: proposer.name,
    }
    return replace(sample, attributes=attributes | proposal)


def _score_all(
    root: Path, paths: Sequence[str], proposer: Proposer, partial: Path, progress: Progress
) -> list[Scored]:
    results: list[Scored] = []
    try:
        known = _read_partial(partial, proposer)
        progress.begin("scoring", len(paths))
        with partial.open("a", encoding="ascii") as stream:
            if partial.stat().st_size == 0:
                stream.write(json.dumps(_heading(proposer)) + "\n")
            for path in paths:
                result = known.get(path)
                if result is None:
                    result = _score_one(root, path, proposer.score)
                    stream.write(json.dumps([result.path, result.score, result.problem]) + "\n")
                    stream.flush()
                results.append(result)
                progress.advance(1)
    except OSError as problem:
        raise InputError(
            f"scores cannot be kept here: {problem.strerror}",
            where=root,
            fix="make room or give the right to write, and run the same command: it goes on where it was",
        ) from problem
    return results


def _score_one(root: Path, path: str, score: Score) -> Scored:
    try:
        value = float(score(decode_image(root / path)))
    except UnreadableImage as problem:
        return Scored(path, None, problem.what)
    except InputError as problem:
        return Scored(path, None, f"{DETECTOR_FAILED}{problem.what}")
    except Exception as problem:
        # Anyone's detector may raise anything; it is this image that has no score, and the others go on.
        return Scored(path, None, f"{DETECTOR_FAILED}{type(problem).__name__}: {problem}")
    if not 0.0 <= value <= 1.0:
        return Scored(path, None, f"{DETECTOR_FAILED}its score is {value}, not in [0, 1]")
    return Scored(path, value)


def _partial_file(table: Path) -> Path:
    return table.with_name(table.name + ".partial")


def _heading(proposer: Proposer) -> Mapping[str, object]:
    return {"detector": proposer.name, "threshold": proposer.threshold}


def _read_partial(partial: Path, proposer: Proposer) -> dict[str, Scored]:
    """Return what an interrupted prelabelling has scored, and cut off a torn last line."""
    if not partial.exists():
        return {}
    data = partial.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    if len(whole) < len(data):
        os.truncate(partial, len(whole))
    lines = whole.splitlines()
    try:
        begun = parse_json(lines[0]) if lines else _heading(proposer)
        found = {result.path: result for result in (Scored(*parse_json(line)) for line in lines[1:])}
        other = None if begun == _heading(proposer) else str(begun["detector"])
    except (ValueError, TypeError, KeyError) as problem:
        raise InputError(
            f"not what `bench dataset prelabel` writes ({problem})", where=partial, fix="remove the file"
        ) from None
    if other is not None:
        raise InputError(
            f"an unfinished prelabelling by {other!r}",
            where=partial,
            fix="finish it with that detector, or remove the file",
        )
    return found
