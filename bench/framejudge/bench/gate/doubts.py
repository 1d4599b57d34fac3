"""What makes a gate's verdict say less than it seems to: nothing that any rule is about would show it."""

from __future__ import annotations

from collections.abc import Sequence

from framejudge.bench.gate.accuracy.verdicts import StoredBaseline
from framejudge.bench.run import Run
from framejudge.bench.run.verdicts import GateRule
from framejudge.datasets.codes import Notice
from framejudge.datasets.codes import gates as codes


def doubts(rules: Sequence[GateRule], run: Run, baselines: Sequence[StoredBaseline]) -> list[Notice]:
    """Return detectors without a rule, versions that are the same, and a run older than its baseline."""
    found = _without_rule(rules, run, baselines)
    for baseline in baselines:
        if baseline.run is not None:
            found += _same_files(run, baseline.run, baseline.where)
            found += _older(run, baseline.run, baseline.where)
    return found


def _without_rule(rules: Sequence[GateRule], run: Run, baselines: Sequence[StoredBaseline]) -> list[Notice]:
    ruled = {rule.detector for rule in rules}
    old = dict.fromkeys(
        name for one in baselines if one.run is not None for name in one.run.results.detectors
    )
    found = [
        codes.NO_RULE.says(f"no rule is about {name}: nothing is judged of it", about=name)
        for name in run.results.detectors
        if name not in ruled
    ]
    gone = [name for name in old if name not in run.results.detectors and name not in ruled]
    return found + [
        codes.NO_RULE.says(
            f"{name} is in a baseline and not in this run, and no rule is about it", about=name
        )
        for name in gone
    ]


def _same_files(run: Run, old: Run, where: str) -> list[Notice]:
    """Compare hashes of the files that decide scores, where both runs hashed them in the same way."""
    same = [
        name
        for name, record in run.manifest.detectors.items()
        if record.files and record == old.manifest.detectors.get(name)
    ]
    if not same:
        return []
    text = (
        f"same files as in the baseline {where}: {', '.join(same)}; either nothing of it changed, or the new "
        "version is not the one that is installed"
    )
    return [codes.SAME_FILES.says(text, about=same[0] if len(same) == 1 else "")]


def _older(run: Run, old: Run, where: str) -> list[Notice]:
    began, before = run.manifest.started, old.manifest.started
    if began >= before:
        return []
    text = (
        f"the run began {began}, and its baseline {where} began later, {before}: is the run left over from "
        "an earlier build?"
    )
    return [codes.RUN_IS_OLDER.says(text)]
