"""A stored run judged against corrected labels: the scores and times stay, what is said of them changes.

No detector runs. Labels decide about accuracy and its relatives, about every paired comparison of them and
about the slices; thresholds, latencies and errors are what they were.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from framejudge.bench.engine.recording import new_run_id
from framejudge.bench.engine.survey import first_with_the_same_pixels, survey
from framejudge.bench.engine.tabulation import columns_of
from framejudge.bench.engine.thumbnails import choose, make_thumbnails
from framejudge.bench.figures.assess import Measured, assess
from framejudge.bench.labelled_set import reading_of
from framejudge.bench.run import Results, Run, folder
from framejudge.bench.run.manifest import Rejudgement
from framejudge.bench.run.predictions import predictions_table
from framejudge.bench.run.verdicts import GATE_FILE
from framejudge.bench.timing.environment import available_cores
from framejudge.datasets.codes import Notice
from framejudge.datasets.codes.sets import LABELLED_LATE, PIXELS_NOT_CHECKED
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
    digests
        Of their pixels, None for an image that cannot be read; empty where they were not there.
    """

    dataset: Dataset
    source: Path
    pixels_checked: bool
    digests: Sequence[str | None] = ()


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
    paths = run.columns.paths.to_pylist()
    dataset = _read(source, run, paths)
    _check_same_paths(paths, dataset, source)
    by_path = {sample.path: sample for sample in dataset}
    ordered = replace(dataset, samples=tuple(by_path[path] for path in paths))
    there = [dataset.locate(sample).is_file() for sample in ordered]
    if not any(there):
        return CorrectedLabels(ordered, source, pixels_checked=False)
    digests = _same_pixels(run.results, ordered, source, progress or Silence())
    return CorrectedLabels(ordered, source, True, [None if one == UNREADABLE else one for one in digests])


def rejudge(run: Run, corrected: CorrectedLabels, place: Path) -> Run:
    """Write a run's folder anew, judged against corrected labels; the run itself stays as it is.

    Parameters
    ----------
    corrected
        What `read_corrected` returned for this run.
    place
        A folder that `folder.claim` has made room in.
    """
    dataset, before = corrected.dataset, run.columns
    columns = before.relabelled(columns_of(dataset))
    late = int(np.sum(~before.labelled & columns.labelled))
    measured = Measured.stored(run.results)
    measured = replace(
        measured,
        labels_fingerprint=labels_fingerprint(dataset),
        drawn=dataset.drawn,
        twin_of=first_with_the_same_pixels(corrected.digests, len(dataset)) if corrected.digests else None,
        notices=[*measured.notices, *_warnings(corrected, late)],
    )
    results = assess(columns, measured, run.manifest.request)
    record = Rejudgement(
        run=os.fspath(run.folder.absolute()),
        labels=os.fspath(corrected.source.absolute()),
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        labels_changed=int(np.sum(before.labels != columns.labels)),
        labels_fingerprint_before=run.results.dataset.labels_fingerprint,
        accuracy_before={name: one.accuracy for name, one in run.results.detectors.items()},
        pixels_checked=corrected.pixels_checked,
    )
    (place / GATE_FILE).unlink(missing_ok=True)  # a verdict on other labels is none on these
    run_id = new_run_id()
    folder.write_predictions(place, predictions_table(columns), run_id)
    folder.write_timings(place, run.timings, run_id)
    # Without the images, what was interesting then stays.
    shown = choose(columns)
    checked = corrected.pixels_checked
    pictures = make_thumbnails(dataset, shown) if checked else run.thumbnails
    folder.write_thumbnails(place, pictures, run_id)
    looks = survey(dataset, columns, corrected.digests, shown) if checked else run.images
    folder.write_images(place, looks, run_id)
    folder.write_results(place, replace(results, run_id=run_id))
    folder.write_manifest(
        place,
        replace(
            run.manifest,
            dataset_root=os.fspath(dataset.root.absolute())
            if corrected.pixels_checked
            else run.manifest.dataset_root,
            labels_fingerprint=results.dataset.labels_fingerprint,
            rejudged=record,
            run_id=run_id,
        ),
    )
    return Run.open(place)


def _read(source: Path, run: Run, paths: Collection[str]) -> Dataset:
    """Read labels as the run read its set; of a run on a part of its set, the images of that part."""
    request, measured = run.manifest.request, run.results.dataset
    options = replace(reading_of(request), where=())
    if source.is_dir():
        dataset = read_dataset(source, options)
    elif source.is_file():
        samples = read_samples(source, options)
        dataset = Dataset(measured.name, source.parent, samples, measured.generated, measured.drawn)
    else:
        fix = "give the folder of the labelled set, or its labels.csv"
        raise InputError("no such file or folder", where=source, fix=fix)
    if not request.where:
        return dataset
    # By path and not by the conditions: what was corrected may be a cell of their columns.
    scored = set(paths)
    return replace(dataset, samples=tuple(sample for sample in dataset if sample.path in scored))


def _check_same_paths(paths: Sequence[str], dataset: Dataset, source: Path) -> None:
    scored, labelled = set(paths), {sample.path for sample in dataset}
    missing = [path for path in paths if path not in labelled]
    further = [sample.path for sample in dataset if sample.path not in scored]
    problems = []
    if missing:
        problems.append(
            f"{len(missing):,} of the run's {len(paths):,} images have no row (first: {missing[0]!r})"
        )
    if further:
        problems.append(f"{len(further):,} rows are no images of the run (first: {further[0]!r})")
    if problems:
        fix = "give the labels of the set that was scored, or run the detectors on this one"
        raise InputError("; ".join(problems), where=source, fix=fix)


def _same_pixels(results: Results, dataset: Dataset, source: Path, progress: Progress) -> list[str]:
    """Return the digest of each image, `UNREADABLE` for one that cannot be read."""
    progress.begin("checking images", len(dataset))
    digests: list[tuple[str, str]] = []
    with ThreadPoolExecutor(len(available_cores())) as pool:
        for sample, digest in zip(dataset, pool.map(_digest, map(dataset.locate, dataset)), strict=True):
            digests.append((sample.path, digest))
            progress.advance(1)
    if images_fingerprint(digests) == results.dataset.images_fingerprint:
        return [digest for _, digest in digests]
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


def _warnings(corrected: CorrectedLabels, late: int) -> list[Notice]:
    found = []
    if not corrected.pixels_checked:
        text = "judged against a labels table without images: paths were matched, pixels were not"
        found.append(PIXELS_NOT_CHECKED.says(text))
    if late:
        text = (
            f"{late:,} images had no label when the detectors ran, so they have no score and count nowhere: "
            "run the detectors again to count them"
        )
        found.append(LABELLED_LATE.says(text))
    return found
