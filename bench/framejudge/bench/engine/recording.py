"""What is written down beside the figures: request, set, machine, conditions, warnings."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from framejudge.bench.engine.scoring import Images, Scores, ScoringPass
from framejudge.bench.figures.slices import weakest_slices
from framejudge.bench.run import (
    Comparison,
    DatasetSummary,
    DetectorRecord,
    DetectorResult,
    ImageError,
    Manifest,
    RepeatCheck,
    Request,
    Results,
    SliceResult,
)
from framejudge.bench.run.manifest import SCHEMA as MANIFEST_SCHEMA
from framejudge.bench.run.results import SCHEMA as RESULTS_SCHEMA
from framejudge.bench.run.results import Scalar
from framejudge.bench.timing import environment, noise
from framejudge.bench.timing.commit import describe_commit
from framejudge.bench.timing.timed import TimingPass
from framejudge.bench.worker.process import thread_environment
from framejudge.datasets.images.fingerprint import UNREADABLE, images_fingerprint, labels_fingerprint
from framejudge.datasets.table.sample import Dataset
from framejudge.detectors.protocol import DEFAULT_THRESHOLD
from framejudge.detectors.registry import DetectorSpec, file_hashes

DECODE, PREDICT = "decode", "predict"
"""Stages at which an image can fail."""

SAME_SCORE = 1e-3
"""Two scores of the same pixels may differ by so much: threads add up floats in any order."""


def open_record(
    request: Request, dataset: Dataset, specs: Sequence[DetectorSpec], argv: Sequence[str]
) -> Manifest:
    """Return run.json as it stands when a run begins."""
    return Manifest(
        schema=MANIFEST_SCHEMA,
        version=environment.framejudge_version(),
        argv=list(argv),
        started=_now(),
        finished=None,
        request=request,
        dataset_root=os.fspath(dataset.root.absolute()),
        images_fingerprint="",
        labels_fingerprint="",
        detectors={
            spec.name: DetectorRecord(target=spec.target, origin=spec.origin, files=file_hashes(spec))
            for spec in specs
        },
        environment=_environment(request),
    )


def close_record(record: Manifest, results: Results) -> Manifest:
    """Return run.json as it stands when a run is done."""
    return replace(
        record,
        finished=_now(),
        images_fingerprint=results.dataset.images_fingerprint,
        labels_fingerprint=results.dataset.labels_fingerprint,
        environment=results.environment,
    )


def results(
    record: Manifest,
    dataset: Dataset,
    scoring: ScoringPass,
    timing: TimingPass | None,
    *,
    detectors: Mapping[str, DetectorResult],
    comparisons: list[Comparison],
    slices: list[SliceResult],
) -> Results:
    """Put the figures together with what they were measured on and under which conditions."""
    summary = _summary(dataset, scoring.images)
    return Results(
        schema=RESULTS_SCHEMA,
        dataset=summary,
        detectors=detectors,
        comparisons=comparisons,
        slices=slices,
        unreadable=_image_errors(dataset, scoring.images.unreadable, DECODE),
        environment={**record.environment, **_conditions(timing)},
        warnings=[
            *_warnings(record.request, summary, scoring),
            *([] if timing is None else _timing_warnings(record, detectors, timing)),
        ],
        weakest_slices=weakest_slices(slices),
    )


def errors_of(dataset: Dataset, scores: Scores) -> list[ImageError]:
    """Return the readable images that a detector gave no score."""
    return _image_errors(dataset, scores.errors, PREDICT)


def _image_errors(dataset: Dataset, errors: Mapping[int, str], stage: str) -> list[ImageError]:
    return [
        ImageError(path=dataset.samples[k].path, stage=stage, message=why)
        for k, why in sorted(errors.items())
    ]


def _summary(dataset: Dataset, images: Images) -> DatasetSummary:
    labels = [sample.label for sample in dataset]
    digests = (
        (sample.path, digest or UNREADABLE) for sample, digest in zip(dataset, images.digests, strict=True)
    )
    return DatasetSummary(
        name=dataset.name,
        images_fingerprint=images_fingerprint(digests),
        labels_fingerprint=labels_fingerprint(dataset),
        images=len(dataset),
        framed=labels.count("framed"),
        plain=labels.count("plain"),
        undecided=labels.count(None),
        unreadable=len(images.unreadable),
        groups=len({sample.group for sample in dataset}),
        generated=dataset.generated,
    )


def _environment(request: Request) -> dict[str, Scalar]:
    return {
        **environment.describe_machine(),
        **describe_commit(),
        "load_average_before": noise.load_average(),
        **{f"timing.{name}": value for name, value in thread_environment(request.threads).items()},
    }


def _conditions(timing: TimingPass | None) -> dict[str, Scalar]:
    """Return what the timing pass found out about the machine and the harness, by name."""
    if timing is None:
        return {}
    return {
        "pinned_cores": None if timing.cores is None else ",".join(map(str, timing.cores)),
        "timed_region_error_us": timing.overhead.timed_ns / 1e3,
        "overhead_per_call_us": timing.overhead.outside_ns / 1e3,
        "parent_cpu_fraction": timing.parent_cpu_fraction,
        "steal_fraction": timing.noise.steal_fraction,
        "busy_cores": timing.noise.busy_cores,
        "throttled_fraction": timing.noise.throttled_fraction,
    } | {f"warm_up_calls.{name}": one.warm_up_calls for name, one in timing.detectors.items()}


def _warnings(request: Request, summary: DatasetSummary, scoring: ScoringPass) -> list[str]:
    found = []
    if summary.generated:
        found.append("the set was generated: these figures are no evidence about anyone's shop")
    for name, scores in scoring.detectors.items():
        if scores.failure is None and scores.threshold is None:
            found.append(f"{name} brings no threshold: {DEFAULT_THRESHOLD} was assumed, fixed on no data")
        if scores.batch_failure is not None:
            found.append(f"{name}: predict was used in place of predict_batch ({scores.batch_failure})")
        if scores.locate_failure is not None:
            found.append(
                f"{name}: locate failed on some images, whose frames are missed ({scores.locate_failure})"
            )
    return found


def _timing_warnings(
    record: Manifest, detectors: Mapping[str, DetectorResult], timing: TimingPass
) -> list[str]:
    """Return what makes the latencies less sure: detectors that keep their scores, and a noisy machine."""
    load = record.environment.get("load_average_before")
    busy_before = noise.load_warning(
        load if isinstance(load, float) else None, len(environment.available_cores())
    )
    found = [text for name, one in detectors.items() for text in _repeat_warnings(name, one.repeat_check)]
    governor = noise.governor_warning(str(record.environment.get("cpu_governor")))
    found += [text for text in (busy_before, governor) if text is not None]
    found += timing.noise.warnings(record.request.threads)
    for name, one in detectors.items():
        spread = None if one.latency_ms is None else one.latency_ms.block_spread
        text = None if spread is None else noise.block_warning(name, spread.spread, spread.by_chance)
        found += [] if text is None else [text]
    return found


def _repeat_warnings(name: str, check: RepeatCheck | None) -> list[str]:
    if check is None:
        return []
    found = []
    if check.keeps_answers:
        speedup = max(one.value or 0.0 for one in (check.speedup_again, check.speedup_seen))
        found.append(
            f"{name} is {speedup:.1f} times as fast on an image that it has seen: it keeps its scores, and "
            "its latencies do not hold for new images; switch its cache off and run again"
        )
    if check.score_spread is not None and check.score_spread > SAME_SCORE:
        found.append(
            f"{name} gives the same image scores that are up to {check.score_spread:.2g} apart: they depend "
            "on the order of calls or on chance, and so do all figures of it"
        )
    return found


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
