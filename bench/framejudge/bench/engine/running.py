"""The main job: score every image once, time the detectors in turns, judge, and write it all down."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from framejudge.bench.engine import recording, tabulation
from framejudge.bench.engine.explaining import explain_all
from framejudge.bench.engine.scoring import Images, Scores, ScoringPass, score_all
from framejudge.bench.engine.thumbnails import choose, make_thumbnails
from framejudge.bench.figures import latency, quality
from framejudge.bench.figures.localisation import BoxTruth, judge_boxes
from framejudge.bench.figures.quality import Truth
from framejudge.bench.run import Boxes, DetectorResult, Manifest, Request, Results, Run, folder
from framejudge.bench.timing.environment import available_cores
from framejudge.bench.timing.open_loop import parse_arrivals
from framejudge.bench.timing.timed import TimingPass
from framejudge.bench.timing.turns import time_in_turns
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

    scoring = score_all(dataset, specs, timeout_s=request.timeout_s, progress=progress)
    folder.write_predictions(place, tabulation.predictions_table(dataset, scoring))
    truth, box_truth = Truth.of(dataset), BoxTruth.of(dataset)
    explanations = explain_all(dataset, specs, truth, scoring, timeout_s=request.timeout_s, progress=progress)
    if explanations:
        folder.write_predictions(place, tabulation.predictions_table(dataset, scoring, explanations))

    timing = _time(request, dataset, specs, scoring, progress)
    folder.write_timings(place, tabulation.timings_table(dataset, timing))

    chosen = choose(truth, scoring.detectors, box_truth)
    folder.write_thumbnails(place, make_thumbnails(dataset, chosen))

    results = _judge(record, dataset, truth, box_truth, scoring, timing)
    folder.write_results(place, results)
    folder.write_manifest(place, recording.close_record(record, results))
    return Run.open(place)


def check(request: Request) -> None:
    """Refuse what makes no sense, or what this machine cannot do.

    Raises
    ------
    InputError
        For more threads than there are cores, a prevalence outside (0, 1), no time at all, or a rate or a
        bound that is none.
    """
    cores = len(available_cores())
    if not 1 <= request.threads <= cores:
        raise InputError(
            f"{request.threads} threads, and this process may use {cores} cores",
            where="--threads",
            fix=f"give 1 to {cores}",
        )
    if request.prevalence is not None and not 0 < request.prevalence < 1:
        raise InputError(
            f"{request.prevalence:g} is no share of framed images",
            where="--prevalence",
            fix="give a number between 0 and 1, for example 0.03",
        )
    if not 0 < request.timeout_s < float("inf"):
        raise InputError(
            f"{request.timeout_s:g} s cannot be waited for", where="--timeout", fix="give a positive number"
        )
    if not 0 <= request.min_seconds < float("inf"):
        raise InputError(
            f"{request.min_seconds:g} s cannot be timed", where="--min-seconds", fix="give 0 or more"
        )
    if request.p99_under_ms is not None and not 0 < request.p99_under_ms < float("inf"):
        raise InputError(
            f"{request.p99_under_ms:g} ms is no bound", where="--p99-under", fix="give a positive number"
        )
    parse_arrivals(request.arrivals)


def _time(
    request: Request,
    dataset: Dataset,
    specs: Sequence[DetectorSpec],
    scoring: ScoringPass,
    progress: Progress,
) -> TimingPass | None:
    """Time the detectors that scored; None where that was not asked for or there is nothing to time."""
    able = [spec for spec in specs if scoring.detectors[spec.name].failure is None]
    usable = [
        k
        for k, sample in enumerate(dataset)
        if sample.label is not None and k not in scoring.images.unreadable
    ]
    if not request.calls or not able or not usable:
        return None
    images = {k: os.fspath(dataset.locate(dataset.samples[k]).absolute()) for k in usable}
    return time_in_turns(able, images, request, progress)


def _judge(
    record: Manifest,
    dataset: Dataset,
    truth: Truth,
    box_truth: BoxTruth,
    scoring: ScoringPass,
    timing: TimingPass | None,
) -> Results:
    """Turn scores and times into figures."""
    request = record.request
    detectors: dict[str, DetectorResult] = {}
    for name, scores in scoring.detectors.items():
        result = quality.judge(truth, scores, request.prevalence)
        result = latency.with_throughput(result, scores)
        if timing is not None and name in timing.detectors:
            result = latency.with_latency(
                result,
                timing.detectors[name],
                request.threads,
                per_second=parse_arrivals(request.arrivals),
                p99_under_ms=request.p99_under_ms,
            )
        boxes = _judge_boxes(box_truth, scores, scoring.images)
        detectors[name] = replace(result, boxes=boxes, errors=recording.errors_of(dataset, scores))
    ratios = {} if timing is None else latency.latency_ratios(timing.detectors)
    return recording.results(
        record,
        dataset,
        scoring,
        timing,
        detectors=detectors,
        comparisons=quality.compare(truth, scoring.detectors, ratios),
        slices=quality.slices(truth, scoring.detectors),
    )


def _judge_boxes(truth: BoxTruth, scores: Scores, images: Images) -> Boxes | None:
    if scores.boxes is None or scores.failure is not None:
        return None
    return judge_boxes(truth, scores.boxes, np.isfinite(scores.scores), images.sizes.astype(np.float64))
