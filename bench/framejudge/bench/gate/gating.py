"""``bench gate``: judge a stored run, or measure two versions in one session and judge them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from framejudge.bench.engine.running import run as run_detectors
from framejudge.bench.gate.accuracy.verdicts import StoredBaseline
from framejudge.bench.gate.baseline.baselines import OldVersions, describe_stored, open_stored
from framejudge.bench.gate.baseline.measuring import BASELINE_FOLDER, PairedSession, score_baseline
from framejudge.bench.gate.doubts import doubts
from framejudge.bench.gate.latency.sequential import LOOKS
from framejudge.bench.gate.latency.verdicts import latency_advice, measurements
from framejudge.bench.gate.leniency import STRICT, Leniency
from framejudge.bench.gate.machine import machine_name
from framejudge.bench.gate.rules import RuleSet, check_machines, default_rules
from framejudge.bench.gate.verdicts import exit_code, failed_detectors, judge_rules, overall
from framejudge.bench.run import Request, Run
from framejudge.bench.run.metrics import LATENCY_RATIO, PERCENTILES_MS
from framejudge.bench.run.verdicts import (
    SCHEMA,
    Baseline,
    GateResults,
    RuleVerdict,
    forget_verdicts,
    write_gate,
)
from framejudge.bench.timing import environment
from framejudge.datasets.codes import Notice
from framejudge.datasets.codes import gates as codes
from framejudge.datasets.progress import Progress, Silence
from framejudge.datasets.table.sample import Dataset
from framejudge.detectors.registry import DetectorSpec

CALLS_FOR_BUDGETS = 500
"""Timed calls of the run where a rule is about its own times."""

INTERRUPTED = "interrupted before it was measured"


def gate_stored(
    place: Path,
    baselines: Sequence[str] = (),
    *,
    rules: RuleSet | None = None,
    leniency: Leniency = STRICT,
) -> GateResults:
    """Judge a stored run, alone or against other stored runs, and write gate.json into it.

    Parameters
    ----------
    place
        The run's folder.
    baselines
        Folders of runs.
    rules
        None for the default ones: no loss of accuracy.

    Raises
    ------
    InputError
        Where the run itself or a baseline cannot be read, for the run as its own baseline, or for a rule on
        an absolute time that does not name its machine.
    """
    started = _now()
    run = Run.open(place)
    forget_verdicts(place)
    stored = open_stored(baselines, run=place, may_be_missing=leniency.no_baseline_yet)
    names = dict.fromkeys([*run.results.detectors, *_detectors_of(stored)])
    asked = rules or default_rules(names, measured=False)
    check_machines(asked.rules, asked.source, machine_name(run.results.environment))
    advice = [text for name in run.results.detectors for text in latency_advice(name, run, stored)]
    found = _Found(stored, run=run)
    advice = advice if asked.is_default else []
    return _finish(place, asked, found, started=started, leniency=leniency, advice=advice)


def gate_measured(
    request: Request,
    dataset: Dataset,
    specs: Sequence[DetectorSpec],
    place: Path,
    *,
    old: OldVersions | None = None,
    baselines: Sequence[str] = (),
    rules: RuleSet | None = None,
    leniency: Leniency = STRICT,
    pair_calls: int | None = None,
    looks: Sequence[int] = LOOKS,
    argv: Sequence[str] = (),
    progress: Progress | None = None,
) -> GateResults:
    """Run detectors and their old versions over a set, time both in pairs of processes, and judge.

    An interruption ends the measuring, not the judging: what was found is written.

    Parameters
    ----------
    place
        A folder that `folder.claim` has made room in; the old versions' answers go below it.
    old
        What to measure beside the new versions; None to compare with stored runs only.
    baselines
        Folders of stored runs, for accuracy.
    rules
        None for the default ones: no loss of accuracy, no slowdown.
    leniency
        What does not count against the exit code.
    pair_calls
        Timed calls of each process; None for as many as take a few seconds.
    looks
        Numbers of pairs after which a batch is looked at.

    Raises
    ------
    InputError
        For a stored baseline that cannot be read, and a rule on an absolute time that does not name its
        machine.
    """
    started, progress = _now(), progress or Silence()
    asked = rules or default_rules((spec.name for spec in specs), measured=old is not None)
    check_machines(asked.rules, asked.source, machine_name(environment.describe_machine()))
    timed = any(rule.metric in (*PERCENTILES_MS, LATENCY_RATIO) for rule in asked.rules)
    request = replace(request, calls=CALLS_FOR_BUDGETS if timed else 0)
    found = _Found(open_stored(baselines, may_be_missing=leniency.no_baseline_yet), old)
    try:
        found.run = run_detectors(request, dataset, specs, place, argv=argv, progress=progress)
        if old is not None:
            specs, beside = [one.old for one in old.candidates], place / BASELINE_FOLDER
            found.before = score_baseline(request, dataset, specs, beside, argv=argv, progress=progress)
            found.session = _session(asked, old, dataset, found.run, found.before, pair_calls, progress)
            found.session.run(looks)
    except KeyboardInterrupt:
        found.interrupted = True
    return _finish(place, asked, found, started=started, leniency=leniency)


@dataclass
class _Found:
    """What there is to judge, as far as measuring got before it was interrupted.

    Attributes
    ----------
    stored
        The stored runs that were given.
    old
        The versions to measure beside the new ones.
    run, before
        What the new and the old versions answered.
    session
        The pairs of processes that were timed.
    """

    stored: list[StoredBaseline]
    old: OldVersions | None = None
    run: Run | None = None
    before: Run | None = None
    session: PairedSession | None = None
    interrupted: bool = False

    @property
    def baselines(self) -> list[StoredBaseline]:
        """What accuracy is compared with."""
        if self.old is None or self.before is None:
            return self.stored
        return [
            *self.stored,
            StoredBaseline(self.old.baseline.where, self.before, problems=self.old.problems),
        ]

    @property
    def described(self) -> list[Baseline]:
        """All that was to be compared with, as gate.json records it."""
        return [*describe_stored(self.stored), *([] if self.old is None else [self.old.baseline])]


def _session(
    asked: RuleSet,
    old: OldVersions,
    dataset: Dataset,
    run: Run,
    before: Run,
    calls: int | None,
    progress: Progress,
) -> PairedSession:
    """Return the session of pairs for the detectors that neither version of failed."""
    failures = {name: f"the old version failed: {why}" for name, why in failed_detectors(before).items()}
    problems = {**old.problems, **failures, **failed_detectors(run)}
    able = [one for one in old.candidates if one.name not in problems]
    rules = [rule for rule in asked.rules if rule.condition == "max_growth"]
    return PairedSession(rules, able, dataset, run, problems=problems, calls=calls, progress=progress)


def _finish(
    place: Path,
    asked: RuleSet,
    found: _Found,
    *,
    started: str,
    leniency: Leniency,
    advice: Sequence[Notice] = (),
) -> GateResults:
    """Judge the rules by what was found, and write what was timed and gate.json."""
    run, timings, notices = found.run, None, [*advice]
    if found.session is not None:
        timings = found.session.timings
        found.session.write(place)
    if run is None:
        reason, code = INTERRUPTED, codes.CUT_SHORT.number
        rules = [
            RuleVerdict(rule=rule, verdict="cannot judge", reason=reason, code=code) for rule in asked.rules
        ]
    else:
        rules = judge_rules(asked.rules, run, found.baselines, timings)
        notices = [*doubts(asked.rules, run, found.baselines), *advice, *run.results.notices]
    excused = [one for one in rules if leniency.excuses(one)]
    notices += leniency.notices(excused)
    verdict = overall([one for one in rules if one not in excused]) if len(excused) < len(rules) else "pass"
    incomplete = run is not None and bool(failed_detectors(run))
    record = GateResults(
        schema=SCHEMA,
        version=environment.framejudge_version(),
        started=started,
        finished=_now(),
        verdict=verdict,
        soft=leniency.soft,
        interrupted=found.interrupted,
        exit_code=exit_code(
            verdict, incomplete=incomplete, interrupted=found.interrupted, soft=leniency.soft
        ),
        run=os.fspath(place),
        dataset="" if run is None else run.results.dataset.name,
        baselines=found.described,
        rules_from=asked.source,
        rules=rules,
        measurements=[] if timings is None else measurements(timings),
        environment={} if run is None else run.results.environment,
        notices=leniency.mute.applied_to(notices),
    )
    write_gate(place, record)
    return record


def _detectors_of(stored: Sequence[StoredBaseline]) -> list[str]:
    return list(
        dict.fromkeys(name for one in stored if one.run is not None for name in one.run.results.detectors)
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
