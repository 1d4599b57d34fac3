"""What ``--baseline`` names: stored runs, a commit, a model file, or another detector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from framejudge.bench.defaults import INSTALL_COMMAND
from framejudge.bench.gate.accuracy.verdicts import StoredBaseline
from framejudge.bench.gate.baseline.revision import PREFIX, prepare_revision
from framejudge.bench.gate.latency.pairs import Candidate
from framejudge.bench.run import Run
from framejudge.bench.run.verdicts import Baseline
from framejudge.bench.worker.process import PlacedSpec
from framejudge.datasets.codes.refusals import BASELINE_IS_RUN, BASELINE_MISSING, BASELINE_UNREADABLE
from framejudge.datasets.errors import InputError
from framejudge.detectors.model_file.names import is_model_file
from framejudge.detectors.network.model.checked.model_file import check_model_file
from framejudge.detectors.registry import DetectorSpec, find, weights_of


@dataclass(frozen=True, slots=True)
class OldVersions:
    """The old versions of some detectors, to be measured beside the new ones.

    ``problems`` says, by name, why a detector has no old version.
    """

    baseline: Baseline
    candidates: list[Candidate]
    problems: dict[str, str] = field(default_factory=dict)


def is_stored(baseline: str) -> bool:
    """Return whether a baseline is a stored run, and not something to be measured."""
    has_settings = "+" in baseline and baseline.endswith(".json")
    return not (baseline.startswith(PREFIX) or ":" in baseline or is_model_file(baseline) or has_settings)


def open_stored(
    baselines: Sequence[str], *, run: Path | None = None, may_be_missing: bool = False
) -> list[StoredBaseline]:
    """Read stored runs.

    Parameters
    ----------
    run
        The folder of the run that is to be judged, which is no baseline of itself.
    may_be_missing
        Whether a run that does not exist is a baseline without a run, and not refused.

    Raises
    ------
    InputError
        For a run that does not exist, cannot be read, or is the one that is to be judged; and with
        ``may_be_missing`` where none is missing: the permission has done its work.
    """
    found = []
    for where in baselines:
        if not Path(where).exists():
            if not may_be_missing:
                fix = "correct the path, or add --no-baseline-yet to a project's first gate"
                raise InputError("there is no such baseline", where=where, fix=fix, code=BASELINE_MISSING)
            found.append(StoredBaseline(where, None))
            continue
        if run is not None and run.exists() and Path(where).resolve() == run.resolve():
            fix = "give the folder of an earlier run"
            raise InputError("the baseline is the run itself", where=where, fix=fix, code=BASELINE_IS_RUN)
        try:
            found.append(StoredBaseline(where, Run.open(where)))
        except InputError as problem:
            fix = problem.fix or "give a run that `bench run` finished"
            raise InputError(
                f"the baseline cannot be read: {problem.what}",
                where=problem.where or where,
                fix=fix,
                code=BASELINE_UNREADABLE,
            ) from problem
    if may_be_missing and found and all(one.run is not None for one in found):
        what = f"there is a baseline: {', '.join(baselines)}"
        raise InputError(what, where="--no-baseline-yet", fix="leave the option out, now and from now on")
    return found


def describe_stored(baselines: Sequence[StoredBaseline]) -> list[Baseline]:
    """Return stored runs as gate.json names them."""
    return [
        Baseline(
            kind="run",
            where=one.where,
            identity="" if one.run is None else one.run.manifest.started,
        )
        for one in baselines
    ]


def old_versions(
    baseline: str, specs: Sequence[DetectorSpec], *, install: str = INSTALL_COMMAND
) -> OldVersions:
    """Find the old version of each detector.

    Raises
    ------
    InputError
        For a commit that git does not know or that cannot be installed, a file that `check_model_file`
        refuses, a detector that `find` does not know, and for a single old one beside several new ones.
    """
    if baseline.startswith(PREFIX):
        revision = prepare_revision(baseline.removeprefix(PREFIX), install=install)
        candidates, problems = [], {}
        for spec in specs:
            old = revision.place(spec)
            if isinstance(old, str):
                problems[spec.name] = old
            else:
                candidates.append(Candidate(spec.name, old, spec))
        return OldVersions(
            Baseline(kind="git", where=baseline, identity=revision.commit), candidates, problems
        )
    if len(specs) != 1:
        raise InputError(
            f"one old detector for {len(specs)} new ones", where="--baseline", fix="name one of --detectors"
        )
    (spec,) = specs
    found = find(baseline)
    model = found.given[0] if is_model_file(baseline) else None
    if model is not None:
        check_model_file(model)
    old = PlacedSpec(
        name=spec.name,
        target=found.target,
        extra=found.extra,
        extra_module=found.extra_module,
        origin="given as --baseline",
        given=found.given,
        calibrations=found.calibrations,
    )
    hashes = weights_of(found)
    return OldVersions(
        Baseline(
            kind="detector" if model is None else "file",
            where=baseline,
            identity="" if model is None else hashes[Path(model).name],
        ),
        [Candidate(spec.name, old, spec)],
    )
