"""What a row of runs says about one metric: plain data, made by `framejudge.bench.compare.history`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from framejudge.bench.run.figure import Figure
from framejudge.datasets.codes import Notice

SCHEMA = "framejudge/history/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRun:
    """One of the runs: where it is, when it was made, at which commit of the user's repository.

    ``commit`` is None where the run was not made in a repository; ``dirty`` says that tracked files differed
    from it.
    """

    folder: str
    started: str
    version: str
    commit: str | None = None
    commit_time: str | None = None
    branch: str | None = None
    dirty: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """The figure of one run; ``run`` is its position in `History.runs`."""

    run: int
    figure: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Where the figure changed.

    Attributes
    ----------
    position
        In `Series.points`: the first point of the new level.
    change
        New level less the old one, or over it (see `Series.compared_by`), with its 95 % interval.
    p
        Of "nothing changed anywhere in this stretch of runs".
    changed
        What else is new since the point before: the detector's files, threshold, versions of libraries.
    """

    position: int
    change: Figure
    p: float
    changed: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One detector over the runs that can be compared: the same images and, for times, one machine.

    Attributes
    ----------
    machine
        The processor that times were measured on; None for figures that do not depend on it.
    compared_by
        Whether a change is a difference (shares) or a ratio (times).
    untested
        Why no step was looked for; None where one was.
    """

    detector: str
    dataset: str
    machine: str | None
    compared_by: Literal["difference", "ratio"]
    points: list[Point]
    steps: list[Step]
    untested: str | None = None
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A metric over runs, oldest first."""

    schema: str
    metric: str
    unit: str
    higher_is_better: bool
    runs: list[HistoryRun]
    series: list[Series]
    warnings: list[str]
    notices: list[Notice] = field(default_factory=list)
