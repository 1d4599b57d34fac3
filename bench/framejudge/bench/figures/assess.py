"""Columns and times turned into a run's figures: of a fresh run, a stored one and a gate's baseline alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from framejudge.bench.decide.deciding import decide_by_cost
from framejudge.bench.figures.latency import Performance
from framejudge.bench.figures.localisation import assess_boxes
from framejudge.bench.figures.quality import assess_detector, assess_slices, compare_detectors
from framejudge.bench.figures.slices import MAX_ATTRIBUTES, sliceable, weakest_slices
from framejudge.bench.run import DatasetSummary, DetectorResult, ImageError, Request, Results
from framejudge.bench.run.columns import UNLABELLED, Columns, Positions, by_position
from framejudge.bench.run.figure import Figure
from framejudge.bench.run.results import DECODE, PREDICT, SCHEMA, Scalar
from framejudge.datasets.codes import MuteList, Notice
from framejudge.datasets.codes.detectors import DETECTOR_FAILED, WITHOUT_SCORE
from framejudge.datasets.codes.sets import MANY_ATTRIBUTES, UNREADABLE_IMAGES


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What is known of a run beside its columns.

    Attributes
    ----------
    name, generated, drawn
        Of the labelled set.
    images_fingerprint, labels_fingerprint
        Of its pixels, and of its labels as they are in the columns.
    performances
        What each detector costs, by name.
    latency_ratios
        By the names of two detectors that took turns.
    environment, notices
        The conditions, and what makes the figures less sure.
    twin_of
        Shape (n,): for each image the position of the first one with the same pixels, -1 where it is the
        first; None where nobody looked.
    """

    name: str
    generated: bool
    images_fingerprint: str
    labels_fingerprint: str
    performances: Mapping[str, Performance]
    latency_ratios: Mapping[tuple[str, str], Figure] = field(default_factory=dict)
    environment: Mapping[str, Scalar] = field(default_factory=dict)
    notices: Sequence[Notice] = ()
    drawn: bool = False
    twin_of: Positions | None = None

    @classmethod
    def stored(cls, results: Results) -> Measured:
        """Take it from a run's figures."""
        return cls(
            name=results.dataset.name,
            generated=results.dataset.generated,
            drawn=results.dataset.drawn,
            images_fingerprint=results.dataset.images_fingerprint,
            labels_fingerprint=results.dataset.labels_fingerprint,
            performances={name: Performance.stored(one) for name, one in results.detectors.items()},
            latency_ratios={(one.a, one.b): one.latency_ratio for one in results.comparisons},
            environment=results.environment,
            notices=[one for one in results.notices if one.code not in _FROM_COLUMNS],
        )


def assess(columns: Columns, measured: Measured, request: Request) -> Results:
    """Return all figures of a run.

    Parameters
    ----------
    columns
        The labels that judge, and what the detectors said.
    measured
        What else is known; a detector without a performance was not timed.
    request
        Of its fields only the prevalence, the terms of the decision and the muted codes count here.
    """
    slices = assess_slices(columns)
    detectors = {
        answers.name: replace(
            measured.performances.get(answers.name, Performance()).added_to(
                assess_detector(columns, answers, request.prevalence)
            ),
            boxes=assess_boxes(columns, answers),
            errors=_image_errors(columns, columns.errors_of(answers), PREDICT),
        )
        for answers in columns.detectors
    }
    unreadable = _image_errors(columns, by_position(columns.unreadable), DECODE)
    notices = [*_problems(detectors, unreadable), *_left_out(columns), *measured.notices]
    return Results(
        schema=SCHEMA,
        dataset=_summary(columns, measured),
        detectors=detectors,
        comparisons=compare_detectors(columns, measured.latency_ratios, request.prevalence),
        slices=slices,
        unreadable=unreadable,
        environment=measured.environment,
        weakest_slices=weakest_slices(slices),
        notices=MuteList(frozenset(request.mute)).applied_to(notices),
        decision=decide_by_cost(columns, detectors, request, measured.environment),
    )


_FROM_COLUMNS = {one.number for one in (DETECTOR_FAILED, WITHOUT_SCORE, UNREADABLE_IMAGES, MANY_ATTRIBUTES)}
"""Codes of notices that the columns themselves say: made anew with the figures."""


def _problems(detectors: Mapping[str, DetectorResult], unreadable: Sequence[ImageError]) -> list[Notice]:
    """Return what has no figure: detectors that failed, images without a score, images that nobody read."""
    found = [
        DETECTOR_FAILED.says(f"{name} failed: {one.failure or 'it failed'}", about=name)
        for name, one in detectors.items()
        if one.status == "failed"
    ]
    found += [
        WITHOUT_SCORE.says(
            f"{name} gave no score for {len(one.errors):,} images, first {_first(one.errors)}", about=name
        )
        for name, one in detectors.items()
        if one.errors
    ]
    if unreadable:
        found.append(
            UNREADABLE_IMAGES.says(f"{len(unreadable):,} images cannot be read, first {_first(unreadable)}")
        )
    return found


def _left_out(columns: Columns) -> list[Notice]:
    """Return which attributes no slice is made of."""
    names = sliceable(columns.attributes)
    if len(names) <= MAX_ATTRIBUTES:
        return []
    return [
        MANY_ATTRIBUTES.says(
            f"{len(names):,} attributes, and slices of the first {MAX_ATTRIBUTES} only, "
            f"up to {names[MAX_ATTRIBUTES - 1]}"
        )
    ]


def _first(errors: Sequence[ImageError]) -> str:
    return f"{errors[0].path}: {errors[0].message}"


def _image_errors(columns: Columns, errors: Mapping[int, str], stage: str) -> list[ImageError]:
    return [ImageError(path=columns.path(k), stage=stage, message=why) for k, why in errors.items()]


def _summary(columns: Columns, measured: Measured) -> DatasetSummary:
    twin_of = measured.twin_of
    twins = None if twin_of is None else np.flatnonzero(twin_of >= 0)
    return DatasetSummary(
        name=measured.name,
        images_fingerprint=measured.images_fingerprint,
        labels_fingerprint=measured.labels_fingerprint,
        images=len(columns),
        framed=int(columns.framed.sum()),
        plain=int(columns.plain.sum()),
        undecided=int(np.sum(~columns.labelled)),
        unreadable=len(by_position(columns.unreadable)),
        groups=int(np.count_nonzero(np.bincount(columns.groups.codes))),
        generated=measured.generated,
        drawn=measured.drawn,
        same_pixels=None if twins is None else len(twins),
        contradicted=None if twins is None or twin_of is None else _contradicted(columns, twins, twin_of),
    )


def _contradicted(columns: Columns, twins: Positions, twin_of: Positions) -> int:
    """Count the images that have another label than the first one with the same pixels."""
    own, first = columns.labels[twins], columns.labels[twin_of[twins]]
    return int(np.sum((own != first) & (own != UNLABELLED) & (first != UNLABELLED)))
