"""Why a detector is wrong, in its own words: explanations of mistakes and disagreements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from framejudge.bench.engine.pipeline.flow import Work
from framejudge.bench.parts.blocks import batches
from framejudge.bench.parts.collect import ScoringPass
from framejudge.bench.parts.labelled_columns import LabelledColumns
from framejudge.bench.run.columns import Answers, Columns, texts_at
from framejudge.bench.timing.environment import available_cores
from framejudge.bench.worker.child.commands import Explain
from framejudge.bench.worker.isolated import IsolatedWorker
from framejudge.bench.worker.limits import Limits
from framejudge.datasets.progress import Progress
from framejudge.detectors.registry import DetectorSpec

MAX_EXPLAINED = 2_000
"""Of each detector, mistakes first: nobody reads more, and a set may have 100,000 images."""


def explain_all(
    labelled: LabelledColumns,
    specs: Sequence[DetectorSpec],
    scoring: ScoringPass,
    *,
    work: Work,
    limits: Limits,
    progress: Progress,
) -> Columns:
    """Return the pass's columns with explanations of mistakes, and of images on which detectors disagree.

    A process that ends on the way keeps what it said before: the scores stand, whatever is said of them.

    Raises
    ------
    InputError
        When what was said cannot be written.
    """
    columns = scoring.columns
    explained = []
    for spec in specs:
        answers = columns.detector(spec.name)
        wanted = to_explain(columns, answers) if scoring.notes[spec.name].explains else []
        if wanted:
            progress.begin(f"explaining {spec.name}", len(wanted))
            found = _explain(labelled, spec, wanted, columns, work, limits, progress)
            answers = replace(answers, explanations=texts_at(found, len(columns)))
        explained.append(answers)
    return columns.answered(explained)


def to_explain(columns: Columns, own: Answers) -> list[int]:
    """Return the images that a reader will ask a detector about: its mistakes, then disagreements."""
    if own.failure is not None:
        return []
    judged, wrong = columns.judged(own), columns.wrong(own)
    apart = np.zeros_like(judged)
    for one in columns.detectors:
        if one.name != own.name and one.failure is None:
            apart |= judged & one.scored & (own.says_framed != one.says_framed)
    surest = np.abs(own.scores - own.threshold)
    return [*_in_order(wrong, surest), *_in_order(apart & ~wrong, surest)][:MAX_EXPLAINED]


def _in_order(among: npt.NDArray[np.bool_], importance: npt.NDArray[np.float64]) -> list[int]:
    indices = np.flatnonzero(among)
    order: list[int] = indices[np.argsort(-importance[indices], kind="stable")].tolist()
    return order


def _explain(
    labelled: LabelledColumns,
    spec: DetectorSpec,
    wanted: Sequence[int],
    columns: Columns,
    work: Work,
    limits: Limits,
    progress: Progress,
) -> dict[int, str]:
    """Ask a detector about images, a batch after the other; what an earlier run asked is not asked again."""
    cores = len(available_cores())
    found: dict[int, str] = {}
    with IsolatedWorker(spec, threads=cores, limits=limits) as worker:
        for positions in batches(columns.sizes[list(wanted)]):
            batch = [wanted[k] for k in positions]
            said = work.explanations(spec.name, batch)
            if said is None:
                command = Explain([labelled.file(k) for k in batch], decode_threads=cores)
                said = worker.explain(command).explanations
                if worker.failure is None:
                    work.add_explanations(spec.name, batch, said)
            found |= {k: text for k, text in zip(batch, said, strict=True) if text is not None}
            progress.advance(len(batch))
            if worker.failure is not None:
                break
    return found
