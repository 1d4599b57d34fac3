"""What a reviewer sees: the images of a set, one page of those that match, and how far the work is."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal, NamedTuple, cast

from framejudge.datasets.review.decisions import Decision, Verdict, own_verdict, settle
from framejudge.datasets.review.proposals import PROBLEM_COLUMN, PROPOSED_COLUMN, SCORE_COLUMN
from framejudge.datasets.table.sample import LABELS, Dataset, Label, Sample

SOURCE_COLUMN = "source"

Standing = Mapping[str, Mapping[str, Decision]]
Status = Literal["todo", "nobody", "done", "unsure", "disputed", "all"]
"""``todo``: this reviewer has not decided; ``nobody``: none has; ``disputed``: another is sure of the other
class."""


@dataclass(frozen=True, slots=True)
class Item:
    """An image to review.

    Attributes
    ----------
    number
        Its place in the set, from 0: the page asks for images by it, never by a path.
    proposed
        The class to pass at a glance: the label where there is one, else what a detector proposed.
    problem
        Why the image cannot be shown, as far as prelabelling found out.
    """

    number: int
    path: str
    label: Label | None
    proposed: Label | None
    score: float | None
    source: str
    problem: str


@dataclass(frozen=True, slots=True)
class Filter:
    """Which images a reviewer wants to see; None and empty mean any."""

    proposed: Label | None = None
    status: Status = "todo"
    source: str = ""
    low: float | None = None
    high: float | None = None


class Page(NamedTuple):
    """Some matching images in order, how many match in all, and how many of those lie before and after."""

    items: Sequence[Item]
    matching: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one reviewer is. ``left`` counts what is to do by proposed class (``""``: none proposed)."""

    images: int
    decided: int
    framed: int
    plain: int
    unsure: int
    disputed: int
    left: Mapping[str, int]


def items_of(dataset: Dataset) -> tuple[Item, ...]:
    """List a set's images for review, in the set's order (prelabelling puts the unsure first)."""
    return tuple(_item(number, sample) for number, sample in enumerate(dataset))


def _item(number: int, sample: Sample) -> Item:
    attributes = sample.attributes
    guess = attributes.get(PROPOSED_COLUMN)
    return Item(
        number=number,
        path=sample.path,
        label=sample.label,
        proposed=sample.label or next((label for label in LABELS if label == guess), None),
        score=_score(attributes.get(SCORE_COLUMN, "")),
        source=attributes.get(SOURCE_COLUMN) or source_of(sample.path),
        problem=attributes.get(PROBLEM_COLUMN, ""),
    )


def source_of(path: str) -> str:
    """Return the folder that an image comes from; ``""`` where there is none, or folders are the classes."""
    first = PurePosixPath(path).parts[0]
    return "" if first == path or first in LABELS else first


def _score(text: str) -> float | None:
    try:
        score = float(text)
    except ValueError:
        return None
    return score if math.isfinite(score) else None


def find_page(
    items: Sequence[Item],
    standing: Standing,
    reviewer: str,
    wanted: Filter,
    *,
    limit: int,
    after: int = -1,
    before: int | None = None,
) -> Page:
    """Return up to ``limit`` matching images that follow number ``after``, or that precede ``before``.

    Numbers, not offsets: a decided image drops out of ``todo`` without moving what comes after it.
    """
    matching = [item for item in items if _matches(item, standing.get(item.path, {}), reviewer, wanted)]
    if before is not None:
        stop = sum(item.number < before for item in matching)
        start = max(0, stop - limit)
    else:
        start = sum(item.number <= after for item in matching)
        stop = min(len(matching), start + limit)
    return Page(matching[start:stop], len(matching), start, len(matching) - stop)


def _matches(item: Item, by_reviewer: Mapping[str, Decision], reviewer: str, wanted: Filter) -> bool:
    if wanted.proposed is not None and item.proposed != wanted.proposed:
        return False
    if wanted.source and item.source != wanted.source:
        return False
    if wanted.low is not None and (item.score is None or item.score < wanted.low):
        return False
    if wanted.high is not None and (item.score is None or item.score > wanted.high):
        return False
    return _has_status(wanted.status, by_reviewer, reviewer)


def _has_status(status: Status, by_reviewer: Mapping[str, Decision], reviewer: str) -> bool:
    own = own_verdict(by_reviewer, reviewer)
    match status:
        case "todo":
            return own is None
        case "nobody":
            return settle(decision.verdict for decision in by_reviewer.values()) is None
        case "done":
            return own is not None
        case "unsure":
            return own == "unsure"
        case "disputed":
            return _is_disputed(by_reviewer, reviewer)
        case "all":
            return True


def _is_disputed(by_reviewer: Mapping[str, Decision], reviewer: str) -> bool:
    # Others' verdicts show only after one's own: a second opinion that knows the first is none.
    own = own_verdict(by_reviewer, reviewer)
    return own in LABELS and any(
        other in LABELS and other != own for other in others(by_reviewer, reviewer).values()
    )


def others(by_reviewer: Mapping[str, Decision], reviewer: str) -> dict[str, Verdict]:
    """Return what the other reviewers think of an image, nothing before this one has decided."""
    if own_verdict(by_reviewer, reviewer) is None:
        return {}
    return {
        name: decision.verdict
        for name, decision in by_reviewer.items()
        if name != reviewer and decision.verdict != "withdrawn"
    }


def measure_progress(items: Sequence[Item], standing: Standing, reviewer: str) -> Progress:
    """Count what one reviewer has decided and what is left."""
    verdicts: Counter[str] = Counter()
    left: Counter[str] = Counter({"framed": 0, "plain": 0, "": 0})
    disputed = 0
    for item in items:
        by_reviewer = standing.get(item.path, {})
        own = own_verdict(by_reviewer, reviewer)
        if own is None:
            left[cast(str, item.proposed or "")] += 1
        else:
            verdicts[own] += 1
            disputed += _is_disputed(by_reviewer, reviewer)
    return Progress(
        images=len(items),
        decided=verdicts.total(),
        framed=verdicts["framed"],
        plain=verdicts["plain"],
        unsure=verdicts["unsure"],
        disputed=disputed,
        left=dict(left),
    )
