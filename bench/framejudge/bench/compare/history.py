"""A metric over a row of runs: its intervals, and the step where it changed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from framejudge.bench.compare.runs import MACHINE_FACTS, SOFTWARE_FACTS
from framejudge.bench.figures import quality
from framejudge.bench.run import DetectorResult, Figure, Run
from framejudge.bench.run.columns import Answers, Columns
from framejudge.bench.run.folder import RUN_FILE
from framejudge.bench.run.history import SCHEMA, History, HistoryRun, Point, Series, Step
from framejudge.bench.run.manifest import changed_files
from framejudge.bench.run.metrics import LATENCY_RATIO, Metric, find
from framejudge.bench.run.results import Scalar
from framejudge.bench.statistics import steps as statistics
from framejudge.bench.statistics.auc import delong
from framejudge.bench.statistics.groups import group_sums
from framejudge.bench.statistics.steps import FoundStep
from framejudge.datasets.codes import Notice
from framejudge.datasets.codes.comparing import RUN_LEFT_OUT
from framejudge.datasets.errors import InputError

Booleans = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

FOLLOWED = (
    *("accuracy", "balanced_accuracy", "auc", "recall", "specificity", "brier"),
    *("p50", "p90", "p95", "p99", "load_ms", "images_per_second", "peak_memory_mib"),
)
"""The metrics that can be followed, beside ``latency_ratio:OTHER``."""


def open_runs(places: Iterable[Path]) -> tuple[list[Run], list[Notice]]:
    """Open runs' folders, and all runs that lie directly in a folder of runs.

    Returns
    -------
    runs, notices
        In such a folder, a run that was cut short is passed over with a warning.

    Raises
    ------
    InputError
        Where a folder that was named itself is no run, or where there is no run at all.
    """
    runs: list[Run] = []
    notices: list[Notice] = []
    for place in places:
        inside = _runs_inside(place)
        if not inside:
            runs.append(Run.open(place))
        for folder in inside:
            try:
                runs.append(Run.open(folder))
            except InputError as problem:
                notices.append(RUN_LEFT_OUT.says(f"left out: {problem}", about=folder.name))
    if not runs:
        raise InputError("no finished run among them", fix="give folders that `bench run` wrote")
    return runs, notices


def _runs_inside(place: Path) -> list[Path]:
    if not place.is_dir() or (place / RUN_FILE).is_file():
        return []
    return sorted(one for one in place.iterdir() if (one / RUN_FILE).is_file())


def build_history(
    runs: Sequence[Run],
    *,
    metric: str = "accuracy",
    detectors: Sequence[str] = (),
    notices: Sequence[Notice] = (),
) -> History:
    """Follow a metric over runs, and find where it changed.

    Runs are put in the order of their commits where all have one, else of their starts. Quality is judged
    from the stored scores with the labels of the last run, so that a review of labels makes no step; runs on
    other images form a series of their own, and for times those on another machine too.

    Parameters
    ----------
    metric
        A name in `FOLLOWED`, or ``latency_ratio:OTHER``.
    detectors
        Only these; all without them.

    Raises
    ------
    InputError
        For a metric or a detector that there is not.
    """
    found = _metric(metric)
    ordered = _in_order(runs)
    names = _names(ordered, detectors)
    series = [
        _series(ordered, members, name, metric, found)
        for name in names
        for members in _comparable(ordered, name, measured=found.measured)
    ]
    return History(
        schema=SCHEMA,
        metric=metric,
        unit=found.unit,
        higher_is_better=found.higher_is_better,
        runs=[_describe(run) for run in ordered],
        series=series,
        warnings=[one.text for one in notices],
        notices=list(notices),
    )


def _metric(name: str) -> Metric:
    kind, _, other = name.partition(":")
    if name not in FOLLOWED and not (kind == LATENCY_RATIO and other):
        raise InputError(
            f"there is no metric {name!r}",
            where="--metric",
            fix=f"give one of {', '.join(FOLLOWED)}, or {LATENCY_RATIO}:OTHER-DETECTOR",
        )
    return find(name)


def _names(runs: Sequence[Run], wanted: Sequence[str]) -> list[str]:
    known = list(dict.fromkeys(name for run in runs for name in run.results.detectors))
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise InputError(
            f"no run has a detector {unknown[0]!r}",
            where="--detectors",
            fix=f"give some of {', '.join(known)}",
        )
    return list(wanted) or known


def _in_order(runs: Sequence[Run]) -> list[Run]:
    dated = all(run.results.environment.get("commit_time") for run in runs)

    def when(run: Run) -> tuple[float, str]:
        committed = str(run.results.environment["commit_time"]) if dated else "1970-01-01T00:00:00+00:00"
        return _seconds(committed), run.manifest.started

    return sorted(runs, key=when)


def _seconds(time: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(time).timestamp()


def _describe(run: Run) -> HistoryRun:
    facts = run.results.environment
    return HistoryRun(
        folder=os.fspath(run.folder),
        started=run.manifest.started,
        version=run.manifest.version,
        commit=_text(facts.get("commit")),
        commit_time=_text(facts.get("commit_time")),
        branch=_text(facts.get("commit_branch")),
        dirty=facts.get("commit_dirty") is True,
    )


def _text(fact: Scalar) -> str | None:
    return None if fact is None else str(fact)


def _comparable(runs: Sequence[Run], name: str, *, measured: bool) -> list[list[int]]:
    """Return the positions of runs that can be compared with each other, in order of their first."""
    found: dict[tuple[object, ...], list[int]] = {}
    for position, run in enumerate(runs):
        if name not in run.results.detectors:
            continue
        key: tuple[object, ...] = (run.results.dataset.images_fingerprint,)
        if measured:
            facts, latency = run.results.environment, run.results.detectors[name].latency_ms
            arrivals = None if latency is None else latency.arrivals
            key += (*(facts.get(fact) for fact in MACHINE_FACTS), run.manifest.request.threads, arrivals)
        found.setdefault(key, []).append(position)
    return list(found.values())


def _series(runs: Sequence[Run], members: Sequence[int], name: str, metric: str, kind: Metric) -> Series:
    chosen = [runs[k] for k in members]
    if not kind.measured:
        followed = _judged(chosen, name, metric)
    else:
        followed = _measured(chosen, name, metric, kind.read)
    last = chosen[-1].results
    return Series(
        detector=name,
        dataset=last.dataset.name,
        machine=None if not kind.measured else str(last.environment.get("cpu") or "unknown processor"),
        compared_by="difference" if not kind.measured else "ratio",
        points=[Point(run=k, figure=figure) for k, figure in zip(members, followed.figures, strict=True)],
        steps=[_step(followed, step, chosen, name, kind) for step in followed.steps],
        untested=followed.untested,
        notes=followed.notes,
    )


@dataclass(frozen=True, slots=True)
class _Followed:
    """The figures of a series, and the steps in them by position in the series."""

    figures: list[Figure]
    steps: list[FoundStep]
    untested: str | None
    notes: list[str]


def _step(followed: _Followed, step: FoundStep, runs: Sequence[Run], name: str, kind: Metric) -> Step:
    change = step.change
    if kind.measured:
        change = change.transformed(lambda log: float(np.exp(log)))
    known = [k for k in range(step.position) if followed.figures[k].value is not None]
    return Step(
        position=step.position,
        change=change,
        p=step.p,
        changed=_changed(runs[known[-1]], runs[step.position], name),
    )


def _changed(before: Run, after: Run, name: str) -> list[str]:
    """Return what else is new between two runs: a step's likely causes."""
    found = []
    files = changed_files(before.manifest.detectors[name], after.manifest.detectors[name])
    if files:
        found.append(f"files of {name}: {', '.join(files)}")
    thresholds = [run.results.detectors[name].threshold for run in (before, after)]
    if thresholds[0] != thresholds[1]:
        found.append(f"threshold {thresholds[0]:g} -> {thresholds[1]:g}")
    facts = [run.results.environment for run in (before, after)]
    found += [
        f"{fact.removeprefix('version.')} {facts[0].get(fact)} -> {facts[1].get(fact)}"
        for fact in sorted({*facts[0], *facts[1]})
        if fact.startswith(SOFTWARE_FACTS) and facts[0].get(fact) != facts[1].get(fact)
    ]
    return found


