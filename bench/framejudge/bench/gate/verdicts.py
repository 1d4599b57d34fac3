"""Every rule gets one of three verdicts: pass, fail, cannot judge; never a silent pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from framejudge.bench.exit_code import ExitCode
from framejudge.bench.gate.accuracy.verdicts import StoredBaseline, judge_changes
from framejudge.bench.gate.budgets import judge_budget
from framejudge.bench.gate.latency.verdicts import Timings, advise_growth, judge_growth
from framejudge.bench.run import Run
from framejudge.bench.run.verdicts import GateRule, RuleVerdict, Verdict
from framejudge.datasets.codes import Code
from framejudge.datasets.codes import gates as codes


def judge_rules(
    rules: Sequence[GateRule], run: Run, baselines: Sequence[StoredBaseline], timings: Timings | None = None
) -> list[RuleVerdict]:
    """Return the verdict on each rule, in order.

    Parameters
    ----------
    run
        Whose figures are judged; its labels judge the baselines, too.
    baselines
        What accuracy is compared with.
    timings
        Pairs that were measured, for ``max_growth``; None where nothing was.
    """
    verdicts: dict[GateRule, RuleVerdict] = {}
    for rule in rules:
        problem = _unusable(rule, run)
        if problem is not None:
            verdicts[rule] = RuleVerdict(
                rule=rule, verdict="cannot judge", reason=problem[1], code=problem[0].number
            )
    usable = [rule for rule in rules if rule not in verdicts]
    verdicts |= judge_changes([rule for rule in usable if rule.condition == "max_drop"], run, baselines)
    for rule in usable:
        if rule.condition == "max_growth":
            verdicts[rule] = (
                advise_growth(rule, run, baselines) if timings is None else judge_growth(rule, timings)
            )
        elif rule.condition != "max_drop":
            verdicts[rule] = judge_budget(rule, run)
    return [verdicts[rule] for rule in rules]


def overall(verdicts: Sequence[RuleVerdict]) -> Verdict:
    """Return the worst verdict: fail goes before cannot judge, and that before pass."""
    given = {one.verdict for one in verdicts}
    if "fail" in given:
        return "fail"
    return "pass" if given == {"pass"} else "cannot judge"


def exit_code(verdict: Verdict, *, incomplete: bool, interrupted: bool, soft: bool) -> ExitCode:
    """Return what the command exits with: interrupted, else failed before incomplete before cannot judge."""
    if interrupted:
        return ExitCode.INTERRUPTED
    if soft:
        return ExitCode.DONE
    if verdict == "fail":
        return ExitCode.FAILED
    if incomplete:
        return ExitCode.INCOMPLETE
    return ExitCode.DONE if verdict == "pass" else ExitCode.CANNOT_JUDGE


def failed_detectors(run: Run) -> Mapping[str, str]:
    """Return why detectors of a run failed, by name."""
    return {
        name: one.failure or "it failed"
        for name, one in run.results.detectors.items()
        if one.status == "failed"
    }


def _unusable(rule: GateRule, run: Run) -> tuple[Code, str] | None:
    """Return why a rule cannot be judged on this run at all."""
    names = run.results.detectors
    if rule.detector not in names:
        why = f"the run has no detector {rule.detector!r}: it has {', '.join(names) or 'none'}"
        return codes.NOT_IN_RUN, why
    failure = failed_detectors(run).get(rule.detector)
    if failure is None:
        return None
    return codes.NOT_MEASURED, f"{rule.detector} failed in the run: {failure}"
