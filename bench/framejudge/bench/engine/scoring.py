"""The scoring pass: every detector judges every labelled image once, and parts keep what it says."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from framejudge.bench.engine.pipeline.flow import Work, score_missing
from framejudge.bench.engine.tabulation import labelled_columns
from framejudge.bench.parts.blocks import Shard, plan_blocks
from framejudge.bench.parts.collect import Collected, ScoringPass
from framejudge.bench.parts.labelled_columns import LabelledColumns
from framejudge.bench.parts.store import PartStore, producer_of
from framejudge.bench.worker.limits import Limits
from framejudge.bench.worker.process import PlacedSpec
from framejudge.datasets.progress import Progress
from framejudge.datasets.table.sample import Dataset
from framejudge.detectors.registry import DetectorSpec, file_hashes

MOST_TOGETHER = 4
"""Detectors that score at the same time, and share what is decoded: each has a process on every core."""


def producers_of(specs: Sequence[DetectorSpec]) -> dict[str, str]:
    """Return the folder's name of each detector's parts, by the detector's name."""
    return {spec.name: producer_of(spec.name, spec.target, file_hashes(spec)) for spec in specs}


def read_parts(
    labelled: LabelledColumns,
    specs: Sequence[DetectorSpec],
    store: PartStore,
    *,
    shard: Shard | None = None,
) -> Work:
    """Return what is to be scored of a set, or of a shard of it, and the parts that there are already."""
    return read_stored_parts(labelled, producers_of(specs), store, shard=shard)


def read_stored_parts(
    labelled: LabelledColumns,
    producers: Mapping[str, str],
    store: PartStore,
    *,
    shard: Shard | None = None,
) -> Work:
    """Do what `read_parts` does, with the folder's name of each detector's parts."""
    blocks = plan_blocks(labelled.columns, shard)
    collected = Collected(labelled.columns, list(producers))
    for block in blocks:
        facts = store.facts(block)
        if facts is not None:
            collected.add_facts(block, facts)
        for name, producer in producers.items():
            answers = store.answers(producer, block)
            if answers is not None:
                collected.add_answers(name, block, answers)
    return Work(labelled, blocks, producers, store, collected, failures={})


def score_all(
    work: Work, specs: Sequence[DetectorSpec], *, limits: Limits, progress: Progress
) -> ScoringPass:
    """Have each detector that has not failed score every labelled image that it has not scored, on all cores.

    Unlabelled images are decoded, for the fingerprint, and not scored. Where labels carry content boxes, the
    detectors that can are asked for theirs.

    Raises
    ------
    InputError
        When parts cannot be written.
    """
    able = [spec for spec in specs if spec.name not in work.failures]
    for together in list(_groups(able)) or [()]:
        score_missing(work, together, limits=limits, progress=progress)
    return work.collected.scoring_pass(work.failures)


def score_dataset(
    dataset: Dataset, specs: Sequence[DetectorSpec], *, limits: Limits, progress: Progress
) -> ScoringPass:
    """Have each detector score every labelled image of a set, and keep no parts."""
    with tempfile.TemporaryDirectory() as folder:
        work = read_parts(labelled_columns(dataset), specs, PartStore(Path(folder)))
        return score_all(work, specs, limits=limits, progress=progress)


def _groups(specs: Sequence[DetectorSpec]) -> Iterator[Sequence[DetectorSpec]]:
    """Yield detectors that score together: they live in one environment, and are few."""
    for _, same in groupby(specs, key=_environment):
        left = list(same)
        while left:
            yield left[:MOST_TOGETHER]
            left = left[MOST_TOGETHER:]


def _environment(spec: DetectorSpec) -> tuple[object, ...]:
    if not isinstance(spec, PlacedSpec):
        return ()
    return spec.python, spec.folder, sorted(spec.environment.items())
