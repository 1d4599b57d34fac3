"""What is written down beside the figures: request, set, machine, conditions, warnings."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from framejudge.bench.decide.misfit import find_misfit, in_words
from framejudge.bench.engine.survey import first_with_the_same_pixels
from framejudge.bench.engine.timing_record import LatencyRatio, TimingRecord
from framejudge.bench.figures.assess import Measured
from framejudge.bench.figures.latency import Performance, latency_ratios, measured_performance, throughput
from framejudge.bench.parts.blocks import Shard
from framejudge.bench.parts.collect import ScoringPass
from framejudge.bench.parts.labelled_columns import LabelledColumns
from framejudge.bench.run import DetectorRecord, Manifest, RepeatCheck, Request, Results, Run, folder
from framejudge.bench.run.columns import LABEL_NAMES
from framejudge.bench.run.manifest import SCHEMA
from framejudge.bench.run.results import Scalar
from framejudge.bench.timing import environment, noise
from framejudge.bench.timing.commit import describe_commit
from framejudge.bench.timing.timed import TimingPass
from framejudge.bench.worker.process import thread_environment
from framejudge.datasets.codes import Notice
from framejudge.datasets.codes import detectors as of_detectors
from framejudge.datasets.codes.sets import GENERATED, TWO_LABELS
from framejudge.datasets.images.fingerprint import UNREADABLE, contradictions, images_fingerprint
from framejudge.detectors.calibrated import read_calibration, seen_before
from framejudge.detectors.registry import DetectorSpec, file_hashes

DECODE, PREDICT = "decode", "predict"
"""Stages at which an image can fail."""

SAME_SCORE = 1e-3
"""Two scores of the same pixels may differ by so much: threads add up floats in any order."""


def open_record(
    request: Request,
    labelled: LabelledColumns,
    specs: Sequence[DetectorSpec],
    argv: Sequence[str],
    shard: Shard | None = None,
) -> Manifest:
    """Return run.json as it stands when a run begins."""
    return Manifest(
        schema=SCHEMA,
        version=environment.framejudge_version(),
        argv=list(argv),
        started=_now(),
        finished=None,
        request=request,
        dataset_root=labelled.root,
        images_fingerprint="",
        labels_fingerprint=labelled.labels_fingerprint,
        detectors={
            spec.name: DetectorRecord(
                target=spec.target,
                origin=spec.origin,
                files=file_hashes(spec),
                hashed="sources",
                calibration=spec.calibrations[0] if spec.calibrations else None,
            )
            for spec in specs
        },
        environment=_environment(request),
        run_id=new_run_id(),
        shard=None if shard is None else str(shard),
    )


def new_run_id() -> str:
    """Return what no other run has."""
    return str(uuid.uuid4())


def close_record(record: Manifest, results: Results) -> Manifest:
    """Return run.json as it stands when a run is done."""
    return replace(
        record,
        finished=_now(),
        images_fingerprint=results.dataset.images_fingerprint,
        labels_fingerprint=results.dataset.labels_fingerprint,
        environment=results.environment,
    )


def finish(place: Path, record: Manifest, results: Results) -> Run:
    """Write the figures and the finished run.json, and read the run back; what was said of it before goes."""
    if (place / folder.SO_FAR_FOLDER).is_dir():
        shutil.rmtree(place / folder.SO_FAR_FOLDER)
    folder.write_results(place, replace(results, run_id=record.run_id))
    folder.write_manifest(place, close_record(record, results))
    return Run.open(place)


def timing_record(record: Manifest, timing: TimingPass) -> TimingRecord:
    """Return what the timing pass came to."""
    performances = {
        name: measured_performance((), timed, record.request) for name, timed in timing.detectors.items()
    }
    return TimingRecord(
        run_id=record.run_id,
        performances=performances,
        latency_ratios=[
            LatencyRatio(a=a, b=b, ratio=ratio) for (a, b), ratio in latency_ratios(timing.detectors).items()
        ],
        environment=_conditions(timing),
        notices=_timing_warnings(record, performances, timing),
    )


def measured(
    record: Manifest, labelled: LabelledColumns, scoring: ScoringPass, timing: TimingRecord | None = None
) -> Measured:
    """Return what a run knows beside its columns."""
    timed = {} if timing is None else timing.performances
    performances = {
        answers.name: replace(
            timed.get(answers.name, Performance()),
            images_per_second=throughput(scoring.notes[answers.name].images_per_second),
        )
        for answers in scoring.columns.detectors
        if answers.failure is None
    }
    paths = scoring.columns.paths.to_pylist()
    digests = (digest or UNREADABLE for digest in scoring.digests)
    return Measured(
        name=labelled.name,
        generated=labelled.generated,
        drawn=labelled.drawn,
        twin_of=first_with_the_same_pixels(scoring.digests, len(labelled)),
        images_fingerprint=images_fingerprint(zip(paths, digests, strict=True)),
        labels_fingerprint=labelled.labels_fingerprint,
        performances=performances,
        latency_ratios={} if timing is None else timing.ratios,
        environment={**record.environment, **({} if timing is None else timing.environment)},
        notices=[
            *_warnings(labelled, scoring),
            *_thresholds_that_do_not_fit(record, scoring),
            *(() if timing is None else timing.notices),
        ],
    )


def _environment(request: Request) -> dict[str, Scalar]:
    return {
        **environment.describe_machine(),
        **describe_commit(),
        "load_average_before": noise.load_average(),
        **{f"timing.{name}": value for name, value in thread_environment(request.threads).items()},
    }


def _conditions(timing: TimingPass) -> dict[str, Scalar]:
    """Return what the timing pass found out about the machine and the harness, by name."""
    return {
        "pinned_cores": None if timing.cores is None else ",".join(map(str, timing.cores)),
        "timed_region_error_us": timing.overhead.timed_ns / 1e3,
        "overhead_per_call_us": timing.overhead.outside_ns / 1e3,
        "parent_cpu_fraction": timing.parent_cpu_fraction,
        "steal_fraction": timing.noise.steal_fraction,
        "busy_cores": timing.noise.busy_cores,
        "throttled_fraction": timing.noise.throttled_fraction,
    } | {f"warm_up_calls.{name}": one.warm_up_calls for name, one in timing.detectors.items()}


def _warnings(labelled: LabelledColumns, scoring: ScoringPass) -> list[Notice]:
    found = []
    if labelled.generated:
        found.append(
            GENERATED.says("the set was generated: these figures are no evidence about anyone's shop")
        )
    found += _contradictions(scoring)
    for answers in scoring.columns.detectors:
        name, notes = answers.name, scoring.notes[answers.name]
        if answers.failure is None and answers.threshold_source == "default":
            text = f"{name} brings no threshold: {answers.threshold} was assumed, fixed on no data"
            found.append(of_detectors.DEFAULT_THRESHOLD.says(text, about=name))
        if notes.batch_failure is not None:
            text = f"{name}: predict was used in place of predict_batch ({notes.batch_failure})"
            found.append(of_detectors.BATCH_NOT_USED.says(text, about=name))
        if notes.locate_failure is not None:
            text = f"{name}: locate failed on some images, whose frames are missed ({notes.locate_failure})"
            found.append(of_detectors.LOCATE_FAILED.says(text, about=name))
    return found


def _thresholds_that_do_not_fit(record: Manifest, scoring: ScoringPass) -> list[Notice]:
    """Say which thresholds are others' or were fitted on these very images."""
    found, columns = [], scoring.columns
    for answers in columns.detectors:
        name, used = answers.name, columns.judged(answers)
        file = record.detectors[name].calibration if name in record.detectors else None
        seen = (
            seen_before(read_calibration(Path(file)), scoring.digests) if file and Path(file).is_file() else 0
        )
        if seen:
            text = (
                f"{name} was calibrated on {seen:,} of these images: run on others to know what it is worth"
            )
            found.append(of_detectors.FITTED_ON_THESE.says(text, about=name))
        groups = columns.groups.codes[used]
        misfit = find_misfit(answers.scores[used], columns.framed[used], groups, answers.threshold)
        if misfit is not None:
            found.append(of_detectors.THRESHOLD_MISFIT.says(in_words(name, misfit), about=name))
    return found


