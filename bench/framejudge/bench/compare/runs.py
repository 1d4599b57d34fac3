"""Two stored runs on the same images, paired: what got better or worse, how sure, which images flipped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from framejudge.bench.engine.scoring import Scores
from framejudge.bench.figures import quality
from framejudge.bench.figures.quality import Truth
from framejudge.bench.run import Figure, Latency, Results, Run
from framejudge.bench.run.comparison import (
    SCHEMA,
    DetectorChange,
    Difference,
    Effect,
    Flip,
    RunComparison,
    RunSummary,
    Verdict,
)
from framejudge.bench.run.results import Scalar
from framejudge.bench.statistics.paired import holm
from framejudge.datasets.errors import InputError

SIGNIFICANCE = 0.05
"""Below this corrected p-value a change of accuracy is called one."""

MACHINE_FACTS = ("cpu", "machine", "cores_available", "cpu_quota", "cpu_governor")
"""Where these differ, times are those of two machines."""

SOFTWARE_FACTS = ("platform", "python", "implementation", "version.", "timing.", "pinned_cores")
"""And where these do (or begin so), scores may differ too, as a library or a decoder changed."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """One detector's rows of predictions.parquet, by path; each shape (n,); an empty label is undecided."""

    path: npt.NDArray[np.str_]
    group: npt.NDArray[np.str_]
    label: npt.NDArray[np.str_]
    score: npt.NDArray[np.float64]


def compare_runs(before: Run, after: Run) -> RunComparison:
    """Compare every detector that both runs have, paired by image; the labels of ``after`` judge both.

    Raises
    ------
    InputError
        Where the runs are not on the same images, or have no detector in common.
    """
    _check_same_images(before.results, after.results)
    names = [name for name in before.results.detectors if name in after.results.detectors]
    if not names:
        raise InputError(
            f"no detector is in both runs: {', '.join(before.results.detectors)} and "
            f"{', '.join(after.results.detectors)}",
            where=after.folder,
            fix="give two runs with a detector of the same name",
        )
    rows = {name: (_rows(before, name), _rows(after, name)) for name in names}
    old, new = rows[names[0]]
    environment = _differences(before.results.environment, after.results.environment)
    changes = [_change(name, *rows[name], before, after, environment) for name in names]
    labels_changed = int(np.sum(old.label != new.label))
    return RunComparison(
        schema=SCHEMA,
        before=_summary(before),
        after=_summary(after),
        dataset=after.results.dataset.name,
        images_fingerprint=after.results.dataset.images_fingerprint,
        labels_changed=labels_changed,
        detectors=_judged_together(changes),
        missing_after=[name for name in before.results.detectors if name not in names],
        missing_before=[name for name in after.results.detectors if name not in names],
        flips=[
            flip
            for change in changes
            for flip in _flips(change, rows[change.detector][0], rows[change.detector][1])
        ],
        environment=environment,
        warnings=_warnings(before.results, after.results, labels_changed, environment),
    )


def _check_same_images(before: Results, after: Results) -> None:
    old, new = before.dataset, after.dataset
    if old.images_fingerprint == new.images_fingerprint:
        return
    raise InputError(
        f"the runs are not on the same images: {old.name!r} ({old.images:,} images, fingerprint "
        f"{old.images_fingerprint[:12]}) and {new.name!r} ({new.images:,} images, fingerprint "
        f"{new.images_fingerprint[:12]})",
        fix="run both on one set; labels may differ, pixels and paths may not",
    )


def _rows(run: Run, name: str) -> _Rows:
    table = run.predictions.filter(pc.equal(run.predictions["detector"], name)).sort_by("path")
    return _Rows(
        path=np.array(table["path"].to_pylist(), dtype=str),
        group=np.array(table["group"].to_pylist(), dtype=str),
        label=np.array([one or "" for one in table["label"].to_pylist()], dtype=str),
        score=np.array([np.nan if one is None else one for one in table["score"].to_pylist()], dtype=float),
    )


def _change(
    name: str, old: _Rows, new: _Rows, before: Run, after: Run, environment: Sequence[Difference]
) -> DetectorChange:
    truth = Truth(
        decided=new.label != "",
        framed=new.label == "framed",
        groups=np.unique(new.group, return_inverse=True)[1].astype(np.int64),
        attributes={},
    )
    was, now = before.results.detectors[name], after.results.detectors[name]
    in_old, in_new = np.isfinite(old.score), np.isfinite(new.score)
    shared = in_old & in_new
    old_scores, new_scores = (
        Scores(np.where(shared, one.score, np.nan), threshold=threshold)
        for one, threshold in ((old, was.threshold), (new, now.threshold))
    )
    judged_before, judged_after = quality.judge(truth, old_scores), quality.judge(truth, new_scores)
    (paired,) = quality.compare(truth, {"after": new_scores, "before": old_scores}, {})
    right_before, right_after = (
        (one.scores >= one.decision_threshold) == truth.framed for one in (old_scores, new_scores)
    )
    counted = shared & truth.decided
    old_p50, new_p50 = (None if one is None else one.p50 for one in (was.latency_ms, now.latency_ms))
    return DetectorChange(
        detector=name,
        verdict="not judged",
        images=int(counted.sum()),
        only_before=int(np.sum(in_old & ~in_new & truth.decided)),
        only_after=int(np.sum(in_new & ~in_old & truth.decided)),
        accuracy_before=judged_before.accuracy,
        accuracy_after=judged_after.accuracy,
        accuracy_difference=paired.accuracy_difference,
        auc_before=judged_before.auc,
        auc_after=judged_after.auc,
        auc_difference=paired.auc_difference,
        mcnemar_p=paired.mcnemar_p,
        mended=int(np.sum(counted & ~right_before & right_after)),
        broken=int(np.sum(counted & right_before & ~right_after)),
        threshold_before=was.threshold,
        threshold_after=now.threshold,
        files_changed=_files_changed(name, before, after),
        p50_ms_before=old_p50,
        p50_ms_after=new_p50,
        latency_ratio=_latency_ratio(was.latency_ms, now.latency_ms, environment),
    )


