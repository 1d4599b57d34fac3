"""A run that a test judges: assertions with the verdicts of ``bench gate``."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from framejudge.bench import api
from framejudge.bench.gate.accuracy.drop import MAX_DROP
from framejudge.bench.gate.baseline.baselines import open_stored
from framejudge.bench.gate.machine import machine_name
from framejudge.bench.gate.rules import RuleSet, check_machines, parse_rules, read_rules
from framejudge.bench.gate.verdicts import judge_rules
from framejudge.bench.run import Request, Run, gate_wording
from framejudge.bench.run.verdicts import RuleVerdict
from framejudge.datasets.errors import InputError


@dataclass(frozen=True, slots=True)
class JudgedRun:
    """A run with assertions on it; each is judged on the safe side of the interval.

    A rule that is broken fails the test. One that the data cannot judge (too few images, not timed, another
    machine) fails it too, and says so, or skips it where ``framejudge_cannot_judge`` is ``skip``: it never
    passes. A baseline that does not exist or cannot be read is an error of the test, whatever the setting.
    """

    run: Run
    skip_unjudged: bool = False

    def assert_at_least(self, metric: str, limit: float, *, detector: str | None = None, **more: str) -> None:
        """Assert that the whole 95 % interval of a figure lies at or above a limit.

        Parameters
        ----------
        metric
            ``accuracy``, ``recall``, ``auc``, ``images_per_second``, ... as in a gate's rules.
        detector
            Needed where the run has several.
        **more
            ``slice="style=solid"``, ``to="cnn"`` for a ``latency_ratio``, ``machine="..."`` for a time.
        """
        __tracebackhide__ = True
        self._assert({"metric": metric, "min": limit, "detector": self._detector(detector), **more})

    def assert_at_most(self, metric: str, limit: float, *, detector: str | None = None, **more: str) -> None:
        """Assert that the whole 95 % interval of a figure lies at or below a limit; see `assert_at_least`."""
        __tracebackhide__ = True
        self._assert({"metric": metric, "max": limit, "detector": self._detector(detector), **more})

    def assert_no_drop(
        self,
        metric: str = "accuracy",
        *,
        baseline: str | os.PathLike[str],
        max_drop: float = MAX_DROP,
        detector: str | None = None,
        **more: Any,
    ) -> None:
        """Assert that a figure is no worse than in a stored run on the same images, paired by image.

        Parameters
        ----------
        metric
            ``accuracy``, ``recall``, ``specificity`` or ``auc``.
        baseline
            The folder of the stored run.
        max_drop
            The loss that nobody minds.
        **more
            ``slice="style=solid"``, ``minimum_detectable_effect=0.02``: the drop that must be detectable.
        """
        __tracebackhide__ = True
        rule = {"metric": metric, "max_drop": max_drop, "detector": self._detector(detector), **more}
        self._assert(rule, baselines=[os.fspath(baseline)])

    def assert_rules(
        self, rules: str | os.PathLike[str], *, baselines: Sequence[str | os.PathLike[str]] = ()
    ) -> None:
        """Assert every rule of a gate's TOML file; see `framejudge.bench.gate.rules`."""
        __tracebackhide__ = True
        self._judge(read_rules(Path(rules)), [os.fspath(one) for one in baselines])

    def _detector(self, given: str | None) -> str:
        names = list(self.run.results.detectors)
        if given is None and len(names) != 1:
            raise InputError(f"the run has {len(names)} detectors", fix=f"give detector={names[0]!r}, ...")
        return names[0] if given is None else given

    def _assert(self, rule: dict[str, Any], baselines: Sequence[str] = ()) -> None:
        __tracebackhide__ = True
        self._judge(RuleSet(parse_rules({"rule": [rule]}, "assertion"), "assertion"), baselines)

    def _judge(self, asked: RuleSet, baselines: Sequence[str]) -> None:
        __tracebackhide__ = True
        check_machines(asked.rules, asked.source, machine_name(self.run.results.environment))
        verdicts = judge_rules(asked.rules, self.run, open_stored(baselines))
        broken = [_told(one) for one in verdicts if one.verdict == "fail"]
        unjudged = [f"cannot judge {_told(one)}" for one in verdicts if one.verdict == "cannot judge"]
        if broken:
            pytest.fail("\n".join([*broken, *unjudged]), pytrace=False)
        if unjudged and self.skip_unjudged:
            pytest.skip("\n".join(unjudged))
        if unjudged:
            pytest.fail("\n".join(unjudged), pytrace=False)


def _told(one: RuleVerdict) -> str:
    code = f"{one.code} " if one.code else ""
    return "; ".join([f"{code}{one.rule.subject}: {gate_wording.sentence(one)}", *map(str, one.notices)])


@dataclass
class Sessions:
    """The runs of one test session: the same arguments are measured once."""

    place: Path
    skip_unjudged: bool = False
    _runs: dict[tuple[object, ...], JudgedRun] = field(default_factory=dict)
    _numbers: count[int] = field(default_factory=count)

    def run(
        self,
        detectors: str,
        dataset: str | os.PathLike[str] | None = None,
        *,
        calls: int = 0,
        threads: int = 1,
        seed: int = 0,
    ) -> JudgedRun:
        """Return a run, measured now or before.

        Parameters
        ----------
        detectors
            As for ``bench run --detectors``.
        dataset
            The folder of a labelled set; None for the built-in one.
        calls
            Timed calls of each detector; 0 measures no times.

        Raises
        ------
        InputError
            For a detector or a set that there is not.
        """
        given = None if dataset is None else str(Path(dataset).absolute())
        key = (detectors, given, calls, threads, seed)
        if key not in self._runs:
            place = self.place / f"run-{next(self._numbers)}"
            run = _measure(place, detectors, given, calls=calls, threads=threads, seed=seed)
            self._runs[key] = JudgedRun(run, self.skip_unjudged)
        return self._runs[key]


def _measure(place: Path, detectors: str, dataset: str | None, *, calls: int, threads: int, seed: int) -> Run:
    names = detectors.split(",")
    request = Request(detectors=names, dataset=dataset, calls=calls, threads=threads, seed=seed)
    return api.run(request, place, argv=["pytest"])
