"""Shards of a run, each in a folder of its own, and the run that they make together."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from framejudge.bench.engine import recording
from framejudge.bench.engine.pipeline.flow import Work, cannot_write
from framejudge.bench.engine.running import begin, complete, score
from framejudge.bench.engine.scoring import producers_of, read_parts
from framejudge.bench.parts.blocks import Shard, plan_blocks
from framejudge.bench.parts.labelled_columns import LabelledColumns, difference
from framejudge.bench.parts.store import IMAGES, PartStore
from framejudge.bench.run import Manifest, Request, Run, folder
from framejudge.datasets.atomic_file import write_all
from framejudge.datasets.errors import InputError
from framejudge.datasets.progress import Progress
from framejudge.datasets.table.sample import Dataset
from framejudge.detectors.registry import DetectorSpec


@dataclass(frozen=True, slots=True)
class ShardDone:
    """A shard that was scored.

    Attributes
    ----------
    folder
        Where its parts are.
    shard
        Which one it is.
    images
        Its images, and those of the whole set.
    failures
        Why a detector could not go on, by its name.
    """

    folder: Path
    shard: str
    images: tuple[int, int]
    failures: dict[str, str]


def run_shard(
    request: Request,
    dataset: Dataset,
    specs: Sequence[DetectorSpec],
    place: Path,
    shard: Shard,
    *,
    argv: Sequence[str] = (),
    progress: Progress,
) -> ShardDone:
    """Score a shard of a set; nothing is timed, and nothing is judged before shards are merged.

    Raises
    ------
    InputError
        When something cannot be written.
    """
    record, work = begin(request, dataset, specs, place, argv=argv, shard=shard)
    return score_shard(place, record, specs, work, progress=progress)


def score_shard(
    place: Path, record: Manifest, specs: Sequence[DetectorSpec], work: Work, *, progress: Progress
) -> ShardDone:
    """Score what is missing of a shard.

    Raises
    ------
    InputError
        When something cannot be written.
    """
    record, _ = score(place, record, specs, work, progress=progress)
    folder.write_manifest(place, replace(record, finished=datetime.now(UTC).isoformat(timespec="seconds")))
    images = sum(len(block) for block in work.blocks)
    return ShardDone(place, record.shard or "", (images, len(work.labelled)), dict(work.failures))


@dataclass(frozen=True, slots=True)
class Source:
    """A run's folder whose parts are to be merged."""

    place: Path
    record: Manifest
    store: PartStore
    labelled: LabelledColumns


def read_sources(places: Sequence[Path]) -> list[Source]:
    """Read what runs are about, and refuse runs that are not pieces of one.

    Raises
    ------
    InputError
        It names two folders and the first thing in which they differ.
    """
    sources = [_read(place) for place in places]
    first = sources[0]
    for other in sources[1:]:
        what = _apart(first, other)
        if what is not None:
            raise InputError(
                f"{other.place} is no piece of the same run as {first.place}: {what}",
                where="merge",
                fix="merge shards of one request, on one set, with the same detectors",
            )
    return sources


def merge(
    sources: Sequence[Source],
    dataset: Dataset,
    specs: Sequence[DetectorSpec],
    place: Path,
    *,
    argv: Sequence[str] = (),
    progress: Progress,
) -> Run:
    """Write the run that shards make together; what it comes to is what one run would have come to.

    Parameters
    ----------
    sources
        What `read_sources` returned.
    dataset
        The set that they are about: mistakes are explained and shown from its images.
    place
        A folder that `folder.claim` has made room in.

    Raises
    ------
    InputError
        Where a block is missing, naming its shards, or something cannot be written.
    """
    first = sources[0]
    record = replace(
        first.record,
        argv=list(argv),
        started=min(one.record.started for one in sources),
        finished=None,
        failures={name: why for one in sources for name, why in one.record.failures.items()},
        run_id=recording.new_run_id(),
        shard=None,
    )
    store = PartStore.below(place)
    folder.write_manifest(place, record)
    _gather(sources, specs, store)
    work = read_parts(first.labelled, specs, store)
    work.failures.update(record.failures)
    return complete(place, record, dataset, specs, work, progress=progress, timed=False)


def _read(place: Path) -> Source:
    record = folder.read_manifest(place)
    store = PartStore.below(place)
    labelled = store.labelled()
    if labelled is None:
        fix = "give folders of `bench run --shard`"
        raise InputError("this run has no parts to merge", where=place, fix=fix)
    return Source(place, record, store, labelled)


def _apart(one: Source, other: Source) -> str | None:
    """Return in words why two folders hold no pieces of one run; None where they do."""
    for name in Request.__dataclass_fields__:
        was, now = (getattr(source.record.request, name) for source in (one, other))
        if name != "dataset" and was != now:
            return f"{name.replace('_', ' ')} is {now!r}, and {was!r} there"
    if (what := difference(one.labelled, other.labelled)) is not None:
        return f"another set ({what})"
    for name, before in one.record.detectors.items():
        if before.files != other.record.detectors[name].files:
            return f"another {name}: its files differ"
    for name, was in one.record.environment.items():
        now = other.record.environment.get(name)
        if name.startswith("version.") and was != now:
            return f"{name.removeprefix('version.')} is {now}, and {was} there"
    return None


def _gather(sources: Sequence[Source], specs: Sequence[DetectorSpec], store: PartStore) -> None:
    """Copy the parts of all sources, or link them where that is possible."""
    wanted = [IMAGES, *producers_of(specs).values()]
    try:
        store.write_set(sources[0].labelled)
        for source in sources:
            for producer in wanted:
                target = store.folder / producer
                target.mkdir(parents=True, exist_ok=True)
                for part in sorted((source.store.folder / producer).glob("[0-9]*.arrow")):
                    _take(part, target / part.name)
    except OSError as problem:
        raise cannot_write(store, problem) from problem


def _take(part: Path, target: Path) -> None:
    if target.exists():
        return
    try:
        os.link(part, target)
    except OSError:  # on another disk, or one without links
        write_all({target: part.read_bytes()})


def check_complete(sources: Sequence[Source], specs: Sequence[DetectorSpec]) -> None:
    """Refuse folders that lack some part of the whole run; none is opened.

    Raises
    ------
    InputError
        It names the shards that are missing.
    """
    failed = {name for one in sources for name in one.record.failures}
    needed = [IMAGES, *(producer for name, producer in producers_of(specs).items() if name not in failed)]
    missing = [
        block.number
        for block in plan_blocks(sources[0].labelled.columns)
        for producer in needed
        if not any(one.store.file(producer, block).exists() for one in sources)
    ]
    if not missing:
        return
    counts = {Shard.parse(one.record.shard).count for one in sources if one.record.shard is not None}
    which = f"{len(set(missing)):,} blocks (the first is block {missing[0]:,})"
    if len(counts) == 1:
        (count,) = counts
        which = "shard " + ", ".join(
            f"{one}/{count}" for one in sorted({k % count + 1 for k in missing})[:20]
        )
    raise InputError(
        f"these folders lack answers of {which}",
        where="merge",
        fix="give the folders of these shards too, or go on with the ones that are not finished",
    )
