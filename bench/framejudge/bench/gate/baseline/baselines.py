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


def open_stored(baselines: Sequence[str]) -> list[StoredBaseline]:
    """Read stored runs; one that is missing or broken is a baseline with a problem, never an exception."""
    found = []
    for where in baselines:
        try:
            found.append(StoredBaseline(where, Run.open(where)))
        except InputError as problem:
            missing = not Path(where).exists()
            what = (
                f"no baseline: there is no {where}" if missing else f"the baseline cannot be read: {problem}"
            )
            found.append(StoredBaseline(where, None, what))
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
