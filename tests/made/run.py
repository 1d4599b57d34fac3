"""The factory of made-up runs: scores and times in, a run's folder with their true figures out."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute
from PIL import Image

from framejudge.bench.figures.assess import Measured, assess
from framejudge.bench.figures.latency import Performance, latency_ratios, measured_performance
from framejudge.bench.run import (
    DetectorRecord,
    Figure,
    Manifest,
    Request,
    Results,
    Run,
    folder,
    manifest,
    tables,
)
from framejudge.bench.run.columns import Answers, Columns, by_position, texts_at
from framejudge.bench.run.predictions import predictions_table
from framejudge.bench.run.results import Scalar
from framejudge.bench.timing.timed import Calls, Timed
from framejudge.datasets.codes import uncoded

FINGERPRINT = "3f" * 32
STARTED = "2026-11-21T10:15:00+00:00"
MACHINE: Mapping[str, Scalar] = {"cpu": "Some CPU @ 2.60GHz", "cores": 2, "cores_available": 2}
ENVIRONMENT: Mapping[str, Scalar] = {
    **MACHINE,
    "framejudge": "0.1.0",
    "python": "3.11.9",
    "platform": "Linux-6.1-x86_64",
    "memory_mib": 16000,
    "numpy": "2.1.0",
    "pinned_cores": "1",
    "timer_resolution_ns": 41,
    "timed_region_error_us": 0.11,
    "overhead_per_call_us": 0.4,
    "load_average_before": 0.2,
}
BLOCK_CALLS = 25


def write_run(
    place: Path,
    columns: Columns,
    times: Mapping[str, npt.NDArray[np.int64]] | None = None,
    *,
    performances: Mapping[str, Performance] | None = None,
    ratios: Mapping[tuple[str, str], Figure] | None = None,
    name: str = "made up",
    generated: bool = True,
    fingerprint: str = FINGERPRINT,
    environment: Mapping[str, Scalar] = ENVIRONMENT,
    warnings: Sequence[str] = (),
    started: str = STARTED,
    files: Mapping[str, Mapping[str, str]] | None = None,
    thumbnails: Iterable[tuple[int, Image.Image]] = (),
    looks: pa.Table | None = None,
) -> Path:
    """Write the folder of a run.

    Parameters
    ----------
    times
        Nanoseconds of each detector's calls, all on the readable images in turn; of shape (calls,), or
        (calls, 2) for a detector with the stages prepare and infer.
    performances
        What detectors cost, in place of what their times say.
    ratios
        Of the latencies of two detectors, in place of what their times say.
    files
        Hashes of each detector's files by its name; one file where it is not there.
    thumbnails
        Pictures with the positions of their images.
    looks
        What images are like, as `made.looks` makes it.
    """
    names = [one.name for one in columns.detectors]
    timed = {detector: _timed(nanoseconds) for detector, nanoseconds in (times or {}).items()}
    request = Request(
        detectors=names, calls=max((len(one.calls.blocks) for one in timed.values()), default=0)
    )
    measured = Measured(
        name=name,
        generated=generated,
        images_fingerprint=fingerprint,
        labels_fingerprint="a1" * 32,
        performances={
            **{detector: measured_performance([700.0] * 8, one, request) for detector, one in timed.items()},
            **(performances or {}),
        },
        latency_ratios={**latency_ratios(timed), **(ratios or {})},
        environment=environment,
        notices=[uncoded(text) for text in warnings],
    )
    folder.claim(place, force=False)
    folder.write_manifest(place, _manifest(request, fingerprint, environment, started, files or {}))
    folder.write_predictions(place, predictions_table(columns))
    folder.write_timings(place, _timings(columns, timed))
    folder.write_thumbnails(place, _thumbnails(columns, thumbnails))
    folder.write_images(place, tables.IMAGES.empty_table() if looks is None else looks)
    folder.write_results(place, assess(columns, measured, request))
    return place


def edit_results(place: Path, **fields: object) -> Results:
    """Write other figures into a run's folder, with the rest of it about the same; return all of them."""
    before = Run.open(place)
    results = replace(before.results, **fields)  # type: ignore[arg-type]
    table = before.predictions
    folder.write_predictions(
        place, table.filter(pa.compute.is_in(table["detector"], pa.array(list(results.detectors))))
    )
    folder.write_results(place, results)
    folder.write_manifest(
        place,
        replace(
            before.manifest,
            images_fingerprint=results.dataset.images_fingerprint,
            labels_fingerprint=results.dataset.labels_fingerprint,
            detectors={name: before.manifest.detectors[name] for name in results.detectors},
        ),
    )
    return results


