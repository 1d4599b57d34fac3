"""Whether a detector keeps to the interface, tried in a process that it may end."""

from __future__ import annotations

from framejudge.bench.worker.child.commands import Make, TryRule
from framejudge.bench.worker.ends import Cause, WorkerEnded, WorkerFailure
from framejudge.bench.worker.process import WorkerProcess
from framejudge.datasets.errors import InputError
from framejudge.detectors.behaviour import ALONE, IMPORT, NETWORK
from framejudge.detectors.contract import LOAD, RULES, Finding
from framejudge.detectors.registry import DetectorSpec


def check_isolated(spec: DetectorSpec, *, timeout_s: float) -> list[Finding]:
    """Try every rule of the interface that applies; one on which the detector ends its process is broken.

    Parameters
    ----------
    timeout_s
        For each rule.

    Raises
    ------
    InputError
        When the detector cannot be made.
    """
    findings: list[Finding] = []
    *others, close = RULES
    rules = [IMPORT, *others, *(rule for rule in ALONE if rule != IMPORT), close]
    while rules:
        with WorkerProcess(spec, threads=1, timeout_s=timeout_s) as process:
            _make(process, spec)
            if LOAD not in rules:
                _try(process, LOAD)
            while rules:
                rule = rules.pop(0)
                found = _try(process, rule)
                findings += found
                if rule == LOAD and not all(one.kept for one in found):
                    return findings if process.gone else [*findings, *_broken(_try(process, NETWORK))]
                if process.gone:
                    break
    return findings


def _broken(findings: list[Finding]) -> list[Finding]:
    return [one for one in findings if not one.kept]


def _make(process: WorkerProcess, spec: DetectorSpec) -> None:
    try:
        process.ask(
            Make(spec.name, spec.target, spec.extra, spec.extra_module, spec.given, spec.calibrations)
        )
    except WorkerFailure as problem:
        told = str(problem)
        where = "" if told.startswith("detector ") else f"detector {spec.name!r}"
        raise InputError(told, where=where) from problem


def _try(process: WorkerProcess, rule: str) -> list[Finding]:
    try:
        answer = process.ask(TryRule(rule))
    except WorkerEnded as problem:
        end = problem.end
        late = "it hangs: " if end.cause is Cause.TIMEOUT else ""
        words = f": {end.last_words}" if end.last_words else ""
        return [Finding(rule, f"{late}{end.what}{words}", kept=False)]
    except WorkerFailure as problem:
        return [Finding(rule, str(problem), kept=False)]
    return [Finding(*one) for one in answer.findings]