# Figures that follow from scores and labels: the images are the sample, the runs are paired by them.


@dataclass(frozen=True, slots=True)
class _Shared:
    """Scores of several runs on the labelled images that all of them scored.

    ``scores`` and ``right`` have shape (runs, n); ``framed`` and ``units`` (n,), a code per group.
    """

    scores: Floats
    right: Booleans
    framed: Booleans
    units: npt.NDArray[np.int64]


def _judged(runs: Sequence[Run], name: str, metric: str) -> _Followed:
    """Follow a figure of quality; runs in which the detector failed have none."""
    complete = [k for k, run in enumerate(runs) if run.results.detectors[name].status == "complete"]
    figures = [Figure(value=None, reason=quality.FAILED)] * len(runs)
    if not complete:
        return _Followed(figures, [], "the detector failed in every run", [])
    able = [runs[k] for k in complete]
    latest = able[-1].columns
    said = [_aligned(run, name, latest) for run in able]
    scores, thresholds = np.array([one.scores for one in said]), np.array([one.threshold for one in said])
    usable = latest.labelled & np.isfinite(scores).all(axis=0)
    for k, answers in zip(complete, said, strict=True):
        figures[k] = getattr(quality.assess_detector(latest.only(usable), answers), metric)
    notes = _notes(able, int(np.sum(latest.labelled & ~usable)))
    if any(figures[k].value is None for k in complete):
        return _Followed(figures, [], figures[complete[-1]].reason or "a run has no such figure", notes)
    if len(able) < 2:
        return _Followed(figures, [], "one run: nothing to compare it with", notes)
    framed = latest.framed[usable]
    units = np.unique(latest.groups.codes[usable], return_inverse=True)[1].astype(np.int64)
    right = (scores[:, usable] >= thresholds[:, None]) == framed
    shared = _Shared(scores[:, usable], right, framed, units)
    values = np.array([figures[k].value for k in complete], dtype=np.float64)
    found = statistics.paired_steps(values, _contributions(metric, shared))
    steps = [FoundStep(complete[step.position], step.change, step.p) for step in found]
    return _Followed(figures, steps, None, notes)


