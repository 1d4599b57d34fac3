"""The audit of one set: look at each file once, then run every check on what is known."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from framejudge.datasets.audit import checks, suspects
from framejudge.datasets.audit.facts import FileFacts, Score, look_at_all
from framejudge.datasets.audit.features import quick_features
from framejudge.datasets.audit.findings import Finding, ordered
from framejudge.datasets.audit.list_quality import (
    FEWEST_STRONG,
    LEAST_AUC,
    contradiction,
    list_quality,
)
from framejudge.datasets.codes import Severity
from framejudge.datasets.images.image_files import names_below
from framejudge.datasets.images.near_duplicates import bundles, look_alike
from framejudge.datasets.images.perceptual_hash import NEAR_DUPLICATE_BITS
from framejudge.datasets.progress import Progress, Silence
from framejudge.datasets.table.sample import Dataset, Sample

QUICK_MODEL = "a quick model of the other images"
BY_DETECTOR = "doubt by a detector, --detector cnn, or by stored scores, --scores RUN"

_WITHOUT_ROWS = ("masks/",)
"""Folders beside the images that a drawn set holds and its table does not list."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Who contradicts labels.

    Attributes
    ----------
    name
        For the findings, such as ``canny``.
    score
        Gives a picture its score; None where the scores are known.
    known
        Scores by path.
    threshold
        Scores at or above it mean framed; only used on a set with one class.
    """

    name: str
    score: Score | None = None
    known: Mapping[str, float] | None = None
    threshold: float = 0.5


@dataclass(frozen=True, slots=True)
class Audit:
    """What was looked at and what was found, errors first."""

    dataset: Dataset
    findings: tuple[Finding, ...]

    @property
    def failed(self) -> bool:
        """Whether figures measured on this set would be wrong."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)


def audit(
    dataset: Dataset,
    judge: Judge | None = None,
    *,
    split_columns: Iterable[str] = checks.SPLIT_COLUMNS,
    max_bits: int = NEAR_DUPLICATE_BITS,
    listed: Iterable[str] = (),
    threads: int = 2,
    progress: Progress | None = None,
) -> Audit:
    """Check a set's files, duplicates, splits and labels.

    Parameters
    ----------
    judge
        Whose scores contradict labels. Without one, a set with both classes is judged by a quick model on HOG
        and border features, learnt from the other images; a set with one class is not judged.
    split_columns
        Attributes to take for parts of a split, where the set has them.
    max_bits
        Images whose 64-bit perceptual hashes differ in at most so many bits are near-duplicates.
    listed
        Paths of further images that the set's table names, where ``dataset`` is a part of the set.

    Raises
    ------
    InputError
        When labels are to be doubted and cleanlab is not installed.
    """
    learns = judge is None and len(_classes(dataset)) == 2
    if learns or (judge is not None and len(_classes(dataset)) == 2):
        suspects.require_cleanlab()
    facts: dict[str, FileFacts] = {}
    paths = [sample.path for sample in dataset]
    measure = quick_features if learns else None
    progress = progress or Silence()
    progress.begin("looking at images", len(paths))
    for fact in look_at_all(dataset.root, paths, measure, judge.score if judge else None, threads):
        facts[fact.path] = fact
        progress.advance(1)
    findings = _checked(dataset, facts, {*facts, *listed}, split_columns, max_bits)
    return Audit(dataset, tuple(ordered([*findings, *_doubts(dataset, facts, judge, max_bits)])))


def _classes(dataset: Dataset) -> set[str]:
    return {sample.label for sample in dataset if sample.label}


def _checked(
    dataset: Dataset,
    facts: Mapping[str, FileFacts],
    listed: Collection[str],
    split_columns: Iterable[str],
    max_bits: int,
) -> Iterator[Finding]:
    samples = dataset.samples
    in_folder = [path for path in names_below(dataset.root) if not path.startswith(_WITHOUT_ROWS)]
    yield from checks.unreadable(facts.values())
    yield from checks.wrong_extension(facts.values())
    yield from checks.odd_size(facts.values())
    yield from checks.animated(facts.values())
    yield from checks.unlisted(listed, in_folder)
    yield from checks.class_balance(samples)
    yield from checks.content_boxes(samples, facts)
    yield from checks.duplicates(samples, facts, max_bits)
    yield from checks.parted(samples, facts, split_columns, max_bits)
    yield from checks.not_scored(facts.values())


