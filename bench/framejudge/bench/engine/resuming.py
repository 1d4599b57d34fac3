"""Going on with a run: only what is the same may go on, and only what is missing is done.

`docs/resuming.md` lists what can have happened, what is then on the disk, and what goes on from it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from framejudge.bench.engine.pipeline.flow import Work
from framejudge.bench.engine.running import complete, keep_set
from framejudge.bench.engine.scoring import read_parts
from framejudge.bench.engine.sharding import ShardDone, score_shard
from framejudge.bench.engine.tabulation import labelled_columns
from framejudge.bench.parts.blocks import Shard
from framejudge.bench.parts.labelled_columns import LabelledColumns, difference
from framejudge.bench.parts.store import PartStore
from framejudge.bench.run import DetectorRecord, Manifest, Run
from framejudge.bench.timing.environment import versions
from framejudge.datasets.errors import InputError
from framejudge.datasets.progress import Progress
from framejudge.datasets.table.sample import Dataset
from framejudge.detectors.registry import DetectorSpec, file_hashes

ANOTHER_RUN = "start a run of its own for it"
OPTIONS = {"timeout_s": "--timeout", "p99_under_ms": "--p99-under"}
"""Of the fields of a request that are not called as their options are."""


def check_resumable(record: Manifest, place: Path) -> None:
    """Refuse a folder that no run can go on in.

    Raises
    ------
    InputError
        For a run of an earlier version, and for one that was judged against other labels.
    """
    if not record.run_id or record.rejudged is not None:
        why = (
            "an earlier version wrote it" if record.rejudged is None else "it was judged against other labels"
        )
        fix = "run it again into a folder of its own"
        raise InputError(f"this run has no parts to go on from: {why}", where=place, fix=fix)


def check_same_request(record: Manifest, given: Mapping[str, Any], place: Path) -> None:
    """Refuse options that ask for something else than the run was asked for.

    Parameters
    ----------
    given
        Fields of the request that were given again; others are as they were.

    Raises
    ------
    InputError
        It names the first that differs.
    """
    for name, value in given.items():
        before = getattr(record.request, name)
        if name == "dataset" and before is not None:
            before, value = record.dataset_root, os.fspath(Path(value).absolute())
        if value != before:
            option = OPTIONS.get(name, f"--{name.replace('_', '-')}")
            raise InputError(
                f"{option}: this run was asked for {_shown(before)}, and not for {_shown(value)}",
                where=place,
                fix=f"leave the option away, or {ANOTHER_RUN}",
            )


def check_same_programs(record: Manifest, specs: Sequence[DetectorSpec], place: Path) -> None:
    """Refuse detectors, or packages that they need, that are not those of the run any more.

    Raises
    ------
    InputError
        It names the first that differs.
    """
    for spec in specs:
        before = record.detectors[spec.name]
        if (what := _changed(before, spec)) is not None:
            raise InputError(f"{spec.name} has changed: {what}", where=place, fix=ANOTHER_RUN)
    before_versions = {
        name: value for name, value in record.environment.items() if name.startswith("version.")
    }
    now = {f"version.{name}": value for name, value in versions().items()}
    for name in sorted({*before_versions, *now}):
        was, found = before_versions.get(name), now.get(name)
        if was != found:
            package = name.removeprefix("version.")
            what = f"{package} is {found or 'not installed'}, and was {was or 'not installed'}"
            raise InputError(what, where=place, fix=f"install what was there, or {ANOTHER_RUN}")


def go_on(
    place: Path, record: Manifest, dataset: Dataset, specs: Sequence[DetectorSpec], *, progress: Progress
) -> Run | ShardDone:
    """Do what is missing of a run, or of a shard of one.

    Raises
    ------
    InputError
        Where the set is not what it was, naming the first difference, or something cannot be written.
    """
    shard = None if record.shard is None else Shard.parse(record.shard)
    store = PartStore.below(place)
    store.clean()
    labelled = _same_set(store, labelled_columns(dataset), record, place)
    work = read_parts(labelled, specs, store, shard=shard)
    _check_same_files(work, place)
    if shard is not None:
        return score_shard(place, record, specs, work, progress=progress)
    return complete(place, record, dataset, specs, work, progress=progress)


def _same_set(store: PartStore, labelled: LabelledColumns, record: Manifest, place: Path) -> LabelledColumns:
    before = store.labelled()
    what = None if before is None else difference(before, labelled)
    if what is None and labelled.labels_fingerprint != record.labels_fingerprint:
        what = "its labels have another fingerprint"
    if what is not None:
        raise InputError(f"the labelled set has changed: {what}", where=place, fix=ANOTHER_RUN)
    if before is None:  # killed before it was written
        keep_set(store, labelled)
    return labelled


def _check_same_files(work: Work, place: Path) -> None:
    """Refuse images that are not what they were when they were scored; none of them is opened."""
    labelled = work.labelled
    files = (labelled.file(k) for k in range(len(labelled)))
    changed = work.collected.changed(_facts(files))
    if changed is not None:
        raise InputError(
            f"{labelled.columns.path(changed)} has changed since it was scored (bytes, or time of change)",
            where=place,
            fix=ANOTHER_RUN,
        )


def _facts(files: Iterator[str]) -> Iterator[tuple[int, int]]:
    for file in files:
        try:
            found = os.stat(file)  # noqa: PTH116 - 100,000 of them
        except OSError:
            yield -1, -1
        else:
            yield found.st_size, found.st_mtime_ns


def _changed(before: DetectorRecord, spec: DetectorSpec) -> str | None:
    """Return in words what of a detector is not as it was."""
    if before.target != spec.target:
        return f"it was {before.target}, and is {spec.target}"
    now = file_hashes(spec)
    files = [name for name in sorted({*before.files, *now}) if before.files.get(name) != now.get(name)]
    if not files:
        return None
    return f"{files[0]} and {len(files) - 1} other files" if len(files) > 1 else files[0]


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
