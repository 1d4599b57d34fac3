"""A stored run judged against corrected labels: the scores and times stay, what is said of them changes.

No detector runs. Labels decide about accuracy and its relatives, about every paired comparison of them and
about the slices; thresholds, latencies and errors are what they were.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from framejudge.bench.engine.scoring import Scores
from framejudge.bench.engine.tabulation import box_columns
from framejudge.bench.engine.thumbnails import choose, make_thumbnails
from framejudge.bench.figures import quality
from framejudge.bench.figures.localisation import BoxArray, BoxTruth, judge_boxes
from framejudge.bench.figures.quality import Truth
from framejudge.bench.figures.slices import weakest_slices
from framejudge.bench.run import Boxes, DetectorResult, Results, Run, folder
from framejudge.bench.run.manifest import Rejudgement
from framejudge.bench.run.tables import ATTRIBUTE_PREFIX
from framejudge.bench.run.verdicts import GATE_FILE
from framejudge.bench.timing.environment import available_cores
from framejudge.datasets.errors import InputError
from framejudge.datasets.images.decode import UnreadableImage, decode_image
from framejudge.datasets.images.fingerprint import (
    UNREADABLE,
    image_digest,
    images_fingerprint,
    labels_fingerprint,
)
from framejudge.datasets.progress import Progress, Silence
from framejudge.datasets.table.labels_table import read_samples
from framejudge.datasets.table.reading import read_dataset
from framejudge.datasets.table.sample import Dataset

BOX_SIDES = ("left", "top", "right", "bottom")


@dataclass(frozen=True, slots=True)
class CorrectedLabels:
    """Labels for the images of a run, in the run's order.

    Attributes
    ----------
    dataset
        The run's images with the labels, groups and attributes that they have now.
    source
        Where they were read.
    pixels_checked
        Whether the images were there too, and were those of the run.
    """

    dataset: Dataset
    source: Path
    pixels_checked: bool


def read_corrected(run: Run, source: Path, *, progress: Progress | None = None) -> CorrectedLabels:
    """Read the labels that a run is to be judged against, and check that they are of its images.

    Where the images lie beside the labels, they are decoded and compared with those of the run; a table alone
    is matched by paths.

    Parameters
    ----------
    source
        The folder of a labelled set, or a labels table.

    Raises
    ------
    InputError
        Where images are missing, too many, or not the ones that the detectors saw.
    """
    dataset = _read(source, run.results)
    paths = _paths(run)
    _check_same_paths(paths, dataset, source)
    by_path = {sample.path: sample for sample in dataset}
    ordered = replace(dataset, samples=tuple(by_path[path] for path in paths))
    there = [dataset.locate(sample).is_file() for sample in ordered]
    if any(there):
        _check_same_pixels(run.results, ordered, source, progress or Silence())
    return CorrectedLabels(ordered, source, pixels_checked=any(there))


def rejudge(run: Run, corrected: CorrectedLabels, place: Path) -> Run:
    """Write a run's folder anew, judged against corrected labels; the run itself stays as it is.

    Parameters
    ----------
    corrected
        What `read_corrected` returned for this run.
    place
        A folder that `folder.claim` has made room in.
    """
    dataset = corrected.dataset
    truth, box_truth = Truth.of(dataset), _box_truth(run.predictions, dataset)
    scores = _stored_scores(run, dataset)
    before, now = _labels(run.predictions), {sample.path: sample.label for sample in dataset}
    late = sum(label is None and now[path] is not None for path, label in before.items())
    results = _judged(run, corrected, truth, box_truth, scores, late)
    record = Rejudgement(
        run=os.fspath(run.folder.absolute()),
        labels=os.fspath(corrected.source.absolute()),
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        labels_changed=sum(now[path] != label for path, label in before.items()),
        labels_fingerprint_before=run.results.dataset.labels_fingerprint,
        accuracy_before={name: one.accuracy for name, one in run.results.detectors.items()},
        pixels_checked=corrected.pixels_checked,
    )
    (place / GATE_FILE).unlink(missing_ok=True)  # a verdict on other labels is none on these
    folder.write_predictions(place, _relabelled(run.predictions, dataset))
    folder.write_timings(place, run.timings)
    folder.write_thumbnails(place, _thumbnails(run, corrected, truth, box_truth, scores))
    folder.write_results(place, results)
    folder.write_manifest(
        place,
        replace(
            run.manifest,
            dataset_root=os.fspath(dataset.root.absolute())
            if corrected.pixels_checked
            else run.manifest.dataset_root,
            labels_fingerprint=results.dataset.labels_fingerprint,
            rejudged=record,
        ),
    )
    return Run.open(place)


def _read(source: Path, results: Results) -> Dataset:
    if source.is_dir():
        return read_dataset(source)
    if not source.is_file():
        fix = "give the folder of the labelled set, or its labels.csv"
        raise InputError("no such file or folder", where=source, fix=fix)
    return Dataset(results.dataset.name, source.parent, read_samples(source), results.dataset.generated)


def _paths(run: Run) -> list[str]:
    paths: list[str] = pc.unique(run.predictions["path"]).to_pylist()
    return paths


def _check_same_paths(paths: Sequence[str], dataset: Dataset, source: Path) -> None:
    scored, labelled = set(paths), {sample.path for sample in dataset}
    missing = [path for path in paths if path not in labelled]
    further = [sample.path for sample in dataset if sample.path not in scored]
    told = []
    if missing:
        told.append(
            f"{len(missing):,} of the run's {len(paths):,} images have no row (first: {missing[0]!r})"
        )
    if further:
        told.append(f"{len(further):,} rows are no images of the run (first: {further[0]!r})")
    if told:
        fix = "give the labels of the set that was scored, or run the detectors on this one"
        raise InputError("; ".join(told), where=source, fix=fix)


def _check_same_pixels(results: Results, dataset: Dataset, source: Path, progress: Progress) -> None:
    progress.begin("checking images", len(dataset))
    digests: list[tuple[str, str]] = []
    with ThreadPoolExecutor(len(available_cores())) as pool:
        for sample, digest in zip(dataset, pool.map(_digest, map(dataset.locate, dataset)), strict=True):
            digests.append((sample.path, digest))
            progress.advance(1)
    if images_fingerprint(digests) == results.dataset.images_fingerprint:
        return
    lost = sum(digest == UNREADABLE for _, digest in digests) - results.dataset.unreadable
    raise InputError(
        f"{lost:,} of the run's {len(dataset):,} images are missing or cannot be read any more"
        if lost > 0
        else "the images have other pixels than those that the detectors saw",
        where=source,
        fix="give the set as it was scored, its labels table without the images, or run the detectors again",
    )


def _digest(file: Path) -> str:
    try:
        return image_digest(decode_image(file))
    except UnreadableImage:
        return UNREADABLE


def _stored_scores(run: Run, dataset: Dataset) -> dict[str, Scores]:
    """Return what each detector said, in the order of the set."""
    position = {sample.path: k for k, sample in enumerate(dataset)}
    stored = {}
    for name, found in run.results.detectors.items():
        rows = run.predictions.filter(pc.equal(run.predictions["detector"], name))
        scores = np.full(len(dataset), np.nan)
        at = [position[path] for path in rows["path"].to_pylist()]
        scores[at] = pc.cast(rows["score"], pa.float64()).to_numpy(zero_copy_only=False)
        stored[name] = Scores(
            scores,
            errors={position[error.path]: error.message for error in found.errors},
            threshold=found.threshold if found.threshold_source == "tuned" else None,
            failure=_scoring_failure(found),
            boxes=_stored_boxes(rows, at, len(dataset)) if found.boxes is not None else None,
        )
    return stored


def _stored_boxes(rows: pa.Table, at: Sequence[int], images: int) -> BoxArray:
    boxes = np.full((images, 4), np.nan)
    for side, name in enumerate(BOX_SIDES):
        boxes[at, side] = pc.cast(rows[f"box_{name}"], pa.float64()).to_numpy(zero_copy_only=False)
    return boxes


def _scoring_failure(found: DetectorResult) -> str | None:
    """Return why a detector was not judged; one that failed while it was timed was."""
    return found.failure if found.status == "failed" and found.confusion is None else None


def _judged(
    run: Run,
    corrected: CorrectedLabels,
    truth: Truth,
    box_truth: BoxTruth,
    scores: Mapping[str, Scores],
    late: int,
) -> Results:
    old, dataset = run.results, corrected.dataset
    ratios = {(one.a, one.b): one.latency_ratio for one in old.comparisons}
    labels = [sample.label for sample in dataset]
    slices = quality.slices(truth, scores)
    return replace(
        old,
        dataset=replace(
            old.dataset,
            labels_fingerprint=labels_fingerprint(dataset),
            framed=labels.count("framed"),
            plain=labels.count("plain"),
            undecided=labels.count(None),
            groups=len({sample.group for sample in dataset}),
        ),
        detectors={
            name: replace(
                _with_quality(found, quality.judge(truth, scores[name], run.manifest.request.prevalence)),
                boxes=_judge_boxes(run, box_truth, scores[name], dataset),
            )
            for name, found in old.detectors.items()
        },
        comparisons=quality.compare(truth, scores, ratios),
        slices=slices,
        weakest_slices=weakest_slices(slices),
        warnings=[*old.warnings, *_warnings(corrected, late)],
    )


def _with_quality(found: DetectorResult, judged: DetectorResult) -> DetectorResult:
    return replace(
        found,
        accuracy=judged.accuracy,
        balanced_accuracy=judged.balanced_accuracy,
        auc=judged.auc,
        precision=judged.precision,
        recall=judged.recall,
        specificity=judged.specificity,
        f1=judged.f1,
        brier=judged.brier,
        confusion=judged.confusion,
        calibration=judged.calibration,
    )


def _judge_boxes(run: Run, truth: BoxTruth, scores: Scores, dataset: Dataset) -> Boxes | None:
    if scores.boxes is None:
        return None
    return judge_boxes(truth, scores.boxes, np.isfinite(scores.scores), _sizes(run.predictions, dataset))


def _box_truth(table: pa.Table, dataset: Dataset) -> BoxTruth:
    """Return the true boxes of images whose boxes were asked for; of others, none found is no miss."""
    truth = BoxTruth.of(dataset)
    if "true_left" not in table.column_names:
        return truth
    asked = pc.or_(pc.is_valid(table["true_left"]), pc.fill_null(pc.equal(table["label"], "plain"), False))
    located = set(table["path"].filter(asked).to_pylist())
    known = np.array([sample.path in located for sample in dataset])
    return replace(truth, boxes=np.where(known[:, None], truth.boxes, np.nan), plain=truth.plain & known)


def _sizes(table: pa.Table, dataset: Dataset) -> npt.NDArray[np.float64]:
    """Return (n, 2) width and height in pixels; each detector's rows repeat them."""
    position = {sample.path: k for k, sample in enumerate(dataset)}
    at = [position[path] for path in table["path"].to_pylist()]
    sizes = np.full((len(dataset), 2), np.nan)
    for side, name in enumerate(("width", "height")):
        sizes[at, side] = pc.cast(table[name], pa.float64()).to_numpy(zero_copy_only=False)
    return sizes