def _aligned(run: Run, name: str, latest: Columns) -> Answers:
    """Return a detector's answers in the order of another run's images."""
    columns = run.columns
    return columns.detector(name).take(columns.positions_of(latest.paths))


def _notes(runs: Sequence[Run], left_out: int) -> list[str]:
    notes = []
    if len({run.results.dataset.labels_fingerprint for run in runs}) > 1:
        notes.append("labels changed on the way: those of the last run judge all of them")
    if any(run.manifest.request.prevalence is not None for run in runs):
        notes.append("judged at the set's own share of framed images, without --prevalence")
    if left_out:
        notes.append(f"{left_out:,} labelled images have no score in some run and are left out")
    return notes


def _contributions(metric: str, shared: _Shared) -> Floats:
    """Return what each group adds to a figure in each run, shape (runs, groups); see `paired_steps`."""
    if metric == "auc":
        return delong(shared.framed, shared.scores, shared.units).contributions
    framed, plain = shared.framed, ~shared.framed
    right = shared.right.astype(np.float64)
    if metric == "accuracy":
        parts = right / right.shape[1]
    elif metric == "recall":
        parts = right * framed / framed.sum()
    elif metric == "specificity":
        parts = right * plain / plain.sum()
    elif metric == "balanced_accuracy":
        parts = right * (framed / framed.sum() + plain / plain.sum()) / 2
    else:
        parts = (shared.scores - framed) ** 2 / shared.scores.shape[1]
    return group_sums(shared.units, parts)


# Figures that a machine gave: the run is the unit.


def _measured(
    runs: Sequence[Run], name: str, metric: str, read: Callable[[DetectorResult], Figure | None]
) -> _Followed:
    """Follow a time, a rate or an amount of memory; runs that did not measure it have none."""
    kind, _, other = metric.partition(":")
    if kind == LATENCY_RATIO:
        figures = [run.results.latency_ratio(name, other) for run in runs]
    else:
        figures = [
            read(run.results.detectors[name]) or Figure(value=None, reason="not measured") for run in runs
        ]
    known = [k for k, figure in enumerate(figures) if figure.value]
    if len(known) < statistics.RANK_MIN_RUNS:
        reason = (
            f"{len(known)} runs of one machine: a step in a figure that differs from session to session "
            f"shows from {statistics.RANK_MIN_RUNS} on"
        )
        return _Followed(figures, [], reason, [])
    logs = np.log(np.array([figures[k].value for k in known], dtype=np.float64))
    steps = [FoundStep(known[step.position], step.change, step.p) for step in statistics.rank_steps(logs)]
    return _Followed(figures, steps, None, [])
