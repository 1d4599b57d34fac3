"""The main job: score every image once, time the detectors in turns, judge, and write it all down."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from framejudge.bench import limits
from framejudge.bench.decide.terms import check_decision
from framejudge.bench.engine import recording
from framejudge.bench.engine.explaining import explain_all
from framejudge.bench.engine.scoring import score_all
from framejudge.bench.engine.survey import survey
from framejudge.bench.engine.tabulation import timings_table
from framejudge.bench.engine.thumbnails import choose, make_thumbnails
from framejudge.bench.figures.assess import assess
from framejudge.bench.run import Request, Run, folder
from framejudge.bench.run.columns import Columns
from framejudge.bench.run.predictions import predictions_table
from framejudge.bench.timing.environment import available_cores
from framejudge.bench.timing.open_loop import parse_arrivals
from framejudge.bench.timing.timed import TimingPass
from framejudge.bench.timing.turns import time_in_turns
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

    Every file is written as soon as its content is known, so that an interrupted run keeps what it had.

    Parameters
    ----------
    place
        A folder that `folder.claim` has made room in.
    argv
        The command line, for the record.

    Raises
    ------
    InputError
        For a request that `check` refuses.
    """
    progress = progress or Silence()
    check(request)
    record = recording.open_record(request, dataset, specs, argv)
    folder.write_manifest(place, record)

    scoring = score_all(dataset, specs, limits=Limits.of(request), progress=progress)
    folder.write_predictions(place, predictions_table(scoring.columns))
    columns = explain_all(dataset, specs, scoring, request, progress)
    folder.write_predictions(place, predictions_table(columns))

    timing = _time(request, dataset, specs, columns, progress)
    folder.write_timings(place, timings_table(dataset, timing))

    shown = choose(columns)
    folder.write_thumbnails(place, make_thumbnails(dataset, shown))
    folder.write_images(place, survey(dataset, columns, scoring.digests, also=shown))

    results = assess(columns, recording.measured(record, dataset, scoring, timing), request)
    return recording.finish(place, record, results)


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


def _time(
    request: Request,
    dataset: Dataset,
    specs: Sequence[DetectorSpec],
    columns: Columns,
    progress: Progress,
) -> TimingPass | None:
    """Time the detectors that scored; None where that was not asked for or there is nothing to time."""
    able = [spec for spec in specs if columns.detector(spec.name).failure is None]
    # Nobody has seen the pixels of an image without a size.
    usable: list[int] = np.flatnonzero(columns.labelled & (columns.sizes[:, 0] > 0)).tolist()
    if not request.calls or not able or not usable:
        return None
    images = {k: os.fspath(dataset.locate(dataset.samples[k]).absolute()) for k in usable}
    return time_in_turns(able, images, request, progress)