def _judged_together(changes: Sequence[DetectorChange]) -> list[DetectorChange]:
    """Correct McNemar's p-values for the number of detectors, and say what they show."""
    tested = {
        change.detector: change.mcnemar_p.value for change in changes if change.mcnemar_p.value is not None
    }
    corrected = dict(zip(tested, holm(list(tested.values())), strict=True))
    judged = []
    for change in changes:
        figure = change.mcnemar_p
        if change.detector in corrected:
            many = len(corrected) > 1
            method = f"{figure.method}, Holm over {len(corrected)}" if many else figure.method
            figure = replace(figure, value=corrected[change.detector], method=method)
        verdict = _verdict(change.accuracy_difference, figure)
        judged.append(replace(change, mcnemar_p=figure, verdict=verdict))
    return judged


def _verdict(difference: Figure, p: Figure) -> Verdict:
    if p.value is None or difference.value is None:
        return "not judged"
    if p.value >= SIGNIFICANCE:
        return "no change shown"
    return "better" if difference.value > 0 else "worse"


def _flips(change: DetectorChange, old: _Rows, new: _Rows) -> list[Flip]:
    """Return the images that are judged otherwise now: mended, broken, undecided, in the order of paths."""
    called_before, called_after = old.score >= change.threshold_before, new.score >= change.threshold_after
    flipped = np.isfinite(old.score) & np.isfinite(new.score) & (called_before != called_after)
    found = [
        Flip(
            detector=change.detector,
            path=str(new.path[k]),
            group=str(new.group[k]),
            label=str(new.label[k]) or None,
            effect=_effect(str(new.label[k]), framed=bool(called_after[k])),
            score_before=float(old.score[k]),
            score_after=float(new.score[k]),
            predicted_before=_name(bool(called_before[k])),
            predicted_after=_name(bool(called_after[k])),
        )
        for k in np.flatnonzero(flipped)
    ]
    return sorted(found, key=lambda flip: ("broken", "mended", "undecided").index(flip.effect))


def _effect(label: str, *, framed: bool) -> Effect:
    if not label:
        return "undecided"
    return "mended" if label == _name(framed) else "broken"


def _name(framed: bool) -> str:
    return "framed" if framed else "plain"


def _files_changed(name: str, before: Run, after: Run) -> bool | None:
    old, new = (run.manifest.detectors[name].files for run in (before, after))
    return dict(old) != dict(new) if old and new else None


def _latency_ratio(old: Latency | None, new: Latency | None, environment: Sequence[Difference]) -> Figure:
    if old is None or new is None:
        return Figure(value=None, reason="not timed in both runs")
    other_machine = [one.name for one in environment if one.name in MACHINE_FACTS]
    if other_machine:
        return Figure(value=None, reason=f"measured on two machines: other {', '.join(other_machine)}")
    if (old.threads, old.arrivals) != (new.threads, new.arrivals):
        return Figure(value=None, reason="measured with other threads or arrivals")
    if not old.p50.value or new.p50.value is None:
        return Figure(value=None, reason="no median in one of the runs")
    reason = "advice: two sessions, so no interval; give both to one `bench run` for one"
    return Figure(value=new.p50.value / old.p50.value, n=min(old.calls, new.calls), reason=reason)


def _differences(old: Mapping[str, Scalar], new: Mapping[str, Scalar]) -> list[Difference]:
    """Return the facts about machine and software that differ; how noisy it was is not one of them."""
    names = sorted({*old, *new})
    return [
        Difference(name=name, before=old.get(name), after=new.get(name))
        for name in names
        if name.startswith(MACHINE_FACTS + SOFTWARE_FACTS) and old.get(name) != new.get(name)
    ]


def _warnings(
    before: Results, after: Results, labels_changed: int, environment: Sequence[Difference]
) -> list[str]:
    found = []
    if labels_changed:
        found.append(
            f"{labels_changed:,} images have another label in the second run: its labels judge both runs, so "
            "the first run's figures are not those that it printed"
        )
    elif before.dataset.labels_fingerprint != after.dataset.labels_fingerprint:
        found.append("groups or content boxes differ: those of the second run are used for both")
    versions = [one.name.removeprefix("version.") for one in environment if one.name.startswith("version.")]
    if versions:
        found.append(f"other versions of {', '.join(versions)}: scores may differ for that reason alone")
    if after.dataset.generated:
        found.append("the set was generated: these figures are no evidence about anyone's shop")
    return found


def _summary(run: Run) -> RunSummary:
    return RunSummary(folder=str(run.folder), started=run.manifest.started, version=run.manifest.version)
