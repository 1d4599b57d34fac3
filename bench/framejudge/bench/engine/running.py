"""The main job: score every image once, time the detectors in turns, judge, and write it all down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from framejudge.bench import limits
from framejudge.bench.decide.terms import check_decision
from framejudge.bench.engine import recording
from framejudge.bench.engine.error_log import Traces, write_error_logs
from framejudge.bench.engine.explaining import explain_all
from framejudge.bench.engine.pipeline.flow import Work, cannot_write
from framejudge.bench.engine.scoring import read_parts, score_all
from framejudge.bench.engine.survey import survey
from framejudge.bench.engine.tabulation import labelled_columns, timings_table
from framejudge.bench.engine.thumbnails import choose, make_thumbnails
from framejudge.bench.engine.timing_record import TimingRecord, read_timing, write_timing
from framejudge.bench.figures.assess import assess
from framejudge.bench.parts.blocks import Shard
from framejudge.bench.parts.collect import ScoringPass
from framejudge.bench.parts.labelled_columns import LabelledColumns
from framejudge.bench.parts.store import PartStore
from framejudge.bench.run import Manifest, Request, Run, folder
from framejudge.bench.run.columns import Columns, by_position
from framejudge.bench.run.predictions import predictions_table
from framejudge.bench.timing.environment import available_cores
from framejudge.bench.timing.open_loop import parse_arrivals
from framejudge.bench.timing.turns import time_in_turns
from framejudge.bench.worker.ends import ended_the_process
from framejudge.bench.worker.limits import Limits
from framejudge.datasets.errors import InputError
from framejudge.datasets.progress import Progress, Silence
from framejudge.datasets.table.sample import Dataset
from framejudge.detectors.registry import DetectorSpec


def run(
    request: Request,
    dataset: Dataset,
    specs: Sequence[DetectorSpec],
    place: Path,
    *,
    argv: Sequence[str] = (),
    progress: Progress | None = None,
) -> Run:
    """Score every image once, time the detectors in turns, judge, and write it all down.

    Every file is written as soon as its content is known, and every answer soon after it came, so that a run
    that ends early can go on.

    Parameters
    ----------
    place
        A folder that `folder.claim` has made room in.
    argv
        The command line, for the record.

    Raises
    ------
    InputError
        For a request that `check` refuses, and when something cannot be written.
    """
    check(request)
    record, work = begin(request, dataset, specs, place, argv=argv)
    return complete(place, record, dataset, specs, work, progress=progress or Silence())


def begin(
    request: Request,
    dataset: Dataset,
    specs: Sequence[DetectorSpec],
    place: Path,
    *,
    argv: Sequence[str] = (),
    shard: Shard | None = None,
) -> tuple[Manifest, Work]:
    """Write down what was asked, and return it with all the work that there is.

    Raises
    ------
    InputError
        When it cannot be written.
    """
    labelled = labelled_columns(dataset)
    record = recording.open_record(request, labelled, specs, argv, shard)
    folder.write_manifest(place, record)
    store = PartStore.below(place)
    keep_set(store, labelled)
    return record, read_parts(labelled, specs, store, shard=shard)


def keep_set(store: PartStore, labelled: LabelledColumns) -> None:
    """Write down the set that a run is about.

    Raises
    ------
    InputError
        When it cannot be written.
    """
    try:
        store.write_set(labelled)
    except OSError as problem:
        raise cannot_write(store, problem) from problem


def complete(
    place: Path,
    record: Manifest,
    dataset: Dataset,
    specs: Sequence[DetectorSpec],
    work: Work,
    *,
    progress: Progress,
    timed: bool = True,
) -> Run:
    """Do what is missing of a run, and write down all that it comes to.

    Parameters
    ----------
    timed
        Whether detectors are timed, where that was asked for and has not been done.

    Raises
    ------
    InputError
        When something cannot be written.
    """
    request, run_id = record.request, record.run_id
    record, scoring = score(place, record, specs, work, progress=progress)
    write_error_logs(place, _traces(scoring, work))
    limits = Limits.of(request)
    columns = explain_all(work.labelled, specs, scoring, work=work, limits=limits, progress=progress)
    folder.write_predictions(place, predictions_table(columns), run_id)

    timing = _timing(place, record, specs, columns, work.labelled, progress, timed=timed)

    shown = choose(columns)
    folder.write_thumbnails(place, make_thumbnails(dataset, shown), run_id)
    folder.write_images(place, survey(dataset, columns, scoring.digests, also=shown), run_id)

    results = assess(columns, recording.measured(record, work.labelled, scoring, timing), request)
    return recording.finish(place, record, results)


def _traces(scoring: ScoringPass, work: Work) -> dict[str, Traces]:
    """Return where each detector raised or crashed first, what it failed for before all."""
    return {
        name: [*(("", text) for text in [work.tracebacks.get(name)] if text), *notes.traces]
        for name, notes in scoring.notes.items()
    }


def score(
    place: Path, record: Manifest, specs: Sequence[DetectorSpec], work: Work, *, progress: Progress
) -> tuple[Manifest, ScoringPass]:
    """Score what is missing, and write down which detectors could not go on.

    Raises
    ------
    InputError
        When something cannot be written.
    """
    scoring = score_all(work, specs, limits=Limits.of(record.request), progress=progress)
    if record.failures != work.failures:
        record = replace(record, failures=dict(work.failures))
        folder.write_manifest(place, record)
    return record, scoring


def check(request: Request) -> None:
    """Refuse what makes no sense, or what this machine cannot do.

    Raises
    ------
    InputError
        For more threads than there are cores, a prevalence outside (0, 1), costs or a budget that are
        none, no time at all, or a rate or a bound that is none.
    """
    cores = len(available_cores())
    if not 1 <= request.threads <= cores:
        raise InputError(
            f"{request.threads} threads, and this process may use {cores} cores",
            where="--threads",
            fix=f"give 1 to {cores}",
        )
    if not 0 < request.timeout_s <= limits.WEEK_S:
        raise InputError(
            f"{request.timeout_s:g} s cannot be waited for",
            where="--timeout",
            fix=f"give more than 0 and at most {limits.WEEK_S:,.0f} s",
        )
    if not 0 <= request.min_seconds <= limits.WEEK_S:
        raise InputError(
            f"{request.min_seconds:g} s cannot be timed",
            where="--min-seconds",
            fix=f"give 0 to {limits.WEEK_S:,.0f} s",
        )
    if request.p99_under_ms is not None and not 0 < request.p99_under_ms <= limits.P99_MS:
        raise InputError(
            f"{request.p99_under_ms:g} ms is no bound",
            where="--p99-under",
            fix=f"give more than 0 and at most {limits.P99_MS:,.0f} ms",
        )
    for what, given, most in (("calls", request.calls, limits.CALLS), ("seed", request.seed, limits.SEED)):
        if not 0 <= given <= most:
            raise InputError(f"{given:,}", where=f"--{what}", fix=f"give 0 to {most:,}")
    check_decision(request)
    parse_arrivals(request.arrivals)


def _timing(
    place: Path,
    record: Manifest,
    specs: Sequence[DetectorSpec],
    columns: Columns,
    labelled: LabelledColumns,
    progress: Progress,
    *,
    timed: bool,
) -> TimingRecord | None:
    """Return what the timing pass came to: what is stored of it, or what it comes to now.

    None where that was not asked for or there is nothing to time. It is done as a whole or not at all: what
    it compares has to be measured in turns.
    """
    request = record.request
    able = [spec for spec in specs if columns.detector(spec.name).failure is None]
    # Nobody has seen the pixels of an image without a size.
    ended = {
        position
        for answers in columns.detectors
        for position, why in by_position(answers.errors).items()
        if ended_the_process(why)
    }
    known: list[int] = np.flatnonzero(columns.labelled & (columns.sizes[:, 0] > 0)).tolist()
    usable = [k for k in known if k not in ended]  # one that ends a process would end the timing, too
    stored = read_timing(place, record.run_id)
    if stored is not None and stored.performances.keys() == {spec.name for spec in able}:
        return stored
    if not timed or not request.calls or not able or not usable:
        folder.write_timings(place, timings_table(columns, None), record.run_id)
        return None
    timing = time_in_turns(able, {k: labelled.file(k) for k in usable}, request, progress)
    folder.write_timings(place, timings_table(columns, timing), record.run_id)
    found = recording.timing_record(record, timing)
    write_timing(place, found)
    return found