def _warnings(corrected: CorrectedLabels, late: int) -> list[str]:
    found = []
    if not corrected.pixels_checked:
        found.append("judged against a labels table without images: paths were matched, pixels were not")
    if late:
        found.append(
            f"{late:,} images had no label when the detectors ran, so they have no score and count nowhere: "
            "run the detectors again to count them"
        )
    return found


def _labels(table: pa.Table) -> dict[str, str | None]:
    """Return each image's label as it stands in a run's predictions."""
    return dict(zip(table["path"].to_pylist(), table["label"].to_pylist(), strict=True))


def _relabelled(table: pa.Table, dataset: Dataset) -> pa.Table:
    """Return a run's predictions with a set's labels, groups, boxes and attributes in place of their own."""
    position = {sample.path: k for k, sample in enumerate(dataset)}
    at = pa.array([position[path] for path in table["path"].to_pylist()], pa.int64())
    names = sorted({name for sample in dataset for name in sample.attributes})
    kept = [field for field in table.schema if not field.name.startswith(ATTRIBUTE_PREFIX)]
    columns: dict[str, Any] = {field.name: table[field.name] for field in kept}
    columns["label"] = _texts((sample.label for sample in dataset), at)
    columns["group"] = _texts((sample.group for sample in dataset), at)
    for name, column in box_columns("true", BoxTruth.of(dataset).boxes).items():
        if name in columns:  # runs of the first versions know no boxes
            columns[name] = column.take(at)
    for name in names:
        columns[f"{ATTRIBUTE_PREFIX}{name}"] = _texts((sample.attributes.get(name) for sample in dataset), at)
    schema = pa.schema([*kept, *(pa.field(f"{ATTRIBUTE_PREFIX}{name}", pa.string()) for name in names)])
    return pa.table(columns, schema=schema)


def _texts(values: Iterable[str | None], at: pa.Array) -> pa.Array:
    return pa.array(list(values), pa.string()).take(at)


def _thumbnails(
    run: Run, corrected: CorrectedLabels, truth: Truth, box_truth: BoxTruth, scores: Mapping[str, Scores]
) -> pa.Table:
    """Return small copies of what is interesting now; without the images, of what was interesting then."""
    if not corrected.pixels_checked:
        return run.thumbnails
    return make_thumbnails(corrected.dataset, choose(truth, scores, box_truth))
