"""Answers about parts of a block, and what became of the images that ended the worker, as one answer."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np

from framejudge.bench.worker.child.commands import DecodedBlock, Explained, Scored
from framejudge.bench.worker.child.decoding import OUT_OF_MEMORY
from framejudge.bench.worker.child.marker import Stage
from framejudge.bench.worker.ends import Cause, End

A = TypeVar("A", Scored, Explained)
V = TypeVar("V")


@dataclass
class Outcome(Generic[A]):
    """What is known of a block of images so far.

    Attributes
    ----------
    images
        How many there are.
    parts
        Positions of some of them with the answer about these; later ones stand.
    lost
        How the worker ended on an image that gets no answer, by position.
    batch_failure, locate_failure
        Why a batch was given up, and the first image whose box was lost.
    """

    images: int
    parts: list[tuple[Sequence[int], A]] = field(default_factory=list)
    lost: dict[int, End] = field(default_factory=dict)
    batch_failure: str | None = None
    locate_failure: str | None = None

    def unreadable(self) -> dict[int, str]:
        """Return why images cannot be decoded, of those on which the decoder ended the worker."""
        return {k: why_unreadable(end) for k, end in self.lost.items() if is_the_pictures(end)}

    def errors(self) -> dict[int, str]:
        """Return why the other lost images have no answer."""
        return {k: _error_of(end) for k, end in self.lost.items() if not is_the_pictures(end)}

    def column(self, of: Callable[[A], Sequence[V | None] | None]) -> list[V | None]:
        """Return a field of the answers for all images; None where there is none."""
        found: list[V | None] = [None] * self.images
        for positions, answer in self.parts:
            for k, value in zip(positions, of(answer) or [None] * len(positions), strict=True):
                found[k] = value
        return found

    def tracebacks(self) -> Iterator[tuple[int, str]]:
        """Yield the tracebacks with their positions in the whole block."""
        for positions, answer in self.parts:
            yield from ((positions[k] if k >= 0 else -1, text) for k, text in answer.tracebacks)


def joined_scores(outcome: Outcome[Scored]) -> Scored:
    """Return the scores of a whole block; NaN for a lost image."""
    images, parts = outcome.images, outcome.parts
    scores = np.full(images, np.nan)
    sizes = np.full((images, 2), -1, dtype=np.int32)
    boxes = np.full((images, 4), -1, dtype=np.int32)
    for positions, answer in parts:
        scores[positions], sizes[positions], boxes[positions] = answer.scores, answer.sizes, answer.boxes
    return Scored(
        unreadable=_filled(outcome.column(lambda one: one.unreadable), outcome.unreadable()),
        errors=_filled(outcome.column(lambda one: one.errors), outcome.errors()),
        digests=outcome.column(lambda one: one.digests)
        if any(answer.digests is not None for _, answer in parts)
        else None,
        nanoseconds=sum(answer.nanoseconds for _, answer in parts),
        batch_failure=outcome.batch_failure or _first(answer.batch_failure for _, answer in parts),
        locate_failure=outcome.locate_failure or _first(answer.locate_failure for _, answer in parts),
        scores=scores,
        sizes=sizes,
        boxes=boxes,
        tracebacks=list(outcome.tracebacks()),
    )


def joined_explanations(outcome: Outcome[Explained]) -> Explained:
    """Return the explanations of a whole block."""
    return Explained(
        outcome.column(lambda one: one.explanations),
        _filled(outcome.column(lambda one: one.errors), {k: end.text for k, end in outcome.lost.items()}),
        list(outcome.tracebacks()),
    )


def lost_picture(path: str, end: End | None) -> DecodedBlock:
    """Return the answer about one picture on which the decoder ended, or that is left because it failed."""
    starved = end is None or not is_the_pictures(end)
    try:
        facts = os.stat(path)  # noqa: PTH116 - a text, as it came
        file = (facts.st_size, facts.st_mtime_ns)
    except OSError:
        file = (-1, -1)
    return DecodedBlock(
        unreadable=[None if end is None or starved else why_unreadable(end)],
        digests=[None],
        sizes=np.full((1, 2), -1, dtype=np.int32),
        starts=np.full(1, -1, dtype=np.int64),
        files=np.array([file], dtype=np.int64),
        starved=[0] if starved else [],
    )


def why_unreadable(end: End) -> str:
    """Return why a picture on which the decoder ended the worker cannot be decoded."""
    return f"cannot be decoded: {end.text}"


def is_the_pictures(end: End) -> bool:
    """Whether an end says something about the picture: memory that runs out says nothing."""
    return end.stage is Stage.DECODE and end.cause is not Cause.MEMORY


def _error_of(end: End) -> str:
    return f"{OUT_OF_MEMORY} ({end.what})" if end.stage is Stage.DECODE else end.text


def _filled(values: list[str | None], lost: Mapping[int, str]) -> list[str | None]:
    return [lost.get(k, value) for k, value in enumerate(values)]


def _first(texts: Iterator[str | None]) -> str | None:
    return next((text for text in texts if text is not None), None)