def _contradictions(scoring: ScoringPass) -> list[Notice]:
    columns = scoring.columns
    labels = [LABEL_NAMES.get(code) for code in columns.labels.tolist()]
    pairs = contradictions(labels, scoring.digests)
    if not pairs:
        return []
    first, other = pairs[0]
    whose = "1 image has" if len(pairs) == 1 else f"{len(pairs):,} images have"
    return [
        TWO_LABELS.says(
            f"{whose} the same pixels as another image and the other label (the first: "
            f"{columns.path(other)!r}, {labels[other]}, and {columns.path(first)!r}, {labels[first]}): no "
            "detector can be right about both; see `bench dataset audit`"
        )
    ]


def _timing_warnings(
    record: Manifest, performances: Mapping[str, Performance], timing: TimingPass
) -> list[Notice]:
    """Return what makes the latencies less sure: detectors that keep their scores, and a noisy machine."""
    load = record.environment.get("load_average_before")
    busy_before = noise.load_warning(
        load if isinstance(load, float) else None, len(environment.available_cores())
    )
    found = [said for name, one in performances.items() for said in _repeat_warnings(name, one.repeat_check)]
    governor = noise.governor_warning(str(record.environment.get("cpu_governor")))
    found += [said for said in (busy_before, governor) if said is not None]
    found += timing.noise.warnings(record.request.threads)
    for name, one in performances.items():
        spread = None if one.latency_ms is None else one.latency_ms.block_spread
        moved = None if spread is None else noise.block_warning(name, spread.spread, spread.by_chance)
        found += [] if moved is None else [moved]
    return found


def _repeat_warnings(name: str, check: RepeatCheck | None) -> list[Notice]:
    if check is None:
        return []
    found = []
    if check.keeps_answers:
        speedup = max(one.value or 0.0 for one in (check.speedup_again, check.speedup_seen))
        text = (
            f"{name} is {speedup:.1f} times as fast on an image that it has seen: it keeps its scores, and "
            "its latencies do not hold for new images; switch its cache off and run again"
        )
        found.append(of_detectors.KEEPS_ANSWERS.says(text, about=name))
    if check.score_spread is not None and check.score_spread > SAME_SCORE:
        text = (
            f"{name} gives the same image scores that are up to {check.score_spread:.2g} apart: they depend "
            "on the order of calls or on chance, and so do all figures of it"
        )
        found.append(of_detectors.SCORES_VARY.says(text, about=name))
    return found


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
