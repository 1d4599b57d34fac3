"""How many images a question needs, as rows of a table: from numbers that were given, or from a small run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Literal, TypeAlias

from framejudge.bench.decide.pilot import PairPilot
from framejudge.bench.decide.sample_size import (
    LEVEL,
    POWER,
    design_effect,
    images_for_difference,
    images_for_interval,
)
from framejudge.bench.gate.accuracy import drop
from framejudge.bench.run.figure import Figure
from framejudge.bench.statistics.percentiles import required_calls

SCHEMA = "framejudge/plan/1"

Kind: TypeAlias = Literal["difference", "drop", "interval", "percentile", "latency ratio"]

DIFFERENCES = (0.005, 0.01, 0.02, 0.05)
DROPS = (0.01, 0.02, 0.05)
HALF_WIDTHS = (0.005, 0.01, 0.02, 0.05)
PERCENTILES = (0.5, 0.9, 0.95, 0.99, 0.999)
RATIOS = (0.01, 0.03, 0.1)
"""What a plan is made for where nothing was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is to be known, and how surely.

    Attributes
    ----------
    differences, drops, half_widths, ratios
        Shares: 0.02 for 2 points of accuracy; of a latency ratio, half of its interval's width.
    percentiles
        0.99 for p99.
    power
        The probability of finding what is there.
    level
        Of the two-sided test that names a winner.
    pairs
        How many pairs of detectors are compared at once; their tests share the level.
    max_drop
        The drop that a gate's rule tolerates.
    rules
        How many rules a gate has about drops; they share its level.
    """

    differences: Sequence[float] = ()
    drops: Sequence[float] = ()
    half_widths: Sequence[float] = ()
    percentiles: Sequence[float] = ()
    ratios: Sequence[float] = ()
    power: float = POWER
    level: float = LEVEL
    pairs: int = 1
    max_drop: float = drop.MAX_DROP
    rules: int = 1

    @property
    def is_empty(self) -> bool:
        """Whether nothing in particular was asked."""
        asked = (self.differences, self.drops, self.half_widths, self.percentiles, self.ratios)
        return not any(asked)

    def everything(self) -> Question:
        """Return the usual questions."""
        return replace(
            self,
            differences=DIFFERENCES,
            drops=DROPS,
            half_widths=HALF_WIDTHS,
            percentiles=PERCENTILES,
            ratios=RATIOS,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a plan is about, and what is known of it.

    Attributes
    ----------
    name
        A detector, two of them, or nothing where numbers were given.
    disagreement
        Share of the images that exactly one of the two is right on; None for one detector alone.
    accuracy
        Of one detector; None for two.
    group_size, correlation
        Of groups; of accuracy within a group, or of which of the two is better.
    is_change
        Whether the two are versions of one detector, so that a gate could judge them.
    latency_ratio, calls_of_a_block
        Of two that took turns: the ratio of their latencies, from blocks of so many calls.
    """

    name: str = ""
    disagreement: Figure | None = None
    accuracy: Figure | None = None
    group_size: float = 1.0
    correlation: float = 0.0
    is_change: bool = False
    latency_ratio: Figure | None = None
    calls_of_a_block: float = 0.0

    @classmethod
    def of_pair(cls, name: str, pilot: PairPilot, *, is_change: bool = False) -> Subject:
        """Take it from two detectors, or two versions of one, on the same images."""
        return cls(
            name=name,
            disagreement=pilot.disagreement,
            group_size=pilot.group_size,
            correlation=pilot.correlation,
            is_change=is_change,
        )

    @property
    def effect(self) -> float:
        """Its design effect."""
        return design_effect(self.group_size, self.correlation)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """One question with its answer.

    Attributes
    ----------
    effect
        The difference, the drop, the half width, or the percentile.
    images, groups
        Labelled images, and source photos where images of one photo are alike.
    low, high
        Images at the ends of the 95 % interval that a pilot's disagreement has; None where it was given.
    calls
        Timed calls of each detector.
    reason
        Why there is no number, or what goes with it.
    """

    kind: Kind
    subject: str
    effect: float
    images: int | None = None
    low: int | None = None
    high: int | None = None
    groups: int | None = None
    calls: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The whole of a plan: what was asked, what it rests on, the rows."""

    schema: str
    question: Question
    subjects: list[Subject]
    rows: list[PlanRow] = field(default_factory=list)


def plan_for(question: Question, subjects: Sequence[Subject]) -> Plan:
    """Return how many images, groups and calls each question needs, for each subject that it is about."""
    asked = question.everything() if question.is_empty else question
    rows = [
        *(row for one in subjects for row in _differences(asked, one)),
        *(row for one in subjects for row in _drops(asked, one)),
        *(row for one in subjects for row in _intervals(asked, one)),
        *(row for one in subjects for row in _ratios(asked, one)),
        *_percentiles(asked),
    ]
    return Plan(schema=SCHEMA, question=asked, subjects=list(subjects), rows=rows)


def _differences(asked: Question, subject: Subject) -> Iterator[PlanRow]:
    if subject.disagreement is None:
        return
    for size in asked.differences:

        def images(disagreement: float, size: float = size) -> int | None:
            return images_for_difference(
                size,
                disagreement,
                level=asked.level / 2 / asked.pairs,
                power=asked.power,
                effect=subject.effect,
            )

        yield _of_disagreement("difference", size, subject, subject.disagreement, images)


def _drops(asked: Question, subject: Subject) -> Iterator[PlanRow]:
    if subject.disagreement is None or not (subject.is_change or not subject.name):
        return
    for size in asked.drops:

        def images(disagreement: float, size: float = size) -> int | None:
            return images_for_difference(
                size,
                disagreement,
                level=drop.LEVEL / asked.rules,
                tolerance=asked.max_drop,
                power=asked.power,
                effect=subject.effect,
            )

        row = _of_disagreement("drop", size, subject, subject.disagreement, images)
        if size <= asked.max_drop:
            row = replace(row, reason=f"the rule tolerates a drop of {100 * asked.max_drop:g} points")
        yield row


def _of_disagreement(
    kind: Kind, size: float, subject: Subject, disagreement: Figure, images: Callable[[float], int | None]
) -> PlanRow:
    """Return a row at a disagreement, and at the ends of its interval."""
    share = disagreement.value or 0.0
    # Where two differ by so much, they disagree on at least as many images.
    needed = images(max(share, size))
    low, high = (
        None if end is None else images(max(end, size)) for end in (disagreement.low, disagreement.high)
    )
    reason = None
    if share < size:
        reason = f"they disagree on {100 * share:.3g} % of the images: so large a difference is not there"
    return PlanRow(
        kind=kind,
        subject=subject.name,
        effect=size,
        images=needed,
        low=low,
        high=high,
        groups=_groups(needed, subject),
        reason=reason,
    )


def _intervals(asked: Question, subject: Subject) -> Iterator[PlanRow]:
    if subject.accuracy is None or subject.accuracy.value is None:
        return
    for half_width in asked.half_widths:
        needed = ceil(images_for_interval(half_width, subject.accuracy.value) * subject.effect)
        yield PlanRow(
            kind="interval",
            subject=subject.name,
            effect=half_width,
            images=needed,
            groups=_groups(needed, subject),
        )


def _percentiles(asked: Question) -> Iterator[PlanRow]:
    for q in asked.percentiles:
        yield PlanRow(kind="percentile", subject="", effect=q, calls=required_calls(q))


def _ratios(asked: Question, subject: Subject) -> Iterator[PlanRow]:
    """Plan the calls for a latency ratio: its interval narrows with the root of the number of blocks."""
    found = subject.latency_ratio
    if found is None or not found.value or not found.low or not found.high:
        return
    for half_width in asked.ratios:
        blocks = ceil(found.n * ((found.high - found.low) / found.value / 2 / half_width) ** 2)
        calls = ceil(max(blocks, 6) * subject.calls_of_a_block)  # a median's interval needs 6 blocks
        yield PlanRow(kind="latency ratio", subject=subject.name, effect=half_width, calls=calls)


def _groups(images: int | None, subject: Subject) -> int | None:
    return None if images is None or subject.group_size <= 1 else ceil(images / subject.group_size)
