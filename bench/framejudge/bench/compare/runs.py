"""Two stored runs on the same images, paired: what got better or worse, how sure, which images flipped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from framejudge.bench.figures import quality
from framejudge.bench.run import Figure, Latency, Results, Run
from framejudge.bench.run.columns import LABEL_NAMES, Answers, Columns
from framejudge.bench.run.comparison import (
    EFFECTS,
    SCHEMA,
    DetectorChange,
    Difference,
    Effect,
    Flip,
    RunComparison,
    RunSummary,
    Verdict,
)
from framejudge.bench.run.manifest import changed_files
from framejudge.bench.run.results import Scalar
from framejudge.bench.statistics.paired import holm
from framejudge.datasets.codes import Notice
from framejudge.datasets.codes import comparing as codes
from framejudge.datasets.codes.sets import GENERATED
from framejudge.datasets.errors import InputError

SIGNIFICANCE = 0.05
"""Below this corrected p-value a change of accuracy is called one."""

MACHINE_FACTS = ("cpu", "machine", "cores_available", "cpu_quota", "cpu_governor")
"""Where these differ, times are those of two machines."""

SOFTWARE_FACTS = ("platform", "python", "implementation", "version.", "timing.", "pinned_cores")
"""And where these do (or begin so), scores may differ too, as a library or a decoder changed."""


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
    new = after.columns.by_path()
    old = before.columns.take(before.columns.positions_of(new.paths))
    environment = _differences(before.results.environment, after.results.environment)
    changes = [_change(name, old, new, before, after, environment, len(names)) for name in names]
    labels_changed = int(np.sum(old.labels != new.labels))
    notices = _warnings(before.results, after.results, labels_changed, environment)
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
        flips=[flip for name in names for flip in _flips(name, old, new)],
        environment=environment,
        warnings=[one.text for one in notices],
        notices=notices,
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


def _change(
    name: str,
    old: Columns,
    new: Columns,
    before: Run,
    after: Run,
    environment: Sequence[Difference],
    detectors: int,
) -> DetectorChange:
    """Compare one of so many detectors' answers; both tables are of the same images in the same order."""
    was, now = before.results.detectors[name], after.results.detectors[name]
    in_both = old.detector(name).scored & new.detector(name).scored
    answers_before, answers_after = (
        replace(answers, scores=np.where(in_both, answers.scores, np.nan), failure=None)
        for answers in (old.detector(name), new.detector(name))
    )
    figures_before, figures_after = (
        quality.assess_detector(new, answers) for answers in (answers_before, answers_after)
    )
    paired = quality.paired_comparison(
        new, answers_after, answers_before, Figure(value=None), pairs=detectors
    )
    wrong_before, wrong_after = new.wrong(answers_before), new.wrong(answers_after)
    old_p50, new_p50 = (None if one is None else one.p50 for one in (was.latency_ms, now.latency_ms))
    return DetectorChange(
        detector=name,
        verdict="not judged",
        images=int(np.sum(in_both & new.labelled)),
        only_before=int(np.sum(new.judged(old.detector(name)) & ~in_both)),
        only_after=int(np.sum(new.judged(new.detector(name)) & ~in_both)),
        accuracy_before=figures_before.accuracy,
        accuracy_after=figures_after.accuracy,
        accuracy_difference=paired.accuracy_difference,
        auc_before=figures_before.auc,
        auc_after=figures_after.auc,
        auc_difference=paired.auc_difference,
        mcnemar_p=paired.mcnemar_p,
        fixed=int(np.sum(wrong_before & ~wrong_after)),
        regressed=int(np.sum(~wrong_before & wrong_after)),
        threshold_before=was.threshold,
        threshold_after=now.threshold,
        files_changed=_files_changed(name, before, after),
        p50_ms_before=old_p50,
        p50_ms_after=new_p50,
        latency_ratio=_latency_ratio(was.latency_ms, now.latency_ms, environment),
        images_to_tell=paired.images_to_tell,
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


def _flips(name: str, old: Columns, new: Columns) -> list[Flip]:
    """Return the images that are judged otherwise now: regressed, fixed, unlabelled; each by path."""
    before, after = old.detector(name), new.detector(name)
    flipped = before.scored & after.scored & (before.says_framed != after.says_framed)
    found = [
        Flip(
            detector=name,
            path=new.path(k),
            group=new.groups.text(k) or "",
            label=LABEL_NAMES.get(int(new.labels[k])),
            effect=_effect(new, after, k),
            score_before=float(before.scores[k]),
            score_after=float(after.scores[k]),
            predicted_before=_name(bool(before.says_framed[k])),
            predicted_after=_name(bool(after.says_framed[k])),
        )
        for k in np.flatnonzero(flipped).tolist()
    ]
    return sorted(found, key=lambda flip: EFFECTS.index(flip.effect))


def _effect(columns: Columns, answers: Answers, image: int) -> Effect:
    if not columns.labelled[image]:
        return "unlabelled"
    return "fixed" if columns.framed[image] == answers.says_framed[image] else "regressed"


def _name(framed: bool) -> str:
    return "framed" if framed else "plain"


def _files_changed(name: str, before: Run, after: Run) -> bool | None:
    changed = changed_files(before.manifest.detectors[name], after.manifest.detectors[name])
    return None if changed is None else bool(changed)


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
) -> list[Notice]:
    found = []
    if labels_changed:
        text = (
            f"{labels_changed:,} images have another label in the second run: its labels judge both runs, so "
            "the first run's figures are not those that it printed"
        )
        found.append(codes.LABELS_CHANGED.says(text))
    elif before.dataset.labels_fingerprint != after.dataset.labels_fingerprint:
        text = "groups or content boxes differ: those of the second run are used for both"
        found.append(codes.GROUPS_CHANGED.says(text))
    versions = [one.name.removeprefix("version.") for one in environment if one.name.startswith("version.")]
    if versions:
        text = f"other versions of {', '.join(versions)}: scores may differ for that reason alone"
        found.append(codes.VERSIONS_DIFFER.says(text))
    if after.dataset.generated:
        found.append(
            GENERATED.says("the set was generated: these figures are no evidence about anyone's shop")
        )
    return found


def _summary(run: Run) -> RunSummary:
    return RunSummary(folder=str(run.folder), started=run.manifest.started, version=run.manifest.version)
