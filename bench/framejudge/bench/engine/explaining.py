"""Why a detector is wrong, in its own words: explanations of mistakes and disagreements."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from framejudge.bench.engine.scoring import FIRST_BLOCK_IMAGES, Scores, ScoringPass, next_block_size
from framejudge.bench.figures.quality import Truth
from framejudge.bench.timing.environment import available_cores
from framejudge.bench.worker.child.commands import Explain
from framejudge.bench.worker.process import WorkerFailure, WorkerProcess
from framejudge.datasets.progress import Progress
from framejudge.datasets.table.sample import Dataset
from framejudge.detectors.registry import DetectorSpec

MAX_EXPLAINED = 2_000
"""Of each detector, mistakes first: nobody reads more, and a set may have 100,000 images."""

Explanations = Mapping[str, Mapping[int, str]]
"""By detector and image: JSON ``{"text", "lines": [[x0, y0, x1, y1, kind]]}``."""


def explain_all(
    dataset: Dataset,
    specs: Sequence[DetectorSpec],
    truth: Truth,
    scoring: ScoringPass,
    *,
    timeout_s: float,
    progress: Progress,
) -> Explanations:
    """Ask each detector that can explain about its mistakes, and about images on which detectors disagree.

    A process that ends on the way keeps what it said before: the scores stand, whatever is said of them.
    """
    found: dict[str, dict[int, str]] = {}
    for spec in specs:
        wanted = to_explain(truth, scoring.detectors, spec.name)
        if scoring.detectors[spec.name].explains and wanted:
            progress.begin(f"explaining {spec.name}", len(wanted))
            found[spec.name] = _explain(dataset, spec, wanted, scoring, timeout_s, progress)
    return found


def to_explain(truth: Truth, detectors: Mapping[str, Scores], name: str) -> list[int]:
    """Return the images that a reader will ask a detector about: its mistakes, then disagreements."""
    own = detectors[name]
    if own.failure is not None:
        return []
    judged = truth.decided & np.isfinite(own.scores)
    says = own.scores >= own.decision_threshold
    wrong = judged & (says != truth.framed)
    others = [one for other, one in detectors.items() if other != name and one.failure is None]
    apart = np.zeros_like(judged)
    for one in others:
        apart |= judged & np.isfinite(one.scores) & (says != (one.scores >= one.decision_threshold))
    surest = np.abs(own.scores - own.decision_threshold)
    return [*_in_order(wrong, surest), *_in_order(apart & ~wrong, surest)][:MAX_EXPLAINED]


def _in_order(among: npt.NDArray[np.bool_], importance: npt.NDArray[np.float64]) -> list[int]:
    indices = np.flatnonzero(among)
    order: list[int] = indices[np.argsort(-importance[indices], kind="stable")].tolist()
    return order


def _explain(
    dataset: Dataset,
    spec: DetectorSpec,
    wanted: Sequence[int],
    scoring: ScoringPass,
    timeout_s: float,
    progress: Progress,
) -> dict[int, str]:
    cores = len(available_cores())
    found: dict[int, str] = {}
    try:
        with WorkerProcess(spec, threads=cores, timeout_s=timeout_s) as process:
            process.load()
            start, size = 0, FIRST_BLOCK_IMAGES
            while start < len(wanted):
                block = wanted[start : start + size]
                paths = [os.fspath(dataset.locate(dataset.samples[k]).absolute()) for k in block]
                answer = process.ask(Explain(paths, decode_threads=cores))
                said = zip(block, answer.explanations, strict=True)
                found |= {k: text for k, text in said if text is not None}
                progress.advance(len(block))
                start, size = start + size, next_block_size(scoring.images.sizes[list(block)])
    except WorkerFailure:
        pass
    return found