def _doubts(
    dataset: Dataset, facts: Mapping[str, FileFacts], judge: Judge | None, max_bits: int
) -> Iterator[Finding]:
    """Yield a finding for each label that scores contradict, the most doubtful first."""
    judged = sorted(
        (sample for sample in dataset if sample.label and facts[sample.path].readable),
        key=lambda sample: sample.path,
    )
    if judge is not None:
        scored = [(sample, _score_of(sample, facts, judge)) for sample in judged]
        kept = [(sample, score) for sample, score in scored if score is not None]
        yield from _by_scores([sample for sample, _ in kept], [score for _, score in kept], judge)
        return
    framed = np.array([sample.label == "framed" for sample in judged])
    together = bundles(
        [sample.group for sample in judged],
        look_alike([facts[sample.path].looks for sample in judged], max_bits).tolist(),
    )
    if not suspects.enough_to_learn(framed, together):
        fewest = f"{suspects.FEWEST_OF_A_CLASS} images from {2 * suspects.FOLDS} photos"
        message = f"labels were not doubted: a class has fewer than {fewest} to learn from"
        yield Finding("", "not-doubted", Severity.NOTE, message, "give scores of a detector")
        return
    features = np.array([facts[sample.path].features for sample in judged])
    note, scores, least = quick_doubts(features, framed, together)
    yield note
    if least is not None:
        yield from _by_scores(judged, scores.tolist(), Judge(QUICK_MODEL), least)


def quick_doubts(
    features: npt.NDArray[np.float32], framed: npt.NDArray[np.bool_], bundles: npt.NDArray[np.intp]
) -> tuple[Finding, npt.NDArray[np.float64], float | None]:
    """Return what the quick model can say, its scores, and how strongly a listed label is contradicted.

    None in place of the last where nothing is listed: the model is too weak, or cannot tell.

    Parameters
    ----------
    features, framed, bundles
        Shapes (n, m), (n,) and (n,); see `suspects.out_of_fold_scores`.
    """
    scores = suspects.out_of_fold_scores(features, framed, bundles)
    low, area = suspects.area_under_curve(framed, scores, bundles)
    agrees = f"{QUICK_MODEL}, which agrees with the labels at AUC {area:.3f} (at least {low:.3f}),"
    if low < LEAST_AUC:
        return _silent(f"{agrees} is too weak, and most of its doubts would be wrong"), scores, None
    found = list_quality(framed, lambda labels: suspects.out_of_fold_scores(features, labels, bundles))
    if found.strong < FEWEST_STRONG:
        message = (
            f"labels were doubted by {agrees} and finds labels that were flipped on purpose: no other label "
            "is contradicted as strongly"
        )
        return Finding("", "quick-model", Severity.NOTE, message), scores, None
    if not found.worth_it:
        why = (
            f"{agrees} contradicts about {found.contradicted:.0f} labels, and cannot tell wrong ones from "
            f"its own mistakes (expected share of wrong ones: {found.precision:.0%})"
        )
        return _silent(why), scores, None
    message = (
        f"labels were doubted by {agrees} and finds {found.recall:.0%} of labels that were flipped on "
        f"purpose; expected share of wrong labels in the list: {found.precision:.0%}"
    )
    return Finding("", "quick-model", Severity.NOTE, message), scores, found.least


def _silent(why: str) -> Finding:
    return Finding("", "not-doubted", Severity.NOTE, f"labels were not doubted: {why}", BY_DETECTOR)


def _score_of(sample: Sample, facts: Mapping[str, FileFacts], judge: Judge) -> float | None:
    return facts[sample.path].score if judge.known is None else judge.known.get(sample.path)


def _by_scores(
    samples: Sequence[Sample], scores: Sequence[float], judge: Judge, least: float = 0.0
) -> Iterator[Finding]:
    """Yield the labels that scores contradict, by at least so much."""
    if not samples:
        return
    framed = np.array([sample.label == "framed" for sample in samples])
    values = np.array(scores, dtype=np.float64)
    one_class = bool(framed.all() or not framed.any())
    found = (
        suspects.beyond_threshold(framed, values, judge.threshold)
        if one_class
        else suspects.contradicted(framed, values)
    )
    strength = contradiction(framed, values)
    limit = f", framed from {judge.threshold:.3f} on" if one_class else ""
    for suspect in found:
        if strength[suspect.position] < least:
            continue
        sample = samples[suspect.position]
        message = f"labelled {sample.label}, but {judge.name} scores it {suspect.score:.3f}{limit}"
        yield Finding(
            sample.path, "doubtful-label", Severity.WARNING, message, "look at it; correct its label"
        )
