"""What an unfinished run has found so far, as a run's folder of its own: nobody takes it for the run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from framejudge.bench.engine import recording
from framejudge.bench.engine.scoring import read_stored_parts
from framejudge.bench.engine.timing_record import read_timing
from framejudge.bench.figures.assess import assess
from framejudge.bench.parts.store import PartStore, producer_of
from framejudge.bench.run import Run, folder, tables
from framejudge.bench.run.checked.unfinished import resume_command
from framejudge.bench.run.columns import Columns
from framejudge.bench.run.folder import SO_FAR_FOLDER, read_manifest
from framejudge.bench.run.predictions import predictions_table
from framejudge.datasets.codes import Notice
from framejudge.datasets.codes.detectors import UNFINISHED
from framejudge.datasets.folder_lock import owned


def write_so_far(place: Path) -> Run | None:
    """Judge the answers that an unfinished run has; None where the folder keeps no parts of one.

    No image is opened, and the run's own files stay as they are: it may still be going on.

    Raises
    ------
    InputError
        Where there is no run, or something cannot be written.
    """
    record, store = read_manifest(place), PartStore.below(place)
    labelled = store.labelled()
    if labelled is None:
        return None
    producers = {name: producer_of(name, one.target, one.files) for name, one in record.detectors.items()}
    work = read_stored_parts(labelled, producers, store)
    scoring = work.collected.scoring_pass(record.failures)
    measured = recording.measured(record, labelled, scoring, read_timing(place, record.run_id))
    measured = replace(measured, notices=[*_how_far(place, scoring.columns), *measured.notices])
    target = place / SO_FAR_FOLDER
    with owned(target):
        folder.claim(target, force=True)
        folder.write_manifest(target, record)
        folder.write_predictions(target, predictions_table(scoring.columns), record.run_id)
        for write, schema in (
            (folder.write_timings, tables.TIMINGS),
            (folder.write_thumbnails, tables.THUMBNAILS),
            (folder.write_images, tables.IMAGES),
        ):
            write(target, pa.Table.from_pylist([], schema=schema), record.run_id)
        results = assess(scoring.columns, measured, record.request)
        folder.write_results(target, replace(results, run_id=record.run_id))
        return Run.open(target)


def _how_far(place: Path, columns: Columns) -> list[Notice]:
    labelled = int(columns.labelled.sum())
    found = []
    for one in columns.detectors:
        scored = int(columns.judged(one).sum())
        text = (
            f"this run is not finished: {one.name} has scored {scored:,} of {labelled:,} labelled images; "
            f"`{resume_command(place)}` goes on"
        )
        found.append(UNFINISHED.says(text, about=one.name))
    return found
