"""A small run as the base of a plan: its detectors, each two of them, or two versions of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from framejudge.bench.decide.pilot import PairPilot
from framejudge.bench.decide.planning import Subject
from framejudge.bench.decide.sample_size import group_size, intraclass_correlation
from framejudge.bench.run import Run
from framejudge.bench.run.columns import Answers, Booleans, Columns
from framejudge.bench.statistics.proportions import proportion
from framejudge.datasets.errors import InputError


def subjects_of(run: Run, before: Run | None = None, names: Sequence[str] = ()) -> list[Subject]:
    """Return what a plan can be about: each detector, each two of them, and each beside its version before.

    Parameters
    ----------
    before
        An earlier run on the same images, for the plan of a gate.
    names
        Detectors; all that did not fail where it is empty.

    Raises
    ------
    InputError
        For a name that is not in the run, a run without a labelled and scored image, or runs on other images.
    """
    chosen = _chosen(run, names)
    columns = run.columns
    answers = [columns.detector(name) for name in chosen if columns.judged(columns.detector(name)).any()]
    if not answers:
        raise InputError(
            "no image with a label has a score: there is nothing to plan from",
            where=run.folder,
            fix="give a run over a labelled set",
        )
    found = [_alone(columns, one) for one in answers]
    found += [_pair(run, a, b) for a, b in combinations(answers, 2) if _both(columns, a, b).any()]
    return found if before is None else [*found, *_changes(run, before, answers)]


def _chosen(run: Run, names: Sequence[str]) -> list[str]:
    complete = [name for name, one in run.results.detectors.items() if one.status == "complete"]
    for name in names:
        if name not in complete:
            what = f"{name!r} is not in the run" if name not in run.results.detectors else f"{name} failed"
            raise InputError(what, where=run.folder, fix=f"there are: {', '.join(complete) or 'none'}")
    return list(names) or complete


def _alone(columns: Columns, answers: Answers) -> Subject:
    judged = columns.judged(answers)
    right = answers.says_framed[judged] == columns.framed[judged]
    groups = columns.groups.codes[judged]
    return Subject(
        name=answers.name,
        accuracy=proportion(right, groups),
        group_size=group_size(groups, len(right)),
        correlation=intraclass_correlation(right.astype(np.float64), groups),
    )


def _pair(run: Run, a: Answers, b: Answers) -> Subject:
    columns = run.columns
    both = _both(columns, a, b)
    right_a, right_b = (one.says_framed[both] == columns.framed[both] for one in (a, b))
    pilot = PairPilot.of(right_a, right_b, columns.groups.codes[both])
    subject = Subject.of_pair(f"{a.name}, {b.name}", pilot)
    ratio, latency = run.results.latency_ratio(a.name, b.name), run.results.detectors[a.name].latency_ms
    if ratio.value is None or latency is None or not ratio.n:
        return subject
    return replace(subject, latency_ratio=ratio, calls_of_a_block=latency.calls / ratio.n)


def _changes(run: Run, before: Run, answers: Sequence[Answers]) -> list[Subject]:
    old, new = before.results.dataset, run.results.dataset
    if old.images_fingerprint != new.images_fingerprint:
        raise InputError(
            "the two runs are not on the same images",
            where=before.folder,
            fix="run both versions on one set",
        )
    columns = run.columns
    was = before.columns.take(before.columns.positions_of(columns.paths))
    found = []
    for now in answers:
        if now.name not in before.results.detectors:
            continue
        then = was.detector(now.name)
        both = columns.judged(now) & then.scored
        if both.any():
            right_now, right_then = (one.says_framed[both] == columns.framed[both] for one in (now, then))
            pilot = PairPilot.of(right_now, right_then, columns.groups.codes[both])
            found.append(Subject.of_pair(f"{now.name}, now and before", pilot, is_change=True))
    return found


def _both(columns: Columns, a: Answers, b: Answers) -> Booleans:
    return np.asarray(columns.judged(a) & b.scored)