def failed(name: str, images: int, failure: str) -> Answers:
    """Return the answers of a detector that failed before it gave any."""
    errors = texts_at(dict.fromkeys(range(images), failure), images)
    return Answers(name, np.full(images, np.nan), failure=failure, errors=errors)


def unreadable(columns: Columns, errors: Mapping[int, str]) -> Columns:
    """Return the images of which some, by position, cannot be decoded; detectors give these no score."""
    lost = np.isin(np.arange(len(columns)), list(errors))
    detectors = [
        replace(
            one,
            scores=np.where(lost, np.nan, one.scores),
            errors=texts_at(by_position(one.errors) | errors, len(columns)),
        )
        for one in columns.detectors
    ]
    return replace(columns, unreadable=texts_at(errors, len(columns))).answered(detectors)


def _timed(nanoseconds: npt.NDArray[np.int64]) -> Timed:
    stages = {"predict": nanoseconds}
    if nanoseconds.ndim > 1:
        prepare, infer = nanoseconds.T
        stages = {"predict": prepare + infer, "prepare": prepare, "infer": infer}
    calls = np.arange(len(nanoseconds))
    made = Calls(stages, calls, calls // BLOCK_CALLS, loop_ns=int(stages["predict"].sum()))
    return Timed(made, load_ns=310_000_000, first_call_ns=12_500_000, peak_memory_kib=140 * 1024)


def _manifest(
    request: Request,
    fingerprint: str,
    environment: Mapping[str, Scalar],
    started: str,
    files: Mapping[str, Mapping[str, str]],
) -> Manifest:
    one_file = {"weights": "0c" * 32}
    return Manifest(
        schema=manifest.SCHEMA,
        version="0.1.0",
        argv=["bench", "run", "--detectors", ",".join(request.detectors)],
        started=started,
        finished="2026-11-21T10:16:10+00:00",
        request=request,
        dataset_root="/home/someone/pictures/<b>made up</b>",
        images_fingerprint=fingerprint,
        labels_fingerprint="a1" * 32,
        detectors={
            name: DetectorRecord(
                target=f"some.package:{name}", origin="built-in", files=files.get(name, one_file)
            )
            for name in request.detectors
        },
        environment=environment,
    )


def _timings(columns: Columns, timed: Mapping[str, Timed]) -> pa.Table:
    lost = by_position(columns.unreadable)
    paths = [columns.path(image) for image in range(len(columns)) if image not in lost]
    parts = [tables.TIMINGS.empty_table()]
    for name, one in timed.items():
        count = len(one.calls.positions)
        for stage, nanoseconds in one.calls.stages.items():
            part = {
                "detector": [name] * count,
                "path": [paths[call % len(paths)] for call in range(count)],
                "block": one.calls.blocks,
                "stage": [stage] * count,
                "nanoseconds": nanoseconds,
            }
            parts.append(pa.table(part, schema=tables.TIMINGS))
    return pa.concat_tables(parts)


def _thumbnails(columns: Columns, pictures: Iterable[tuple[int, Image.Image]]) -> pa.Table:
    rows = []
    for image, picture in pictures:
        encoded = io.BytesIO()
        picture.save(encoded, "JPEG", quality=80)
        size = {"width": picture.width, "height": picture.height}
        rows.append({"path": columns.path(image), "jpeg": encoded.getvalue(), **size})
    return pa.Table.from_pylist(rows, schema=tables.THUMBNAILS)
